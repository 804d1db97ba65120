"""Pre-sales inquiries (VV2): a stranger asks, confirms the address, and has a ticket without clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from contracts.calendar_rows import policy_of
from contracts.models import Contact, Customer, OutboxMessage, Product, User
from contracts.outbox.models import DeliveryStatus
from contracts.outbox.writing import write_secret
from contracts.refusals import Refused
from contracts.services.contacts import add_contact
from contracts.services.customers import save_customer
from contracts.services.licences import LONGEST_NAME, NAME
from contracts.typed_addresses import mailbox_seal, read_address
from tickets.inquiring import MOST_SHOWN, Offered
from tickets.inquiry_links import read_confirmation
from tickets.models import Inquiry, Ticket
from tickets.models.event import Kind
from tickets.models.inquiry import InquiryQuerySet
from tickets.models.message import MessageKind
from tickets.models.ticket import Channel
from tickets.numbers import new_number
from tickets.services.changing import Change
from tickets.services.filing import TRIES, fingerprints_of, hand_over

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000
LONGEST_CUSTOMER = 160
# How many days a mail may be on its way before another counts as the first one of its day.
DELAYED = 4
AT_ONCE = 500
OVER = "This link has been used, or its time is over. Ask once more to get a new one."


class TooOften(Refused):
    """The sender's network has asked as often as it may for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a stranger typed. ``request_type`` is the code of one that the policy offers to strangers."""

    name: str
    email: str
    product: Product
    request_type: str
    subject: str
    text: str
    company: str = ""


@transaction.atomic
def ask_presale(*, offered: Offered, asked: Asked, network: str, at: datetime) -> None:
    """Keep an inquiry until its address is confirmed, and mail the link that confirms it.

    The same for every address, known or not. At most one such mail leaves to a mailbox in a day: where one left today,
    the next follows when the day is over, unless the link of the first has confirmed everything by then. ``network`` is
    that of the sender (``tickets.inquiring.network_of``), which may ask ``INQUIRIES_AN_HOUR`` times (``TooOften``).
    Refused for what is missing, too long, or not offered.
    """
    row = _checked(offered, asked, network, at)
    if Inquiry.objects.filter(network=network, asked_at__gt=at - HOUR).count() >= settings.INQUIRIES_AN_HOUR:
        raise TooOften("That was often in a short time. Try again in an hour.")
    same = {"email": row.email, "subject": row.subject, "text": row.text, "product": row.product}
    if not Inquiry.objects.waiting(at).filter(**same).exists():
        row.save()
    _send_link(row.email, at)


def confirm_inquiries(*, token: str, chosen: Collection[int], at: datetime) -> list[Ticket]:
    """Make tickets without clocks of the inquiries with the keys ``chosen``, which wait behind the link ``token``.

    The inquirer becomes a customer of their own, never one of a company that is here already, with no password: staff
    may invite them. An address of a contact files for that contact's own customer. Refused for a link that was used or
    is over, and where nothing that waits is chosen.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _confirm(token, chosen, at)
        except IntegrityError:  # of a number, or of a person who came in by another link at the same moment
            continue
    raise Refused("No tracking number could be found. Press the button once more.")


@transaction.atomic
def forget_old_inquiries(*, at: datetime) -> None:
    """The recurring job: what nobody confirmed in ``INQUIRY_DAYS``, and yesterday's networks, some at a time."""
    old = Inquiry.objects.filter(confirmed_at=None, asked_at__lte=at - timedelta(days=settings.INQUIRY_DAYS))
    Inquiry.objects.filter(pk__in=_some(old.order_by("asked_at"))).delete()
    known = Inquiry.objects.filter(asked_at__lte=at - DAY).exclude(network="")
    Inquiry.objects.filter(pk__in=_some(known.order_by("asked_at"))).update(network="")


def _some(rows: InquiryQuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def _checked(offered: Offered, asked: Asked, network: str, at: datetime) -> Inquiry:
    """The row of what was typed, not saved. Raises ``Refused``."""
    name, company, subject = (" ".join(each.split()) for each in (asked.name, asked.company, asked.subject))
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise Refused("Enter your name, in letters.", field="name")
    if len(company) > LONGEST_NAME:
        raise Refused(f"The name of your company has {LONGEST_NAME} characters at most.", field="company")
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Refused(f"Write a subject, of {LONGEST_SUBJECT} characters at most.", field="subject")
    if not 0 < len(asked.text.strip()) <= LONGEST_TEXT:
        raise Refused(f"Write what you want to know, in {LONGEST_TEXT:,} characters at most.", field="text")
    if asked.product not in offered.products:
        raise Refused("Choose one of the products.", field="product")
    if asked.request_type not in {kind.code for kind in offered.kinds}:
        raise Refused("Choose one of these.", field="request_type")
    return Inquiry(
        policy_version=offered.version,
        request_type=asked.request_type,
        product=asked.product,
        name=name,
        company=company,
        email=read_address(asked.email),
        subject=subject,
        text=asked.text.strip(),
        network=network,
        asked_at=at,
    )


def _send_link(email: str, at: datetime) -> None:
    """A mail with the link, not before the last one to the mailbox is a day old; none where one waits already."""
    today, last_day = _day(at), _day(at) + settings.INQUIRY_DAYS
    keys = [_key(email, day) for day in range(today - DELAYED, last_day + 1)]
    known = list(OutboxMessage.objects.filter(key__in=keys))
    if any(mail.to == email and mail.status == DeliveryStatus.QUEUED for mail in known):
        return
    last = max((mail.sent_at or mail.not_before for mail in known), default=None)
    leaves = at if last is None else max(at, last + DAY)
    if _day(leaves) <= last_day:
        write_secret(kind="inquiry", to=email, at=at, key=_key(email, _day(leaves)), not_before=leaves)


def _day(at: datetime) -> int:
    return int(at.timestamp() // DAY.total_seconds())


def _key(email: str, day: int) -> str:
    """Says one mail a mailbox and day."""
    return f"inquiry/{day}/{mailbox_seal(email)}"


def _confirm(token: str, chosen: Collection[int], at: datetime) -> list[Ticket]:
    email = read_confirmation(token, at=at)
    waiting = Inquiry.objects.waiting(at).filter(email=email or "").order_by("-asked_at", "-pk")
    rows = list(
        waiting.select_for_update(of=("self",)).select_related("policy_version", "product")[:MOST_SHOWN]
    )
    # Of two that press the button at once, the second finds the link used.
    if not rows or read_confirmation(token, at=at) is None:
        raise Refused(OVER)
    taken = [row for row in reversed(rows) if row.pk in chosen]
    if not taken:
        raise Refused("Tick what you wrote.", field="inquiry")
    return [_become_ticket(row, at) for row in taken]


def _become_ticket(row: Inquiry, at: datetime) -> Ticket:
    ticket = _file(row, _contact_of(row, at), at)
    row.confirmed_at, row.ticket = at, ticket
    # The ticket has it now, and what is removed there must not be left here.
    row.name = row.company = row.subject = row.text = ""
    row.save()
    return ticket


def _contact_of(row: Inquiry, at: datetime) -> Contact:
    """The person who inquires, as a contact of their own customer, made if need be."""
    user = User.objects.filter(email=row.email).first()
    if user is not None and (user.is_staff or not user.is_active):
        raise Refused("This address cannot inquire. Use another one.")
    if user is None:
        zone = policy_of(row.policy_version).hours.time_zone.key
        user = User.objects.create_user(row.email, None, name=row.name, time_zone=zone, joined_at=at)
    own = user.contacts.select_related("user", "customer").order_by("pk").first()
    return own or add_contact(user=user, customer=_new_customer(row, at), actor=None, at=at)


def _new_customer(row: Inquiry, at: datetime) -> Customer:
    """Called by company and address, so that no stranger looks like a customer whom the desk knows."""
    name = f"{row.company} ({row.email})" if row.company else row.email
    if len(name) > LONGEST_CUSTOMER or Customer.objects.filter(name=name).exists():
        name = f"{name[: LONGEST_CUSTOMER - 30]} #{row.pk}"
    return save_customer(name=name, domains=(), actor=None, at=at)


def _file(row: Inquiry, contact: Contact, at: datetime) -> Ticket:
    """The ticket: under the policy and no contract, so no clock runs and nothing is kept back."""
    ticket = Ticket.objects.create(
        number=new_number(),
        customer=contact.customer,
        contact=contact,
        policy_version=row.policy_version,
        product=row.product,
        channel=Channel.WEB,
        request_type=row.request_type,
        subject=row.subject,
        submission_key=f"inquiry-{row.pk}",
        filed_at=at,
        severity=policy_of(row.policy_version).severities[-1].code,
        last_event_at=at,
    )
    change = Change(ticket, [], at)
    message = change.say(MessageKind.REPLY, contact.user, row.text)
    change.record(
        Kind.FILED,
        contact.user,
        message=message,
        severity=ticket.severity,
        channel=Channel.WEB.value,
        kept_because=[],
        said=fingerprints_of(ticket),
        inquiry=row.pk,
        asked_at=row.asked_at.isoformat(),
    )
    hand_over(change, message)
    return ticket
