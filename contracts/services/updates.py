"""How the agents of a customer get releases: by themselves, or by hand (VK5)."""

from datetime import datetime

from django.db import transaction

from contracts.models import Contact, Deployment, UpdateChoice, User
from contracts.models.products import UpdatePreference
from contracts.refusals import Refused


@transaction.atomic
def choose_updates(*, deployment: Deployment, preference: str, actor: User, at: datetime) -> Deployment:
    """Have releases of an agent installed automatically, or not; recorded with who chose it, and when.

    Any contact of the customer may choose, and staff whom one has asked. Refused for what is no agent. The same again
    changes nothing.
    """
    if preference not in UpdatePreference:
        raise Refused(
            f"{preference!r} is no way to get releases; choose one of the list.", field="preference"
        )
    deployment = Deployment.objects.select_for_update().get(pk=deployment.pk)
    _check_actor(deployment, actor)
    if not deployment.is_agent:
        raise Refused(f"{deployment.name} is no agent; only agents can install releases by themselves.")
    if deployment.update_preference == preference:
        return deployment
    deployment.update_preference = UpdatePreference(preference)
    deployment.save(update_fields=["update_preference"])
    UpdateChoice.objects.create(
        deployment=deployment, preference=deployment.update_preference, chosen_at=at, chosen_by=actor
    )
    return deployment


def _check_actor(deployment: Deployment, actor: User) -> None:
    is_theirs = Contact.objects.filter(user=actor, customer=deployment.customer_id).exists()
    if not actor.is_active or not (actor.is_staff or is_theirs):
        raise Refused("Only a contact of its customer may choose how an agent is updated.")
