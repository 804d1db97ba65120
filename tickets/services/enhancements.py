"""Work that the policy does not provide (VV10): a ticket is declined and becomes a request for enhancement, customers
vote for it, staff say what becomes of it.
"""

from datetime import datetime

from django.db import transaction

from contracts.calendar_rows import policy_of
from contracts.models import Customer, Release, User
from contracts.policy import Clause
from contracts.refusals import Refused
from tickets import notifications
from tickets.access import customers_with
from tickets.models import EnhancementRequest, EnhancementStep, EnhancementVote, Ticket
from tickets.models.enhancement import Wish
from tickets.models.event import Kind
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.voters import tell_voters

LONGEST_TITLE = 160


def decline_ticket(
    *,
    ticket: Ticket,
    actor: User,
    clause: str,
    reason: str,
    title: str,
    text: str,
    publish: bool = False,
    at: datetime,
) -> Ticket:
    """Decline work that the policy does not provide; in the same step it becomes a request for enhancement.

    ``title`` and ``text`` are what other customers read of it, once it is published; the request as it was written, and
    its files, stay on the ticket. Its clocks are void, for no promise holds; the customer may dispute that, and
    ``reinstate_ticket`` takes it back. The customer's vote is the first.
    """
    require_staff(actor)
    reason = require_text(reason, "the reason; the customer reads it")
    with changing(ticket, at) as change:
        change.refuse_unless("decline")
        chosen = _chosen(change.ticket, clause)
        request = _wish(change, actor, title=title, text=text, publish=publish)
        if change.ticket.runs_clocks and not change.facts.excluded:
            change.record(Kind.EXCLUDED, actor, clause=clause)
        event = change.record(Kind.DECLINED, actor, text=reason, clause=clause, enhancement=request.pk)
        notifications.tell_people(
            change.ticket,
            "declined",
            notifications.contact_and_watchers(change.ticket, event),
            event,
            change.clocks(),
            clause=chosen.code,
            clause_text=chosen.text,
            enhancement_url=notifications.site_url(f"/enhancements/{request.pk}/"),
        )
    return change.ticket


@transaction.atomic
def publish_enhancement(
    *, request: EnhancementRequest, actor: User, title: str, text: str, at: datetime
) -> EnhancementRequest:
    """Let the customers of the product read the request, in these words; said again, change the words."""
    require_staff(actor)
    locked = _locked(request)
    title, text = _words(title, text)
    if locked.published_at is not None and (locked.title, locked.text) == (title, text):
        raise Refused("Nothing to change: the request reads so already.")
    did = "Published" if locked.published_at is None else "Words changed"
    locked.title, locked.text = title, text
    locked.published_at = locked.published_at or at
    locked.save()
    _step(locked, did, "", actor, at)
    return locked


@transaction.atomic
def answer_enhancement(
    *,
    request: EnhancementRequest,
    actor: User,
    state: str,
    words: str,
    release: Release | None = None,
    at: datetime,
) -> EnhancementRequest:
    """Say what becomes of the request, in ``words`` that customers read; ``release`` goes with planned and done.

    The contact of the ticket that it came from is told; the voters are, where it stands otherwise than before.
    """
    require_staff(actor)
    locked = _locked(request)
    words = require_text(words, "what customers read of it")
    if state not in Wish.values:
        raise Refused("Choose what becomes of it.", field="state")
    if release is not None and state not in (Wish.PLANNED, Wish.DONE):
        raise Refused("A release goes with planned or done alone. Choose none.", field="release")
    if release is not None and release.product_id != locked.product_id:
        raise Refused("Choose a release of the same product.", field="release")
    if (locked.state, locked.answer, locked.release) == (state, words, release):
        return locked
    is_news = not locked.answer or (locked.state, locked.release) != (state, release)
    locked.state, locked.answer, locked.release = state, words, release
    locked.save()
    step = _step(locked, _answered(state, release), words, actor, at)
    notifications.tell_of_enhancement(locked, actor, at)
    if is_news:
        tell_voters(step)
    return locked


@transaction.atomic
def vote(*, request: EnhancementRequest, customer: Customer, actor: User, at: datetime) -> EnhancementRequest:
    """Wish for it in the name of ``customer``, one of the actor's own that has the product; once a customer."""
    locked = _locked(request)
    _require_voter(locked, customer, actor, at)
    if locked.is_over:
        raise Refused("This request is answered for good, so votes change nothing any more.")
    EnhancementVote.objects.get_or_create(request=locked, customer=customer, defaults={"by": actor, "at": at})
    return _counted(locked)


@transaction.atomic
def take_vote_back(
    *, request: EnhancementRequest, customer: Customer, actor: User, at: datetime
) -> EnhancementRequest:
    """Take the vote of ``customer`` back, by any of its people; without one nothing changes."""
    locked = _locked(request)
    _require_voter(locked, customer, actor, at)
    EnhancementVote.objects.filter(request=locked, customer=customer).delete()
    return _counted(locked)


def _chosen(ticket: Ticket, clause: str) -> Clause:
    """The clause of what the policy does not provide. Raises ``Refused`` for another."""
    known = policy_of(ticket.policy_version).not_provided if ticket.policy_version else ()
    if not known:
        raise Refused(
            "No policy of this ticket names work that it does not provide. Answer the ticket instead."
        )
    if (found := next((each for each in known if each.code == clause), None)) is None:
        raise Refused("Choose one of the policy's clauses.", field="clause")
    return found


def _wish(change: Change, actor: User, *, title: str, text: str, publish: bool) -> EnhancementRequest:
    """The request that the ticket becomes; declined before and reinstated, it keeps the one that it has."""
    title, text = _words(title, text)
    ticket, at = change.ticket, change.at
    request, is_new = EnhancementRequest.objects.get_or_create(
        ticket=ticket, defaults={"product": ticket.product, "title": title, "text": text, "asked_at": at}
    )
    request.title, request.text = title, text
    request.published_at = request.published_at or (at if publish else None)
    request.save()
    _step(request, f"Asked for in a ticket{', and published' if publish else ''}", "", actor, at)
    if is_new:
        EnhancementVote.objects.create(
            request=request, customer=ticket.customer, by=ticket.contact.user, at=at
        )
    return _counted(request)


def _words(title: str, text: str) -> tuple[str, str]:
    title = require_text(title, "a title that other customers may read")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"Write a title of at most {LONGEST_TITLE} characters.", field="title")
    return title, require_text(text, "what is wished for, in words that other customers may read")


def _locked(request: EnhancementRequest) -> EnhancementRequest:
    return EnhancementRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _require_voter(request: EnhancementRequest, customer: Customer, actor: User, at: datetime) -> None:
    """Raise ``Refused`` unless ``actor`` speaks for ``customer``, which reads the request and has the product."""
    if not EnhancementRequest.objects.visible_to(actor, at).filter(pk=request.pk).exists():
        raise Refused("There is no such request.")
    if customer not in customers_with(actor, request.product_id, at):
        raise Refused(
            "Customers vote for products that they have under a contract in force. Ask us for a contract, or your "
            "company's administrator."
        )


def _counted(request: EnhancementRequest) -> EnhancementRequest:
    """The request with its votes counted anew; it is locked, so none is lost."""
    request.votes = EnhancementVote.objects.filter(request=request).count()
    request.save(update_fields=["votes"])
    return request


def _answered(state: str, release: Release | None) -> str:
    said = {Wish.OPEN: "Open again", Wish.PLANNED: "Planned", Wish.DONE: "Done", Wish.DECLINED: "Declined"}
    preposition = "for" if state == Wish.PLANNED else "in"
    return said[Wish(state)] + (f" {preposition} release {release.version}" if release else "")


def _step(request: EnhancementRequest, did: str, words: str, actor: User, at: datetime) -> EnhancementStep:
    return EnhancementStep.objects.create(request=request, did=did, words=words, actor=actor, at=at)
