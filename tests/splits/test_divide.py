"""The split: whole groups, the share, the strata, the seed, and rows that keep their sides."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape.splits import Row, Side, Split, divide, group, leaks
from inscape.splits.near import level, near, overlap
from tests.splits.makers import mixed, prose, row, talk


def of(split: Split, side: Side) -> set[str]:
    return {id_ for id_, where in split.sides.items() if where == side}


def test_a_tenth_is_held_back_and_every_category_and_level_is_in_it() -> None:
    rows = mixed(400)
    made = divide(rows)
    assert made.counts["all", ""] == (360, 40)
    assert {name: held for (kind, name), (_, held) in made.counts.items() if kind == "category"} == {
        "chat": 16, "technical": 12, "philosophy": 8, "slang": 4,
    }  # fmt: skip
    assert {name: held for (kind, name), (_, held) in made.counts.items() if kind == "complexity"} == {
        "LOW": 20, "MEDIUM": 16, "HIGH": 4,
    }  # fmt: skip
    assert made.notes == ()


def test_the_seed_chooses_and_the_order_does_not() -> None:
    rows = mixed(200)
    one = divide(rows, seed=1).sides
    shuffled = random.Random(3).sample(rows, len(rows))
    assert divide(shuffled, seed=1).sides == one
    assert divide(rows, seed=2).sides != one


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=12),
    valid=st.sampled_from([0.1, 0.2, 0.4]),
    by=st.sampled_from(["book", "stretch", "topic"]),
    seed=st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_no_group_is_divided(sizes: list[int], valid: float, by: str, seed: int) -> None:
    rows = [
        row(100 * g + n, book=f"b{g // 2}", passage=f"p{g}", span=(g * 50, g * 50 + 1))
        for g, size in enumerate(sizes)
        for n in range(size)
    ]
    made = divide(rows, valid=valid, seed=seed, by=by)  # type: ignore[arg-type]
    key = "book" if by == "book" else "passage"
    for one, two in combinations(rows, 2):
        if getattr(one, key) == getattr(two, key):
            assert made.sides[one.id] == made.sides[two.id]
    sizes_of = [len(members) for members in made.groups.members]
    held = len(of(made, "valid"))
    if 2 * min(sizes_of) <= len(rows):
        assert held, "validation is empty only where every group is more than half of all"
    assert held <= max(max(1, round(valid * len(rows))) * 2, min(sizes_of))


def test_neighborhoods_that_meet_stay_together_and_far_ones_need_not() -> None:
    near_by = [row(n, book="b", passage=f"p{n}", span=(10 + 4 * n, 11 + 4 * n)) for n in range(4)]
    far = [row(50 + n, book="b", passage=f"q{n}", span=(200 + 20 * n, 201 + 20 * n)) for n in range(16)]
    other = [row(90, book="c", passage="r", span=(12, 13))]
    groups = divide([*near_by, *far, *other], by="stretch").groups.members
    assert sorted(map(len, groups)) == [1] * 17 + [4]
    covering = [row(1, book="b", span=(0, 90)), row(2, book="b", span=(5, 6)), row(3, book="b", span=(80, 81))]
    assert len(divide([*covering, *far], by="stretch").groups.members[0]) == 3


def test_auto_takes_whole_books_where_they_are_enough() -> None:
    many = [row(n, book=f"b{n % 12}", passage=f"p{n}", span=(20 * n, 20 * n)) for n in range(60)]
    assert divide(many).groups.by == "book"
    assert len(divide(many).groups.members) == 12
    assert divide(many[:20]).groups.by == "book"
    few = [row(n, book=f"b{n % 3}", passage=f"p{n}", span=(20 * n, 20 * n)) for n in range(60)]
    assert divide(few).groups.by == "stretch"
    one_large = [row(n, book="b0" if n % 2 else f"b{n}", passage=f"p{n}") for n in range(60)]
    assert divide(one_large).groups.by == "stretch"


def test_topics_stay_together_and_categories_only_when_asked_for() -> None:
    rows = [row(n, category=f"c{n % 5}", extra={"metadata": {"topic": f"T{n // 4}"}}) for n in range(40)]
    topics = divide(rows).groups.members
    assert sorted(map(len, topics)) == [4] * 10
    plain = [row(n, category=f"c{n % 5}") for n in range(40)]
    assert len(divide(plain).groups.members) == 40
    assert sorted(map(len, divide(plain, by="topic").groups.members)) == [8] * 5


def test_copies_and_equal_prompts_never_face_each_other() -> None:
    rows = mixed(300)
    copies = [row(1000 + n, text=rows[n].conversation.turns[1].text.replace("ka", "ko", 2)) for n in range(0, 300, 10)]
    asked = [row(2000 + n, asked=rows[n].conversation.turns[0].text.upper()) for n in range(5, 300, 20)]
    both = [*rows, *copies, *asked]
    made = divide(both, by="row", valid=0.3)
    parts = {side: [r.conversation for r in both if made.sides[r.id] == side] for side in ("train", "valid")}
    assert made.groups.copies == 60
    assert list(leaks(parts["train"], parts["valid"])) == []
    naive = [r.conversation for r in both]
    assert len(list(leaks(naive[:300], naive[300:]))) == 45


def test_leaks_are_told_by_place_and_kind() -> None:
    train = [talk(1), talk(2), talk(3, asked="Nereye gidiyorsun?")]
    valid = [
        talk(7, text=prose(2) + " x", asked="a"),
        talk(8),
        talk(9, asked="nereye  gidiyorsun?"),
        talk(10, prose(1)),
    ]
    found = [(leak.train, leak.valid, leak.kind) for leak in leaks(train, valid)]
    assert found == [(1, 0, "copy"), (2, 2, "prompt"), (0, 3, "copy")]
    assert [leak.overlap > 0.9 for leak in leaks(train, valid)] == [True, False, True]


def test_a_prompt_of_many_rows_is_an_instruction() -> None:
    rows = [row(n, asked="Write what it is like.") for n in range(50)]
    made = divide(rows, by="row")
    assert len(made.groups.members) == 50
    assert any("taken for an instruction" in note for note in made.notes)
    parts = {side: [r.conversation for r in rows if made.sides[r.id] == side] for side in ("train", "valid")}
    assert list(leaks(parts["train"], parts["valid"])) == []


@given(first=st.integers(20, 80), more=st.integers(1, 120), valid=st.sampled_from([0.1, 0.25]))
@settings(max_examples=25, deadline=None)
def test_rows_that_are_added_change_no_side(first: int, more: int, valid: float) -> None:
    rows = mixed(first + more)
    before = divide(rows[:first], valid=valid).sides
    after = divide(rows, valid=valid, before=before)
    assert {r.id: after.sides[r.id] for r in rows[:first]} == before
    assert after.new == more
    assert after.moved == ()
    assert abs(len(of(after, "valid")) - valid * len(rows)) <= 1


def test_a_row_follows_its_group() -> None:
    rows = [row(n, book="b", passage=f"p{n}", span=(40 * n, 40 * n + 1)) for n in range(20)]
    before = divide(rows).sides
    held = next(r for r in rows if before[r.id] == "valid")
    assert held.span
    later = row(99, book="b", passage="p99", span=(held.span[1] + 1, held.span[1] + 2))
    assert divide([*rows, later], before=before).sides[later.id] == "valid"


def test_what_must_merge_goes_to_training_and_is_said() -> None:
    rows = [row(n, book="b", passage=f"p{n}", span=(40 * n, 40 * n + 1)) for n in range(20)]
    before = divide(rows).sides
    held = next(r for r in rows if before[r.id] == "valid")
    learned = next(r for r in rows if before[r.id] == "train")
    assert held.span
    assert learned.span
    low, high = sorted((held.span[0], learned.span[0]))
    bridge = row(99, book="b", passage="p99", span=(low, high))
    after = divide([*rows, bridge], before=before)
    assert after.sides[held.id] == "train"
    assert held.id in after.moved
    assert any(note.startswith("Moved from validation to training") and held.id in note for note in after.notes)
    assert not [id_ for id_, side in before.items() if side == "train" and after.sides[id_] == "valid"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(n, book="b", passage="p", span=(1, 2)) for n in range(9)], "No validation: The largest of 1 group holds"),
        ([row(n, category="rare" if n < 12 else "rest", extra={"metadata": {"topic": "t" if n < 12 else str(n)}})
          for n in range(100)], "Not in validation: category rare (12 rows)."),
        ([row(n, passage=f"p{n // 5}") for n in range(20)], "Validation holds 5 of 20 rows (25%), not 10%"),
        (mixed(50), "5 validation rows: a rising loss can be seen from about 30"),
        ([row(n, passage="p") for n in range(40)] + mixed(40, 100), "found in no book"),
    ],
)  # fmt: skip
def test_what_could_not_be_balanced_is_said(rows: list[Row], words: str) -> None:
    assert words in "\n".join(divide(rows).notes)


def test_small_sets_have_one_row_at_least() -> None:
    assert len(of(divide(mixed(4)), "valid")) == 1
    assert of(divide([row(1)]), "valid") == set()
    assert divide([]).sides == {}


# ---------------------------------------------------------------- near copies


def test_near_finds_every_edited_copy_among_many() -> None:
    texts = [prose(n, 30 + n % 90) for n in range(600)]
    edited = []
    for n in range(0, 600, 6):
        words = texts[n].split()
        words[3:9] = ["bambaska"]
        edited.append(" ".join(words))
    found = set(near(texts + edited))
    wanted = {(6 * n, 600 + n) for n in range(100)}
    assert found == wanted


@pytest.mark.parametrize(
    ("one", "two", "alike"),
    [
        ("Row 39 of the test.", "row 7 of the  test.", True),
        ("Selam kanka, nasılsın?", "Selam kanka, nasılsın!", True),
        ("Selam kanka, nasılsın?", "Selam kanka, n’aber?", False),
        ("", "", False),
        ("Evet.", "Hayır.", False),
        ("雨の音を聞いている。とても静かだ。", "雨の音を聞いている。とても静かだね。", True),
        ("İYİ GÜNLER DİLERİM", "iyi günler dilerim", True),
    ],
)
def test_short_texts(one: str, two: str, alike: bool) -> None:
    assert (list(near([one, two])) == [(0, 1)]) == alike


def test_a_crowd_of_copies_is_one_cluster_in_linear_time() -> None:
    base = prose(1, 80).split()
    crowd = []
    for n in range(3000):
        words = list(base)
        words[n % 80] = f"w{prose(n, 1)}"
        crowd.append(" ".join(words))
    pairs = list(near(crowd))
    assert len(pairs) < 40 * len(crowd)
    reached = {0}
    for one, two in sorted(pairs):
        if one in reached or two in reached:
            reached |= {one, two}
    assert len(reached) == len(crowd)


def test_overlap_is_of_letters() -> None:
    assert overlap(level("aaaaa bbbbb"), level("AAAAA  bbbbb")) == 1
    assert overlap("abcde", "vwxyz") == 0
    assert 0.3 < overlap("the gate was open and nobody went", "the gate was open and she went") < 0.8


@pytest.mark.parametrize(
    ("rows", "ties"),
    [
        ([row(n, book="b", passage="p", span=(1, 2)) for n in range(5)], ["passage", "neighbors"]),
        ([row(n, text=prose(1), asked=prose(2)) for n in range(5)], ["copies", "prompt"]),
        ([row(n, extra={"topic": "Sea" if n < 4 else "Land"}) for n in range(6)], ["topic"]),
        ([row(n) for n in range(3)], []),
    ],
)
def test_the_largest_group_says_what_joins_it(rows: list[Row], ties: list[str]) -> None:
    found = group(rows, "stretch", 0.1).ties
    assert [tie.kind for tie in found] == ties
    assert all(tie.rows == max(map(len, group(rows, "stretch", 0.1).members)) for tie in found)


def test_several_rows_that_move_are_told_in_the_plural() -> None:
    rows = [row(n, passage="p" if n < 4 else None) for n in range(12)]
    made = divide(rows, before={"e-00000": "train", "e-00001": "valid", "e-00002": "valid"})
    assert any("since they now belong with training rows: e-00001, e-00002 (2 rows)" in note for note in made.notes)
