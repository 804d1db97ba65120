"""Messages in the admin: staff look at them, and send again what was given up."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, OutboxMessage, User
from contracts.outbox import writing
from contracts.tests.test_outbox_delivery import write

LIST = "/admin/contracts/outboxmessage/"


def send_again(client: Client, *messages: OutboxMessage) -> str:
    chosen = [str(message.pk) for message in messages]
    return client.post(
        LIST, {"action": "send_again", "_selected_action": chosen}, follow=True
    ).content.decode()


def given_up(user: User, at: datetime, number: int = 1) -> OutboxMessage:
    message = write(user, at, number)
    OutboxMessage.objects.filter(pk=message.pk).update(
        status="given_up", attempts=11, last_error="no such user"
    )
    return message


def test_staff_send_again_what_was_given_up(
    client: Client, agent: User, contact: Contact, monday: datetime
) -> None:
    message = given_up(contact.user, monday)
    client.force_login(agent)
    assert "no such user" in client.get(LIST).content.decode()
    assert "is queued again" in send_again(client, message)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("queued", 0)


def test_what_is_under_way_is_not_sent_twice(
    client: Client, agent: User, contact: Contact, monday: datetime
) -> None:
    client.force_login(agent)
    assert "only one that was given up" in send_again(client, write(contact.user, monday))


def test_a_message_is_looked_at_and_never_changed(
    client: Client, manager: User, contact: Contact, monday: datetime
) -> None:
    message = write(contact.user, monday)
    client.force_login(manager)
    page = client.get(f"{LIST}{message.pk}/change/").content.decode()
    assert "was changed" in page
    assert 'name="_save"' not in page
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_link_that_opens_a_door_is_not_shown(
    client: Client, manager: User, contact: Contact, monday: datetime
) -> None:
    message = writing.write_secret(kind="invitation", to=contact.user, at=monday, key="invitation/1")
    client.force_login(manager)
    assert "/account/invitations/" not in client.get(f"{LIST}{message.pk}/change/").content.decode()


@pytest.mark.parametrize("count", [3, 300])
def test_the_list_takes_the_same_queries_however_long_it_is(
    count: int,
    client: Client,
    agent: User,
    contact: Contact,
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    writing.post(
        writing.compose(kind="password_changed", to=contact.user, at=monday, context={}, key=f"k/{number}")
        for number in range(count)
    )
    client.force_login(agent)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
