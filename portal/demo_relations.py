"""Of the demo: what tickets have to do with one another and with people."""

from datetime import datetime, timedelta

from contracts.models import Contact, Deployment, User
from tickets.models import Ticket
from tickets.models.ticket import Channel
from tickets.services import filing, merging, tagging, watching
from tickets.services.calls import Direction, log_call


def relate(
    *, cameras: Ticket, caller: Contact, deployment: Deployment, agent: User, manager: User, at: datetime
) -> None:
    """The same fault, noticed by the desk (VK19): filed for ``caller``, merged into ``cameras``, told by phone."""
    noticed_at = at - timedelta(hours=21)
    again = filing.file_ticket(
        contact=caller,
        deployment=deployment,
        request=filing.Request(
            subject="Cameras of the second warehouse offline, too",
            text="We see that your second warehouse has lost its cameras as well, since about six this morning.",
            severity="serious",
            request_type="error",
        ),
        submission_key="demo-by-phone",
        channel=Channel.WEB,
        actor=agent,
        at=noticed_at,
    )
    merging.merge_tickets(
        ticket=again,
        into=cameras,
        reason="It is the same certificate; we go on with both warehouses here.",
        actor=agent,
        at=noticed_at + timedelta(minutes=30),
    )
    log_call(
        ticket=cameras,
        actor=agent,
        contact=caller,
        direction=Direction.OUT,
        text="Told him that the new certificate goes to both warehouses tonight.",
        public=True,
        answers=True,
        called_at=at - timedelta(hours=20),
        at=at - timedelta(hours=19),
    )
    tagging.tag_ticket(ticket=cameras, tag="certificate", actor=agent, at=at - timedelta(hours=19))
    watching.add_watcher(ticket=cameras, user=manager, actor=agent, at=at - timedelta(hours=19))
