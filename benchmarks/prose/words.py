"""Text as the scorer compares it: words, with what no reader of a book would call a difference leveled.

Invariant: two typesettings of one sentence give the same words. Leveled are case (small capitals come out of a PDF as
capitals), the shape of quotes and apostrophes, the kinds of hyphen, ligatures, white space, the dots of an ellipsis
and the space around it, and signs that nobody sees (soft hyphen, zero-width ones). Dashes stay dashes: an em dash that
became a hyphen is an error. So does any other letter or sign.
"""

from __future__ import annotations

import re
import unicodedata

_LEVEL = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\x03\x04", None),
        "―": "—",
        "…": "...",
        "\x02": "\n",
    }
)
_DOTS = re.compile(r"\s*\.(?:\s*\.){2,}\s*")
_CALL = re.compile("\x01([^\x01]*)\x01")


def level(text: str) -> str:
    """The text leveled, its white space and calls of notes untouched."""
    made = text.translate(_LEVEL)
    if not made.isascii():
        made = unicodedata.normalize("NFKC", made)
    return made.casefold()


def words(text: str) -> list[str]:
    """The text's words, leveled; signs stand with the word they touch."""
    made = level(text)
    if ".." in made or ". ." in made or ".\u2009." in made:
        made = _DOTS.sub("... ", made)
    return made.split()


def called(text: str) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Words of a unit of the truth, and where notes are called in it: (word, letters of it before the call, note)."""
    calls: list[tuple[int, int, str]] = []
    for match in _CALL.finditer(text):
        before = words(_CALL.sub("", text[: match.start()]))
        calls.append((len(before) - 1, len(before[-1]), match[1]) if before else (0, 0, match[1]))
    return words(_CALL.sub("", text)), calls


def letters(word: str) -> str:
    """The word without its hyphens: what stays the same however a line was broken."""
    return word.replace("-", "") or word
