"""The page on which a policy is published."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracts.models import PolicyVersion, User
from contracts.tests.admin.pages import inline
from contracts.tests.factories import policy_text, published

ATHEER = policy_text("atheer")
LATER = ATHEER.replace("effective_from = 2023-08-05", "effective_from = 2027-01-01")


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    """The browser of a manager."""
    client.force_login(manager)
    return client


def send(desk: Client, **typed: Any) -> Any:
    return desk.post(reverse("admin:contracts_policyversion_add"), typed)


def mark(page: Any) -> str:
    """The page's own word for the text that was looked at."""
    return str(page.context["form"].initial["previewed"])


def test_a_text_is_looked_at_and_then_published(desk: Client, manager: User) -> None:
    page = send(desk, text=ATHEER.replace("\n", "\r\n"), look="1")
    assert inline(page) == []
    assert not PolicyVersion.objects.exists(), "looking publishes nothing"

    answer = send(desk, text=ATHEER.replace("\n", "\r\n"), previewed=mark(page), publish="1")

    version = PolicyVersion.objects.get()
    assert (version.text, version.published_by) == (ATHEER, manager)
    assert answer.url == reverse("admin:contracts_policyversion_change", args=[version.pk])


def test_a_file_is_looked_at_and_its_text_stays_in_the_page(desk: Client) -> None:
    file = SimpleUploadedFile("atheer.toml", ATHEER.encode())

    page = send(desk, file=file, look="1")

    assert page.context["form"].initial["text"] == ATHEER
    assert "Publish this version" in page.content.decode()


def test_the_first_look_names_this_years_holidays(desk: Client) -> None:
    with time_machine.travel("2026-11-23T18:00:00Z"):
        page = send(desk, text=ATHEER, look="1").content.decode()

    assert "Holidays of 2026" in page
    assert "Thanksgiving Day" in page
    assert "This is the first version of atheer." in page


def test_every_fault_is_listed_with_what_may_stand_there(desk: Client) -> None:
    broken = ATHEER.replace('business_day = "8 hours"', 'business_day = "8 days"').replace(
        'slug = "atheer"', 'slug = "at <b>"'
    )

    page = send(desk, text=broken, look="1")

    assert [fault.path for fault in page.context["step"].faults] == ["policy.slug", "hours.business_day"]
    shown = page.content.decode()
    assert "2 faults" in shown
    assert "at &lt;b&gt;" in shown
    assert "<b>" not in shown
    assert "Publish this version" not in shown
    assert page.context["form"].initial["text"] == broken


@pytest.mark.parametrize("content", [b"\xff\xfe", b"no toml at all"])
def test_a_file_that_is_no_policy_is_a_fault(desk: Client, content: bytes) -> None:
    page = send(desk, file=SimpleUploadedFile("x.toml", content), look="1")

    assert page.context["step"].faults[0].path == "(file)"


def test_what_differs_from_the_version_before_is_shown(desk: Client) -> None:
    published("atheer")

    page = send(desk, text=LATER.replace("within 4 business hours", "within 2 business hours"), look="1")

    differences = [str(difference) for difference in page.context["preview"].differences]
    assert "severities.P1.response: within 4 business hours → within 2 business hours" in differences
    assert "within 2 business hours" in page.content.decode()


def test_a_text_that_cannot_follow_the_version_before_has_no_button(desk: Client) -> None:
    published("atheer")

    page = send(desk, text=ATHEER, look="1").content.decode()

    assert "published already" in page
    assert "Publish this version" not in page


def test_a_text_that_was_changed_since_the_look_is_shown_again(desk: Client) -> None:
    page = send(desk, text=ATHEER, look="1")

    answer = send(
        desk, text=ATHEER.replace("4 business hours", "9 business hours"), previewed=mark(page), publish="1"
    )

    assert not PolicyVersion.objects.exists()
    assert "The text has changed" in answer.content.decode()
    assert "within 9 business hours" in answer.content.decode()


def test_publishing_without_a_look_shows_it_first(desk: Client) -> None:
    assert send(desk, text=ATHEER, publish="1").status_code == 200
    assert not PolicyVersion.objects.exists()


def test_an_agent_publishes_nothing(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert send(client, text=ATHEER, publish="1").status_code == 403


def test_a_published_version_is_looked_at_and_never_changed(desk: Client) -> None:
    version = published("atheer")
    address = reverse("admin:contracts_policyversion_change", args=[version.pk])

    page = desk.get(address).content.decode()
    assert "The text that was published" in page
    assert "4 business hours" in page

    desk.post(address, {"text": LATER, "title": "X"})
    version.refresh_from_db()
    assert (version.text, version.title) == (ATHEER, "Atheer Technical Support")


def test_the_version_page_says_where_the_holidays_package_has_changed(desk: Client) -> None:
    version = published("atheer")
    version.holidays.filter(day="2030-12-25").delete()

    page = desk.get(reverse("admin:contracts_policyversion_change", args=[version.pk])).content.decode()

    assert "2030-12-25: no holiday → Christmas Day" in page
