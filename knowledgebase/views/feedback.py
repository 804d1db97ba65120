"""/kb/articles/<slug>/feedback/: whether an article helped, on a page of its own, since its form needs a token."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.clients import client_address
from contracts.limits import is_within
from contracts.models import User
from contracts.refusals import Refused
from contracts.statuses import REFUSED, TOO_MANY
from knowledgebase.forms_feedback import FeedbackForm
from knowledgebase.models import Article
from knowledgebase.services.judgements import give_feedback

# From one address or person; a whole office may stand behind one address.
MOST_AN_HOUR = 60
HOUR = 3600
GIVEN = ("yes", "no")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or thanks once it was sent; 404 for an article that the reader may not see."""
    article = Article.objects.visible_to(request.user).select_related("published").filter(slug=slug).first()
    if article is None:
        raise Http404("There is no such article.")
    if request.method == "POST":
        return _sent(request, article)
    if request.GET.get("given") in GIVEN:
        context = {"article": article, "given": request.GET["given"]}
        return render(request, "knowledgebase/feedback_given.html", context)
    chosen = request.GET.get("helpful", "")
    return _form_page(
        request, article, FeedbackForm(initial={"helpful": chosen if chosen in GIVEN else None})
    )


def reader_key(request: HttpRequest, article: Article) -> str:
    """Who reads, for this article alone: a keyed hash that leads back to nobody.

    Somebody who is signed in is themselves; a visitor is their address and browser, since no cookie tells.
    """
    return salted_hmac(
        "knowledgebase.feedback", f"{article.pk}\n{_who(request)}", algorithm="sha256"
    ).hexdigest()


def _who(request: HttpRequest) -> str:
    if isinstance(request.user, User):
        return f"user\n{request.user.pk}"
    return f"visitor\n{client_address(request)}\n{request.headers.get('User-Agent', '')}"


def _sent(request: HttpRequest, article: Article) -> HttpResponse:
    at = timezone.now()
    form = FeedbackForm(request.POST)
    user = request.user if isinstance(request.user, User) else None
    who = (
        f"user-{user.pk}" if user else salted_hmac("knowledgebase.limit", client_address(request)).hexdigest()
    )
    if not is_within("feedback", who, most=MOST_AN_HOUR, seconds=HOUR, at=at):
        form.add_error(None, "Many answers came from you within the hour. Send this one again in an hour.")
        return _form_page(request, article, form, status=TOO_MANY)
    if not form.is_valid():
        return _form_page(request, article, form, status=REFUSED)
    try:
        given = give_feedback(
            article=article,
            reader=reader_key(request, article),
            user=user,
            is_helpful=form.is_helpful,
            reason=form.cleaned_data["reason"],
            at=at,
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _form_page(request, article, form, status=REFUSED)
    word = "yes" if given.is_helpful else "no"
    return HttpResponseRedirect(f"{reverse('article_feedback', args=[article.slug])}?given={word}")


def _form_page(
    request: HttpRequest, article: Article, form: FeedbackForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "knowledgebase/feedback.html", {"article": article, "form": form}, status=status)
