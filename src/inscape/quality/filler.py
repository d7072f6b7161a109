"""Placeholder and filler in a single row: counters, stand-ins for an answer, slots nobody filled, echoes.

Invariant: an error is given only for what no person would write as an answer; what a person might is a warning. A
short greeting, a one-word answer, a list, code and a polite formula are none of this. What shows only across rows (the
same sentence with another number in it) is in `series`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.rows import Finding, Limits, Part, Row

_NOUN = (
    r"(?:questions?|answers?|responses?|repl(?:y|ies)|messages?|prompts?|inputs?|outputs?|examples?|samples?|tests?|"
    r"items?|entr(?:y|ies)|rows?|cases?|scenarios?|topics?|conversations?|dialogues?|chats?|greetings?|thoughts?|"
    r"thinking|reflections?|reasoning|completions?|instructions?|requests?|quer(?:y|ies)|texts?|contents?|"
    r"iterations?|variations?|"
    r"snippets?|explanations?|discussions?|statements?|utterances?|placeholders?|slang|idioms?|small ?talk|"
    r"soru(?:su|lar|ları)?|cevab[ıi]|cevap(?:lar)?|yan[ıi]t[ıi]?|mesaj[ıi]?|örne[ğk]i?|deneme|metin|metni|"
    r"içeri[ğk]i?|"
    r"konu(?:su)?|senaryo(?:su)?|sohbet(?:i)?|diyalog|diyalo[ğg]u|kay[ıi]t|sat[ıi]r|girdi(?:si)?|"
    r"ç[ıi]kt[ıi](?:s[ıi])?|"
    r"düşünce(?:si)?|iterasyon|selamlama|ifade(?:si)?|tart[ıi]şma(?:s[ıi])?|aç[ıi]klama(?:s[ıi])?|deyim)"
)
_FAKE = (
    r"(?:test|example|sample|dummy|mock|fake|placeholder|generated|synthetic|default|generic|örnek|deneme|sahte|"
    r"şablon|taslak|yer tutucu)"
)
_COUNT = r"(?:no\.?|number|num\.?|nr\.?|numara(?:s[ıi])?)?[\s:_#(\[.-]*\d{1,6}[)\]]?"
_ADJ = (
    r"(?:detailed|thoughtful|brief|short|long|casual|technical|philosophical|deep|comprehensive|in-depth|"
    r"simple|medium|"
    r"complex|low|high|quick|nuanced|natural|helpful|friendly|appropriate|relevant|generic|standard|basic|"
    r"detayl[ıi]|k[ıi]sa|uzun|derin|teknik|felsefi|basit|kapsaml[ıi]|genel|düşünceli|samimi|uygun|"
    r"h[ıi]zl[ıi]|orta|zor)"
)
_ANSWER = (
    r"(?:response|answer|reply|explanation|discussion|analysis|completion|output|cevap|cevab[ıi]|yan[ıi]t[ıi]?|"
    r"aç[ıi]klama(?:s[ıi])?|analiz|tart[ıi]şma)"
)

_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(
    rf"\W*(?:[^\W\d]+(?:'\w+)?[\s_/-]+){{0,6}}?{_NOUN}\s*{_COUNT}\W*|"
    rf"\W*{_FAKE}\s+(?:[^\W\d]+\s+){{0,3}}?{_NOUN}\s*[:#-]?\s*[a-z]\W*"
)
"""The whole text: 'test response 39', 'Rust question #12', 'örnek cevap 7'."""
_COUNT_FIRST = re.compile(rf"\W*\d{{1,6}}\W+(?:[^\W\d]+\s+){{0,3}}?{_FAKE}\s+{_NOUN}\W*")
_FAKE_SAID = re.compile(
    rf"\b{_FAKE}[\s_-]+(?:[^\W\d]+[\s_-]+){{0,3}}?{_NOUN}\s*{_COUNT}(?!\w)|"
    r"\b(?:response|answer|reply) (?:to|for) (?:the )?(?:question|prompt|message|query|input|example|sample|"
    r"test)\s*#?\s*\d+"
)
"""Anywhere: 'this is sample answer 3'."""
_LABEL = re.compile(
    r"\W*(?:[^\W\d]+\s+){0,3}?((?:answer|response|reply|question|test|message|prompt|output|entry|row|completion|"
    r"cevap|cevab[ıi]|yan[ıi]t[ıi]?|mesaj[ıi]?|ç[ıi]kt[ıi])\s*#?\s*)\d{1,6}\s*[:)\]–—-]\s*"
)
"""At the beginning: 'Answer 12: …'."""
_MARK = re.compile(
    r"[(\[]\s*(?:variation|variant|version|ver\.?|v|example|sample|test|copy|instance|iteration|no\.?|"
    r"örnek|varyasyon|"
    r"versiyon|deneme|kopya|tekrar|sürüm)\s*[#:.]?\s*\d{1,6}\s*[)\]]|\b(?:variation|varyasyon|"
    r"variant)\s*#?\s*\d{1,6}\W*$"
)
_STANDS_FOR = re.compile(
    rf"\W*(?:(?:this is|here is|here's)\s+)?(?:an?\s+|the\s+)?(?:{_FAKE}|{_ADJ})(?:[\s,]+(?:and|ve|{_ADJ}|{_FAKE}))*"
    rf"(?:\s+[^\W\d]+){{0,2}}?\s+{_ANSWER}"
    r"(?:\s+(?:to|for|about|on|regarding|of|in|with|that|goes)\b[^.!?]{0,120})?\W*(?:\d{1,6}\W*)?"
)
"""The whole text names the answer instead of giving it: 'A thoughtful response about free will.'"""
_STANDS_FOR_TR = re.compile(
    rf"(?:bu,?\s+)?(?:bir\s+)?(?:(?:[^.!?\n]{{0,80}}\s)?(?:konuda|hakk[ıi]nda|üzerine|konusunda|için|ile ilgili)\s+)?"
    rf"(?:(?:bir|{_FAKE}|{_ADJ})\s+){{1,4}}{_ANSWER}(?:[td][ıi]r)?\W*(?:\d{{1,6}}\W*)?"
)
_NOTHING = re.compile(
    r"(?:test|testing|deneme|asdf\w*|qwert[yz]\w*|foo|bar|baz|foobar|foo bar(?: baz)?|blah|bla|"
    r"placeholder|todo|tbd|fixme|"
    r"tba|answer|response|reply|output|completion|assistant response|cevap|yan[ıi]t|xxx+|aaa+|dummy|lorem|"
    r"(?:answer|response) (?:text|content|body)|(?:generated|auto-?generated) (?:text|answer|response|content)|"
    r"(?:the )?same as (?:above|before|the previous(?: one)?)|yukar[ıi]daki(?:yle| ile) ayn[ıi]|"
    r"see (?:the )?previous (?:answer|response)|(?:example|sample) output|(?:cevap|yan[ıi]t) metni|"
    r"otomatik oluşturulmuş (?:cevap|yan[ıi]t|metin)|"
    r"your (?:answer|response|text)|no (?:answer|response)|coming soon|yer tutucu|yak[ıi]nda|doldurulacak)"
    r"(?:[\s,]+(?:test|bla|blah|foo|bar|baz))*"
)
_PERHAPS_NOTHING = re.compile(r"(?:n/?a|null|none|nan|undefined|string|text|metin|nil|-+|\?+)")
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
    r"^\W*[*\[<{]\s*insert [^*\]>}\n]{1,40}[*\]>}]\W*$|"
    r"\bburaya (?:[^\W\d]+ ){0,3}(?:gelecek|eklenecek|yaz[ıi]lacak|ekleyin|yaz[ıi]n)\b|"
    r"\bplaceholder (?:text|answer|response|content|thought|for)\b|\byer tutucu\b"
)
_COMING = re.compile(r"here|later|soon|buraya|placeholder|tutucu|sonra|[\[<{]")
_SLOT = re.compile(
    r"\[(?:PASTE|INSERT|YOUR|TOPIC|NAME|USER|PERSONA|PASSAGE|QUESTION|ANSWER|RESPONSE|KONU|İSİM|SORU|"
    r"CEVAP)(?:_[A-Z]+)*\]|"
    r"\[[A-ZÇĞİÖŞÜ]{3,}(?:_[A-ZÇĞİÖŞÜ]+)+\]|\{\{\s*[\w.]+\s*\}\}|\$\{[a-z]\w*\}|<(?:[A-Z]{2,}(?:_[A-Z]+)+|"
    r"TOPIC|NAME|ANSWER|RESPONSE|QUESTION|USER|PERSONA|KONU|SORU|CEVAP)>|"
    r"(?<![\w$%\"'(=\\])\{[a-z_]\w{0,30}(?:\[[^\]]{1,12}\])?\}(?![\w\"'])|"
    r"\[[a-z_ ]{3,40}: e\.?g\.?[^\]]*\]|%\((?:\w+)\)s"
)
_ASKS = re.compile(r"\b(?:what|how|why|who|when|where|which|ne|nedir|neden|niye|nas[ıi]l|kim|hangi|m[iıuü]s[iıuü]n)\b")
_SPOKEN_OF = re.compile(
    r"placeholder|yer tutucu|lorem|todo|fixme|şablon|template|dolgu|çevir|translat|türkçesi|ingilizce"
)
_EXPLAINED = re.compile(r"\b(?:ne|nedir|ne demek|nasil|what is|what's|what does|what are|how do|how to|mean|means)\b")
_DOTS = re.compile(r"[\s.…\-_*?!,;:()\[\]]*")
_SAID_BACK = re.compile(
    r"\W*(?:you (?:asked|said|wrote|mentioned)|(?:in )?(?:response|reply|answer|answering|responding|"
    r"replying) (?:to|for)|"
    r"re|regarding|echo|about|user (?:asked|said|asks|says)|the user (?:asked|asks|is asking|said|says)(?: about)?|"
    r"thinking about|processing|responding to|analyzing|analysing|considering|"
    r"sorun|soru|cevap|yan[ıi]t|dedin ki|sordun|kullan[ıi]c[ıi] (?:sordu|diyor|dedi)|düşünüyorum)\s*[:\-–—\"'“]*\s*"
)


def filler(row: Row, limits: Limits) -> Iterator[Finding]:
    """Text that holds a place instead of saying something."""
    found = list(_found(row, limits))
    seen: set[tuple[str, str]] = set()
    for severity, message, evidence in found:
        if (severity, message) not in seen:
            seen.add((severity, message))
            yield row.say("filler", "error" if severity == "error" else "warning", message, evidence)


_Hit = tuple[str, str, str]


def _found(row: Row, limits: Limits) -> Iterator[_Hit]:
    for part in row.of("user", "thought", "reply"):
        yield from _part(part, row)
    yield from _counter_of_both(row)
    yield from _echo(row, int(limits.number("echo_words")))
    yield from _category(row)


def _part(part: Part, row: Row) -> Iterator[_Hit]:
    where = {"user": "the user's text", "thought": "the thought", "reply": "the reply"}[part.kind]
    ours = part.kind != "user"
    low = part.folded
    if ours and _DOTS.fullmatch(part.text):
        yield "error", f"{where} is nothing but dots or marks; write it, or drop the row", part.text
        return
    if len(low) <= 160 and (hit := _whole(low, ours)):
        talked = _SPOKEN_OF.search(row.folded_question) or low.strip(" .!?'\"") in row.folded_question
        asked_for = part.kind == "reply" and not _DIGIT.search(low) and talked
        yield ("warning" if asked_for else hit[0]), f"{where} {hit[1]}", part.text
    yield from _inside(part, row, where, low)
    if part.kind == "thought" and "\n" in part.text and (lines := _counted_lines(part.text)):
        yield "error", "the lines of the thought differ only in a number: a counter wrote them", lines


def _whole(low: str, ours: bool) -> tuple[str, str] | None:
    """What a short text is as a whole. A user may well say 'test' or 'soru 3'; an answer may not."""
    has_digit = _DIGIT.search(low) is not None
    if (has_digit or low[-2:-1] == " ") and (_COUNTED.fullmatch(low) or _COUNT_FIRST.fullmatch(low)):
        fake = ours or re.search(rf"\b(?:{_FAKE}|question|prompt|message|input)\b", low)
        return ("error" if fake else "warning"), "is a stand-in with a counter"
    if not ours:
        return None
    bare = low.strip(" .!?…:;-_*#\"'()[]<>{}0123456789")
    if _NOTHING.fullmatch(bare):
        return "error", "says nothing: it holds the place of one"
    if _PERHAPS_NOTHING.fullmatch(low.strip(" .!…\"'")):
        return "warning", "may be an empty value and no answer"
    if _STANDS_FOR.fullmatch(low) or _STANDS_FOR_TR.fullmatch(low):
        sure = has_digit or len(words.tokens(low)) > 2
        return ("error" if sure else "warning"), "names an answer instead of giving one"
    return None


def _inside(part: Part, row: Row, where: str, low: str) -> Iterator[_Hit]:
    """Tell-tale words anywhere in the text."""
    talks_of_it = (row.code or _SPOKEN_OF.search(row.folded_question) is not None) and part.kind != "thought"
    level = "warning" if talks_of_it or part.kind == "user" else "error"
    if ("dolor" in low or "lorem" in low) and (hit := _LOREM.search(low)):
        yield level, f"{where} holds lorem ipsum", _around(low, hit)
    counted = _DIGIT.search(low) is not None
    if counted and (hit := _FAKE_SAID.search(low)):
        short_text = len(part.words) <= 25
        yield ("error" if short_text else "warning"), f"{where} holds a stand-in with a counter", _around(low, hit)
    if (
        counted
        and part.kind != "user"
        and (hit := _LABEL.match(low))
        and low.count(hit[1]) == 1
        and hit.end() < len(low)
    ):
        asked = re.search(r"\d+", hit[0])
        numbered = asked is not None and asked[0] in re.findall(r"\d+", row.question)
        yield "warning" if numbered else "error", f"{where} begins with a counted label", _around(low, hit)
    marked = "(" in low or "[" in low or "vari" in low or "vary" in low
    if marked and (hit := _MARK.search(low)):
        yield "warning" if row.code else "error", f"{where} carries the number of a variation", _around(low, hit)
    prose = part.prose
    if ("TODO" in prose or "FIXME" in prose or "TB" in prose or "XXX" in prose or "TK" in prose) and (
        hit := _TODO.search(prose)
    ):
        sure = not row.code and (len(part.words) <= 12 or hit.start() == 0)
        yield (level if sure else "warning"), f"{where} holds a TODO", _around(prose, hit)
    if _COMING.search(low) and (hit := _TO_COME.search(low if prose is part.text else words.fold(prose))):
        yield level, f"{where} says that the text is still to come", hit[0]
    if any(mark in prose for mark in "[{<%") and (hit := _SLOT.search(prose)):
        explained = hit[0] in row.question and _EXPLAINED.search(row.folded_question)
        message = f"{where} holds a slot that was never filled; fill it, or drop the row"
        yield ("warning" if explained else level), message, _around(prose, hit)


def _around(text: str, hit: re.Match[str]) -> str:
    return text[max(0, hit.start() - 20) : hit.end() + 30]


def _counted_lines(text: str) -> str:
    """Three or more lines that are the same but for rising numbers, if there are: the first of them."""
    seen: dict[str, list[tuple[str, ...]]] = {}
    for line in text.splitlines():
        low = words.fold(line)
        numbers = tuple(re.findall(r"\d+", low))
        skeleton = re.sub(r"\d+", "#", low)
        if numbers and len(re.findall(r"[^\W\d_]{2,}", skeleton)) >= 1:
            held = seen.setdefault(skeleton, [])
            held.append(numbers)
            if len(held) >= 3 and len(set(held)) == len(held):
                return line.strip()
    return ""


_NAMED_LAST = re.compile(rf"{_NOUN}\W*\d{{1,5}}\W*$")
_LAST_NUMBER = re.compile(r"(?<![\d.,:/])#?(\d{1,5})\W*$")


def _counter_of_both(row: Row) -> Iterator[_Hit]:
    """Question and reply end in the same number, and neither is a sum or a count of something."""
    asked, told = _LAST_NUMBER.search(row.question), _LAST_NUMBER.search(row.reply)
    if not (asked and told and asked[1] == told[1]) or len(row.reply_words) > 12 or row.code:
        return
    if len(row.question_words) >= 2 and len(row.reply_words) >= 2 and not re.search(r"[=+*/×÷]", row.question):
        named = any(_NAMED_LAST.search(words.fold(text)) for text in (row.question, row.reply))
        level = "error" if named or len(row.reply_words) <= 2 else "warning"
        yield level, "the question and the reply end in the same number: a counter made the row", row.reply


def _echo(row: Row, least: int) -> Iterator[_Hit]:
    """The answer gives the question back."""
    asked, told = row.question_words, row.reply_words
    if len(asked) >= least and told == asked:
        sure = len(asked) >= 8 or "?" in row.question or _ASKS.search(row.folded_question)
        yield "error" if sure else "warning", "the reply is the question again", row.reply
        return
    thought = [word for part in row.of("thought") for word in part.all_words]
    if len(asked) >= least and thought == asked:
        yield "error", "the thought is the question again", row.question
    for kind, mine in (("reply", told), ("thought", thought)):
        if len(asked) >= 2 and len(mine) - len(asked) <= 6 and _contains(mine, asked):
            first = next(row.of(kind)).folded
            opened = _SAID_BACK.match(first)
            rest = words.tokens(first[opened.end() :]) if opened else []
            if opened and rest[: len(asked)] == asked and len(rest) - len(asked) <= 2:
                yield "error", f"the {kind} only says the question back", first
            elif len(asked) >= max(least, 8) and kind == "reply":
                yield "warning", "the reply gives the question back and little else", first


def _contains(text: list[str], part: list[str]) -> bool:
    return any(text[n : n + len(part)] == part for n in range(len(text) - len(part) + 1))


def _category(row: Row) -> Iterator[_Hit]:
    """The row's own category, with its underscores, in the text: a loop wrote its variable."""
    category = row.item.conversation.category
    if category and "_" in category and len(category) >= 6:
        for part in row.parts:
            if category in part.text:
                yield "error", "the text holds the name of its category: a loop wrote it there", part.text
                return
