"""The places of the portal that are looked at, and how to get there with a browser: for pictures and for tests."""

import re
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portal.demo import PASSWORD

# Playwright's own types; only the e2e set has them.
Browser = Any
Page = Any

NORA, OMAR, LI, MILA, AGENT, MANAGER = (
    "nora@northwind.example",
    "omar@northwind.example",
    "li@lumen.example",
    "mila@danube.example",
    "agent@desk.example",
    "manager@desk.example",
)
# Tickets of the demo by a short name: who sees it, and its subject. Their numbers are drawn anew each time.
TICKETS = {
    "cameras": (NORA, "Warehouse cameras shown as offline"),
    "export": (NORA, "CSV export stops after 500 rows"),
    "again": (NORA, "Cameras of the second warehouse offline, too"),
    "pilot": (LI, "New users cannot be invited"),
    "firmware": (NORA, "Firmware report leaves out two models"),
    "pictures": (LI, "Pictures in a work instruction are turned"),
    "report": (OMAR, "Weekly report takes two minutes"),
    "headsets": (LI, "Headsets lose the session after ten minutes"),
    "freezes": (LI, "Video freezes in the north hall"),
    "byline": (MILA, "Enhancement: a second byline"),
    "blank": (MILA, "The site shows a blank page"),
    "live": (OMAR, "Live pictures stop after an hour"),
    "mailed": (NORA, "Recordings of camera 14 end after a minute"),
}
# The link of an escalation stands in its mail alone, which the worker sends soon after the start.
ESCALATION_LINK = re.compile(r"To: cto@.*?/escalations/([\w.-]+)/", re.DOTALL)
MAIL_PATIENCE = 300.0
# The demo's story ends when it is built, and this month may just have begun.
LAST_MONTH = datetime.now(UTC).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of page. ``path`` may name a ticket as ``{cameras}``; ``reader`` is who looks, "" for a visitor.

    ``by_mail`` are those whose address is in a mail, as ``{escalation}``.
    """

    name: str
    path: str
    reader: str = ""
    status: int = 200

    @property
    def by_mail(self) -> bool:
        return "{escalation}" in self.path


PLACES = (
    Place("home", "/"),
    Place("policies", "/policies/"),
    Place("policy-viakoo", "/policies/viakoo/"),
    Place("policy-atheer", "/policies/atheer/"),
    Place("policy-vivvo", "/policies/vivvo/"),
    Place("environments", "/environments/"),
    Place("status", "/status/"),
    Place("maintenance", "/maintenance/"),
    Place("window", "/maintenance/2/"),
    Place("outage", "/status/outages/2/"),
    Place("environments-of-a-product", "/environments/viakoo-action-platform/"),
    Place("kb", "/kb/"),
    Place("kb-category", "/kb/categories/monitoring/"),
    Place("article", "/kb/articles/an-export-stops-before-its-last-row/"),
    Place("feedback", "/kb/articles/an-export-stops-before-its-last-row/feedback/?helpful=no"),
    Place("feedback-given", "/kb/articles/an-export-stops-before-its-last-row/feedback/?given=no"),
    Place("kb-search", "/kb/search/?q=exprot+rows"),
    Place("kb-search-none", "/kb/search/?q=zeppelin"),
    Place("sign-in", "/account/login/"),
    Place("reset", "/account/password/reset/"),
    Place("reset-done", "/account/password/reset/done/"),
    Place("invitation-over", "/account/invitations/nothing/", status=410),
    Place("missing", "/nothing/", status=404),
    Place("contact-home", "/", NORA),
    Place("tickets", "/tickets/?show=all", NORA),
    Place("tickets-none", "/tickets/?q=zzz", NORA),
    Place("installations", "/tickets/new/", NORA),
    Place("form-viakoo", "/tickets/new/?deployment=1", NORA),
    Place("ticket", "/tickets/{cameras}/", NORA),
    Place("ticket-resolved", "/tickets/{export}/", NORA),
    Place("ticket-accepted", "/tickets/{firmware}/", NORA),
    Place("acceptance", "/tickets/{export}/acceptance/", NORA),
    Place("form-following", "/tickets/new/?follows={firmware}", NORA),
    Place("ticket-waiting", "/tickets/{pictures}/", LI),
    Place("sharing", "/tickets/{cameras}/sharing/", NORA),
    Place("ticket-merged", "/tickets/{again}/", NORA),
    Place("watching", "/tickets/{again}/watching/", NORA),
    Place("search", "/search/?q=cameras", NORA),
    Place("change-password", "/account/password/change/", NORA),
    Place("mail-wishes", "/account/mail/", NORA),
    Place("sign-out", "/account/logout/", NORA),
    Place("customer-releases", "/releases/", NORA),
    Place("release", "/releases/viakoo-action-platform/6.2/", NORA),
    Place("updates", "/releases/deployments/2/updates/", NORA),
    Place("form-atheer", "/tickets/new/?deployment=3", LI),
    Place("availability", "/availability/", LI),
    Place("availability-month", f"/availability/2/{LAST_MONTH:%Y-%m}/", LI),
    Place("article-product", "/kb/articles/headsets-lose-their-session-after-ten-minutes/", LI),
    Place("form-kept", "/tickets/new/?deployment=4", LI),
    Place("ticket-kept", "/tickets/{pilot}/", LI),
    Place("forum", "/forum/"),
    Place("question", "/forum/questions/1/"),
    Place("question-closed", "/forum/questions/2/"),
    Place("question-asker", "/forum/questions/3/", MILA),
    Place("question-new", "/forum/questions/new/", MILA),
    Place("question-answer", "/forum/questions/4/answers/", MILA),
    Place("question-text", "/forum/questions/4/text/", MILA),
    Place("question-solution", "/forum/questions/3/solution/?answer=4", MILA),
    Place("question-ticket", "/forum/questions/3/ticket/", MILA),
    Place("question-refused", "/forum/questions/4/answers/", NORA),
    Place("question-report", "/forum/questions/1/reports/?answer=1", NORA),
    Place("team", "/team/", MILA),
    Place("team-claim", "/team/claims/2/", MILA),
    Place("team-invitation", "/team/1/invitations/", NORA),
    Place("team-naming", "/team/contacts/2/naming/", NORA),
    Place("licence-claim", "/licences/claim/"),
    Place("licence-claim-own", "/licences/claim/", MILA),
    Place("licence-claim-over", "/licences/claims/nothing/", status=410),
    Place("inquiry", "/inquiries/vivvo/"),
    Place("inquiry-asked", "/inquiries/vivvo/?asked=yes"),
    Place("inquiry-over", "/inquiries/confirmations/nothing/", status=410),
    Place("queue-presales", "/admin/queue/?show=presales", AGENT),
    Place("consultations", "/consultations/", NORA),
    Place("consultation", "/consultations/1/", NORA),
    Place("consultation-new", "/consultations/new/", NORA),
    Place("article-staff", "/kb/articles/when-a-whole-site-is-down/", AGENT),
    Place("search-staff", "/search/?q=export", AGENT),
    Place("queue", "/admin/queue/", AGENT),
    Place("queue-narrowed", "/admin/queue/?show=due&hours=24&assignee=nobody", AGENT),
    Place("queue-narrowing", "/admin/queue/narrowing/", AGENT),
    Place("queue-views", "/admin/queue/views/?show=mine", AGENT),
    Place("saved-replies", "/admin/saved-replies/", AGENT),
    Place("saved-reply", "/admin/saved-replies/2/", AGENT),
    Place("questions", "/admin/questions/", AGENT),
    Place("question-desk", "/admin/questions/1/", AGENT),
    Place("question-text-staff", "/forum/questions/1/text/?answer=1", AGENT),
    Place("reports", "/admin/reports/", AGENT),
    Place("desk-ticket", "/admin/queue/{cameras}/", AGENT),
    Place("desk-ticket-resolved", "/admin/queue/{export}/", AGENT),
    Place("desk-ticket-offered", "/admin/queue/{pictures}/", AGENT),
    Place("record", "/admin/queue/{cameras}/record/", AGENT),
    Place("mail-story", "/admin/queue/{cameras}/mail/", AGENT),
    Place("demo-mails", "/admin/mails/", AGENT),
    Place("mail-wishes-staff", "/account/mail/", AGENT),
    Place("bounced", "/admin/contracts/bouncedaddress/", AGENT),
    Place("redaction", "/admin/queue/{cameras}/redaction/", MANAGER),
    Place("merging", "/admin/queue/{cameras}/merging/", AGENT),
    Place("splitting", "/admin/queue/{cameras}/splitting/", AGENT),
    Place("tags", "/admin/queue/{cameras}/tags/", AGENT),
    Place("calls", "/admin/queue/{cameras}/calls/", AGENT),
    Place("handing-over", "/admin/queue/{cameras}/contact/", AGENT),
    Place("filing-customer", "/admin/queue/new/", AGENT),
    Place("filing-people", "/admin/queue/new/?customer=1", AGENT),
    Place("filing-staff", "/admin/queue/new/?customer=1&contact=1&deployment=1", AGENT),
    Place("articles", "/admin/articles/", AGENT),
    Place("article-usefulness", "/admin/articles/usefulness/", AGENT),
    Place("articles-due", "/admin/articles/?show=due", AGENT),
    Place("article-editor", "/admin/articles/3/", AGENT),
    Place("article-new", "/admin/articles/new/", AGENT),
    Place("article-versions", "/admin/articles/3/versions/", AGENT),
    Place("article-readers", "/admin/articles/3/feedback/", AGENT),
    Place("write-up", "/admin/queue/{export}/article/", AGENT),
    Place("searches", "/admin/searches/", AGENT),
    Place("categories", "/admin/categories/", MANAGER),
    Place("category-new", "/admin/categories/new/", MANAGER),
    Place("outages", "/admin/outages/", AGENT),
    Place("outage-desk", "/admin/outages/2/", AGENT),
    Place("maintenance-desk", "/admin/maintenance/", AGENT),
    Place("window-desk", "/admin/maintenance/3/", AGENT),
    Place("window-new", "/admin/maintenance/new/", AGENT),
    Place("consultations-desk", "/admin/consultations/", AGENT),
    Place("consultation-desk", "/admin/consultations/1/", AGENT),
    Place("consultation-redaction", "/admin/consultations/1/redaction/", MANAGER),
    Place("requests-desk", "/admin/requests/", AGENT),
    Place("claim-desk", "/admin/requests/claims/2/", AGENT),
    Place("licences-desk", "/admin/contracts/contract/3/licences/", AGENT),
    Place("closures", "/admin/closures/", AGENT),
    Place("closing", "/admin/closures/new/", AGENT),
    Place("releases", "/admin/releases/", AGENT),
    Place("holidays", "/admin/holidays/", AGENT),
    Place("desk-people", "/admin/people/", MANAGER),
    Place("desk-person", "/admin/people/5/", AGENT),
    Place("escalation-roles", "/admin/escalations/", MANAGER),
    Place("ticket-team", "/admin/queue/{cameras}/team/", AGENT),
    Place("desk", "/admin/", MANAGER),
    Place("satisfaction", "/admin/satisfaction/", MANAGER),
    Place("release-new", "/admin/releases/new/", MANAGER),
    Place("publication", "/admin/releases/1/publication/", MANAGER),
    Place("release-desk", "/admin/releases/4/", MANAGER),
    Place("problems", "/problems/", NORA),
    Place("problem", "/problems/1/", NORA),
    Place("problems-desk", "/admin/problems/", AGENT),
    Place("problem-desk", "/admin/problems/1/", AGENT),
    Place("problem-new", "/admin/problems/new/", AGENT),
    Place("ticket-problems", "/admin/queue/{cameras}/problems/", AGENT),
    Place("ticket-fix", "/admin/queue/{cameras}/fix/", AGENT),
    Place("release-plan", "/admin/releases/1/plan/", MANAGER),
    Place("standing", "/admin/contracts/contract/1/standing/", MANAGER),
    Place("contracts", "/admin/contracts/contract/", MANAGER),
    Place("contract", "/admin/contracts/contract/1/change/", MANAGER),
    Place("customers", "/admin/contracts/customer/", MANAGER),
    Place("people", "/admin/contracts/user/", MANAGER),
    Place("person-new", "/admin/contracts/user/add/", MANAGER),
    Place("component", "/admin/contracts/component/1/change/", MANAGER),
    Place("environments-kept", "/admin/contracts/environment/", MANAGER),
    Place("environment", "/admin/contracts/environment/1/change/", MANAGER),
    Place("escalation", "/escalations/{escalation}/"),
    Place("ticket-escalated", "/tickets/{live}/", OMAR),
    Place("desk-ticket-escalated", "/admin/queue/{live}/", MANAGER),
    Place("desk-decline", "/admin/queue/{blank}/enhancement/", AGENT),
    Place("ticket-dates", "/tickets/{report}/", OMAR),
    Place("dates", "/tickets/{report}/dates/", OMAR),
    Place("severity-request", "/tickets/{pilot}/severity/", LI),
    Place("ticket-excluded", "/tickets/{freezes}/", LI),
    Place("ticket-declined", "/tickets/{byline}/", MILA),
    Place("dispute", "/tickets/{byline}/dispute/", MILA),
    Place("enhancements", "/enhancements/", MILA),
    Place("enhancement", "/enhancements/1/", MILA),
    Place("desk-ticket-dates", "/admin/queue/{report}/", AGENT),
    Place("desk-dates", "/admin/queue/{report}/dates/", AGENT),
    Place("desk-severity-request", "/admin/queue/{report}/severity/request/", AGENT),
    Place("desk-exclusion", "/admin/queue/{freezes}/exclusion/", AGENT),
    Place("desk-enhancements", "/admin/enhancements/", AGENT),
    Place("desk-enhancement", "/admin/enhancements/1/", AGENT),
    Place("ticket-mailed", "/tickets/{mailed}/", NORA),
    Place("ticket-mail", "/tickets/{mailed}/mails/2/", NORA),
    Place("inbox", "/admin/inbox/", AGENT),
    Place("inbox-all", "/admin/inbox/?show=all", AGENT),
    Place("inbox-none", "/admin/inbox/?show=refused", AGENT),
    Place("inbox-reply", "/admin/inbox/2/", AGENT),
    Place("inbox-unknown", "/admin/inbox/3/?q=nora", AGENT),
    Place("inbox-bounce", "/admin/inbox/4/", AGENT),
    Place("inbox-answer", "/admin/inbox/5/", AGENT),
    Place("contact-kept", "/admin/contracts/contact/1/change/", MANAGER),
    Place("version", "/admin/contracts/policyversion/1/change/", MANAGER),
    Place("publish", "/admin/contracts/policyversion/add/", MANAGER),
)


class Reader:
    """Somebody of the demo, or a visitor, in front of one page of a browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def sign_in(self, email: str) -> None:
        """With the password that everybody knows."""
        self.page.goto(f"{self.address}/account/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").click()

    def go(self, place: Place, numbers: dict[str, str]) -> int:
        """The status of the page at ``place``, which is then open."""
        status: int = self.page.goto(self.address + place.path.format(**numbers)).status
        return status


@contextmanager
def reading(browser: Browser, address: str, email: str = "", **browsing: Any) -> Iterator[Reader]:
    """A reader with a browser of their own, signed in unless they are a visitor."""
    context = browser.new_context(reduced_motion="reduce", **browsing)
    context.set_default_timeout(180_000)  # no measure of speed
    reader = Reader(context.new_page(), address)
    if email:
        reader.sign_in(email)
    try:
        yield reader
    finally:
        context.close()


def numbers_of(browser: Browser, address: str) -> dict[str, str]:
    """The numbers of ``TICKETS``, read from their readers' lists."""
    found = {}
    for email in {email for email, _ in TICKETS.values()}:
        with reading(browser, address, email) as reader:
            reader.page.goto(f"{address}/tickets/?show=all")
            for name, (owner, subject) in TICKETS.items():
                if owner == email:
                    link = reader.page.get_by_role("link", name=subject, exact=True)
                    found[name] = str(link.get_attribute("href")).split("/")[-2]
    return found


def escalation_mailed(mails: Path) -> str:
    """What the link of the demo's escalation ends with, from the mails that are kept as files in ``mails``.

    Waits until the mail is there; ``RuntimeError`` where it does not come.
    """
    deadline = time.monotonic() + MAIL_PATIENCE
    while time.monotonic() < deadline:
        for path in sorted(mails.glob("*.log")):
            if found := ESCALATION_LINK.search(path.read_text()):
                return found[1]
        time.sleep(0.5)
    raise RuntimeError(f"No mail of an escalation came into {mails}.")


def packed(picture: bytes) -> bytes:
    """The same PNG, its data compressed as far as it goes and anything but data left out."""
    signature, chunks = picture[:8], list(_chunks(picture))
    data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    kept = [(b"IHDR", chunks[0][1]), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b"")]
    return signature + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in kept
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12
