"""What staff's pages of the knowledge base share."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from contracts.desk_pages import framed

SEE_ARTICLES = "knowledgebase.view_article"
WRITE_ARTICLES = "knowledgebase.change_article"
SEE_CATEGORIES = "knowledgebase.view_category"
ADD_CATEGORIES = "knowledgebase.add_category"
CHANGE_CATEGORIES = "knowledgebase.change_category"
DELETE_CATEGORIES = "knowledgebase.delete_category"
SEE_SEARCHES = "knowledgebase.view_fruitlesssearch"
CHANGE_SEARCHES = "knowledgebase.change_fruitlesssearch"


def page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], *, status: int = 200
) -> TemplateResponse:
    """A page in the frame of the admin; ``template`` is a name below ``templates/admin/knowledgebase/``."""
    return framed(request, f"knowledgebase/{template}", title, context, status=status)
