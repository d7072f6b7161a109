"""tesseract's words to lines like those of a typeset page, and images of pages made straight and clean."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inscape.books.pdf.page import Line, Page
from inscape.books.pdf.scans import images as scans
from inscape.books.pdf.scans import ocr

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
SCALE = 300 / 72


def row(line: int, text: str, left: int, base: int, confidence: float = 95.0, em: int = 42) -> str:
    """A line as tesseract would give it, in a type whose letters are as wide as half an em."""
    made = []
    for n, word in enumerate(text.split(" "), 1):
        up = 0.68 if any(c in "bdfhklt“”’" or c.isupper() or c.isdigit() for c in word) else 0.44
        down = 0.22 if any(c in "gjpqy,;" for c in word) else 0.0
        top, width = base - round(up * em), len(word) * em // 2
        cells = [5, 1, line, 1, 1, n, left, top, width, round((up + down) * em), confidence, word]
        made.append("\t".join(map(str, cells)) + "\n")
        left += width + em // 4
    return "".join(made)


def read(*rows: str, width: float = 360.0, height: float = 576.0) -> ocr.Reading:
    return ocr.page(HEAD + "".join(rows), 7, width, height, SCALE)


def test_words_become_lines_in_points_from_below() -> None:
    made = read(row(1, "“The mill stood", 300, 300), row(2, "by a grey river.", 250, 350))
    first, second = made.page.lines
    assert [first.text, second.text] == ["“The mill stood", "by a grey river."]
    assert [round(line.x0, 6) for line in (first, second)] == [72.0, 60.0]
    assert first.y == pytest.approx(576 - 72)
    assert second.y == pytest.approx(576 - 84)
    assert first.page == second.page == made.page.number == 7
    assert made.confidence == 95.0
    assert made.upright
    assert made.page.characters == len("“Themillstoodbyagreyriver.")


@pytest.mark.parametrize("text", ["Dark woods", "a sea gypsy", "(she) jumped,", "no one came", "so gray", "IV", "1812"])
def test_size_and_base_line_do_not_depend_on_the_letters(text: str) -> None:
    line = read(row(1, text, 250, 400)).page.lines[0]
    assert line.size == pytest.approx(42 / SCALE, rel=0.04)
    assert line.y == pytest.approx(576 - 96, abs=0.3)


@pytest.mark.parametrize("text", ["saying so.”", "it.”", "is it?”"])
def test_marks_and_dots_above_low_letters_make_no_heading(text: str) -> None:
    line = read(row(1, text, 250, 400)).page.lines[0]
    assert 0.75 < line.size * SCALE / 42 < 1.1


def test_words_that_run_upwards_lie_on_their_side() -> None:
    up = [f"5\t1\t1\t1\t{n}\t1\t{100 + 60 * n}\t200\t40\t170\t93\tmiller\n" for n in range(5)]
    assert not read(*up).upright
    assert read().upright


def test_a_hyphen_at_the_end_stays_as_it_is() -> None:
    line = read(row(1, "an unhappy mar-", 250, 400)).page.lines[0]
    assert line.text.endswith("mar-")
    assert not line.hyphen


def test_a_raised_number_is_marked() -> None:
    number = "5\t1\t1\t1\t1\t9\t700\t365\t15\t18\t90\t3\n"
    line = read(row(1, "said the miller,", 250, 400) + number).page.lines[0]
    assert line.text == "said the miller, 3"
    assert [line.text[a:b] for a, b in line.raised] == ["3"]


def test_specks_are_taken_out_and_told() -> None:
    speck = "5\t1\t9\t1\t1\t1\t20\t900\t9\t9\t31\t~\n"
    edge = "5\t1\t8\t1\t1\t1\t2\t5\t20\t2300\t40\t|\n"
    made = read(row(1, "The mill stood", 250, 400), speck, edge, row(2, "ii", 900, 2300, confidence=12))
    assert [line.text for line in made.page.lines] == ["The mill stood"]
    assert sorted(r.text for r in made.removed) == ["ii", "|", "~"]
    assert {(r.why, r.page) for r in made.removed} == {("noise in the scan", 7)}
    kept = sum(len(line.text.replace(" ", "")) for line in made.page.lines)
    assert made.page.characters == kept + sum(len(r.text) for r in made.removed)


def test_signs_that_are_never_printed_go_off_the_ends_of_words() -> None:
    made = read(row(1, "_The mill| stood", 250, 400))
    assert [line.text for line in made.page.lines] == ["The mill stood"]
    assert [(r.text, r.context) for r in made.removed] == [("_", "_The"), ("|", "mill|")]
    assert made.page.characters == len("_Themill|stood")


def test_dashes_dots_and_scene_breaks_are_no_noise() -> None:
    made = read(row(1, "No — he said ...", 250, 400), row(2, "* * *", 600, 500, confidence=35), row(3, "12", 600, 2300))
    assert [line.text for line in made.page.lines] == ["No — he said ...", "* * *", "12"]
    assert not made.removed


def test_a_double_page_is_read_left_then_right() -> None:
    rows = [row(n, f"left {n} and then right {n}", 250, 300 + 60 * n) for n in range(1, 9)]
    words = [r.replace("\tright", "\tRIGHT") for r in rows]
    moved = []
    for line in words:  # what follows 'and then' stands on the other page
        cells = [cell.split("\t") for cell in line.splitlines()]
        for cell in cells[4:]:
            cell[6] = str(int(cell[6]) + 1300)
        moved.append("\n".join("\t".join(cell) for cell in cells) + "\n")
    texts = [line.text for line in read(*moved, width=720.0, height=500.0).page.lines]
    assert texts == [f"left {n} and then" for n in range(1, 9)] + [f"RIGHT {n}" for n in range(1, 9)]


def test_columns_stay_in_their_order_and_blocks_of_one_column_are_sorted() -> None:
    left = [row(n, f"left {n} of it", 250, 300 + 60 * n) for n in range(9)]
    right = [row(20 + n, f"right {n} of it", 850, 300 + 60 * n) for n in range(9)]
    texts = [line.text for line in read(*left, *right).page.lines]
    assert texts == [f"left {n} of it" for n in range(9)] + [f"right {n} of it" for n in range(9)]
    shuffled = [left[3], left[0], left[2], left[1]]
    assert [line.text for line in read(*shuffled).page.lines] == [f"left {n} of it" for n in range(4)]


@pytest.mark.parametrize("broken", ["", "level\n", "no table at all", HEAD + "5\t1\tx\n"])
def test_what_is_no_table_is_refused_or_empty(broken: str) -> None:
    if broken.startswith(HEAD):
        assert ocr.page(broken, 1, 360, 576, SCALE).page.lines == []
    else:
        with pytest.raises(ValueError, match="TSV"):
            ocr.page(broken, 1, 360, 576, SCALE)


def test_a_table_with_words_for_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        ocr.page(HEAD + "5\t1\t1\t1\t1\t1\tx\t0\t0\t0\t90\tword\n", 1, 360, 576, SCALE)


# ---------------------------------------------------------------- pages against each other


def sheet(number: int, right: float, up: float, sizes: float = 1.0) -> Page:
    lines = [Line(f"a full line of the text {n}", 60 + right, 300, 500 - 14 * n + up, 0, number) for n in range(20)]
    for n, line in enumerate(lines):
        line.size = sizes * (10.0 + 0.3 * (n % 3 - 1))
    lines[5].x0 += 14
    lines.insert(0, Line("A Head", 150 + right, 200, 530 + up, 8.1 * sizes, number))
    lines.append(Line("And a note in small type below", 60 + right, 250, 200 + up, 8.1 * sizes, number))
    return Page(number, 360, 576, lines)


def test_pages_are_leveled_against_each_other() -> None:
    pages = [sheet(1, 0, 0), sheet(3, 9, -5), sheet(5, -7, 6, sizes=1.04), sheet(2, 30, 0)]
    ocr.settle(pages)
    for page in pages:
        sizes = {line.size for line in page.lines}
        assert sizes == {10.0, 8.0}
    odd = pages[:3]
    assert {round(page.lines[1].x0, 3) for page in odd} == {60.0}
    assert {round(page.lines[6].x0, 3) for page in odd} == {74.0}
    assert {round(page.lines[0].y, 3) for page in odd} == {530.0}
    assert pages[3].lines[1].x0 == 90.0, "the other side of the sheets has margins of its own"


def test_a_line_that_specks_make_taller_is_text_and_a_heading_is_not() -> None:
    page = sheet(1, 0, 0)
    page.lines[9].size = 12.0
    page.lines[0] = Line("Chapter the First of Many", 150, 200, 530, 12.4, 1)
    ocr.settle([page])
    assert page.lines[9].size == 10.0
    assert page.lines[0].size == 12.5


def test_a_short_last_line_is_text_whatever_its_letters_measure() -> None:
    page = sheet(1, 0, 0)
    page.lines[4].text = "a line of the text that is long enough to be full"
    page.lines[5].text, page.lines[5].size = "met, to repeat.", 7.9
    ocr.settle([page])
    assert page.lines[5].size == 10.0


def test_a_page_on_which_a_chapter_begins_is_leveled_by_its_foot() -> None:
    opening = sheet(5, 0, 4)
    opening.lines = opening.lines[8:]
    pages = [sheet(1, 0, 0), sheet(3, 0, 0), opening]
    ocr.settle(pages)
    assert opening.lines[-1].y == pages[0].lines[-1].y


def test_nothing_to_level() -> None:
    ocr.settle([])
    ocr.settle([Page(1, 100, 100), Page(2, 100, 100, [Line("One", 0, 9, 50, 11.2, 2)])])


# ---------------------------------------------------------------- whether the file's own text will do


def test_text_that_cannot_be_used() -> None:
    def page(text: str) -> Page:
        line = Line(text, 0, 100, 50, 10, 1)
        return Page(1, 100, 100, [line], len(text.replace(" ", "")))

    prose = "The mill stood by the river, and nobody had lived in it for years. " * 4
    assert ocr.unusable(page(prose)) == ""
    assert ocr.unusable(page("Chapter One " + ". " * 150 + "7")) == ""
    assert "hardly any" in ocr.unusable(page("Part One"))
    assert "font" in ocr.unusable(page(prose.replace("e", "\ufffd")))
    assert "font" in ocr.unusable(page(prose.replace("o", "\ue004")))
    assert "font" in ocr.unusable(page("(cid:12)(cid:7)(cid:99) " * 20))
    assert "font" in ocr.unusable(page("\x03\x04\x05ab" * 50))
    assert "words" in ocr.unusable(page("$%& ~§/ =)( a#+ " * 40))


def test_languages_by_tesseracts_names() -> None:
    assert [ocr.language_name(code) for code in ("tr-TR", "en", "de_AT", "", "xx")] == ["tur", "eng", "deu", "", ""]


# ---------------------------------------------------------------- images


def lines_of_ink(rows: int = 1200, columns: int = 900) -> scans.Gray:
    """A page with bars where words would be."""
    made = np.full((rows, columns), 240, np.uint8)
    for y in range(150, rows - 150, 50):
        for x in range(120, columns - 160, 60):
            made[y : y + 18, x : x + 45] = 20
    return made


@pytest.mark.parametrize("angle", [-3.0, -0.7, 0.5, 2.0])
def test_a_skewed_page_is_made_straight(angle: float) -> None:
    skewed = scans.straighten(lines_of_ink(), -angle)
    found = scans.skew_of(skewed, 150)
    assert found == pytest.approx(angle, abs=0.11)
    assert scans.skew_of(scans.straighten(skewed, found), 150) == 0.0


def test_straight_and_blank_pages_are_left_alone() -> None:
    assert scans.skew_of(lines_of_ink(), 150) == 0.0
    assert scans.skew_of(np.full((1200, 900), 230, np.uint8), 150) == 0.0
    assert scans.skew_of(np.zeros((20, 20), np.uint8), 150) == 0.0


def test_specks_go_and_points_stay() -> None:
    page = lines_of_ink()
    page[165:168, 168:171] = 20  # a point of type, as small as a speck
    clean = scans.clean(page, 300)
    assert (clean == page).all(), "nothing is wiped off a page without specks in its empty parts"
    strewn = page.copy()
    for y, x in itertools.product(range(5, 1190, 44), range(5, 890, 44)):
        strewn[y : y + 2, x : x + 2] = 30
    clean = scans.clean(strewn, 300)
    assert (clean[:100] > 200).all(), "the margins are clean"
    assert (clean[165:168, 168:171] < 128).all()
    assert (clean[page == 20] < 128).all(), "no ink of the print is touched"


@pytest.mark.parametrize(
    ("width", "height", "native", "dots"),
    [
        (360, 576, 0, 300),  # no image: drawn shapes
        (360, 576, 150, 300),
        (360, 576, 300, 300),
        (360, 576, 600, 300),
        (360, 576, 350, 350),
        (120, 192, 900, 750),  # a page of a few centimeters, whose image is as fine as any
        (2480, 3508, 72, 72),  # points that are dots
        (1200, 1900, 300, 182),
    ],
)
def test_resolution(width: float, height: float, native: float, dots: float) -> None:
    scale, true = scans.resolution(width, height, native)
    assert scale * 72 == pytest.approx(dots, abs=1)
    assert width * height * scale**2 <= scans.PIXELS * 1.01
    assert true == (scans.DOTS if max(width, height) > 17 * 72 else pytest.approx(dots, abs=1))
