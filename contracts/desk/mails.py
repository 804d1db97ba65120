"""
What would have been sent: where mails become files, as in the demo, staff read them on pages of their own.

Where mail really goes out there is no such page. A mail whose link opens a door is shown by its kind alone.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from contracts.desk.paging import page_of
from contracts.desk_pages import View, for_staff, framed, zone_of
from contracts.models import OutboxMessage
from contracts.outbox.kinds import in_words
from contracts.outbox.sealed import MAKERS

SEE = "contracts.view_outboxmessage"
# A mail brings its style in attributes; everything else stays shut, and the sandbox holds whoever opens it alone.
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
FILES = "django.core.mail.backends.filebased.EmailBackend"


def are_files() -> bool:
    """Whether mails become files instead of going anywhere."""
    return bool(settings.EMAIL_BACKEND == FILES)


def only_where_files(view: View) -> View:
    """404 where mail really goes out."""

    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not are_files():
            raise Http404("Mails go out here; the admin lists them.")
        return view(request, *args, **kwargs)

    return checked


@require_safe
@for_staff(SEE)
@only_where_files
def mails(request: HttpRequest) -> HttpResponseBase:
    """The mails, the latest first."""
    rows = OutboxMessage.objects.defer("text", "html", "data").order_by("-created_at", "-pk")
    found, following = page_of(rows, request.GET.get("before", ""), "created_at")
    listed = [{"mail": row, "kind": in_words(row.kind), "is_sealed": row.kind in MAKERS} for row in found]
    context = {"mails": listed, "following": following, "zone": zone_of(request), "at": timezone.now()}
    return framed(request, "people/mails", "Mails of the demo", context)


@require_safe
@for_staff(SEE)
@only_where_files
def mail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One mail: its text, and its HTML in a frame that can do nothing."""
    row = get_object_or_404(OutboxMessage, pk=pk)
    context = {
        "mail": row,
        "kind": in_words(row.kind),
        "is_sealed": row.kind in MAKERS,
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return framed(request, "people/mail", row.subject or in_words(row.kind).capitalize(), context)


@require_safe
@for_staff(SEE)
@only_where_files
@xframe_options_sameorigin
def mail_body(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The HTML of a mail, as a mail program shows it. Raises 404 for one whose text is made when it is sent."""
    row = get_object_or_404(OutboxMessage, pk=pk)
    if row.kind in MAKERS or not row.html:
        raise Http404("The text of this mail is made when it is sent.")
    answer = HttpResponse(row.html.replace("<head>", '<head><base target="_blank">', 1))
    answer.headers["Content-Security-Policy"] = BODY_POLICY
    return answer
