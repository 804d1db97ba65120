"""The verbs on an article's page, as data: each has its own address, one form, and one service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from contracts.models import User
from knowledgebase.admin.forms import (
    AddressForm,
    ArchiveForm,
    ButtonForm,
    FileForm,
    PlaceForm,
    ReasonForm,
    ReviewForm,
)
from knowledgebase.models import Article
from knowledgebase.services import articles, files, settling


@dataclass(frozen=True, slots=True)
class Doing:
    """What a service is called with: on which article, by whom, with what, when."""

    article: Article
    actor: User
    form: forms.Form
    at: datetime

    @property
    def basics(self) -> dict[str, Any]:
        return {"article": self.article, "actor": self.actor, "at": self.at}

    @property
    def reason(self) -> str:
        return str(self.form.cleaned_data["reason"])


@dataclass(frozen=True, slots=True)
class VerbPage:
    """A verb: the noun of its address, its button, its form, its service, and what is told afterwards.

    ``offered`` says whether it can be done with an article as it stands.
    """

    noun: str
    label: str
    form: type[forms.Form]
    call: Callable[[Doing], object]
    done: str
    offered: Callable[[Article], bool]
    hint: str = ""

    @property
    def url_name(self) -> str:
        return f"article_{self.noun.replace('-', '_')}"


def _return(doing: Doing) -> object:
    return articles.return_article(reason=doing.reason, **doing.basics)


def _mark_reviewed(doing: Doing) -> object:
    return articles.mark_reviewed(review_on=doing.form.cleaned_data["review_on"], **doing.basics)


def _settle(doing: Doing) -> object:
    place = doing.form.place() if isinstance(doing.form, PlaceForm) else {}
    return settling.settle_article(**place, **doing.basics)


def _move(doing: Doing) -> object:
    return settling.move_article(slug=doing.form.cleaned_data["slug"], **doing.basics)


def _archive(doing: Doing) -> object:
    return articles.archive_article(reason=doing.reason, **doing.basics)


def _revive(doing: Doing) -> object:
    return articles.revive_article(**doing.basics)


def _add_file(doing: Doing) -> object:
    if not isinstance(doing.form, FileForm):
        raise TypeError(doing.form)
    return files.add_file(upload=doing.form.upload(), **doing.basics)


def _kept(article: Article) -> bool:
    return article.archived_at is None


VERB_PAGES = {
    found.noun: found
    for found in (
        VerbPage(
            "return",
            "Return",
            ReasonForm,
            _return,
            "Returned. Its author finds your reason in the history.",
            lambda article: article.review_asked_at is not None,
            "Give it back to its author, and say what is to be changed.",
        ),
        VerbPage(
            "review-date",
            "Still right",
            ReviewForm,
            _mark_reviewed,
            "Looked through. It comes up again on its new date.",
            lambda article: article.is_live,
            "You have looked it through, and it is still right.",
        ),
        VerbPage(
            "files",
            "Add",
            FileForm,
            _add_file,
            "The file is there. Paste its line into the text where it belongs.",
            _kept,
        ),
        VerbPage(
            "place",
            "Settle",
            PlaceForm,
            _settle,
            "Settled.",
            _kept,
            "It is so for readers from now on, without publishing anew.",
        ),
        VerbPage("address", "Move", AddressForm, _move, "Moved. Its old address leads here.", _kept),
        VerbPage(
            "archive",
            "Archive",
            ArchiveForm,
            _archive,
            "Archived. Readers do not find it any more.",
            _kept,
            "Readers do not find it any more. Its versions, files and addresses are kept.",
        ),
        VerbPage(
            "revival",
            "Take out of the archive",
            ButtonForm,
            _revive,
            "Taken out of the archive.",
            lambda article: article.archived_at is not None,
            "It is what it was before: live, or a draft.",
        ),
    )
}
