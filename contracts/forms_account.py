"""The forms of the account pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as LibraryChangePasswordForm
from allauth.account.forms import LoginForm as LibraryLoginForm
from allauth.account.forms import ResetPasswordKeyForm as LibraryResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.http import HttpRequest
from django.utils import timezone

from contracts.models import User
from contracts.services.passwords import ask_reset

# What is said at a field that was left empty.
WANTED = {
    "login": "your email address",
    "email": "your email address",
    "password": "your password",
    "oldpassword": "your present password",
    "password1": "a new password",
    "password2": "the new password once more",
    "again": "the password once more",
}


def password_rules() -> str:
    """What a new password must be, as one line; the validators say the rest when one fails."""
    lengths = [
        rule.min_length
        for rule in get_default_password_validators()
        if isinstance(rule, MinimumLengthValidator)
    ]
    least = f"At least {max(lengths)} characters; not" if lengths else "Not"
    return f"{least} a common password, not only digits, and not like your name or address."


def _dress(form: forms.Form) -> None:
    """Gives the fields the look of all our forms. No placeholders: a label says it, and does not go when one types."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        is_box = isinstance(field.widget, forms.CheckboxInput)
        field.widget.attrs["class"] = "form-check-input" if is_box else "form-control"
        if name in WANTED:
            field.error_messages["required"] = f"Enter {WANTED[name]}."


class SignInForm(LibraryLoginForm):  # type: ignore[misc]  # the library has no types
    """Email and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As the library's, in our words."""
        super().__init__(*args, **kwargs)
        _dress(self)
        self.fields["login"].label = "Email"
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["password"].help_text = ""
        self.fields["remember"].label = "Stay signed in on this device"


class AskResetForm(forms.Form):
    """The address to which a reset link goes."""

    email = forms.EmailField(
        max_length=254, widget=forms.EmailInput({"autocomplete": "email", "autofocus": True})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """In our look."""
        super().__init__(*args, **kwargs)
        _dress(self)

    def save(self, request: HttpRequest, **kwargs: object) -> str:
        """Asks for the link; nothing here tells whether the address is known."""
        email: str = self.cleaned_data["email"]
        ask_reset(email=email, at=timezone.now())
        return email


class ChangePasswordForm(LibraryChangePasswordForm):  # type: ignore[misc]  # the library has no types
    """The present password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As the library's, in our words."""
        super().__init__(*args, **kwargs)
        _dress(self)
        self.fields["oldpassword"].label = "Present password"
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = password_rules()
        self.fields["password2"].label = "New password, once more"


class ChooseNewPasswordForm(LibraryResetPasswordKeyForm):  # type: ignore[misc]  # the library has no types
    """The new password, twice, for who came by a reset link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As the library's, in our words."""
        super().__init__(*args, **kwargs)
        _dress(self)
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = password_rules()
        self.fields["password2"].label = "New password, once more"


class AcceptInvitationForm(forms.Form):
    """The first password, twice."""

    password = forms.CharField(strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))
    again = forms.CharField(
        label="Password, once more", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """``user`` is who accepts: a password must not resemble their name or address."""
        super().__init__(*args, **kwargs)
        self.user = user
        _dress(self)
        self.fields["password"].help_text = password_rules()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both the same; the message stands at the second."""
        cleaned = super().clean() or {}
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords differ. Type the same one twice.")
        return cleaned
