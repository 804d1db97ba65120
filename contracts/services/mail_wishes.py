"""How people want their mails: at once, in a digest, or not at all."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracts.models import MailWish, OutboxMessage, User
from contracts.models.mail_wishes import How
from contracts.opt_out_links import DIGEST, MAINTENANCE
from contracts.outbox.kinds import groups_for
from contracts.outbox.models import DeliveryStatus
from contracts.refusals import Refused
from contracts.services.subscriptions import choose_mail


@transaction.atomic
def choose_mails(*, user: User, wishes: Mapping[str, str], actor: User, at: datetime) -> list[MailWish]:
    """Mail ``user`` as ``wishes`` says, how by group; what it does not name comes at once. Replaces what was chosen.

    What waits in a digest is judged anew, so that nothing is lost with it. Refused to everybody but themselves.
    """
    if actor.pk != user.pk:
        raise Refused("Everybody chooses their own mails.")
    groups = {group.name: group for group in groups_for(is_staff=user.is_staff)}
    for name, how in wishes.items():
        if name not in groups or how not in How.values:
            raise Refused("There are no such mails; choose from the list.", field=name)
        if how != How.OFF and not groups[name].may_wait:
            raise Refused(f"{groups[name].label} do not wait for a digest; choose another.", field=name)
    return _replace(user, wishes, at)


@transaction.atomic
def stop_mails(*, user: User, group: str, at: datetime) -> None:
    """Mail ``user`` no more of ``group``, as the link in a mail asks; again, it changes nothing.

    ``digest`` stops all that comes in one, ``maintenance`` windows and outages. A group that is no more stops nothing.
    """
    if group == MAINTENANCE:
        choose_mail(user=user, stops=True, actor=user, at=at)
        return
    User.objects.select_for_update().get(pk=user.pk)
    stored = {wish.kind: wish.how for wish in user.mail_wishes.all()}
    known = {each.name for each in groups_for(is_staff=user.is_staff)}
    stopped = {name for name, how in stored.items() if how != How.OFF} if group == DIGEST else {group} & known
    _replace(user, stored | dict.fromkeys(stopped, How.OFF.value), at)


def _replace(user: User, wishes: Mapping[str, str], at: datetime) -> list[MailWish]:
    User.objects.select_for_update().get(pk=user.pk)
    user.mail_wishes.all().delete()
    made = [MailWish(user=user, kind=name, how=how) for name, how in sorted(wishes.items())]
    waiting = OutboxMessage.objects.filter(user=user, status=DeliveryStatus.IN_DIGEST)
    waiting.update(status=DeliveryStatus.QUEUED, not_before=at)
    return MailWish.objects.bulk_create(made)
