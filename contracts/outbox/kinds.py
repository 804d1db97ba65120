"""
Which mails there are, in the few groups by which people choose, and in words.

A kind that stands in no group of its reader's side always comes, and at once: receipts, escalations, what keeps an
account safe, what somebody asked for. A kind that the portal does not know is such a one, too.
"""

from dataclasses import dataclass

UPKEEP = ("window", "outage")
"""What people choose by component, on a page of its own, and visitors subscribe to."""


@dataclass(frozen=True, slots=True)
class Group:
    """Mails that people choose together; ``may_wait`` says whether they can stand in a digest."""

    name: str
    label: str
    explained: str
    kinds: tuple[str, ...]
    may_wait: bool = True


_PROGRESS = (
    "acknowledged",
    "work_started",
    "severity_changed",
    "severity_kept",
    "fix_named",
    "release_moved",
)
_SAID = ("reply", "question", "workaround", "call")
_ENDS = ("resolution", "accepted_by_silence", "closed", "declined", "merged")
_PROMISES = ("excluded", "upheld", "reinstated")
_FORUM = Group(
    "forum",
    "Forum",
    "Answers to your questions, and what becomes of your posts.",
    ("forum_answer", "post_hidden"),
)

FOR_CONTACTS = (
    Group("answers", "Replies and questions", "What we write to you, workarounds and calls.", _SAID),
    Group(
        "ends",
        "Resolutions and endings",
        "A resolution may be accepted by itself where you say nothing, also where you do not get its mail.",
        (*_ENDS, "reopened"),
    ),
    Group("dates", "Dates", "Dates that we propose, and those agreed.", ("date_proposed", "date_agreed")),
    Group("reminders", "Reminders", "That we wait for your answer.", ("reminder",)),
    Group(
        "progress",
        "Progress",
        "Work that began, another severity, in which release a ticket is fixed, tickets shared with you.",
        (*_PROGRESS, "shared", "enhancement"),
    ),
    Group(
        "promises",
        "Exclusions",
        "That a promise does not count by a clause, and answers to your dispute.",
        _PROMISES,
    ),
    Group(
        "consultations",
        "Consultations",
        "Calls at a set time, with their calendar entry.",
        ("consultation",),
        may_wait=False,
    ),
    Group("releases", "Releases", "A release of what you have is available.", ("release",)),
    Group("closures", "Closures", "The desk will be shut against its hours.", ("closure",)),
    _FORUM,
    Group("team", "Your team", "Requests and licences of your company.", ("team",)),
)
FOR_STAFF = (
    Group("new_ticket", "New tickets", "Those that concern you.", ("new_ticket",)),
    Group("customer_reply", "Replies of customers", "And what they reopen.", ("customer_reply", "reopened")),
    Group(
        "decisions",
        "Decisions of customers",
        "What they accept, dispute or propose, and other severities that they ask for.",
        ("accepted", "disputed", "severity_requested", "date_proposed", "date_agreed"),
    ),
    Group("assignment", "Tickets that I am given", "", ("assignment",)),
    Group("warning", "Clocks that are due soon", "", ("warning",), may_wait=False),
    Group("miss", "Promises that were missed", "", ("miss",)),
    Group(
        "watched",
        "Tickets that I watch",
        "What their contacts are told.",
        (*_SAID, *_ENDS, *_PROGRESS, *_PROMISES, "shared"),
    ),
    _FORUM,
)

_BY_KIND = {
    (is_staff, kind): group
    for is_staff, groups in ((False, FOR_CONTACTS), (True, FOR_STAFF))
    for group in groups
    for kind in group.kinds
}
_WORDS = {
    "accepted_by_silence": "accepted by silence",
    "customer_reply": "customer's reply",
    "date_agreed": "date agreed",
    "date_proposed": "date proposed",
    "fix_named": "release of the fix",
    "forum_answer": "answer in the forum",
    "licence_claim": "licence, to confirm",
    "miss": "missed promise",
    "new_ticket": "new ticket",
    "release_moved": "release moved",
    "severity_requested": "severity asked for",
    "subscription": "subscription, to confirm",
    "warning": "due soon",
    "window": "maintenance",
}


def groups_for(*, is_staff: bool) -> tuple[Group, ...]:
    """What people of that side choose among, in the order of the page."""
    return FOR_STAFF if is_staff else FOR_CONTACTS


def group_of(kind: str, *, is_staff: bool) -> Group | None:
    """The group of a mail to a person of that side; ``None`` where it always comes."""
    return _BY_KIND.get((is_staff, kind))


def can_be_done_without(kind: str, *, is_staff: bool) -> bool:
    """Whether a mail may stay unsent: the reader could have turned it off."""
    return kind in UPKEEP or group_of(kind, is_staff=is_staff) is not None


def in_words(kind: str) -> str:
    """A kind as staff read it."""
    return _WORDS.get(kind, kind.replace("_", " "))
