"""Every typesetting of the benchmark by name: the book, the tool and what it has that makes reading hard.

Invariant: a typesetting is a function from the books to what was made; tools are imported only when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.prose.typeset.sources import Reader
from benchmarks.prose.typeset.truth import Typeset


@dataclass(frozen=True)
class Setting:
    """`has` says in plain words what the typesetting has; `make` typesets."""

    name: str
    has: str
    make: Callable[[Reader], Typeset]


def _war_and_peace(microtype: bool) -> Callable[[Reader], Typeset]:
    def make(read: Reader) -> Typeset:
        from benchmarks.prose.typeset import latex, latex_styles

        about = {"fonts": ["Latin Modern"], "break": "* * *", "microtype": microtype}
        return latex.typeset(read("war-and-peace"), latex_styles.war_and_peace(microtype), about)

    return make


def _lighthouse_small(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import additions, latex, latex_styles

    about = {"fonts": ["Palatino (URW)"], "break": "* * *"}
    return latex.typeset(additions.lighthouse(read("lighthouse")), latex_styles.to_the_lighthouse(), about)


def _dalloway_columns(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import latex, latex_styles

    return latex.typeset(read("dalloway"), latex_styles.dalloway(), {"fonts": ["Latin Modern"], "columns": 2})


def _frankenstein(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import frankenstein

    return frankenstein.make(read("frankenstein"))


def _ulysses(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import typst_book

    page = "width: 6in, height: 9in, margin: (inside: 0.9in, outside: 0.7in, top: 0.9in, bottom: 0.85in)"
    look = typst_book.look("Ulysses", "Libertinus Serif", page, "11pt", "foot", 3)
    return typst_book.typeset(read("ulysses"), look, {"fonts": ["Libertinus Serif"], "break": "* * *"})


def _war_and_peace_notes(notes: str, size: str) -> Callable[[Reader], Typeset]:
    def make(read: Reader) -> Typeset:
        from benchmarks.prose.typeset import additions, typst_book

        page = "width: 5.25in, height: 8in, margin: (inside: 0.85in, outside: 0.65in, top: 0.8in, bottom: 0.8in)"
        look = typst_book.look("War and Peace", "EB Garamond 12", page, size, notes, 3)
        return typst_book.typeset(additions.first_book(read("war-and-peace")), look, {"fonts": ["EB Garamond"]})

    return make


def _weasyprint(book: str, css: str, font: str) -> Callable[[Reader], Typeset]:
    def make(read: Reader) -> Typeset:
        from benchmarks.prose.typeset import web_book

        sheet = web_book.Sheet(getattr(web_book, css))
        return web_book.by_weasyprint(read(book), sheet, {"fonts": [font], "break": "* * *"})

    return make


def _chromium(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import web_book

    about = {"fonts": ["EB Garamond"], "break": "* * *"}
    return web_book.by_chromium(read("lighthouse"), web_book.Sheet(web_book.PRINT, soft=True), about)


def _office(book: str, **look: str) -> Callable[[Reader], Typeset]:
    def make(read: Reader) -> Typeset:
        from benchmarks.prose.typeset import office_book

        return office_book.typeset(read(book), office_book.Manuscript(**look), {"break": "* * *"})

    return make


def _canvas(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import canvas_book

    return canvas_book.typeset(read("lighthouse"), {"fonts": ["Caladea"], "break": ""})


def _scan(read: Reader) -> Typeset:
    from benchmarks.prose.typeset import scan, typst_book

    page = "width: 5.25in, height: 8in, margin: (inside: 0.85in, outside: 0.65in, top: 0.8in, bottom: 0.8in)"
    look = typst_book.look("To the Lighthouse", "Libertinus Serif", page, "11pt", "foot", 3)
    made = typst_book.typeset(read("lighthouse"), look, {})
    first, last = scan.chapters(made, 40)
    return scan.simulate(made, first, last, {"fonts": ["Libertinus Serif"], "break": "* * *"})


SETTINGS = (
    Setting("latex-wp", "running heads by side, 137 footnotes, hyphens, microtype, a long book", _war_and_peace(True)),
    Setting("latex-wp-plain", "without microtype, wider gaps after sentences", _war_and_peace(False)),
    Setting("latex-lighthouse", "A6, dropped initials, notes by symbol on each page, epigraph", _lighthouse_small),
    Setting("latex-dalloway", "two columns, one head over both", _dalloway_columns),
    Setting("latex-frankenstein", "title, rights, contents, roman folios, parts, letters, index", _frankenstein),
    Setting("typst-ulysses", "a play, verse, dash dialogue, newspaper headlines, letters, tables", _ulysses),
    Setting("typst-wp-chapter", "Book I, notes numbered anew in each chapter", _war_and_peace_notes("chapter", "11pt")),
    Setting(
        "typst-wp-endnotes", "Book I, small type, notes at the end of the book", _war_and_peace_notes("end", "9.5pt")
    ),
    Setting(
        "weasy-underground",
        "paragraphs apart by a blank, ragged right, sans serif, no hyphens",
        _weasyprint("underground", "BLOCK", "Carlito"),
    ),
    Setting(
        "weasy-frankenstein",
        "paragraphs apart by a blank, justified, hyphenated, heads by side",
        _weasyprint("frankenstein", "JUSTIFIED", "Caladea"),
    ),
    Setting(
        "office-underground",
        "a word processor's book: indents, hyphens, title and author in the heads",
        _office("underground", font="Caladea", size="10.5pt", indent="0.6cm", gap="0cm"),
    ),
    Setting(
        "office-lighthouse",
        "neither indents nor gaps: a paragraph shows only by a short last line; ragged right",
        _office("lighthouse", font="Carlito", size="11pt", indent="0cm", gap="0cm", align="start"),
    ),
    Setting(
        "canvas-lighthouse",
        "like a layout program's export: feet first, a site's name in them, spaced heads, dropped letters, ligatures",
        _canvas,
    ),
    Setting("chromium-lighthouse", "initials dropped by a CSS float, soft hyphens in the words", _chromium),
    Setting("scan-lighthouse", "whole chapters, 40 pages at most, as a scan at 300 dpi: turned, blurred, noisy", _scan),
)
"""In the order of the table."""
