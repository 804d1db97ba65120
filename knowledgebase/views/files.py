"""/kb/files/<id>/<name>: a picture or an attachment of an article, for those who may read the article."""

import logging

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from contracts.downloads import download
from contracts.models import User
from knowledgebase.models import Article, ArticleFile
from knowledgebase.models.audience import Visitor

log = logging.getLogger(__name__)
# A file never changes; whether its article may be read does, so it is asked for each time.
KEPT = "public, max-age=0, must-revalidate"


@require_safe
def article_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The file; pictures to be shown on the page, everything else as a download."""
    found = _visible_file(request.user, pk, name)
    if found is None:
        raise Http404("There is no such file.")
    tag = f'"{found.sha256[:32]}"'
    answer = get_conditional_response(request, etag=tag) or _content(found)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = KEPT
    patch_vary_headers(answer, ["Cookie"])
    return answer


def _content(file: ArticleFile) -> HttpResponseBase:
    try:
        return download(file.file, file.name, inline=file.is_picture)
    except FileNotFoundError:
        log.exception("file %s of an article is missing in the storage", file.pk)
        raise Http404("There is no such file.") from None


def _visible_file(user: User | AnonymousUser, pk: int, name: str) -> ArticleFile | None:
    """The file at this address if ``user`` may read its article; staff write drafts, and see their files, too."""
    files = ArticleFile.objects.filter(pk=pk, name=name)
    if not _is_staff(user):
        files = files.filter(article__in=Article.objects.visible_to(user))
    return files.first()


def _is_staff(user: Visitor) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff
