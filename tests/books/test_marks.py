"""Signs in a text become offsets; and a book survives its way through bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inscape.books import marks, wire
from inscape.books.marks import ITALIC, ROMAN, bare, note, page, resolve
from inscape.records import BookText, Paragraph, Removal

PIECES = st.lists(
    st.sampled_from([ITALIC, ROMAN, page(12), note("n#3"), " ", "  ", "\n", "word", "a", "—", "ü", "."]), max_size=30
)


def test_offsets_are_those_of_the_clean_text() -> None:
    made = resolve(f"  He was {ITALIC}not{ROMAN}  well,{note('note 1')} he {page(8)}thought. ")
    assert made.text == "He was not well, he thought."
    assert [made.text[a:b] for a, b in made.italics] == ["not"]
    assert [(made.text[at:], number) for at, number in made.breaks] == [("thought.", 8)]
    assert [(made.text[:at], place) for at, place in made.notes] == [("He was not well,", "note 1")]


def test_a_page_that_breaks_a_word_begins_inside_it() -> None:
    made = resolve(f"hap{page(9)}pened")
    assert made.text == "happened"
    assert made.breaks == ((3, 9),)


def test_italics_over_line_ends_are_one_run() -> None:
    made = resolve(f"{ITALIC}one{ROMAN} {ITALIC}two{ROMAN} three")
    assert [made.text[a:b] for a, b in made.italics] == ["one two"]
    assert resolve(f"a {ITALIC}—{ROMAN} b").italics == ()


@given(PIECES)
def test_resolving_only_takes_signs_away(pieces: list[str]) -> None:
    text = "".join(pieces)
    made = resolve(text)
    assert made.text.split() == bare(text).split()
    assert made.text == " ".join(made.text.split())
    for start, end in made.italics:
        assert 0 <= start < end <= len(made.text)
    assert all(0 <= at <= len(made.text) for at, _ in (*made.breaks, *made.notes))
    assert len(made.breaks) == text.count("12")


@given(PIECES)
def test_lines_of_verse_stay_lines(pieces: list[str]) -> None:
    made = resolve("".join(pieces), lines=True)
    assert "".join(made.text.split()) == "".join(bare("".join(pieces)).split())
    assert "\n\n" not in made.text


def test_a_file_cannot_bring_signs_of_its_own() -> None:
    assert marks.foreign("a\ufdd0b") == "a\ufffdb"


def test_a_book_survives_bytes() -> None:
    unit = Paragraph("quote", "Ä\ud800", 3, "I", "p", 0, "iii", "front", ((2, 4),), ((0, 1),), ((1, "note 1"),))
    book = BookText("T", "A", "en", "pdf", (unit,), 4, (Removal("hyphen", "-", 2, "a-b"),), ("doubt",), 12)
    assert wire.load(wire.dump(book)) == book
