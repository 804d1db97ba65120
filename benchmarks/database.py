"""A filled database in a folder of its own, made once and kept for the next run."""

import json
import sys
from pathlib import Path

SESSIONS = "sessions.json"


def make(tickets: int) -> None:
    """In a process of its own, with DATA_DIR set: migrate, fill, and leave the cookies of two people."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import HASH_SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.filling import fill, furnish
    from contracts.models import User
    from tickets.models import Ticket

    def session(user: User) -> str:
        store = SessionStore()
        store["_auth_user_id"] = str(user.pk)
        store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        return str(store.session_key)

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    desk = furnish(at=timezone.now(), password="bench")  # noqa: S106 -- of a database that holds nothing
    fill(desk, 0, tickets)
    contact, _, deployment = desk.people[-1]
    newest = Ticket.objects.filter(contact=contact).order_by("-filed_at").first()
    assert newest is not None, "fewer tickets than contacts"
    sessions = {
        "cookie": settings.SESSION_COOKIE_NAME,
        "contact": session(contact.user),
        "agent": session(desk.staff[1]),
        "ticket": newest.number,
        "deployment": deployment.pk,
    }
    (Path(settings.DATA_DIR) / SESSIONS).write_text(json.dumps(sessions))


if __name__ == "__main__":
    make(int(sys.argv[1]))
