"""A visitor subscribes with a confirmed address, is mailed of public components, and leaves by one click."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Component, OutboxMessage, Subscription
from contracts.outbox.announcements import draw
from contracts.outbox.delivery import deliver
from contracts.refusals import Refused
from contracts.services.outages import report_outage, withdraw_outage
from contracts.services.subscriptions import (
    ONCE_IN,
    ask_subscription,
    confirm_subscription,
    end_subscription,
)
from contracts.tests.factories import ComponentFactory
from contracts.tests.mail_servers import PaperServer
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, under_policy
from contracts.views_visitors import MOST_OF_A_CLIENT, MOST_TO_AN_ADDRESS

pytestmark = pytest.mark.django_db
FORM = "/subscriptions/visitors/"
ADDRESS = "vera@visitor.example"
ASKED = {"email": ADDRESS, "which": "all"}


@pytest.fixture
def hidden(component: Component) -> Component:
    """A component of the same product that customers alone may know of."""
    return ComponentFactory.create(
        product=component.product, name="Vault", slug="vault", audience="customers"
    )


def sent(mail_server: type[PaperServer], at: datetime) -> list[EmailMessage]:
    """The mails that leave at ``at``."""
    before = len(mail_server.taken)
    draw(at)
    deliver(at)
    return list(mail_server.taken[before:])


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(mail: EmailMessage, noun: str) -> str:
    """The path of the address of that noun in a mail."""
    found = re.search(rf"https?://[^/\s]+(/subscriptions/visitors/{noun}/\S+/)", body(mail))
    assert found, body(mail)
    return found[1]


def subscribed(email: str = ADDRESS, *components: Component, at: datetime = AT) -> Subscription:
    made = Subscription.objects.create(email=email, to_all=not components, confirmed_at=at)
    made.components.set(components)
    return made


def post(path: str, **data: Any) -> Any:
    return Client().post(path, data)


def test_the_road_from_the_form_to_the_last_mail(
    component: Component, mail_server: type[PaperServer]
) -> None:
    with time_machine.travel(AT, tick=False):
        assert post(FORM, **ASKED).url == f"{FORM}?asked=yes"
        (asked,) = sent(mail_server, AT)
        link = link_in(asked, "confirmations")
        assert not Subscription.objects.exists()
        assert Client().get(link).status_code == 200
        assert not Subscription.objects.exists(), "a scanner that opens the link confirms nothing"
        assert post(link).status_code == 200
        assert Subscription.objects.get().email == ADDRESS
        assert [Client().get(link).status_code, post(link).status_code] == [410, 410]
        announced(component)
        (told,) = sent(mail_server, AT + HOUR)
        assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        end = link_in(told, "endings")
        assert told["List-Unsubscribe"].endswith(f"{end}>")
        assert Client().get(end).status_code == 200
        assert Subscription.objects.live().exists(), "a scanner that opens the link ends nothing"
        one_click = Client(enforce_csrf_checks=True).post(end, {"List-Unsubscribe": "One-Click"})
        assert (one_click.status_code, one_click.cookies) == (200, {})
        assert Subscription.objects.get().ended_at == AT
        assert post(end).status_code == 200
        assert "They are ended" in Client().get(end).content.decode()
    announced(component, starts_at=AT + 20 * DAY, ends_at=AT + 21 * DAY)
    assert sent(mail_server, AT + 2 * HOUR) == []


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_rows(component: Component) -> None:
    subscribed("known@visitor.example")
    answers = []
    with time_machine.travel(AT, tick=False):
        for name in ("known", "other"):
            answer = post(FORM, email=f"{name}@visitor.example", which="all")
            answers.append((answer.status_code, answer.url, answer.content, sorted(answer.headers)))
    assert answers[0] == answers[1]
    assert OutboxMessage.objects.filter(kind="subscription").count() == 2


def test_no_secret_is_stored_and_nothing_that_a_visitor_typed_is_sent(
    component: Component, mail_server: type[PaperServer]
) -> None:
    nasty = '"buy http://evil.example/ now"@visitor.example'
    with time_machine.travel(AT, tick=False):
        post(FORM, email=nasty, which="all", name="http://evil.example/", components="http://evil.example/")
        post(FORM, **ASKED)
    stored = str(list(OutboxMessage.objects.values()))
    mails = sent(mail_server, AT)
    assert "evil" not in "".join(body(mail) for mail in mails)
    token = link_in(mails[-1], "confirmations").rstrip("/").rpartition("/")[2]
    assert token not in stored + str(list(OutboxMessage.objects.values()))


def test_at_most_one_mail_an_hour_leaves_to_a_mailbox_however_it_is_written(component: Component) -> None:
    half_past = AT + timedelta(minutes=30)

    def asked(email: str, at: datetime) -> int:
        ask_subscription(email=email, components=None, at=at)
        return OutboxMessage.objects.filter(kind="subscription").count()

    assert asked(ADDRESS, half_past) == 1
    assert asked(" VERA+spam@visitor.example", half_past) == 1
    assert asked(ADDRESS, half_past + ONCE_IN - timedelta(seconds=1)) == 1
    assert asked(ADDRESS, half_past + ONCE_IN) == 2
    assert asked("walt@visitor.example", half_past) == 3


def test_a_client_and_an_address_are_asked_for_so_often_and_no_more(component: Component) -> None:
    with time_machine.travel(AT, tick=False):
        statuses = [post(FORM, email=f"p{n}@visitor.example", which="all").status_code for n in range(11)]
    assert statuses == [302] * MOST_OF_A_CLIENT + [429]
    for day_hour in range(7):
        with time_machine.travel(AT.replace(hour=2) + DAY + day_hour * HOUR, tick=False):
            assert post(FORM, **ASKED).status_code == 302
    assert OutboxMessage.objects.filter(to=ADDRESS).count() == MOST_TO_AN_ADDRESS


@pytest.mark.parametrize(
    "changed",
    [
        {"email": ""},
        {"email": "no address"},
        {"email": "a@b.example\r\nBcc: all@example.com"},
        {"email": f"{'x' * 250}@visitor.example"},
        {"which": ""},
        {"which": "none"},
        {"which": "some"},
        {"which": "some", "components": "999999"},
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    component: Component, changed: dict[str, str]
) -> None:
    answer = post(FORM, **ASKED | changed)
    assert answer.status_code == 422
    assert "Not sent yet" in answer.content.decode()
    assert not OutboxMessage.objects.exists()


def test_a_confirmation_is_bound_to_its_time_and_to_how_the_subscription_stands(
    component: Component, mail_server: type[PaperServer], settings: Any
) -> None:
    ask_subscription(email=ADDRESS, components=[component], at=AT)
    (mail,) = sent(mail_server, AT)
    token = link_in(mail, "confirmations").split("/")[-2]
    for wrong, at in ((token, AT + DAY), (token[:-1], AT), ("x", AT)):
        with pytest.raises(Refused, match="has been used"):
            confirm_subscription(token=wrong, at=at)
    made = confirm_subscription(token=token, at=AT + DAY - timedelta(seconds=1))
    assert (made.to_all, list(made.components.all())) == (False, [component])
    assert end_subscription(key=made.pk, at=AT)
    assert not end_subscription(key=made.pk, at=AT)
    with pytest.raises(Refused, match="has been used"):
        confirm_subscription(token=token, at=AT)


def test_who_comes_back_has_one_subscription_to_what_they_chose_last(
    component: Component, mail_server: type[PaperServer]
) -> None:
    subscribed(ADDRESS, component)
    ask_subscription(email=ADDRESS, components=None, at=AT)
    (mail,) = sent(mail_server, AT)
    confirm_subscription(token=link_in(mail, "confirmations").split("/")[-2], at=AT)
    made = Subscription.objects.get()
    assert (made.to_all, made.components.count()) == (True, 0)


@pytest.mark.parametrize("token", ["x", "1", "1:abc", "1.abc", "a" * 500])
def test_a_guessed_ending_is_nowhere(token: str, component: Component) -> None:
    subscribed()
    path = f"/subscriptions/visitors/endings/{token}/"
    assert [Client().get(path).status_code, post(path).status_code] == [404, 404]
    assert Subscription.objects.live().count() == 1


def test_visitors_hear_of_public_components_that_they_chose_and_of_no_other(
    component: Component, hidden: Component, mail_server: type[PaperServer]
) -> None:
    api = ComponentFactory.create(product=component.product, name="API", slug="api")
    subscribed("all@visitor.example")
    subscribed("api@visitor.example", api)
    subscribed("vault@visitor.example", hidden)
    subscribed("gone@visitor.example")
    Subscription.objects.filter(email__startswith="gone").update(ended_at=AT)
    announced(component, components=[component, hidden, api])
    announced(hidden, starts_at=AT + 20 * DAY, ends_at=AT + 21 * DAY)
    outage = report_outage(
        title="Typo", components=[api], started_at=AT, what_happened="x", actor=None, at=AT
    )
    withdraw_outage(outage=outage, reason="Entered twice.", actor=None, at=AT)
    mails = sent(mail_server, AT)
    assert [mail["To"] for mail in mails] == ["all@visitor.example", "api@visitor.example"]
    assert "Vault" not in "".join(str(mail) for mail in mails)
    assert "- Atlas: API\n- Atlas: Service" in body(mails[0])
    assert "Service" not in body(mails[1])
    assert "From Thu 3 Dec, 18:00 UTC" in body(mails[1])


def test_a_visitors_mail_says_when_at_the_desk_and_in_utc(
    component: Component, mail_server: type[PaperServer]
) -> None:
    under_policy(component, "viakoo")
    subscribed()
    announced(component)
    report_outage(title="Down", components=[component], started_at=AT, what_happened="x", actor=None, at=AT)
    window, outage = (body(mail) for mail in sent(mail_server, AT) if mail["To"] == ADDRESS)
    assert "From Thu 3 Dec, 10:00 PST · 18:00 UTC" in window
    assert "Since Mon 23 Nov, 10:00 PST · 18:00 UTC" in outage


def test_who_left_after_the_mail_was_drawn_is_not_mailed(
    component: Component, mail_server: type[PaperServer]
) -> None:
    made = subscribed()
    announced(component)
    draw(AT)
    end_subscription(key=made.pk, at=AT)
    assert deliver(AT).dropped == 1
    assert mail_server.taken == []
