"""What the fault of a mail server, or of a provider's API, says of the letter and of its address."""

import re
import smtplib

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# Of RFC 3463: an address that is wrong in a way that nobody said more of; one that a provider does not send to.
UNKNOWN, REFUSED = "5.0.0", "5.1.0"


def is_for_good(fault: Exception) -> bool:
    """Whether another attempt is pointless: no such recipient, a message refused, an address that is none."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPDataError):
        return fault.smtp_code >= 500
    # What an API answers is more often of our account than of the letter, and some of it is a ValueError, too.
    if isinstance(fault, AnymailAPIError):
        return False
    # Django's BadHeaderError and what the standard library says of impossible addresses.
    return isinstance(fault, AnymailRecipientsRefused | ValueError)


def status_of(fault: Exception) -> str:
    """The status code of RFC 3463 that a refusal for good says of the address; "" where it is of the letter."""
    if isinstance(fault, AnymailRecipientsRefused):
        return REFUSED
    if not isinstance(fault, smtplib.SMTPRecipientsRefused):
        return ""
    said = " ".join(text.decode(errors="replace") for _, text in fault.recipients.values())
    found = ENHANCED.search(said)
    return found.group() if found else UNKNOWN
