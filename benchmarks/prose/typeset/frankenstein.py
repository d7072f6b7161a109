"""Frankenstein with all that surrounds a text in a real book: title, rights, dedication, contents, preface, index.

Invariant: every line set here is a unit of the truth, of front or back matter. Contents and index give the labels of
the pages as they came out: the book is set twice, first to learn them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.prose.typeset.latex import escape, inline, typeset
from benchmarks.prose.typeset.latex_styles import frankenstein as style
from benchmarks.prose.typeset.truth import Book, Typeset, Unit

RIGHTS = (
    "First published in 1818; this text follows the edition of 1831.",
    "The text is in the public domain.",
    "This setting was made to measure how programs read books. It may be copied by anyone.",
    "ISBN 000-0-00-000000-0",
    "Typeset in Latin Modern by the benchmark of prose extraction",
    "10 9 8 7 6 5 4 3 2 1",
)
PREFACE = (
    "The event on which this fiction is founded has been supposed, by Dr. Darwin, and some of the "
    "physiological writers of Germany, as not of impossible occurrence. I shall not be supposed as "
    "according the remotest degree of serious faith to such an imagination; yet, in assuming it as the "
    "basis of a work of fancy, I have not considered myself as merely weaving a series of supernatural "
    "terrors.",
    "The event on which the interest of the story depends is exempt from the disadvantages of a mere tale"
    " of spectres or enchantment. It was recommended by the novelty of the situations which it developes;"
    " and, however impossible as a physical fact, affords a point of view to the imagination for the "
    "delineating of human passions more comprehensive and commanding than any which the ordinary "
    "relations of existing events can yield.",
    "I have thus endeavoured to preserve the truth of the elementary principles of human nature, while I "
    "have not scrupled to innovate upon their combinations. The \x03Iliad\x04, the tragic poetry of "
    "Greece—Shakespeare, in the \x03Tempest\x04 and \x03Midsummer Night’s Dream\x04—and most especially Milton, in "
    "\x03Paradise Lost\x04, conform to this rule; and the most humble novelist, who seeks to confer or receive "
    "amusement from his labours, may, without presumption, apply to prose fiction a licence, or rather a "
    "rule, from the adoption of which so many exquisite combinations of human feeling have resulted in "
    "the highest specimens of poetry.",
)
EPIGRAPH = (
    "Did I request thee, Maker, from my clay\x02To mould me Man, did I solicit thee\x02From darkness to promote me?"
)
AUTHOR = (
    "Mary Shelley was born in London in 1797, the daughter of Mary Wollstonecraft and William Godwin. She began "
    "\x03Frankenstein\x04 at eighteen, beside Lake Geneva, in the wet summer of 1816.",
    "She wrote six further novels, among them \x03The Last Man\x04, and edited the poems of her husband, Percy Bysshe "
    "Shelley. She died in London in 1851.",
)
NAMES = (
    *("Agrippa", "Alps", "Chamounix", "Clerval", "De Lacey", "Elizabeth", "Felix", "Geneva", "Ingolstadt", "Justine"),
    *(
        "Kirwin",
        "Krempe",
        "Margaret",
        "Mont Blanc",
        "Paracelsus",
        "Petersburgh",
        "Safie",
        "Waldman",
        "Walton",
        "William",
    ),
)

Names = Mapping[str, Unit]


def make(book: Book) -> Typeset:
    """Set the book twice; the second time with the labels of the first."""
    units = list(book.units)
    part = next(i for i, u in enumerate(units) if u.text == "Chapter 1")
    units.insert(part, Unit("heading", "The Narrative of Victor Frankenstein", level=2))
    units.insert(0, Unit("heading", "Walton’s Letters", level=2))
    book = replace(book, units=tuple(units))
    about = {"fonts": ["Latin Modern"], "break": "* * *"}
    labels: dict[str, str] = {}
    index: dict[str, list[str]] = {}
    for _ in range(2):
        before, front = _front(book, labels)
        after, back = _back(index)
        made = typeset(book, style(before, after, front, back), about)
        printed: Mapping[int, str] = made.about["labels"]
        placed = [u for u in made.units if u.pages and not u.matter]
        labels = {u.text: printed.get(u.pages[0], "") for u in placed if u.kind == "heading" and u.pages}
        index = {n: _pages(n, placed, printed) for n in NAMES}
    return made


def _pages(name: str, units: Sequence[Unit], labels: Mapping[int, str]) -> list[str]:
    found = dict.fromkeys(labels[u.pages[0]] for u in units if u.pages and name in u.text and u.pages[0] in labels)
    return list(found)[:7]


def _front(book: Book, labels: Mapping[str, str]) -> tuple[str, Names]:
    """LaTeX of the front matter, and its units by name."""
    front: dict[str, Unit] = {}

    def put(unit: Unit, shown: str = "", apart: bool = False) -> str:
        name = f"x{len(front)}"
        front[name] = replace(unit, matter="front", apart=apart)
        return rf"\B{{{name}}}{shown or inline(unit.text, {})}\E{{{name}}}\par"

    def head(words: str) -> str:
        opened = put(Unit("heading", words, 3), rf"{{\Large\scshape {escape(words)}}}")
        return rf"\clearpage\thispagestyle{{plain}}\vspace*{{3em}}{{\centering {opened}}}\vspace{{2em}}"

    entries = [u.text for u in book.units if u.kind == "heading"]
    made = [r"\frontmatter\thispagestyle{empty}\vspace*{0.25\textheight}{\centering"]
    made.append(put(Unit("heading", "Frankenstein", 1), r"{\Huge Frankenstein}", True))
    made.append(
        r"\vspace{1em}" + put(Unit("para", "or, the Modern Prometheus"), r"{\itshape or, the Modern Prometheus}", True)
    )
    made.append(r"\vspace{4em}" + put(Unit("para", "Mary Shelley"), r"{\Large\scshape Mary Shelley}", True))
    made.append(r"}\clearpage\thispagestyle{empty}\vspace*{\fill}{\footnotesize\parindent=0pt\parskip=4pt")
    made += [put(Unit("para", line), apart=True) for line in RIGHTS]
    made.append(r"}\clearpage\thispagestyle{empty}\vspace*{0.3\textheight}{\centering\itshape")
    made.append(
        put(Unit("para", "To William Godwin,\x02author of \x03Political Justice\x04, \x03Caleb Williams\x04, etc."))
    )
    made.append(r"}\clearpage\thispagestyle{empty}\vspace*{0.3\textheight}\begin{unitverse}")
    made.append(put(Unit("verse", EPIGRAPH)) + r"\end{unitverse}{\raggedleft")
    made.append(put(Unit("quote", "Paradise Lost, x, 743–745"), r"\emph{Paradise Lost}, x, 743--745") + "}")
    made.append(head("Contents") + r"{\parindent=0pt")
    for words in ["Preface", *entries, "About the Author", "Index"]:
        label = labels.get(words, "vii")
        made.append(put(Unit("list", f"{words} {label}"), rf"{escape(words)}\dotfill {label}"))
    made.append("}" + head("Preface"))
    made += [put(Unit("para", words)) for words in PREFACE]
    made.append(r"{\raggedleft " + put(Unit("letter", "Marlow, September, 1817.")) + r"}\clearpage")
    return "\n".join(made), front


def _back(index: Mapping[str, Sequence[str]]) -> tuple[str, Names]:
    """LaTeX of the back matter, and its units by name."""
    back: dict[str, Unit] = {}

    def put(unit: Unit, shown: str = "") -> str:
        name = f"y{len(back)}"
        back[name] = replace(unit, matter="back")
        return rf"\B{{{name}}}{shown or inline(unit.text, {})}\E{{{name}}}\par"

    def head(words: str) -> str:
        shown = rf"{{\Large\scshape {escape(words)}}}"
        opened = put(Unit("heading", words, 3), shown)
        return rf"\clearpage\thispagestyle{{plain}}\vspace*{{3em}}{{\centering {opened}}}\vspace{{2em}}"

    made = [head("About the Author"), *(put(Unit("para", words)) for words in AUTHOR)]
    made.append(head("Index") + r"\begin{multicols}{2}\footnotesize\raggedright\parindent=0pt\hangindent=1em")
    made += [put(Unit("list", re.sub(r", $", "", f"{name}, {', '.join(pages)}"))) for name, pages in index.items()]
    made.append(r"\end{multicols}")
    return "\n".join(made), back
