"""Posts of the forum are rendered anew after an upgrade of the renderer, and names are public ones."""

from datetime import datetime

import pytest

from contracts.models import Contact, Product, User
from contracts.tests.factories import UserFactory
from knowledgebase.markdown import RENDERER
from knowledgebase.models import Question
from knowledgebase.names import public_name
from knowledgebase.search import keeping
from knowledgebase.services import posts
from knowledgebase.tests.forum import standing_answer, standing_question

pytestmark = pytest.mark.django_db


def test_what_an_older_renderer_made_is_rendered_anew_and_found_by_it(
    contact: Contact, product: Product, monday: datetime
) -> None:
    question = standing_question(contact.user, product, monday, renderer=0, text="A *new* zanzibar")
    answer = standing_answer(question, contact.user, monday, renderer=0, text=">" * 5000 + "x")
    assert posts.render_posts_again(at=monday) == 2
    question.refresh_from_db()
    answer.refresh_from_db()
    assert (question.html, question.renderer) == ("<p>A <em>new</em> zanzibar</p>\n", RENDERER)
    assert answer.html.startswith("<pre>&gt;&gt;")
    assert posts.render_posts_again(at=monday) == 0
    assert keeping.faults() == []


def test_a_post_that_was_put_right_meanwhile_is_rendered_as_it_reads_now(
    contact: Contact, product: Product, monday: datetime
) -> None:
    found = standing_question(contact.user, product, monday, renderer=0, text="The password is hunter2")
    Question.objects.filter(pk=found.pk).update(text="The password is wrong")
    posts._render_one(found)
    assert Question.objects.get(pk=found.pk).html == "<p>The password is wrong</p>\n"


def test_a_run_takes_a_bounded_part(
    contact: Contact, product: Product, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "POSTS_A_RUN", 2)
    for _ in range(3):
        standing_question(contact.user, product, monday, renderer=0)
    assert [posts.render_posts_again(at=monday) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("Nora Quay", "Nora Q."),
        ("Mila Ana Petrović", "Mila P."),
        ("Cher", "Cher"),
        ("  Li   Wei ", "Li W."),
        ("", "Somebody"),
        ("nora@harbour.example", "Somebody"),
        ("Nora nora@harbour.example", "Somebody"),
    ],
)
def test_people_are_named_by_their_first_name_and_an_initial(name: str, public: str) -> None:
    person: User = UserFactory.build(name=name)
    assert public_name(person) == public
