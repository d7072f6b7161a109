"""EPUB 2 and 3: the spine in its order, notes at the end, the publisher's matter apart.

Invariant: reads only what container, package and spine name; trusts no path and no size (see archive). Pages are
those of the print edition, where the book carries a page list or marks; otherwise a unit's place is its file's name.
"""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from inscape.books import package as packages
from inscape.books.archive import Archive
from inscape.books.calls import Draft, settle
from inscape.books.decode import decode
from inscape.books.elements import Looks, tag_of
from inscape.books.gutenberg import uncontents, unframe
from inscape.books.markup import Walk
from inscape.books.matter import matter_of
from inscape.books.package import Package
from inscape.books.sheets import Rule, rules
from inscape.books.structure import assemble
from inscape.books.trees import html_tree, safe
from inscape.errors import BookError
from inscape.records import BookText, Matter, Paragraph, Removal
from inscape.text import plural

_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*;)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)")
_SHEETS = 1024 * 1024
"""Characters of one style sheet that are read."""
_NAMES = re.compile(
    r"^(?:\d*[_-]?)?(?:(cover|title[_-]?page|half[_-]?title(?:page)?|imprint)|(toc|contents|nav)|(copyright(?:[_-]?page)?))"
    r"(?:[_-]?\d*)?$",
    re.I,
)
_REASONS = ("front matter", "table of contents", "license")
_IMPRINT = re.compile(r"\bISBN\b|\ball rights reserved\b|\btüm hakları saklıdır\b|\balle rechte vorbehalten\b", re.I)
_RIGHTS = re.compile(r"©|\bcopyright\W{1,3}\d{4}|\(c\)\s*\d{4}", re.I)
_PAGE_OF_RIGHTS = 900
"""Words, at most, of a page that says who may print the book."""


@dataclass(slots=True)
class _Reading:
    """The state of one reading of the spine."""

    archive: Archive
    package: Package
    drafts: list[Draft] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    chapters: dict[str, str] = field(default_factory=dict)
    """Chapter by place, for parts without a heading."""
    told: bool = False
    page: str = ""
    sheets: dict[str, list[Rule]] = field(default_factory=dict)
    looks: dict[tuple[str, ...], Looks] = field(default_factory=dict)


def read(data: bytes, name: str) -> BookText:
    """Read an EPUB. Raises BookError: not whole, protected, hostile, or without text."""
    archive = Archive(data, name, "EPUB")
    package = packages.load(archive)
    reading = _Reading(archive, package, doubts=package.doubts)
    for path in dict.fromkeys(package.spine):
        _part(reading, path)
    units, markers = settle(reading.drafts)
    units, framed = unframe(units)
    if not any(u.text for u in units):
        raise BookError(
            f"{name} holds no text: {plural(len(package.spine), 'page')} in the spine, all of them pictures or empty. "
            "If it is a scanned book, get the PDF and run 'ocrmypdf' on it first."
        )
    units, contents = uncontents(units)
    chapters = reading.chapters
    units = [replace(u, chapter=chapters[u.place]) if u.place in chapters else u for u in units]
    if not reading.told:
        units = _divided(units, package)
    paragraphs = assemble(units, package.title)
    count = max((p.page or 0 for p in paragraphs), default=0) or None
    removed = (*reading.removed, *markers, *framed, *contents)
    return BookText(
        package.title, package.author, package.language, "epub", paragraphs, count, removed, tuple(reading.doubts)
    )


def _divided(units: list[Paragraph], package: Package) -> list[Paragraph]:
    """Front and back matter of a book that does not say it in its parts: by the guide, else by headings."""
    parts = list(dict.fromkeys(package.spine))
    said: dict[str, Matter] = {posixpath.basename(p): m for p, m in package.matter.items() if m != "body"}
    start = next((i for i, p in enumerate(parts) if package.matter.get(p) == "body"), 0)
    said |= {posixpath.basename(p): "front" for p in parts[:start]}
    guessed = matter_of([replace(u, matter="body") for u in units], package.title)
    return [
        replace(u, matter=said.get(u.place.partition("#")[0], u.matter if u.matter != "body" else g.matter))
        for u, g in zip(units, guessed, strict=True)
    ]


# ---------------------------------------------------------------- the text


def _part(reading: _Reading, path: str) -> None:
    """Read one part of the spine into `reading`."""
    archive, package, doubts = reading.archive, reading.package, reading.doubts
    if path not in archive.names:
        doubts.append(f"The spine names '{path}', which the file does not hold; that part is missing.")
        return
    if path in package.unread:
        doubts.append(f"The spine names '{path}' ({package.unread[path]}), which is no page of text; not read.")
        return
    known = package.pages.get(path, {})
    found = _document(archive, path, doubts)
    if found is None:
        return
    root, body = found
    walk = Walk(
        posixpath.basename(path),
        _looks(reading, path, root),
        known,
        known.get("", reading.page),
        package.left_out.get(path, ""),
    )
    for one in body:
        walk.over(one)
    drafts = walk.drafts
    if why := _called_so(path, drafts) if not walk.told else "":
        walk.removed += [Removal(why, u.text, u.page) for u in settle(drafts)[0] if u.text]
        drafts = []
    elif (chapter := package.contents.get(path)) and not any(d.unit.kind == "heading" for d in drafts):
        reading.chapters[walk.place] = chapter
    reading.drafts += drafts
    reading.removed += walk.removed
    reading.told = reading.told or walk.divided
    reading.page = walk.page


def _called_so(path: str, drafts: list[Draft]) -> str:
    """Why a part of a book without semantic types is no text: by its file's name and its few words; else ''."""
    words = sum(len(d.unit.text.split()) for d in drafts)
    if words > _PAGE_OF_RIGHTS:
        return ""
    whole = " ".join(d.unit.text for d in drafts)
    if _IMPRINT.search(whole) and _RIGHTS.search(whole):
        return "license"
    named = _NAMES.match(posixpath.splitext(posixpath.basename(path))[0])
    if named is None or any(len(d.unit.text) > 400 for d in drafts):
        return ""
    return _REASONS[next(i for i, group in enumerate(named.groups()) if group)]


def _looks(reading: _Reading, path: str, root: Any) -> Looks:
    """What the elements of a document are, under the style sheets that it names."""
    linked: list[str] = []
    own: list[Rule] = []
    for element in root.iter("{*}link", "{*}style"):
        if tag_of(element) == "style":
            own += rules((element.text or "")[:_SHEETS])
        elif "stylesheet" in (element.get("rel") or "") and element.get("href"):
            linked.append(packages.target(reading.archive, path, element)[0])
    key = tuple(linked)
    if own or key not in reading.looks:
        sheet = [rule for part in linked for rule in _sheet(reading, part)] + own
        looks = Looks(sorted(sheet, key=lambda rule: rule.weight))
        if own:
            return looks
        reading.looks[key] = looks
    return reading.looks[key]


def _sheet(reading: _Reading, part: str) -> list[Rule]:
    if part not in reading.sheets:
        read = part in reading.archive.names
        text = reading.archive.read(part).decode("utf-8", "replace") if read else ""
        reading.sheets[part] = rules(text[:_SHEETS])
    return reading.sheets[part]


def _document(archive: Archive, path: str, doubts: list[str]) -> tuple[Any, list[Any]] | None:
    """Root and bodies of a content document; where it is no sound XML, read as HTML, and said so. None: it is empty."""
    data = archive.read(path)
    declared = _DECLARED.match(data)
    decoded = decode(data, f"{archive.name}: {path}", declared[1].decode("ascii") if declared else None)
    doubts.extend(f"{posixpath.basename(path)}: {doubt}" for doubt in decoded.doubts)
    text = _NAMED.sub(lambda m: html.unescape(m[0]), _DECLARATION.sub("", decoded.text, count=1))
    data = safe(text.strip().encode("utf-8", "replace"))
    if not data:
        return None
    try:
        root = etree.fromstring(data, packages.parser())
    except etree.XMLSyntaxError as error:
        doubts.append(f"{posixpath.basename(path)}: not sound XML (line {error.lineno or 1}); read as HTML.")
        root = html_tree(data, f"{archive.name}: {path}")
    if root is None:
        return None
    bodies = list(root.iter("{*}body", "{*}BODY"))
    return root, bodies or [root]
