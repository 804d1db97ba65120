"""What every answer carries."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from contracts.models import User
from portal.middleware import NoStoreMiddleware, same_for_everyone
from tickets.tests.pages import client_of


def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Cache-Control": "public, max-age=60"})


def ask(view: object, factory: RequestFactory, cookie: str = "") -> HttpResponse:
    request = factory.get("/")
    if cookie:
        request.COOKIES[cookie] = "x"
    return NoStoreMiddleware(view)(request)  # type: ignore[arg-type]  # a view of the test's own


def test_what_a_signed_in_person_sees_is_kept_nowhere(rf: RequestFactory, settings: Settings) -> None:
    answer = ask(public, rf, settings.SESSION_COOKIE_NAME)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_a_visitor_sees_may_be_kept(rf: RequestFactory) -> None:
    assert ask(public, rf).headers["Cache-Control"] == "public, max-age=60"


def test_what_is_the_same_for_everyone_may_be_kept(rf: RequestFactory, settings: Settings) -> None:
    answer = ask(same_for_everyone(public), rf, settings.SESSION_COOKIE_NAME)
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ],
)
def test_every_answer_carries_the_header(client: Client, header: str, value: str) -> None:
    for path in ("/healthz", "/account/login/", "/admin/", "/no/such/page/"):
        assert client.get(path).headers[header] == value


@pytest.mark.django_db
def test_every_answer_carries_the_content_policy(client: Client) -> None:
    for path in ("/healthz", "/account/login/", "/admin/login/", "/no/such/page/"):
        assert "script-src 'self';" in client.get(path).headers["Content-Security-Policy"] + ";"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/kb/files/1/a%00b",
        "/releases/atheer/1.0%00/",
        "/admin/queue/VK-1%00/",
        "/tickets/new/?follows=%00",
        "/consultations/new/?ticket=%00",
    ],
)
def test_what_postgresql_cannot_look_for_is_nowhere(agent: User, path: str) -> None:
    assert client_of(agent).get(path).status_code == 404
