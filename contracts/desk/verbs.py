"""The verbs on the page of a window or an outage, as data: each has its own address, one form, and one service.

A floor above may hand in a table of its own, in which a verb does more: ``contracts.desk.urls``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.desk.forms import (
    BeginForm,
    ChangeForm,
    CorrectForm,
    EndForm,
    FinishForm,
    MoveForm,
    ReasonForm,
    UpdateForm,
)
from contracts.desk.instants import ZonedForm
from contracts.models import MaintenanceWindow, Outage, User
from contracts.services import outages, windows

Thing = MaintenanceWindow | Outage


@dataclass(frozen=True, slots=True)
class Doing:
    """What a service is called with: on what, by whom, with what, when."""

    thing: Thing
    actor: User
    form: ZonedForm
    at: datetime

    @property
    def given(self) -> dict[str, Any]:
        """All that was typed, by the names of the verb's parameters, and the thing by its own."""
        name = "window" if isinstance(self.thing, MaintenanceWindow) else "outage"
        return {name: self.thing, **self.form.cleaned_data, "actor": self.actor, "at": self.at}


@dataclass(frozen=True, slots=True)
class VerbPage:
    """A verb: the noun of its address, its button, its form, its service, and what is told afterwards.

    ``offered`` says whether it can be done with a thing as it stands at an instant; one that ``is_main`` is what is to
    be done next, and stands in the middle of the page. ``look`` is the button, where there is one, that shows the page
    with what was typed and does nothing.
    """

    noun: str
    label: str
    form: type[ZonedForm]
    call: Callable[[Doing], object]
    done: str
    offered: Callable[[Any, datetime], bool]
    hint: str = ""
    is_main: bool = False
    look: str = ""


Table = Mapping[str, VerbPage]


def _is_coming(window: MaintenanceWindow, at: datetime) -> bool:
    return not window.is_over and window.start_at(at) is None


def _is_open(window: MaintenanceWindow, at: datetime) -> bool:
    return not window.is_over


def _has_begun(window: MaintenanceWindow, at: datetime) -> bool:
    return not window.is_over and window.start_at(at) is not None


def _is_running(outage: Outage, at: datetime) -> bool:
    return outage.is_running


def _stands(outage: Outage, at: datetime) -> bool:
    return outage.withdrawn_at is None


def _table(*pages: VerbPage) -> Table:
    return {page.noun: page for page in pages}


WINDOW_VERBS = _table(
    VerbPage(
        "beginning",
        "Say that it began",
        BeginForm,
        lambda doing: windows.begin_window(**doing.given),
        "It is known when the work began.",
        _is_open,
        "Without a word of yours it begins as planned.",
    ),
    VerbPage(
        "finish",
        "Finish",
        FinishForm,
        lambda doing: windows.finish_window(**doing.given),
        "The window is finished.",
        _has_begun,
        "Until you say so it is not over, and after its planned end it overruns. If nothing was done, finish it at its "
        "own start.",
        is_main=True,
    ),
    VerbPage(
        "times",
        "Move",
        MoveForm,
        lambda doing: windows.move_window(**doing.given),
        "The window is moved, and those whom it concerns are told.",
        _is_coming,
        "Its notice counts from now anew.",
        look="Show what is left then",
    ),
    VerbPage(
        "text",
        "Change",
        ChangeForm,
        lambda doing: windows.change_window(**doing.given),
        "The window is changed, and those whom it concerns are told.",
        _is_open,
    ),
    VerbPage(
        "cancellation",
        "Cancel the window",
        ReasonForm,
        lambda doing: windows.cancel_window(**doing.given),
        "The window is cancelled, and those whom it concerns are told.",
        _is_coming,
    ),
)
OUTAGE_VERBS = _table(
    VerbPage(
        "updates",
        "Send the update",
        UpdateForm,
        lambda doing: outages.update_outage(**doing.given),
        "The update is told to those whom it concerns.",
        _is_running,
        is_main=True,
    ),
    VerbPage(
        "end",
        "It is over",
        EndForm,
        lambda doing: outages.end_outage(**doing.given),
        "The outage is over, and those whom it concerns are told.",
        _is_running,
        is_main=True,
    ),
    VerbPage(
        "correction",
        "Correct",
        CorrectForm,
        lambda doing: outages.correct_outage(**doing.given),
        "The entry is corrected. What it said before stays below.",
        _stands,
    ),
    VerbPage(
        "withdrawal",
        "Withdraw",
        ReasonForm,
        lambda doing: outages.withdraw_outage(**doing.given),
        "The entry is withdrawn: nothing counts it any more.",
        _stands,
        "For what was entered by mistake. It stays on record.",
    ),
)
