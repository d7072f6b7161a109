"""Small pure functions on strings that several rooms need: hashes, folding, words."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONE = re.compile(r"[\ud800-\udfff]")
_FOLD = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
        "\u00a0": " ",
    }
)


def sha256(text: str) -> str:
    """Hex digest of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def combine(*parts: str) -> str:
    """One hash of several strings, unambiguous about where each ends."""
    return sha256("\0".join(f"{len(p)}:{p}" for p in parts))


def squeeze(text: str) -> str:
    """White space folded to single blanks, ends trimmed."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """For comparing what two typesettings call the same words: quotes, dashes, ligatures, spacing and case leveled."""
    return squeeze(unicodedata.normalize("NFKC", text.translate(_FOLD)).casefold())


def passage_hash(text: str) -> str:
    """Hash of a passage's words: re-wrapping its lines does not make it another passage."""
    return sha256(squeeze(text))


def count_words(text: str) -> int:
    """Words as a reader counts them: runs of letters or digits, with inner apostrophes and hyphens."""
    return len(_WORD.findall(text))


def slug(text: str, limit: int = 40) -> str:
    """A readable ASCII id made of the text's words: 'Mrs Dalloway' -> 'mrs-dalloway'."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    made = ""
    for word in words:
        if made and len(made) + 1 + len(word) > limit:
            break
        made = f"{made}-{word}" if made else word[:limit]
    return made or sha256(text)[:8]


def shorten(text: str, limit: int = 60) -> str:
    """One line of at most `limit` characters, with an ellipsis where it was cut."""
    line = squeeze(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def readable(path: object) -> str:
    """A path, or a text with paths in it, to be shown, emitted or stored: bytes of it that are no UTF-8 become U+FFFD.

    Python holds such bytes as lone surrogates, which no UTF-8 text can.
    """
    return _LONE.sub("\ufffd", str(path))


def plural(n: int, one: str, many: str | None = None) -> str:
    """'1 answer', '1,200 answers'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
