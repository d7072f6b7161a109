"""The scorer of benchmarks/reading.py: a right reading is right in all, a known damage costs exactly itself."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from benchmarks.prose import tools
from benchmarks.prose.align import blocks, distance, hunks
from benchmarks.prose.corpus import Corpus, pictured, places, printed, truth_of
from benchmarks.prose.laid import Row
from benchmarks.prose.run import Bench, Cost, ToolFailed, rows
from benchmarks.prose.score import Result, score
from benchmarks.prose.table import HEAD, Outcome, tables
from benchmarks.prose.words import words
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape import books
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.story import story

LINES, WIDTH = 12, 44


def clean(text: str) -> str:
    return re.sub("\x01[^\x01]*\x01", "", text)


def typeset(texts: list[str]) -> list[str]:
    """Pages as PDFium would give them: a head, lines with words broken wherever they fall, a folio at the foot."""
    lines, line = list[str](), ""
    for text in texts:
        for word in text.split():
            while line and len(line) + 1 + len(word) > WIDTH:
                room = WIDTH - len(line) - 2
                cut = word.find("-") + 1 if 0 < word.find("-") < room else 0
                if not cut and word.isalpha() and 2 < room < len(word) - 2:
                    cut = room
                if cut:
                    lines.append(f"{line} {word[:cut].rstrip('-')}\ufffe")
                    word, line = word[cut:], ""
                else:
                    lines.append(f"{line}\r\n")
                    line = ""
            line = f"{line} {word}".strip()
        lines.append(f"{line}\r\n")
        line = ""
    pages = ["The Title\r\nAnna Author\r\n"]
    for start in range(0, len(lines), LINES):
        head = "THE MILL BY THE RIVER" if len(pages) % 2 else "ANNA AUTHOR"
        pages.append(f"{head}\r\n{''.join(lines[start : start + LINES])}{len(pages)}")
    return pages


def corpus(texts: list[str], kinds: list[str] | None = None, notes: dict[str, str] | None = None) -> Corpus:
    rows = [{"kind": k, "text": t} for k, t in zip(kinds or ["para"] * len(texts), texts, strict=True)]
    truth = truth_of(rows, notes or {})
    return Corpus("mill", Path("mill.pdf"), truth, printed(truth, typeset([clean(t) for t in texts]), None))


TEXTS = story(3, 60)
BOOK = corpus(TEXTS)


def read(texts: list[str], book: Corpus = BOOK) -> Result:
    return score(book, [Row(text) for text in texts])


def crossing() -> list[int]:
    page = BOOK.printed.page
    return [n for n, unit in enumerate(BOOK.truth.units) if page[unit.start] != page[unit.end - 1]]


def test_the_book_is_one_that_can_go_wrong() -> None:
    true = sum(one.true for one in BOOK.printed.breaks)
    assert true > 5
    assert len(BOOK.printed.breaks) - true > 20
    assert len(crossing()) > 10
    assert BOOK.printed.pages > 20
    assert set(BOOK.printed.furniture) == set(range(2, BOOK.printed.pages + 1))
    assert all(len(lines) == 2 for lines in BOOK.printed.furniture.values())
    assert BOOK.printed.apart == {0: ["the", "title", "anna", "author"]}


def test_the_right_reading_is_right_in_every_measure() -> None:
    result = read(TEXTS)
    assert (result.edits, result.hits, result.given, result.wanted) == (0, 60, 60, 60)
    assert (result.cer, result.f1) == (0, 100)
    assert result.whole == (len(crossing()), len(crossing()))
    assert result.furniture == (0, BOOK.printed.pages - 1)
    assert result.true_hyphens[0] == result.soft_hyphens[0] == 0
    assert result.cases == ()
    assert result.headings is result.spans is result.notes is None


def test_what_no_reader_would_call_a_difference_is_none() -> None:
    other = [t.replace("“", '"').replace("”", '"').replace("fi", "\ufb01").upper().replace(" ", "\n") for t in TEXTS]
    assert read(other).edits == 0
    assert words("Well . . . and then…no") == words("well... and then ... no")
    assert words("river—the") != words("river-the")


@given(st.integers(0, 58))
@settings(deadline=None, max_examples=25)
def test_two_paragraphs_merged_cost_one_start_and_nothing_else(at: int) -> None:
    result = read([*TEXTS[:at], f"{TEXTS[at]} {TEXTS[at + 1]}", *TEXTS[at + 2 :]])
    assert (result.edits, result.hits, result.given) == (0, 59, 59)
    assert result.precision == 100
    spoilt = len({at, at + 1} & set(crossing()))
    assert result.whole[0] == len(crossing()) - spoilt


@given(st.integers(0, 59), st.integers(1, 3))
@settings(deadline=None, max_examples=25)
def test_a_paragraph_split_costs_one_unit_too_many(at: int, word: int) -> None:
    parts = TEXTS[at].split()
    result = read([*TEXTS[:at], " ".join(parts[:word]), " ".join(parts[word:]), *TEXTS[at + 1 :]])
    assert (result.edits, result.hits, result.given) == (0, 60, 61)
    assert result.recall == 100
    assert result.whole[0] == len(crossing()) - (at in crossing())


def joined(at: int, between: str) -> tuple[list[str], bool]:
    """The reading in which one word broken at a line's end has something else there; whether the hyphen is true."""
    one = BOOK.printed.breaks[at]
    number = BOOK.truth.unit_at(one.word)
    unit = BOOK.truth.units[number]
    parts = TEXTS[number].split()
    word = parts[one.word - unit.start]
    parts[one.word - unit.start] = word[: one.at] + between + word[one.at :].removeprefix("-" if one.true else "")
    return [*TEXTS[:number], " ".join(parts), *TEXTS[number + 1 :]], one.true


@given(st.integers(0, len(BOOK.printed.breaks) - 1), st.sampled_from(["-", "", "- ", "\ufffe", " "]))
@settings(deadline=None, max_examples=60)
def test_a_hyphen_lost_or_left_is_counted_once_and_as_what_it_is(at: int, between: str) -> None:
    texts, true = joined(at, between)
    result = read(texts)
    wrong = between != ("-" if true else "")
    assert result.true_hyphens[0] == (wrong and true)
    assert result.soft_hyphens[0] == (wrong and not true)
    assert result.edits == distance(between, "-" if true else "")
    assert result.hits == 60


@given(st.integers(3, BOOK.printed.pages))
@settings(deadline=None, max_examples=25)
def test_a_head_left_is_furniture_of_its_page(page: int) -> None:
    """As a unit of its own between paragraphs, or in the middle of one that crosses the page."""
    first = BOOK.printed.page.index(page)
    number = BOOK.truth.unit_at(first)
    unit, head = BOOK.truth.units[number], BOOK.printed.furniture[page][0].upper()
    parts = TEXTS[number].split()
    cut = first - unit.start
    one = [" ".join(parts[:cut]), head, " ".join(parts[cut:])] if cut else [head, TEXTS[number]]
    result = read([*TEXTS[:number], *one, *TEXTS[number + 1 :]])
    assert result.furniture == (1, BOOK.printed.pages - 1)
    assert result.edits == len(head) + 1
    assert (result.hits, result.given) == (60, 62 if cut else 61)
    inside = read([*TEXTS[:number], " ".join(one), *TEXTS[number + 1 :]])
    assert (inside.furniture[0], inside.hits, inside.given) == (1, 60, 60)
    assert inside.whole[0] == len(crossing()) - (cut > 0)


def test_a_folio_glued_to_a_word_is_still_furniture() -> None:
    number = crossing()[0]
    unit = BOOK.truth.units[number]
    turn = next(k for k in range(unit.start + 1, unit.end) if BOOK.printed.page[k] != BOOK.printed.page[k - 1])
    parts = TEXTS[number].split()
    page = BOOK.printed.page[turn - 1]
    parts[turn - unit.start] = f"{page - 1}{parts[turn - unit.start]}"
    result = read([*TEXTS[:number], " ".join(parts), *TEXTS[number + 1 :]])
    assert BOOK.printed.furniture[page][1] == str(page - 1)
    assert result.furniture[0] == 1


@given(st.integers(0, 40), st.integers(3, 8))
@settings(deadline=None, max_examples=25)
def test_blocks_that_change_places_are_not_paired_off(at: int, size: int) -> None:
    moved = [*TEXTS[:at], *TEXTS[at + size : at + 2 * size], *TEXTS[at : at + size], *TEXTS[at + 2 * size :]]
    result = read(moved)
    first, second = (sum(map(len, TEXTS[k : k + size])) for k in (at, at + size))
    assert min(first, second) < result.edits <= 2.2 * max(first, second)
    assert 60 - 2 * size <= result.hits < 60


def test_interleaved_columns_are_no_reading() -> None:
    lines = [text.split()[k : k + 6] for text in TEXTS for k in range(0, len(text.split()), 6)]
    half = len(lines) // 2
    mixed = [word for pair in zip(lines[:half], lines[half:], strict=False) for line in pair for word in line]
    result = read([" ".join(mixed)])
    assert result.cer > 50
    assert result.hits <= 1


def test_a_chapter_lost_is_lost() -> None:
    result = read(TEXTS[:20] + TEXTS[30:])
    lost = sum(len(t) + 1 for t in TEXTS[20:30])
    assert result.edits == lost
    assert (result.hits, result.given) == (50, 50)
    assert read([]).edits == result.letters
    assert read([]).hits == read([]).given == 0


def test_the_title_page_counts_nowhere() -> None:
    result = read(["The Title", "Anna Author", *TEXTS])
    assert (result.edits, result.hits, result.given) == (0, 60, 60)
    assert read(["The Title", "Something else", *TEXTS]).given == 61


def test_contents_and_what_is_marked_apart_count_nowhere() -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "para", "text": "Printed by nobody", "apart": True},
        {"kind": "heading", "text": "Contents"},
        {"kind": "list", "text": "Chapter 1 ... 5"},
        {"kind": "heading", "text": "Chapter 1"},
        {"kind": "list", "text": "A list of the book itself"},
        {"kind": "break", "text": "* * *"},
    ]
    assert [unit.text for unit in truth_of(rows, {}).units] == ["Chapter 1", "A list of the book itself"]


def test_a_damaged_first_word_is_still_a_start() -> None:
    result = read([TEXTS[0], TEXTS[1][1:], *TEXTS[2:]])
    assert (result.edits, result.hits) == (1, 60)


# ---------------------------------------------------------------- notes, pages, kinds

NOTES = {"1": "The most fascinating woman in Petersburg.", "2": "To err is human."}
NOTED = [
    *TEXTS[:4],
    f"{TEXTS[4]} Errare\x012\x01 humanum est, she said.",
    TEXTS[5],
    "La femme\x011\x01—so he called her.",
    *TEXTS[6:],
]
NOTED_BOOK = corpus(NOTED, notes=NOTES)
PLAIN = [clean(text) for text in NOTED]


def noted(texts: list[str], *notes: str, kind: str = "note") -> Result:
    return score(NOTED_BOOK, [*(Row(t) for t in texts), *(Row(t, kind) for t in notes)])


def test_notes_apart_are_right_and_out_of_the_body() -> None:
    result = noted(PLAIN, *NOTES.values())
    assert (result.notes, result.glued, result.edits) == ((2, 2), (0, 2), 0)
    assert noted(PLAIN, "1 " + NOTES["1"], "[2] To err is human.").notes == (2, 2)
    assert noted(PLAIN, "1 The most fascinating woman in Moscow.").notes == (0, 2)
    assert noted(PLAIN, NOTES["2"], NOTES["2"]).notes == (1, 2)


def test_notes_in_the_run_of_the_text_are_insertions() -> None:
    result = noted([*PLAIN[:9], NOTES["2"], *PLAIN[9:]])
    assert result.edits == len(NOTES["2"]) + 1
    assert (result.notes, result.given) == ((1, 2), len(PLAIN) + 1)


@pytest.mark.parametrize("marker", ["2", "[2", "*", "†"])
def test_a_marker_at_the_word_is_glued(marker: str) -> None:
    result = noted([t.replace("Errare", f"Errare{marker}") for t in PLAIN])
    assert result.glued == (1, 2)
    assert result.edits == len(marker)


def test_a_marker_glued_inside_a_word_with_a_dash() -> None:
    assert noted([t.replace("femme—", "femme1—") for t in PLAIN]).glued == (1, 2)
    assert noted([t.replace("Errare", "Errare 2") for t in PLAIN]).glued == (0, 2)


def rows_of(book: Corpus, texts: list[str]) -> list[Row]:
    """The right reading with its pages."""
    made = []
    for unit, text in zip(book.truth.units, texts, strict=True):
        page = book.printed.page[unit.start : unit.end]
        parts = text.split()
        turns = [k for k in range(1, len(page)) if page[k] != page[k - 1]]
        breaks = tuple((len(" ".join(parts[:k])) + 1, page[k]) for k in turns)
        made.append(Row(text, "paragraph", page[0], breaks))
    return made


def test_pages_are_right_where_they_are_and_wrong_where_not() -> None:
    rows = rows_of(BOOK, TEXTS)
    assert score(BOOK, rows).spans == (60, 60)
    at = crossing()[3]
    offset, page = rows[at].breaks[0]
    for wrong in (
        replace(rows[at], page=page),
        replace(rows[at], breaks=()),
        replace(rows[at], breaks=((offset + 20, page),)),
        replace(rows[at], breaks=((offset, page + 1),)),
    ):
        assert score(BOOK, [*rows[:at], wrong, *rows[at + 1 :]]).spans == (59, 60)


def test_a_page_may_begin_inside_a_broken_word() -> None:
    across = [one for one in BOOK.printed.breaks if one.word + 1 < len(BOOK.printed.page)]
    across = [one for one in across if BOOK.printed.page[one.word] != BOOK.printed.page[one.word + 1]]
    assert across, "the story has no word broken over a page"
    rows = rows_of(BOOK, TEXTS)
    number = BOOK.truth.unit_at(across[0].word)
    unit, row = BOOK.truth.units[number], rows[number]
    before = " ".join(row.text.split()[: across[0].word - unit.start])
    inside = tuple((len(before) + 1 + across[0].at, p) if k == 0 else (o, p) for k, (o, p) in enumerate(row.breaks))
    assert score(BOOK, [*rows[:number], replace(row, breaks=inside), *rows[number + 1 :]]).spans == (60, 60)


def test_of_a_scan_the_truths_own_pages_are_taken() -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "para", "text": TEXTS[0], "pages": [1, 1]},
        {"kind": "para", "text": TEXTS[1], "pages": [1, 3]},
    ]
    truth = truth_of(rows, {})
    book = Corpus("mill", Path("mill.pdf"), truth, pictured(truth, 3, {2: ("THE RIVER",)}))
    middle = len(TEXTS[1]) // 2
    right = [Row(TEXTS[0], "paragraph", 1), Row(TEXTS[1], "paragraph", 1, ((20, 2), (middle, 3)))]
    result = score(book, right)
    assert (result.spans, result.whole, result.furniture, result.edits) == ((2, 2), (1, 1), (0, 1), 0)
    assert score(book, [right[0], replace(right[1], breaks=((20, 2),))]).spans == (1, 2)
    left = TEXTS[1].split()
    one = Row(" ".join([*left[: len(left) // 2], "The River", *left[len(left) // 2 :]]))
    assert score(book, [right[0], one]).furniture == (1, 1)


def test_notes_are_tied_to_their_word() -> None:
    rows = rows_of(NOTED_BOOK, PLAIN)
    at = next(n for n, text in enumerate(PLAIN) if "Errare" in text)
    right = PLAIN[at].index("Errare") + len("Errare")
    for offset, note, tied in ((right, NOTES["2"], 1), (right - 20, NOTES["2"], 0), (right, NOTES["1"], 0)):
        row = replace(rows[at], notes=((offset, note),))
        assert score(NOTED_BOOK, [*rows[:at], row, *rows[at + 1 :]]).tied == (tied, 2)


def test_kinds_and_headings() -> None:
    texts = ["Chapter 1", *TEXTS[:10], "Chapter 2", *TEXTS[10:30]]
    kinds = ["heading" if t.startswith("Chapter") else "para" for t in texts]
    kinds[5] = "quote"
    book = corpus(texts, kinds)
    names = {"para": "paragraph"}
    rows = [Row(t, names.get(k, k)) for t, k in zip(texts, kinds, strict=True)]
    right = score(book, rows)
    assert (right.headings, right.headings_more) == ((2, 2), 0)
    assert right.kinds == {"heading>heading": 2, "paragraph>paragraph": 29, "quote>quote": 1}
    rows[0], rows[5], rows[7] = Row(texts[0], "paragraph"), Row(texts[5], "verse"), Row(texts[7], "heading")
    wrong = score(book, rows)
    assert (wrong.headings, wrong.headings_more) == ((1, 2), 1)
    assert wrong.kinds["quote>verse"] == wrong.kinds["paragraph>heading"] == wrong.kinds["heading>paragraph"] == 1


# ---------------------------------------------------------------- alignment


def slow(one: str, two: str) -> int:
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(two, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@given(st.text("ab c", max_size=80), st.text("ab c", max_size=80))
def test_the_distance_is_levenshteins(one: str, two: str) -> None:
    assert distance(one, two) == slow(one, two)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_blocks_rise_and_hold_the_same_words(one: list[str], two: list[str]) -> None:
    same = blocks(one, two)
    for (i, j, n), (k, m, _) in pairwise(same):
        assert i + n <= k
        assert j + n <= m
    assert all(n and one[i : i + n] == two[j : j + n] for i, j, n in same)
    left = sum(i2 - i1 for i1, i2, _, _ in hunks(same, len(one), len(two)))
    assert left + sum(n for _, _, n in same) == len(one)


def test_long_texts_are_anchored_and_their_small_damages_found() -> None:
    chance = random.Random(5)
    one = [chance.choice("abcdefghijklmnopqrstuvwxyz") + str(chance.randrange(300)) for _ in range(60_000)]
    two = list(one)
    for at in sorted(chance.sample(range(60_000), 200), reverse=True):
        two[at : at + 1] = chance.choice(([], ["?"], [one[at], "?"]))
    lost = len(one) - sum(n for _, _, n in blocks(one, two))
    assert lost <= 200


# ---------------------------------------------------------------- adapters


def test_markup_is_taken_out_and_nothing_else() -> None:
    text = (
        "# CHAPTER I\nIt was *late*, and **very** dark\\.\nA line.\n\n"
        "> A quoted_word_here\n\n---\n\n![p](i.png)\n\n- An item"
    )
    rows = [" ".join(row["text"].split()) for row in tools._markdown(text)["rows"]]
    assert rows == ["CHAPTER I", "It was late, and very dark. A line.", "A quoted_word_here", "An item"]


def test_plain_text_is_split_at_blank_lines_alone() -> None:
    rows = [row["text"] for row in tools._plain("One\nmore\n \nTwo\nends\n\fhere\n\n\nThree")["rows"]]
    assert rows == ["One\nmore", "Two\nends\nhere", "Three"]


def test_a_script_of_its_own_says_what_inscape_reads(tmp_path: Path) -> None:
    file = tmp_path / "mill.pdf"
    file.write_bytes(pdf(BOOK_STYLE + "\n\n".join(story(8, 12))))
    bench = Bench(tmp_path / "work", tmp_path / "none" / "bin" / "python")
    given_, cost = bench.read("inscape", "1", "mill", file)
    assert [row.text for row in rows(given_)] == [p.text for p in books.read(file.read_bytes(), "mill.pdf").paragraphs]
    assert cost.megabytes > 5
    kept: Any = json.loads((tmp_path / "work" / "mill" / "inscape.about.json").read_text("utf-8"))
    (tmp_path / "work" / "mill" / "inscape.rows.json").write_text('{"rows": []}')
    assert bench.read("inscape", "1", "mill", file)[0] == {"rows": []}, "kept, not read again"
    assert bench.read("inscape", "2", "mill", file)[0] == given_
    assert kept["key"]["version"] == "1"
    file.write_bytes(b"no PDF at all")
    with pytest.raises(ToolFailed):
        bench.read("inscape", "2", "mill", file)
    assert bench.version("pypdf") is None


def test_a_score_is_kept_for_the_same_reading_truth_and_scorer(tmp_path: Path) -> None:
    bench, truth = Bench(tmp_path, tmp_path / "python"), tmp_path / "truth.jsonl"
    (tmp_path / "mill").mkdir()
    for path in (tmp_path / "mill" / "inscape.rows.json", truth):
        path.write_text("{}", "utf-8")
    result = noted([*PLAIN[:9], NOTES["2"], *PLAIN[9:]])
    key = bench.score_key("inscape", "mill", [truth])
    bench.keep("inscape", "mill", key, result)
    assert result.cases
    assert bench.score("inscape", "mill", key) == replace(result, cases=())
    truth.write_text("{ }", "utf-8")
    assert bench.score("inscape", "mill", bench.score_key("inscape", "mill", [truth])) is None


def test_the_tables_show_what_was_measured_and_say_what_failed() -> None:
    right, cost = score(BOOK, rows_of(BOOK, TEXTS)), Cost(2.0, 2.5, 40)
    outcomes = [
        Outcome("inscape", "1", "mill", 50, cost, right),
        Outcome("seed", "0.11", "mill", 50, cost, read([" ".join(TEXTS)])),
        Outcome("pypdf", "7.1", "mill", 50, failed="not done after 600 s"),
        Outcome("inscape", "1", "sea", 10, cost, right),
    ]
    lines = tables(outcomes, ["inscape", "seed", "pypdf"]).splitlines()
    assert "| book | inscape | seed | pypdf |" in lines
    assert "| mill | 0 · 100.0 | 0 · 3.3 | failed |" in lines
    assert "| sea | 0 · 100.0 | – | – |" in lines
    assert any(line.startswith("| inscape | 25 | 40 | 0 | 100.0, 100.0, 100.0 | 100.00 (35 of 35) |") for line in lines)
    assert any(line.startswith("| pypdf 7.1 | not done after 600 s |") for line in lines)
    assert "| mill | 60 of 60 | – (+ 0) | – | – | none |" in lines
    widths = [line.count("|") for line in lines if line.startswith("| inscape |") or line == HEAD]
    assert widths[-3:] == [HEAD.count("|")] * 3


def test_books_are_found_by_their_files(tmp_path: Path) -> None:
    for name in ("ready", "half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "truth.jsonl").write_text("", "utf-8")
    (tmp_path / "ready" / "book.pdf").write_bytes(b"")
    assert list(places(tmp_path / "none", tmp_path)) == ["ready"]
    assert places(tmp_path / "none", tmp_path)["ready"][2:] == (None, None)
