"""Was this helpful? Once a reader, without a cookie that follows them."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from contracts.limits import is_within
from contracts.models import Contact, User
from contracts.refusals import Refused
from contracts.tests.cast import MONDAY
from knowledgebase.models import Article, Feedback
from knowledgebase.models.audience import Audience
from knowledgebase.services.judgements import LONGEST_REASON, give_feedback
from knowledgebase.tests.factories import live_article
from knowledgebase.tests.reading import client_of
from knowledgebase.views import feedback

pytestmark = pytest.mark.django_db
FORM = "/kb/articles/headsets-lose-their-session/feedback/"


@pytest.fixture
def article() -> Article:
    return live_article()


def send(client: Client, helpful: str = "yes", reason: str = "", **browser: Any) -> Any:
    return client.post(FORM, {"helpful": helpful, "reason": reason}, **browser)


def test_the_links_of_the_article_choose_the_answer(article: Article) -> None:
    page = Client().get(f"/kb/articles/{article.slug}/").content.decode()
    for answer in ("yes", "no"):
        assert f'href="{FORM}?helpful={answer}"' in page
        form = Client().get(f"{FORM}?helpful={answer}").content.decode()
        assert form.count(" checked") == 1
        assert f'value="{answer}"' in form.split(" checked")[0].rpartition("<input")[2]


def test_an_answer_is_kept_with_the_version_that_was_read(article: Article) -> None:
    answer = send(Client(), "no", "  The second step fails. ")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{FORM}?given=no")
    kept = Feedback.objects.get()
    assert (kept.is_helpful, kept.reason, kept.version) == (
        False,
        "The second step fails.",
        article.published,
    )
    assert "will see that this one did not help" in Client().get(answer.headers["Location"]).content.decode()


def test_a_visitor_counts_once_and_their_last_answer_counts(article: Article) -> None:
    for helpful in ("yes", "no", "no"):
        send(Client(), helpful, HTTP_USER_AGENT="Harbour 1")
    assert [kept.is_helpful for kept in Feedback.objects.all()] == [False]


def test_visitors_are_told_apart_by_address_and_browser(article: Article) -> None:
    send(Client(), HTTP_USER_AGENT="Harbour 1")
    send(Client(), HTTP_USER_AGENT="Harbour 2")
    send(Client(), HTTP_USER_AGENT="Harbour 1", REMOTE_ADDR="192.0.2.7")
    assert Feedback.objects.count() == 3


def test_who_is_signed_in_counts_once_from_wherever_they_are(article: Article, contact: Contact) -> None:
    for address in ("192.0.2.7", "192.0.2.8"):
        send(client_of(contact.user), REMOTE_ADDR=address)
    assert [kept.user for kept in Feedback.objects.all()] == [contact.user]


def test_what_is_kept_of_a_visitor_leads_back_to_nobody(article: Article, settings: Settings) -> None:
    send(Client(), HTTP_USER_AGENT="Harbour 1", REMOTE_ADDR="192.0.2.7")
    first = Feedback.objects.get()
    assert first.user is None
    assert "192.0.2.7" not in first.reader
    settings.SECRET_KEY = "another"
    send(Client(), HTTP_USER_AGENT="Harbour 1", REMOTE_ADDR="192.0.2.7")
    assert Feedback.objects.count() == 2, "without the secret nobody can work it out"


def test_one_reader_cannot_be_followed_from_article_to_article(article: Article) -> None:
    live_article("Another")
    for address in (FORM, "/kb/articles/another/feedback/"):
        Client().post(address, {"helpful": "yes"})
    assert len({kept.reader for kept in Feedback.objects.all()}) == 2


def test_the_only_cookie_is_the_forms_token(article: Article, settings: Settings) -> None:
    client = Client()
    client.get(FORM)
    send(client)
    assert set(client.cookies) == {settings.CSRF_COOKIE_NAME}


def test_the_form_is_sent_with_its_token_alone(article: Article) -> None:
    assert Client(enforce_csrf_checks=True).post(FORM, {"helpful": "yes"}).status_code == 403


@pytest.mark.parametrize("data", [{}, {"helpful": "perhaps"}, {"helpful": "yes", "reason": "x" * 2001}])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(data: dict[str, str], article: Article) -> None:
    answer = Client().post(FORM, {"reason": "Kept as typed.", **data})
    assert answer.status_code == 422
    assert b"Not sent yet." in answer.content
    assert data.get("reason", "Kept as typed.").encode() in answer.content
    assert Feedback.objects.count() == 0


def test_too_many_answers_are_stopped(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_AN_HOUR", 2)
    # At one moment: the limit begins anew with each hour.
    with time_machine.travel(MONDAY, tick=False):
        assert [send(Client()).status_code for _ in range(3)] == [302, 302, 429]
        assert send(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_limit_ends_with_its_hour() -> None:
    tries = [is_within("try", "who", most=2, seconds=3600, at=MONDAY) for _ in range(3)]
    assert tries == [True, True, False]
    assert is_within("try", "else", most=2, seconds=3600, at=MONDAY)
    assert is_within("try", "who", most=2, seconds=3600, at=MONDAY.replace(hour=MONDAY.hour + 1))


def give(article: Article, user: User | None = None, **changed: Any) -> Feedback:
    given = {"reader": "r", "is_helpful": True, "reason": "", "at": MONDAY, **changed}
    return give_feedback(article=article, user=user, **given)


def test_the_verb_refuses_an_article_that_the_reader_may_not_see(agent: User) -> None:
    hidden = live_article("Hidden", audience=Audience.STAFF)
    with pytest.raises(Refused):
        give(hidden)
    assert give(hidden, agent).user == agent


def test_the_verb_refuses_a_reason_that_is_too_long(article: Article) -> None:
    with pytest.raises(Refused) as refusal:
        give(article, reason="x" * (LONGEST_REASON + 1))
    assert refusal.value.field == "reason"
