"""rubric.md: a person's Markdown list."""

from __future__ import annotations

import pytest

from inscape.errors import DataError
from inscape.review import rubric


def test_the_default_reads_as_six_named_items() -> None:
    items = rubric.parse(rubric.DEFAULT)
    assert [item.name for item in items] == ["authentic", "open", "lived", "same being", "no concepts", "no solving"]
    assert items[0].text == "authentic: it could have happened in someone; nothing is there for effect"


def test_lists_as_people_write_them() -> None:
    text = "# Mine\n\nSome words - with a dash.\n\n"
    text += "1. Rings true; nothing for show\n2) `voice`\n   goes on here\n* [ ] kind\n"
    text += "\n```\n- no\n```"
    assert [(item.name, item.text) for item in rubric.parse(text)] == [
        ("Rings true", "Rings true; nothing for show"),
        ("voice goes on here", "voice goes on here"),
        ("kind", "kind"),
    ]


def test_a_sub_list_belongs_to_its_item() -> None:
    (item,) = rubric.parse("- **alive**: yes\n  - for example this")
    assert item == rubric.Item("alive", "alive: yes - for example this")


@pytest.mark.parametrize("text", ["", "# Rubric\n\nonly words\n", "```\n- fenced\n```"])
def test_no_item_is_said_with_what_to_do(text: str) -> None:
    with pytest.raises(DataError, match=r"my\.md has no checklist item.*begins with '- '"):
        rubric.parse(text, "my.md")


def test_more_items_than_keys() -> None:
    with pytest.raises(DataError, match="has 10 items; the keys 1 to 9"):
        rubric.parse("\n".join(f"- item {n}" for n in range(10)))
