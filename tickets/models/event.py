"""The record: what happened to a ticket, appended and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from contracts.sla.events import EventKind
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Kind(models.TextChoices):
    """What can be recorded. The first fourteen are what clocks are judged from (contracts.sla)."""

    SUBMITTED = EventKind.SUBMITTED.value, "Submitted"
    ACKNOWLEDGED = EventKind.ACKNOWLEDGED.value, "Acknowledged"
    WORK_STARTED = EventKind.WORK_STARTED.value, "Work started"
    PUBLIC_REPLY = EventKind.PUBLIC_REPLY.value, "Staff replied"
    WAITING_ON_CUSTOMER = EventKind.WAITING_ON_CUSTOMER.value, "Waiting on the customer"
    CUSTOMER_REPLIED = EventKind.CUSTOMER_REPLIED.value, "The customer answered"
    WORKAROUND_PROVIDED = EventKind.WORKAROUND_PROVIDED.value, "Workaround provided"
    RESOLVED = EventKind.RESOLVED.value, "Resolved"
    REOPENED = EventKind.REOPENED.value, "Reopened"
    SEVERITY_CHANGED = EventKind.SEVERITY_CHANGED.value, "Severity changed"
    EXCLUDED = EventKind.EXCLUDED.value, "Excluded"
    REINSTATED = EventKind.REINSTATED.value, "Reinstated"
    AGREED = EventKind.AGREED.value, "Date agreed"
    RELEASE_PLANNED = EventKind.RELEASE_PLANNED.value, "Release planned"
    FILED = "filed", "Filed"
    CUSTOMER_MESSAGE = "customer_message", "The customer wrote"
    NOTE_ADDED = "note_added", "Note added"
    ASSIGNED = "assigned", "Assigned"
    SEVERITY_CONFIRMED = "severity_confirmed", "Severity confirmed"
    OUTAGE_LINKED = "outage_linked", "Linked to an outage"
    OUTAGE_UNLINKED = "outage_unlinked", "Link to an outage removed"
    REMINDED = "reminded", "Customer reminded"
    CLOSING_OFFERED = "closing_offered", "Offered for closing"
    ACCEPTED = "accepted", "Resolution accepted"
    CLOSED = "closed", "Closed"
    RATED = "rated", "Rated"
    SEVERITY_REQUESTED = "severity_requested", "Another severity asked for"
    SEVERITY_KEPT = "severity_kept", "Severity kept"
    DATE_PROPOSED = "date_proposed", "Date proposed"
    FIX_NAMED = "fix_named", "Release with the fix named"
    DISPUTED = "disputed", "Exclusion disputed"
    UPHELD = "upheld", "Exclusion upheld"
    DECLINED = "declined", "Declined"
    ESCALATED = "escalated", "Escalated"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged", "Escalation acknowledged"
    TEAM_ASSIGNED = "team_assigned", "Given to a team"
    MERGED_INTO = "merged_into", "Merged into another"
    MERGED_FROM = "merged_from", "Another merged into it"
    SPLIT_OFF = "split_off", "Part split off"
    SPLIT_FROM = "split_from", "Split from another"
    TICKET_LINKED = "ticket_linked", "Linked to a ticket"
    TICKET_UNLINKED = "ticket_unlinked", "Link to a ticket removed"
    PROBLEM_LINKED = "problem_linked", "Linked to a known problem"
    PROBLEM_UNLINKED = "problem_unlinked", "Link to a known problem removed"
    TAGGED = "tagged", "Tagged"
    UNTAGGED = "untagged", "Tag removed"
    WATCHER_ADDED = "watcher_added", "Watcher added"
    WATCHER_REMOVED = "watcher_removed", "Watcher removed"
    CALL_LOGGED = "call_logged", "Call logged"
    CONSULTATION_ASKED = "consultation_asked", "Consultation asked for"
    CONSULTATION_CONFIRMED = "consultation_confirmed", "Consultation confirmed"
    CONSULTATION_MOVED = "consultation_moved", "Consultation moved"
    CONSULTATION_CANCELLED = "consultation_cancelled", "Consultation cancelled"
    SHARED = "shared", "Shared"
    UNSHARED = "unshared", "No longer shared"
    REDACTED = "redacted", "Redacted"
    MISSED = "missed", "Missed"
    WARNED = "warned", "Due soon"
    JUDGED_AGAIN = "judged_again", "Judged again"


ENDINGS = (Kind.ACCEPTED, Kind.CLOSED, Kind.RATED)


class IsEnding(models.Func):
    """Whether a kind is one of ``ENDINGS``, written out as the index of the report has it (see ``IsUnfinished``)."""

    template = "%(expressions)s IN ('accepted', 'closed', 'rated')"
    output_field = models.BooleanField()


class TicketEventQuerySet(models.QuerySet["TicketEvent"]):
    """Questions about what happened on all tickets."""

    def endings(self) -> TicketEventQuerySet:
        """How tickets ended: accepted, closed, and what the customers said of it."""
        return self.filter(IsEnding(models.F("kind")))


class TicketEvent(models.Model):
    """One fact: append-only, numbered per ticket, sealed to the one before it (docs/record.md).

    ``happened_at`` is when it happened, ``recorded_at`` when the row was written. ``data`` holds no
    text that anybody typed, only its fingerprint: ``text`` (the reason given) and ``message`` can be
    blanked, should a password have been pasted there, and the seal still holds. So can ``address``, the network
    address from which a person did it, which is forgotten after a time.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=24, choices=Kind.choices)
    data = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="event"
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = TicketEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="one_event_per_seq")]
        indexes = [
            models.Index(
                fields=["happened_at"],
                name="event_ending",
                condition=models.Q(kind__in=["accepted", "closed", "rated"]),
            ),
            models.Index(
                fields=["recorded_at"], name="event_address", condition=models.Q(address__isnull=False)
            ),
        ]
        ordering = ["ticket", "seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.get_kind_display()}"
