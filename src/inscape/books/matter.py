"""Front matter, the text itself, back matter: told by the words of headings and by where they stand.

Invariant: only `matter` of a unit is changed, and nothing at all in a book that says itself what is front and back.
A word decides nothing alone: front matter stands before the first chapter, back matter after the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from inscape.books.structure import is_ordinal, opens_chapter
from inscape.records import Matter, Paragraph
from inscape.text import squeeze

_MAKER = r"(?:the )?(?:author|translator|editor|publisher|transcriber)(?:['’]?s|s['’])?"
_FRONT = (
    r"(?:(?:general |translator['’]?s |author['’]?s |editor['’]?s )?(?:preface|foreword|introduction|prefatory \w+)"
    r"(?: (?:to|by|of|from) .+)?|prefatory|advertisement(?: to .+)?|dedication|dedicatory \w+|epigraph|to the reader|"
    r"dramatis person(?:ae|æ)|cast of characters|"
    r"(?:list of )?(?:the )?(?:principal |main |chief )?(?:characters|persons)(?: (?:in|of) .+)?|"
    r"(?:list of )?(?:illustrations|maps|figures|plates)|map|frontispiece|half[- ]?title|title page|"
    r"copyright(?: page)?|praise for .+",
    r"avant-propos|avertissement|introduction|dédicace|personnages|liste des personnages|préface(?: .+)?",
    r"vorwort(?: .+)?|einleitung|einführung|vorbemerkung(?:en)?|geleitwort|widmung|personenverzeichnis|personen|"
    r"verzeichnis der personen",
    r"önsöz|giriş|sunuş|sunu|ithaf|çevirmenin önsözü|yazarin önsözü|kişiler|karakterler",
    r"предисловие(?: .+)?|от (?:автора|переводчика|издателя|редакции|редактора)|введение|вступление|посвящение|"
    r"действующие лица",
    r"prefacio|introducción|dedicatoria|prefazione|introduzione|dedica|personajes|personaggi)",
)
_BACK = (
    r"(?:(?:(?:translator|author|editor)['’]?s )?afterword(?: (?:to|by) .+)?|about the (?:author|editor|translator|"
    r"publisher|book|type)s?|(?:end|foot)?notes(?: (?:to|on) .+)?|(?:general )?index|glossary(?: of .+)?|"
    r"(?:select(?:ed)? )?bibliography|further reading|suggestions for further reading|references|works cited|sources|"
    r"appendix(?: .{1,40})?|appendices|colophon|errata|reading group guide|questions for discussion|"
    r"discussion questions|commentary|explanatory notes|textual notes|credits",
    r"postface|glossaire|bibliographie|à propos de l['’]auteure?|annexes?",
    r"nachwort(?: .+)?|nachbemerkung|anmerkungen|glossar|literaturverzeichnis|register|über (?:den autor|die autorin)|"
    r"anhang",
    r"sonsöz|yazar hakkinda|çevirmen hakkinda|notlar|dipnotlar|son ?notlar|dizin|sözlük|sözlükçe|kaynakça|ek|ekler",
    r"послесловие(?: .+)?|примечания|комментарии|об авторе|указатель(?: .+)?|словарь|библиография|приложени[ея]",
    r"notas|sobre (?:el|la) autora?|glosario|bibliografía|note|postfazione|glossario|bibliografia|l['’]autore)",
)
_EITHER = (
    rf"(?:{_MAKER} notes?|(?:a )?note (?:on|to|about) .+|(?:a )?note|acknowledge?ments?|permissions|chronology|"
    r"abbreviations|(?:table of )?contents|also by .+|(?:other )?(?:books|works) by .+|by the same author|copyright .+",
    r"note d(?:u|e la|e l['’]) ?(?:traduct|aut|édit)\w+|remerciements|table des matières|sommaire|du même auteur",
    r"danksagung|inhalt|inhaltsverzeichnis|anmerkungen? de[sr] (?:übersetz|autor|heraus)\w+|editorische notiz",
    r"teşekkür(?:ler)?|içindekiler|(?:çevirmenin|çevirenin|yazarin|yayincinin|editörün) notu",
    r"содержание|оглавление|благодарности",
    r"índice|agradecimientos|indice|ringraziamenti)",
)
_WORDS = {
    "front": re.compile("|".join(_FRONT)),
    "back": re.compile("|".join(_BACK)),
    "either": re.compile("|".join(_EITHER)),
}
_LONGEST = 80
_FEW = 1_800
"""Characters, at most, that stand before the first chapter as front matter though no heading calls them so."""
_MOST = 0.5
"""Share of a book's text that is never front and back matter: such a book is one long introduction, and its text."""


def word_of(heading: str) -> str:
    """What a heading's words say: 'front', 'back', 'either' (by its place), 'body' (a chapter), or '' for nothing."""
    line = squeeze(heading)
    if is_ordinal(line) or opens_chapter(line):
        return "body"
    plain = line.casefold().replace("i\u0307", "i").replace("ı", "i").strip(" .:;*_[]()—–-")
    if len(plain) <= _LONGEST:
        for word, pattern in _WORDS.items():
            if pattern.fullmatch(plain):
                return word
    return ""


def matter_of(units: Sequence[Paragraph], title: str = "") -> list[Paragraph]:
    """Units with `matter`, in their order. Notes keep what they have; a heading that repeats `title` says nothing."""
    if any(u.matter != "body" and u.kind != "note" for u in units):
        return list(units)
    spoken = [i for i, u in enumerate(units) if u.kind == "heading" and not _same(u.text, title)]
    says = {i: word_of(units[i].text) for i in spoken}
    front, back = _front(units, says), _back(units, says)
    if front == 0 and back == len(units):
        return list(units)
    sizes = [0 if u.kind == "note" else len(u.text) for u in units]
    if front >= back or sum(sizes[:front]) + sum(sizes[back:]) > _MOST * sum(sizes):
        return list(units)
    matter: list[Matter] = ["front" if i < front else "back" if i >= back else "body" for i in range(len(units))]
    return [u if u.kind == "note" or m == "body" else replace(u, matter=m) for u, m in zip(units, matter, strict=True)]


def _same(text: str, title: str) -> bool:
    return bool(title) and squeeze(text).casefold() == squeeze(title).casefold()


def _front(units: Sequence[Paragraph], says: dict[int, str]) -> int:
    """Index of the first unit of the text itself."""
    called: int | None = None
    for i, word in says.items():
        if called is not None and units[i].level > units[called].level > 0 and not opens_chapter(units[i].text):
            continue  # a part of the preface
        if word in ("front", "either"):
            called = i
        elif word in ("body", "back"):
            return _above(units, i) if called is None else i
        elif called is not None and not _again(says, i):
            return i
    return 0


def _again(says: dict[int, str], i: int) -> bool:
    """Whether more front matter is called so after this heading, and before the first chapter."""
    for at, word in says.items():
        if at > i and word == "front":
            return True
        if at > i and word in ("body", "back"):
            return False
    return False


def _above(units: Sequence[Paragraph], i: int) -> int:
    """Where the text begins whose first chapter has its heading at `i`: with the headings right above it, such as a
    part's; what stands above these is front matter where it is short."""
    while i and units[i - 1].kind == "heading":
        i -= 1
    return i if _few(units[:i]) else 0


def _few(units: Sequence[Paragraph]) -> bool:
    return sum(len(u.text) for u in units if u.kind != "note") <= _FEW


def _back(units: Sequence[Paragraph], says: dict[int, str]) -> int:
    """Index of the first unit of the back matter; the number of units where there is none."""
    found = len(units)
    for i in reversed(says):
        if says[i] in ("back", "either"):
            found = i
        elif says[i] == "front" or (says[i] == "body" and not _within_back(units, says, i)):
            break
    return found


def _within_back(units: Sequence[Paragraph], says: dict[int, str], i: int) -> bool:
    """Whether a chapter's heading only parts the notes or the afterword: it stands below such a heading, and deeper."""
    above = next((at for at in reversed(says) if at < i and units[at].level < units[i].level), None)
    return above is not None and says[above] == "back"
