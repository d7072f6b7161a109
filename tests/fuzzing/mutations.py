"""Spoils a file: its bytes, its numbers and names, what is packed in it.

Invariant: the same chance gives the same bytes. A spoiled zip archive is still a sound archive more often than not, and
a PDF's packed streams are packed again at the same place, so that most mutants reach the readers behind the door.
"""

from __future__ import annotations

import copy
import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence

from lxml import etree

Mutation = Callable[[bytes, random.Random], bytes]

NUMBERS = (
    b"0", b"-1", b"1", b"255", b"65535", b"-32769", b"2147483647", b"2147483648", b"-2147483648", b"4294967296",
    b"99999999999999999999", b"1e308", b"-1e308", b"0.0000001", b"nan", b"inf", b"1.#QNAN", b"00000000000000000012",
)  # fmt: skip
STRANGE = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xe2\x80\xae", b"&#0;",
    b"&#x110000;", b"&#xd800;", b"&lt;", b"<", b">", b"]]>", b"<![CDATA[", b"<!--", b"%", b"(", b")", b"<<", b">>",
    b"\r", b"\n\n", b"\t", b"\\", b"\xc2\xad", b"\xef\xbf\xbe", b"\xef\xb7\x90", b"*", b"_", b"#", b"```", b"---\n",
    b"\xee\x80\x80", b"\xe2\x80\xa8", b"\x1b", b"\x02", b"A" * 5000, b" " * 5000, b"<b>" * 300, b"> " * 500,
)  # fmt: skip
_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?")
_NAME = re.compile(
    rb"/[A-Za-z][\w.+-]*|</?[A-Za-z][\w:.-]*|\b[\w:-]+(?==[\"'])|\"[\w./#:-]{1,40}\"|\b(?:obj|endobj|Tj|TJ|Td|Tm)\b"
)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_MOST = 4 << 20
"""Bytes of a mutant at most, so that a run measures the readers and not the copying."""


# ---------------------------------------------------------------- bytes


def flip(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64, 500))):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def overwrite(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(spoiled))
        spoiled[at : at + chance.randrange(1, 40)] = chance.choice((b"\0" * 30, b"\xff" * 30, chance.randbytes(30)))
    return bytes(spoiled)


def cut(data: bytes, chance: random.Random) -> bytes:
    at, by = _span(data, chance)
    return data[:at] + data[at + by :]


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def repeat(data: bytes, chance: random.Random) -> bytes:
    at, by = _span(data, chance)
    times = chance.choice((2, 2, 3, 50)) if by < 20_000 else 2
    return data[:at] + data[at : at + by] * times + data[at + by :]


def swap(data: bytes, chance: random.Random) -> bytes:
    a, b, c, d = sorted(chance.randrange(len(data)) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def insert(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 4, 30))):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(STRANGE) + data[at:]
    return data


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(data))
    return at, chance.randrange(1, chance.choice((4, 60, 1000, max(2, len(data) // 2))))


# ---------------------------------------------------------------- tokens


def numbers(data: bytes, chance: random.Random) -> bytes:
    return _tokens(data, chance, _NUMBER, lambda: chance.choice(NUMBERS))


def names(data: bytes, chance: random.Random) -> bytes:
    found = [m[0] for m in _NAME.finditer(data[: 1 << 20])] or [b"x"]
    return _tokens(data, chance, _NAME, lambda: chance.choice(found))


def _tokens(data: bytes, chance: random.Random, what: re.Pattern[bytes], new: Callable[[], bytes]) -> bytes:
    spans = [m.span() for m in what.finditer(data)]
    if not spans:
        return flip(data, chance)
    chosen = set(chance.sample(range(len(spans)), min(len(spans), chance.choice((1, 1, 2, 5, 40)))))
    made, last = [], 0
    for n in sorted(chosen):
        start, end = spans[n]
        made += [data[last:start], new()]
        last = end
    return b"".join((*made, data[last:]))


def tree(data: bytes, chance: random.Random) -> bytes:
    """Sound markup of another shape: elements gone, doubled, moved, renamed; attributes and texts exchanged."""
    try:
        root = etree.fromstring(data) if data[:5] == b"<?xml" or b"xmlns" in data[:500] else etree.HTML(data)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return insert(data, chance)
    for _ in range(chance.choice((1, 2, 5, 20))):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        one, other = chance.choice(nodes), chance.choice(nodes)
        deed = chance.randrange(6)
        if deed == 0 and one.getparent() is not None:
            one.getparent().remove(one)
        elif deed == 1 and sum(1 for _ in other.iter()) < 500:
            one.append(copy.deepcopy(other))
        elif deed == 2 and other not in one.iterancestors() and other is not one and other.getparent() is not None:
            one.insert(0, other)
        elif deed == 3:
            one.tag = other.tag
        elif deed == 4:
            for key in one.attrib:
                one.set(key, chance.choice((*other.attrib.values(), "-1", "99999999999", "", "a b", "#a", "../x")))
        else:
            one.text, one.tail = other.tail, chance.choice((other.text, "1", "*", "\u00ad-", "\u202e", None))
    return bytes(etree.tostring(root))


PLAIN: tuple[Mutation, ...] = (flip, overwrite, cut, truncate, repeat, swap, insert, numbers, names)
INSIDE: tuple[Mutation, ...] = (flip, cut, repeat, swap, insert, insert, numbers, numbers, names, names)
MARKUP: tuple[Mutation, ...] = (tree,)


# ---------------------------------------------------------------- what is packed


def archive(data: bytes, chance: random.Random) -> bytes:
    """A zip whose parts are spoiled, renamed, left out or there twice, and packed again."""
    parts = unpacked(data)
    texts = [n for n, (_, part) in enumerate(parts) if part[:1] in (b"<", b"\xef", b"a") and part]
    for n in chance.sample(texts, min(len(texts), chance.choice((1, 1, 2, 4)))):
        parts[n] = parts[n][0], chance.choice(INSIDE if chance.random() < 0.4 else MARKUP)(parts[n][1], chance)
    deed, n = chance.random(), chance.randrange(len(parts))
    if deed < 0.05:
        del parts[n]
    elif deed < 0.1:
        parts[n] = chance.choice(("x", "../x", "OPS/" * 50, parts[n - 1][0], "é\u202e.xhtml")), parts[n][1]
    elif deed < 0.15:
        parts.append((parts[n][0], parts[n - 1][1]))
    return packed(parts, chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def packed(parts: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive without a date, so that it is the same tomorrow."""
    held = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two parts of one name
        with zipfile.ZipFile(held, "w", method) as opened:
            for name, part in parts:
                opened.writestr(zipfile.ZipInfo(name), part, method)
    return held.getvalue()


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """The parts of a zip archive. Raises what Python's zip reader raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return [(entry.filename, opened.read(entry)) for entry in opened.infolist()]


def streams(data: bytes, chance: random.Random) -> bytes:
    """A PDF with some of its packed streams spoiled inside: the page's drawing, the fonts, the tables of objects."""
    found = list(_STREAM.finditer(data))
    made = bytearray(data)
    for match in chance.sample(found, min(len(found), chance.choice((1, 2, 6)))):
        try:
            plain = zlib.decompress(match[1])
        except zlib.error:
            continue
        spoiled = chance.choice(INSIDE)(plain, chance) if plain else b""
        room = match.end(1) - match.start(1)
        while len(tight := zlib.compress(spoiled, 9)) > room and spoiled:
            spoiled = spoiled[: len(spoiled) * 9 // 10]
        if len(tight) <= room:
            made[match.start(1) : match.end(1)] = tight.ljust(room, b"\0")
    return bytes(made) if made != data else chance.choice(PLAIN)(data, chance)


def mutant(data: bytes, format_: str, chance: random.Random) -> bytes:
    """The file, spoiled in one to three ways."""
    inner: Mutation | None = {"pdf": streams, "epub": archive, "docx": archive, "html": tree}.get(format_)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            break
        try:
            data = (inner if inner and chance.random() < 0.8 else chance.choice(PLAIN))(data, chance)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, ValueError, RuntimeError, KeyError):
            data = chance.choice(PLAIN)(data, chance)  # no archive any more
    return data[:_MOST]
