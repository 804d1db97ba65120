"""What all of staff's pages about tickets share."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from contracts.desk_pages import REFUSED, View, actor_of, for_staff, framed, zone_of

CHANGE_TICKET = "tickets.change_ticket"

__all__ = ["CHANGE_TICKET", "REFUSED", "View", "actor_of", "for_staff", "page", "zone_of"]


def page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], *, status: int = 200
) -> TemplateResponse:
    """A page in the frame of the admin; ``template`` is a name below ``templates/admin/tickets/``."""
    return framed(request, f"tickets/{template}", title, context, status=status)
