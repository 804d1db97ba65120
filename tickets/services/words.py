"""A ticket is found by what is said on it, from the same transaction on."""

from collections.abc import Iterable

from tickets.models import Message, Ticket, TicketWords
from tickets.models.message import MessageKind
from tickets.ticket_words import of_texts, texts_of


def learn_words(ticket: Ticket, said: Iterable[Message]) -> None:
    """Add the words of what was just ``said``; a ticket that is not known yet is learnt whole."""
    new = list(said)
    known = TicketWords.objects.filter(ticket=ticket).first()
    if known is None:
        learn_anew(ticket)
        return
    public = [message.text for message in new if message.kind == MessageKind.REPLY]
    known.said = _with(known.said, public)
    known.everything = _with(known.everything, [message.text for message in new])
    known.save(update_fields=["said", "everything"])


def learn_anew(ticket: Ticket) -> None:
    """Read all that stands on a ticket again: after something was taken out of it, or a name changed."""
    told = list(Message.objects.filter(ticket=ticket).values_list("kind", "text"))
    texts = texts_of(ticket)
    said = of_texts([*texts, *(text for kind, text in told if kind == MessageKind.REPLY)])
    inside = of_texts(text for kind, text in told if kind != MessageKind.REPLY)
    TicketWords.objects.update_or_create(
        ticket=ticket, defaults={"said": " ".join(said), "everything": " ".join({**said, **inside})}
    )


def _with(words: str, texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys([*words.split(), *of_texts(texts)]))
