"""Bytes to text, and text that was decoded wrongly back to what it was.

Invariant: text that bears no mark of damage is never changed, and every repair is told in a sentence. Quotes, dashes
and ligatures of the book stay as they are. charset_normalizer and ftfy are imported only when nothing simpler does.
"""

from __future__ import annotations

import codecs
import functools
import re
from dataclasses import dataclass

from inscape.errors import BookError
from inscape.text import plural

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_MISREAD_AS = ("cp1252", "cp1254", "mac_roman")
_TURKISH = re.compile(rb"[\xf0\xfd\xfe\xd0\xdd\xde]")
_ICELANDIC_ONLY = re.compile(r"[æÆ]|(?i:\bog\b|\bþað\b|\bvar\b)")
_CONTINUATION = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")) + "\x80-\x9f"
_MARKS = re.compile(
    rf"[ÃÄÅ](?!\xa0)[{_CONTINUATION}]"  # two bytes of UTF-8, seen through cp1252 or latin-1
    r"|â€|â\x80|Â[\xa0«»©°·¿¡]"
    r"|[ðğ][Ÿ\x9f]|\uf8ffü"  # an emoji's first two, through any of them
    r"|‚Ä[ìîòôúùÆ¶]|√[©®†°¢£¥§•¶ß±∂∏ºªΩ]"  # the same through Mac Roman
)
_FIRST = ("Ã", "Ä", "Å", "Â", "â€", "â\x80", "‚Ä", "√", "ðŸ", "ğŸ", "ð\x9f", "ğ\x9f", "\uf8ffü")
"""Letters with which the marks begin: to look for one of them costs next to nothing."""
_FIRST_BYTES = tuple(first.encode() for first in _FIRST)
_ONLY_CP1252 = re.compile("[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_ALIEN = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec it was read with, and what a person should know about it."""

    text: str
    encoding: str
    doubts: tuple[str, ...] = ()


def decode(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """Decode a text file and mend it where it had been decoded wrongly before. Raises BookError: it is not text."""
    found = _decode(data, name, declared)
    text, doubt = mend(found.text.replace("\r\n", "\n").replace("\r", "\n"))
    doubts = (*found.doubts, doubt) if doubt else found.doubts
    return Decoded(text, found.encoding, doubts)


def _decode(data: bytes, name: str, declared: str | None) -> Decoded:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :] if codec == "utf-8" else data, name, codec)
    if b"\0" in data:
        return _wide(data, name)
    for codec in filter(None, ("utf-8", _known(declared))):
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    return _mostly_utf8(data) or _guess(data, name)


def _known(declared: str | None) -> str | None:
    """The codec that a file declares, if Python has one. Browsers read latin-1 as cp1252, and so do we."""
    if not declared:
        return None
    try:
        codec = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    return "cp1252" if codec == "iso8859-1" else codec


def _strict(data: bytes, name: str, codec: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError as error:
        raise BookError(
            f"{name} begins as {codec.upper()} but byte {error.start:,} does not fit. It is cut or damaged: "
            "get it again, or save it as UTF-8."
        ) from error


def _wide(data: bytes, name: str) -> Decoded:
    """UTF-16 without a mark has NULs at every other byte; NULs anywhere else are no text."""
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for codec, zero, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zero > 0.3 * len(sample) / 2 and other < 0.02 * zero:
            return _strict(data[: len(data) & ~1], name, codec)
    at = data.index(0)
    raise BookError(
        f"{name} is not text: byte {at:,} is NUL (line {data[:at].count(10) + 1:,}). "
        "If it is a book in another format, give it that format's ending; if it is a damaged text, get it again."
    )


def _mostly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few foreign bytes, as files have that were pasted together."""
    text = data.decode("utf-8", "replace")
    bad, good = text.count("\ufffd"), sum(map(len, _ALIEN.findall(text)))
    if not bad or bad > 0.1 * good:
        return None
    made, at = [], 0
    while at < len(data):
        try:
            made.append(data[at:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            made.append(data[at : at + error.start].decode("utf-8"))
            made.append(data[at + error.start : at + error.end].decode("cp1252", "replace"))
            at += error.end
    doubt = f"{plural(bad, 'byte')} did not fit UTF-8 and {'was' if bad == 1 else 'were'} read as cp1252."
    return Decoded("".join(made), "utf-8", (doubt,))


def _guess(data: bytes, name: str) -> Decoded:
    """The most likely codec by the letters it would give."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], threshold=0.35).best()
    codec = _western(data, best.encoding if best is not None else "cp1252")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        codec, text = "cp1252", data.decode("cp1252", "replace")
    odd = sum(1 for c in text[:_SAMPLE] if c < " " and c not in "\n\r\t\f")
    if odd > 0.01 * min(len(text), _SAMPLE):
        raise BookError(f"{name} is not text: every {len(text) // odd}th character is a control code.")
    return Decoded(text, codec, (f"The file does not say its encoding; it was read as {codec}.",))


def _western(data: bytes, guess: str) -> str:
    """Between the Western code pages, bytes alone decide little: the letters of Turkish do."""
    if guess not in ("cp1252", "latin_1", "cp1254", "iso8859_9", "cp1250", "cp1257", "cp1258", "iso8859_15", "cp775"):
        return guess if not guess.startswith(("cp4", "cp5", "cp8", "hp_", "cp10")) else "cp1252"
    turkish = len(_TURKISH.findall(data[:_SAMPLE]))
    others = sum(1 for b in data[:_SAMPLE] if b >= 0xC0) - turkish
    if turkish > 20 and turkish > 0.3 * others:
        return "cp1252" if _ICELANDIC_ONLY.search(data[:_SAMPLE].decode("cp1252", "replace")) else "cp1254"
    return guess if guess in ("cp1250", "cp1257") else "cp1252"


# ---------------------------------------------------------------- text already mis-decoded


def suspect(data: bytes) -> bool:
    """Whether text in UTF-8 may bear marks of damage: a glance, for files that are long."""
    return any(first in data for first in _FIRST_BYTES)


def mend(text: str) -> tuple[str, str | None]:
    """Text that is UTF-8 read with another codec -> the text it was, and a sentence; else the text and None.

    The whole text is turned back first, which is exact. Where parts are sound and parts are not, ftfy turns back the
    lines that bear marks, and touches nothing else in them.
    """
    if not any(first in text for first in _FIRST) or not _MARKS.search(text):
        return text, None
    for codec in _MISREAD_AS:
        turned = _turn_back(text, codec)
        if turned is not None:
            again, _ = mend(turned)
            latin = codec == "cp1252" and re.search(r"[\x80-\x9f]", text) and not _ONLY_CP1252.search(text)
            label = "latin-1" if latin else codec
            return again, _sentence(label, _places(text))
    return _by_line(text)


@functools.cache
def _table(codec: str) -> dict[int, int]:
    made: dict[int, int] = {}
    for byte in range(0x80, 0x100):
        try:
            made[ord(bytes([byte]).decode(codec))] = byte
        except UnicodeDecodeError:
            continue
    return made


def _turn_back(text: str, codec: str) -> str | None:
    """`text` encoded with `codec` and decoded as UTF-8; bytes that the codec leaves open pass as they are."""
    try:
        return text.translate(_table(codec)).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def _by_line(text: str) -> tuple[str, str | None]:
    import ftfy

    config = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )
    places = 0
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if not _MARKS.search(line):
            continue
        turned = filter(None, (_turn_back(line, codec) for codec in _MISREAD_AS))
        better = next(turned, None) or ftfy.fix_text(line, config)
        if better != line:
            places += len(_MARKS.findall(line))
            lines[i] = better
    return "\n".join(lines), _sentence("another encoding", places) if places else None


def _places(text: str) -> int:
    return len(_ALIEN.findall(text))


def _sentence(codec: str, places: int) -> str:
    return f"Text was UTF-8 mis-decoded as {codec}; repaired in {plural(places, 'place')}."
