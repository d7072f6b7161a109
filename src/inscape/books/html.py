"""HTML: one document, Project Gutenberg's among them.

Invariant: scripts, styles and navigation are never text; nothing is fetched. A unit has a page only where the file
marks the pages of a print edition, and no other place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from inscape.books import limits
from inscape.books.calls import settle
from inscape.books.decode import decode
from inscape.books.elements import Looks, tag_of
from inscape.books.gutenberg import fields, uncontents, unframe
from inscape.books.markup import Walk
from inscape.books.matter import matter_of
from inscape.books.sheets import Rule, rules
from inscape.books.structure import assemble
from inscape.books.trees import html_tree, safe
from inscape.errors import BookError
from inscape.records import BookText
from inscape.text import squeeze

_CHARSET = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)|<\?xml[^>]+encoding=["']([\w.-]+)""", re.I
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PLACE = "text"
"""Of the notes: 'text#note-1'. Other units have no place but their page."""
_SHEETS = 1024 * 1024
_TITLE = re.compile(r"^(?:The Project Gutenberg e-?Book of )(.*?)(?:, by (.*))?$", re.I)


def read(data: bytes, name: str) -> BookText:
    """Read an HTML book. Raises BookError: too large, not text, or without any."""
    if len(data) > limits.TEXT:
        raise BookError(f"{name} has {len(data) // limits.MB} MB; HTML is read up to {limits.TEXT // limits.MB} MB.")
    declared = _CHARSET.search(data[:4096])
    codec = (declared[1] or declared[2]).decode("ascii") if declared else None
    decoded = decode(data, name, codec)
    root = html_tree(safe(_DECLARATION.sub("", decoded.text, count=1).strip().encode("utf-8", "replace")), name)
    if root is None:
        raise BookError(f"{name} holds no text, only markup. If it is a page that loads its text, save it as text.")
    title, author, language = _about(root, decoded.text)
    walk = Walk(_PLACE, Looks(_sheet(root))).over(next((e for e in root.iter() if tag_of(e) == "body"), root))
    units, markers = settle(walk.drafts)
    units, framed = unframe([u if u.kind == "note" else replace(u, place="") for u in units])
    units, contents = uncontents(units)
    if not any(u.text for u in units):
        raise BookError(f"{name} holds no text, only markup. If it is a page that loads its text, save it as text.")
    if not walk.divided:
        units = matter_of(units, title)
    pages = max((u.page or 0 for u in units), default=0) or None
    removed = (*walk.removed, *markers, *framed, *contents)
    return BookText(title, author, language, "html", assemble(units, title), pages, removed, decoded.doubts)


def _sheet(root: Any) -> list[Rule]:
    """What the document's own style sheets say of italics; sheets beside it are not fetched."""
    text = "\n".join(e.text or "" for e in root.iter() if tag_of(e) == "style")
    return rules(text[:_SHEETS]) if text else []


def _about(root: Any, text: str) -> tuple[str, str, str]:
    """Title, author and language, by Gutenberg's header, the head's meta lines, and the title element."""
    known = fields(text)
    meta = {str(e.get("name", "")).lower(): str(e.get("content", "")) for e in root.iter() if tag_of(e) == "meta"}
    written = next((squeeze("".join(e.itertext())) for e in root.iter() if tag_of(e) == "title"), "")
    match = _TITLE.match(written)
    title = known.get("title") or meta.get("dc.title") or (match[1] if match else written)
    author = known.get("author") or meta.get("author") or meta.get("dc.creator") or ((match[2] or "") if match else "")
    return squeeze(title), squeeze(author), root.get("lang") or known.get("language", "")
