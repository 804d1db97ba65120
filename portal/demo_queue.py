"""The demo's desk: what an agent has kept for daily work."""

from datetime import datetime

from contracts.models import User
from tickets.services.own_views import keep_view
from tickets.services.saved_replies import save_reply

RECEIPT = """Hello {contact},

we have {number} and look into it. You hear from us by {due:response}.

{me}"""
LOGS = """Hello {contact},

could you send us the log of {product} from the hour when it happened? It goes with your answer to this message.

{me}"""


def keep_desk_rows(*, agent: User, manager: User, at: datetime) -> None:
    """A view of the queue, and saved replies with placeholders."""
    keep_view(owner=agent, name="Due today, nobody\u2019s", query="show=due&hours=24&assignee=nobody")
    save_reply(actor=manager, title="We look into it", text=RECEIPT, is_shared=True, at=at)
    save_reply(actor=agent, title="Ask for the log", text=LOGS, is_shared=False, at=at)
