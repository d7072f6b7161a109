"""Footnotes and endnotes: separated, tied to the words that call them, their markers and labels told."""

from __future__ import annotations

import pytest

from inscape.books.pdf.notes import footnotes
from inscape.books.pdf.notes.footnotes import Note
from inscape.books.pdf.page import Line
from tests.books.pages import LEADING, TOP, line, prose, sentence, stats

LOW = TOP - 22 * LEADING


def called(text: str, page: int = 1, row: int = 3) -> Line:
    """A line of text in which '^7^' is a raised marker '7'."""
    parts = text.split("^")
    made = line("".join(parts), page, TOP - row * LEADING)
    at = 0
    for i, part in enumerate(parts):
        if i % 2:
            made.raised.append((at, at + len(part)))
        at += len(part)
    return made


def small(text: str, page: int = 1, row: int = 0) -> Line:
    return line(text, page, LOW - 9 * row, 8.0)


def page(number: int, texts: list[Line], notes: list[Line]) -> list[Line]:
    """A page of text of which the third line and those after are `texts`, with `notes` below."""
    lines = prose(number)
    for row, e in enumerate(texts, 3):
        e.y = TOP - row * LEADING
        lines[row] = e
    return lines + notes


def read(*pages: list[Line]) -> tuple[list[list[Line]], list[Note]]:
    """Separated. Asserts that no character is lost and every place is there once."""
    before = sorted("".join("".join(e.text.split()) for lines in pages for e in lines))
    made, notes = footnotes.separate(list(pages), stats())
    after = [e.text for lines in made for e in lines] + [e.text for note in notes for e in note.lines]
    after += [r.text for note in notes for r in note.removed]
    assert sorted("".join("".join(text.split()) for text in after)) == before
    assert len({note.place for note in notes}) == len(notes)
    return made, notes


def calls(pages: list[list[Line]]) -> list[tuple[str, str]]:
    """(what stands before a call, the place it names)."""
    return [(e.text[:at], place) for lines in pages for e in lines for at, place in e.calls]


MARKERS = [
    ("said.^3^ Nobody", "3 A proverb.", "3"),
    ("said”^3^ and", "3. A proverb.", "3"),
    ("said.³ Nobody", "³ A proverb.", "3"),
    ("said.¹² Nobody", "12 A proverb.", "12"),
    ("said[3] nothing", "[3] A proverb.", "3"),
    ("said.^[3]^ Nobody", "[3] A proverb.", "3"),
    ("said^*^ nothing", "* A proverb.", "*"),
    ("said^**^ nothing", "** A proverb.", "**"),
    ("said,^†^ nothing", "†A proverb.", "†"),
    ("said.^a^ Nobody", "a. A proverb.", "a"),
    ("nobody said.^7^", "7) A proverb.", "7"),
]


@pytest.mark.parametrize(("text", "note", "label"), MARKERS)
def test_markers_and_labels_in_every_form(text: str, note: str, label: str) -> None:
    made, notes = read(page(1, [called(text)], [small(note)]))
    assert [(n.label, n.lines[0].text, n.place) for n in notes] == [(label, "A proverb.", f"note {label}")]
    assert len(made[0]) == 20
    (before, place), *rest = calls(made)
    assert not rest
    assert place == f"note {label}"
    assert text.startswith(before.rstrip())
    assert not any(c.isdigit() for c in made[0][3].text)
    assert {r.why for r in notes[0].removed} == {"note label", "note marker"}


def test_the_words_before_a_marker_are_its_context() -> None:
    _, notes = read(page(1, [called("he said nothing.^3^ Nobody")], [small("3 A proverb.")]))
    assert [(r.why, r.text, r.context) for r in notes[0].removed] == [
        ("note label", "3", "A proverb."),
        ("note marker", "3", "nothing."),
    ]


def test_several_notes_and_their_calls_in_one_line() -> None:
    made, notes = read(
        page(1, [called("one^1^ two^2^ three^3^ four")], [small(f"{n} Word {n}.", 1, n) for n in (1, 2, 3)])
    )
    assert [n.lines[0].text for n in notes] == ["Word 1.", "Word 2.", "Word 3."]
    assert calls(made) == [("one", "note 1"), ("one two", "note 2"), ("one two three", "note 3")]


def test_several_notes_on_one_line() -> None:
    texts = called("one^1^ two^2^ three^3^ four")
    _, notes = read(page(1, [texts], [small("1 Ibid. 2 See below. 3 In French.")]))
    assert [n.lines[0].text for n in notes] == ["Ibid.", "See below.", "In French."]


def test_a_number_that_begins_a_line_of_a_note_is_no_label() -> None:
    lines = [
        small("1 He came home in the year"),
        small("1812 was cold, and with him", 1, 1),
        small("12 men of the mill.", 1, 2),
    ]
    _, notes = read(page(1, [called("cold.^1^ Nobody")], lines))
    assert [n.label for n in notes] == ["1"]
    assert len(notes[0].lines) == 3


def test_a_note_runs_on_to_the_next_page() -> None:
    first = page(1, [called("cold.^1^ Nobody")], [small("1 He came home and"), small("found that the", 1, 1)])
    second = page(2, [called("warm.^2^ Nobody", 2)], [small("mill was gone.", 2), small("2 Another.", 2, 1)])
    _, notes = read(first, second)
    assert [[e.text for e in n.lines] for n in notes] == [
        ["He came home and", "found that the", "mill was gone."],
        ["Another."],
    ]


def test_numbers_that_begin_again_on_each_page_have_places_of_their_own() -> None:
    made, notes = read(*(page(n, [called("cold.^1^ No", n)], [small(f"1 Note of {n}.", n)]) for n in (1, 2, 3)))
    assert [n.place for n in notes] == ["note 1, page 1", "note 1, page 2", "note 1, page 3"]
    assert [place for _, place in calls(made)] == [n.place for n in notes]


def test_the_same_sign_twice_on_a_page() -> None:
    texts = [called("cold^*^ No"), called("warm^*^ No")]
    made, notes = read(page(1, texts, [small("* One."), small("* Two.", 1, 1)]))
    assert [n.place for n in notes] == ["note *, page 1", "note *, page 1 (2)"]
    assert calls(made) == [("cold", "note *, page 1"), ("warm", "note *, page 1 (2)")]


def test_notes_in_the_size_of_the_text_below_a_gap() -> None:
    low = [line("1 A proverb of the mill.", 1, LOW), line("It goes on here.", 1, LOW - LEADING)]
    made, notes = read(page(1, [called("cold.^1^ Nobody")], low))
    assert [e.text for e in notes[0].lines] == ["A proverb of the mill.", "It goes on here."]
    assert calls(made) == [("cold.", "note 1")]


def test_each_column_has_its_own_notes() -> None:
    left = page(1, [called("cold.^1^ Nobody")], [small("1 Left note.")])
    right = page(1, [called("warm.^2^ Nobody")], [small("2 Right note.")])
    for e in right:
        e.x0, e.x1 = e.x0 + 320, e.x1 + 320
    made, notes = read(left + right)
    assert [n.lines[0].text for n in notes] == ["Left note.", "Right note."]
    assert len(made[0]) == 40


def test_a_marker_whose_note_is_set_on_the_next_page_and_the_other_way_round() -> None:
    first = page(1, [called("cold.^1^ Nobody")], [])
    second = page(
        2, [called("warm.^3^ No", 2)], [small("1 A proverb.", 2), small("2 Early.", 2, 1), small("3 X.", 2, 2)]
    )
    third = page(3, [called("late.^2^ Nobody", 3)], [])
    made, notes = read(first, second, third)
    assert calls(made) == [("cold.", "note 1"), ("warm.", "note 3"), ("late.", "note 2")]
    assert len(notes) == 3


def test_a_label_not_raised_as_after_ocr() -> None:
    made, _ = read(page(1, [called("nobody said nothing.7 He slept")], [small("7 A proverb.")]))
    assert calls(made) == [("nobody said nothing.", "note 7")]


def test_signs_that_are_not_raised_and_longer_than_two() -> None:
    made, notes = read(page(1, [called("it was an‡‡‡ old mill")], [small("‡‡‡ A proverb.")]))
    assert calls(made) == [("it was an", "note ‡‡‡")]
    assert notes[0].lines[0].text == "A proverb."


NO_MARKERS = ["the area is 12 m^2^ and", "on the 1^st^ of May", "H^2^O was", "as E = mc^2^ says", "cold.^9^ Nobody"]


@pytest.mark.parametrize("text", NO_MARKERS)
def test_raised_figures_without_a_note_stay(text: str) -> None:
    made, notes = read(page(1, [called(text)], []))
    assert made[0][3].text == text.replace("^", "")
    assert not notes


def test_a_letter_in_small_type_at_the_foot_is_no_note() -> None:
    texts = [small("12 men of the mill came home", 1, 0), small("and none of them spoke.", 1, 1)]
    made, notes = read(page(1, [], texts))
    assert len(made[0]) == 22
    assert not notes


def test_a_small_quotation_above_the_notes_stays_text() -> None:
    lines = [small("Dear friend, I came home", 1, 0), small("and nobody spoke.", 1, 1), small("1 A proverb.", 1, 4)]
    made, notes = read(page(1, [called("cold.^1^ Nobody")], lines))
    assert len(made[0]) == 22
    assert [n.lines[0].text for n in notes] == ["A proverb."]


def test_headings_lists_and_ornaments_below_a_marker_are_no_notes() -> None:
    heading = page(1, [called("cold.^3^ Nobody")], [])
    heading[14:] = [
        line("3. The Mill", 1, heading[14].y - 14),
        *(line("He slept and", 1, 300 - 12 * n) for n in range(5)),
    ]
    appendix = [line(f"{n}. A thing of the mill.", 2, TOP - 14 * n, 8) for n in range(1, 20)]
    ornament = page(3, [], [line("* * *", 3, LOW, 8, x0=150)])
    made, notes = read(heading, appendix, ornament)
    assert not notes
    assert [len(lines) for lines in made] == [20, 19, 21]


def endnotes(chapters: int) -> list[list[Line]]:
    """A book of as many chapters, two notes in each, numbered anew, with the notes at the back."""
    pages = [page(n, [called("cold.^1^ Nobody", n), called("warm^2^ was", n)], []) for n in range(1, chapters + 1)]
    back = [line("Notes", chapters + 1, TOP, 14)]
    for n in range(1, chapters + 1):
        y = TOP - 60 * n
        back += [
            line(f"Chapter {n}", chapters + 1, y),
            line(f"1. First of {n}, that is long", chapters + 1, y - 20),
            line("and goes on.", chapters + 1, y - 20 - LEADING),
            line(f"2. Second of {n}.", chapters + 1, y - 20 - 2 * LEADING),
        ]
    return [*pages, back]


def test_notes_at_the_back_by_chapter() -> None:
    made, notes = read(*endnotes(3))
    assert [[e.text for e in n.lines] for n in notes][:2] == [
        ["First of 1, that is long", "and goes on."],
        ["Second of 1."],
    ]
    assert [e.text for e in made[-1]] == ["Notes", "Chapter 1", "Chapter 2", "Chapter 3"]
    assert [place for _, place in calls(made)] == [n.place for n in notes]


def test_notes_at_the_back_that_do_not_agree_with_the_text_stay_text() -> None:
    pages = endnotes(3)
    del pages[1][4]
    made, notes = read(*pages)
    assert not notes
    assert len(made[-1]) == 13
    assert not calls(made)


def test_a_book_without_notes_is_left_as_it_is() -> None:
    pages = [prose(n) for n in range(1, 4)]
    made, notes = read(*pages)
    assert made == pages
    assert not notes
    assert sentence(100) == made[0][0].text


def test_a_star_whose_note_comes_on_the_next_page_is_answered_before_that_page_s_own() -> None:
    first = page(1, [called("he called it a squaring^*^ of matters")], [])
    second = page(
        2, [called("and went to the table^*^ with him", 2)], [small("* So it was.", 2), small("* Herring.", 2, 1)]
    )
    made, notes = read(first, second)
    assert [note.lines[0].text for note in notes] == ["So it was.", "Herring."]
    assert [place for _, place in calls(made)] == [note.place for note in notes]
