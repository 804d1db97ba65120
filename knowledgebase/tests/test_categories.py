"""The tree of categories: how deep it goes, and what it refuses."""

from datetime import datetime
from typing import Any

import pytest

from contracts.models import Contact, User
from contracts.refusals import Refused
from knowledgebase.models import Category
from knowledgebase.models.articles import DEEPEST
from knowledgebase.services.categories import delete_category, save_category
from knowledgebase.tests.writing import draft
from knowledgebase.tree import in_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(manager: User, monday: datetime) -> list[Category]:
    """A category below a category, as deep as they go."""
    found: list[Category] = []
    for level in range(DEEPEST):
        parent = found[-1] if found else None
        found.append(save_category(name=f"Level {level}", parent=parent, actor=manager, at=monday))
    return found


def test_the_tree_is_told_in_order(manager: User, monday: datetime) -> None:
    second = save_category(name="Agents", position=2, actor=manager, at=monday)
    first = save_category(name="Reports", position=1, actor=manager, at=monday)
    below = save_category(name="Exports", parent=first, actor=manager, at=monday)
    assert in_order() == [(first, 0), (below, 1), (second, 0)]


def test_an_address_is_made_of_the_name_once(manager: User, monday: datetime) -> None:
    made = save_category(name="Geräte & Netze", actor=manager, at=monday)
    assert made.slug == "geraete-netze"
    assert save_category(category=made, name="Other", actor=manager, at=monday).slug == "geraete-netze"
    again = save_category(name="Geräte & Netze", actor=manager, at=monday)
    assert again.slug == "geraete-netze-2"


def test_it_goes_four_levels_deep(line: list[Category], manager: User, monday: datetime) -> None:
    with pytest.raises(Refused, match="4 levels deep") as refused:
        save_category(name="Too deep", parent=line[-1], actor=manager, at=monday)
    assert refused.value.field == "parent"


def test_nor_does_a_whole_branch_move_deeper(line: list[Category], manager: User, monday: datetime) -> None:
    other = save_category(name="Other", actor=manager, at=monday)
    with pytest.raises(Refused, match="4 levels deep"):
        save_category(category=line[0], name="Level 0", parent=other, actor=manager, at=monday)
    assert (
        save_category(category=line[1], name="Level 1", parent=other, actor=manager, at=monday).parent
        == other
    )


@pytest.mark.parametrize("below", [0, 1, 3])
def test_none_stands_below_itself(below: int, line: list[Category], manager: User, monday: datetime) -> None:
    with pytest.raises(Refused, match="below itself"):
        save_category(category=line[0], name="Level 0", parent=line[below], actor=manager, at=monday)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "LEVEL 0"}, "name"),
        ({"name": "New", "slug": "level-0"}, "slug"),
        ({"name": "New", "slug": "Two words"}, "slug"),
    ],
)
@pytest.mark.usefixtures("line")
def test_names_and_addresses_are_unique(
    given: dict[str, Any], field: str, manager: User, monday: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        save_category(**given, actor=manager, at=monday)
    assert refused.value.field == field


def test_only_an_empty_one_is_deleted(line: list[Category], manager: User, monday: datetime) -> None:
    with pytest.raises(Refused, match="categories below it"):
        delete_category(category=line[0], actor=manager, at=monday)
    draft(manager, monday, category=line[-1])
    with pytest.raises(Refused, match="has an article"):
        delete_category(category=line[-1], actor=manager, at=monday)
    empty = save_category(name="Empty", actor=manager, at=monday)
    delete_category(category=empty, actor=manager, at=monday)
    assert not Category.objects.filter(name="Empty").exists()


def test_a_contact_changes_nothing(contact: Contact, monday: datetime) -> None:
    with pytest.raises(Refused, match="Only staff"):
        save_category(name="Mine", actor=contact.user, at=monday)
