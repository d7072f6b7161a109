"""Sets a book with pdfLaTeX; TeX itself writes on which page each unit begins and ends, and each page's head and folio.

Invariant: page numbers come from \\write at shipout, so they are those of the pages as shipped. Marks at the start and
end of a unit are whatsits without width: the setting is what it would be without them.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.prose.typeset.tools import MissingTool, found, version
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, changed, runs

SUBSTITUTES = {"\u2e3a": "——", "\u2e3b": "———", "\u00a0": " ", "\u2060": "", "\u200a": "", "\u2011": "-", "\u2009": " "}
"""Characters that T1 fonts lack, and what is set (and stands in the truth) for them."""

_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{c: "\\" + c for c in "#$%&_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "—": "---",
        "–": "--",
        "“": "``",
        "”": "''",
        "‘": "`",
        "’": "'",
        "…": r"\ldots{}",
        "½": r"\textonehalf{}",
        "×": r"\texttimes{}",
        "°": r"\textdegree{}",
        "œ": r"\oe{}",
        "Œ": r"\OE{}",
        "æ": r"\ae{}",
        "£": r"\pounds{}",
        "•": r"\textbullet{}",
        "\u00ad": r"\-",
        "[": "{[}",
        "]": "{]}",
    }
)

COMMON = r"""
\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp,fancyhdr,lettrine,etoolbox}
\newwrite\pagelog\immediate\openout\pagelog=\jobname.pages
\newcommand*\B[1]{\leavevmode\write\pagelog{b #1 \the\ReadonlyShipoutCounter}\ignorespaces}
\newcommand*\E[1]{\unskip\write\pagelog{e #1 \the\ReadonlyShipoutCounter}}
\newcommand*\seen[1]{\write\pagelog{#1 \the\ReadonlyShipoutCounter}}
\protected\def\titleof#1{\csname titleof@#1\endcsname}
\def\titlenumber{}
\newcommand*\folio{\thepage\seen{f \thepage}}
\newcommand*\headright{\rightmark\edef\now{\rightmark}\expandafter\seenhead\expandafter{\now}}
\newcommand*\headleft{\leftmark\edef\now{\leftmark}\expandafter\seenhead\expandafter{\now}}
\newcommand*\seenhead[1]{\seen{h #1}}
\setlength{\headheight}{14pt}\frenchspacing\emergencystretch=1em\raggedbottom
"""


@dataclass(frozen=True)
class Style:
    """`preamble` defines the look: \\unitheading{level}{id}{text}{bare text}, \\unitbreak and an environment for each
    other kind. `before` and `after` are LaTeX around the units; what they set are the units
    of `front` and `back`, by the name under which it stands between \\B and \\E."""

    preamble: str
    engine_runs: int = 1
    drop_caps: bool = False
    before: str = ""
    after: str = ""
    front: Mapping[str, Unit] = field(default_factory=dict)
    back: Mapping[str, Unit] = field(default_factory=dict)


def escape(text: str) -> str:
    """Plain text as LaTeX."""
    return re.sub(r"([?!])`", r"\1{}`", text.translate(_ESCAPES)).replace("```", r"``{}`").replace("'''", r"'{}''")


def inline(text: str, notes: Mapping[str, str]) -> str:
    """A unit's text as LaTeX, footnotes in their places."""
    made = []
    for run in runs(text):
        if run.note:
            made.append(rf"\footnote{{\B{{n{run.note}}}{inline(notes[run.note], {})}\E{{n{run.note}}}}}")
        elif run.text == "\n":
            made.append("\\\\\n")
        else:
            made.append(rf"\emph{{{escape(run.text)}}}" if run.italic else escape(run.text))
    return "".join(made)


def body(book: Book, style: Style) -> Iterator[str]:
    """The units as LaTeX. Units of one kind that follow one another share one environment."""
    matter, opening = "unset", False
    numbered = groupby(enumerate(book.units), key=lambda pair: (pair[1].kind, pair[1].matter))
    for (kind, now), group in numbered:
        if now != matter:
            yield {"front": r"\frontmatter", "back": r"\backmatter", "": r"\mainmatter"}[now]
            matter = now
        if kind == "heading":
            for number, unit in group:
                yield heading(number, unit, book)
            opening = True
        elif kind == "para":
            for number, unit in group:
                yield paragraph(number, unit, book, opening and style.drop_caps)
                opening = False
        elif kind == "break":
            yield from (r"\unitbreak" for _ in group)
        else:
            yield rf"\begin{{unit{kind}}}"
            yield from (block(number, unit, book) for number, unit in group)
            yield rf"\end{{unit{kind}}}\par"


def heading(number: int, unit: Unit, book: Book) -> str:
    """A heading; running heads carry its number, and TeX looks the words up when it sets them."""
    words = rf"\B{{{number}}}{inline(unit.text, book.notes)}\E{{{number}}}"
    bare = escape(unit.plain)
    return rf"\csdef{{titleof@{number}}}{{{bare}}}\unitheading{{{unit.level}}}{{{number}}}{{{words}}}{{{bare}}}"


def paragraph(number: int, unit: Unit, book: Book, drop: bool) -> str:
    """A paragraph, its first letter dropped where that was asked for."""
    cut = re.match(r"([“‘]?)(\w)(\w*[’']?\w*)(?=[\s,—;])", unit.text) if drop else None
    if cut is None:
        return rf"\B{{{number}}}{inline(unit.text, book.notes)}\E{{{number}}}\par"
    ante = f"[ante={escape(cut[1])}]" if cut[1] else ""
    rest = inline(unit.text[cut.end() :], book.notes)
    return rf"\lettrine{ante}{{\B{{{number}}}{escape(cut[2])}}}{{{escape(cut[3])}}}{rest}\E{{{number}}}\par"


def block(number: int, unit: Unit, book: Book) -> str:
    """A unit inside an environment of its kind."""
    return rf"\B{{{number}}}{inline(unit.text, book.notes)}\E{{{number}}}\par"


def typeset(book: Book, style: Style, about: Mapping[str, Any]) -> Typeset:
    """Set the book. Raises MissingTool without pdflatex, RuntimeError with the log's tail when TeX gives up."""
    if not found("pdflatex"):
        raise MissingTool("pdflatex")
    book = changed(book, SUBSTITUTES)
    source = "\n".join(
        [style.preamble, r"\begin{document}", style.before, *body(book, style), style.after, r"\end{document}"]
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "book.tex").write_text(source, "utf-8")
        for _ in range(style.engine_runs):
            run(folder)
        spans, furniture = read_marks((folder / "book.pages").read_text("utf-8", "replace").splitlines())
        pdf = (folder / "book.pdf").read_bytes()
    titles = {str(n): u.plain for n, u in enumerate(book.units) if u.kind == "heading"}
    heads = {p: titles.get(f["head"], f["head"]) for p, f in sorted(furniture.items()) if "head" in f}
    labels = {p: f["folio"] for p, f in sorted(furniture.items()) if "folio" in f}
    keyed = [*style.front.items(), *((str(n), u) for n, u in enumerate(book.units)), *style.back.items()]
    units = tuple(replace(u, pages=spans.get(key)) for key, u in keyed)
    note_pages = {n: spans[f"n{n}"] for n in book.notes if f"n{n}" in spans}
    facts = {"tool": version("pdflatex"), "heads": heads, "labels": labels, "note_pages": note_pages}
    return Typeset(pdf, units, book.notes, {**about, **facts})


def run(folder: Path) -> None:
    """One run of pdfLaTeX over book.tex in the folder."""
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "book.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pdflatex stopped:\n{done.stdout.decode('utf-8', 'replace')[-1500:]}")


def read_marks(lines: Sequence[str]) -> tuple[dict[str, tuple[int, int]], dict[int, dict[str, str]]]:
    """(spans by name, {"head", "folio"} by page) from the lines that TeX wrote."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    furniture: dict[int, dict[str, str]] = {}
    for line in lines:
        sign, _, rest = line.partition(" ")
        words, _, page = rest.rpartition(" ")
        if sign == "b":
            first.setdefault(words, int(page))
        elif sign == "e":
            last[words] = int(page)
        elif words.strip():
            told = re.sub(r"\\titleof\s*\{?(\d+)\}?", r"\1", words).strip()
            furniture.setdefault(int(page), {})["folio" if sign == "f" else "head"] = told
    return {n: (p, last.get(n, p)) for n, p in first.items()}, furniture
