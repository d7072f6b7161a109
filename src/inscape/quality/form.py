"""The form of a row: what is empty, cut off, leaked, too long, or not what its structure promises.

Invariant: one function for each check, each over a single row. What a row means is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.rows import Finding, Limits, Part, Row, Severity
from inscape.text import plural

TEMPLATE_TOKENS = re.compile(
    r"<\|(?:im_start|im_end|endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|"
    r"end_of_text|system|user|"
    r"assistant|end|channel|message|start|return)\|>|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|</?s>(?!\w)|"
    r"<\|(?:end▁of▁sentence|begin▁of▁sentence|User|Assistant)\|>|<｜[^｜]{2,30}｜>|<bos>|<eos>|<pad>|<unk>"
)
_SPEAKER = re.compile(
    r"^\s*(?:###\s*)?(?:Human|User|Assistant|Instruction|Response|Kullanıcı|Asistan)\s*:\s", re.MULTILINE
)
_TAG = re.compile(r"</?(?:thinking|think|thought|reasoning|mind|inner|scratchpad)\b[^>]*>", re.IGNORECASE)
_PROMPT = re.compile(
    r"\[PASTE_PASSAGE\]|\[core_phenomenology\b|\*\*TEMPLATE \d+:|\bas (?:per|requested in) the template\b|"
    r"\b(?:here is|here's|here are|below is) (?:the|an?|your|my) (?:(?:\w+|first-person) ){0,3}"
    r"(?:json|conversation|monologue|dialogue|draft|example|output)\b|\bword count\s*:\s*\d+",
    re.IGNORECASE,
)
_PROMPT_SIGN = re.compile(r"here(?:'s| is| are) |below is|word count|template|\[")
_END = re.compile(r"[.!?…:;)\]}\"'”’»`*_>\d\W]$")
_DANGLING = frozenset(
    ("the", "a", "an", "and", "or", "but", "of", "to", "in", "with", "for", "that", "which", "because", "as", "at",
     "by", "from", "is", "are", "was", "ve", "veya", "ile", "bir")
)  # fmt: skip
"""Not "ama", "için" and "çünkü": spoken Turkish ends with them."""
_FINITE = re.compile(
    r"(?:yor\w*|yo[mnk]?|[dt][iu](?:m|n|k|ler|lar)?|m[iu]s\w{0,4}|[ae]ca[gkm]\w{0,3}|[ae]ce[gkm]\w{0,3}|[iu]c[ae][mzk]|[aeiu]r\w{0,4}|"
    r"m[ae]z|s[iu]n|l[iu]m|[ae]y[iu]m|m[iu]|m[iu]s[iu]n|var|yok|degil|lazim|kanka|abi|hocam|ya|be|iste|bence|sence|ama|yani)$"
)
"""How a Turkish sentence may end, of bare words: it is the verb, a question's particle, or a word to the other."""


def truncated(row: Row, limits: Limits) -> Iterator[Finding]:
    """A text that stops in the middle: an open fence or quote, or a long last sentence without an end.

    Who begins in lower case ends without a full stop too.
    """
    for part in row.of("reply", "thought"):
        text = part.text.rstrip()
        if text.count("```") % 2:
            yield row.say("truncated", "warning", f"the {part.kind} opens a code fence and never closes it", text[-80:])
        elif _stops(part, text, int(limits.number("truncated_words"))):
            yield row.say("truncated", "warning", f"the {part.kind} stops in the middle of a sentence", text[-80:])


def _stops(part: Part, text: str, least: int) -> bool:
    if len(part.words) < least or "\n- " in text or "\n* " in text:
        return False
    if part.words and part.words[-1] in _DANGLING and not _END.search(text[-1:]):
        return True
    if text.endswith((",", " -")):
        return True
    if not text[-1].islower() or ". " not in text or text[0].islower():
        return False
    last = words.tokens(re.split(r"[.!?…\n]", text)[-1])
    if words.language(text, part.words) == "tr" and last and _FINITE.search(words.bare(last[-1])):
        return False
    return len(last) >= 4


def leaked(row: Row, limits: Limits) -> Iterator[Finding]:
    """Tokens of a chat template, tags of a thought, or lines of the prompt inside a text."""
    for part in row.parts:
        if "<" in part.prose or "[" in part.prose:
            if hit := TEMPLATE_TOKENS.search(part.prose):
                yield row.say(
                    "leaked", _sure(part), f"the {part.kind} holds a chat template's token; remove it", hit[0]
                )
            if part.kind == "reply" and (hit := _TAG.search(part.prose)):
                yield row.say(
                    "leaked", _sure(part), "the reply holds the tag of a thought; set the thought apart", hit[0]
                )
        if part.kind in ("reply", "thought"):
            if _PROMPT_SIGN.search(part.folded) and (hit := _PROMPT.search(part.prose)):
                yield row.say("leaked", "warning", f"the {part.kind} speaks of the prompt that made it", hit[0])
            elif ":" in part.prose and len(_SPEAKER.findall(part.prose)) >= 2:
                yield row.say("leaked", "warning", f"the {part.kind} holds turns of its own", part.text)


def _sure(part: Part) -> Severity:
    """An error, but for users, and for texts of some length with code, which may speak about such tokens."""
    quoted = len(part.words) > 40 and words.looks_like_code(part.text)
    return "warning" if quoted or part.kind == "user" else "error"


def thought(row: Row, limits: Limits) -> Iterator[Finding]:
    """A thought that is missing where it is promised, that is the reply again, or that the reply gives away."""
    inner = {part.turn: part for part in row.of("thought")}
    replies = list(row.of("reply"))
    if not inner and row.item.promises_thought:
        yield row.say("thought", "error", "its template promises a thought, and there is none", row.reply)
    elif row.item.promises_thought and len(inner) < len(replies):
        missing = len(replies) - len(inner)
        have = "has" if missing == 1 else "have"
        yield row.say("thought", "warning", f"{missing} of {len(replies)} turns {have} no thought")
    for part in replies:
        if mine := inner.get(part.turn):
            yield from _overlap(row, mine, part, limits)


def _overlap(row: Row, mine: Part, reply: Part, limits: Limits) -> Iterator[Finding]:
    if mine.words and mine.words == reply.words:
        if len(mine.words) >= 4:
            yield row.say("thought", "error", "the thought is the reply again; write what stays unsaid", mine.text)
        return
    content = {word for word in mine.words if len(word) > 3}
    if len(content) < int(limits.number("thought_words")):
        return
    share = len(content & set(reply.words)) / len(content)
    if share >= limits.number("thought_overlap_warn"):
        said = f"{share:.0%} of the thought's words stand in the reply"
        high = share >= limits.number("thought_overlap_high")
        yield row.say("thought", "warning" if high else "note", said, mine.text)


def thought_length(row: Row, limits: Limits) -> Iterator[Finding]:
    """Thoughts much shorter or longer than those that teach something. LOW rows are left alone."""
    if row.item.conversation.complexity == "LOW":
        return
    low, high = limits.number("thought_least"), limits.number("thought_most")
    for part in row.of("thought"):
        if not low <= len(part.words) <= high:
            yield row.say("thought-length", "note", f"a thought of {plural(len(part.words), 'word')}", part.text)


def length(row: Row, limits: Limits) -> Iterator[Finding]:
    """A row longer than the sequence that a trainer cuts at. Tokens are estimated from the characters."""
    characters = sum(len(part.text) for part in row.parts)
    per_token = limits.number("characters_per_token")
    tokens = characters / (per_token if row.language == "en" else per_token * 0.7) + 8 * len(row.parts)
    most = limits.number("max_tokens")
    if tokens > most:
        message = f"about {tokens:,.0f} tokens, and a trainer cuts at {most:,.0f}: the end would never be learned"
        yield row.say("length", "warning", message, f"{characters:,} characters")


def language(row: Row, limits: Limits) -> Iterator[Finding]:
    """A reply, or a thought, in another language than the row states, or else than its passage, or else than the user;
    or a reply in another than any that the set may have.

    Thoughts are not held to the user's language: who asks in Turkish may be thought about in English.
    """
    least = limits.number("language_words")
    if row.code or max(_length(row, "reply"), _length(row, "thought")) < least:
        return
    stated = code(row.item.conversation.language) or words.language(row.item.passage_text)
    allowed = limits.names("languages")
    for kind, found in (("reply", row.reply_language), ("thought", row.thought_language)):
        if not found or _length(row, kind) < least:
            continue
        wanted = stated or (_asked(row, found) if kind == "reply" else "")
        text = "\n".join(part.text for part in row.of(kind))
        if wanted and found != wanted:
            yield row.say("language", "warning", f"the {kind} is in '{found}', and '{wanted}' was expected", text)
        elif kind == "reply" and allowed and found not in allowed:
            said = f"the reply is in '{found}'; the set is for {', '.join(allowed)}"
            yield row.say("language", "warning", said, text)


def _length(row: Row, kind: str) -> int:
    return sum(len(part.words) for part in row.of(kind))


_ASKED_WORDS = 3
"""Words of the user's from which on they tell a language."""
_SPEAKS_OF_ONE = re.compile(
    r"\b(?:translat\w*|cevir\w*|ceviri\w*|tercume\w*|demek|mean(?:s|ing)?|language|dilde|diline|dilinde|"
    r"(?:ingiliz|turk|alman|fransiz|ispanyol|italyan|portekiz|flemenk|rus|arap|japon|cin)c[ae]\w*|"
    r"english|turkish|german|french|spanish|italian|dutch|portuguese|russian|arabic|japanese|chinese)\b"
)
"""In a bare text: a language is asked for or about, so the answer may be in any."""


def _asked(row: Row, answered: str) -> str:
    """The user's language; empty where it is the answer's, or they say too little, or speak of a language."""
    if len(row.question_words) < _ASKED_WORDS or row.question_language in ("", answered):
        return ""
    return "" if _SPEAKS_OF_ONE.search(words.bare(row.folded_question)) else row.question_language


_NAMES = {
    "turkish": "tr", "türkçe": "tr", "turkce": "tr", "english": "en", "ingilizce": "en", "german": "de",
    "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "portuguese": "pt",
}  # fmt: skip


def code(named: str | None) -> str:
    """The code of a language as a row names it: 'tr-TR', 'Turkish' and 'tr' are one; '' for a mix and for any that
    cannot be told from a text.
    """
    low = (named or "").replace("İ", "i").casefold().strip()
    code = _NAMES.get(low, low.split("-")[0].split("_")[0])
    return code if code in _NAMES.values() else ""
