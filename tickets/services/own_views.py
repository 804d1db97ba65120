"""A member of staff's own views of the queue: kept, renamed, begun with, thrown away. No fact of any ticket."""

from django.db import IntegrityError, transaction

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import SavedView
from tickets.services.changing import require_staff

MOST = 30
LONGEST_NAME = 40
TAKEN = "You have a view of that name. Choose another one."


def keep_view(*, owner: User, name: str, query: str, is_start: bool = False) -> SavedView:
    """A part of the queue, kept under ``name``; ``query`` is its canonical query string without the mark before it."""
    require_staff(owner)
    name = _name(name)
    try:
        with transaction.atomic():
            if SavedView.objects.filter(owner=owner).count() >= MOST:
                raise Refused(f"You have {MOST} views already. Delete one first.")
            view = SavedView.objects.create(owner=owner, name=name, query=query)
            if is_start:
                _begin_with(view)
    except IntegrityError:
        raise Refused(TAKEN, field="name") from None
    return view


def rename_view(*, view: SavedView, name: str) -> SavedView:
    """Another name for a view."""
    view.name = _name(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        raise Refused(TAKEN, field="name") from None
    return view


def begin_with(*, view: SavedView, is_start: bool) -> SavedView:
    """Whether the queue opens with this view."""
    with transaction.atomic():
        SavedView.objects.filter(owner=view.owner_id, is_start=True).update(is_start=False)
        if is_start:
            _begin_with(view)
    view.is_start = is_start
    return view


def delete_view(*, view: SavedView) -> None:
    """Throw a view away."""
    view.delete()


def _begin_with(view: SavedView) -> None:
    SavedView.objects.filter(owner=view.owner_id, is_start=True).update(is_start=False)
    SavedView.objects.filter(pk=view.pk).update(is_start=True)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the view a name.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name has {LONGEST_NAME} characters at most.", field="name")
    return name
