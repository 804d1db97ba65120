"""From where a request comes, for limits on attempts."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_address(request: HttpRequest) -> str:
    """The client's address; behind proxies as many are believed as the settings say."""
    return str(get_adapter().get_client_ip(request))


def client_key(request: HttpRequest) -> str:
    """A name for the client that does not tell its address."""
    return salted_hmac("contracts.limit", client_address(request), algorithm="sha256").hexdigest()
