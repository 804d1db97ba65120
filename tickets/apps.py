"""The app's place in Django."""

from django.apps import AppConfig

from tickets.mail_read import MailRead


class TicketsConfig(AppConfig):
    """Tickets, their events, and the clocks that run on them."""

    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """Say what can be found, and what our mails are made of and carry; the models are there by now."""
        from contracts.outbox.audiences import register as address  # noqa: PLC0415 -- the models are not there before
        from contracts.outbox.enclosures import register as enclose  # noqa: PLC0415 -- the models are not there before
        from contracts.outbox.sealed import MAKERS  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.search.sources import register  # noqa: PLC0415 -- the models are not there before
        from tickets import mail_reader  # noqa: PLC0415 -- the models are not there before
        from tickets.consultation_entries import NAME, enclosure_of  # noqa: PLC0415 -- the models are not there before
        from tickets.escalation_mail import escalation  # noqa: PLC0415 -- the models are not there before
        from tickets.inquiry_links import inquiry  # noqa: PLC0415 -- the models are not there before
        from tickets.problem_source import Problems  # noqa: PLC0415 -- the models are not there before
        from tickets.voters import Voters  # noqa: PLC0415 -- the models are not there before

        register(Problems())
        address(Voters())
        MAKERS["escalation"] = escalation
        MAKERS["inquiry"] = inquiry
        enclose(NAME, enclosure_of)
        mail_reader.read_by(read_mail_apart)


def read_mail_apart(raw: bytes) -> MailRead:
    """A raw message as read in a child process; what reads it is loaded when the first one comes."""
    from tickets.mail.reading import read_in_child  # noqa: PLC0415 -- the models are not there before

    return read_in_child(raw)
