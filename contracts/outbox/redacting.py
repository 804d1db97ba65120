"""Taking out of the stored mails about a ticket what was removed from the ticket."""

from collections.abc import Sequence

from django.utils.html import format_html

from contracts.outbox.models import OutboxMessage


def take_out(*, ticket_number: str, secret: str, keys: Sequence[str], notice: str, url: str) -> int:
    """Put ``notice`` and the ticket's address ``url`` in place of every mail about the ticket that says ``secret``,
    or whose key begins with one of ``keys``; how many there were. A mail that is still to be sent then says that.

    Without a ``secret`` the keys alone count. Mails quote with other line breaks and marks than what they
    quote; neither counts here.
    """
    wanted, found = _squeezed(secret), []
    for mail in OutboxMessage.objects.filter(ticket_number=ticket_number).order_by("pk").iterator(200):
        in_subject = bool(wanted) and wanted in _squeezed(mail.subject)
        in_text = bool(wanted) and wanted in _squeezed(mail.text)
        if not (in_subject or in_text or mail.key.startswith(tuple(keys))):
            continue
        if in_subject:
            mail.subject = f"[{ticket_number}]"
        mail.text = f"{notice}\n\n{url}\n"
        mail.html = format_html('<p>{}</p><p><a href="{}">{}</a></p>', notice, url, url)
        mail.last_error = ""
        found.append(mail)
    OutboxMessage.objects.bulk_update(found, ["subject", "text", "html", "last_error"], batch_size=200)
    return len(found)


def _squeezed(text: str) -> str:
    return " ".join(text.replace(">", " ").split())
