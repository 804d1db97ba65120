"""The mailbox as staff see it: when it was fetched last, and since when it cannot be. Registered by portal/admin.py."""

from contracts.admin.base import ReadOnlyAdmin
from tickets.models import Mailbox


class MailboxAdmin(ReadOnlyAdmin[Mailbox]):
    """To look at: what it is called and where it lies is said by the settings."""

    list_display = ("name", "fetched_at", "failing_since", "error", "remark", "not_before")
    fields = (
        "name",
        "fetched_at",
        "failing_since",
        "failures",
        "error",
        "remark",
        "not_before",
        "uid_validity",
        "last_uid",
    )
