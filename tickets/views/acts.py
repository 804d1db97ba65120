"""A page of forms, each of which is one verb: read, called once, and shown again with what was typed and why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from contracts.refusals import Refused
from contracts.statuses import REFUSED
from tickets.forms import Plain

UNKNOWN = "This page has changed since you opened it. Look at it as it stands now, and choose again."


@dataclass(frozen=True, slots=True)
class Act:
    """A verb on a page: its name in the form, its button, what makes its form, and what it calls with the form.

    ``done`` is told afterwards. One that is not ``shown`` is refused by its service with the reason.
    """

    name: str
    button: str
    form: Callable[..., Plain]
    call: Callable[[Plain], object]
    done: str
    hint: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """An act with its form on the page."""

    act: Act
    form: Plain


@dataclass(frozen=True, slots=True)
class ActPage:
    """What a page is made of once it is read: its acts, the last event, and the rest that its template needs."""

    acts: Sequence[Act]
    seq: int
    context: Mapping[str, Any]


def answer(
    request: HttpRequest,
    read: Callable[[], ActPage],
    draw: Callable[[dict[str, Any], int], HttpResponseBase],
    done: Callable[[], HttpResponseBase],
) -> HttpResponseBase:
    """The page, or what comes after the act that was sent. ``read`` is asked anew when an act was refused."""
    if request.method != "POST":
        return draw(_context(read(), None), 200)
    chosen = request.POST.get("act", "")
    act = next((each for each in read().acts if each.name == chosen), None)
    if act is None:
        return draw({**_context(read(), None), "refusal": UNKNOWN}, REFUSED)
    data = request.POST.copy()
    form = act.form(data=data, auto_id=f"{act.name}-%s")
    if form.is_valid():
        try:
            act.call(form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, act.done)
            return done()
    page = read()
    # What is new stands on the page now, so that the same words may be sent once more.
    data["seen"] = str(page.seq)
    return draw(_context(page, Offer(act, form)), REFUSED)


def _context(page: ActPage, tried: Offer | None) -> dict[str, Any]:
    offers = []
    for act in page.acts:
        if tried is not None and act.name == tried.act.name:
            offers.append(tried)
        elif act.shown:
            offers.append(Offer(act, act.form(initial={"seen": page.seq}, auto_id=f"{act.name}-%s")))
    return {**page.context, "offers": offers, "refusal": ""}
