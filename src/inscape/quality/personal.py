"""Personal data: addresses, numbers with a checksum, keys. Nothing is sent or looked up.

Invariant: a number that has a checksum is reported only where the checksum holds; the evidence hides its middle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality.rows import Finding, Limits, Row, Severity

_EMAIL = re.compile(r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}\b")
_MADE_UP = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost|ornek)(?:\.\w+)*$|^(?:git|noreply|user|name)@", re.I
)
_PHONE = re.compile(
    r"(?<![\w.,+-])(?:\+\d{1,3}[\s().-]{0,2}(?:\d[\s().-]{0,2}){7,12}\d|"
    r"0?[ -]?\(?5\d{2}\)?[\s.-]?\d{3}[\s.-]?\d{2}[\s.-]?\d{2}|"
    r"0[\s-]?\(?[234]\d{2}\)?[\s.-]\d{3}[\s.-]?\d{2}[\s.-]?\d{2}|"
    r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4})(?![\w-])"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
_ELEVEN = re.compile(r"(?<![\d.,-])[1-9]\d{10}(?![\d-])")
_CARD = re.compile(r"(?<![\d.,-])(?:\d[ -]?){12,18}\d(?![\d-])")
_DIGITS = re.compile(r"\d(?:\W{0,3}\w?\d){6}")
_KEY = re.compile(r"\b(?:sk-[A-Za-z0-9_-]{20,}|ghp_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|xox[bap]-[A-Za-z0-9-]{20,})\b")


def personal(row: Row, limits: Limits) -> Iterator[Finding]:
    """E-mail, phone, IBAN (mod 97), TCKN (its two check digits), card numbers (Luhn), keys of services."""
    for part in row.parts:
        for what, found in find(part.text):
            severity: Severity = "warning" if what in ("an e-mail address", "a phone number") else "error"
            yield row.say(
                "personal", severity, f"{what} in the {part.kind}; replace it with an invented one", hidden(found)
            )


def find(text: str) -> Iterator[tuple[str, str]]:
    """What kind of personal data, and the text of it."""
    if "@" in text:
        yield from (("an e-mail address", m[0]) for m in _EMAIL.finditer(text) if not _MADE_UP.search(m[0]))
    if "-" in text or "_" in text or "AKIA" in text:
        yield from (("a secret key", m[0]) for m in _KEY.finditer(text))
    if not _DIGITS.search(text):
        return
    taken: list[tuple[int, int]] = []
    for what, pattern, holds in (
        ("an IBAN", _IBAN, is_iban),
        ("a Turkish identity number", _ELEVEN, is_tckn),
        ("a card number", _CARD, is_card),
        ("a phone number", _PHONE, _is_phone),
    ):
        for m in pattern.finditer(text):
            if holds(m[0]) and not any(start < m.end() and m.start() < end for start, end in taken):
                taken.append(m.span())
                yield what, m[0]


def is_iban(text: str) -> bool:
    """ISO 13616: the rest of a division by 97 is 1. At least 15 signs, as in Norway."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34 or not plain.isalnum() or not plain.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_tckn(text: str) -> bool:
    """The Turkish identity number: eleven digits, the last two computed from those before."""
    digits = [int(c) for c in text]
    if len(digits) != 11 or digits[0] == 0:
        return False
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def is_card(text: str) -> bool:
    """A card number: 13 to 19 digits that pass Luhn, a first digit that cards have, and more than one digit."""
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6) or len(set(digits)) < 2:
        return False
    doubled = [d if n % 2 == 0 else d * 2 - 9 * (d > 4) for n, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_phone(text: str) -> bool:
    digits = [c for c in text if c.isdigit()]
    return 10 <= len(digits) <= 15 and len(set(digits)) >= 3 and "555" not in "".join(digits[-10:-4])


def hidden(text: str) -> str:
    """The first and last two signs: enough to find it, too little to use it."""
    return text if len(text) <= 5 else f"{text[:2]}…{text[-2:]}"
