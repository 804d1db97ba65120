"""What differs between two versions, as people read it."""

import pytest

from contracts.policy_diff import differences
from contracts.policy_file import read_policy
from contracts.tests.factories import policy_text


@pytest.mark.parametrize("slug", ["viakoo", "atheer", "vivvo"])
def test_a_policy_does_not_differ_from_itself_with_other_comments(slug: str) -> None:
    text = policy_text(slug)

    assert differences(read_policy(text), read_policy(f"# read again\n{text}")) == []


@pytest.mark.parametrize(
    ("slug", "before", "after", "said"),
    [
        ("atheer", '["09:00-17:00"]', '["09:00-24:00"]', "hours.mon: 09:00-17:00 → 09:00-24:00"),
        ("atheer", '["09:00-17:00"]', '["20:00-04:00"]', "hours.fri: 09:00-17:00 → 20:00-04:00"),
        (
            "atheer",
            '"America/Los_Angeles"',
            '"Europe/Berlin"',
            "hours.time_zone: America/Los_Angeles → Europe/Berlin",
        ),
        ("atheer", 'holidays = "US"', 'holidays = ""', "hours.holidays: US → none"),
        ("atheer", 'wording = "target"', "", "policy.wording: no longer: target"),
        ("atheer", "named_contacts = 1", "", "contacts.named_contacts: 1 → no limit"),
        (
            "vivvo",
            '"within 12 hours"',
            '"no promise"',
            "tiers.premium.response: within 12 hours → no promise",
        ),
        ("vivvo", '["web", "email", "forum"]', '["web"]', "tiers.standard.channels: web, email, forum → web"),
        (
            "vivvo",
            'response = "best',
            'workaround = "best',
            "severities.no-effect.workaround: new: best effort",
        ),
    ],
)
def test_a_change_is_said_with_its_path(slug: str, before: str, after: str, said: str) -> None:
    text = policy_text(slug)
    assert before in text

    changes = differences(read_policy(text), read_policy(text.replace(before, after)))

    assert any(str(change).endswith(said) for change in changes)


def test_one_reading_more_is_one_difference() -> None:
    text = policy_text("vivvo")
    more = text.replace("assumptions = [", 'assumptions = [\n  "A reading of ours.",')

    assert [str(change) for change in differences(read_policy(text), read_policy(more))] == [
        "policy.assumptions: new: A reading of ours."
    ]
