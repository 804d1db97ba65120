"""Whom the roles of a policy's escalations mean (VK16): managers name people, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from contracts.escalation_people import is_role_of
from contracts.models import EscalationPerson, EscalationRole, User
from contracts.refusals import Refused

MOST = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A person by name and address."""

    name: str
    email: str


def read_people(text: str) -> list[Named]:
    """The people written one a line, as in ``Ada Chief <ada@desk.example>``, in their order.

    Raises ``Refused`` for a line that names nobody.
    """
    return [_person(line.strip()) for line in text.splitlines() if line.strip()]


@transaction.atomic
def name_people(
    *, policy_slug: str, role: str, people: Sequence[Named], actor: User | None, at: datetime
) -> EscalationRole:
    """``role`` of a policy means these ``people``, in this order, from now on; with none of them it means nobody.

    An address of staff means that account, whatever name stands before it. Refused for a role that no version of the
    policy names, for an address of a customer's person, and for one that stands there twice.
    """
    if not is_role_of(policy_slug, role):
        raise Refused(f"No policy {policy_slug} escalates to {role}.", field="role")
    _check(people)
    accounts = {user.email: user for user in User.objects.filter(email__in=[each.email for each in people])}
    for user in accounts.values():
        if not (user.is_staff and user.is_active):
            raise Refused(
                f"{user.email} is no active member of staff; name somebody of the vendor's.", field="people"
            )
    named, _ = EscalationRole.objects.select_for_update().get_or_create(
        policy_slug=policy_slug, role=role, defaults={"named_at": at, "named_by": actor}
    )
    named.named_at, named.named_by = at, actor
    named.save(update_fields=["named_at", "named_by"])
    named.people.all().delete()
    EscalationPerson.objects.bulk_create(_rows(named, people, accounts))
    return named


def _rows(
    role: EscalationRole, people: Iterable[Named], accounts: dict[str, User]
) -> Iterable[EscalationPerson]:
    for position, each in enumerate(people):
        if user := accounts.get(each.email):
            yield EscalationPerson(role=role, position=position, user=user)
        else:
            yield EscalationPerson(role=role, position=position, own_name=each.name, own_email=each.email)


def _check(people: Sequence[Named]) -> None:
    if len(people) > MOST:
        raise Refused(f"Name at most {MOST} people for a role.", field="people")
    for each in people:
        try:
            validate_email(each.email)
        except ValidationError:
            raise Refused(f"{each.email} is no email address.", field="people") from None
        if not each.name or len(each.name) > 120 or len(each.email) > 254:
            raise Refused(
                f"Write the name before the address {each.email}, in at most 120 letters.", field="people"
            )
    addresses = [each.email for each in people]
    if twice := next((address for address in addresses if addresses.count(address) > 1), None):
        raise Refused(f"{twice} stands there twice; each person has one place.", field="people")


def _person(line: str) -> Named:
    name, address = parseaddr(line)
    name = " ".join(name.split())
    if "@" not in address:
        raise Refused(
            f"“{line[:80]}” names nobody; write a name and an address, as in Ada Chief <ada@desk.example>.",
            field="people",
        )
    return Named(name, address.strip().lower())
