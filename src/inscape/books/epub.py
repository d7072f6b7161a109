"""EPUB 2 and 3: the spine in its order, notes at the end, the publisher's matter apart.

Invariant: reads only what container, package and spine name; trusts no path and no size (see archive). Pages are
those of the print edition, where the book carries a page list; otherwise a unit's place is its file's name.
"""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from inscape.books.archive import Archive
from inscape.books.decode import decode
from inscape.books.gutenberg import unframe
from inscape.books.markup import Walk, tag_of, types_of
from inscape.books.structure import assemble, chapter_path
from inscape.books.trees import html_tree
from inscape.errors import BookError
from inscape.records import BookText, Paragraph, Removal
from inscape.text import plural, squeeze

_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*;)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)")
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


@dataclass(slots=True)
class _Package:
    """What the package document says, with every path resolved."""

    title: str = ""
    author: str = ""
    language: str = ""
    spine: list[str] = field(default_factory=list)
    nav: str = ""
    ncx: str = ""
    contents: dict[str, str] = field(default_factory=dict)
    """Path of the table of contents by part: 'Part I, Chapter 3'."""
    left_out: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Parts that are no page of text, with what the manifest calls them."""
    doubts: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> BookText:
    """Read an EPUB. Raises BookError: not whole, protected, hostile, or without text."""
    archive = Archive(data, name, "EPUB")
    _refuse_drm(archive)
    package = _package(archive, _rootfile(archive))
    pages = _page_list(archive, package)
    package.contents = _contents(archive, package)
    units, removed, doubts = _spine(archive, package, pages)
    units, framed = unframe(units)
    if not any(u.text for u in units):
        raise BookError(
            f"{name} holds no text: {plural(len(package.spine), 'page')} in the spine, all of them pictures or empty. "
            "If it is a scanned book, get the PDF and run 'ocrmypdf' on it first."
        )
    paragraphs = assemble(units, package.title)
    count = max((p.page or 0 for p in paragraphs), default=0) or None
    return BookText(
        package.title, package.author, package.language, "epub", paragraphs, count, (*removed, *framed), tuple(doubts)
    )


# ---------------------------------------------------------------- the package


def _refuse_drm(archive: Archive) -> None:
    if "META-INF/encryption.xml" not in archive.names:
        return
    root = _xml(archive, "META-INF/encryption.xml")
    methods = [e.get("Algorithm", "") for e in root.iter() if tag_of(e) == "encryptionmethod"]
    # Fonts may be scrambled by the two methods of the standard; the text is open then.
    if any(not m.startswith(_FONT_OBFUSCATION) for m in methods) or "META-INF/rights.xml" in archive.names:
        raise BookError(
            f"{archive.name} is encrypted (DRM): its text cannot be read by any program but the shop's own. "
            "Use a copy without DRM, from the publisher or from standardebooks.org."
        )


def _rootfile(archive: Archive) -> str:
    if "META-INF/container.xml" not in archive.names:
        raise BookError(
            f"{archive.name} is not an EPUB: META-INF/container.xml, which says where the book begins, is missing. "
            "Download it again, or open it in Calibre and convert it to EPUB."
        )
    for element in _xml(archive, "META-INF/container.xml").iter():
        if tag_of(element) == "rootfile" and element.get("full-path"):
            return archive.resolve("", str(element.get("full-path")))
    raise BookError(f"{archive.name}: META-INF/container.xml names no package. Convert the book in Calibre.")


def _package(archive: Archive, path: str) -> _Package:
    root, made = _xml(archive, path), _Package()
    items: dict[str, str] = {}
    for element in root.iter():
        if tag_of(element) == "item":
            _item(archive, path, element, items, made)
    for element in root.iter():
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
        elif tag == "reference" and element.get("type") in _GUIDE and element.get("href"):
            made.left_out[_target(archive, path, element)[0]] = _GUIDE[element.get("type")]
    if not made.spine:
        raise BookError(f"{archive.name}: the package '{path}' has an empty spine. Convert the book in Calibre.")
    return made


def _item(archive: Archive, path: str, element: Any, items: dict[str, str], made: _Package) -> None:
    href = _target(archive, path, element)[0]
    kind = element.get("media-type", "")
    if "nav" in element.get("properties", "").split():
        made.nav = href
        made.left_out[href] = "table of contents"
    if kind == "application/x-dtbncx+xml":
        made.ncx = href
    items[element.get("id", "")] = href
    if not ("html" in kind or "xml" in kind or href.lower().endswith(_ENDINGS)):
        made.unread[href] = kind or "no media type"


def _target(archive: Archive, base: str, element: Any, key: str = "href") -> tuple[str, str]:
    """(part, fragment) of a reference. Web addresses stay as they are: they are never followed."""
    href = unquote(element.get(key) or "")
    if "://" in href:
        return href, ""
    path, _, fragment = href.partition("#")
    return (archive.resolve(base, path) if path else base), fragment


def _page_list(archive: Archive, package: _Package) -> dict[str, dict[str, int]]:
    """Print pages by file and id, from the navigation document, else from the NCX."""
    pages: dict[str, dict[str, int]] = {}
    for source in (package.nav, package.ncx):
        if not source or source not in archive.names:
            continue
        for element in _xml(archive, source).iter():
            if "page-list" in types_of(element):
                links = [(a, squeeze("".join(a.itertext())), "href") for a in element.iter() if tag_of(a) == "a"]
            elif tag_of(element) == "pagetarget":
                content = next((c for c in element.iter() if tag_of(c) == "content"), element)
                links = [(content, squeeze("".join(element.itertext())), "src")]
            else:
                continue
            for link, label, key in links:
                part, fragment = _target(archive, source, link, key)
                if label.isdigit():
                    pages.setdefault(part, {}).setdefault(fragment, int(label))
        if pages:
            break
    return pages


def _contents(archive: Archive, package: _Package) -> dict[str, str]:
    """The chapter of every part that the navigation document names; for parts that have no heading of their own."""
    if package.nav not in archive.names:
        return {}
    found: dict[str, str] = {}
    toc = next((e for e in _xml(archive, package.nav).iter() if tag_of(e) == "nav" and "toc" in types_of(e)), None)
    for link in toc.iter() if toc is not None else ():
        if tag_of(link) != "a" or not link.get("href"):
            continue
        above = [next((c for c in li if tag_of(c) == "a"), None) for li in link.iterancestors() if tag_of(li) == "li"]
        labels = [squeeze("".join(a.itertext())) for a in reversed(above) if a is not None]
        labels = [label for label in labels if label != package.title]
        part, _ = _target(archive, package.nav, link)
        if labels:
            found.setdefault(part, chapter_path(labels))
    return found


# ---------------------------------------------------------------- the text


def _spine(
    archive: Archive, package: _Package, pages: dict[str, dict[str, int]]
) -> tuple[list[Paragraph], list[Removal], list[str]]:
    units: list[Paragraph] = []
    removed: list[Removal] = []
    doubts = list(package.doubts)
    page: int | None = None
    for path in dict.fromkeys(package.spine):
        if path not in archive.names:
            doubts.append(f"The spine names '{path}', which the file does not hold; that part is missing.")
            continue
        if path in package.unread:
            doubts.append(f"The spine names '{path}' ({package.unread[path]}), which is no page of text; not read.")
            continue
        known = pages.get(path, {})
        root = _document(archive, path, doubts)
        if root is None:
            continue
        walk = Walk(posixpath.basename(path), known, known.get("", page), package.left_out.get(path, "")).over(root)
        chapter = package.contents.get(path)
        if chapter and not any(u.kind == "heading" for u in walk.units):
            walk.units = [replace(u, chapter=chapter) for u in walk.units]
        units += walk.units
        removed += walk.removed
        page = walk.page
    return units, removed, doubts


def _xml(archive: Archive, path: str) -> Any:
    """The root of a part that must be sound XML."""
    try:
        return etree.fromstring(archive.read(path), _parser())
    except etree.XMLSyntaxError as error:
        raise BookError(
            f"{archive.name}: '{path}' is not sound XML (line {error.lineno or 1}). Convert the book in Calibre."
        ) from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def _document(archive: Archive, path: str, doubts: list[str]) -> Any:
    """The body of a content document; read as HTML, and said so, where it is not sound XML. None: it is empty."""
    data = archive.read(path)
    declared = _DECLARED.match(data)
    decoded = decode(data, f"{archive.name}: {path}", declared[1].decode("ascii") if declared else None)
    doubts.extend(f"{posixpath.basename(path)}: {doubt}" for doubt in decoded.doubts)
    text = _NAMED.sub(lambda m: html.unescape(m[0]), _DECLARATION.sub("", decoded.text, count=1))
    data = text.strip().encode("utf-8", "replace")
    if not data:
        return None
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        doubts.append(f"{posixpath.basename(path)}: not sound XML (line {error.lineno or 1}); read as HTML.")
        root = html_tree(data, f"{archive.name}: {path}")
    if root is None:
        return None
    return next((e for e in root.iter() if tag_of(e) == "body"), root)
