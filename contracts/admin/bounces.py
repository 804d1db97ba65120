"""Addresses to which mail did not arrive: staff look at them, and say when one works again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from contracts.admin.base import ReadOnlyAdmin, actor_of
from contracts.models import BouncedAddress
from contracts.refusals import Refused
from contracts.services.bounces import clear_bounce


@admin.register(BouncedAddress)
class BouncedAddressAdmin(ReadOnlyAdmin[BouncedAddress]):
    """Those that stand come first; what was cleared stays to be looked at."""

    list_display = ("address", "stands", "last_at", "status", "shown_diagnostic", "count", "since")
    list_filter = (("cleared_at", admin.EmptyFieldListFilter),)
    search_fields = ("address",)
    ordering = ("-last_at", "-pk")
    show_full_result_count = False
    list_per_page = 50
    actions = ("clear",)
    fields = ("address", "since", "last_at", "count", "status", "diagnostic", "cleared_at", "cleared_by")

    @admin.display(description="What was said")
    def shown_diagnostic(self, row: BouncedAddress) -> str:
        """The beginning of what the mail server said."""
        return row.diagnostic[:120]

    @admin.display(description="Mail to it")
    def stands(self, row: BouncedAddress) -> str:
        """What follows for mail to it."""
        if row.cleared_at:
            return "sent again"
        return "only what cannot be turned off" if row.stops else "sent"

    def has_clear_permission(self, request: HttpRequest) -> bool:
        """By the right to change, though nothing else of a row is changed."""
        return request.user.has_perm("contracts.change_bouncedaddress")

    @admin.action(description="It works again: send to it", permissions=["clear"])
    def clear(self, request: HttpRequest, chosen: QuerySet[BouncedAddress]) -> None:
        """Says of each what follows."""
        for row in chosen:
            try:
                clear_bounce(address=row.address, actor=actor_of(request), at=timezone.now())
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                self.message_user(request, f"Mail to {row.address} is sent again.")
