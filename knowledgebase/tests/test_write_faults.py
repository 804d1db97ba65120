"""Every call of the database of every verb fails once: nothing has changed then, and the same call works afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

import knowledgebase.services
from contracts.models import Contact, Contract, Product, Release, ReleaseNotes, User
from contracts.tests.factories import ReleaseFactory
from contracts.tests.faults import fail_each_query, rows_of, verbs_of
from knowledgebase.models import (
    Answer,
    Article,
    ArticleFile,
    ArticleVersion,
    Category,
    FruitlessSearch,
    Question,
    Report,
)
from knowledgebase.search import keeping
from knowledgebase.services import (
    articles,
    categories,
    editing,
    files,
    forum,
    fruitless,
    judgements,
    moderation,
    posts,
    release_notes,
    rendering,
    searches,
    settling,
    writing_up,
)
from knowledgebase.services.placing import About
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.forum import QUESTION, under_vivvo
from knowledgebase.tests.writing import draft, typed, upload

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
NEXT_YEAR = date(2027, 11, 1)
# What the verbs are made of, and what asks and writes nothing.
PARTS = {
    "changing.changing",
    "editing.why_not_edit",
    "forum.require_writer",
    "forum.why_closed",
    "pace.require_pace",
}
# They write, and when does not matter.
UNDATED = {"judgements.withdraw_deflection", "judgements.count_answer"}
FORM = "the form that was left"


class Rows:
    """The cast and what they wrote, read anew at every mention, as each request reads them."""

    @property
    def agent(self) -> User:
        return User.objects.get(email="agnes@desk.example")

    @property
    def asker(self) -> User:
        return User.objects.get(email="nora@harbour.example")

    @property
    def product(self) -> Product:
        return Product.objects.get()

    @property
    def category(self) -> Category:
        return Category.objects.get(slug="shelf")

    @property
    def article(self) -> Article:
        return Article.objects.get()

    @property
    def file(self) -> ArticleFile:
        return ArticleFile.objects.get()

    @property
    def question(self) -> Question:
        return Question.objects.get()

    @property
    def answer(self) -> Answer:
        return Answer.objects.get()

    @property
    def release(self) -> Release:
        return Release.objects.get()


Do = Callable[[], object]


def by_staff(verb: Callable[..., object], **more: Any) -> Do:
    """A verb of staff, whose ``more`` are values, or say what to read when it is called."""

    def done() -> object:
        given = {name: value() if callable(value) else value for name, value in more.items()}
        return verb(actor=Rows().agent, at=LATER, **given)

    return done


def on_article(verb: Callable[..., object], **more: Any) -> Do:
    return by_staff(verb, article=lambda: Rows().article, **more)


def on_question(verb: Callable[..., object], **more: Any) -> Do:
    return by_staff(verb, question=lambda: Rows().question, **more)


def on_answer(verb: Callable[..., object], **more: Any) -> Do:
    return by_staff(verb, answer=lambda: Rows().answer, **more)


def write(**more: Any) -> object:
    """The draft of an article."""
    return draft(Rows().agent, AT, category=Rows().category, **more)


publish = on_article(articles.publish_article, seen=1, despite=True)
save = by_staff(lambda **who: articles.save_version(**typed(Rows().article, text="Another text."), **who))
ask_review = on_article(articles.ask_for_review)
archive = on_article(articles.archive_article, reason="Old")
add_file = on_article(files.add_file, upload=lambda: upload("log.txt", b"06:12 odd"))
hide_question = on_question(moderation.hide_question, reason="Names a person")
hide_answer = on_answer(moderation.hide_answer, reason="Names a person")
close = on_question(moderation.close_question, reason="Answered elsewhere")
solve = on_answer(forum.mark_solution)


def live() -> None:
    """A live article."""
    write()
    publish()


def ask() -> object:
    return forum.ask_question(
        product=Rows().product, **QUESTION, submission_key="q", actor=Rows().asker, at=AT
    )


def answer() -> object:
    """By staff, so that the asker is told."""
    return forum.answer_question(
        question=Rows().question, text="Copy it.", submission_key="a", actor=Rows().agent, at=AT
    )


def report() -> object:
    """By the asker, of the answer."""
    return moderation.report_answer(answer=Rows().answer, reason="Spam", actor=Rows().asker, at=LATER)


def thread() -> None:
    """A question with an answer."""
    ask()
    answer()


def of_an_older_renderer() -> None:
    """The article and the question as a renderer of before left them."""
    live()
    ask()
    ArticleVersion.objects.update(renderer=0, html="<p>Old</p>", plain="Old")
    Question.objects.update(renderer=0, html="<p>Old</p>", plain="Old")
    keeping.rebuild()


def plan() -> None:
    ReleaseFactory.create(product=Rows().product, version="4.3")


def bring_out() -> object:
    return release_notes.publish_release(release=Rows().release, actor=Rows().agent, at=AT)


def write_notes() -> object:
    return release_notes.write_release_notes(
        release=Rows().release, text="## Fixed\n\nThe hippogriff lands again.", actor=Rows().agent, at=LATER
    )


def notes_of_an_older_renderer() -> None:
    ReleaseNotes.objects.update(renderer=0, html="<p>Old</p>", plain="Old")


def judge() -> object:
    return judgements.give_feedback(
        article=Rows().article, reader="r", user=None, is_helpful=True, reason="It did.", at=LATER
    )


def deflect() -> object:
    return judgements.record_deflection(
        article=Rows().article, user=Rows().asker, product=Rows().product, form=FORM, at=LATER
    )


def search_in_vain() -> object:
    return fruitless.record_fruitless(words="lost session", product=None, at=AT)


def alike() -> None:
    """An article that does not know yet what is like it."""
    live()
    Article.objects.update(related=[999])


def all_of(*firsts: Do) -> Do:
    return lambda: [first() for first in firsts]


def settle() -> object:
    return settling.settle_article(
        article=Rows().article,
        category=Category.objects.get(slug="other"),
        audience="product",
        products=[About(Rows().product)],
        owner=User.objects.get(email="max@desk.example"),
        review_on=NEXT_YEAR,
        actor=Rows().agent,
        at=LATER,
    )


def find_related() -> object:
    """In the minute of the day that is the article's own."""
    return rendering.find_related(
        at=AT.replace(hour=0, minute=0) + timedelta(minutes=Rows().article.pk % 1440)
    )


NOTHING: Do = tuple
# What is there before, and the call.
VERBS: dict[str, tuple[Do, Do]] = {
    "articles.create_article": (NOTHING, lambda: write(products=[About(Rows().product)])),
    "articles.save_version": (write, save),
    "articles.restore_version": (
        all_of(write, save),
        on_article(articles.restore_version, version=lambda: ArticleVersion.objects.get(number=1)),
    ),
    "articles.ask_for_review": (write, ask_review),
    "articles.return_article": (
        all_of(write, ask_review),
        on_article(articles.return_article, reason="Say why"),
    ),
    "articles.publish_article": (write, publish),
    "articles.mark_reviewed": (live, on_article(articles.mark_reviewed, review_on=NEXT_YEAR)),
    "articles.archive_article": (live, archive),
    "articles.revive_article": (all_of(live, archive), on_article(articles.revive_article)),
    "categories.save_category": (
        NOTHING,
        by_staff(categories.save_category, name="Set up", parent=lambda: Rows().category),
    ),
    "categories.delete_category": (
        NOTHING,
        by_staff(categories.delete_category, category=lambda: Rows().category),
    ),
    "editing.edit_question": (ask, on_question(editing.edit_question, title="Moving", text="Where to?")),
    "editing.edit_answer": (thread, on_answer(editing.edit_answer, text="Copy both.")),
    "files.add_file": (write, add_file),
    "files.remove_file": (all_of(write, add_file), by_staff(files.remove_file, file=lambda: Rows().file)),
    "forum.ask_question": (NOTHING, ask),
    "forum.answer_question": (ask, answer),
    "forum.mark_solution": (thread, solve),
    "forum.unmark_solution": (all_of(thread, solve), on_question(forum.unmark_solution)),
    "forum.note_ticket": (
        ask,
        lambda: forum.note_ticket(question=Rows().question, number="VK-222222", actor=Rows().asker, at=LATER),
    ),
    "fruitless.record_fruitless": (NOTHING, search_in_vain),
    "judgements.give_feedback": (live, judge),
    "judgements.record_deflection": (live, deflect),
    "judgements.withdraw_deflection": (
        all_of(live, deflect),
        lambda: judgements.withdraw_deflection(form=FORM, user=Rows().asker),
    ),
    "judgements.count_answer": (live, lambda: judgements.count_answer(article=Rows().article)),
    "moderation.close_question": (ask, close),
    "moderation.reopen_question": (all_of(ask, close), on_question(moderation.reopen_question)),
    "moderation.hide_question": (thread, hide_question),
    "moderation.hide_answer": (all_of(thread, solve), hide_answer),
    "moderation.show_question": (all_of(thread, hide_question), on_question(moderation.show_question)),
    "moderation.show_answer": (all_of(thread, hide_answer), on_answer(moderation.show_answer)),
    "moderation.report_question": (ask, on_question(moderation.report_question, reason="Spam")),
    "moderation.report_answer": (thread, report),
    "moderation.handle_report": (
        all_of(thread, report),
        by_staff(moderation.handle_report, report=Report.objects.get, hide=True),
    ),
    "posts.render_posts_again": (of_an_older_renderer, lambda: posts.render_posts_again(at=LATER)),
    "release_notes.publish_release": (
        plan,
        lambda: release_notes.publish_release(release=Rows().release, actor=Rows().agent, at=LATER),
    ),
    "release_notes.write_release_notes": (all_of(plan, bring_out), write_notes),
    "release_notes.render_notes_again": (
        all_of(plan, bring_out, write_notes, notes_of_an_older_renderer),
        lambda: release_notes.render_notes_again(at=LATER),
    ),
    "rendering.render_again": (of_an_older_renderer, lambda: rendering.render_again(at=LATER)),
    "rendering.find_related": (alike, find_related),
    "searches.settle_search": (
        search_in_vain,
        by_staff(searches.settle_search, search=FruitlessSearch.objects.get),
    ),
    "settling.settle_article": (live, settle),
    "settling.move_article": (live, on_article(settling.move_article, slug="another-place")),
    "writing_up.write_up_answer": (
        thread,
        on_answer(writing_up.write_up_answer, category=lambda: Rows().category),
    ),
}


@pytest.fixture(autouse=True)
def _cast(contact: Contact, contract: Contract, agent: User, manager: User) -> None:
    """Who writes, and where."""
    under_vivvo(contract)
    CategoryFactory.create(name="Shelf", slug="shelf")
    CategoryFactory.create(name="Other", slug="other")
    # Emptying the tables after the test before leaves the full-text index as it was.
    keeping.rebuild()


def files_on_disk() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_no_verb_is_left_out() -> None:
    assert (verbs_of(knowledgebase.services) - PARTS) | UNDATED == set(VERBS)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("verb", VERBS)
def test_each_call_of_the_database_may_fail(verb: str) -> None:
    rows = rows_of("contracts", "knowledgebase")

    def whole() -> object:
        return rows(), files_on_disk()

    first, do = VERBS[verb]
    first()
    before = whole()
    assert fail_each_query(do, whole=whole) > 0
    assert whole() != before
    assert keeping.faults() == []
