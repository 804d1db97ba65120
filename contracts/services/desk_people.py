"""The people of the desk: who knows what, who is away, who is on call, and in which team."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from contracts.models import Absence, Knowledge, OnCall, PolicyVersion, Product, Team, User
from contracts.refusals import Refused
from contracts.services.rows import others


@transaction.atomic
def set_knowledge(
    *, user: User, products: Collection[Product], actor: User | None, at: datetime
) -> list[Knowledge]:
    """``user`` knows these ``products`` and no others (VK20); new tickets about them may be given to them."""
    _refuse_all_but_staff([user])
    User.objects.select_for_update().get(pk=user.pk)
    user.knowledge.exclude(product__in=products).delete()
    known = set(user.knowledge.values_list("product", flat=True))
    fresh = [Knowledge(user=user, product=each) for each in products if each.pk not in known]
    Knowledge.objects.bulk_create(fresh)
    return list(user.knowledge.select_related("product"))


@transaction.atomic
def save_team(
    *,
    team: Team | None = None,
    name: str,
    members: Collection[User],
    products: Collection[Product] = (),
    actor: User | None,
    at: datetime,
) -> Team:
    """A new team, or ``team`` changed. Refused for a name that another has, and for members who are not staff."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter the team's name.", field="name")
    if others(Team.objects.filter(name__iexact=name), team).exists():
        raise Refused(f"Another team is called {name} already; choose another name.", field="name")
    _refuse_all_but_staff(members, field="members")
    saved = Team.objects.select_for_update().get(pk=team.pk) if team else Team()
    saved.name = name
    saved.save()
    saved.members.set(members)
    saved.products.set(products)
    return saved


@transaction.atomic
def save_turn(
    *,
    turn: OnCall | None = None,
    user: User,
    team: Team | None = None,
    policy_slug: str = "",
    starts_at: datetime,
    ends_at: datetime,
    actor: User | None,
    at: datetime,
) -> OnCall:
    """A turn on call, or ``turn`` changed; whose it is, and of what, stays. Refused where it ends before it begins."""
    _refuse_all_but_staff([user], field="user")
    if ends_at <= starts_at:
        raise Refused("A turn ends after it begins; choose a later end.", field="ends_at")
    if policy_slug and not PolicyVersion.objects.filter(slug=policy_slug).exists():
        raise Refused("There is no such policy; choose one of the list.", field="policy_slug")
    saved = OnCall.objects.select_for_update(of=("self",)).get(pk=turn.pk) if turn else OnCall()
    saved.user, saved.team, saved.policy_slug = user, team, policy_slug
    saved.starts_at, saved.ends_at = starts_at, ends_at
    saved.save()
    return saved


@transaction.atomic
def enter_absence(*, user: User, first_day: date, last_day: date, actor: User, at: datetime) -> Absence:
    """``user`` is away on these days, the first and the last included; entered twice, it is the same one.

    Everybody enters their own, managers anybody's.
    """
    _refuse_all_but_staff([user])
    _refuse_strangers(actor, user)
    if last_day < first_day:
        raise Refused("The last day comes before the first; choose a later one.", field="last_day")
    User.objects.select_for_update().get(pk=user.pk)
    same = user.absences.filter(first_day=first_day, last_day=last_day, withdrawn_at=None).first()
    return same or Absence.objects.create(
        user=user, first_day=first_day, last_day=last_day, entered_at=at, entered_by=actor
    )


@transaction.atomic
def withdraw_absence(*, absence: Absence, actor: User, at: datetime) -> Absence:
    """Take an absence back, as one that came otherwise; again, it changes nothing."""
    row = Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    _refuse_strangers(actor, row.user)
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
    return row


def _refuse_all_but_staff(users: Collection[User], *, field: str = "") -> None:
    for user in users:
        if not (user.is_staff and user.is_active):
            raise Refused(f"{user} is not staff, or cannot sign in. Choose somebody else.", field=field)


def _refuse_strangers(actor: User, user: User) -> None:
    if actor.pk != user.pk and not actor.has_perm("contracts.change_team"):
        raise Refused(f"Only {user} and managers say when {user} is away.")
