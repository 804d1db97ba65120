"""The demo's components, its maintenance and its outages: what was, what runs, what is to come."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.models import Component, MaintenanceWindow, Product, User
from contracts.models.components import Audience
from contracts.models.upkeep import WindowKind
from contracts.services.components import save_component
from contracts.services.outages import end_outage, report_outage, update_outage
from contracts.services.windows import announce_window, begin_window, finish_window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# product, slug, name, what for, whether it counts for availability, for whom
COMPONENTS = (
    ("Viakoo Action Platform", "cloud", "Cloud service", "Reports of all sites.", True, Audience.PUBLIC),
    ("Viakoo Agent", "gateway", "Agent gateway", "Where agents report to.", True, Audience.PUBLIC),
    ("Atheer", "service", "Service", "Work instructions and sessions.", True, Audience.PUBLIC),
    ("Atheer", "api", "API", "For what customers build themselves.", True, Audience.CUSTOMERS),
    ("Atheer", "headset", "Headset app", "Another means of access.", False, Audience.PUBLIC),
    ("Vivvo CMS", "updates", "Update server", "Where new versions are found.", True, Audience.PUBLIC),
)


@dataclass
class Upkeep:
    """What the vendors run, and what happened to it until ``at``."""

    agent: User
    manager: User
    at: datetime
    components: dict[str, Component] = field(default_factory=dict)

    def build(self) -> None:
        """Everything, oldest first."""
        self.name_components()
        self.past_window()
        self.outage_of_the_internet()
        self.outage_of_ours()
        self.running_window()
        self.coming_windows()

    def name_components(self) -> None:
        """The parts of each product."""
        products = {product.name: product for product in Product.objects.all()}
        for place, (product, slug, name, purpose, counts, audience) in enumerate(COMPONENTS):
            self.components[slug] = save_component(
                product=products[product],
                name=name,
                slug=slug,
                description=purpose,
                carries_target=counts,
                audience=audience,
                position=place,
                actor=self.manager,
                at=self.at - 380 * DAY,
            )

    def past_window(self) -> None:
        """Announced in time, and over a little late."""
        start = self.at - 16 * DAY
        window = self.announce(
            "New database servers",
            "The old ones are five years old.",
            ["service", "api"],
            start,
            start + 2 * HOUR,
            at=start - 5 * DAY,
        )
        begin_window(window=window, actor=self.agent, at=start)
        finish_window(window=window, actor=self.agent, at=start + 2.2 * HOUR)

    def outage_of_the_internet(self) -> None:
        """With a cause that Atheer's policy excludes."""
        start = self.at - 11 * DAY
        report_outage(
            title="Service out of reach from Asia",
            components=[self.components["service"], self.components["api"]],
            started_at=start,
            ended_at=start + 1.5 * HOUR,
            cause="internet",
            what_happened="A sea cable near Singapore was cut, and the way around it was full.",
            what_was_done="Traffic goes by two other cables since.",
            actor=self.agent,
            at=start + 2 * HOUR,
        )

    def outage_of_ours(self) -> None:
        """Without a cause that anybody excludes."""
        start = self.at - 4 * DAY
        outage = report_outage(
            title="Agents could not report",
            components=[self.components["gateway"]],
            started_at=start,
            what_happened="The gateway refused agents: its certificate had ended.",
            actor=self.agent,
            at=start + HOUR / 4,
        )
        update_outage(
            outage=outage,
            text="A new certificate is on its way to all gateways.",
            actor=self.agent,
            at=start + HOUR / 2,
        )
        end_outage(
            outage=outage,
            what_was_done="Certificates are renewed by themselves from now on, and watched.",
            actor=self.agent,
            at=start + HOUR,
        )

    def running_window(self) -> None:
        """An emergency that goes on."""
        start = self.at - HOUR / 2
        window = self.announce(
            "Security update of the gateway",
            "It closes a hole by which strangers could read reports.",
            ["gateway"],
            start,
            start + 2 * HOUR,
            at=start - HOUR / 4,
            kind=WindowKind.EMERGENCY,
            emergency_reason="The hole is known to others since this morning.",
        )
        begin_window(window=window, actor=self.agent, at=start)

    def coming_windows(self) -> None:
        """One that interrupts, one that does not."""
        start = (self.at + 6 * DAY).replace(minute=0, second=0, microsecond=0)
        self.announce(
            "Faster search in work instructions",
            "The index is built anew.",
            ["service"],
            start,
            start + 3 * HOUR,
            at=self.at - DAY,
        )
        self.announce(
            "Update server moves",
            "Its data centre closes.",
            ["updates"],
            start + DAY,
            start + DAY + HOUR,
            at=self.at - DAY,
            interrupts=False,
        )

    def announce(
        self,
        title: str,
        reason: str,
        slugs: list[str],
        starts_at: datetime,
        ends_at: datetime,
        *,
        at: datetime,
        interrupts: bool = True,
        kind: WindowKind = WindowKind.SCHEDULED,
        emergency_reason: str = "",
    ) -> MaintenanceWindow:
        return announce_window(
            title=title,
            reason=reason,
            components=[self.components[slug] for slug in slugs],
            starts_at=starts_at,
            ends_at=ends_at,
            interrupts=interrupts,
            kind=kind,
            emergency_reason=emergency_reason,
            actor=self.agent,
            at=at,
        )
