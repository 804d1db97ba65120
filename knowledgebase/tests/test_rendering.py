"""Versions rendered anew after an upgrade, and related articles found anew."""

from datetime import datetime, timedelta

import pytest

from contracts.models import User
from knowledgebase.markdown import RENDERER, caps
from knowledgebase.models import Article, ArticleVersion, SearchDocument
from knowledgebase.services import rendering
from knowledgebase.services.rendering import SLOTS, find_related, render_again
from knowledgebase.tests.writing import draft, published

pytestmark = pytest.mark.django_db


def made_by_an_older_renderer(**fields: str) -> None:
    ArticleVersion.objects.update(renderer=RENDERER - 1, html="old", plain="old", headings=[], **fields)


def test_what_an_older_renderer_made_is_made_anew(agent: User, monday: datetime) -> None:
    article = published(agent, monday)
    made_by_an_older_renderer()
    assert render_again(at=monday) == 1
    version = ArticleVersion.objects.get()
    assert "<h2" in version.html
    assert [title for _, _, title in version.headings] == ["Why"]
    assert SearchDocument.objects.get(key=article.pk).words.count("sessions")
    assert render_again(at=monday) == 0


def test_a_run_takes_some_and_leaves_the_rest_to_the_next(
    agent: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "VERSIONS_A_RUN", 2)
    for _ in range(3):
        draft(agent, monday)
    made_by_an_older_renderer()
    assert [render_again(at=monday) for _ in range(3)] == [2, 1, 0]


def test_a_text_that_is_too_much_by_now_is_shown_as_it_was_typed(
    agent: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(agent, monday, text="<b>long</b>")
    made_by_an_older_renderer()
    monkeypatch.setattr(caps, "LONGEST_ARTICLE", 3)
    assert render_again(at=monday) == 1
    assert ArticleVersion.objects.get().html == "<pre>&lt;b&gt;long&lt;/b&gt;</pre>"


def test_every_article_has_its_minute_of_the_day(agent: User, monday: datetime) -> None:
    first = published(agent, monday, title="Session service hangs")
    second = published(agent, monday, title="Session service restarts")
    Article.objects.update(related=[])
    midnight = monday.replace(hour=0)
    at = midnight + timedelta(minutes=first.pk % SLOTS)
    assert find_related(at=at) == 1
    assert [Article.objects.get(pk=each.pk).related for each in (first, second)] == [[second.pk], []]
    assert find_related(at=at) == 0
