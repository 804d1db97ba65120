"""The text of a message, from the templates of its kind: emails/<kind>-subject.txt, -body.txt, -body.html."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from contracts.models.people import User

SUBJECT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says: one line of subject, plain text, HTML."""

    subject: str
    plain: str
    html: str


def render(kind: str, context: Mapping[str, Any]) -> Text:
    """The text of a message of that ``kind``; templates/emails/README.md lists what each kind needs."""
    given = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
    return Text(
        subject=one_line(render_to_string(f"emails/{kind}-subject.txt", given)),
        plain=_closed_up(render_to_string(f"emails/{kind}-body.txt", given)),
        html=render_to_string(f"emails/{kind}-body.html", given).strip() + "\n",
    )


def with_ending(text: Text, link: str) -> Text:
    """``text`` with the way out of a subscription at its end: the reader's own, so it is put in when it is sent."""
    return _with(text, "_ending", {"link": link})


def with_choices(text: Text, *, user: User, group: str, is_answered: bool) -> Text:
    """``text`` with what its reader may do about it: answer it, where ``is_answered``, and choose which mails come.

    ``group`` is what they could turn off; "" where it is of those that always come, which then say nothing of it.
    """
    if not group and not is_answered:
        return text
    link = f"{settings.SITE_URL}{reverse('mail_wishes')}" if group else ""
    return _with(text, "_choices", {"link": link, "is_answered": is_answered, "is_staff": user.is_staff})


def _with(text: Text, name: str, given: Mapping[str, Any]) -> Text:
    plain = render_to_string(f"emails/{name}.txt", given)
    html = render_to_string(f"emails/{name}.html", given)
    body, end, rest = text.html.rpartition("</body>")
    return Text(text.subject, f"{text.plain}{plain}", f"{body}{html}{end}{rest}")


def one_line(text: str) -> str:
    """``text`` without line breaks or other control characters, so that it stays one header, and without
    the mark by which mail programs know encoded words, in which line breaks could hide.
    """
    spaced = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join(spaced.replace("=?", "= ?").split())[:SUBJECT_LENGTH]


def _closed_up(text: str) -> str:
    """Without the gaps that absent parts of a template leave."""
    return re.sub(r"\n\s*\n", "\n\n", text.strip()) + "\n"
