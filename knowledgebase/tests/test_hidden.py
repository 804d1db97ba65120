"""No path tells a reader of an article that they may not read: not its title, nor its address, nor its files' names."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.models import Contact, Product, User
from contracts.tests.factories import ProductFactory
from knowledgebase.models.audience import Audience
from knowledgebase.services import shelving
from knowledgebase.tests.factories import WRITTEN
from knowledgebase.tests.reading import (
    Shelf,
    client_of,
    list_pages,
    missing_like,
    own_pages,
    shelf_hiding,
    status_of,
)

pytestmark = pytest.mark.django_db
People = dict[str, User | None]
READERS = ("visitor", "nobodys", "contact", "stranger", "agent")
# For whom an article is, and who of the readers may not see it.
HIDDEN = {
    "customers": ("visitor", "nobodys"),
    "product": ("visitor", "nobodys", "stranger"),
    "another": ("visitor", "nobodys", "contact", "stranger"),
    "staff": ("visitor", "nobodys", "contact", "stranger"),
    "draft": READERS,
    "archived": READERS,
}
PAIRS = [(kind, reader) for kind, readers in HIDDEN.items() for reader in readers]
SEEN = [(kind, reader) for kind, hidden in HIDDEN.items() for reader in READERS if reader not in hidden]


@pytest.fixture
def people(contact: Contact, stranger: Contact, agent: User, django_user_model: type[User]) -> People:
    nobodys = django_user_model.objects.create_user("no@body.example")
    return dict(zip(READERS, (None, nobodys, contact.user, stranger.user, agent), strict=True))


@pytest.fixture
def shelf(deployment: Any) -> Callable[[str], Shelf]:
    """Makes a shelf that hides articles of a kind; the contact runs the product that "product" means."""
    product: Product = deployment.product

    def made(kind: str) -> Shelf:
        match kind:
            case "product":
                return shelf_hiding(Audience.PRODUCT, (product,))
            case "another":
                return shelf_hiding(Audience.PRODUCT, (ProductFactory.create(),))
            case "draft":
                return _without_version(shelf_hiding(Audience.PUBLIC))
            case "archived":
                return shelf_hiding(Audience.PUBLIC, archived_at=WRITTEN)
        return shelf_hiding(Audience(kind))

    return made


def _without_version(shelf: Shelf) -> Shelf:
    for article in shelf.hidden:
        article.published = None
        article.save()
    shelving.recount()
    return shelf


@pytest.mark.parametrize(("kind", "reader"), PAIRS)
def test_no_page_names_it(kind: str, reader: str, shelf: Callable[[str], Shelf], people: People) -> None:
    made, client = shelf(kind), client_of(people[reader])
    telling = [*made.telling, f"/kb/files/{made.files[0].pk}/"]
    for address in list_pages(made):
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = answer.content.decode().lower()
        assert [words for words in telling if words.lower() in _without_query(body)] == [], address


@pytest.mark.parametrize(("kind", "reader"), PAIRS)
def test_its_own_address_answers_as_where_there_is_nothing(
    kind: str, reader: str, shelf: Callable[[str], Shelf], people: People
) -> None:
    made, client = shelf(kind), client_of(people[reader])
    if kind in ("draft", "archived") and reader == "agent":
        made.files.clear()  # staff see the files of what they write
    for address in own_pages(made):
        there, nowhere = client.get(address), client.get(missing_like(address))
        assert there.status_code == nowhere.status_code == 404, address
        assert there.content == nowhere.content, address
        assert dict(there.headers) == dict(nowhere.headers), address


@pytest.mark.parametrize(("kind", "reader"), SEEN)
def test_who_may_read_it_finds_it_everywhere(
    kind: str, reader: str, shelf: Callable[[str], Shelf], people: People
) -> None:
    made, client = shelf(kind), client_of(people[reader])
    for address in (*own_pages(made), "/kb/categories/cranes/"):
        assert status_of(client, address) in (200, 301), address
    for address in (f"/kb/articles/{made.shown.slug}/", "/kb/", "/kb/search/?q=quokka", "/search/?q=quokka"):
        assert "Quokka below" in _words(client.get(address)), address


@pytest.mark.parametrize(("kind", "reader"), PAIRS)
def test_counts_are_of_what_one_may_read(
    kind: str, reader: str, shelf: Callable[[str], Shelf], people: People
) -> None:
    shelf(kind)
    assert "1 article" in _words(client_of(people[reader]).get("/kb/categories/cranes/"))


@pytest.mark.parametrize("address", ["/kb/feed.atom", "/sitemap-articles.xml", "/sitemap-categories.xml"])
def test_what_machines_read_is_public_whoever_asks(
    address: str, shelf: Callable[[str], Shelf], people: People
) -> None:
    made = shelf("staff")
    body = client_of(people["agent"]).get(address).content.decode()
    assert [words for words in made.telling if words in body] == []


def test_nobody_says_whether_a_hidden_article_helped(shelf: Callable[[str], Shelf], people: People) -> None:
    made = shelf("staff")
    address = f"/kb/articles/{made.hidden[0].slug}/feedback/"
    assert client_of(people["contact"]).post(address, {"helpful": "yes"}).status_code == 404
    assert made.hidden[0].feedback.count() == 0


def _without_query(body: str) -> str:
    """A page without what was typed into its own address, which it says back."""
    return body.replace("“quokka”", "").replace("“quokk”", "").replace('value="quokka"', "")


def _words(answer: Any) -> str:
    body: str = answer.content.decode()
    return body.replace("<mark>", "").replace("</mark>", "")
