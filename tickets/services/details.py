"""What a request by mail lacked, as its contact gives it afterwards (AT5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.calendar_rows import policy_of
from contracts.files import Upload
from contracts.models import Deployment, User
from contracts.refusals import Refused
from tickets import access, record
from tickets.asked import still_asked
from tickets.mail_text import Labelled, Place, choose_place, severity_named
from tickets.models import Message, Ticket
from tickets.services.changing import Change, changing, require_text
from tickets.services.conversation import Said, hear, refuse_if_over, released
from tickets.services.releases import record_next_release
from tickets.services.severity import request_severity


@transaction.atomic
def give_details(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    details: Labelled,
    files: Sequence[Upload] = (),
    came_at: datetime | None = None,
    released_by: User | None = None,
    at: datetime,
) -> Message:
    """A reply that fills in what its ticket was asked for: ``text`` stays as it was said.

    Steps and effect fill empty fields only. Another installation is taken where the ticket's own contract covers it,
    and another severity is asked for like on the page; what else is named is left to staff. Raises ``Refused`` as for
    every reply.
    """
    text = require_text(text, "your reply")
    if why := access.why_not_reply(ticket, actor):
        raise Refused(why)
    with changing(ticket, at, heard_at=came_at) as change:
        refuse_if_over(change)
        asked = still_asked(change.events)
        wanted = _severity(change, details.severity) if "severity" in asked else ""
        filled, left = _fill(change, details, asked)
        if wanted:
            filled["severity"] = wanted
        told = {name: value for name, value in (("filled", filled), ("left", left)) if value}
        data = {**told, **released(released_by)}
        message = hear(change, Said(actor, text, files, change.came(came_at), data))
        if "product" in filled and change.ticket.runs_clocks:
            record_next_release(change)
    if wanted and wanted != change.facts.severity:
        request_severity(
            ticket=ticket, actor=actor, severity=wanted, reason=f"Named by mail: {details.severity}", at=at
        )
    return message


def _fill(change: Change, details: Labelled, asked: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """What the record says was filled in, and what is left to staff."""
    filled: dict[str, Any] = {}
    for name in ("steps", "effect"):
        said = str(getattr(details, name))
        if said and not getattr(change.ticket, name) and not _was_said(change, name):
            setattr(change.ticket, name, said)
            filled[name] = record.fingerprint(said)
    if not details.product or "product" not in asked:
        return filled, []
    if (other := _place(change.ticket, details.product)) is None:
        return filled, ["product"]
    return {**filled, "product": _move(change.ticket, other)}, []


def _was_said(change: Change, name: str) -> bool:
    """Whether the field was filled before: what was removed from it does not come back by itself."""
    data: list[Mapping[str, Any]] = [event.data for event in change.events]
    return any(name in each.get("said", {}) or name in each.get("filled", {}) for each in data)


def _place(ticket: Ticket, said: str) -> Deployment | None:
    """The one installation that ``said`` names of all that the customer has, if the ticket's contract covers it."""
    if ticket.contract is None:
        return None
    covered = set(ticket.contract.deployments.values_list("pk", flat=True))
    own = Deployment.objects.filter(customer=ticket.customer_id).select_related("product").order_by("pk")
    by_key = {each.pk: each for each in own}
    places = [Place(each.pk, each.product.name, each.name, each.pk in covered) for each in by_key.values()]
    choice = choose_place(places, label=said, text="")
    found = choice is not None and choice.named and not choice.guessed and choice.key in covered
    return by_key[choice.key] if choice and found else None


def _move(ticket: Ticket, other: Deployment) -> dict[str, int | None]:
    """The ticket's installation is ``other`` from now on; what the record says of it."""
    before = ticket.deployment_id
    ticket.deployment, ticket.product = other, other.product
    ticket.deployment_version = other.version
    return {"deployment": other.pk, "before": before}


def _severity(change: Change, said: str) -> str:
    """The code that ``said`` names, where it can be asked for now."""
    version = change.ticket.policy_version
    if version is None or not said or change.why_not("request_severity"):
        return ""
    return severity_named(policy_of(version), said)
