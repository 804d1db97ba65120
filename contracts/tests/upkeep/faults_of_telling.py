"""The verbs of subscriptions and calendars, each prepared for the test that lets every query fail once."""

from collections.abc import Callable

from contracts.models import Contract, Feed, Subscription, User
from contracts.services import feeds, subscriptions
from contracts.subscription_links import confirmation_link
from contracts.tests.factories import ComponentFactory
from contracts.tests.upkeep.making import AT

Do = Callable[[], object]
VERA = "vera@visitor.example"


def manager() -> User:
    return User.objects.get(email="max@desk.example")


def make_feed() -> object:
    return feeds.make_feed(contract=Contract.objects.get(), actor=manager(), at=AT)


def revoke_feed() -> Do:
    make_feed()
    return lambda: feeds.revoke_feed(feed=Feed.objects.get(), actor=manager(), at=AT)


def choose_mail() -> object:
    user = User.objects.get(email="nora@harbour.example")
    return subscriptions.choose_mail(user=user, stops=True, actor=user, at=AT)


def ask_subscription() -> None:
    subscriptions.ask_subscription(email=VERA, components=None, at=AT)


def confirm_subscription() -> Do:
    component = ComponentFactory.create()
    link = confirmation_link(VERA, [component.pk], at=AT)
    return lambda: subscriptions.confirm_subscription(token=link.split("/")[-2], at=AT)


def end_subscription() -> Do:
    made = Subscription.objects.create(email=VERA, to_all=True, confirmed_at=AT)
    return lambda: subscriptions.end_subscription(key=made.pk, at=AT)


VERBS: dict[str, Callable[[], Do]] = {
    "feeds.make_feed": lambda: make_feed,
    "feeds.revoke_feed": revoke_feed,
    "subscriptions.choose_mail": lambda: choose_mail,
    "subscriptions.ask_subscription": lambda: ask_subscription,
    "subscriptions.confirm_subscription": confirm_subscription,
    "subscriptions.end_subscription": end_subscription,
}
