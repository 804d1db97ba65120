"""What the demo's readers say of the articles, and which requests these made unnecessary."""

from datetime import datetime, timedelta

from contracts.models import User
from knowledgebase.models import Article
from knowledgebase.services.judgements import give_feedback, record_deflection

EXPORT, OFFLINE, LOGS = (
    "an-export-stops-before-its-last-row",
    "cameras-shown-as-offline-although-their-pictures-arrive",
    "find-the-logs-of-an-agent",
)
# An article, how many days ago, whether it helped, and why.
SAID = (
    (EXPORT, 40, True, ""),
    (EXPORT, 12, True, "It was the filter by site."),
    (EXPORT, 3, False, "Where do I find the settings of the platform?"),
    (OFFLINE, 20, True, ""),
    (LOGS, 9, False, "The path is another one under Debian."),
    (LOGS, 2, True, ""),
)
SPARED = ((EXPORT, 35), (EXPORT, 12), (EXPORT, 5), (OFFLINE, 20))


def judge(*, reader: User, at: datetime) -> None:
    """All of it; ``reader`` is whose requests were spared, and the story ends at ``at``."""
    articles = {article.slug: article for article in Article.objects.filter(slug__in=[EXPORT, OFFLINE, LOGS])}
    for number, (slug, days, is_helpful, reason) in enumerate(SAID):
        give_feedback(
            article=articles[slug],
            reader=f"a reader of the demo, {number}",
            user=None,
            is_helpful=is_helpful,
            reason=reason,
            at=at - timedelta(days=days),
        )
    for number, (slug, days) in enumerate(SPARED):
        record_deflection(
            article=articles[slug],
            user=reader,
            product=None,
            form=f"a form of the demo, {number}",
            at=at - timedelta(days=days),
        )
