"""What calls up the trained mode: how a conversation is put to a tuned model, and how its answer is taken apart.

Invariant: a prompt made here is, letter for letter, the prompt that training saw before an answer: the same system
prompt, the same line of effort, the same switches and history. Forcing an effort writes the beginning of the answer,
as training wrote it. A mode is found by rendering, as all about a template is; `mode.json` beside the rows keeps it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inscape.errors import DataError, InputError
from inscape.examples import effort, thoughts
from inscape.examples.effort import Policy, Scale
from inscape.records import Conversation, Turn
from inscape.rendering import encode
from inscape.rendering.confined import Job
from inscape.rendering.encode import Encoding
from inscape.rendering.templates import ChatTemplate, Message, render_all
from inscape.text import sha256

FILE = "mode.json"
WORDS = ("low", "medium", "high")
_NINE = {"low": "2", "medium": "5", "high": "8"}
"""What a level is called where effort was trained as nine numbers: the middle of its iterations."""
_TAG = re.compile(r"<([\w:.-]+)")
_LONGEST_TAG = 60
"""Signs of an opening tag that is not whole; what goes on longer is text."""
_THOUGHT, _REPLY = "Zeta qualm zeta.", "Omega vow omega."


@dataclass(frozen=True, slots=True)
class Mode:
    """How rows were written. Marks are the texts that stand around thought and reply in what is learned."""

    model: str
    policy: Policy
    scale: Scale
    encoding: Encoding
    tag: str
    """Of a thought that stands in the content."""
    unroll: bool
    """Earlier answers stand in the prompt without their thoughts."""
    kwargs: Mapping[str, Any]
    system: str | None
    """The system prompt of every row, without its line of effort; None where rows have none, or not all the same."""
    openings: Mapping[str, str]
    """How an answer begins that is to take this much effort: low has its empty thought, medium and high an open one."""
    closing: str
    """Ends a thought and goes on to the reply."""
    end: str
    """Ends an answer."""
    template: str
    """SHA-256 of the chat template's source; another one gives other texts."""

    @property
    def inside(self) -> bool:
        """The prompt itself opens the thought, so that an answer begins inside it."""
        return self.encoding != "content" and not self.openings["high"].strip()

    def found_with(self, template: ChatTemplate) -> bool:
        """Whether this is the template that the rows were written with."""
        return self.template == sha256(template.source)

    def to_json(self) -> str:
        return json.dumps({"format": 1, **_fields(self)}, ensure_ascii=False, indent=2) + "\n"

    def word(self, level: str) -> str:
        """'low', 'medium', 'high' as the rows say it."""
        return _NINE[level] if self.scale == "nine" else level


@dataclass(frozen=True, slots=True)
class Asked:
    """What a runtime is given. `text`: the whole prompt as tokens see it, `begun` its end that is the answer's own."""

    messages: tuple[Message, ...]
    begun: str
    """The beginning of the answer, where an effort is forced; a server that takes messages must go on from it."""
    text: str = ""
    """Prompt and beginning as one text; empty where there is no template here to render it."""


@dataclass(frozen=True, slots=True)
class Look:
    """An answer, whole or so far, taken apart. Texts are trimmed."""

    effort: str | None
    """As the answer says it; with thoughts in a field: 'low' where it does not think, else None."""
    thought: str
    reply: str
    thinking: bool
    """The thought is not closed yet."""
    held: bool = False
    """What stands at the end may be the beginning of a mark, and is not shown yet."""


# ---------------------------------------------------------------- finding and keeping


def mode_of(
    model: str, template: ChatTemplate, policy: Policy, scale: Scale, encoding: Encoding, tag: str, *,
    unroll: bool, kwargs: Mapping[str, Any], talks: Sequence[Conversation],
) -> Mode:  # fmt: skip
    """The mode in which these conversations, effort rendered, are written. Raises DataError for a template that cannot
    render a question and an answer."""
    lined = policy in ("first-token", "both")
    bare = Mode(model, policy, scale, encoding, tag, unroll, dict(kwargs), _system(talks), {}, "", "", "")
    full = {level: Turn("assistant", _REPLY, _THOUGHT, effort=bare.word(level) if lined else None) for level in WORDS}
    short = Turn("assistant", _REPLY, effort=bare.word("low") if lined else None)
    asked: list[Message] = [{"role": "user", "content": "Well?"}]
    if bare.system or policy in ("system-line", "both"):
        asked = [{"role": "system", "content": bare.system or effort.line("low")}, *asked]
    jobs = [Job([*asked, encode.message(turn, encoding, tag)], [len(asked)]) for turn in (short, *full.values())]
    answers = zip(render_all(template, jobs, kwargs), (False, True, True, True), strict=True)
    targets = [_target(done, template.name, thinking) for done, thinking in answers]
    instant, rest = targets[0].partition(_REPLY)[::2]
    openings = {level: text.partition(_THOUGHT)[0] for level, text in zip(WORDS, targets[1:], strict=True)}
    closing = targets[-1].partition(_THOUGHT)[2].partition(_REPLY)[0]
    digest = sha256(template.source)
    return replace(bare, openings={**openings, "low": instant}, closing=closing, end=rest.strip(), template=digest)


def _target(done: Any, name: str, thinking: bool) -> str:
    """What is learned of a row: without its thought, or not after the prompt of use, it has no beginning to force."""
    if isinstance(done, DataError):
        raise done
    text = str(done.whole[len(done.prompts[0]) :])
    if not done.whole.startswith(done.prompts[0]) or (thinking and _THOUGHT not in text) or _REPLY not in text:
        raise DataError(
            f"{name}: with thoughts written this way, an answer in training does not follow the prompt that the model "
            "gets at use, or loses its thought. `inscape preview` shows which encodings fit this template."
        )
    return text


def plain(tag: str) -> Mode:
    """The mode of a model that was trained by others: a thought in a tag is read where it writes one; nothing of an
    effort was taught, so none can be forced."""
    openings = dict.fromkeys(WORDS, "")
    return Mode("", "none", "three", "content", tag, True, {}, None, openings, f"</{tag}>\n\n", "", "")


def _system(talks: Sequence[Conversation]) -> str | None:
    """The one system prompt of all, without the line of effort."""
    found = {effort.unlined(talk.system) for talk in talks}
    return found.pop() if len(found) == 1 else None


def read(text: str, source: str) -> Mode:
    """The mode that a mode.json keeps. Raises InputError where it is none."""
    try:
        held = json.loads(text)
        if held.pop("format") != 1:
            raise ValueError
        return Mode(**held)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(f"{source} is no mode.json of this inscape. Export again to write it anew.") from None


def _fields(mode: Mode) -> dict[str, Any]:
    return {name: getattr(mode, name) for name in Mode.__dataclass_fields__}


# ---------------------------------------------------------------- asking


def ask(mode: Mode, talk: Conversation, level: str | None, template: ChatTemplate | None) -> Asked:
    """The prompt for the next answer of a conversation that ends with a question. `level`: an effort that is forced.

    A conversation without a system prompt gets the mode's. Raises DataError where the template does not take it.
    """
    system = talk.system or mode.system
    if level and mode.policy in ("system-line", "both"):
        line = effort.line(mode.word(level))
        system = f"{system}\n\n{line}" if system else line
    turns = [replace(turn, thought=None, effort=None) if mode.unroll else turn for turn in talk.turns]
    said = [encode.message(turn, mode.encoding, mode.tag) for turn in turns]
    messages = [*([{"role": "system", "content": system}] if system else []), *said]
    begun = mode.openings[level] if level else ""
    if template is None:
        return Asked(tuple(messages), begun)
    (done,) = render_all(template, [Job(messages, generation=True)], mode.kwargs)
    if isinstance(done, DataError):
        raise done
    return Asked(tuple(messages), begun, done.whole + begun)


# ---------------------------------------------------------------- reading an answer


def look(mode: Mode, text: str, *, ended: bool = True) -> Look:
    """An answer taken apart, from its first letter, a forced beginning included. `ended`: nothing follows any more."""
    if mode.end:
        text = _shown(text.partition(mode.end)[0], mode.end, ended)
    return _in_tag(mode, _led(mode, text), ended) if mode.encoding == "content" else _in_field(mode, text, ended)


def _in_field(mode: Mode, text: str, ended: bool) -> Look:
    mark = mode.closing.strip()
    opening, short = mode.openings["high"].strip(), mode.openings["low"].strip()
    before, found, after = text.partition(mark)
    if found:
        thought = before.strip().removeprefix(opening).strip()
        return Look(None if thought else "low", thought, after.strip(), False)
    start = text.strip()
    if mode.inside or (opening and start.startswith(opening)):
        return Look(None, _shown(start.removeprefix(opening), mark, ended).strip(), "", True)
    if not ended and any(one.startswith(start) for one in (opening, short)):
        return Look(None, "", "", False, held=True)
    return Look("low", "", start.removeprefix(short).strip(), False)


def _led(mode: Mode, text: str) -> str:
    """The text without what the template itself writes before a tag, such as an empty thought of the model's own."""
    lead = mode.openings["high"].partition(f"<{mode.tag}")[0].strip()
    start = text.lstrip()
    if lead and start.startswith(lead):
        return start.removeprefix(lead).lstrip()
    return "" if start and lead.startswith(start) else text


def _in_tag(mode: Mode, text: str, ended: bool) -> Look:
    if not ended and _begins(text.lstrip(), mode.tag):
        return Look(None, "", "", False, held=True)
    try:
        said = thoughts.read(text, mode.tag)
    except DataError:
        return _open(mode, text.lstrip(), ended)
    if not ended and (said.thought or said.effort) and said.reply and _begins(said.reply, mode.tag):
        return Look(said.effort, said.thought or "", "", False, held=True)
    return Look(said.effort, said.thought or "", said.reply, False)


def _open(mode: Mode, text: str, ended: bool) -> Look:
    """A text whose thought, or the last of several, is not closed."""
    head, _, inner = text.partition(">")
    effort_ = thoughts.read(f"{head}/>\n\nx", mode.tag).effort
    mark = f"</{_name(head)}>"
    before, found, after = inner.partition(mark)
    if not found:
        return Look(effort_, _shown(inner, mark, ended).strip(), "", True)
    rest = _in_tag(mode, after, ended)
    both = "\n\n".join(one for one in (before.strip(), rest.thought) if one)
    return Look(effort_ or rest.effort, both, rest.reply, rest.thinking, rest.held)


def _name(head: str) -> str:
    """The name of the tag that a text opens, where it opens one."""
    found = _TAG.match(head)
    return found[1] if found else ""


def _begins(text: str, tag: str) -> bool:
    """It may be a thought's opening tag, not yet whole."""
    names = [f"<{name}" for name in (tag, *thoughts.USUAL_TAGS)]
    if any(name.startswith(text) for name in names):
        return True
    inside = any(text.startswith((f"{name} ", f"{name}/")) for name in names)
    return inside and ">" not in text and len(text) < _LONGEST_TAG


def _shown(text: str, mark: str, ended: bool) -> str:
    """The text without an end that may be the beginning of a mark."""
    if ended:
        return text
    cut = next((n for n in range(min(len(mark), len(text)), 0, -1) if mark.startswith(text[-n:])), 0)
    return text[: len(text) - cut]


def closed(mode: Mode, text: str) -> str:
    """An answer whose thought is still open (or not begun, in a prompt that opens it), with its thought ended."""
    closing = mode.closing
    if mode.encoding == "content" and (name := _name(_led(mode, text).lstrip())) and name != mode.tag:
        closing = f"</{name}>\n\n"
    return _shown(text, closing.strip(), False).rstrip() + closing


def well_formed(mode: Mode, text: str) -> str:
    """Why a whole answer (with its end, as sampled) is not as it was taught; empty where it is."""
    if mode.end and mode.end not in text:
        return "does not end"
    seen = look(mode, text)
    if seen.thinking:
        return "the thought is not closed"
    if not seen.reply:
        return "no reply"
    if mode.encoding == "content" and mode.policy in ("first-token", "both") and seen.effort is None:
        return "no effort"
    if mode.encoding == "content" and mode.policy in ("first-token", "both") and not _known(mode, seen.effort):
        return "an effort that was not taught"
    if f"<{mode.tag}" in seen.reply or f"</{mode.tag}" in seen.reply:
        return "a thought's tag in the reply"
    return ""


def _known(mode: Mode, said: str | None) -> bool:
    return said in (WORDS if mode.scale == "three" else tuple("123456789"))


def level_said(mode: Mode, seen: Look) -> str | None:
    """'low', 'medium' or 'high' as the answer says it; None where it says none."""
    if mode.scale == "nine" and seen.effort and seen.effort.isdecimal():
        return effort.level_of_iterations(int(seen.effort)).lower()
    return seen.effort if seen.effort in WORDS else None


__all__ = [
    "FILE", "WORDS", "Asked", "Look", "Mode", "ask", "closed", "level_said", "look", "mode_of", "plain", "read",
    "well_formed",
]  # fmt: skip
