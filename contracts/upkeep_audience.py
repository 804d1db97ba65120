"""Whom a fact about a window or an outage concerns: contacts and visitors, two audiences of announcements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from contracts.desk_zones import desks_of_components
from contracts.models import (
    Announcement,
    Component,
    Contact,
    Contract,
    Deployment,
    MailChoice,
    Subscription,
    User,
    WindowEvent,
)
from contracts.models.components import REACHED_KINDS, Audience
from contracts.outbox.audiences import Reader
from contracts.phrasing import UTC_ZONE, moment, moment_at_desks
from contracts.upkeep import affected_contracts
from contracts.upkeep_told import (
    Fact,
    Say,
    components_of,
    fact_of,
    is_called_off,
    left_out_by,
    starts_at,
    what_is_said,
    what_is_taken_back,
)

CONTACTS = "upkeep-contacts"
VISITORS = "upkeep-visitors"


class UpkeepContacts:
    """The active contacts of the customers with an affected contract: in term when the thing starts.

    Told unless they chose not to be, of everything or of all the components of it that concern them. Whom a window
    concerns no more, since a change left out what is theirs, is told that. Readers are alike who share a zone and the
    components that concern them.
    """

    name = CONTACTS

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[User]:
        fact = fact_of(announcement)
        contracts = affected_contracts(_told_of(fact) + left_out_by(fact), starts_at(fact))
        customers = {contract.customer_id for contract in contracts}
        theirs = Contact.objects.filter(user=OuterRef("pk"), customer__in=customers)
        return User.objects.filter(Exists(theirs), is_active=True)

    def readers(self, announcement: Announcement, rows: Sequence[User], at: datetime) -> Iterable[Reader]:
        fact = fact_of(announcement)
        named, gone = _told_of(fact), left_out_by(fact)
        products = _products_of(rows, affected_contracts(named + gone, starts_at(fact)))
        unwanted = _unwanted_by(rows)
        for user in rows:
            concerned = {each.pk for each in named if each.product_id in products[user.pk]}
            left_out = not concerned
            if left_out:
                concerned = {each.pk for each in gone if each.product_id in products[user.pk]}
            if None not in unwanted[user.pk] and concerned - unwanted[user.pk]:
                keys = tuple(sorted(concerned))
                yield Reader(
                    user, (user.time_zone, keys, left_out), data=_carried(fact, keys, left_out=left_out)
                )

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """The thing with its times in the reader's zone and in UTC, and the components that concern the reader."""
        zone, keys, left_out = cast("tuple[str, tuple[int, ...], bool]", reader.alike)
        say = partial(moment, zone=ZoneInfo(zone), now=at, other=UTC_ZONE)
        return _said(fact_of(announcement), keys, say, at, left_out=left_out)


class UpkeepVisitors:
    """The addresses that subscribed to a public component that the fact is about; their zone is not known."""

    name = VISITORS

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[Subscription]:
        fact = fact_of(announcement)
        public = _public(_told_of(fact)) + _public(left_out_by(fact))
        if not public:
            return Subscription.objects.none()
        chosen = Prefetch("components", Component.objects.filter(pk__in=public), to_attr="concerned")
        return Subscription.objects.live().to_some_of(public).prefetch_related(chosen)

    def readers(
        self, announcement: Announcement, rows: Sequence[Subscription], at: datetime
    ) -> Iterable[Reader]:
        fact = fact_of(announcement)
        public, gone = _public(_told_of(fact)), _public(left_out_by(fact))
        for row in rows:
            theirs = public + gone if row.to_all else [each.pk for each in row.concerned]  # type: ignore[attr-defined]  # prefetched
            concerned = set(theirs) & set(public)
            left_out = not concerned
            if keys := tuple(sorted(concerned or theirs)):
                data = {"subscription": row.pk, **_carried(fact, keys, left_out=left_out)}
                yield Reader(row.email, (keys, left_out), name=f"subscription-{row.pk}", data=data)

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """The thing with its times at the desks and in UTC, and the public components that the reader chose."""
        keys, left_out = cast("tuple[tuple[int, ...], bool]", reader.alike)
        fact = fact_of(announcement)
        desks = desks_of_components(Component.objects.filter(pk__in=keys), at)
        return _said(fact, keys, partial(moment_at_desks, desks=desks, now=at), at, left_out=left_out)


def _told_of(fact: Fact) -> list[Component]:
    """What it is told of; nothing where another fact says that it is not to be any more."""
    return [] if is_called_off(fact) else components_of(fact)


def _said(fact: Fact, keys: Sequence[int], say: Say, at: datetime, *, left_out: bool) -> Mapping[str, Any]:
    if left_out and isinstance(fact, WindowEvent):
        return what_is_taken_back(fact, keys, say)
    return what_is_said(fact, keys, say, at)


def _products_of(rows: Sequence[User], contracts: Sequence[Contract]) -> Mapping[int, set[int]]:
    """By a person's key, the products of which these contracts of theirs cover a deployment that components reach."""
    products: dict[int, set[int]] = defaultdict(set)
    covered = Deployment.objects.filter(contracts__in=contracts, kind__in=REACHED_KINDS).order_by()
    for customer, product in covered.values_list("customer_id", "product_id"):
        products[customer].add(product)
    theirs: dict[int, set[int]] = defaultdict(set)
    for person, customer in Contact.objects.filter(user__in=rows).values_list("user_id", "customer_id"):
        theirs[person] |= products[customer]
    return theirs


def _unwanted_by(rows: Sequence[User]) -> Mapping[int, set[int | None]]:
    """By a person's key, the components that they do not want mails of; ``None`` among them stands for all."""
    found: dict[int, set[int | None]] = defaultdict(set)
    refused = MailChoice.objects.filter(user__in=rows, wanted=False).order_by()
    for person, component in refused.values_list("user_id", "component_id"):
        found[person].add(component)
    return found


def _public(components: Iterable[Component]) -> list[int]:
    """The keys of those that everybody may know of."""
    return [each.pk for each in components if each.audience == Audience.PUBLIC]


def _carried(fact: Fact, keys: Sequence[int], *, left_out: bool) -> dict[str, Any]:
    """What the message's row keeps for the calendar entry that goes with it."""
    if not isinstance(fact, WindowEvent):
        return {}
    return {"window_event": fact.pk, "components": [*keys], **({"left_out": True} if left_out else {})}
