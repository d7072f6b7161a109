"""Sets a book as HTML with CSS, by WeasyPrint or by Chromium's print.

Invariant: the HTML holds the units' words and nothing else but what CSS puts on every page (heads, folios); pages of
units are found by alignment (spans.py), since neither tool tells.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.prose.typeset import spans
from benchmarks.prose.typeset.tools import need, package, version
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, runs

BLOCK = """
@page { size: 6in 9in; margin: 0.9in 0.8in 0.9in 0.8in; @bottom-center { content: counter(page); font: 9pt Carlito; } }
body { font: 10.5pt/1.45 Carlito, sans-serif; text-align: left; hyphens: manual }
p { margin: 0 0 0.9em 0; text-indent: 0; orphans: 2; widows: 2 }
"""
"""Paragraphs apart by a blank, ragged right, sans serif; a folio and no head."""

JUSTIFIED = """
@page { size: A5; margin: 18mm 16mm 20mm 20mm; @bottom-center { content: "– " counter(page) " –"; font: 9pt Caladea } }
@page :left { @top-left { content: "BOOKTITLE"; font: italic 9pt Caladea } }
@page :right { @top-right { content: string(chapter); font: italic 9pt Caladea } }
@page :first { @top-left { content: none } @top-right { content: none } }
body { font: 10.5pt/1.4 Caladea, serif; text-align: justify; hyphens: auto }
h3 { string-set: chapter content() }
p { margin: 0 0 0.75em 0; text-indent: 0; orphans: 2; widows: 2 }
"""
"""Paragraphs apart by a blank, justified and hyphenated, with heads by side."""

PRINT = """
@page { size: 5.5in 8.5in; margin: 0.8in 0.7in; @bottom-right { content: counter(page); font: 9pt "EB Garamond" } }
body { font: 11pt/1.35 "EB Garamond", "EB Garamond 12", serif; text-align: justify; hyphens: auto; margin: 0 }
p { margin: 0; text-indent: 1.4em; orphans: 2; widows: 2 }
h2 + p, h3 + p { text-indent: 0 }
h3 + p::first-letter { float: left; font-size: 3.1em; line-height: 0.82; padding-right: 0.06em }
"""
"""Indents, and initials dropped by a CSS float; a folio at the foot."""

_SHARED = """
h2 { text-align: center; break-before: page; margin: 30% 0 2em 0; font-weight: normal; font-size: 1.7em }
h3 { text-align: center; break-before: page; margin: 2.5em 0 1.5em 0; font-size: 1.2em; hyphens: manual }
h4 { text-align: center; margin: 1.5em 0 1em 0; font-size: 1em; hyphens: manual }
.quote, .verse, .letter, .table { margin: 0.9em 2em; text-indent: 0 }
.verse, .table { text-align: left; hyphens: manual }
.list, .play { padding-left: 1.5em; text-indent: -1.5em }
.break { text-align: center; margin: 1.2em 0; text-indent: 0 }
.notes p { font-size: 0.85em }
"""


@dataclass(frozen=True)
class Sheet:
    """A style sheet; with `soft` every word carries soft hyphens, as those of many ebooks do."""

    css: str
    soft: bool = False


def markup(book: Book, sheet: Sheet) -> str:
    """The book as one HTML page; its notes, if any, stand at the end."""
    css = sheet.css.replace("BOOKTITLE", book.title) + _SHARED
    shy = _hyphenator() if sheet.soft else str
    notes = [f'<p id="n{n}">{n}. {_inline(t, shy)}</p>' for n, t in book.notes.items()]
    if notes:
        notes = ['<h2>Notes</h2><div class="notes">', *notes, "</div>"]
    head = f'<meta charset="utf-8"><title>{html.escape(book.title)}</title><style>{css}</style>'
    lines = [f'<!doctype html><html lang="en-GB"><head>{head}</head><body>', *_body(book, shy), *notes]
    return "\n".join([*lines, "</body></html>"])


def _hyphenator() -> Callable[[str], str]:
    """A function that puts soft hyphens into the words of a text."""
    words = package("pyphen").Pyphen(lang="en_GB", left=2, right=3)
    return lambda text: re.sub(r"[^\W\d_]{5,}", lambda m: str(words.inserted(m[0], "\u00ad")), text)


def _body(book: Book, shy: Callable[[str], str]) -> Iterator[str]:
    for unit in book.units:
        if unit.kind == "heading":
            yield f"<h{unit.level}>{_inline(unit.text, str)}</h{unit.level}>"
        elif unit.kind == "break":
            yield '<p class="break">* * *</p>'
        else:
            yield f'<p class="{unit.kind}">{_inline(unit.text, shy)}</p>'


def _inline(text: str, shy: Callable[[str], str]) -> str:
    made = []
    for run in runs(text):
        if run.note:
            made.append(f'<sup><a href="#n{run.note}">{run.note}</a></sup>')
        elif run.text == "\n":
            made.append("<br>")
        else:
            words = html.escape(shy(run.text), quote=False)
            made.append(f"<i>{words}</i>" if run.italic else words)
    return "".join(made)


def by_weasyprint(book: Book, sheet: Sheet, about: Mapping[str, Any]) -> Typeset:
    """Set the book with WeasyPrint. Raises MissingTool without it."""
    pdf = package("weasyprint").HTML(string=markup(book, sheet)).write_pdf()
    return _made(pdf, book, {**about, "tool": version("weasyprint")})


def by_chromium(book: Book, sheet: Sheet, about: Mapping[str, Any]) -> Typeset:
    """Print the book with Chromium, without a window. Raises MissingTool without it, RuntimeError when it fails."""
    need("chromium", "pypdfium2")
    with tempfile.TemporaryDirectory() as place:
        page, pdf = Path(place) / "book.html", Path(place) / "book.pdf"
        page.write_text(markup(book, sheet), "utf-8")
        command = [
            str(shutil.which("chromium")),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
        ]
        command += [f"--user-data-dir={place}/profile", f"--print-to-pdf={pdf}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if not pdf.exists():
            raise RuntimeError(f"chromium made no PDF:\n{done.stderr[-1500:]}")
        return _made(pdf.read_bytes(), book, {**about, "tool": version("chromium")})


def _made(pdf: bytes, book: Book, about: Mapping[str, Any]) -> Typeset:
    units = list(book.units)
    if book.notes:
        units.append(Unit("heading", "Notes", 2, "back"))
    found = spans.align(units, spans.page_texts(pdf))
    return Typeset(pdf, found, book.notes, {**about, "pages_by": "alignment", "python": sys.version.split()[0]})
