"""What staff may do: two groups, and what each may see and change in the admin."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet

from contracts.models import (
    Absence,
    Announcement,
    BouncedAddress,
    Closure,
    Component,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Deployment,
    Environment,
    EscalationRole,
    Holiday,
    Knowledge,
    Licence,
    LicenceClaim,
    MaintenanceWindow,
    OnCall,
    Outage,
    OutboxMessage,
    PolicyVersion,
    Product,
    Release,
    StandingChange,
    Team,
    TeamRequest,
    User,
)

AGENTS = "agents"
MANAGERS = "managers"
SEES, ADDS, CHANGES = "view", "add", "change"
Rights = Mapping[type[Model], Iterable[str]]

ALL = (SEES, ADDS, CHANGES)
# Agents answer tickets: they shut the desk on the day, say what is down and
# what will be, and keep people and deployments in step with the customer.
RIGHTS: Mapping[str, Rights] = {
    AGENTS: {
        Announcement: (SEES,),
        BouncedAddress: (SEES, CHANGES),
        Closure: ALL,
        Component: (SEES,),
        Contact: ALL,
        Contract: (SEES,),
        Customer: (SEES,),
        CustomerDomain: (SEES,),
        Deployment: ALL,
        Environment: ALL,
        Holiday: (SEES,),
        Licence: ALL,
        LicenceClaim: (SEES, CHANGES),
        MaintenanceWindow: ALL,
        Outage: ALL,
        OutboxMessage: (SEES,),
        PolicyVersion: (SEES,),
        Product: (SEES,),
        Release: (SEES,),
        StandingChange: (SEES,),
        Absence: (SEES,),
        EscalationRole: (SEES,),
        Knowledge: (SEES,),
        OnCall: (SEES,),
        Team: (SEES,),
        TeamRequest: (SEES, CHANGES),
    },
    MANAGERS: {
        Announcement: (SEES,),
        BouncedAddress: (SEES, CHANGES),
        Closure: ALL,
        Component: ALL,
        Contact: ALL,
        Contract: ALL,
        Customer: ALL,
        CustomerDomain: ALL,
        Deployment: ALL,
        Environment: ALL,
        Holiday: (SEES, CHANGES),
        Licence: ALL,
        LicenceClaim: (SEES, CHANGES),
        MaintenanceWindow: ALL,
        Outage: ALL,
        OutboxMessage: (SEES,),
        PolicyVersion: (SEES, ADDS),
        Product: ALL,
        Release: ALL,
        StandingChange: (SEES, ADDS),
        TeamRequest: (SEES, CHANGES),
        User: ALL,
        Absence: ALL,
        EscalationRole: (SEES, CHANGES),
        Knowledge: ALL,
        OnCall: ALL,
        Team: ALL,
    },
}


@transaction.atomic
def ensure_staff_groups(*more: Mapping[str, Rights]) -> None:
    """Make the groups and give them their rights; to be called after every migration.

    ``more`` are the rights that the floors above have to give, in the form of ``RIGHTS``. What
    somebody has given a group besides stays.
    """
    for rights_of in (RIGHTS, *more):
        for name, rights in rights_of.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.add(*_permissions(rights))


def _permissions(rights: Rights) -> QuerySet[Permission]:
    """What ``rights`` come to. An action's codename ends in its model's name, so no model gets another's."""
    kinds = ContentType.objects.get_for_models(*rights)
    names = {f"{action}_{kinds[model].model}" for model, actions in rights.items() for action in actions}
    return Permission.objects.filter(content_type__in=kinds.values(), codename__in=names)
