"""Licences of a contract (VV1): entered and withdrawn by staff, claimed by people, agreed to by the customer."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import get_random_string

from contracts.calendar_rows import local_day
from contracts.licence_links import Claimed, read_claim
from contracts.licence_numbers import numbers_in, plain_number
from contracts.models import Contact, Contract, Customer, Licence, LicenceClaim, OutboxMessage, User
from contracts.outbox.writing import write_secret
from contracts.refusals import Refused
from contracts.services.people import invite_contact
from contracts.team_told import administrators_of, desk, tell
from contracts.typed_addresses import mailbox_seal, read_address
from contracts.words import list_in_words

ONCE_IN = timedelta(days=1)
"""However often an address is typed in, and by whomever, one such mail leaves to its mailbox in this time."""
MOST_AT_ONCE = 1_000
MOST_OPEN_CLAIMS = 10
LONGEST_NAME = 120
# A name is letters and what stands between them, so that nothing in it can be followed or run.
NAME = re.compile(r"[^\W\d_][\w .,'’()-]*")
NOT_KNOWN = "We know no such licence of your company. Check the number, or ask who bought it."
OVER = "The time of this link is over. Claim the licence once more to get a new one."


@transaction.atomic
def enter_licences(*, contract: Contract, numbers: str, actor: User, at: datetime) -> list[Licence]:
    """Puts the licence numbers of a pasted list, one a line or parted by commas, on a contract.

    Refused for what is no number, and for one that stands on a contract already: then none is entered.
    """
    _check_staff(actor)
    plain, wrong = numbers_in(numbers)
    if wrong:
        raise Refused(
            f"{list_in_words(wrong[:5])} {'is' if len(wrong) == 1 else 'are'} no licence number: use 4 to 60 letters,"
            " digits and hyphens, one a line.",
            field="numbers",
        )
    if not plain:
        raise Refused("Enter at least one licence number, one a line.", field="numbers")
    if len(plain) > MOST_AT_ONCE:
        raise Refused(f"Enter at most {MOST_AT_ONCE} numbers at a time.", field="numbers")
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    known = Licence.objects.standing().filter(number__in=plain).select_related("contract")
    if taken := [f"{each.number} ({each.contract.order_reference})" for each in known[:5]]:
        raise Refused(
            f"On a contract already: {list_in_words(taken)}. Leave them out, or withdraw them there first.",
            field="numbers",
        )
    return Licence.objects.bulk_create(
        [Licence(contract=contract, number=number, entered_at=at, entered_by=actor) for number in plain]
    )


@transaction.atomic
def withdraw_licence(*, licence: Licence, reason: str, actor: User, at: datetime) -> Licence:
    """Takes a licence back; nobody can claim it, and who holds it holds it no longer. Refused without a reason."""
    _check_staff(actor)
    reason = reason.strip()
    licence = Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.withdrawn_at is not None:
        raise Refused(f"{licence} is withdrawn already.")
    if not reason:
        raise Refused("Say why the licence is withdrawn.", field="reason")
    licence.withdrawn_at, licence.withdrawn_by, licence.withdrawn_because = at, actor, reason
    licence.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    licence.claims.held().update(ended_at=at, ended_by=actor)
    return licence


def ask_licence_claim(*, number: str, name: str, email: str, at: datetime) -> None:
    """Send a link to ``email`` by which its owner claims the licence. Whether it is one of ours shows nowhere.

    The same work for every number and address. One such mail leaves to a mailbox in ``ONCE_IN``. Refused for what is
    no licence number, no name or no address.
    """
    plain, name = plain_number(number), " ".join(name.split())
    if not plain:
        raise Refused(
            "This is no licence number: it has 4 to 60 letters, digits and hyphens.", field="number"
        )
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise Refused("Enter your name, in letters.", field="name")
    email = read_address(email)
    now, before = (_mail_key(email, at - ago) for ago in (timedelta(), ONCE_IN))
    recent = OutboxMessage.objects.filter(key=before, created_at__gt=at - ONCE_IN)
    if not recent.exists():
        write_secret(kind="licence_claim", to=email, at=at, key=now, data={"number": plain, "name": name})


@transaction.atomic
def confirm_licence_claim(*, token: str, at: datetime) -> None:
    """The owner of an address says that a licence is theirs; the customer's administrators are told.

    Says nothing of whether there is such a licence. Refused for a link that was forged, or whose time is over.
    """
    claimed = read_claim(token, at=at)
    if claimed is None:
        raise Refused(OVER)
    found = Licence.objects.standing().filter(number=claimed.number)
    licence = found.select_for_update(of=("self",)).select_related("contract__customer").first()
    if licence is None or not _is_in_term(licence.contract, at) or _was_claimed(licence, claimed):
        return
    claim = LicenceClaim.objects.create(
        licence=licence, key=claimed.key, email=claimed.email, name=claimed.name, claimed_at=at
    )
    customer = licence.contract.customer
    theirs = administrators_of(customer)
    tell(
        theirs or desk(),
        heading=f"Somebody claims a licence of {customer}",
        said=f"{claim.email} says that the licence {licence} is theirs. Agree, and they are invited; or refuse.",
        page="team" if theirs else "admin:requests",
        key=f"claim-{claim.pk}",
        at=at,
    )


@transaction.atomic
def claim_licence(*, number: str, actor: User, at: datetime) -> LicenceClaim:
    """A contact says that a licence of their own customer is theirs, and has it. Others of the customer are told.

    Refused for a number that is none of their customers', for a contract that is over, and for one that somebody has.
    """
    licences = Licence.objects.standing().filter(
        number=plain_number(number), contract__customer__contacts__user=actor
    )
    licence = licences.select_for_update(of=("self",)).select_related("contract__customer").first()
    if not actor.is_active or licence is None:
        raise Refused(NOT_KNOWN, field="number")
    _check_term(licence, at)
    _check_free(licence)
    contact = actor.contacts.get(customer=licence.contract.customer_id)
    asked = licence.claims.filter(email=actor.email, decided_at=None).first()
    claim = asked or LicenceClaim(
        licence=licence,
        key=get_random_string(32),
        email=actor.email,
        name=str(actor)[:LONGEST_NAME],
        claimed_at=at,
    )
    _decide(claim, agreed=True, reason="", contact=contact, actor=actor, at=at)
    others = [person for person in administrators_of(licence.contract.customer) if person.pk != actor.pk]
    tell(
        others,
        heading=f"{actor} has claimed a licence",
        said=f"{actor.email} holds the licence {licence} of {licence.contract.customer} from now on.",
        page="team",
        key=f"claimed-{claim.pk}",
        at=at,
    )
    return claim


@transaction.atomic
def agree_claim(*, claim: LicenceClaim, actor: User, at: datetime) -> LicenceClaim:
    """The customer agrees: the person is invited, or told, and holds the licence.

    Refused to all but staff and the customer's administrators, where it was decided, while somebody else holds the
    licence, when the contract is over, and like any invitation.
    """
    claim = _locked(claim, actor)
    _check_term(claim.licence, at)
    _check_free(claim.licence)
    customer = claim.licence.contract.customer
    known = Contact.objects.filter(user__email=claim.email, customer=customer).select_related("user").first()
    contact = known or invite_contact(
        customer=customer,
        email=claim.email,
        name=claim.name,
        is_named=False,
        trained_on=None,
        is_administrator=False,
        actor=actor,
        at=at,
    )
    _decide(claim, agreed=True, reason="", contact=contact, actor=actor, at=at)
    if known is not None:
        tell(
            [known.user],
            heading=f"The licence {claim.licence} is yours",
            said=f"{customer} has agreed to your claim.",
            page="team",
            key=f"agreed-{claim.pk}",
            at=at,
        )
    return claim


@transaction.atomic
def refuse_claim(*, claim: LicenceClaim, reason: str, actor: User, at: datetime) -> LicenceClaim:
    """The customer refuses; the person is told by mail. Refused without a reason, and like agreeing to it."""
    reason = reason.strip()
    claim = _locked(claim, actor)
    if not reason:
        raise Refused("Say why; the person reads it.", field="reason")
    _decide(claim, agreed=False, reason=reason, contact=None, actor=actor, at=at)
    tell(
        [claim.email],
        heading="Your claim of a licence was not agreed to",
        said=f"The company that the licence belongs to has answered: {reason}",
        page="licence_claim",
        key=f"refused-{claim.pk}",
        at=at,
    )
    return claim


@transaction.atomic
def release_licence(*, claim: LicenceClaim, actor: User, at: datetime) -> LicenceClaim:
    """Its holder has the licence no longer, and another can claim it.

    Refused to all but its holder, staff and the customer's administrators, and where nobody holds it by this claim.
    """
    claim = LicenceClaim.objects.select_for_update(of=("self",)).select_related(*_JOINED).get(pk=claim.pk)
    is_holder = claim.contact is not None and claim.contact.user_id == actor.pk and actor.is_active
    if not is_holder:
        _check_decides(claim.licence.contract.customer, actor)
    if not claim.agreed or claim.ended_at is not None:
        raise Refused("Nobody holds the licence by this claim any more.")
    claim.ended_at, claim.ended_by = at, actor
    claim.save(update_fields=["ended_at", "ended_by"])
    return claim


def may_decide(customer: Customer, actor: User) -> bool:
    """Whether ``actor`` answers for the people of ``customer``: its administrators, and staff who change contacts."""
    if not actor.is_active:
        return False
    if actor.is_staff:
        return actor.has_perm("contracts.change_contact")
    return actor.contacts.filter(customer=customer, is_administrator=True).exists()


_JOINED = ("licence__contract__customer", "licence__contract__policy_version", "contact__user")


def _locked(claim: LicenceClaim, actor: User) -> LicenceClaim:
    """The claim behind its licence's lock, so that of two claims one is agreed to. Refused where it is decided."""
    Licence.objects.select_for_update().get(pk=claim.licence_id)
    claim = LicenceClaim.objects.select_related(*_JOINED).get(pk=claim.pk)
    _check_decides(claim.licence.contract.customer, actor)
    if claim.decided_at is not None:
        raise Refused("This claim has been answered already.")
    if claim.licence.withdrawn_at is not None:
        raise Refused("This licence has been withdrawn meanwhile.")
    return claim


def _decide(
    claim: LicenceClaim, *, agreed: bool, reason: str, contact: Contact | None, actor: User, at: datetime
) -> None:
    claim.agreed, claim.reason, claim.contact = agreed, reason, contact
    claim.decided_at, claim.decided_by = at, actor
    claim.save()


def _was_claimed(licence: Licence, claimed: Claimed) -> bool:
    """Whether nothing new is said: the same link, an open or a refused claim of that address, or too many open."""
    claims = list(licence.claims.all())
    mine = [claim for claim in claims if claim.email == claimed.email and claim.agreed is not True]
    still_open = sum(claim.decided_at is None for claim in claims)
    holds = any(claim.email == claimed.email and claim.agreed and claim.ended_at is None for claim in claims)
    return bool(mine) or holds or still_open >= MOST_OPEN_CLAIMS or _is_used(claimed.key)


def _is_used(key: str) -> bool:
    return LicenceClaim.objects.filter(key=key).exists()


def _is_in_term(contract: Contract, at: datetime) -> bool:
    return contract.is_in_term(local_day(contract.policy_version, at))


def _check_term(licence: Licence, at: datetime) -> None:
    if not _is_in_term(licence.contract, at):
        raise Refused(
            f"The contract {licence.contract.order_reference} of this licence is not in its term: renew it first.",
            field="number",
        )


def _check_free(licence: Licence) -> None:
    holder = licence.claims.held().select_related("contact__user").first()
    if holder is not None and holder.contact is not None:
        raise Refused(
            f"{holder.contact.user} holds the licence {licence}: an administrator can free it on the team's page.",
            field="number",
        )


def _check_staff(actor: User) -> None:
    if not (actor.is_active and actor.has_perm("contracts.change_licence")):
        raise Refused("Only staff enter and withdraw licences.")


def _check_decides(customer: Customer, actor: User) -> None:
    if not may_decide(customer, actor):
        raise Refused(f"Only the administrators of {customer}, and staff, answer for its people.")


def _mail_key(email: str, at: datetime) -> str:
    """Says one mail a mailbox and day."""
    return f"licence-claim/{int(at.timestamp() // ONCE_IN.total_seconds())}/{mailbox_seal(email)}"
