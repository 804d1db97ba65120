"""Every kind of mail: its three files, with all that it may show and with as little as possible."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from contracts.outbox.rendering import render

FOLDER = settings.BASE_DIR / "templates" / "emails"
KINDS = sorted(path.name.removesuffix("-subject.txt") for path in FOLDER.glob("*-subject.txt"))
ALL = [
    "accepted",
    "accepted_by_silence",
    "acknowledged",
    "assignment",
    "call",
    "closed",
    "closure",
    "consultation",
    "customer_reply",
    "date_agreed",
    "date_proposed",
    "declined",
    "details",
    "digest",
    "disputed",
    "enhancement",
    "escalation",
    "excluded",
    "fix_named",
    "forum_answer",
    "invitation",
    "kept",
    "licence_claim",
    "mail_refused",
    "merged",
    "miss",
    "new_ticket",
    "outage",
    "password_changed",
    "password_reset",
    "post_hidden",
    "question",
    "receipt",
    "reinstated",
    "release",
    "release_moved",
    "reminder",
    "reopened",
    "reply",
    "resolution",
    "severity_changed",
    "severity_kept",
    "severity_requested",
    "shared",
    "subscription",
    "team",
    "upheld",
    "warning",
    "window",
    "work_started",
    "workaround",
]
NASTY = "<img src=x onerror=alert(1)> & {{ site_name }}"
CLOCK = {"name": "response", "promise": "within 4 business hours", "state": "running"}
CLOCK |= {"due_reader": "Tue 24 Nov, 18:00 CET", "due_desk": "Tue 24 Nov, 09:00 PST"}
FULL: dict[str, Any] = {
    "person": SimpleNamespace(name=NASTY, email="nora@harbour.example"),
    "ticket": SimpleNamespace(number="VK-7F3K9Q", subject=NASTY, customer=NASTY),
    **dict.fromkeys(
        ("text", "actor", "reason", "question", "policy_title", "severity_name", "clock", "customer"), NASTY
    ),
    **dict.fromkeys(
        ("due_reader", "before_reader", "silence_accepts", "reopens_until", "waiting_since", "closing_at"),
        "Tue 24 Nov, 18:00 CET",
    ),
    **dict.fromkeys(
        ("heading", "title", "emergency_reason", "said", "what_happened", "what_was_done", "filed_by"), NASTY
    ),
    "components": [NASTY],
    "reasons": [NASTY],
    "clocks": [CLOCK, {"name": "update", "promise": "best effort", "state": "unscheduled"}],
    "url": "http://desk.example/tickets/VK-7F3K9Q/",
    "is_new": True,
    "asks": {"product": True, "severity": True, "steps": True, "effect": True},
    "severities": [SimpleNamespace(code="P1", name=NASTY, definition=NASTY)],
    "places": [NASTY],
    **dict.fromkeys(("place", "subject"), NASTY),
    **{key: [NASTY] for key in ("automatic", "by_hand", "on_premises")},
    **dict.fromkeys(("release", "release_kind"), NASTY),
    "hours": 24,
    "count": 2,
    "parts": [{"entries": [{"subject": NASTY, "when": "Mon 23 Nov, 19:00 CET", "text": NASTY}]}],
    **dict.fromkeys(("promise", "requested", "clause_text"), NASTY),
    "binding": True,
    "enhancement_url": "http://desk.example/enhancements/7/",
    "name": NASTY,
    "story": SimpleNamespace(
        **dict.fromkeys(("role", "what", "severity", "status", "policy", "promise", "due"), NASTY),
        sum=SimpleNamespace(
            **dict.fromkeys(("intro", "total_label", "total"), NASTY),
            rows=[SimpleNamespace(when="Mon 23 Nov", what=NASTY, length="4 h")],
        ),
        said=[SimpleNamespace(who=NASTY, when="Mon 23 Nov, 10:00", text=NASTY)],
        left_out=2,
        is_stand_in=False,
        is_reminder=True,
    ),
}


def test_the_kinds_are_these() -> None:
    assert KINDS == ALL


@pytest.mark.parametrize("kind", ALL)
def test_text_is_plain_and_html_is_escaped(kind: str) -> None:
    text = render(kind, FULL)
    assert "&lt;" not in text.plain + text.subject
    assert "<img" not in text.html
    assert "{{" not in text.html.replace("{{ site_name }}", "")
    assert FULL["url"] in text.plain
    assert f'href="{FULL["url"]}"' in text.html


@pytest.mark.parametrize("kind", ALL)
def test_what_is_missing_leaves_no_gap(kind: str) -> None:
    text = render(kind, {name: FULL[name] for name in ("person", "ticket")})
    assert text.subject
    assert "None" not in text.plain
    assert "\n\n\n" not in text.plain
    assert "What is due" not in text.plain


def test_a_clock_shows_the_due_date_of_the_reader_and_of_the_desk() -> None:
    text = render("receipt", FULL)
    line = (
        "- Response, within 4 business hours: due Tue 24 Nov, 18:00 CET (at the desk Tue 24 Nov, 09:00 PST)"
    )
    assert line in text.plain
    assert "- Update, best effort: unscheduled" in text.plain
