"""The demo's known problem: linked to a ticket, read by all with the product, fixed in the release that is planned."""

from datetime import datetime, timedelta

from contracts.models import Release, User
from tickets.models import Ticket
from tickets.models.problem import ProblemAudience
from tickets.services.errands import run_errands
from tickets.services.problems import Said, link_problem, name_problem_fix, open_problem

HOUR = timedelta(hours=1)
SAID = Said(
    title="Cameras are shown as offline after a certificate is renewed",
    text=(
        "After the certificate of an agent is renewed, cameras are shown as offline although their pictures arrive. "
        "The agent's log has `certificate not yet valid` every minute: its clock is behind that of the server.\n\n"
        "Recordings are not affected."
    ),
    workaround=(
        "1. Set the clock of the machine that the agent runs on.\n2. Start the agent again.\n\n"
        "The cameras are back within two minutes."
    ),
    environments="Agents 4.0.7 on machines without a time server",
    audience=ProblemAudience.PRODUCT,
)


def write_problem(*, ticket: Ticket, release: Release, agent: User, at: datetime) -> None:
    """Record it, link ``ticket``, and name ``release``; what releases mean for tickets is done."""
    problem = open_problem(product=ticket.product, said=SAID, actor=agent, at=at - 20 * HOUR)
    link_problem(ticket=ticket, problem=problem, actor=agent, at=at - 20 * HOUR)
    name_problem_fix(problem=problem, release=release, actor=agent, at=at - 2 * HOUR)
    run_errands(at=at)
