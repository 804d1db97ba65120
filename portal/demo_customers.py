"""The demo's licences, of which one is claimed and one is asked for, and a consultation that waits for an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.calendar_rows import opening_hours
from contracts.licence_links import claim_link
from contracts.models import Contact, Contract, User
from contracts.services.licences import claim_licence, confirm_licence_claim, enter_licences
from tickets.services.consultations import ask_consultation

NUMBERS = "\n".join(f"VIVVO-{number}" for number in (4711, 4712, 4713, 4714, 4715))


@dataclass(frozen=True, slots=True)
class Customers:
    """``holder`` is a contact of Vivvo's customer, ``asker`` one of Viakoo's. The story ends at ``at``."""

    holder: User
    asker: Contact
    manager: User
    at: datetime

    def build(self) -> None:
        """All of it, oldest first."""
        self.licences()
        self.consultation()

    def licences(self) -> None:
        """Five on the premium contract: one is held, of one a freelance says that it is hers."""
        contract = Contract.objects.get(order_reference="DP-3090")
        entered = self.at - timedelta(days=200)
        enter_licences(contract=contract, numbers=NUMBERS, actor=self.manager, at=entered)
        claim_licence(number="VIVVO-4711", actor=self.holder, at=self.at - timedelta(days=190))
        asked = self.at - timedelta(hours=3)
        link = claim_link(
            number="VIVVO-4712",
            name="Vesna Ilić",
            email="vesna@press.example",
            message_key="demo",
            at=asked,
        )
        confirm_licence_claim(token=link.split("/")[-2], at=asked)

    def consultation(self) -> None:
        """Asked for an hour ago, for the next days on which the desk is open."""
        contract = Contract.objects.select_related("policy_version").get(order_reference="NW-1001")
        hours = opening_hours(contract.policy_version)
        days = hours.open_intervals(self.at + timedelta(hours=20), self.at + timedelta(days=14))
        first, second = [day.start for day in days if day.end - day.start > timedelta(hours=2)][:2]
        ask_consultation(
            contact=self.asker,
            ticket=None,
            contract=contract,
            topic="How to split a warehouse into two sites",
            times=[_later(first), _later(second)],
            minutes=30,
            submission_key="demo-consultation",
            at=self.at - timedelta(hours=1),
        )


def _later(opening: datetime) -> datetime:
    """The next full hour of a desk that is open for two at least."""
    whole = opening.replace(minute=0, second=0, microsecond=0)
    return whole + timedelta(hours=1) if opening > whole else whole
