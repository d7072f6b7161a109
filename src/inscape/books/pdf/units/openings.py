"""Chapters that open in capitals: 'PRINCE VASÍLI KEPT the promise', as small capitals come out of a PDF, put back.

Invariant: only the case of letters changes, and no text's length. A book is touched only when opening so is its habit;
each word is written as the book writes it elsewhere in the middle of its sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from inscape.records import Paragraph
from inscape.text import plural, shorten

_LOUD = re.compile(r"[^\sa-z]+(?=\s|$)")
_STOP = re.compile(r"[.!?…][\"”’')\]]*\s+[\"“‘'(\[]*\Z")
_WORD = re.compile(r"[^\W\d_]+")
"""A run of letters: 'D’ARTAGNAN' has two."""
_INNER = re.compile(r"[ ’'\-](?<=[\w,;:].)([^\W\d_]+)")
"""Words in the middle of a sentence: those that follow a word or a comma. A first character that is plain is looked for
at twice the speed."""
_MOST = 14
"""Words of an opening in capitals; more is a text in capitals, such as a telegram."""
_HABIT = 3
"""Chapters, at least, that must open so, and half of all."""
_TURKISH = str.maketrans("Iİ", "ıi")


def lowered(paragraphs: Sequence[Paragraph], language: str = "") -> tuple[Paragraph, ...]:
    """The same units; those that open a chapter in capitals as the book would write them elsewhere."""
    firsts = [i for i, p in enumerate(paragraphs) if p.kind == "paragraph" and _opens(paragraphs, i)]
    loud = {i: end for i in firsts if (end := _loud(paragraphs[i].text))}
    if len(loud) < _HABIT or 2 * len(loud) < len(firsts):
        return tuple(paragraphs)
    wanted = {w.casefold() for i, end in loud.items() for w in _WORD.findall(paragraphs[i].text[:end])}
    words: Counter[str] = Counter()  # all of them: to fold each of a book's 300,000 takes far longer than to count them
    for n, paragraph in enumerate(paragraphs):
        words.update(_INNER.findall(paragraph.text, max(0, loud.get(n, 0) - 1)))
    forms = Counter({word: n for word, n in words.items() if word.casefold() in wanted})
    made = list(paragraphs)
    for i, end in loud.items():
        text = _quiet(paragraphs[i].text[:end], forms, language) + paragraphs[i].text[end:]
        if len(text) == len(paragraphs[i].text):
            made[i] = replace(paragraphs[i], text=text)
    return tuple(made)


def told(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> list[str]:
    """A sentence on what was changed, with an example; none where nothing was."""
    changed = [(a.text, b.text) for a, b in zip(before, after, strict=True) if a.text != b.text]
    if not changed:
        return []
    one, other = (shorten(text, 30) for text in changed[0])
    return [f"{plural(len(changed), 'chapter')} open in capitals, written as elsewhere: “{one}” as “{other}”."]


def _opens(paragraphs: Sequence[Paragraph], i: int) -> bool:
    """First text after a heading, an epigraph between them or not, or after a scene break."""
    above = i - 1
    while above >= 0 and paragraphs[above].kind in ("quote", "verse") and paragraphs[above].page == paragraphs[i].page:
        above -= 1
    return above < 0 or paragraphs[above].kind in ("heading", "break")


def _loud(text: str) -> int:
    """Where the capitals that a text opens with end; 0 where it opens otherwise, or is in capitals as a whole."""
    end = words = letters = 0
    while (found := _LOUD.match(text, end)) and found[0] == found[0].upper() and words <= _MOST:
        words += 1
        letters += sum(c.isalpha() for c in found[0])
        end = found.end()
        while end < len(text) and text[end].isspace():
            end += 1
    # 'I was' and 'A man' open with a capital by themselves: it takes a word of capitals that would not.
    several = words > 1 and letters > 2
    return end if (several or letters > 3) and words <= _MOST and any(c.islower() for c in text[end:]) else 0


def _quiet(text: str, forms: Counter[str], language: str) -> str:
    first = True

    def written(found: re.Match[str]) -> str:
        nonlocal first
        word, opens, first = found[0], first, False
        low = word.translate(_TURKISH).lower() if language.lower().startswith("tr") else word.lower()
        known = {form: n for form in (low, _title(low), word) if (n := forms[form])}
        best = max(known, key=lambda form: known[form]) if known else low
        best = "I" if low == "i" else best
        return word[0] + best[1:] if opens or _STOP.search(text, 0, found.start()) else best

    return _WORD.sub(written, text)


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]
