"""Placeholder and filler in a single row: counters, stand-ins for an answer, slots nobody filled, echoes.

Invariant: an error is given only for what no person would write as an answer; what a person might is a warning. A
short greeting, a one-word answer, a list, code and a polite formula are none of this. What shows only across rows (the
same sentence with another number in it) is in `series`. The rules stand in `standin`, `leftovers`, `unwritten`, `echo`
and `steps`; here they are asked in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import hollow, leftovers, standin, steps, unwritten
from inscape.quality.echo import category, counter_of_both, echo, given_back, ordinal_of_both
from inscape.quality.rows import Finding, Limits, Part, Row

_DIGIT = re.compile(r"\d")
_FAKE_SAID = re.compile(
    rf"\b{standin.FAKE}[\s_-]+(?:[^\W\d]+[\s_-]+){{0,3}}?{standin.NOUN}\s*{standin.COUNT}(?!\w)|"
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
_DOTS = re.compile(r"[\s.…\-_*?!,;:()\[\]]*")
_FACE = re.compile(r"\s*(?:[:;=][-']?[()\[\]*]+|[()\[\]]+[-']?[:;=])\s*")
_SILENCE = re.compile(
    r"\bsus(?:ar|sana|un|ma|alim)?\b|\bkonuşma\b(?=\W*(?:$|[,.!;]|sadece|artik|lütfen|kanka))|"
    r"\b(?:bir|bi|hiçbir|hiç|bi') ?(?:şey|sey|şi|laf) (?:deme|söyleme|yazma|anlatma)\b|\bsadece (?:dinle|dur)\b|"
    r"\bdinle sadece\b|\bsessiz(?:ce|lik)?\b|\bcevap (?:verme|yazma)\b|\bsay nothing\b|\bbe quiet\b|\bsilence\b|"
    r"\bsilent\b|\bjust listen\b|\bhush\b|\bshut up\b|\b(?:don't|do not) (?:say|speak|talk|answer|reply|respond)\b|"
    r"\bno words\b|\bstay quiet\b|\bquiet(?:ly)?\b"
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
    yield from counter_of_both(row)
    yield from ordinal_of_both(row)
    yield from given_back(row)
    yield from echo(row, int(limits.number("echo_words")))
    yield from category(row)


def _part(part: Part, row: Row) -> Iterator[_Hit]:
    where = {"user": "the user's text", "thought": "the thought", "reply": "the reply"}[part.kind]
    low = part.folded
    if part.kind != "user" and _DOTS.fullmatch(part.text):
        yield from _silent(part, row, where)
        return
    if len(low) <= 300:
        for severity, what in _short(part, row):
            yield severity, f"{where} {what}", part.text
    yield from _counted(part, row, where, low)
    yield from unwritten.gaps(part, row, where)
    if part.kind == "thought":
        for what, line in steps.motions(part.text):
            yield "error", what, line
    elif part.kind == "reply" and (said := leftovers.announced(part, row)):
        yield said[0], f"{where} {said[1]}", part.text[-80:]


def _silent(part: Part, row: Row, where: str) -> Iterator[_Hit]:
    """Dots may be an answer to who asked for silence, and a pause in a talk that has real replies too."""
    if part.kind == "reply" and (_FACE.fullmatch(part.text) or _SILENCE.search(row.folded_question)):
        return
    talks = part.kind == "reply" and sum(len(other.words) >= 3 for other in row.of("reply")) >= 1
    message = f"{where} is nothing but dots or marks; write it, or drop the row"
    yield ("warning" if talks else "error"), message, part.text


def _short(part: Part, row: Row) -> Iterator[tuple[str, str]]:
    """What a short text is as a whole."""
    low, question = part.folded, row.folded_question
    named = row.item.conversation.category or ""
    ours = part.kind != "user"
    if len(low) <= 160 and (hit := standin.whole(low, ours, question)):
        bare = low.strip(" .!?'\"")
        talked = unwritten.spoken_of(row) or (bare in question and bare != question.strip(" .!?'\""))
        asked_for = part.kind == "reply" and not _DIGIT.search(low) and talked
        yield ("warning" if asked_for else hit[0]), hit[1]
    if hit := leftovers.interpolated(part, row):
        yield hit
    if not ours:
        if standin.user_placeholder(part.all_words, named):
            yield "error", "only names what a user would say"
        return
    if (severity := standin.names_an_answer(part.all_words, row.question_words, named, question)) and not (
        row.code or unwritten.spoken_of(row)
    ):
        yield severity, "names an answer instead of giving one"
    if part.kind == "reply":
        checks = (
            leftovers.failed(low, question),
            leftovers.labeled(part.text, low, row),
            leftovers.only_lorem(part, question),
            leftovers.empty_value(low, question),
            None if row.code else leftovers.cut_off(part, question),
            _described(part, row),
            ("error", "has no sentence of its own: it would fit any question") if hollow.only_stock(part) else None,
        )
        yield from (one for one in checks if one)


def _described(part: Part, row: Row) -> tuple[str, str] | None:
    if len(part.words) > 35 or not standin.describes_an_answer(part.folded, row.folded_question):
        return None
    if row.code or unwritten.spoken_of(row):
        return None
    return "error", "says what an answer should be like instead of giving one"


def _counted(part: Part, row: Row, where: str, low: str) -> Iterator[_Hit]:
    """Counters anywhere in the text."""
    if _DIGIT.search(low):
        if hit := _FAKE_SAID.search(low):
            short_text = len(part.words) <= 25
            level = "error" if short_text else "warning"
            yield level, f"{where} holds a stand-in with a counter", unwritten.around(low, hit)
        labeled = _LABEL.match(low) if part.kind != "user" else None
        if labeled and low.count(labeled[1]) == 1 and labeled.end() < len(low):
            asked = re.search(r"\d+", labeled[0])
            numbered = asked is not None and asked[0] in re.findall(r"\d+", row.question)
            level = "warning" if numbered else "error"
            yield level, f"{where} begins with a counted label", unwritten.around(low, labeled)
    marked = "(" in low or "[" in low or "vari" in low or "vary" in low
    if marked and (hit := _MARK.search(low)):
        level = "warning" if row.code else "error"
        yield level, f"{where} carries the number of a variation", unwritten.around(low, hit)
