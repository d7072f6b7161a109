"""Words of the prompt in the answer: the template's own sentences, or the JSON that it asked for.

Invariant: only what the template itself says is looked for. The passage and all other slots are cut out of it before,
so that a word of the book or of a slot's value is never taken for the prompt's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from inscape.quality import words
from inscape.quality.rows import Finding, Limits, Part, Row, Severity
from inscape.quality.source import Index

LEAST = 8
"""Words in a row that no answer shares with its prompt by chance."""
_SLOT = re.compile(r"\[\[?[ \t]*[^\W\d][^\[\]\n\"{}]{0,400}\]?\]")
_QUOTED = re.compile(r"(?<!\\)\"[^\"\n]*(?<!\\)\"|“[^”\n]*”")
_KEY = re.compile(r"[\"“”']([A-Za-z_]{2,30})[\"“”']\s*:")
_FENCE = re.compile(r"```[\s\S]*?(?:```|\Z)")


class Prompt:
    """A template's own words: its sentences, what it has in quotes, and the keys of the JSON it asks for."""

    def __init__(self, body: str) -> None:
        own, quoted = _apart(_SLOT.sub("\0", body))
        self._own, self._quoted = Index(own.split("\0"), LEAST), Index(quoted, LEAST)
        self._keys = frozenset(_KEY.findall(body))

    def repeated(self, part: Part, passage: str) -> tuple[Severity, int, str] | None:
        """The longest run of the prompt's words in a text; a warning where the prompt has it in quotes."""
        severities: tuple[tuple[Severity, Index], ...] = (("error", self._own), ("warning", self._quoted))
        for severity, index in severities:
            run = index.longest(part.all_words)
            if run and run.text not in " ".join(words.tokens(passage)):
                return severity, run.length, run.text
        return None

    def keys(self, text: str) -> list[str]:
        """Keys of the JSON asked for that stand in a text, where they are more than chance."""
        if ":" not in text or len(self._keys) < 2:
            return []
        found = self._keys.intersection(_KEY.findall(text))
        bare = self._keys.intersection(_KEY.findall(_FENCE.sub(" ", text)))
        enough = len(bare) >= 2 or len(found) >= min(len(self._keys), 3)  # code may have a key of the same name
        return sorted(found, key=text.find) if enough else []


def _apart(body: str) -> tuple[str, list[str]]:
    """The text with its long quotes cut out, and these: what a prompt may order to be said word for word."""
    quoted: list[str] = []

    def cut(hit: re.Match[str]) -> str:
        if len(words.tokens(hit[0])) < LEAST:
            return hit[0]
        quoted.append(hit[0])
        return "\0"

    return _QUOTED.sub(cut, body), quoted


@lru_cache(maxsize=64)
def _prompt(body: str) -> Prompt:
    """One index for all rows of a template."""
    return Prompt(body)


def repeated(row: Row, limits: Limits) -> Iterator[Finding]:
    """Lines of the prompt in a reply or a thought. Only rows that came from a template have one."""
    if not row.item.prompt:
        return
    prompt = _prompt(row.item.prompt)
    for part in row.of("thought", "reply"):
        if keys := prompt.keys(part.text):
            message = f"the {part.kind} holds the JSON that its prompt asks for; leave only what is said"
            yield row.say("leaked", "error", message, ", ".join(keys))
        elif hit := prompt.repeated(part, row.item.passage_text):
            severity, length, text = hit
            quoted = ", where they stand in quotes" if severity == "warning" else ""
            message = f"the {part.kind} repeats {length} words of the prompt that made it{quoted}"
            yield row.say("leaked", severity, message, text)
