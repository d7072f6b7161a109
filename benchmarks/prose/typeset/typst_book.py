"""Sets a book with Typst; Typst itself says on which page each unit begins and ends, and each page's head and folio.

Invariant: page numbers come from here() inside the finished layout. Notes stand at the foot of the page, numbered
through or anew in each chapter, or at the end of the book.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.prose.typeset.tools import package, version
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, runs

COMMON = """
#let mark(sign, words) = context [#metadata((sign, words, here().page()))<mark>]
#let b(k) = mark("b", k)
#let e(k) = mark("e", k)
#let head-of(level) = context {
  let before = query(heading.where(level: level)).filter(h => h.location().page() <= here().page())
  if before.len() > 0 { let words = before.last().supplement.text; [#words#mark("head", words)] }
}
#let folio = context { let label = counter(page).display(); [#label#mark("folio", label)] }
#let running(title, level) = context {
  let opens = query(heading).any(h => h.location().page() == here().page() and h.level <= level)
  if not opens {
    if calc.even(here().page()) [#folio #h(1fr) #smallcaps(title)#mark("head", title)]
    else [#emph(head-of(level)) #h(1fr) #folio]
  }
}
#let opening(level) = context {
  let opens = query(heading).any(h => h.location().page() == here().page() and h.level <= level)
  if opens { align(center, folio) }
}
#set text(lang: "en", region: "gb", hyphenate: true, costs: (runt: 0%))
#set heading(outlined: true)
#let title-of(level, words, body) = align(center, heading(level: level, supplement: words, body))
#let part-heading(body, words) = {
  pagebreak(weak: true)
  v(25%)
  title-of(2, words, text(1.6em, weight: "regular", body))
  v(3em)
}
#let chapter-heading(body, words) = {
  pagebreak(weak: true)
  v(4em)
  title-of(3, words, text(1.2em, body))
  v(2em)
}
#let small-heading(body, words) = {
  v(1.2em, weak: true)
  title-of(4, words, text(0.9em, weight: "regular", upper(body)))
  v(0.6em)
}
#let flush(body) = par(first-line-indent: 0pt, body)
#let inset(body) = block(inset: (x: 2em), above: 1.1em, below: 1.1em, breakable: true, body)
#let hanging(body) = par(first-line-indent: 0pt, hanging-indent: 1.5em, body)
#let ornament = align(center, block(above: 1.2em, below: 1.2em, [\\* #h(1em) \\* #h(1em) \\*]))
"""


@dataclass(frozen=True)
class Look:
    """`preamble` sets page, text and paragraphs. `notes` is "foot" (numbered through), "chapter" (at the foot,
    numbered anew in each chapter) or "end" (of the book)."""

    preamble: str
    notes: str = "foot"


def literal(text: str) -> str:
    """A Typst string that holds the text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def marked(name: str, text: str, notes: Mapping[str, str], look: Look, marks: Mapping[str, str]) -> str:
    """A unit's text as Typst markup between its marks. The mark of the end stands before the last letter: after it,
    Typst would take it for a part of what follows, perhaps of the next page."""
    cut = re.search("[^\x01-\x04](?=[\x03\x04]*(\x01[^\x01]*\x01)?[\x03\x04]*$)", text)
    end = f"#e({literal(name)})"
    if not cut:
        return f"#b({literal(name)});{inline(text, notes, look, marks)};{end}"
    italic = text.rfind("\x03", 0, cut.start()) > text.rfind("\x04", 0, cut.start())
    before, after = text[: cut.start()] + "\x04" * italic, "\x03" * italic + text[cut.start() :]
    halves = [inline(part, notes, look, marks) for part in (before, after)]
    return ";".join(part for part in (f"#b({literal(name)})", halves[0], end, halves[1]) if part)


def inline(text: str, notes: Mapping[str, str], look: Look, marks: Mapping[str, str]) -> str:
    """Text as Typst markup, notes in their places."""
    made = []
    for run in runs(text):
        if run.note and look.notes == "end":
            made.append(f"#super[{marks[run.note]}]")
        elif run.note:
            made.append(f"#footnote[{marked('n' + run.note, notes[run.note], {}, look, {})}]")
        elif run.text == "\n":
            made.append("#linebreak()")
        else:
            made.append(f"#emph({literal(run.text)})" if run.italic else f"#{literal(run.text)}")
    return ";".join(made)


def printed_marks(book: Book, look: Look) -> dict[str, str]:
    """The number that stands on the page for each note."""
    marks: dict[str, str] = {}
    count = 0
    for unit in book.units:
        if unit.kind == "heading" and unit.level <= 3 and look.notes == "chapter":
            count = 0
        for note in re.findall("\x01([^\x01]*)\x01", unit.text):
            count += 1
            marks[note] = str(count)
    return marks


def body(book: Book, look: Look) -> Iterator[str]:
    """The units as Typst markup, a blank line after each."""
    marks = printed_marks(book, look)
    fresh = False
    for number, unit in enumerate(book.units):
        words = marked(str(number), unit.text, book.notes, look, marks)
        if unit.kind == "heading":
            if unit.level <= 3 and look.notes == "chapter":
                yield "#counter(footnote).update(0)"
            name = {2: "part-heading", 3: "chapter-heading"}.get(unit.level, "small-heading")
            yield f"#{name}([{words}], {literal(unit.plain)})\n"
        elif unit.kind == "break":
            yield "#ornament\n"
        elif unit.kind == "para":
            yield (f"#flush[{words}]\n" if fresh else f"{words}\n")
        elif unit.kind in ("play", "list"):
            yield f"#hanging[{words}]\n"
        else:
            yield f"#inset[#flush[{words}]]\n"
        fresh = unit.kind == "heading"
    if look.notes == "end" and book.notes:
        yield f'#part-heading([{marked("end", "Notes", {}, look, {})}], "Notes")\n'
        for note, mark in marks.items():
            yield f"#hanging[#{literal(mark + '.')} {marked('n' + note, book.notes[note], {}, look, {})}]\n"


def typeset(book: Book, look: Look, about: Mapping[str, Any]) -> Typeset:
    """Set the book. Raises MissingTool without the typst package, RuntimeError with Typst's message when it fails."""
    typst = package("typst")
    source = "\n".join([COMMON, look.preamble, *body(book, look)])
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "book.typ"
        file.write_text(source, "utf-8")
        try:
            pdf = typst.compile(str(file), font_paths=["/usr/share/fonts"])
            told = json.loads(typst.query(str(file), "<mark>", field="value", font_paths=["/usr/share/fonts"]))
        except typst.TypstError as problem:
            raise RuntimeError(f"typst stopped: {problem.message}: {problem.hints}") from problem
    first = {words: page for sign, words, page in reversed(told) if sign == "b"}
    last = {words: page for sign, words, page in told if sign == "e"}
    spans = {name: (page, last.get(name, page)) for name, page in first.items()}
    units = [replace(u, pages=spans.get(str(n))) for n, u in enumerate(book.units)]
    if "end" in spans:
        units.append(Unit("heading", "Notes", 2, "back", pages=spans["end"]))
    facts = {
        "tool": version("typst"),
        "heads": {page: words for sign, words, page in told if sign == "head"},
        "labels": {page: words for sign, words, page in told if sign == "folio"},
        "notes": look.notes,
        "note_marks": printed_marks(book, look),
        "note_pages": {n: spans[f"n{n}"] for n in book.notes if f"n{n}" in spans},
    }
    return Typeset(bytes(pdf), tuple(units), book.notes, {**about, **facts})


def look(title: str, font: str, page: str, size: str, notes: str, level: int) -> Look:
    """A novel's page: running heads by side (the heading of `level` on the right), a folio at the foot of openings."""
    preamble = f"""
#set page({page}, header: running({literal(title)}, {level}), footer: opening({level}))
#set text(font: ({literal(font)}, "Libertinus Serif"), size: {size})
#set par(justify: true, leading: 0.62em, spacing: 0.62em, first-line-indent: (amount: 1.3em, all: true))
"""
    return Look(preamble, notes)
