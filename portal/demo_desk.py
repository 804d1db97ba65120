"""The people of the demo's desk: who knows what, a team, who is on call, and Viakoo's CTO and CISO."""

from datetime import datetime, timedelta

from contracts.models import Product, User
from contracts.services.desk_people import enter_absence, save_team, save_turn, set_knowledge
from contracts.services.escalation_roles import name_people, read_people

EXECUTIVES = {
    "CTO": "Tessa Tech <cto@viakoo.example>\nTom Deputy <deputy-cto@viakoo.example>",
    "CISO": "Cy Safe <ciso@viakoo.example>",
}


def staff_the_desk(*, agent: User, manager: User, at: datetime) -> None:
    """From ``at`` on: new tickets about Viakoo's products go to the agent, the others to a team."""
    known = {product.name: product for product in Product.objects.all()}
    viakoo = [product for name, product in known.items() if name.startswith("Viakoo")]
    others = [product for name, product in known.items() if not name.startswith("Viakoo")]
    set_knowledge(user=agent, products=viakoo, actor=manager, at=at)
    save_team(name="Cloud", members=[agent, manager], products=others, actor=manager, at=at)
    save_turn(user=manager, starts_at=at, ends_at=at + timedelta(days=7), actor=manager, at=at)
    away = (at + timedelta(days=26)).date()
    enter_absence(user=agent, first_day=away, last_day=away + timedelta(days=4), actor=agent, at=at)


def name_executives(*, manager: User, at: datetime) -> None:
    """Whom Viakoo's policy means by the roles to which it escalates."""
    for role, people in EXECUTIVES.items():
        name_people(policy_slug="viakoo", role=role, people=read_people(people), actor=manager, at=at)
