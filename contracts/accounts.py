"""How the account library behaves here: no sign-up of one's own; people come in by invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """The account library's questions, answered for a portal by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
