"""The voice of a row: refusals, an assistant's phrases, explaining instead of being in it, feelings named, slop.

Invariant: rates are per hundred words of prose and need enough words to mean anything. English and Turkish have lists
of their own; a text in another language is held against none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inscape.quality.lexicon import BY_LANGUAGE, Lexicon
from inscape.quality.rows import Finding, Limits, Part, Row


def refusal(row: Row, limits: Limits) -> Iterator[Finding]:
    """An answer that will not answer: the model learns to refuse."""
    lexicon = BY_LANGUAGE.get(row.language or "en")
    for part in row.of("reply", "thought"):
        head = lexicon.read(part.folded[:400]) if lexicon else ""
        if lexicon and (hit := lexicon.refusal.search(head)):
            said = f"the {part.kind} declines to answer"
            yield row.say("refusal", "warning", said, _around(head, hit))


def assistant(row: Row, limits: Limits) -> Iterator[Finding]:
    """Phrases of an assistant: 'Great question!', 'As an AI', 'I hope this helps', 'Tabii ki!'."""
    lexicon = BY_LANGUAGE.get(row.language or "en")
    if lexicon is None:
        return
    most = int(limits.number("assistant_phrases"))
    for part in row.of("reply", "thought"):
        text = lexicon.read(part.folded)
        hits = [hit for pattern in (lexicon.closer, lexicon.machine) for hit in pattern.finditer(text)]
        hits += [first] if (first := lexicon.opener.match(text)) else []
        if hits:
            said = f"the {part.kind} speaks like an assistant"
            yield row.say(
                "assistant", "warning" if len(hits) >= most else "note", said, "; ".join(h[0] for h in hits[:4])
            )


def explains(row: Row, limits: Limits) -> Iterator[Finding]:
    """Inner text that explains a state instead of being in it: abstract nouns and few first persons.

    A single abstract noun or connective says nothing, whatever its rate in a short text.
    """
    for part, lexicon in _inner(row, limits):
        first, abstract, linking = (rate(lexicon, p, part) for p in (lexicon.first, lexicon.abstract, lexicon.linking))
        seen = f"per 100 words: {first:.1f} first person, {abstract:.1f} abstract nouns, {linking:.1f} connectives"
        outside = first < limits.number("first_person_least")
        one = 100 / len(part.words)
        leans = abstract > max(limits.number("abstract_warn"), one) or linking > max(
            limits.number("connectives_warn"), one
        )
        if outside and abstract > limits.number("abstract_high"):
            yield row.say("explains", "warning", f"the {part.kind} explains instead of being in it", seen)
        elif leans and (outside or linking > limits.number("connectives_high")):
            yield row.say("explains", "note", f"the {part.kind} leans towards explaining", seen)


def emotion(row: Row, limits: Limits) -> Iterator[Finding]:
    """Feelings named instead of shown."""
    for part, lexicon in _inner(row, limits):
        hits = hits_in(lexicon, lexicon.emotion, part)
        rate = 100 * len(hits) / len(part.words)
        if len(hits) >= 2 and rate > limits.number("emotion_warn"):
            said = f"{rate:.1f} names of feelings per 100 words in the {part.kind}"
            high = rate > limits.number("emotion_high")
            yield row.say("emotion", "warning" if high else "note", said, ", ".join(hits[:8]))


def hedges(row: Row, limits: Limits) -> Iterator[Finding]:
    """More 'perhaps' and 'somehow' than a person has."""
    for part, lexicon in _inner(row, limits):
        hits = hits_in(lexicon, lexicon.hedge, part)
        rate = 100 * len(hits) / len(part.words)
        if len(hits) >= 3 and rate > limits.number("hedges_warn"):
            high = rate > limits.number("hedges_high")
            yield row.say(
                "hedges", "warning" if high else "note", f"{rate:.1f} hedges per 100 words", ", ".join(hits[:8])
            )


def slop(row: Row, limits: Limits) -> Iterator[Finding]:
    """Phrases that language models write and people hardly do."""
    lexicon = BY_LANGUAGE.get(row.language)
    if lexicon is None:
        return
    hits: list[str] = []
    total = 0
    for part in row.of("reply", "thought"):
        total += len(part.words)
        hits += [hit[0] for hit in lexicon.slop.finditer(lexicon.read(part.folded))]
    if len(hits) >= 2 and 1000 * len(hits) / max(total, 1) >= limits.number("slop_per_1000"):
        yield row.say("slop", "warning", f"{len(hits)} stock phrases in {total} words", "; ".join(hits[:6]))


def _inner(row: Row, limits: Limits) -> Iterator[tuple[Part, Lexicon]]:
    """The texts that should be lived from inside: thoughts, and replies of a single exchange made from a passage."""
    lexicon = BY_LANGUAGE.get(row.language)
    if lexicon is None:
        return
    least = limits.number("voice_words")
    monologue = row.item.passage is not None and len(row.item.conversation.turns) == 2
    for part in row.of("thought", "reply") if monologue else row.of("thought"):
        if len(part.words) >= least:
            yield part, lexicon


def hits_in(lexicon: Lexicon, pattern: re.Pattern[str], part: Part) -> list[str]:
    """What one of the lexicon's patterns finds in the words of a text."""
    return [hit[0] for hit in pattern.finditer(lexicon.read(" ".join(part.words)))]


def rate(lexicon: Lexicon, pattern: re.Pattern[str], part: Part) -> float:
    """Hits in a hundred words."""
    return 100 * len(hits_in(lexicon, pattern, part)) / len(part.words)


def _around(text: str, hit: re.Match[str]) -> str:
    return text[max(0, hit.start() - 20) : hit.end() + 60]
