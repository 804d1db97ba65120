"""The demo's knowledge base, written by the verbs: live, changed, in review, overdue, for some readers alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.models import Product, User
from knowledgebase.models import Article, Category
from knowledgebase.models.audience import Audience
from knowledgebase.services import articles, categories
from knowledgebase.services.placing import About

EXPORT = """\
An export that ends early is nearly always one of two things: a filter that hides rows, or the limit on rows.

## Look at the filter first

1. Open **Assets** and choose *Clear filter*.
2. Export again.
3. Compare the last line of the file with the last asset of the list.

!!! note
    A filter by site stays set until you sign out, even where another page is opened.

## Raise the limit

The limit stands in the settings of the platform:

```ini
[export]
max_rows = 50000
```

| Rows | Time | Size of the file |
| --- | --- | --- |
| 5,000 | 4 s | 1 MB |
| 50,000 | 40 s | 10 MB |

Restart the export service afterwards. Exports that run meanwhile end by themselves.
"""

OFFLINE = """\
Cameras that are shown as offline although their pictures arrive have lost the heartbeat of their agent.

## Check the agent

- The service `viakoo-agent` runs.
- Its clock is right: a certificate that is *not yet valid* is refused.
- Port 443 to the platform is open.

## Renew the certificate

!!! warning
    The agent is away for about a minute. Recording goes on.

```bash
sudo viakoo-agent certificate renew
sudo systemctl restart viakoo-agent
```

## When it is still offline

Send us the log of the last hour with your ticket. See [how to find the logs](/kb/articles/find-the-logs-of-an-agent/).
"""

LOGS = """\
An agent writes one log a day and keeps them for two weeks.

## On Linux

`/var/log/viakoo/agent-YYYY-MM-DD.log`

## On Windows

`C:\\ProgramData\\Viakoo\\Agent\\logs`

Send whole files: what happened before is often what counts.
"""

SESSION = """\
Headsets sign out after ten minutes without a request. A work instruction that stays open makes none.

## Keep the session

1. Open *Settings*, then *Sessions*.
2. Set **Keep open work instructions** to on.

Nobody needs to sign in again: it holds from the next request on.
"""

BLANK = """\
A blank page means that the template could not be read to its end.

## Show the error

Add `?debug=template` to the address while you are signed in as an editor.
The line that stops is named at the end of the page.

## Go back to the template of yesterday

Open *Templates*, then *History*, and choose **Restore**.
"""

ESCALATION = """\
Who is called, and when, if a site is down for all its readers.

## First

Start work on the ticket, so that its clock stops. Then look at the status page of the host.

## After fifteen minutes

Call the engineer on duty. The number stands in the desk's own book, not here.
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article as the demo has it; ``product`` ``""`` for none."""

    title: str
    summary: str
    text: str
    category: str
    product: str = ""
    audience: str = Audience.PUBLIC


LIVE = (
    Sheet("Find the logs of an agent", "Where an agent writes its logs.", LOGS, "Agents", "Viakoo Agent"),
    Sheet(
        "Cameras shown as offline although their pictures arrive",
        "Check the agent's heartbeat, its clock and its certificate.",
        OFFLINE,
        "Agents",
        "Viakoo Agent",
    ),
    Sheet(
        "An export stops before its last row",
        "A filter hides rows, or the limit on rows is reached.",
        EXPORT,
        "Reports and exports",
        "Viakoo Action Platform",
    ),
    Sheet(
        "Headsets lose their session after ten minutes",
        "How a headset stays signed in while a work instruction is open.",
        SESSION,
        "Headsets",
        "Atheer",
        Audience.PRODUCT,
    ),
    Sheet(
        "The site shows a blank page",
        "Show the error of the template, or go back to the one before.",
        BLANK,
        "Publishing",
        "Vivvo CMS",
    ),
    Sheet(
        "When a whole site is down",
        "Who is called, and when.",
        ESCALATION,
        "Publishing",
        audience=Audience.STAFF,
    ),
)
TREE: Mapping[str, tuple[str, ...]] = {
    "Monitoring": ("Agents", "Reports and exports"),
    "Work in the field": ("Headsets",),
    "Websites": ("Publishing",),
}


def write(*, author: User, manager: User, at: datetime) -> None:
    """Build the tree and the articles; their story ends at ``at``."""
    shelves = _shelves(manager, at - timedelta(days=200))
    written = {}
    for place, sheet in enumerate(LIVE):
        begun = at - timedelta(days=180 - 20 * place)
        article = _draft(sheet, shelves, author, begun)
        written[sheet.title] = articles.publish_article(
            article=article, seen=1, actor=manager, at=begun + timedelta(days=1)
        )
    _changed(written["An export stops before its last row"], author, at)
    _overdue(written["Find the logs of an agent"], author, at)
    fonts = Sheet(
        "Which fonts the default template uses",
        "It uses the reader's own.",
        "The default template uses the system fonts of the reader, so there is nothing to license.\n",
        "Publishing",
        "Vivvo CMS",
    )
    draft = _draft(fonts, shelves, author, at - timedelta(days=2))
    articles.ask_for_review(article=draft, actor=author, at=at - timedelta(days=2))


def _shelves(manager: User, at: datetime) -> dict[str, Category]:
    found: dict[str, Category] = {}
    for position, (name, below) in enumerate(TREE.items()):
        top = categories.save_category(name=name, position=position, actor=manager, at=at)
        for child in below:
            found[child] = categories.save_category(name=child, parent=top, actor=manager, at=at)
    return found


def _draft(sheet: Sheet, shelves: Mapping[str, Category], author: User, at: datetime) -> Article:
    return articles.create_article(
        title=sheet.title,
        summary=sheet.summary,
        text=sheet.text,
        category=shelves[sheet.category],
        audience=sheet.audience,
        products=[About(Product.objects.get(name=sheet.product))] if sheet.product else [],
        actor=author,
        at=at,
    )


def _changed(article: Article, author: User, at: datetime) -> None:
    """A change that readers do not see yet."""
    articles.save_version(
        article=article,
        seen=1,
        title="An export stops before its last row",
        summary="A filter hides rows, or the limit on rows is reached.",
        text=EXPORT.replace("max_rows = 50000", "max_rows = 100000").replace(
            "50,000 | 40 s", "100,000 | 80 s"
        ),
        comment="The limit is higher since 6.2.",
        actor=author,
        at=at - timedelta(days=3),
    )


def _overdue(article: Article, author: User, at: datetime) -> None:
    """A review date that has come."""
    articles.mark_reviewed(
        article=article,
        review_on=(at - timedelta(days=4)).date(),
        actor=author,
        at=at - timedelta(days=60),
    )
