"""A window that is changed to concern fewer: those whom it leaves out are told, and nothing that they may not know."""

from email.message import EmailMessage

import pytest
from icalendar import Calendar

from contracts.models import Component, Contact, Contract, MaintenanceWindow, Subscription
from contracts.outbox.announcements import draw
from contracts.outbox.delivery import deliver
from contracts.services.windows import cancel_window, change_window
from contracts.tests.factories import ComponentFactory, ContractFactory, DeploymentFactory
from contracts.tests.mail_servers import PaperServer
from contracts.tests.upkeep.making import AT, HOUR, announced

pytestmark = pytest.mark.django_db
NORA, STAN, VERA = "nora@harbour.example", "stan@meridian.example", "vera@visitor.example"


@pytest.fixture
def vault(stranger: Contact) -> Component:
    """Another product's, which Stan's customer has under contract."""
    vault = ComponentFactory.create(name="Vault")
    runs = DeploymentFactory.create(customer=stranger.customer, product=vault.product)
    ContractFactory.create(customer=stranger.customer, deployments=[runs])
    return vault


def changed(window: MaintenanceWindow, *components: Component) -> MaintenanceWindow:
    return change_window(
        window=window,
        title="Work at a customer of ours",
        reason="x",
        components=components,
        interrupts=True,
        actor=None,
        at=AT + HOUR,
    )


def heading(mail: EmailMessage) -> str:
    """What the subject begins with; a long one is folded."""
    return str(mail["Subject"]).partition(":")[0].strip()


@pytest.mark.parametrize("at_once", [False, True], ids=["told before", "cancelled at once"])
def test_who_is_left_out_is_told_so_once_and_the_entry_is_taken_back(
    at_once: bool,
    component: Component,
    vault: Component,
    contract: Contract,
    contact: Contact,
    mail_server: type[PaperServer],
) -> None:
    seen = Subscription.objects.create(email=VERA, to_all=False, confirmed_at=AT)
    seen.components.set([vault])
    window = announced(component, components=[component, vault])
    draw(AT)
    window = changed(window, component)
    if not at_once:
        draw(AT + HOUR)
    cancel_window(window=window, reason="Not needed", actor=None, at=AT + 2 * HOUR)
    draw(AT + 2 * HOUR)
    deliver(AT + 2 * HOUR)
    subjects = {
        name: [heading(mail) for mail in mail_server.taken if mail["To"] == name]
        for name in (NORA, STAN, VERA)
    }
    no_more = ["Maintenance", "Maintenance that no longer concerns you"]
    assert subjects == {
        NORA: ["Maintenance", *([] if at_once else ["Maintenance changed"]), "Maintenance cancelled"],
        STAN: no_more,
        VERA: no_more,
    }
    for mail in mail_server.taken:
        if mail["To"] in {STAN, VERA} and "no longer" in mail["Subject"]:
            part = mail.get_body(("plain",))
            assert part is not None
            text = str(part.get_content())
            assert "Database upgrade" in text
            assert f"- {vault}" in text
            assert "they go on working" in text
            assert "customer of ours" not in str(mail), "what it says now is not theirs to know"
            (part,) = mail.iter_attachments()
            (entry,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
            assert part.get_param("method") == "CANCEL"
            assert (str(entry["UID"]), entry["SEQUENCE"], entry["STATUS"]) == (
                str(window.uid),
                1,
                "CANCELLED",
            )


def test_who_is_still_concerned_by_another_component_is_told_of_the_change_alone(
    component: Component,
    contract: Contract,
    contact: Contact,
    mail_server: type[PaperServer],
) -> None:
    api = ComponentFactory.create(product=component.product, name="API", slug="api")
    changed(announced(component, components=[component, api]), component)
    draw(AT + HOUR)
    deliver(AT + HOUR)
    subjects = [heading(mail) for mail in mail_server.taken]
    assert subjects == ["Maintenance", "Maintenance changed"]
