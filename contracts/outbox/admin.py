"""Messages in the admin: to look at, and to send again; what is told to many. Imported by ``contracts.admin``."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from contracts.admin.base import ReadOnlyAdmin, actor_of
from contracts.models import Announcement, OutboxMessage
from contracts.outbox.services import send_again
from contracts.refusals import Refused


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin[OutboxMessage]):
    """What people were told, and what could not be delivered. Links that open doors are in none of them."""

    list_display = ("created_at", "kind", "to", "subject", "status", "attempts", "sent_at", "short_error")
    list_filter = ("status",)
    # By key, newest first: the table grows for ever, and no other order has an index.
    ordering = ("-pk",)
    search_fields = ("to", "ticket_number", "subject")
    search_help_text = "An address, a ticket's number, or words of the subject."
    show_full_result_count = False
    list_per_page = 50
    actions = ("send_again",)
    fields = (
        "kind",
        "to",
        "ticket_number",
        "subject",
        "text",
        "status",
        "attempts",
        "last_error",
        "created_at",
        "not_before",
        "claimed_until",
        "sent_at",
        "message_id",
        "reference",
        "in_reply_to",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Without the texts, which a list does not show."""
        return super().get_queryset(request).defer("html", "data")

    @admin.display(description="Last error")
    def short_error(self, message: OutboxMessage) -> str:
        """The beginning of what the last attempt said."""
        return message.last_error[:80]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Whoever may see messages may have one repeated; its text and reader stay."""
        return self.has_view_permission(request)

    @admin.action(description="Send again", permissions=["send_again"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[OutboxMessage]) -> None:
        """Queues those that were given up; says of each other why not."""
        for message in chosen:
            try:
                send_again(message=message, actor=actor_of(request), at=timezone.now())
            except Refused as refusal:
                self.message_user(request, f"{message}: {refusal}", messages.WARNING)
            else:
                self.message_user(request, f"{message} is queued again.")


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin[Announcement]):
    """What is told to many, how far its recipients are drawn, and what keeps one that waits."""

    list_display = ("created_at", "kind", "key", "done_at", "failures", "last_error")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    fields = (
        "kind",
        "audience",
        "key",
        "data",
        "created_at",
        "done_at",
        "cursor",
        "not_before",
        "failures",
        "last_error",
    )
