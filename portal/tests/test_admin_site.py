"""The admin: entered by the one sign-in, and without the doors that the task queue's own pages would open."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from portal.admin_site import PortalAdminSite
from portal.models import JobRun


def test_the_admin_is_our_own_site() -> None:
    assert isinstance(admin.site._wrapped, PortalAdminSite)  # type: ignore[attr-defined]  # the stubs do not know it


def test_nobody_can_schedule_a_function_of_their_choice_or_unpack_a_result() -> None:
    assert not any(admin.site.is_registered(model) for model in apps.get_app_config("django_q").get_models())


@pytest.mark.django_db
def test_recurring_jobs_are_there_to_look_at(admin_client: Client) -> None:
    JobRun.objects.create(name="heartbeat", due_at=timezone.now())
    answer = admin_client.get("/admin/portal/jobrun/")
    assert b"heartbeat" in answer.content
    assert admin_client.get("/admin/portal/jobrun/add/").status_code == 403


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_one_sign_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/login/")


@pytest.mark.django_db
def test_a_password_posted_to_the_admin_signs_nobody_in(client: Client) -> None:
    get_user_model()._default_manager.create_superuser(email="root@vendor.example", password="a-long-word")
    answer = client.post("/admin/login/", {"username": "root@vendor.example", "password": "a-long-word"})
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_who_is_not_staff_is_turned_away(client: Client) -> None:
    person = get_user_model()._default_manager.create_user(email="dana@customer.example")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/login/").status_code == 403


@pytest.mark.django_db
def test_nobody_changes_their_own_address(client: Client) -> None:
    assert client.get("/account/email/").status_code == 404
    assert (
        client.post("/account/email/", {"email": "other@customer.example", "action_add": ""}).status_code
        == 404
    )
