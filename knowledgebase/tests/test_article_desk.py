"""Staff's pages of articles: the editor and its verbs, two authors, the list, versions, searches, categories."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Product, User
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import ReleaseFactory
from knowledgebase.models import (
    Article,
    ArticleFile,
    ArticleVersion,
    Category,
    Feedback,
    FruitlessSearch,
)
from knowledgebase.rights import RIGHTS
from knowledgebase.services import articles, files
from knowledgebase.services.placing import About, products_of
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.writing import TEXT, draft, picture, published, typed, upload

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/"


@pytest.fixture(autouse=True)
def now(monday: datetime, settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(monday, tick=False):
        yield


def signed_in(user: User) -> Client:
    ensure_staff_groups(RIGHTS)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(agent: User) -> Client:
    return signed_in(agent)


def page(response: Any) -> str:
    return str(response.content.decode())


def sent(article: Article, **changed: Any) -> dict[str, Any]:
    """What the editor would send."""
    said = typed(article, **changed)
    del said["article"]
    return said


def fresh(article: Article) -> Article:
    return Article.objects.select_related("latest", "published", "category").get(pk=article.pk)


class TestWriting:
    def test_a_draft_is_saved_with_its_place(self, desk: Client, product: Product) -> None:
        category = CategoryFactory.create()
        first = ReleaseFactory.create(product=product, version="4.9")
        given = {"title": "New", "text": TEXT, "category": category.pk, "audience": "product"}
        owner = {"owner": desk.session["_auth_user_id"]}
        chosen = {f"product-{product.pk}": "on", f"from-{product.pk}": first.pk}
        response = desk.post(f"{LIST}new/", given | owner | chosen)
        article = Article.objects.get()
        assert response.headers["Location"] == f"{LIST}{article.pk}/"
        assert (article.audience, products_of(article)) == ("product", [About(product, first)])

    def test_what_is_refused_keeps_what_was_typed(self, desk: Client) -> None:
        category = CategoryFactory.create()
        given = {"title": "", "text": "Kept words", "category": category.pk, "audience": "public"}
        response = desk.post(f"{LIST}new/", given)
        assert response.status_code == 422
        assert "Kept words</textarea>" in page(response)
        assert not Article.objects.exists()

    def test_a_refusal_about_its_place_stands_at_the_place(self, desk: Client) -> None:
        category = CategoryFactory.create()
        given = {"title": "New", "category": category.pk, "audience": "product"}
        response = desk.post(f"{LIST}new/", given | {"owner": desk.session["_auth_user_id"]})
        assert response.status_code == 422
        assert "Choose the products whose customers may read it." in page(response)

    def test_saving_makes_a_version_that_readers_do_not_see(
        self, desk: Client, agent: User, monday: datetime
    ) -> None:
        article = published(agent, monday)
        response = desk.post(f"{LIST}{article.pk}/", sent(article, title="Changed"), follow=True)
        assert "Version 2 is saved. Readers do not see it" in page(response)
        assert str(fresh(article)) == "Headsets lose their session"

    def test_nothing_changed_is_said(self, desk: Client, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        response = desk.post(f"{LIST}{article.pk}/", sent(article), follow=True)
        assert "Nothing is changed" in page(response)

    def test_the_second_author_keeps_their_text_and_sees_the_newer(
        self, desk: Client, agent: User, manager: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        articles.save_version(**typed(article, text="Of the first"), actor=manager, at=monday)
        response = desk.post(f"{LIST}{article.pk}/", sent(article, text="Of the second"))
        assert response.status_code == 409
        assert "Max Lead has saved version 2" in page(response)
        assert "Of the first</textarea>" in page(response)
        assert "Of the second</textarea>" in page(response)
        assert 'name="seen" value="2"' in page(response)

    def test_saved_again_it_follows_upon_the_newer(
        self, desk: Client, agent: User, manager: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        articles.save_version(**typed(article, text="Of the first"), actor=manager, at=monday)
        desk.post(f"{LIST}{article.pk}/", sent(article, text="Of both", seen=2))
        latest = fresh(article).latest
        assert latest is not None
        assert (latest.number, latest.text) == (3, "Of both")


class TestPreviewing:
    def test_without_script_the_button_shows_it_and_saves_nothing(
        self, desk: Client, agent: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        response = desk.post(f"{LIST}{article.pk}/", sent(article, text="**Bold** words", preview="1"))
        assert "<strong>Bold</strong> words" in page(response)
        assert "what you typed is not saved yet" in page(response)
        assert article.versions.count() == 1

    @pytest.mark.parametrize("path", ["preview/", "{}/preview/"])
    def test_with_script_it_is_a_part_of_the_page(
        self, path: str, desk: Client, agent: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        sent_text = {"text": "## Deep\n\n#### Deeper\n\n<script>x</script>"}
        response = desk.post(LIST + path.format(article.pk), sent_text)
        assert "<html" not in page(response)
        assert 'data-line="3"' in page(response)
        assert "<script" not in page(response)

    def test_what_is_too_much_is_said_there(self, desk: Client) -> None:
        response = desk.post(f"{LIST}preview/", {"text": "x" * 100_001})
        assert "100,000 are the most" in page(response)


class TestPublishing:
    def test_what_is_typed_is_saved_and_published(self, desk: Client, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        response = desk.post(f"{LIST}{article.pk}/publication/", sent(article, title="Better"), follow=True)
        assert "Readers see it from now on" in page(response)
        assert str(fresh(article).published) == "Better (2)"

    def test_what_is_to_mend_is_listed_and_published_nevertheless(
        self, desk: Client, agent: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        data = sent(article, text="See [it](/kb/articles/nowhere/).")
        response = desk.post(f"{LIST}{article.pk}/publication/", data)
        assert response.status_code == 422
        assert "One thing stands against publishing" in page(response)
        assert "Publish nevertheless" in page(response)
        again = sent(fresh(article), despite="1")
        desk.post(f"{LIST}{article.pk}/publication/", again)
        assert fresh(article).is_live

    def test_a_review_is_asked_for(self, desk: Client, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        desk.post(f"{LIST}{article.pk}/review/", sent(article))
        assert fresh(article).state == "in review"
        assert "Return to its author" in page(desk.get(f"{LIST}{article.pk}/"))


class TestVerbs:
    @pytest.fixture
    def article(self, agent: User, monday: datetime) -> Article:
        return published(agent, monday, review_on=date(2026, 11, 24))

    def test_it_is_moved(self, desk: Client, article: Article) -> None:
        desk.post(f"{LIST}{article.pk}/address/", {"slug": "sessions"})
        assert fresh(article).slug == "sessions"

    def test_a_refusal_opens_the_verb_with_what_was_typed(self, desk: Client, article: Article) -> None:
        response = desk.post(f"{LIST}{article.pk}/address/", {"slug": "Two words"})
        assert response.status_code == 422
        assert "“two-words” would do" in page(response)
        assert 'value="Two words"' in page(response)

    def test_it_is_settled(self, desk: Client, article: Article, product: Product) -> None:
        form = {"category": article.category_id, "audience": "customers", "owner": article.owner_id}
        desk.post(f"{LIST}{article.pk}/place/", form | {f"product-{product.pk}": "on"})
        assert fresh(article).audience == "customers"
        assert products_of(article) == [About(product)]

    def test_it_is_looked_through(self, desk: Client, article: Article, monday: datetime) -> None:
        with time_machine.travel(monday + timedelta(days=2), tick=False):
            assert "Due to be looked through" in page(desk.get(f"{LIST}{article.pk}/"))
            desk.post(f"{LIST}{article.pk}/review-date/", {"review_on": "2027-05-01"})
            assert "Due to be looked through" not in page(desk.get(f"{LIST}{article.pk}/"))

    def test_it_is_archived_and_revived(self, desk: Client, article: Article) -> None:
        desk.post(f"{LIST}{article.pk}/archive/", {"reason": "Sold no more"})
        assert fresh(article).state == "archived"
        shown = page(desk.get(f"{LIST}{article.pk}/"))
        assert "Save and publish" not in shown
        assert "Take out of the archive" in shown
        desk.post(f"{LIST}{article.pk}/revival/")
        assert fresh(article).state == "live"

    def test_a_picture_is_added_with_the_line_that_shows_it(self, desk: Client, article: Article) -> None:
        given = {"file": SimpleUploadedFile("switch.png", picture())}
        response = desk.post(f"{LIST}{article.pk}/files/", given, follow=True)
        file = ArticleFile.objects.get()
        assert f"![](/kb/files/{file.pk}/switch.png)" in page(response)

    def test_a_file_that_is_too_large_is_refused_with_the_limit(
        self, desk: Client, article: Article, settings: Any
    ) -> None:
        settings.ATTACHMENT_MAX_BYTES = 8
        given = {"file": SimpleUploadedFile("a.txt", b"123456789")}
        response = desk.post(f"{LIST}{article.pk}/files/", given)
        assert response.status_code == 422
        assert "larger than 8 bytes" in page(response)

    def test_a_file_in_use_is_not_removed(
        self, desk: Client, article: Article, agent: User, monday: datetime
    ) -> None:
        file = files.add_file(article=article, upload=upload("a.txt", b"a"), actor=agent, at=monday)
        articles.save_version(
            **typed(article, text=f"[a](/kb/files/{file.pk}/a.txt)"), actor=agent, at=monday
        )
        desk.post(f"{LIST}{article.pk}/files/{file.pk}/removal/")
        assert ArticleFile.objects.exists()

    def test_a_file_of_another_article_is_not_found(
        self, desk: Client, article: Article, agent: User, monday: datetime
    ) -> None:
        file = files.add_file(article=article, upload=upload("a.txt", b"a"), actor=agent, at=monday)
        other = draft(agent, monday)
        assert desk.post(f"{LIST}{other.pk}/files/{file.pk}/removal/").status_code == 404


class TestVersions:
    def test_any_two_are_compared(self, desk: Client, agent: User, monday: datetime) -> None:
        article = draft(agent, monday, text="The limit is 50 rows.")
        articles.save_version(**typed(article, text="The limit is 100 rows."), actor=agent, at=monday)
        shown = page(desk.get(f"{LIST}{article.pk}/versions/?before=1&after=2"))
        assert '<del><span class="visually-hidden">removed: </span>50' in shown
        assert '<ins><span class="visually-hidden">added: </span>100' in shown

    def test_a_version_that_is_not_there_is_not_found(
        self, desk: Client, agent: User, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        assert desk.get(f"{LIST}{article.pk}/versions/?before=7").status_code == 404

    def test_one_is_brought_back(self, desk: Client, agent: User, monday: datetime) -> None:
        article = draft(agent, monday)
        articles.save_version(**typed(article, text="Worse"), actor=agent, at=monday)
        desk.post(f"{LIST}{article.pk}/versions/1/restoration/")
        latest = fresh(article).latest
        assert latest is not None
        assert latest.text == TEXT


class TestTheList:
    def test_each_part_has_its_articles(
        self, desk: Client, agent: User, manager: User, monday: datetime
    ) -> None:
        live = published(agent, monday, title="Live one", review_on=date(2026, 11, 24))
        changed = published(manager, monday, title="Changed one")
        articles.save_version(**typed(changed, text="New"), actor=agent, at=monday)
        articles.ask_for_review(article=draft(agent, monday, title="Asked one"), actor=agent, at=monday)
        draft(manager, monday, title="Draft one")
        gone = published(agent, monday, title="Gone one")
        articles.archive_article(article=gone, actor=agent, at=monday)
        parts = {
            "": {"Live", "Changed", "Asked", "Draft"},
            "mine": {"Live", "Asked"},
            "drafts": {"Asked", "Draft"},
            "changed": {"Changed"},
            "review": {"Asked"},
            "due": {"Live"},
            "archived": {"Gone"},
        }
        with time_machine.travel(monday + timedelta(days=2), tick=False):
            shown = {part: page(desk.get(f"{LIST}?show={part}")) for part in parts}
        names = ("Live", "Changed", "Asked", "Draft", "Gone")
        assert {
            part: {name for name in names if f"{name} one</a>" in text} for part, text in shown.items()
        } == parts
        assert "To look through (1)" in shown[""]
        assert live.review_on == date(2026, 11, 24)

    def test_words_of_the_title_find_it(self, desk: Client, agent: User, monday: datetime) -> None:
        draft(agent, monday, title="Headsets lose their session")
        draft(agent, monday, title="Exports end early")
        shown = page(desk.get(f"{LIST}?q=SESSION+lose"))
        assert "Headsets lose" in shown
        assert "Exports end" not in shown

    def test_pages_go_on_by_key(self, desk: Client, agent: User, monday: datetime) -> None:
        category = CategoryFactory.create()
        for number in range(27):
            draft(agent, monday, title=f"Article {number:02}", category=category)
        first = page(desk.get(LIST))
        assert first.count("Article ") >= 25
        assert "Article 01</a>" not in first
        last = Article.objects.order_by("-pk")[24]
        second = page(desk.get(f"{LIST}?show=all&q=&after=_{last.pk}"))
        assert "Article 01</a>" in second
        assert "Article 02</a>" not in second

    @pytest.mark.parametrize("key", ["", "_", "x_y", "2026-99-99_1", "_" + "9" * 30, "\0"])
    @pytest.mark.parametrize("part", ["all", "due", "nothing"])
    def test_a_key_that_nobody_gave_out_is_no_error(self, key: str, part: str, desk: Client) -> None:
        assert desk.get(LIST, {"show": part, "after": key, "q": "a\0b"}).status_code == 200

    def test_what_readers_say_stands_beside_it(self, desk: Client, agent: User, monday: datetime) -> None:
        article = published(agent, monday)
        for place, is_helpful in enumerate((True, True, False)):
            Feedback.objects.create(
                article=article,
                version=ArticleVersion.objects.get(article=article),
                reader=str(place),
                is_helpful=is_helpful,
                reason="" if is_helpful else "Which service?",
                given_at=monday,
            )
        assert '>2<span class="visually-hidden"> readers' in page(desk.get(LIST))
        assert "Which service?" in page(desk.get(f"{LIST}{article.pk}/feedback/"))

    def test_thirty_rows_ask_as_often_as_three(
        self, desk: Client, agent: User, product: Product, monday: datetime
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert desk.get(LIST).status_code == 200
            return len(asked)

        def more(count: int) -> None:
            for _ in range(count):
                published(agent, monday, products=[About(product)])

        more(3)
        desk.get(LIST)
        few = queries()
        more(27)
        assert queries() == few
        assert few <= 12


class TestSearches:
    def test_what_was_searched_in_vain_is_listed_until_it_is_done(
        self, desk: Client, monday: datetime
    ) -> None:
        search = FruitlessSearch.objects.create(words="lost session", first_at=monday, last_at=monday)
        assert "lost session" in page(desk.get("/admin/searches/"))
        shown = page(desk.post(f"/admin/searches/{search.pk}/settling/", follow=True))
        assert "“lost session” is done" in shown
        assert "lost session</th>" not in shown

    def test_searched_again_it_comes_back(self, desk: Client, monday: datetime) -> None:
        FruitlessSearch.objects.create(
            words="lost session", first_at=monday, last_at=monday, done_at=monday - timedelta(hours=1)
        )
        assert "lost session" in page(desk.get("/admin/searches/"))


class TestCategories:
    def test_a_manager_shapes_the_tree(self, manager: User) -> None:
        desk = signed_in(manager)
        desk.post("/admin/categories/new/", {"name": "Headsets", "position": "0"})
        top = Category.objects.get()
        desk.post("/admin/categories/new/", {"name": "Batteries", "parent": top.pk, "position": "0"})
        below = Category.objects.get(name="Batteries")
        desk.post(f"/admin/categories/{below.pk}/", {"name": "Power", "parent": "", "position": "3"})
        below.refresh_from_db()
        assert (below.name, below.parent, below.slug) == ("Power", None, "batteries")
        desk.post(f"/admin/categories/{below.pk}/deletion/")
        assert list(Category.objects.all()) == [top]

    def test_a_refusal_is_shown(self, manager: User) -> None:
        desk = signed_in(manager)
        CategoryFactory.create(name="Headsets")
        response = desk.post("/admin/categories/new/", {"name": "headsets", "position": "0"})
        assert response.status_code == 422
        assert "in the same place already" in page(response)

    def test_an_agent_looks_at_it(self, desk: Client) -> None:
        CategoryFactory.create(name="Headsets")
        shown = page(desk.get("/admin/categories/"))
        assert "Headsets" in shown
        assert "Add a category" not in shown


@pytest.mark.parametrize("path", ["", "new/", "{}/", "{}/versions/", "{}/feedback/"])
def test_nothing_stands_inline(path: str, desk: Client, agent: User, monday: datetime) -> None:
    article = published(agent, monday)
    response = desk.get(LIST + path.format(article.pk))
    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    for forbidden in ("<style", " style=", "onclick", "javascript:"):
        assert forbidden not in page(response)
