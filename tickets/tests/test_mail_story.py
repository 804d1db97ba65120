"""What staff see of the mails about a ticket, and of an address that bounced."""

from datetime import datetime, timedelta

import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.models import Contact, OutboxMessage, User
from contracts.outbox import writing
from contracts.outbox.delivery import deliver
from contracts.outbox.digests import gather
from contracts.services.bounces import mark_bounced
from contracts.services.mail_wishes import choose_mails
from contracts.tests.mail_servers import PaperServer
from contracts.tests.test_outbox_delivery import FOR_GOOD, TRANSIENT
from tickets.mail_story import mails_about
from tickets.services.conversation import ask_customer, reply_as_staff
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import words

HOUR = timedelta(hours=1)


def test_staff_see_what_was_sent_to_whom_and_what_became_of_it(
    file: File,
    contact: Contact,
    agent: User,
    mail_server: type[PaperServer],
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ticket = file()
    deliver(monday)
    choose_mails(user=contact.user, wishes={"answers": "hourly"}, actor=contact.user, at=monday)
    reply_as_staff(ticket=ticket, actor=agent, text="Try this.", at=monday)
    deliver(monday)
    choose_mails(user=agent, wishes={"customer_reply": "off"}, actor=agent, at=monday)
    for number, kind in enumerate(("customer_reply", "assignment", "miss")):
        said = {"ticket": ticket, "text": "-"}
        writing.write(
            kind=kind, to=agent, at=monday, context=said, key=f"{number}", ticket_number=ticket.number
        )
    mail_server.faults.extend([TRANSIENT[0], FOR_GOOD[1]])
    deliver(monday)
    with django_assert_num_queries(1):
        found = {mail.kind: mail for mail in mails_about(ticket)}
    outcomes = {kind: f"{mail.outcome} {mail.then}".strip() for kind, mail in found.items()}
    assert outcomes == {
        "receipt": "sent",
        "new ticket": "sent",
        "reply": "waiting for the digest of",
        "customer's reply": "turned off by the reader",
        "assignment": "failed once next attempt",
        "missed promise": "given up",
    }
    assert found["reply"].when == monday.replace(hour=19)
    assert "TimeoutError" in found["assignment"].detail
    assert (found["receipt"].name, found["receipt"].when) == ("Nora Quay", monday)

    gather(monday + HOUR)
    deliver(monday + HOUR)
    (mail,) = [mail for mail in mails_about(ticket) if mail.kind == "reply"]
    assert (mail.outcome, mail.then) == ("sent", "in a digest")
    page = words(desk_of(agent).get(reverse("admin:ticket_mail", args=[ticket.number])))
    assert "turned off by the reader" in page
    assert "SMTPDataError" in page


def test_the_ticket_and_the_contacts_page_say_that_mail_bounced(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    browser, address = desk_of(agent), reverse("admin:ticket", args=[ticket.number])
    assert "bounced" not in words(browser.get(address))
    mark_bounced(address=contact.user.email, status="5.1.1", diagnostic="no such user", at=monday)
    assert "Mail to nora@harbour.example bounced on" in words(browser.get(address))
    listed = words(browser.get(reverse("admin:ticket_mail", args=[ticket.number])))
    assert "bounced on" in listed
    shown = browser.get(reverse("admin:contracts_contact_change", args=[contact.pk]))
    assert "bounced on Monday, 23 Nov 2026: no such user" in words(shown)


def test_the_demo_shows_mails_in_a_frame_that_can_do_nothing_and_no_link_that_opens_a_door(
    file: File, contact: Contact, agent: User, settings: Settings, monday: datetime
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which <b>build</b>?", at=monday)
    secret = writing.write_secret(kind="password_reset", to=contact.user, at=monday, key="reset")
    mail = OutboxMessage.objects.get(kind="question")
    browser = desk_of(agent)
    assert browser.get("/admin/mails/").status_code == 404
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    with time_machine.travel(monday, tick=False):
        listed = browser.get("/admin/mails/")
        assert f'href="/admin/mails/{mail.pk}/"' in listed.content.decode()
        assert f'href="/admin/mails/{secret.pk}/"' not in listed.content.decode()
        shown = browser.get(f"/admin/mails/{mail.pk}/").content.decode()
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
        body = browser.get(f"/admin/mails/{mail.pk}/body/")
        assert "Which &lt;b&gt;build&lt;/b&gt;?" in body.content.decode()
        assert body["X-Frame-Options"] == "SAMEORIGIN"
        assert "sandbox" in body["Content-Security-Policy"]
        assert "script-src" not in body["Content-Security-Policy"]
        assert browser.get(f"/admin/mails/{secret.pk}/body/").status_code == 404
        assert "is not shown" in words(browser.get(f"/admin/mails/{secret.pk}/"))
    assert "Mails of the demo" in words(browser.get("/admin/"))
