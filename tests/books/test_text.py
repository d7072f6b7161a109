"""Plain text, Markdown and HTML; and the two renderings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inscape.books import read
from inscape.books.render import objects, plain
from inscape.records import BookText
from tests.books.score import DATA
from tests.books.story import story


def kinds(book: BookText) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in book.paragraphs]


def wrapped(texts: list[str], width: int, between: str = "\n\n", indent: str = "") -> str:
    made = []
    for text in texts:
        lines, line = [], indent
        for word in text.split():
            if len(line) + len(word) >= width and line.strip():
                lines.append(line.rstrip())
                line = ""
            line += word + " "
        made.append("\n".join([*lines, line.rstrip()]))
    return between.join(made)


# ---------------------------------------------------------------- plain text


@pytest.mark.parametrize(
    ("width", "between", "indent"), [(70, "\n\n", ""), (72, "\n", "    "), (9999, "\n", ""), (9999, "\n\n", "")]
)
def test_paragraphs_however_they_are_set(width: int, between: str, indent: str) -> None:
    texts = story(1, 40)
    book = read(wrapped(texts, width, between, indent).encode(), "a.txt")
    assert kinds(book) == [("paragraph", text) for text in texts]
    assert book.paragraphs[0].place == "line 1"


def test_headings_verse_breaks_italics() -> None:
    prose = story(2, 12)
    text = (
        "CHAPTER I\n\nThe River\n\n\n"
        + wrapped(prose[:6], 70)
        + "\n\n    The water goes,\n    the wheel goes round,\n    and all our days.\n\n* * *\n\n"
        + "It was _not at all_ snake_case.\n\n"
        + "LETTER 2\n\n"
        + wrapped(prose[6:], 70)
    )
    book = read(text.encode(), "a.txt")
    assert kinds(book) == [
        ("heading", "CHAPTER I"),
        ("paragraph", "The River"),
        *[("paragraph", t) for t in prose[:6]],
        ("verse", "The water goes,\nthe wheel goes round,\nand all our days."),
        ("break", ""),
        ("paragraph", "It was not at all snake_case."),
        ("heading", "LETTER 2"),
        *[("paragraph", t) for t in prose[6:]],
    ]
    assert book.paragraphs[-1].chapter == "LETTER 2"


def test_bare_numbers_are_headings_only_above_text() -> None:
    texts = story(3, 4)
    text = f"I\n\n{texts[0]}\n\nII\n\n{texts[1]}\n\na\n\n1\n\nb\n\n2\n\n{texts[3]}\n"
    book = read(text.encode(), "a.txt")
    assert [p.text for p in book.paragraphs if p.kind == "heading"] == ["I", "II"]
    assert book.paragraphs[1].chapter == "Chapter I"


def test_footnotes_in_text() -> None:
    text = "A word[1] here, and [2] there.\n\n[1] The first note.\n\nMore text follows.\n"
    book = read(text.encode(), "a.txt")
    assert kinds(book) == [
        ("paragraph", "A word here, and [2] there."),
        ("paragraph", "More text follows."),
        ("note", "The first note."),
    ]


def test_gutenberg_frame() -> None:
    head = "The Project Gutenberg EBook of The Mill\n\nTitle: The Mill\nAuthor: A. Writer\nLanguage: English\n\n"
    start = "*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***\n\nProduced by Somebody\n\n"
    contents = "CONTENTS\n\nCHAPTER I The River\n\nCHAPTER II The Mill\n\n\n"
    body = f"CHAPTER I\n\n{story(4, 1)[0]}\n\n[Illustration]\n\nCHAPTER II\n\n{story(5, 1)[0]}\n\n"
    end = "End of the Project Gutenberg EBook of The Mill\n\n*** END OF THIS PROJECT GUTENBERG EBOOK ***\n\n"
    end += "Small print.\n"
    book = read((head + start + contents + body + end).encode(), "mill.txt")
    assert (book.title, book.author, book.language) == ("The Mill", "A. Writer", "English")
    assert [p.text for p in book.paragraphs] == ["CHAPTER I", story(4, 1)[0], "CHAPTER II", story(5, 1)[0]]
    found = {r.why for r in book.removed}
    assert found == {"license", "credits of the edition", "table of contents", "illustration"}
    assert any(r.text == "Small print." for r in book.removed)


@pytest.mark.parametrize(
    ("name", "chapters", "opening"), [("dracula", 27, "CHAPTER I"), ("frankenstein", 28, "Letter 1")]
)
def test_real_gutenberg_books(name: str, chapters: int, opening: str) -> None:
    path = DATA / "books" / f"{name}.txt"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    book = read(path.read_bytes(), path.name)
    headings = [p.text for p in book.paragraphs if p.kind == "heading"]
    assert headings[0] == opening
    assert len(headings) == chapters
    assert not any("Gutenberg" in p.text for p in book.paragraphs)
    assert any("Gutenberg" in r.text for r in book.removed)


# ---------------------------------------------------------------- Markdown


def test_markdown() -> None:
    text = """---
title: "The Mill"
author: A. Writer
---
<!-- a remark -->
# Part One

The *river* **ran**[^1] past
the [mill](http://mill.example/a_(b)) and `code`.

Setext
------

> Quoted
> words.

- one
- two
  goes on

1. first

***

A line,  
another line.

| a | b |
|---|---|
| c | d |

```
x = 1
  y = 2
```

[^1]: A _note_.

The end &amp; all.
"""  # noqa: W291
    book = read(text.encode(), "a.md")
    assert (book.title, book.author, book.format) == ("The Mill", "A. Writer", "markdown")
    assert kinds(book) == [
        ("heading", "Part One"),
        ("paragraph", "The river ran past the mill and code."),
        ("heading", "Setext"),
        ("quote", "Quoted words."),
        ("list", "one"),
        ("list", "two goes on"),
        ("list", "first"),
        ("break", ""),
        ("verse", "A line,\nanother line."),
        ("table", "a | b"),
        ("table", "c | d"),
        ("paragraph", "x = 1\n  y = 2"),
        ("paragraph", "The end & all."),
        ("note", "A note."),
    ]
    assert book.paragraphs[0].place == "line 6"
    assert [(p.level, p.chapter) for p in book.paragraphs if p.kind == "heading"] == [
        (1, "Part One"),
        (2, "Part One, Setext"),
    ]
    assert [r.why for r in book.removed] == ["front matter", "comment", "note marker"]


# ---------------------------------------------------------------- HTML


def test_html_of_gutenberg() -> None:
    page = """<!DOCTYPE html><html lang="en"><head><title>The Project Gutenberg eBook of The Mill, by A. Writer</title>
<style>p {}</style></head><body>
<section class="pg-boilerplate pgheader" id="pg-header">
<h2>The Project Gutenberg eBook</h2><p>Small print.</p></section>
<h1>The Mill</h1><p><span class="pagenum" id="Page_1">[Pg 1]</span></p>
<h2>CHAPTER I.<br>THE RIVER</h2>
<p>It ran<a href="#Footnote_1" class="fnanchor">[1]</a> and
<span class="pagenum" id="Page_2">[Pg 2]</span>ran.</p>
<div class="poem"><p>one<br>two</p></div>
<p>Caf&eacute; &mdash; end.</p>
<div class="footnote" id="Footnote_1"><p><a href="#FNanchor_1"><span class="label">[1]</span></a> A note.</p></div>
<section class="pg-boilerplate" id="pg-footer"><p>More print.</p></section></body></html>"""
    book = read(page.encode("latin-1"), "mill.html")
    assert (book.title, book.author, book.language) == ("The Mill", "A. Writer", "en")
    assert kinds(book) == [
        ("heading", "The Mill"),
        ("heading", "CHAPTER I. THE RIVER"),
        ("paragraph", "It ran and ran."),
        ("verse", "one\ntwo"),
        ("paragraph", "Café — end."),
        ("note", "A note."),
    ]
    assert book.paragraphs[2].page == 1
    assert book.paragraphs[3].page == 2
    assert book.paragraphs[2].chapter == "CHAPTER I. THE RIVER"
    assert [r.text for r in book.removed if r.why == "license"] == [
        "The Project Gutenberg eBook",
        "Small print.",
        "More print.",
    ]
    assert [r.text for r in book.removed if r.why == "page number"] == ["[Pg 1]", "[Pg 2]"]


def test_html_without_a_single_block() -> None:
    assert kinds(read(b"<html><body>Just <b>words</b>.</body></html>", "a.html")) == [("paragraph", "Just words.")]


# ---------------------------------------------------------------- renderings


def test_plain_and_objects() -> None:
    text = "# One\n\nA word[^1].\n\n***\n\nl1  \nl2\n\n[^1]: The note.\n"
    book = read(text.encode(), "a.md")
    assert "".join(plain(book)) == "One\n\nA word.\n\n* * *\n\nl1\nl2\n\nNotes\n\nThe note.\n"
    rows = list(objects(book))
    assert rows[0] == {"kind": "heading", "text": "One", "page": None, "chapter": "One", "level": 1, "place": "line 1"}
    assert rows[1] == {"kind": "paragraph", "text": "A word.", "page": None, "chapter": "One", "place": "line 3"} | {
        "notes": ((6, "note 1, line 10"),)
    }
    assert [row["kind"] for row in rows] == ["heading", "paragraph", "break", "verse", "note"]


def test_nothing_heavy_is_imported_until_a_book_is_read() -> None:
    code = "import sys, inscape.books, inscape.books.render; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"lxml", "pypdfium2", "ftfy", "charset_normalizer"} & set(loaded)
