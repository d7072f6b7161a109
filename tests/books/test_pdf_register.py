"""Pages of scans: no two lie alike on the glass, and two of them may lie on one sheet."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import pytest

from inscape.books import pdf as reader
from inscape.books.pdf.layout import register, sheets
from inscape.books.pdf.layout.register import Move
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import Document, Line, Outline, Page
from inscape.records import BookText
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.pages import BODY, LEADING, TOP, line
from tests.books.story import story

TEXTS = story(71, 90)
TALK = [f"“{text.split(',')[0]}?”" for text in story(72, 60)]


@pytest.fixture(scope="module")
def typeset() -> Document:
    """A book of one column with the number of each page in its head."""
    return lines.load(pdf(BOOK_STYLE + "\n\n".join([*TEXTS, *TALK])), "book.pdf")


def of(document: Document) -> Callable[[bytes, str], Document]:
    return lambda data, name: copy.deepcopy(document)


def read(document: Document) -> BookText:
    return reader.read(b"", "scan.pdf", of(document))


def paragraphs(book: BookText) -> list[str]:
    return [unit.text for unit in book.paragraphs if unit.kind == "paragraph"]


def scanned(document: Document, shift: float, lean: float = 0.0, stretch: float = 0.0, sizes: float = 0.0) -> Document:
    """The pages as they would lie on a glass. Points, points a point, and shares."""
    made, chance = copy.deepcopy(document), random.Random(5)
    for page in made.pages:
        by, slope = chance.uniform(-shift, shift), chance.uniform(-lean, lean)
        scale = 1 + chance.uniform(-stretch, stretch)
        for each in page.lines:
            each.x0, each.x1 = (by + scale * x + slope * each.y + chance.uniform(-0.4, 0.4) for x in (each.x0, each.x1))
            each.size *= 1 + chance.uniform(-sizes, sizes)
    return made


# ---------------------------------------------------------------- pages laid on each other


@pytest.mark.parametrize(("shift", "lean", "stretch"), [(3, 0, 0), (9, 0, 0), (9, 0.01, 0.012), (0, 0.012, 0)])
def test_a_scan_is_read_as_the_book_it_shows(typeset: Document, shift: float, lean: float, stretch: float) -> None:
    assert paragraphs(read(scanned(typeset, shift, lean, stretch, 0.04))) == [*TEXTS, *TALK]


def test_the_trace_shows_lines_where_they_lie_on_the_scan(typeset: Document) -> None:
    scan = scanned(typeset, 9, 0.01, 0.012)
    printed = reader.trace(b"", "scan.pdf", of(scan)).lines
    found = {(each.page, each.y, each.text): (each.x0, each.x1) for each in printed}
    lain = [(page.number, each) for page in scan.pages for each in page.lines if len(each.text) > 30]
    assert len(lain) > 300
    for number, each in lain:
        assert found[number, each.y, each.text] == pytest.approx((each.x0, each.x1))


def test_a_typeset_book_is_not_touched(typeset: Document) -> None:
    same = copy.deepcopy(typeset)
    register.level_sizes(same.pages)
    assert register.lay([page.lines for page in same.pages]) == {}
    assert same == typeset


def test_sizes_that_change_from_line_to_line_become_one(typeset: Document) -> None:
    scan = scanned(typeset, 0, sizes=0.04)
    register.level_sizes(scan.pages)
    assert len({each.size for page in scan.pages for each in page.lines if len(each.text) > 30}) == 1


def page_at(left: float, number: int, rows: int = 20) -> list[Line]:
    """Justified lines from 50 points, each fifth indented by 14, moved to `left`."""
    made = []
    for row in range(rows):
        begin = left + (14 if row % 5 == 0 else 0)
        made.append(line("so it went on and on to the end of it", number, TOP - row * LEADING, x0=begin))
        made[-1].x1 = left + 250
    return made


def test_a_page_of_few_lines_is_laid_by_what_they_fit() -> None:
    pages = [page_at(50 + 1.7 * (number % 9), number) for number in range(1, 40)]
    pages[20] = page_at(57, 21, rows=4)
    register.lay(pages)
    assert pages[20][0].x0 - 14 == pytest.approx(pages[22][1].x0)
    assert [each.x0 for each in pages[20][1:]] == pytest.approx([pages[22][1].x0] * 3)


def test_verse_that_stands_far_inside_stays_there() -> None:
    pages = [page_at(50 + 1.7 * (number % 9), number) for number in range(1, 40)]
    pages[20] = [line("when from dark error we rise", 21, TOP - row * LEADING, x0=100) for row in range(15)]
    register.lay(pages)
    assert {each.x0 for each in pages[20]} == {100}


def test_a_move_can_be_undone() -> None:
    move = Move(3.5, 0.01, 1.02, 54)
    assert move.undone(move.moved(61.25, 410), 410) == pytest.approx(61.25)


# ---------------------------------------------------------------- two pages on a sheet


def two_up(document: Document) -> Document:
    """Each two pages on one sheet."""
    made = copy.deepcopy(document)
    pages = []
    for number, (left, right) in enumerate(zip(made.pages[::2], made.pages[1::2], strict=False), 1):
        for each in right.lines:
            each.x0, each.x1 = each.x0 + left.width, each.x1 + left.width
        both = [*left.lines, *right.lines]
        for each in both:
            each.page = number
        pages.append(Page(number, 2 * left.width, left.height, both, left.characters + right.characters))
    return Document("", "", "en", pages, [Outline("End", 1, len(pages))])


@pytest.fixture(scope="module")
def even(typeset: Document) -> Document:
    """The same book with a blank page at its end where its pages are odd."""
    made, last = copy.deepcopy(typeset), typeset.pages[-1]
    if len(made.pages) % 2:
        made.pages.append(Page(last.number + 1, last.width, last.height))
    return made


def test_two_pages_on_a_sheet_are_read_one_after_the_other(even: Document) -> None:
    single, double = read(even), read(two_up(even))
    assert paragraphs(double) == paragraphs(single)
    assert double.pages == len(even.pages) // 2
    for one, other in zip(single.paragraphs, double.paragraphs, strict=True):
        assert one.page is not None
        assert other.page == (one.page + 1) // 2
        assert one.label == other.label
        assert [other.page_at(at) for at in (0, len(other.text))] == [
            ((one.page_at(at) or 0) + 1) // 2 for at in (0, len(one.text))
        ]
    assert {gone.page for gone in double.removed} <= set(range(1, len(even.pages) // 2 + 1))


def test_the_trace_shows_lines_where_they_stand_on_their_sheet(even: Document) -> None:
    sheet = two_up(even)
    trace = reader.trace(b"", "sheets.pdf", of(sheet))
    found = {(each.page, each.y, each.text): each.x0 for each in trace.lines}
    lain = [each for page in sheet.pages for each in page.lines if len(each.text) > 30]
    assert [found[each.page, each.y, each.text] for each in lain] == pytest.approx([each.x0 for each in lain])
    assert [size[0] for size in trace.pages] == [page.number for page in sheet.pages]


def test_two_columns_with_one_number_a_page_are_one_page() -> None:
    pages = []
    for number in range(1, 21):
        columns = [*page_at(50, number), *page_at(450, number)]
        pages.append(Page(number, 800, 550, [*columns, line(str(number), number, 20, BODY, x0=395)]))
    document = Document("", "", "en", pages, [])
    assert sheets.parted(document).document is document
