"""HTML bytes to a tree. HTML and EPUB stand on it.

Invariant: the tree holds the whole document. libxml2 stops without a word at its limits; that is a BookError here.
Nothing is fetched. Size is no concern of this module: the readers have limited it before.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from inscape.books import marks
from inscape.errors import BookError

_NUMERIC = re.compile(rb"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});?")
_OURS = "\ufdd0".encode()[:2]


def safe(data: bytes) -> bytes:
    """Markup in UTF-8 without the characters that serve as our signs, written as they are or as references."""
    if _OURS in data:
        data = marks.foreign(data.decode("utf-8", "replace")).encode("utf-8")
    return _NUMERIC.sub(_referred, data) if b"&#" in data else data


def _referred(found: re.Match[bytes]) -> bytes:
    digits = found[1]
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return "\ufffd".encode() if 0xFDD0 <= number <= 0xFDEF else found[0]


def html_tree(data: bytes, name: str) -> Any:
    """The root of an HTML document in UTF-8, or None where there is nothing in it.

    Raises BookError, naming `name` and the line, for a document nested too deep to be read whole.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    cut = next((entry for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"), None)
    if cut is not None:
        raise BookError(
            f"{name} nests its marks too deep to be read whole: reading stops at line {cut.line:,}. Its tags are "
            "probably never closed. Open it in a browser, save the page as text, and add that."
        )
    return root
