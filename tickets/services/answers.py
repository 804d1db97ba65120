"""What staff say to the customer, with the articles that answer it.

An article counts once for each ticket. Which ones a message carries is told by what was chosen, never read from
its text; only what the ticket's contact can open may be chosen.
"""

from collections.abc import Sequence
from typing import Any

from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article
from knowledgebase.services.judgements import count_answer
from tickets.cited import cited
from tickets.models import ArticleUse, Message, Ticket
from tickets.models.message import MessageKind
from tickets.services.changing import Change

MOST = 10


def say_with_articles(
    change: Change, actor: User, text: str, keys: Sequence[int]
) -> tuple[Message, dict[str, Any]]:
    """A reply of ``actor`` that carries the articles with those keys, and what the record says of them.

    Titles and addresses that ``text`` lacks stand below it. Raises ``Refused`` for an article that the ticket's
    contact cannot open.
    """
    articles = _chosen(change.ticket, keys)
    message = change.say(MessageKind.REPLY, actor, "\n\n".join([text, *_missing(text, articles)]))
    for article in articles:
        _count(change, message, article, actor)
    named = [{"article": article.pk, "version": article.published_id} for article in articles]
    return message, {"articles": named} if named else {}


def _chosen(ticket: Ticket, keys: Sequence[int]) -> list[Article]:
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST:
        raise Refused(f"Choose {MOST} articles at most.", field="articles")
    if not wanted:
        return []
    found = Article.objects.visible_to(ticket.contact.user).select_related("published").in_bulk(wanted)
    if len(found) < len(wanted):
        raise Refused(
            f"{ticket.contact.user} cannot open one of the articles. Look for them again.", field="articles"
        )
    return [found[key] for key in wanted]


def _missing(text: str, articles: Sequence[Article]) -> list[str]:
    """What is put below ``text``, an article at a time."""
    named = (cited(article) for article in articles)
    return [f"{each.title}\n{each.address}" for each in named if each.address not in text]


def _count(change: Change, message: Message, article: Article, actor: User) -> None:
    """Keep that ``message`` carries ``article``. The ticket is locked, so each ticket counts once."""
    if not ArticleUse.objects.filter(ticket=change.ticket, article=article).exists():
        count_answer(article=article)
    ArticleUse.objects.create(
        ticket=change.ticket, article=article, message=message, at=change.at, actor=actor
    )
