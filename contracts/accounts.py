"""How the account library behaves here: no sign-up of one's own; people come in by invitation."""

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from contracts.models import User
from contracts.services.passwords import change_password

logger = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """The account library's questions, answered for a portal by invitation only. Named in the settings."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This address and password do not belong together. Check both, or reset it.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, or reset the password.",
        "enter_current_password": "That is not your present password. Type it again, or reset it.",
        "incorrect_password": "That is not your password. Type it again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Through the verb, which tells the person in the same transaction."""
        change_password(user=user, password=password, at=timezone.now())

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: object, **kwargs: object
    ) -> None:
        """Nothing: the verbs write what people are told."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves but through the outbox; what the library wants to send is of pages not offered here."""
        logger.error("The account library wanted to send %s, which is not offered here.", template_prefix)
