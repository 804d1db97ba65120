"""What the tests of the contact's pages share: signing in, filling in the form, reading an answer."""

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from contracts.models import Contract, Deployment, User
from contracts.tests.factories import published

FORM = {
    "request_type": "incident",
    "subject": "Headsets lose the session",
    "text": "After ten minutes everybody is signed out.",
    "steps": "Sign in and wait.",
    "effect": "Nobody can work.",
    "affected": "everyone",
    "workaround": "no",
    "severity": "P2",
}


def client_of(user: User) -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def words(response: Any) -> str:
    """The text of a page as one reads it: without tags, white space as single spaces."""
    body = response.content.decode()
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
    return re.sub(r" (?=[,.;:])", "", text)


def form_address(deployment: Deployment) -> str:
    return f"/tickets/new/?deployment={deployment.pk}"


def key_on(page: Any) -> str:
    """The submission key that the form carries."""
    found = re.search(r'name="submission_key" value="([^"]+)"', page.content.decode())
    assert found
    return unescape(found[1])


def filled_in(client: Client, deployment: Deployment, **changed: Any) -> dict[str, Any]:
    """The form of ``deployment`` as a browser would send it."""
    return {**FORM, "submission_key": key_on(client.get(form_address(deployment))), **changed}


def send(client: Client, deployment: Deployment, **changed: Any) -> HttpResponse:
    """Opens the form, fills it in and sends it."""
    data = filled_in(client, deployment, **changed)
    response = client.post(form_address(deployment), data)
    assert isinstance(response, HttpResponse)
    return response


def put_under(contract: Contract, slug: str, tier: str = "standard") -> None:
    """Puts the contract under another of the three policies."""
    contract.policy_version = published(slug)
    contract.tier = tier
    contract.save()


def text_file(
    name: str = "log.txt", content: bytes = b"06:12 certificate not yet valid\n"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")
