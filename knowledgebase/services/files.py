"""The pictures and attachments of articles: taken in, and taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.db import transaction

from contracts import files
from contracts.files import Upload
from contracts.leftovers import none_left_behind, note_stored
from contracts.models import User
from contracts.refusals import Refused
from knowledgebase.models import Article, ArticleFile
from knowledgebase.models.articles import ArticleEventKind as Kind
from knowledgebase.services import pictures
from knowledgebase.services.changing import Change, changing

MOST = 200
NEVER = frozenset(
    {"svg", "svgz", "html", "htm", "xhtml", "xml"}
)  # whatever the settings say: they can run script


def add_file(*, article: Article, upload: Upload, actor: User, at: datetime) -> ArticleFile:
    """Keep a file with the article; it is read by whoever may read the article. The same file again is no other.

    Limits are those of tickets. A picture is written anew from its pixels, so nothing else that its file
    carried (place, camera, hidden data) is kept.
    """
    name = files.clean_name(upload.name)
    if upload.extension in NEVER:
        raise Refused(f"{name} is of a kind that is never taken. Save it as a PNG, or send it in a zip.")
    files.check([upload])
    with none_left_behind(), changing(article, actor, at) as change:
        made = _made(upload, name)
        same = article.files.filter(sha256=made.row.sha256, name=name).first()
        if same is not None:
            return same
        if article.files.count() >= MOST:
            raise Refused(f"An article has at most {MOST} files. Remove what it needs no more.")
        return _store(change, made)


def remove_file(*, file: ArticleFile, actor: User, at: datetime) -> None:
    """Take a file away for good, once the published and the latest text mention it no more."""
    with changing(file.article, actor, at) as change:
        for version in (change.article.published, change.article.latest):
            if version is not None and mentions(version.text, file):
                raise Refused(
                    f"Version {version.number} shows {file.name}. Take it out of the text first"
                    f"{' and publish that' if version == change.article.published else ''}."
                )
        change.record(Kind.FILE_REMOVED, text=file.name)
        stored = file.file
        file.delete()
        transaction.on_commit(lambda: stored.delete(save=False))


def mentions(text: str, file: ArticleFile) -> bool:
    """Whether ``text`` leads to ``file``."""
    return f"/kb/files/{file.pk}/" in text


@dataclass(frozen=True, slots=True)
class _Kept:
    """What will be kept: the row, not stored yet, and its content."""

    row: ArticleFile
    content: File[bytes]


def _made(upload: Upload, name: str) -> _Kept:
    width = height = None
    content: File[bytes] = upload.content
    if upload.extension in pictures.KINDS:
        picture = pictures.anew(upload, name)
        content, width, height = ContentFile(picture.content), picture.width, picture.height
    kept = Upload(name, content)
    row = ArticleFile(
        name=name,
        content_type=files.content_type(name),
        size=kept.size,
        sha256=files.digest(kept),
        width=width,
        height=height,
    )
    return _Kept(row, content)


def _store(change: Change, kept: _Kept) -> ArticleFile:
    row = kept.row
    row.article, row.added_by, row.added_at = change.article, change.actor, change.at
    row.file.save(row.name, kept.content, save=False)
    note_stored(row.file)
    row.save(force_insert=True)
    change.record(Kind.FILE_ADDED, text=row.name)
    return row
