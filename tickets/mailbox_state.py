"""What staff are told of the mailbox on their overview."""

from django.conf import settings
from django.http import HttpRequest

from tickets.models import Mailbox

SEE_MAILBOX = "tickets.view_mailbox"


def current_mailbox(request: HttpRequest) -> Mailbox | None:
    """The mailbox of the settings for whom it concerns, as far as it was tried; one query, none without a mailbox."""
    account = settings.MAIL_IMAP
    if account is None or not request.user.has_perm(SEE_MAILBOX):
        return None
    return Mailbox.objects.filter(name=account.row_name).first()
