"""
What became of mails that a provider took from us: ``/hooks/mail/<provider>/events/``, as tickets.mail.webhooks.

What leaves by a provider's API comes back by no mail; who sends it says so here. 200 is the answer once every address
is marked that is to be; 503 where one cannot be, and then the provider posts it again.
"""

from datetime import datetime
from functools import partial

from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tickets.mail.posted import Posted
from tickets.mail.trackers import TRACKERS, Tracker, undelivered
from tickets.mail.undelivered import note_undelivered
from tickets.mail.webhooks import Hook, answered

# Some post thousands of events at once; words, no files.
MOST_BYTES = 16 * 1024 * 1024


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Takes the events that a provider posts. Without a secret in the settings there is no such address."""
    tracker = TRACKERS.get(provider)
    if tracker is None:
        raise Http404
    secrets = settings.MAIL_WEBHOOKS
    # Some have another secret for each address that they post to.
    secret = secrets.get(f"{provider}-events") or secrets.get(provider, "")
    return answered(
        request, Hook(provider, tracker, secret, "mail-events", MOST_BYTES, partial(_note, tracker))
    )


def _note(tracker: Tracker, view: AnymailCoreWebhookView, posted: Posted, at: datetime) -> None:
    note_undelivered(found=undelivered(tracker, view, posted), at=at)
