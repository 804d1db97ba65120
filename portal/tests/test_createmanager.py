"""The first manager."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def create(
    monkeypatch: pytest.MonkeyPatch, *, email: str = "mia@vendor.example", password: str = PASSWORD
) -> str:
    monkeypatch.setattr("sys.stdin", StringIO(password + "\n"))
    out = StringIO()
    call_command("createmanager", email=email, name="Mia", password_from_stdin=True, stdout=out)
    return out.getvalue()


def test_a_manager_signs_in_to_the_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(monkeypatch) == "Mia <mia@vendor.example> may now sign in as a manager.\n"
    person = get_user_model()._default_manager.get(email="mia@vendor.example")
    assert person.is_staff
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("email", "says"), [("mia", "is not an email address"), ("", "is not an email address")]
)
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, email: str, says: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")
    with pytest.raises(CommandError, match=says):
        create(monkeypatch, email=email)


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", ""])
def test_a_password_that_is_easily_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    with pytest.raises(CommandError, match=r"password|Password"):
        create(monkeypatch, password=password)
    assert not get_user_model()._default_manager.exists()


def test_an_address_that_is_taken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch)
    with pytest.raises(CommandError, match="known here already"):
        create(monkeypatch, email="MIA@vendor.example")


def test_without_a_terminal_it_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with pytest.raises(CommandError, match="--password-from-stdin"):
        call_command("createmanager")


def test_two_passwords_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["one-long-password", "another-long-password"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("createmanager", email="mia@vendor.example", name="Mia")
