"""
Links that open a door: a password reset, an invitation. Made when the mail is sent, read when somebody comes.

Each is signed, is bound to the address that it went to, ends after LINK_HOURS, and opens once: what it signs includes
the state of the password, and that changes when the link is used.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from contracts.models.people import User

SIGNER = signing.Signer(salt="contracts.invitation", sep=".")


class ResetTokens(PasswordResetTokenGenerator):
    """The tokens of reset links; they end with the person's access, too. Named in the settings."""

    def __init__(self, at: datetime | None = None) -> None:
        """``at`` is the instant at which tokens are made; without it, the present one."""
        super().__init__()
        self.at = at

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"

    def _now(self) -> datetime:
        return self.at.astimezone(UTC).replace(tzinfo=None) if self.at else super()._now()


def reset_link(user: User, *, at: datetime) -> str:
    """The address of the page on which ``user`` chooses a new password."""
    token = ResetTokens(at).make_token(user)
    return absolute("account_reset_password_from_key", uidb36=user_pk_to_url_str(user), key=token)


def invitation_link(user: User, *, at: datetime) -> str:
    """The address of the page on which ``user`` accepts their invitation."""
    return absolute("accept_invitation", token=invitation_token(user, at=at))


def invitation_token(user: User, *, at: datetime) -> str:
    """Names the user; good until LINK_HOURS after ``at``, for the password and the address as they are."""
    until = at + timedelta(hours=settings.LINK_HOURS)
    return SIGNER.sign_object({"user": user.pk, "state": _state(user), "until": int(until.timestamp())})


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation's token says: for whom it is, and whether its time is over."""

    user: User
    is_over: bool


def read_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that ``token`` stands for; None when it was forged, used, or its user changed or was disabled."""
    try:
        said = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or not constant_time_compare(said["state"], _state(user)):
        return None
    return Invitation(user=user, is_over=at.timestamp() >= said["until"])


def absolute(name: str, **arguments: str) -> str:
    """The full address of a page; its host comes from the settings, never from a request."""
    return f"{settings.SITE_URL}{reverse(name, kwargs=arguments)}"


def _state(user: User) -> str:
    return salted_hmac(
        "contracts.invitation.state", f"{user.password}|{user.email}", algorithm="sha256"
    ).hexdigest()[:32]
