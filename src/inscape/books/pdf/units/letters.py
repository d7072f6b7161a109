"""Words with which letters open and close.

Invariant: words only, of single short lines; where they stand must speak for a letter too.
"""

from __future__ import annotations

import re

_SALUTATION = re.compile(
    r"^(?:my )?(?:very )?(?:own )?(?:dear|dearest|honou?red|beloved|esteemed|chère?|mon cher|ma chère|liebe[rs]?|"
    r"sehr geehrte[r]?|sevgili|aziz|sayın|дорог\w+|милостив\w+|caro|cara|querid[oa])\b.{0,60}[,:!—.-]$|"
    r"^(?:sir|madam|gentlemen|monsieur|madame|ladies and gentlemen)\b.{0,40}[,:!—-]$",
    re.I,
)
_CLOSING = re.compile(
    r"^(?:(?:i am|i remain|believe me)(?:,|\b.{0,20}\byours?\b)|with (?:love|best|kind)|hochachtungsvoll|saygılarımla|"
    r"(?:ever |very |most )*(?:sincerely|faithfully|affectionately|truly|respectfully)\b|"
    r"(?:ever )?yours(?:[,.]|$|(?: \w+){1,3}[,.]?$)|"
    r"your (?:\w+[ ,]+){0,4}(?:servant|friend|son|daughter|brother|sister|mother|father|wife|husband|cousin|uncle|aunt|"
    r"nephew|niece|lover|pupil)\b|"
    r"(?:votre|ihre?|deine?|ваша?|тво[йя])(?: \w+){0,2},?$)",
    re.I,
)
_DATED = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b|\b1[5-9]\d\d\b|\b20\d\d\b|\b1[5-9](?:—|–|--|__)")


def greets(line: str) -> bool:
    """'My dear Sir,'"""
    return len(line) < 90 and bool(_SALUTATION.match(line.strip("\"“‘'")))


def closes(line: str) -> bool:
    """'Yours sincerely,'"""
    return len(line) < 60 and bool(_CLOSING.match(line.strip("\"“‘'")))


def frames(line: str) -> bool:
    """Whether a line is of a letter's head or foot: a greeting, an ending, a date."""
    return len(line) < 70 and (greets(line) or closes(line) or bool(_DATED.search(line)))
