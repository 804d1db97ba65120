"""The page of one window or outage: how it stands, what can be done, what was done; and doing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from contracts.causes import known_causes
from contracts.desk.history import history_of
from contracts.desk.instants import ZonedForm
from contracts.desk.verbs import Doing, Table, Thing, VerbPage
from contracts.desk_pages import OVERTAKEN, REFUSED, actor_of, framed, zone_of
from contracts.models import MaintenanceWindow, Outage
from contracts.outlook import outlook
from contracts.phrasing import UTC_ZONE
from contracts.refusals import Refused
from contracts.upkeep_record import Overtaken
from contracts.verb_forms import show_refusal


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb on the page: its address, its form, and whether it stands open."""

    page: VerbPage
    url: str
    form: ZonedForm
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """Windows or outages: how one is found, its template, and its verbs."""

    name: str
    template: str
    find: Callable[[int], Thing | None]
    verbs: Table
    about: Callable[[Any, datetime, Mapping[str, Any]], dict[str, Any]]

    def get(self, pk: int) -> Thing:
        """The thing. Raises ``Http404``."""
        found = self.find(pk)
        if found is None:
            raise Http404(f"There is no such {self.name}.")
        return found


@dataclass(slots=True)
class Desk:
    """All that the page of one thing is made of. ``tried`` is a verb that was sent and not done, with its form."""

    kind: Kind
    thing: Thing
    request: HttpRequest
    at: datetime
    tried: tuple[str, ZonedForm] | None = None

    def form(self, noun: str, data: QueryDict | None = None) -> ZonedForm:
        """The form of a verb, with what was sent, or with how the thing stands."""
        kind = self.kind.verbs[noun].form
        return kind(data, zone=zone_of(self.request), auto_id=f"{noun}-%s", initial=self._initial())

    def offers(self) -> list[Offer]:
        """What can be done now, and what was tried."""
        tried, form = self.tried or ("", None)
        return [
            Offer(
                page,
                reverse(f"admin:{self.kind.name}_verb", args=[self.thing.pk, noun]),
                form if form is not None and noun == tried else self.form(noun),
                is_open=noun == tried,
            )
            for noun, page in self.kind.verbs.items()
            if noun == tried or page.offered(self.thing, self.at)
        ]

    def shown(self, *, status: int = 200) -> HttpResponseBase:
        """The page."""
        may = actor_of(self.request).has_perm(f"contracts.change_{self.thing._meta.model_name}")
        offers = self.offers() if may else []
        context = {
            self.kind.name: self.thing,
            "components": self.thing.components.select_related("product"),
            "main_offers": [offer for offer in offers if offer.page.is_main],
            "offers": [offer for offer in offers if not offer.page.is_main],
            "is_tried": self.tried is not None,
            "history": history_of(self.thing),
            "zone": zone_of(self.request),
            "utc": UTC_ZONE,
            "at": self.at,
            **self.kind.about(self.thing, self.at, self._typed()),
        }
        return framed(self.request, self.kind.template, str(self.thing), context, status=status)

    def _typed(self) -> Mapping[str, Any]:
        """What was sent and not done, as far as it can be read."""
        return self.tried[1].cleaned_data if self.tried else {}

    def _initial(self) -> dict[str, Any]:
        """How the thing stands, by the names of its columns."""
        row = {field.name: getattr(self.thing, field.name) for field in self.thing._meta.fields}
        return {
            **row,
            "components": list(self.thing.components.all()),
            "seen": self.thing.events.count(),
        }


def show(request: HttpRequest, kind: Kind, pk: int) -> HttpResponseBase:
    """The page of a thing as it stands."""
    return Desk(kind, kind.get(pk), request, timezone.now()).shown()


def do(request: HttpRequest, kind: Kind, pk: int, noun: str) -> HttpResponseBase:
    """Do the verb of ``noun``, or show the page again with why not and with all that was typed."""
    if noun not in kind.verbs:
        raise Http404("There is no such page.")
    if request.method != "POST":
        kind.get(pk)
        return redirect(f"admin:{kind.name}", pk)
    desk = Desk(kind, kind.get(pk), request, timezone.now())
    page, form = kind.verbs[noun], desk.form(noun, request.POST)
    desk.tried = (noun, form)
    if not form.is_valid():
        return desk.shown(status=REFUSED)
    if page.look and "look" in request.POST:
        return desk.shown()
    try:
        page.call(Doing(desk.thing, actor_of(request), form, desk.at))
    except Overtaken as overtaken:
        return _overtaken(desk, noun, overtaken)
    except Refused as refused:
        show_refusal(form, refused, {})
        return desk.shown(status=REFUSED)
    messages.success(request, " ".join([page.done, *form.readings]))
    return redirect(f"{reverse(f'admin:{kind.name}', args=[pk])}#container")


def _overtaken(desk: Desk, noun: str, overtaken: Overtaken) -> HttpResponseBase:
    """The page as it stands now with what was typed kept; sent again, it follows upon the news."""
    fresh = Desk(desk.kind, desk.kind.get(desk.thing.pk), desk.request, desk.at)
    sent = desk.request.POST.copy()
    sent["seen"] = str(overtaken.news[-1].number)
    form = fresh.form(noun, sent)
    form.is_valid()
    form.add_error(None, str(overtaken))
    fresh.tried = (noun, form)
    return fresh.shown(status=OVERTAKEN)


def about_window(window: MaintenanceWindow, at: datetime, typed: Mapping[str, Any]) -> dict[str, Any]:
    """How a window stands, and whom it concerns: at the times that are ``typed`` for it, where there are some."""
    found = window.components.select_related("product")
    is_typed = bool(typed.get("starts_at") and typed.get("ends_at"))
    starts_at, ends_at = (
        (typed["starts_at"], typed["ends_at"]) if is_typed else (window.starts_at, window.ends_at)
    )
    return {
        "is_typed": is_typed,
        "state": window.state(at).value,
        "overrun": window.overrun(at),
        "outlook": outlook(found, starts_at, ends_at, at=at, besides=window),
    }


def about_outage(outage: Outage, at: datetime, typed: Mapping[str, Any]) -> dict[str, Any]:
    """How long an outage lasted, and its cause in the words of a policy."""
    return {"length": outage.length(at), "cause": known_causes().get(outage.cause, outage.cause)}
