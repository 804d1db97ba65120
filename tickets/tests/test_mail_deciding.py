"""What becomes of a message: the rules alone, without a database."""

from time import process_time
from typing import Any

import pytest

from contracts.policy_file import read_policy
from contracts.tests.factories import policy_text
from tickets.mail.authentication import Verdict, judge
from tickets.mail.deciding import Candidate, Decision, How, Known, Person, place, stop
from tickets.mail_read import Address, Automatic, Limit, MailRead, Part
from tickets.mail_text import (
    Choice,
    Labelled,
    Place,
    accepts,
    choose_place,
    clean,
    read_labels,
    reopens,
    severity_named,
    severity_unsaid,
    subject_of,
    words_of,
)

NORA = Address("nora@harbour.example", "Nora Quay")
ANYBODY = (NORA, Address("eve@harbour.example"))


def read(**given: Any) -> MailRead:
    return MailRead(**{"senders": (NORA,), "new_text": "Down.", "text": "Down.", **given})


@pytest.mark.parametrize(
    ("given", "known", "reason"),
    [
        ({"limit": Limit.DEPTH, "automatic": Automatic.BOUNCE}, {}, "held too_deep"),
        ({"automatic": Automatic.AUTO_REPLY}, {"person": Person.UNKNOWN}, "ignored auto_reply"),
        ({"automatic": Automatic.LIST}, {"verdict": Verdict.FAILED}, "ignored list"),
        ({"senders": (), "automatic": Automatic.BOUNCE}, {}, "ignored bounce"),
        ({}, {"is_own": True}, "ignored own_mail"),
        ({"senders": ()}, {}, "held no_sender"),
        ({"senders": ANYBODY}, {}, "held several_senders"),
        ({}, {"in_the_hour": 31}, "held too_many"),
        ({}, {"in_the_hour": 30}, None),
        ({}, {"verdict": Verdict.FAILED, "person": Person.STAFF}, "held authentication"),
        ({}, {"verdict": Verdict.MISSING}, "held not_authenticated"),
        ({}, {"verdict": Verdict.PASSED}, None),
        ({}, {"person": Person.STAFF}, "held staff"),
        ({}, {"person": Person.UNKNOWN}, "held unknown_sender"),
        ({}, {"person": Person.INACTIVE}, "held inactive_sender"),
    ],
)
def test_what_stops_a_message(given: dict[str, Any], known: dict[str, Any], reason: str | None) -> None:
    found = stop(read(**given), Known(**known))
    assert (f"{found.outcome} {found.reason}" if found else None) == reason
    assert found is None or found.said


def on(status: str = "open", **more: Any) -> Candidate:
    return Candidate(key=7, number="VK-7F3K9Q", how=How.REFERENCE, status=status, **more)


PICTURE = Part("logo.png", b"1", "image/png", is_inline=True)
FILE = Part("log.txt", b"1", "text/plain")


@pytest.mark.parametrize(
    ("given", "candidate", "told"),
    [
        ({}, None, "new_ticket new file"),
        ({"new_text": "", "text": "", "parts": ()}, None, "held empty "),
        ({"new_text": "", "text": "", "damage": ("It broke.",)}, None, "held unreadable "),
        ({"subject": "The desk is down", "new_text": "", "text": ""}, None, "new_ticket new file"),
        ({"subject": "AW: Down", "new_text": "", "text": ""}, None, "held empty "),
        (
            {"subject": "Down", "new_text": "", "text": "", "damage": ("It broke.",)},
            None,
            "held unreadable ",
        ),
        ({"subject": "The desk is down", "new_text": "", "text": ""}, on(), "held empty "),
        ({"new_text": "", "text": "> only what is forwarded"}, None, "new_ticket new file"),
        ({"new_text": "", "text": "", "parts": (FILE,)}, None, "new_ticket new file"),
        ({}, on(), "reply reference reply"),
        ({"new_text": " ", "text": "> quoted"}, on(), "held empty "),
        ({"new_text": "", "parts": (FILE,)}, on(), "reply reference reply"),
        ({}, on(refusal="not_named", why="Not named."), "refused not_named "),
        ({}, on("closed", reopens=True), "reply reopened reopen"),
        ({}, on("closed"), "new_ticket follows follow"),
        ({"new_text": "Accepted."}, on("closed"), "ignored closed_already "),
        ({"new_text": "accept"}, on("resolved", resolved_before=True), "reply accepted accept"),
        (
            {"new_text": "Accepté !", "parts": (PICTURE,)},
            on("resolved", resolved_before=True),
            "reply accepted accept",
        ),
        (
            {"new_text": "accept", "parts": (FILE,)},
            on("resolved", resolved_before=True),
            "reply reference reply",
        ),
        # It came before there was a resolution to accept.
        ({"new_text": "accept"}, on("resolved"), "reply reference reply"),
        ({"new_text": "accept"}, on("open"), "reply reference reply"),
        ({"new_text": "I accept it not"}, on("resolved", resolved_before=True), "reply reference reply"),
        (
            {"new_text": "Reopen: it is empty again."},
            on("resolved", resolved_before=True, reopens=True),
            "reply reopened reopen",
        ),
        (
            {"new_text": "Reopen."},
            on("resolved", resolved_before=True, reopens=True),
            "reply reference reply",
        ),
        ({"new_text": "Thank you"}, on("resolved", resolved_before=True), "reply reference reply"),
    ],
)
def test_where_a_message_goes(given: dict[str, Any], candidate: Candidate | None, told: str) -> None:
    found: Decision = place(read(**given), [candidate] if candidate else [])
    assert f"{found.outcome} {found.reason} {found.act}" == told


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ([], Verdict.MISSING),
        (["elsewhere.example; dmarc=pass"], Verdict.MISSING),
        (["mx.desk.example; dmarc=pass header.from=harbour.example"], Verdict.PASSED),
        (["mx.desk.example 1; dmarc=fail (p=none) header.from=harbour.example; spf=pass"], Verdict.FAILED),
        (["MX.desk.example; spf=pass smtp.mailfrom=nora@harbour.example"], Verdict.PASSED),
        (["mx.desk.example; spf=pass smtp.mailfrom=eve@evil.example"], Verdict.FAILED),
        (["mx.desk.example; spf=softfail; dkim=pass header.d=mail.harbour.example"], Verdict.PASSED),
        (["mx.desk.example; dkim=pass header.d=evil.example; spf=none"], Verdict.FAILED),
        # Anybody's signature and anybody's server pass: it must be said for whom.
        (["mx.desk.example; dkim=pass"], Verdict.FAILED),
        (["mx.desk.example; dmarc=none; spf=pass smtp.helo=mail.evil.example"], Verdict.FAILED),
        (
            ["mx.desk.example; spf=pass (x) client-ip=192.0.2.7; envelope-from=eve@evil.example; dmarc=none"],
            Verdict.FAILED,
        ),
        # The server read another sender in From than we did.
        (["mx.desk.example; dmarc=pass header.from=evil.example"], Verdict.FAILED),
        (["mx.desk.example; none"], Verdict.MISSING),
        (["mx.desk.example; dmarc=none; spf=permerror; dkim=none"], Verdict.FAILED),
        # Comments nest, strings hold what looks like a result.
        (['mx.desk.example; spf=fail reason="dmarc=pass; dkim=pass" (x (dmarc=pass) "y)")'], Verdict.FAILED),
        # What the sender wrote stands below, after a server that is not ours.
        (
            ["mx.desk.example; spf=fail", "relay.example; spf=fail", "mx.desk.example; dmarc=pass"],
            Verdict.FAILED,
        ),
        # Servers that write a field a method stand together.
        (["mx.desk.example; dkim=none", "mx.desk.example; dmarc=pass"], Verdict.PASSED),
        (["gateway.inside; x=y", "mx.desk.example; dmarc=pass"], Verdict.PASSED),
        ([";;;===(((", '"'], Verdict.MISSING),
    ],
)
def test_the_receiving_server_is_believed_where_it_is_trusted(fields: list[str], verdict: Verdict) -> None:
    assert judge(fields, trusted=["mx.desk.example"], sender="nora@harbour.example") is verdict


def test_without_a_trusted_server_nothing_is_read() -> None:
    assert judge(["mx; dmarc=fail"], trusted=[], sender="nora@harbour.example") is Verdict.NOT_ASKED


@pytest.mark.parametrize(
    "text",
    [
        "accept",
        "Accepted.",
        "AKZEPTIERT!",
        "accepté",
        "j’accepte",
        "acepto",
        "accettato",
        "akkoord\n\n-- \nNora",
        "Accept\n\nSent from my iPhone",
    ],
)
def test_one_word_accepts(text: str) -> None:
    assert accepts(text)


def test_more_than_one_word_does_not_accept_and_reopening_needs_a_reason() -> None:
    assert not accepts("accept, but the list is empty")
    assert not accepts("")
    assert reopens("Reopen – the list is empty again")
    assert reopens("Wiedereröffnen: wieder leer")
    assert not reopens("Please reopen it")
    assert not reopens("reopen!")


def test_labels_take_what_stands_behind_and_below_them() -> None:
    above = "Hello,\nProduct: Atlas Production\nSchweregrad: P2\n\n*Steps:*\n1. Sign in\n2. Wait\n"
    text = f"{above}Effect: none\n\nNora\n-- \nEffect: x"
    assert read_labels(text) == Labelled("Atlas Production", "P2", "1. Sign in\n2. Wait", "none\n\nNora")
    assert read_labels(
        "> Steps:\nSign in.\n>\n> Effect:\nNobody works.\n> Effect is what …\nBye."
    ) == Labelled(steps="Sign in.", effect="Nobody works.")
    assert not read_labels("Steps:\nNote: this is no label of ours, and neither is http://x: y").product
    assert not read_labels("What steps: I took")


ATLAS, QUAY, ORION = (
    Place(1, "Atlas", "Production", covered=True),
    Place(2, "Atlas", "Quay", covered=True),
    Place(3, "Orion", "Production", covered=False),
)


@pytest.mark.parametrize(
    ("places", "label", "text", "choice"),
    [
        ([], "Atlas", "", None),
        ([ORION], "", "Anything", Choice(3, guessed=False)),
        ([ATLAS, QUAY, ORION], "", "Anything", Choice(1, guessed=True)),
        ([ORION, ATLAS], "", "Anything", Choice(1, guessed=True)),
        ([ATLAS, QUAY, ORION], "", "Our orion is slow", Choice(3, guessed=False, named=True)),
        ([ATLAS, QUAY, ORION], "", "Atlas is slow", Choice(1, guessed=True, named=True)),
        ([ATLAS, QUAY, ORION], "", "Atlas at Quay", Choice(2, guessed=False, named=True)),
        ([ATLAS, QUAY, ORION], "Atlas · Production", "Orion", Choice(1, guessed=False, named=True)),
        ([ATLAS, QUAY, ORION], "Unheard of", "Orionids", Choice(1, guessed=True)),
    ],
)
def test_the_installation_is_the_one_that_is_named(
    places: list[Place], label: str, text: str, choice: Choice | None
) -> None:
    assert choose_place(places, label=label, text=text) == choice


def test_a_severity_is_named_by_code_or_name_and_the_least_one_with_a_promised_answer_stands_in() -> None:
    atheer, vivvo = (read_policy(policy_text(slug)) for slug in ("atheer", "vivvo"))
    assert severity_named(atheer, "p1") == severity_named(atheer, "Severe business impact.") == "P1"
    assert severity_named(atheer, "P1, Severe Business Impact: catastrophic") == "P1"
    assert severity_named(atheer, "high") == severity_named(atheer, "") == ""
    assert (severity_unsaid(atheer, "standard"), severity_unsaid(vivvo, "standard")) == ("P4", "non-critical")


def test_a_ticket_always_has_a_subject_and_a_text_that_fit() -> None:
    assert subject_of(read(subject=" Down\r\n again ")) == "Down again"
    assert subject_of(read(new_text="one two three four five six seven eight nine")).endswith("eight")
    assert subject_of(read(new_text="", text="")) == "(no subject)"
    assert len(subject_of(read(subject="x" * 900))) == 200
    assert words_of(read(new_text="", text="", parts=(FILE,))) == "(sent without text)"
    assert words_of(read(new_text="a\0\ud800b")) == "a?b"
    long = words_of(read(new_text="x" * 90_000))
    assert len(long) == 50_000
    assert long.endswith("the whole message is kept.)")


def test_a_mail_that_is_one_run_of_accents_takes_no_longer_than_another() -> None:
    # In one piece 200,000 of them took Python a minute and more, of one process of the web or the worker.
    accents = "a" + "\u0315\u0300" * 100_000
    started = process_time()
    said = words_of(read(new_text=accents, subject=accents))
    assert subject_of(read(subject=accents))
    assert not accepts(accents)
    assert not reopens(accents)
    assert process_time() - started < 5
    assert len(said) <= 50_000
    assert clean("Cafe\u0301 " * 90 + "Cafe\u0301") == "Café " * 90 + "Café"
