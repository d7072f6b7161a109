"""What an EPUB's package says: title, spine, table of contents, print pages, what is no part of the text.

Invariant: trusts no path and no size (see archive); every path is resolved. A part that must be sound XML and is not
is a BookError; nothing of the text is read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lxml import etree

from inscape.books.archive import Archive
from inscape.books.elements import number_of, tag_of, types_of
from inscape.books.structure import chapter_path
from inscape.errors import BookError
from inscape.records import Matter
from inscape.text import squeeze

_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_ENDINGS = (".xhtml", ".html", ".htm", ".xht", ".xml")
_GUIDE = {
    "cover": "front matter",
    "title-page": "front matter",
    "titlepage": "front matter",
    "halftitlepage": "front matter",
    "toc": "table of contents",
    "copyright-page": "license",
    "colophon": "back matter",
}
_GUIDE_MATTER: dict[str, Matter] = {
    "dedication": "front", "foreword": "front", "preface": "front", "epigraph": "front", "text": "body",
    "bodymatter": "body", "notes": "back", "glossary": "back", "index": "back", "bibliography": "back",
}  # fmt: skip


_DEPTH = 12
"""Levels of a table of contents that make a chapter's path; deeper ones are hostile."""


@dataclass(slots=True)
class Package:
    """What the package document says, with every path resolved."""

    title: str = ""
    author: str = ""
    language: str = ""
    spine: list[str] = field(default_factory=list)
    nav: str = ""
    ncx: str = ""
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    """Labels of print pages by part and id; the id '' is the part's beginning."""
    contents: dict[str, str] = field(default_factory=dict)
    """Path of the table of contents by part: 'Part I, Chapter 3'."""
    left_out: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Parts that are no page of text, with what the manifest calls them."""
    matter: dict[str, Matter] = field(default_factory=dict)
    """What the guide or the landmarks call a part; 'body' only for the one at which the text begins."""
    doubts: list[str] = field(default_factory=list)


def refuse_drm(archive: Archive) -> None:
    """Raise BookError for a book whose text is encrypted."""
    if "META-INF/encryption.xml" not in archive.names:
        return
    root = xml(archive, "META-INF/encryption.xml")
    methods = [e.get("Algorithm", "") for e in root.iter() if tag_of(e) == "encryptionmethod"]
    # Fonts may be scrambled by the two methods of the standard; the text is open then.
    if any(not m.startswith(_FONT_OBFUSCATION) for m in methods) or "META-INF/rights.xml" in archive.names:
        raise BookError(
            f"{archive.name} is encrypted (DRM): its text cannot be read by any program but the shop's own. "
            "Use a copy without DRM, from the publisher or from standardebooks.org."
        )


def rootfile(archive: Archive) -> str:
    """Path of the package document. Raises BookError where none is named."""
    if "META-INF/container.xml" not in archive.names:
        raise BookError(
            f"{archive.name} is not an EPUB: META-INF/container.xml, which says where the book begins, is missing. "
            "Download it again, or open it in Calibre and convert it to EPUB."
        )
    for element in xml(archive, "META-INF/container.xml").iter():
        if tag_of(element) == "rootfile" and element.get("full-path"):
            return archive.resolve("", str(element.get("full-path")))
    raise BookError(f"{archive.name}: META-INF/container.xml names no package. Convert the book in Calibre.")


def load(archive: Archive) -> Package:
    """Read the package. Raises BookError: protected, without a spine, or not sound."""
    refuse_drm(archive)
    path = rootfile(archive)
    root, made = xml(archive, path), Package()
    items: dict[str, str] = {}
    for element in root.iter():
        if tag_of(element) == "item":
            _item(archive, path, element, items, made)
    for element in root.iter():
        _entry(archive, path, element, items, made)
    if not made.spine:
        raise BookError(f"{archive.name}: the package '{path}' has an empty spine. Convert the book in Calibre.")
    nav, ncx = (_soft(archive, part, made) for part in (made.nav, made.ncx))
    if nav is not None:
        _landmarks(archive, nav, made)
    made.pages = _pages(archive, made.nav, nav) or _pages(archive, made.ncx, ncx)
    made.contents = _contents(archive, nav, made) or _points(archive, ncx, made)
    return made


def _entry(archive: Archive, path: str, element: Any, items: dict[str, str], made: Package) -> None:
    tag, text = tag_of(element), squeeze(element.text or "")
    if tag == "title" and not made.title:
        made.title = text
    elif tag == "creator" and text:
        made.author = f"{made.author}, {text}" if made.author else text
    elif tag == "language" and not made.language:
        made.language = text
    elif tag == "itemref" and element.get("idref") in items:
        made.spine.append(items[element.get("idref")])
    elif tag == "itemref":
        made.doubts.append(f"The spine names '{element.get('idref', '')}', which is not in the manifest.")
    elif tag == "reference" and element.get("href"):
        _guide(target(archive, path, element)[0], element.get("type", "").lower(), made)


def _guide(part: str, word: str, made: Package) -> None:
    if word in _GUIDE:
        made.left_out.setdefault(part, _GUIDE[word])
    if word in _GUIDE_MATTER:
        made.matter.setdefault(part, _GUIDE_MATTER[word])


def _item(archive: Archive, path: str, element: Any, items: dict[str, str], made: Package) -> None:
    href = target(archive, path, element)[0]
    kind = element.get("media-type", "").lower()
    if "nav" in element.get("properties", "").split():
        made.nav = href
        made.left_out[href] = "table of contents"
    if kind == "application/x-dtbncx+xml":
        made.ncx = href
    items[element.get("id", "")] = href
    if kind.startswith("image/") or not ("html" in kind or "xml" in kind or href.lower().endswith(_ENDINGS)):
        made.unread[href] = kind or "no media type"


def target(archive: Archive, base: str, element: Any, key: str = "href") -> tuple[str, str]:
    """(part, fragment) of a reference. Web addresses stay as they are: they are never followed."""
    href = unquote((element.get(key) or "").strip())
    if "://" in href:
        return href, ""
    path, _, fragment = href.partition("#")
    return (archive.resolve(base, path) if path else base), fragment


# ---------------------------------------------------------------- navigation


def _soft(archive: Archive, path: str, made: Package) -> Any:
    """The root of a part that the book can do without; None and a doubt where it is missing or not sound."""
    if not path or path not in archive.names:
        return None
    try:
        return xml(archive, path)
    except BookError:
        made.doubts.append(f"'{path}' is not sound XML; its table of contents and pages are not used.")
        return None


def _landmarks(archive: Archive, nav: Any, made: Package) -> None:
    block = next((e for e in nav.iter() if tag_of(e) == "nav" and "landmarks" in types_of(e)), None)
    for link in block.iter() if block is not None else ():
        if tag_of(link) == "a" and link.get("href"):
            for word in sorted(types_of(link)):
                _guide(target(archive, made.nav, link)[0], word.lower(), made)


def _pages(archive: Archive, source: str, root: Any) -> dict[str, dict[str, str]]:
    """Labels of print pages by part and id."""
    pages: dict[str, dict[str, str]] = {}
    if root is None:
        return pages
    listed = next((e for e in root.iter() if "page-list" in types_of(e)), None)
    links = (
        [(a, squeeze("".join(a.itertext())), "href") for a in listed.iter() if tag_of(a) == "a"]
        if (listed is not None)
        else [
            (next((c for c in e if tag_of(c) == "content"), e), e.get("value") or squeeze("".join(e.itertext())), "src")
            for e in root.iter()
            if tag_of(e) == "pagetarget"
        ]
    )
    for link, label, key in links:
        part, fragment = target(archive, source, link, key)
        if number_of(label) is not None:
            pages.setdefault(part, {}).setdefault(fragment, label)
    return pages


def _contents(archive: Archive, nav: Any, made: Package) -> dict[str, str]:
    """The chapter of every part that the navigation document names; for parts that have no heading of their own."""
    found: dict[str, str] = {}
    toc = (
        next((e for e in nav.iter() if tag_of(e) == "nav" and "toc" in types_of(e)), None) if nav is not None else None
    )
    for link in toc.iter() if toc is not None else ():
        if tag_of(link) != "a" or not link.get("href"):
            continue
        near = islice(link.iterancestors(), 2 * _DEPTH)
        above = [next((c for c in islice(li, 4) if tag_of(c) == "a"), None) for li in near if tag_of(li) == "li"]
        labels = [squeeze("".join(a.itertext())) for a in reversed(above) if a is not None]
        _chapter(found, target(archive, made.nav, link)[0], labels, made.title)
    return found


def _points(archive: Archive, ncx: Any, made: Package) -> dict[str, str]:
    """The same from the NCX of an EPUB 2."""
    found: dict[str, str] = {}
    for point in ncx.iter() if ncx is not None else ():
        content = next((c for c in point if tag_of(c) == "content"), None) if tag_of(point) == "navpoint" else None
        if content is not None:
            near = [point, *(e for e in islice(point.iterancestors(), _DEPTH) if tag_of(e) == "navpoint")]
            labels = [
                squeeze("".join(c.itertext())) for e in reversed(near) for c in islice(e, 4) if tag_of(c) == "navlabel"
            ]
            _chapter(found, target(archive, made.ncx, content, "src")[0], labels, made.title)
    return found


def _chapter(found: dict[str, str], part: str, labels: list[str], title: str) -> None:
    labels = [label for label in labels if label and label != title]
    if labels:
        found.setdefault(part, chapter_path(labels))


def xml(archive: Archive, path: str) -> Any:
    """The root of a part that must be sound XML."""
    try:
        return etree.fromstring(archive.read(path), parser())
    except etree.XMLSyntaxError as error:
        raise BookError(
            f"{archive.name}: '{path}' is not sound XML (line {error.lineno or 1}). Convert the book in Calibre."
        ) from error


def parser() -> etree.XMLParser:
    """A parser that follows nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
