"""Thoughts that only go through the motions: counted steps, one word again and again, lines that name a thought.

Invariant: a thought with one word of its own is left alone; 'Kısa soru, kısa cevap.' is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.standin import is_counter, words_of

_CUTS = re.compile(r"[\n.…;|,!]+")
_NUMBERS = re.compile(r"\d+")
_MOTION = re.compile(
    r"(?:thoughts?|think(?:ing)?|thinks|steps?|iterations?|analy[sz](?:ing|is|e)|process(?:ing)?|reason(?:ing)?|"
    r"reflect(?:ing|ion)?|consider(?:ing)?|conclusion|"
    r"düşün(?:ce|üyorum|me|üyor|ülüyor)?(?:si|leri)?|adim|iterasyon|analiz|işleniyor|değerlendir(?:me|iyorum)|sonuç|tur)"
)
_BESIDE = words_of(
    "a an the of about on in my inner first second third next final last and let me now still more deeply deeper "
    "bir ve ilk ikinci üçüncü son sonra şimdi iç süreci devam ediyor ediyorum yapiyorum yapiliyor test sample example "
    "örnek placeholder"
)
_HEADLESS = frozenset(("düşünüyorum", "düşünülüyor", "thinking", "processing", "analyzing", "işleniyor"))


def motions(text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a thought, and the line that shows it."""
    if lines := counted_lines(text):
        yield "the lines of the thought differ only in a number: a counter wrote them", lines
    if len(text) > 400 or not all(map(_is_nothing, words.tokens(text[:50])[:4])):
        return
    parts = [told for cut in _CUTS.split(text) if (told := _words(words.fold(cut)))]
    if not parts:
        return
    said = [word for told in parts for word in told]
    named = [any(_MOTION.fullmatch(word) for word in told) for told in parts]
    if all(map(_is_nothing, said)) and all(named) and (len(parts) >= 2 or len(said) >= 2 or said[0] in _HEADLESS):
        yield "the thought only says that there is one", text


def _is_nothing(word: str) -> bool:
    return word in _BESIDE or is_counter(word) or _MOTION.fullmatch(word) is not None


def _words(cut: str) -> list[str]:
    """The words of a piece of a line; a bare number in front of it is no piece."""
    told = words.WORD.findall(cut)
    return [] if all(word.isdigit() for word in told) else told


def counted_lines(text: str) -> str:
    """Three or more lines or sentences that are the same but for rising numbers, if there are: the first of them."""
    if not _NUMBERS.search(text):
        return ""
    seen: dict[str, list[tuple[str, ...]]] = {}
    for line in text.splitlines() if "\n" in text else re.split(r"(?<=[.…;!?])\s+|\s*[|,]\s+", text):
        low = words.fold(line)
        numbers = tuple(_NUMBERS.findall(low))
        skeleton = _NUMBERS.sub("#", low).strip(" .…;!,")
        if numbers and len(re.findall(r"[^\W\d_]{2,}", skeleton)) >= 1:
            held = seen.setdefault(skeleton, [])
            held.append(numbers)
            if len(held) >= 3 and len(set(held)) == len(held):
                return line.strip()
    return ""
