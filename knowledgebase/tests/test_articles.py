"""The verbs of articles: what each does, what it records, and what it refuses."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Product, User
from contracts.refusals import Refused
from knowledgebase.models import Article, SearchDocument
from knowledgebase.services import articles
from knowledgebase.services.articles import Overtaken, Unready
from knowledgebase.tests.factories import article_file
from knowledgebase.tests.forum import standing_question
from knowledgebase.tests.writing import TEXT, draft, published, typed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def kinds(article: Article) -> list[str]:
    return list(article.events.order_by("pk").values_list("kind", flat=True))


def fresh(article: Article) -> Article:
    return Article.objects.select_related("latest", "published").get(pk=article.pk)


def title_seen(article: Article) -> str | None:
    """What a visitor reads above the article."""
    seen = Article.objects.visible_to(AnonymousUser()).filter(pk=article.pk).first()
    return str(seen) if seen else None


class TestCreating:
    def test_a_new_article_is_a_draft_of_its_author(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        assert (article.state, article.owner, article.slug) == (
            "draft",
            agent,
            "headsets-lose-their-session",
        )
        assert kinds(article) == ["created"]
        assert title_seen(article) is None

    def test_its_text_is_rendered(self, agent: User, monday: datetime) -> None:
        latest = draft(agent, monday).latest
        assert latest is not None
        assert "<h2" in latest.html
        assert [title for _, _, title in latest.headings] == ["Why"]
        assert "old sessions" in latest.plain

    def test_two_of_the_same_title_have_addresses_of_their_own(self, agent: User, monday: datetime) -> None:
        assert [draft(agent, monday).slug for _ in range(3)] == [
            "headsets-lose-their-session",
            "headsets-lose-their-session-2",
            "headsets-lose-their-session-3",
        ]

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Für Geräte: größer & schöner", "fuer-geraete-groesser-schoener"),
            ("如何重置", "article"),
            ("word " * 39, "-".join(["word"] * 20)),
        ],
    )
    def test_an_address_is_made_of_the_title(
        self, title: str, slug: str, agent: User, monday: datetime
    ) -> None:
        assert draft(agent, monday, title=title).slug == slug

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"title": " \n "}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"summary": "x" * 301}, "summary"),
            ({"text": "x" * 100_001}, "text"),
            ({"audience": "nobody"}, "audience"),
            ({"audience": "product"}, "products"),
        ],
    )
    def test_it_is_refused_at_the_field(
        self, given: dict[str, str], field: str, agent: User, monday: datetime
    ) -> None:
        with pytest.raises(Refused) as refused:
            draft(agent, monday, **given)
        assert refused.value.field == field
        assert not Article.objects.exists()

    def test_a_contact_writes_none(self, contact: Contact, monday: datetime) -> None:
        with pytest.raises(Refused, match="Only staff"):
            draft(contact.user, monday)

    def test_its_owner_is_staff(self, agent: User, contact: Contact, monday: datetime) -> None:
        with pytest.raises(Refused) as refused:
            draft(agent, monday, owner=contact.user)
        assert refused.value.field == "owner"

    def test_a_title_is_one_line_and_a_text_holds_no_nul(self, agent: User, monday: datetime) -> None:
        latest = draft(agent, monday, title=" Two\nlines\0 ", text="a\r\nb\0\n\n").latest
        assert latest is not None
        assert (latest.title, latest.text) == ("Two lines", "a\nb")


class TestSaving:
    def test_readers_see_nothing_of_it(self, agent: User, monday: datetime) -> None:
        article = published(agent, monday)
        articles.save_version(**typed(article, title="Changed"), actor=agent, at=monday + HOUR)
        assert title_seen(article) == "Headsets lose their session"
        assert fresh(article).has_changes
        assert fresh(article).changed_at == monday

    def test_the_same_again_makes_no_version(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        version = articles.save_version(
            **typed(article, text=TEXT.replace("\n", "\r\n")), actor=agent, at=monday
        )
        assert version == article.latest
        assert kinds(article) == ["created"]

    def test_the_second_of_two_authors_is_shown_what_the_first_wrote(
        self, agent: User, manager: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        theirs = articles.save_version(**typed(article, text="Theirs"), actor=manager, at=monday)
        with pytest.raises(Overtaken, match=r"Max Lead has saved version 2") as overtaken:
            articles.save_version(**typed(article, text="Mine"), actor=agent, at=monday)
        assert overtaken.value.latest == theirs
        assert fresh(article).latest == theirs

    def test_a_form_that_is_sent_twice_makes_one_version(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        sent = typed(article, text="Once")
        first = articles.save_version(**sent, actor=agent, at=monday)
        assert articles.save_version(**sent, actor=agent, at=monday) == first

    def test_what_is_archived_is_not_written(self, agent: User, monday: datetime) -> None:
        article = articles.archive_article(article=draft(agent, monday), actor=agent, at=monday)
        with pytest.raises(Refused, match="out of the archive first"):
            articles.save_version(**typed(article, text="Late"), actor=agent, at=monday)


class TestRestoring:
    def test_an_older_version_is_the_latest_again(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        first = article.latest
        assert first is not None
        articles.save_version(**typed(article, text="Worse"), actor=agent, at=monday)
        made = articles.restore_version(article=article, version=first, actor=agent, at=monday)
        assert (made.number, made.text, fresh(article).latest) == (3, TEXT, made)
        assert kinds(article) == ["created", "saved", "restored"]

    def test_the_latest_is_not_brought_back(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        assert article.latest is not None
        with pytest.raises(Refused, match="says just this"):
            articles.restore_version(article=article, version=article.latest, actor=agent, at=monday)

    def test_nor_is_one_of_another_article(self, agent: User, monday: datetime) -> None:
        article, other = draft(agent, monday), draft(agent, monday, text="Other")
        assert other.latest is not None
        with pytest.raises(Refused, match="of another article"):
            articles.restore_version(article=article, version=other.latest, actor=agent, at=monday)


class TestReviewing:
    def test_a_review_is_asked_for_and_the_article_returned(
        self, agent: User, manager: User, monday: datetime
    ) -> None:
        article = articles.ask_for_review(article=draft(agent, monday), actor=agent, at=monday)
        assert article.state == "in review"
        article = articles.return_article(
            article=article, reason="Say which service.", actor=manager, at=monday
        )
        assert article.state == "draft"
        assert article.events.latest("pk").text == "Say which service."

    def test_a_live_article_stays_live_while_a_change_is_in_review(
        self, agent: User, monday: datetime
    ) -> None:
        article = published(agent, monday)
        articles.save_version(**typed(article, text="Better"), actor=agent, at=monday)
        article = articles.ask_for_review(article=article, actor=agent, at=monday)
        assert (article.state, title_seen(article)) == ("live", "Headsets lose their session")

    def test_it_is_asked_for_once(self, agent: User, monday: datetime) -> None:
        article = articles.ask_for_review(article=draft(agent, monday), actor=agent, at=monday)
        with pytest.raises(Refused, match="asked for already"):
            articles.ask_for_review(article=article, actor=agent, at=monday)

    def test_there_must_be_something_to_review(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused, match="latest version already"):
            articles.ask_for_review(article=published(agent, monday), actor=agent, at=monday)
        with pytest.raises(Refused, match="no text yet"):
            articles.ask_for_review(article=draft(agent, monday, text=" "), actor=agent, at=monday)

    @pytest.mark.parametrize("reason", ["", " \n", "x" * 301])
    def test_a_return_has_a_reason(self, reason: str, agent: User, monday: datetime) -> None:
        article = articles.ask_for_review(article=draft(agent, monday), actor=agent, at=monday)
        with pytest.raises(Refused) as refused:
            articles.return_article(article=article, reason=reason, actor=agent, at=monday)
        assert refused.value.field == "reason"

    def test_only_what_is_in_review_is_returned(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused, match="nothing to return"):
            articles.return_article(article=draft(agent, monday), reason="No", actor=agent, at=monday)


class TestPublishing:
    def test_readers_see_the_latest_version_and_search_knows_it(self, agent: User, monday: datetime) -> None:
        article = published(agent, monday)
        assert title_seen(article) == "Headsets lose their session"
        assert SearchDocument.objects.get().key == article.pk
        assert (article.first_published_at, article.changed_at) == (monday, monday)
        assert kinds(article) == ["created", "published"]

    def test_again_after_a_change(self, agent: User, monday: datetime) -> None:
        article = published(agent, monday)
        articles.save_version(**typed(article, title="Changed"), actor=agent, at=monday)
        article = articles.publish_article(article=article, seen=2, actor=agent, at=monday + HOUR)
        assert title_seen(article) == "Changed"
        assert (article.first_published_at, article.changed_at) == (monday, monday + HOUR)

    def test_it_ends_the_review(self, agent: User, monday: datetime) -> None:
        article = articles.ask_for_review(article=draft(agent, monday), actor=agent, at=monday)
        article = articles.publish_article(article=article, seen=1, actor=agent, at=monday)
        assert (article.state, article.review_asked_at) == ("live", None)

    def test_what_the_publisher_has_not_seen_is_not_published(
        self, agent: User, manager: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        articles.save_version(**typed(article, text="Unread"), actor=manager, at=monday)
        with pytest.raises(Overtaken):
            articles.publish_article(article=article, seen=1, actor=agent, at=monday)
        assert title_seen(article) is None

    def test_without_a_text_it_is_refused_whatever_is_said(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused, match="no text yet"):
            articles.publish_article(
                article=draft(agent, monday, text=""), seen=1, despite=True, actor=agent, at=monday
            )

    def test_nor_is_what_readers_see_published_again(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused, match="latest version already"):
            articles.publish_article(article=published(agent, monday), seen=1, actor=agent, at=monday)

    def test_what_the_checks_find_is_mended_or_published_nevertheless(
        self, agent: User, monday: datetime
    ) -> None:
        article = draft(agent, monday, text="See [this](/kb/articles/nowhere/).")
        with pytest.raises(Unready) as unready:
            articles.publish_article(article=article, seen=1, actor=agent, at=monday)
        assert [problem.line for problem in unready.value.problems] == [1]
        assert title_seen(article) is None
        articles.publish_article(article=article, seen=1, despite=True, actor=agent, at=monday)
        assert title_seen(article)
        assert article.events.latest("pk").text.startswith("despite: line 1: ")

    @pytest.mark.parametrize(("target", "stands"), [("public", True), ("customers", False), ("staff", False)])
    def test_a_link_is_judged_as_the_widest_reader_would_meet_it(
        self, target: str, *, stands: bool, agent: User, monday: datetime
    ) -> None:
        published(agent, monday, title="There", audience=target)
        article = draft(agent, monday, text="See [there](/kb/articles/there/).")
        if stands:
            articles.publish_article(article=article, seen=1, actor=agent, at=monday)
            return
        with pytest.raises(Unready):
            articles.publish_article(article=article, seen=1, actor=agent, at=monday)

    def test_a_link_to_what_is_not_there_for_its_readers_is_named(
        self, agent: User, product: Product, monday: datetime, settings: Any
    ) -> None:
        there = published(agent, monday, title="There")
        hidden = published(agent, monday, title="Hidden", audience="staff")
        shown_file, hidden_file = (article_file(each) for each in (there, hidden))
        held = standing_question(agent, product, monday, hidden_at=monday)
        lead_nowhere = [
            "/kb/articles/there/#text-gone",
            "/kb/categories/gone/",
            f"/kb/files/{hidden_file.pk}/cables.pdf",
            f"/forum/questions/{held.pk}/",
            f"{settings.SITE_URL}/kb/articles/hidden/",
            "#gone",
        ]
        stand = [
            "/kb/articles/there/#text-why",
            f"/kb/categories/{there.category.slug}/",
            f"/kb/files/{shown_file.pk}/cables.pdf",
            f"{settings.SITE_URL}/kb/articles/there/",
            "#way",
        ]
        text = "## Way\n\n" + "\n".join(f"[x]({address})" for address in [*stand, *lead_nowhere])
        with pytest.raises(Unready) as unready:
            articles.publish_article(article=draft(agent, monday, text=text), seen=1, actor=agent, at=monday)
        first = 3 + len(stand)
        assert [each.line for each in unready.value.problems] == [*range(first, first + len(lead_nowhere))]

    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            (None, date(2027, 11, 23)),
            (date(2026, 11, 23), date(2027, 11, 23)),
            (date(2026, 12, 24), date(2026, 12, 24)),
        ],
    )
    def test_there_is_always_a_review_date_to_come(
        self, before: date | None, expected: date, agent: User, monday: datetime
    ) -> None:
        assert published(agent, monday, review_on=before).review_on == expected

    def test_articles_alike_know_each_other(self, agent: User, monday: datetime) -> None:
        first = published(agent, monday, title="Session service hangs")
        second = published(agent, monday, title="Session service restarts")
        assert second.related == [first.pk]


class TestLookingThrough:
    def test_it_comes_up_again_on_its_new_date(self, agent: User, monday: datetime) -> None:
        article = published(agent, monday, review_on=date(2026, 12, 1))
        later = monday + timedelta(days=10)
        assert list(Article.objects.overdue(later.date())) == [article]
        articles.mark_reviewed(article=article, review_on=date(2027, 6, 1), actor=agent, at=later)
        assert not Article.objects.overdue(later.date()).exists()
        assert kinds(article)[-1] == "reviewed"

    def test_its_next_date_is_to_come(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused) as refused:
            articles.mark_reviewed(
                article=published(agent, monday), review_on=monday.date(), actor=agent, at=monday
            )
        assert refused.value.field == "review_on"

    def test_a_draft_is_not_looked_through(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused, match="that readers see"):
            articles.mark_reviewed(
                article=draft(agent, monday), review_on=date(2027, 6, 1), actor=agent, at=monday
            )


class TestArchiving:
    def test_readers_and_search_find_it_no_more_until_it_is_revived(
        self, agent: User, monday: datetime
    ) -> None:
        article = articles.archive_article(
            article=published(agent, monday), reason="Sold no more", actor=agent, at=monday
        )
        assert (article.state, title_seen(article)) == ("archived", None)
        assert not SearchDocument.objects.exists()
        article = articles.revive_article(article=article, actor=agent, at=monday)
        assert article.state == "live"
        assert SearchDocument.objects.exists()

    def test_each_is_done_once(self, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        with pytest.raises(Refused, match="not archived"):
            articles.revive_article(article=article, actor=agent, at=monday)
        articles.archive_article(article=article, actor=agent, at=monday)
        with pytest.raises(Refused, match="archived already"):
            articles.archive_article(article=article, actor=agent, at=monday)
