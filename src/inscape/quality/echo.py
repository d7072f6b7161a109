"""A row that gives back what it was given: the question as the answer, the question's counter, the row's category.

Invariant: what people really give back (a greeting, 'değil mi?', a word or two) is no echo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.rows import Row
from inscape.quality.standin import NOUN, words_of

Hit = tuple[str, str, str]
"""Severity, message, evidence."""

_ASKS = re.compile(r"\b(?:what|how|why|who|when|where|which|ne|nedir|neden|niye|nas[ıi]l|kim|hangi|m[iıuü]s[iıuü]n)\b")
_SAID_BACK = re.compile(
    r"\W*(?:you (?:asked|said|wrote|mentioned)|(?:in )?(?:response|reply|answer|answering|responding|"
    r"replying) (?:to|for)|"
    r"re|regarding|echo|about|user (?:asked|said|asks|says)|the user (?:asked|asks|is asking|said|says)(?: about)?|"
    r"thinking about|processing|responding to|analyzing|analysing|considering|"
    r"sorun|soru|cevap|yan[ıi]t|dedin ki|sordun|kullan[ıi]c[ıi] (?:sordu|diyor|dedi)|düşünüyorum)\s*[:\-–—\"'“]*\s*"
)
_CALLED = frozenset(
    ("kanka", "abi", "abla", "lan", "ya", "be", "bro", "dostum", "canim", "moruk", "hocam", "knk", "man", "dude",
     "mate", "friend", "there", "peki")
)  # fmt: skip
_GIVEN_BACK = frozenset(
    words.fold(text)
    for text in (
        "naber", "n'aber", "nbr", "ne haber", "nasılsın", "nasılsınız", "sen nasılsın", "nasıl gidiyor",
        "ne var ne yok", "iyi misin", "iyi geceler", "iyi akşamlar", "iyi günler", "iyi bayramlar", "mutlu yıllar",
        "hayırlı cumalar", "hayırlı sabahlar", "tatlı rüyalar", "hoşça kal", "değil mi", "öyle mi", "sahi mi",
        "cidden mi", "gerçekten mi", "ne yapıyorsun", "napıyorsun", "ne oldu", "neden olmasın", "ne dersin",
        "sen ne dersin", "what's up", "whats up", "how are you", "how are you doing", "how are you today",
        "how do you do", "how's it going", "you okay", "are you okay", "are you there", "why not", "so what",
        "what if", "good night", "good morning", "happy new year", "who knows", "who is there", "who's there",
        "kim bilir", "kim o", "orada mısın", "seni seviyorum", "i love you", "i miss you", "seni özledim",
    )
)  # fmt: skip


def echo(row: Row, least: int) -> Iterator[Hit]:
    """The answer gives the question back."""
    asked, told = row.question_words, row.reply_words
    if told == asked and len(asked) >= 2 and (len(asked) >= least or _is_question(row)):
        sure = len(asked) >= 8 or "?" in row.question or _ASKS.search(row.folded_question)
        yield "error" if sure else "warning", "the reply is the question again", row.reply
        return
    thought = [word for part in row.of("thought") for word in part.all_words]
    if len(asked) >= least and thought == asked:
        yield "error", "the thought is the question again", row.question
    for kind, mine in (("reply", told), ("thought", thought)):
        if len(asked) >= 2 and len(mine) - len(asked) <= 6 and _contains(mine, asked):
            first = row.of(kind)[0].folded
            opened = _SAID_BACK.match(first)
            rest = words.tokens(first[opened.end() :]) if opened else []
            if opened and rest[: len(asked)] == asked and len(rest) - len(asked) <= 2:
                yield "error", f"the {kind} only says the question back", first
            elif len(asked) >= max(least, 8) and kind == "reply":
                yield "warning", "the reply gives the question back and little else", first


_OFFERS = words_of(
    "sorunuza sorunuz soruna cevap cevabi yanit konusunda konusu hakkinda ile ilgili size sana yardimci olabilirim "
    "edebilirim bilgi verebilirim your question answer response to about regarding i can help you with the is here "
    "as for this that merhaba tabii elbette sure"
)
"""Words around a question that is only given back."""


def given_back(row: Row) -> Iterator[Hit]:
    """The question once or twice, and around it nothing but an offer: '"X" sorunuza cevap: X konusunda …'."""
    asked, told = row.question_words, row.reply_words
    if len(asked) < 3 or not len(asked) < len(told) <= 3 * len(asked) + 12 or row.code:
        return
    rest, n, held = [], 0, 0
    while n < len(told):
        if told[n : n + len(asked)] == asked:
            n, held = n + len(asked), held + 1
        else:
            rest.append(words.bare(told[n]))
            n += 1
    if held and rest and all(word in _OFFERS for word in rest):
        yield "error", "the reply gives the question back and offers an answer", row.reply


def _is_question(row: Row) -> bool:
    """Whether a short text asks for something, other than how one is."""
    if "?" not in row.question and not _ASKS.search(row.folded_question):
        return False
    said = list(row.question_words)
    while said and said[-1] in _CALLED:
        said.pop()
    return len(said) >= 2 and " ".join(said) not in _GIVEN_BACK


def _contains(text: list[str], part: list[str]) -> bool:
    return any(text[n : n + len(part)] == part for n in range(len(text) - len(part) + 1))


_NUMBERED = re.compile(rf"\b(\d{{1,5}})\W{{1,3}}(?:{NOUN}|konuşma)(?:[ıiuü]?m|n[ıi]z?)?\b")


def ordinal_of_both(row: Row) -> Iterator[Hit]:
    """'Bu 37. konuşma' and 'Bu 37. cevabım': one counter beside nouns of the trade on both sides."""
    if len(row.question_words) + len(row.reply_words) > 24 or row.code:
        return
    asked = {hit[1] for hit in _NUMBERED.finditer(row.folded_question)}
    told = {hit[1] for hit in _NUMBERED.finditer(row.folded_reply)}
    if asked & told:
        yield "error", "the question and the reply carry the same counter: a loop made the row", row.reply


_NAMED_LAST = re.compile(rf"\b{NOUN}[\s#:_.(\[-]*\d{{1,5}}\W*$")
_LAST_NUMBER = re.compile(r"(?<![\d.,:/])#?(\d{1,5})\W*$")


def counter_of_both(row: Row) -> Iterator[Hit]:
    """Question and reply end in the same number, and neither is a sum or a count of something."""
    asked = _LAST_NUMBER.search(row.question[-60:])
    told = asked and _LAST_NUMBER.search(row.reply[-60:])
    if not (asked and told and asked[1] == told[1]) or len(row.reply_words) > 12 or row.code:
        return
    if len(row.question_words) >= 2 and len(row.reply_words) >= 2 and not re.search(r"[=+*/×÷]", row.question):
        named = any(_NAMED_LAST.search(words.fold(text)) for text in (row.question, row.reply))
        level = "error" if named else "warning"
        yield level, "the question and the reply end in the same number: a counter made the row", row.reply


def category(row: Row) -> Iterator[Hit]:
    """The row's own category, with its underscores, in prose: a loop wrote its variable. A path may well hold it."""
    named = row.item.conversation.category
    if named and "_" in named and len(named) >= 6:
        said = re.compile(rf"(?<![/\\.]){re.escape(named)}(?![/\\(]|\.\w)")
        for part in row.parts:
            if named in part.text and said.search(part.prose):
                yield "error", "the text holds the name of its category: a loop wrote it there", part.text
                return
