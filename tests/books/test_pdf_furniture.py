"""Furniture of pages: everything that books really have goes, with its reason; nothing of the text does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from inscape.books import read
from inscape.books.pdf.furniture import edges
from inscape.books.pdf.furniture.labels import labels
from inscape.books.pdf.page import Line, Page
from tests.books.makers import pdf
from tests.books.pages import BODY, FOOT, LEADING, TOP, line, prose, sentence, stats
from tests.books.story import story

HEAD = TOP + 2.2 * LEADING


def characters(texts: Iterable[str]) -> list[str]:
    return sorted("".join("".join(text.split()) for text in texts))


def removed(pages: list[list[Line]]) -> dict[str, list[str]]:
    """What went, by reason. Asserts that nothing is lost and nothing is made."""
    before = characters(e.text for lines in pages for e in lines)
    kept, gone = edges.remove(pages, stats())
    assert characters([*(e.text for lines in kept for e in lines), *(r.text for r in gone)]) == before
    found: dict[str, list[str]] = {}
    for removal in gone:
        found.setdefault(removal.why, []).append(removal.text)
    return found


def book(count: int, *edges: list[Line]) -> list[list[Line]]:
    """Pages of text, with the lines of `edges` added to the pages they name."""
    pages = [prose(n) for n in range(1, count + 1)]
    for extra in edges:
        for e in extra:
            pages[e.page - 1].append(e)
    return pages


FOLIOS = ["{}", "— {} —", "[{}]", "- {} -", "Page {} of 300", "{}/40", "~ {} ~", "Seite {}"]


@pytest.mark.parametrize("form", FOLIOS)
def test_page_numbers_in_every_form(form: str) -> None:
    texts = [form.format(n) for n in range(1, 13)]
    assert removed(book(12, [line(t, n, FOOT, x0=150) for n, t in enumerate(texts, 1)])) == {"page number": texts}


@pytest.mark.parametrize("form", ["{} | The Mill", "The Mill | {}", "{} THE MILL", "T H E  M I L L {}", "The Mill {}"])
def test_heads_with_the_page_s_number(form: str) -> None:
    texts = [form.format(n) for n in range(1, 13)]
    assert removed(book(12, [line(t, n, HEAD, 8) for n, t in enumerate(texts, 1)])) == {"running head": texts}


def test_feet_that_alternate_with_the_page_as_of_planet_ebook() -> None:
    feet = ["Free eBooks at Planet eBook.com {}" if n % 2 else "{} The Mill" for n in range(1, 21)]
    texts = [form.format(n) for n, form in enumerate(feet, 1)]
    assert removed(book(20, [line(t, n, FOOT) for n, t in enumerate(texts, 1)])) == {"running head": texts}


def test_heads_in_the_text_s_own_size_that_sway_as_on_scans() -> None:
    heads = [line("THE MILL BY THE RIVER", n, HEAD + (n % 4) - 2, x0=60 + n % 3) for n in range(2, 14)]
    assert removed(book(14, heads)) == {"running head": ["THE MILL BY THE RIVER"] * 12}


def test_the_title_of_a_chapter_of_two_pages_as_its_head() -> None:
    titles = [["Home", "Away", "The Long Road", "Night", "A Letter", "The Fair"][(n - 1) // 2] for n in range(1, 13)]
    left = [line("THE MILL", n, HEAD, 8) for n in range(2, 13, 2)]
    right = [line(titles[n - 1], n, HEAD, 8, x0=200) for n in range(3, 13, 2)]
    found = removed(book(12, left, right))
    assert sorted(found["running head"]) == sorted(e.text for e in (*left, *right))


def test_roman_folios_then_arabic_ones_with_openings_left_out() -> None:
    romans = ["i", "ii", "iii", "iv", "v", "vi"]
    front = [line(r, n, FOOT, x0=150) for n, r in enumerate(romans, 1)]
    body = [line(str(n - 6), n, FOOT, x0=150) for n in range(7, 31) if n not in (12, 20)]
    pages = book(30, front, body)
    kept, gone = edges.remove(pages, stats())
    assert [r.text for r in gone] == [*romans, *(e.text for e in body)]
    named = labels([Page(n, 400, 600) for n in range(1, 31)], gone)
    assert [named[n] for n in (1, 4, 6, 7, 12, 20, 30)] == ["i", "iv", "vi", "1", "6", "14", "24"]
    assert all(len(lines) == 20 for lines in kept)


def test_numbering_that_begins_anew() -> None:
    folios = [line(str(n if n <= 12 else n - 12), n, FOOT, x0=150) for n in range(1, 25)]
    assert removed(book(24, folios)) == {"page number": [e.text for e in folios]}


def test_a_folio_that_drops_to_the_foot_where_a_chapter_opens() -> None:
    folios = [line(str(n), n, FOOT if n in (5, 11) else HEAD, x0=150) for n in range(1, 16)]
    assert removed(book(15, folios)) == {"page number": [e.text for e in folios]}


def test_what_browsers_print_and_shops_stamp() -> None:
    head = [line("11/20/26, 3:14 PM The Mill by the River", n, HEAD, 7) for n in range(1, 9)]
    foot = [line("https://example.com/mill.html", n, FOOT, 7) for n in range(1, 9)]
    count = [line(f"{n}/8", n, FOOT, 7, x0=320) for n in range(1, 9)]
    stamp = [line("This eBook belongs to a.reader@example.com", n, FOOT - 14, 6) for n in range(1, 9)]
    found = removed(book(8, head, foot, count, stamp))
    assert sum(map(len, found.values())) == 32


def test_numbers_beside_every_fifth_line_of_verse() -> None:
    pages = [prose(n) for n in range(1, 5)]
    for n, lines in enumerate(pages, 1):
        lines += [
            line(str((n - 1) * 20 + row + 1), n, TOP - row * LEADING, 7, x0=360)
            for row in range(20)
            if ((n - 1) * 20 + row + 1) % 5 == 0
        ]
    assert removed(pages) == {"line number": [str(n) for n in range(5, 81, 5)]}


def test_numbers_of_lines_at_the_end_of_the_lines_themselves() -> None:
    pages = [prose(n) for n in range(1, 3)]
    for n, e in enumerate([e for lines in pages for e in lines], 1):
        if n % 5 == 0:
            e.text += f" {n}"
            e.x1 = 380.0
    kept, gone = edges.remove(pages, stats())
    assert [r.text for r in gone] == [str(n) for n in range(5, 41, 5)]
    assert not any(e.text[-1].isdigit() for lines in kept for e in lines)


def test_signatures_catchwords_and_watermarks_of_old_books() -> None:
    pages = [prose(n) for n in range(1, 41)]
    for n, letter in zip(range(1, 41, 8), "ABCDE", strict=True):
        pages[n - 1].append(line(letter, n, FOOT, x0=200))
        pages[n].append(line(f"{letter} 2", n + 1, FOOT, x0=200))
    for n in range(1, 41):
        pages[n - 1][0].text = " ".join(reversed(pages[n - 1][0].text.split()))
    catch = [(n, pages[n][0].text.split()[0]) for n in range(3, 40, 2)]
    for n, word in catch:
        pages[n - 1].append(line(word, n, TOP - 21 * LEADING, x0=280))
    for n in range(1, 41):
        pages[n - 1].append(line("PREVIEW COPY", n, 300, 40, x0=90))
    found = removed(pages)
    assert found["signature"] == [t for letter in "ABCDE" for t in (letter, f"{letter} 2")]
    assert found["catchword"] == [word for _, word in catch]
    assert found["watermark"] == ["PREVIEW COPY"] * 40


def test_numbers_in_the_outer_margin_at_mid_height() -> None:
    folios = [line(str(n), n, 300, x0=10 if n % 2 else 380) for n in range(1, 11)]
    assert removed(book(10, folios)) == {"page number": [e.text for e in folios]}


def test_heads_that_run_up_the_margin() -> None:
    heads = [line(f"Chapter One {n}", n, 200, 8, x0=380, turned=True) for n in range(1, 9)]
    assert removed(book(8, heads)) == {"running head": [e.text for e in heads]}


def test_a_tagged_file_says_what_is_furniture() -> None:
    heads = [line(f"Day {'abcdef'[n % 6] * n}", n, HEAD, 8, content=-2) for n in range(1, 9)]
    assert removed(book(8, heads)) == {"running head": [e.text for e in heads]}


STYLE = """
#set page(width: 110mm, height: 170mm, margin: (inside: 16mm, outside: 13mm, y: 17mm), numbering: "i",
  header: context {
    let page = here().page()
    let opens = query(heading).filter(it => it.location().page() == page)
    let above = query(heading).filter(it => it.location().page() < page)
    if opens.len() == 0 and above.len() > 0 {
      if calc.even(page) [#counter(std.page).display() #h(1fr) THE MILL]
      else [#smallcaps(above.last().body) #h(1fr) #counter(std.page).display()] } },
  footer: context {
    let page = here().page()
    if query(heading).filter(it => it.location().page() == page).len() > 0 {
      align(center, counter(std.page).display()) } })
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#set par(justify: true, first-line-indent: 1.3em, spacing: 0.65em, leading: 0.65em)
#show heading: it => align(center, block(above: 3em, below: 2em, text(size: 14pt, it.body)))
#set footnote(numbering: "*")
"""
"""Heads in the text's size that change with the chapter; dropped folios; Roman front matter; notes by signs."""


def test_a_typeset_book_with_short_chapters() -> None:
    texts = story(33, 80)
    marked = [t.replace(" ", "#footnote[A note on it.] ", 1) if n % 5 == 1 else t for n, t in enumerate(texts)]
    parts = [f"#pagebreak(weak: true)\n= The {n}th Day\n\n" + "\n\n".join(marked[n : n + 5]) for n in range(0, 80, 5)]
    restart = '#pagebreak()\n#set page(numbering: "1")\n#counter(page).update(1)\n'
    made = read(pdf(STYLE + "\n\n".join([*parts[:4], restart, *parts[4:]])), "days.pdf")
    assert [p.text for p in made.paragraphs if p.kind == "paragraph"] == texts
    assert [p.text for p in made.paragraphs if p.kind == "note"] == ["A note on it."] * 16
    assert sum(len(p.notes) for p in made.paragraphs) == 16
    assert len([r for r in made.removed if r.why in ("page number", "running head")]) >= (made.pages or 0)
    assert {p.label for p in made.paragraphs if p.page and p.page <= 4} >= {"i", "iii", "iv"}
    assert made.paragraphs[-20].label.isdigit()


# ------------------------------------------------------------ what is text and stays


def test_short_lines_at_the_edges_are_kept() -> None:
    pages = [prose(n) for n in range(1, 21)]
    for n in (3, 5, 6, 9):
        pages[n - 1][0].text = "“Yes.”"
        pages[n - 1][-1].text = "* * *"
    for n in (4, 8, 12):
        pages[n - 1] = [line("He slept.", n, TOP)]
    assert removed(pages) == {}


def test_speakers_of_a_play_at_the_top_are_kept() -> None:
    pages = [prose(n) for n in range(1, 21)]
    for n in (2, 3, 5, 6, 7):
        pages[n - 1][0] = line("HAMLET", n, TOP, 8, x0=150)
    assert removed(pages) == {}


def test_headings_of_short_chapters_at_one_height_are_kept() -> None:
    pages = [prose(n) for n in range(1, 25)]
    for chapter, n in enumerate(range(1, 25, 2), 1):
        pages[n - 1] = [line(f"Chapter {chapter}", n, TOP - 5 * LEADING, x0=150), *prose(n)[8:]]
    assert removed(pages) == {}


def test_poems_one_to_a_page_keep_their_numbers() -> None:
    romans = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    pages = book(10, [line(str(n + 20), n, FOOT, x0=150) for n in range(1, 11)])
    for n, roman in enumerate(romans, 1):
        pages[n - 1].append(line(roman, n, HEAD, x0=150))
    assert removed(pages) == {"page number": [str(n + 20) for n in range(1, 11)]}


def test_footnotes_that_say_the_same_are_kept() -> None:
    notes = [line("* In French.", n, FOOT + 20, 8) for n in (2, 4, 5, 9)]
    folios = [line(str(n), n, FOOT, x0=150) for n in range(1, 13)]
    assert set(removed(book(12, notes, folios))) == {"page number"}


def test_paragraphs_apart_at_the_foot_are_kept() -> None:
    pages = [prose(n, 16) for n in range(1, 21)]
    for n in range(1, 21):
        text = "“No,” he said." if n % 6 == 0 else f"In {1805 + n % 9}" if n % 4 == 0 else sentence(n)[:20]
        pages[n - 1].append(line(text, n, TOP - 17.5 * LEADING))
        pages[n - 1].append(line(str(n), n, FOOT, x0=150))
    assert removed(pages) == {"page number": [str(n) for n in range(1, 21)]}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_in_a_leaflet_two_witnesses_are_asked_for(count: int) -> None:
    ends = [line("Yours ever", n, TOP - 20 * LEADING, x0=150) for n in range(1, count + 1)]
    assert removed(book(count, ends)) == {}
    folios = [line(str(n), n, FOOT, 8, x0=150) for n in range(1, count + 1)]
    assert removed(book(count, folios)) == ({"page number": [str(n) for n in range(1, count + 1)]} if count > 1 else {})


def test_empty_pages_and_books() -> None:
    assert edges.remove([], stats()) == ([], [])
    assert removed([[], prose(2), []]) == {}


def test_pages_that_could_not_be_opened_shift_no_page() -> None:
    pages = book(20, [line(str(n), n, FOOT, x0=150) for n in range(1, 21)])
    pages[3].append(line("35", 4, TOP, 7, x0=380))
    del pages[10]
    _, gone = edges.remove(pages, stats())
    assert [r.page for r in gone] == [n for n in range(1, 21) if n != 11]
    assert [r.text for r in gone] == [str(r.page) for r in gone]


def test_labels_fall_back_on_the_file_and_never_guess_from_far() -> None:
    pages = [Page(n, 400, 600, label=f"A-{n}" if n < 3 else "") for n in range(1, 31)]
    folios = [line(str(n), n, FOOT, x0=150) for n in range(20, 26)]
    _, gone = edges.remove(book(30, folios), stats())
    named = labels(pages, gone)
    assert [named[n] for n in (1, 2, 3, 22, 25, 26, 30)] == ["A-1", "A-2", "", "22", "25", "26", ""]


def test_the_size_of_the_text_is_what_the_helpers_say() -> None:
    assert all(stats().is_body(e) and e.size == BODY for e in prose(1))
