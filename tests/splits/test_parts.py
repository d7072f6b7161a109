"""What rows share in part: an exchange of a conversation, a reply after another thought, answers of few letters."""

from __future__ import annotations

import random

import pytest

from inscape.records import Conversation, Turn
from inscape.splits import Row, divide, group, leaks
from inscape.splits.near import level
from tests.splits.makers import mixed, prose, row


def strange(seed: int, words: int = 60) -> str:
    """Words of letters drawn at random: two seeds share no run of them."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghijklmnoprstuvyz", k=chance.randint(3, 9))) for _ in range(words))


def conversation(n: int, exchanges: int = 4) -> Conversation:
    turns: list[Turn] = []
    for part in range(exchanges):
        seed = 1000 * n + part
        turns += [Turn("user", strange(seed + 500_000, 8)), Turn("assistant", strange(seed))]
    return Conversation(tuple(turns))


def sides(rows: list[Row], **more: float) -> dict[str, list[Conversation]]:
    made = divide(rows, by="row", **more)  # type: ignore[arg-type]
    return {side: [r.conversation for r in rows if made.sides[r.id] == side] for side in ("train", "valid")}


def short(n: int, asked: str, reply: str, thought: str | None = None) -> Row:
    return Row(f"e-{n:05}", Conversation((Turn("user", asked), Turn("assistant", reply, thought))))


def test_an_exchange_as_a_row_of_its_own_stays_with_its_conversation() -> None:
    whole = [Row(f"w-{n:03}", conversation(n)) for n in range(60)]
    first = [Row(f"f-{n:03}", Conversation(one.conversation.turns[:2])) for n, one in enumerate(whole)]
    groups = group([*whole, *first], "row", 0.1).members
    assert sorted(map(len, groups)) == [2] * 60
    parts = sides([*whole, *first])
    assert parts["valid"]
    assert list(leaks(parts["train"], parts["valid"])) == []


def test_a_later_reply_of_a_conversation_ties_too() -> None:
    talk = conversation(1)
    alone = Conversation((Turn("user", "What did you say at the end?"), Turn("assistant", talk.turns[5].text.upper())))
    assert len(group([Row("a", talk), Row("b", alone), row(7)], "row", 0.1).members) == 2


def test_a_short_exchange_ties_and_a_short_reply_to_something_else_does_not() -> None:
    def talk(asked: str, reply: str, n: int) -> Row:
        return Row(f"e-{n}", Conversation((Turn("user", asked), Turn("assistant", reply), *conversation(n).turns)))

    same = [
        talk("sana bisi sorucam", "Sor kanka, dinliyorum.", 1),
        short(9, "Sana bisi  sorucam", "sor kanka, dinliyorum."),
    ]
    assert len(group(same, "row", 0.1).members) == 1
    other = [talk("bi sorum var", "Sor kanka, dinliyorum.", 1), short(9, "sana bisi sorucam", "Sor kanka, dinliyorum.")]
    assert len(group(other, "row", 0.1).members) == 2


def test_one_long_reply_after_different_thoughts_is_one_group() -> None:
    said = "The lamp was on when I came in, and I left it burning all night."
    rows = [short(n, strange(n + 900, 9), said, strange(n, 120)) for n in range(4)]
    found = group([*rows, *mixed(20, 100)], "row", 0.1)
    assert sorted(map(len, found.members)) == [1] * 20 + [4]
    assert [(tie.kind, tie.rows) for tie in found.ties] == [("reply", 4)]
    assert str(found.ties[0]).startswith("the reply “The lamp was on")


def test_a_formula_of_many_conversations_ties_nothing_and_is_said() -> None:
    formula = (
        Turn("user", "Selam"),
        Turn("assistant", "Selam kanka, buradayım; anlat bakalım, bugün neler oldu sana?"),
    )
    rows = [Row(f"e-{n:03}", Conversation((*formula, *conversation(n).turns))) for n in range(40)]
    found = group(rows, "row", 0.1)
    assert len(found.members) == 40
    assert any("reply stands in more than one row in twenty" in note for note in found.notes)
    assert list(leaks([r.conversation for r in rows[:30]], [r.conversation for r in rows[30:]])) == []


def test_leaks_report_a_shared_reply_and_its_place() -> None:
    train = [conversation(n, 9) for n in (1, 2, 3)]
    valid = [conversation(8), Conversation((Turn("user", "And then?"), train[1].turns[3]))]
    found = [(leak.train, leak.valid, leak.kind) for leak in leaks(train, valid)]
    assert found == [(1, 1, "reply")]


# ---------------------------------------------------------------- short answers


def test_numbers_as_answers_are_not_one_group() -> None:
    rows = [short(n, prose(n, 9), str(n)) for n in range(300)]
    made = divide(rows)
    assert len(made.groups.members) == 300
    assert made.counts["all", ""] == (270, 30)


def test_sums_with_other_numbers_are_other_questions() -> None:
    rows = [short(n, f"What is {n} + {n}?", f"It is {2 * n}.") for n in range(300)]
    made = divide(rows)
    assert made.counts["all", ""] == (270, 30)
    assert not any("instruction" in note for note in made.notes)


def test_yes_and_no_hold_back_no_more_than_asked_for() -> None:
    rows = [short(n, prose(n, 9), ("Yes.", "No.")[n % 2]) for n in range(300)]
    assert divide(rows).counts["all", ""] == (270, 30)


def test_a_short_row_twice_is_one_group_also_under_an_instruction() -> None:
    rows = [short(n, "Answer yes or no.", ("Yes", "no")[n % 2]) for n in range(20)]
    assert sorted(map(len, group(rows, "row", 0.1).members)) == [10, 10]


def test_more_than_twice_the_share_is_said_with_a_way_out() -> None:
    rows = [row(n, passage=f"p{n // 8}") for n in range(24)]
    made = divide(rows)
    assert made.counts["all", ""] == (16, 8)
    note = next(note for note in made.notes if note.startswith("Validation holds 8 of 24 rows (33%)"))
    assert "not 10%, more than twice what was asked for" in note
    assert "--by row" in note


@pytest.mark.parametrize(("text", "leveled"), [("42", "42"), ("3.14", "3.14"), ("Row 39", "row 0"), ("١٢", "١٢")])
def test_digits_are_leveled_only_beside_letters(text: str, leveled: str) -> None:
    assert level(text) == leveled


def test_a_topic_may_be_a_number() -> None:
    rows = [row(n, extra={"metadata": {"topic": n // 4}}) for n in range(12)]
    assert sorted(map(len, group(rows, "auto", 0.1).members)) == [4, 4, 4]
    assert row(1, extra={"topic": True}).topic is None
