"""What the tests of writing share: articles made by the verbs."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from contracts.files import Upload
from contracts.models import User
from knowledgebase.models import Article
from knowledgebase.services import articles
from knowledgebase.tests.factories import CategoryFactory

TEXT = "Restart the session service.\n\n## Why\n\nIt holds old sessions."


def draft(actor: User, at: datetime, **given: Any) -> Article:
    """A draft; what is given differs from the usual one."""
    asked: dict[str, Any] = {
        "title": "Headsets lose their session",
        "text": TEXT,
        "summary": "What to restart.",
    }
    asked["category"] = given.pop("category", None) or CategoryFactory.create()
    return articles.create_article(**(asked | given), actor=actor, at=at)


def published(actor: User, at: datetime, **given: Any) -> Article:
    """A live article of one version."""
    return articles.publish_article(article=draft(actor, at, **given), seen=1, actor=actor, at=at)


def typed(article: Article, **changed: Any) -> dict[str, Any]:
    """What somebody who opened the article now would save, but for what is ``changed``."""
    latest = article.latest
    assert latest
    said = {"title": latest.title, "summary": latest.summary, "text": latest.text, "seen": latest.number}
    return {"article": article, **said, **changed}


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: Any) -> bytes:
    """The bytes of a small picture."""
    written = BytesIO()
    Image.new(mode, size).save(written, format=kind, **options)
    return written.getvalue()


def upload(name: str, content: bytes) -> Upload:
    return Upload(name, ContentFile(content, name=name))
