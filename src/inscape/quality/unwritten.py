"""Places that nobody filled: TODO, lorem ipsum, 'cevap buraya gelecek', slots of a template.

Invariant: who asks about such a thing gets a warning at most; so does code, and what a user wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.rows import Part, Row

Hit = tuple[str, str, str]
"""Severity, message, evidence."""

_LOREM = re.compile(r"\blorem\s+ipsum\b|\bdolor\s+sit\s+amet\b")
_TODO = re.compile(r"(?:^|[\[(<{*])\s*(?:TODO|FIXME|TBD|TBA|XXX|TK)\b\s*[:\])>}*-]?|\bTODO:", re.MULTILINE)
_TO_COME = re.compile(
    r"[\[<{](?:\s*(?:your|the|an?|some|more|insert|add|put|enter|write|fill|actual|real|persona'?s?|"
    r"assistant'?s?|model'?s?)"
    r"\b[^\])>}\n]{0,40}?(?:answer|response|reply|text|content|thought|here|output|explanation|"
    r"name)\b[^\])>}\n]{0,30}|"
    r"\s*(?:answer|response|reply|content|cevap|yan[ıi]t|içerik|metin)(?:\s+(?:here|goes here|buraya|gelecek))?\s*|"
    r"[^\])>}\n]{0,40}\bburaya\b[^\])>}\n]{0,40})[\])>}]|"
    r"\b(?:answer|response|reply|content|text|explanation) (?:goes|will go|would go|to go|comes) here\b|"
    r"^\W*(?:insert|fill in|put) (?:your |the |an? )?(?:[a-z]+ ){0,3}here\W*$|"
    r"\b(?:to be|will be) (?:filled(?: in)?|written|completed|added) (?:later|here|soon)\b|"
    r"\b(?:cevap|yan[ıi]t|metin|içerik|aç[ıi]klama) (?:buraya|daha sonra) (?:gelecek|eklenecek|yaz[ıi]lacak)\b|"
    r"\b(?:düşünce(?: süreci)?|cevap|yan[ıi]t|metin|içerik|aç[ıi]klama) buraya\b|"
    r"^\W*[\[<{][^\W\d_]+(?:[\s,]+[^\W\d_]+){1,12}[\]>}]\W*$|"
    r"^\W*[*\[<{(]\s*insert [^*\]>})\n]{1,40}[*\]>})]\W*$|"
    r"\bburaya (?:[^\W\d]+ ){0,3}(?:gelecek|eklenecek|yaz[ıi]lacak|ekleyin|yaz[ıi]n)\b|"
    r"\bplaceholder (?:text|answer|response|content|thought|for)\b|\byer tutucu\b"
)
_COMING = ("here", "later", "soon", "buraya", "placeholder", "tutucu", "sonra", "insert", "[", "<", "{")
"""One of them stands in every text that `_TO_COME` finds: much faster to look for."""
_LATER = re.compile(
    r"(?:(?:bunu|burayi|buraya|burasi|cevabi|yaniti|içeriği|cevap|yanit|içerik|açiklama|metin|sonra|daha|ileride|"
    r"sonradan|henüz|detaylar|gerisi)\s+){0,3}(?:doldur(?:ulacak|un|acağim)?|yazilacak|eklenecek|hazirlanacak|"
    r"tamamlanacak|güncellenecek|girilecek|yazilmadi|eklenmedi|yazacağim|ekleyeceğim|yazariz|bakilacak)(?:\s+sonra)?|"
    r"to be (?:written|completed|filled(?: in)?|added|done|determined)|"
    r"(?:i'?ll |will |need to |must )?(?:write|fill|add|complete|finish)(?: (?:this|me|it|that|answer|one))?(?: in)? "
    r"(?:later|soon|here)|(?:not (?:yet )?(?:written|filled in|available)(?: yet)?|pending)|"
    r"(?:answer|response|content|reply) (?:pending|missing|not (?:available|found|provided|generated)|unavailable|tbd)"
)
_OF_WRITING = re.compile(
    r"\byaz|mektup|rapor|ödev|mail|mesaj|ne zaman|kita[bp]|doldur|\bekle|form|write|report|letter|essay|when|status|"
    r"durum|order|sipariş|çevir|translat"
)
_MORE = re.compile(
    r"\W*(?:(?:add|insert|generate|continue with|repeat for|and|ve|plus)\s+)?(?:(?:\d+|tane|the)\s+)*"
    r"(?:more|remaining|daha|kalan|benzer)\s+(?:\w+\s+){0,2}?"
    r"(?:rows|examples|entries|items|lines|conversations|pairs|satir|örnek|diyalog|kayit|konuşma)(?:lar|ler)?"
    r"(?:\s+(?:here|like this|buraya|eklenecek|ekle))?\W*"
)
_AS_ABOVE = re.compile(
    r"\W*(?:\.\.\.\W*)?(?:(?:similar|same|repeat|continue|follow)\b[\w\s]{0,20}\b(?:pattern|format|structure|style|manner)\b|"
    r"(?:ayni|benzer)\s+(?:şekilde|kalip\w*|format\w*|yapi\w*))[\w\s]{0,40}"
    r"(?:remaining|other|rest|further|more|kalan|diğer|devam)\b[\w\s]{0,30}\W*"
)
"""'# ... similar pattern for remaining examples': what an assistant writes instead of the rows."""
_USERS_PLACE = re.compile(
    r"\b(?:soru(?:su)?|mesaj[iı]?|question|message|input|user|kullan[iı]c[iı]|follow-?up|takip|prompt|query|konu(?:su)?|"
    r"topic|buraya|here|girdi)\b"
)
_SENT = re.compile(r"sesli|voice|görüntü|foto|image|photo|resim|video|sticker|silin|deleted|audio|attach|ek\b|media")
_WHOLE_BRACKET = re.compile(r"\W*[\[<{][^\[\]<>{}\n]{2,80}[\]>}]\W*")

_SLOT = re.compile(
    r"\[(?:PASTE|INSERT|YOUR|TOPIC|NAME|USER|PERSONA|PASSAGE|QUESTION|ANSWER|RESPONSE|REPLY|EXPLANATION|REASON|EXAMPLE|"
    r"DEFINITION|DETAILS?|EMOTION|FEELING|MESSAGE|CONTENT|KONU|İSİM|SORU|CEVAP|YANIT|AÇIKLAMA|ÖRNEK|METİN|DUYGU|"
    r"TANIM|MESAJ|SEBEP)(?:_[A-Z]+)*\]|"
    r"\[[A-ZÇĞİÖŞÜ]{3,}(?:_[A-ZÇĞİÖŞÜ]+)+\]|\{\{\s*[\w.]+\s*\}\}|\$\{[a-z]\w*\}|<(?:[A-Z]{2,}(?:_[A-Z]+)+|"
    r"TOPIC|NAME|ANSWER|RESPONSE|QUESTION|USER|PERSONA|KONU|SORU|CEVAP)>|"
    r"(?<![\w$%\"'(=\\])\{[a-z_]\w{0,30}(?:\[[^\]]{1,12}\]|\.\w+|\(\)|[+-]\d+)?\}(?![\w\"'])|(?<![\w$%\"'(=\\^.\]])\{\d\}|"
    r"\[[a-z_ ]{3,40}: e\.?g\.?[^\]]*\]|%\((?:\w+)\)s|(?<![\w%])%[sd](?!\w)|__[A-Z]{3,}(?:_[A-Z]+)*__|<<\w{3,}>>|"
    r"\{%\s*\w|<[a-z]{3,}(?:_[a-z]+)+>|(?<![\w$])\$[a-z][a-z_]{2,}\b|^\s*f(?P<q>[\"'])[^\"'\n]*\{[^}\n]+\}.*(?P=q)\s*$"
)
_SLOT_MARKS = ("[", "{", "<", "%", "$", "__")
_SPOKEN_OF = re.compile(
    r"placeholder|yer tutucu|lorem|todo|fixme|şablon|template|dolgu|çevir|translat|türkçesi|ingilizce"
)
_FORMS = re.compile(r"dilekçe|mektup|\be-?(?:posta|mail)|\bmail\b|letter|\bcv\b|sözleşme|contract|format|taslak|draft")
_SHELL = re.compile(
    r"bash|shell|\bsh\b|php|perl|\benv|değişken|variable|jquery|makefile|script|regex|sed\b|awk|string|python|print"
)
_EXPLAINED = re.compile(r"\b(?:ne|nedir|ne demek|nasil|what is|what's|what does|what are|how do|how to|mean|means)\b")


def spoken_of(row: Row) -> bool:
    """Whether the user speaks of placeholders, templates or translations."""
    return _SPOKEN_OF.search(row.folded_question) is not None


def gaps(part: Part, row: Row, where: str) -> Iterator[Hit]:
    """Tell-tale words and signs anywhere in the text."""
    found = list(_gaps(part, row))
    if not found:
        return
    talks_of_it = part.kind != "thought" and (row.code or spoken_of(row))
    level = "warning" if talks_of_it or part.kind == "user" else "error"
    for severity, what, evidence in found:
        yield severity or level, f"{where} {what}", evidence


def _gaps(part: Part, row: Row) -> Iterator[Hit]:
    """The same; no severity where it depends on who speaks of what."""
    low, prose = part.folded, part.prose
    if ("dolor" in low or "lorem" in low) and (hit := _LOREM.search(low)):
        yield "", "holds lorem ipsum", around(low, hit)
    if ("TODO" in prose or "FIXME" in prose or "TB" in prose or "XXX" in prose or "TK" in prose) and (
        hit := _TODO.search(prose)
    ):
        sure = not row.code and (len(part.words) <= 12 or hit.start() == 0)
        yield "" if sure else "warning", "holds a TODO", around(prose, hit)
    if any(map(low.__contains__, _COMING)) and (
        hit := _TO_COME.search(low if prose is part.text else words.fold(prose))
    ):
        sure = part.kind == "user" and _is_users_place(low)
        yield "error" if sure else "", "says that the text is still to come", hit[0]
    if len(low) <= 80 and part.kind != "user" and _to_write(part.text, low, row):
        yield "", "says that the text is still to come", low
    if any(map(prose.__contains__, _SLOT_MARKS)) and (hits := list(_SLOT.finditer(prose))):
        what = "holds a slot that was never filled; fill it, or drop the row"
        yield "warning" if _slots_are_meant(hits, row) else "", what, around(prose, hits[0])


def _is_users_place(low: str) -> bool:
    return bool(_WHOLE_BRACKET.fullmatch(low) and _USERS_PLACE.search(low) and not _SENT.search(low))


def _to_write(text: str, low: str, row: Row) -> bool:
    bare = low.strip(" .!…:;-_*#\"'()[]<>{}")
    if _MORE.fullmatch(low) or _AS_ABOVE.fullmatch(low):
        return True
    if not _LATER.fullmatch(bare):
        return False
    return text.lstrip()[:1] in "([<{*" or not _OF_WRITING.search(row.folded_question)


def _slots_are_meant(hits: list[re.Match[str]], row: Row) -> bool:
    """Whether the user asked about these slots, or for a letter that has some, or speaks of a shell."""
    asked = row.folded_question
    if _FORMS.search(asked) or (_EXPLAINED.search(asked) and all(hit[0] in row.question for hit in hits)):
        return True
    return all(hit[0].lstrip()[0] in "$%f" for hit in hits) and _SHELL.search(asked) is not None


def around(text: str, hit: re.Match[str]) -> str:
    return text[max(0, hit.start() - 20) : hit.end() + 30]
