"""Signing in and out, and changing the password."""

import re
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from contracts.models import Contact, OutboxMessage, User
from contracts.services.people import disable_user, enable_user
from contracts.tests.factories import PASSWORD

LOGIN = "/account/login/"
CHANGE = "/account/password/change/"
NEW = "quieter than any harbour"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return client.post(LOGIN, {"login": email, "password": password, **more}).status_code


def is_signed_in(client: Client) -> bool:
    return client.get(CHANGE).status_code == 200


def test_a_contact_signs_in_by_email_and_password_however_the_address_is_typed(
    client: Client, contact: Contact
) -> None:
    assert sign_in(client, "Nora@Harbour.example") == 302
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "path", [LOGIN, "/account/password/reset/", "/account/password/reset/done/", "/account/signup/"]
)
def test_the_pages_of_visitors_show_themselves_in_our_frame(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert b"portal/portal.css" in answer.content
    assert b"<h1>" in answer.content


def test_nobody_makes_an_account_for_themselves(client: Client, db: None) -> None:
    client.post("/account/signup/", {"email": "eve@example.com", "password1": NEW, "password2": NEW})
    assert not User.objects.exists()


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(
    client: Client, contact: Contact
) -> None:
    known, unknown = (
        client.post(LOGIN, {"login": email, "password": "wrong"})
        for email in ("nora@harbour.example", "nobody@harbour.example")
    )
    assert known.status_code == unknown.status_code == 200
    assert plain(known.content, "nora") == plain(unknown.content, "nobody")
    assert b"do not belong together" in known.content


def plain(page: bytes, name: str) -> str:
    """The page without what differs from request to request anyway: the form's token and the address typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
    return text.replace(f"{name}@harbour.example", "")


@pytest.mark.parametrize(
    "email", ["nora@harbour.example", "nobody@harbour.example", "invited@harbour.example"]
)
def test_a_password_is_hashed_once_whether_or_not_the_address_is_known(
    email: str, client: Client, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("invited@harbour.example", None, name="Invited")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_in(client, email, "wrong")
    assert len(hashed) == 1


@pytest.mark.parametrize("email", ["nora@harbour.example", "nobody@harbour.example"])
def test_after_five_failures_an_address_must_wait_known_or_not(
    email: str, client: Client, contact: Contact
) -> None:
    for _ in range(5):
        sign_in(client, email, "wrong")
    answer = client.post(LOGIN, {"login": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert b"Too many attempts" in answer.content


def test_a_success_elsewhere_does_not_reset_the_count(
    client: Client, contact: Contact, stranger: Contact
) -> None:
    for _ in range(4):
        sign_in(client, contact.user.email, "wrong")
    sign_in(Client(), stranger.user.email)
    sign_in(client, contact.user.email, "wrong")
    assert sign_in(client, contact.user.email) == 200


def test_the_session_gets_another_id_when_somebody_signs_in(client: Client, contact: Contact) -> None:
    client.get(LOGIN)
    session = client.session
    session["before"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    sign_in(client, contact.user.email)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    assert not client.session.exists(session.session_key or "")


def test_staying_signed_in_is_a_choice(client: Client, contact: Contact) -> None:
    sign_in(client, contact.user.email)
    assert client.session.get_expire_at_browser_close()
    sign_in(other := Client(), contact.user.email, remember="on")
    assert not other.session.get_expire_at_browser_close()


def test_signing_out_takes_a_post(client: Client, contact: Contact) -> None:
    client.force_login(contact.user)
    assert b"Sign out" in client.get("/account/logout/").content
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_a_form_without_its_token_is_refused(contact: Contact) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, contact.user.email) == 403


def test_ending_somebodys_access_ends_their_sessions_at_once(
    client: Client, contact: Contact, manager: User, monday: datetime
) -> None:
    sign_in(client, contact.user.email)
    assert is_signed_in(client)
    disable_user(user=contact.user, actor=manager, at=monday)
    assert not is_signed_in(client)
    assert (
        client.post(LOGIN, {"login": contact.user.email, "password": PASSWORD})["Location"]
        == "/account/inactive/"
    )
    enable_user(user=contact.user, actor=manager, at=monday)
    assert sign_in(client, contact.user.email) == 302


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> bytes:
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again}).content


def test_a_changed_password_ends_the_other_sessions_and_is_told(client: Client, contact: Contact) -> None:
    sign_in(client, contact.user.email)
    sign_in(other := Client(), contact.user.email)
    change(client)
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(Client(), contact.user.email, NEW) == 302
    assert OutboxMessage.objects.get().kind == "password_changed"


def test_a_password_changes_only_for_who_knows_the_present_one(client: Client, contact: Contact) -> None:
    sign_in(client, contact.user.email)
    assert b"not your present password" in change(client, old="guessed")
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", "nora@harbour.example"])
def test_a_weak_password_is_refused_with_the_reason(weak: str, client: Client, contact: Contact) -> None:
    client.force_login(contact.user)
    page = change(client, new=weak, again=weak)
    assert b"invalid-feedback" in page
    contact.user.refresh_from_db()
    assert contact.user.check_password(PASSWORD)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(target: str, client: Client, contact: Contact) -> None:
    answer = client.post(LOGIN, {"login": contact.user.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


def test_the_library_keeps_no_addresses_of_its_own(client: Client, contact: Contact) -> None:
    sign_in(client, contact.user.email)
    change(client)
    client.post("/account/password/reset/", {"email": contact.user.email})
    assert not EmailAddress.objects.exists()


def test_an_empty_field_says_what_to_enter(client: Client, db: None) -> None:
    page = client.post(LOGIN, {"login": "", "password": ""}).content
    assert b"Enter your email address." in page
    assert b"Enter your password." in page
    assert b'aria-invalid="true"' in page
