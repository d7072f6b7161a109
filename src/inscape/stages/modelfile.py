"""A Modelfile for Ollama: a GGUF, the marks that stop an answer, the context, how tokens are drawn, the system prompt.

Invariant: pure; what Ollama's own parser reads back out of it is what was put in, or `changed` says what is not. There
is no TEMPLATE: the GGUF carries the one that training saw, and Ollama takes that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inscape.text import sha256

MOST_CONTEXT = 8192
"""Memory for a context is set aside as a whole, and most programs talk for less; Ollama's own default is 4,096."""
_SIGNED = re.compile(r"\n# Made by inscape [0-9a-f]{64}\n\Z")
_ENDS = re.compile(r'"""(?=[ \t]*[\r\n])')


@dataclass(frozen=True, slots=True)
class Parameter:
    """A line PARAMETER, and why it has this value."""

    name: str
    value: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Modelfile:
    """What stands in one. `gguf`: its path as seen from the Modelfile's folder."""

    gguf: str
    parameters: tuple[Parameter, ...]
    system: str = ""
    license: str = ""
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The file, with a line at its end by which it is known as ours."""
        lines = [f"# {note}" for note in self.notes]
        lines += [f"FROM {self.gguf}", ""]
        for one in self.parameters:
            lines += [*([f"# {one.name}: {one.why}"] if one.why else []), f"PARAMETER {one.name} {_value(one.value)}"]
        if self.system:
            lines += ["", f"SYSTEM {quoted(self.system)}"]
        if self.license:
            lines += ["", f"LICENSE {quoted(self.license)}"]
        text = "\n".join(lines) + "\n"
        return f"{text}\n# Made by inscape {sha256(text)}\n"


def untouched(text: str) -> bool:
    """Whether the file is as it was made, and so may be made again."""
    found = _SIGNED.search(text)
    return found is not None and found[0].split()[-1] == sha256(text[: found.start()])


def parameters(
    stops: Sequence[str], context: int | None, sampling: Sequence[Parameter]
) -> tuple[Parameter, ...]:  # fmt: skip
    """Stop marks, context and sampling. A mark that Ollama cannot read is left out: the GGUF's own end still ends."""
    marks = [mark for mark in dict.fromkeys(one.strip() for one in stops) if mark and "\n" not in mark]
    made = [Parameter("stop", mark) for mark in marks]
    if context:
        most = min(context, MOST_CONTEXT)
        why = "the model's own context" if most == context else f"of the model's {context:,}; more takes more memory"
        made.append(Parameter("num_ctx", str(most), why))
    return (*made, *sampling)


def quoted(text: str) -> str:
    """In three quotes. Ollama ends a text at three quotes before a line's end, so such a place gets a space inside."""
    return '"""' + _ENDS.sub('"" "', text) + '"""'


def changed(text: str) -> list[str]:
    """What of a text Ollama will not read as it stands, in sentences."""
    made = []
    if _ENDS.search(text):
        made.append('Three quotes at the end of a line were written as "" ", since they would end the text for Ollama.')
    if dropped := sorted({f"U+{ord(one):04X}" for one in text if not one.isprintable() and one not in "\t\r\n"}):
        made.append(f"Ollama drops signs that it cannot print: {', '.join(dropped)} stand in the system prompt.")
    return made


def _value(text: str) -> str:
    plain = re.fullmatch(r"[\w.+-]+", text)
    return text if plain else f'"{text}"' if not text.startswith('"') else quoted(text)


# ---------------------------------------------------------------- names


def name_of(text: str) -> str:
    """A name as Ollama takes it: lower case, with letters, digits, '.', '_' and '-'."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._") or "inscape"


def valid_name(text: str) -> bool:
    return bool(
        re.fullmatch(r"(?:[a-z0-9][a-z0-9._-]*/)*[a-z0-9][a-z0-9._-]{0,79}(?::[A-Za-z0-9][A-Za-z0-9._-]{0,79})?", text)
    )
