"""What a chat template does with thoughts, found by rendering probes, and the way of writing them that loses none.

Invariant: `choose` gives a way in which every thought of an unrolled row is trained after exactly the prompt that the
model gets when it is used, or it refuses and says why. A template's source is never read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from inscape.errors import DataError
from inscape.rendering import probing
from inscape.rendering.encode import Encoding
from inscape.rendering.probing import CHANNEL, Alias, Sight
from inscape.rendering.templates import ChatTemplate, Message, render

SWITCHES: tuple[Mapping[str, Any], ...] = (
    {},
    {"enable_thinking": True},
    {"thinking": True},
    {"thinking_mode": "enabled"},
    {"reasoning": True},
    {"include_thinking": True},
    {"reasoning_effort": "high"},
    {"is_training": True},
    {"preserve_thinking": True},
    {"clear_thinking": False},
    {"keep_past_thinking": True},
    {"truncate_history_thinking": False},
    {"drop_thinking": False},
    {"enable_thinking": False},
)
"""The switches that families of templates know, the least of them first; one that changes nothing is not tried."""

System = Literal["kept", "lost", "changes", "refused"]
"""A system prompt is in the text; is silently left out; changes what becomes of thoughts; or is refused."""
_FIELDS: tuple[Encoding, ...] = ("reasoning_content", "thinking", "reasoning")


@dataclass(frozen=True, slots=True)
class Case:
    """What probes of several lengths showed, all with a system prompt or all without one."""

    kept: tuple[tuple[bool, ...], ...]
    """For each probe as one row of the whole conversation: for each assistant turn, whether its thought is there."""
    final: bool
    """The thought of the last turn is in what is trained, in rows of one assistant turn each."""
    texts: bool
    """So are all other texts, the system prompt among them, in both kinds of rows."""
    system: bool
    """The system prompt is in the text."""
    prefix: bool
    """The prompt of the last turn is the beginning of the training text."""
    whole: bool
    """So are the prompts of all turns, in a row of the whole conversation."""

    @property
    def earlier(self) -> bool:
        """Thoughts of earlier turns stand in the text, every one."""
        return all(all(probe[:-1]) for probe in self.kept)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of writing thoughts, under one set of switches, as the probes came out; None: it does not render."""

    encoding: Encoding
    tag: str | None
    kwargs: Mapping[str, Any]
    plain: Case | None = None
    under: Case | None = None
    """The same under a system prompt."""
    without: bool = False
    """The prompt is the beginning of the training text also where the turn has no thought."""
    before: str = ""
    """What the template puts between the last question and the thought (for a tag: before the tag)."""
    between: str = ""
    """What it puts between the thought and its reply."""

    @property
    def native(self) -> bool:
        """In a field that the template reads, set apart from the reply by marks of the template's own."""
        return self.encoding != "content" and bool(self.between.strip())

    @property
    def injected(self) -> bool:
        """Marks of the model's own thinking stand before the tag: the thought would come after an empty one."""
        return self.encoding == "content" and bool(CHANNEL.search(self.before))

    @property
    def system(self) -> System:
        """What becomes of a system prompt."""
        if self.under is None:
            return "refused"
        if not self.under.system:
            return "lost"
        return "kept" if self.plain and self.under.kept == self.plain.kept else "changes"

    def sound(self, *, system: bool = False) -> bool:
        """Nothing is lost, and the prompt is what training saw, with one row to each assistant turn."""
        case = self.under if system else self.plain
        apart = self.native or (self.encoding == "content" and not self.injected)
        return case is not None and apart and case.final and case.texts and case.prefix

    def keeps(self, turn: int, turns: int, *, system: bool = False) -> bool | None:
        """The prediction: whether the thought of assistant turn `turn` of `turns` (from 1) is in a row of them all.

        None where such messages do not render. A conversation of a length that was not probed is judged by the longest
        probe: its first two turns, its last two, and the one in the middle for all others.
        """
        case = self.under if system else self.plain
        if case is None:
            return None
        probed = {len(probe): probe for probe in case.kept}
        if turns in probed:
            return probed[turns][turn - 1]
        longest = probed[max(probed)]
        if turn <= 2:
            return longest[turn - 1]
        return longest[turn - turns - 1] if turns - turn < 2 else longest[2]


@dataclass(frozen=True, slots=True)
class Behavior:
    """What the probes of a template showed. `problem`: why it renders nothing at all, else empty."""

    template: str
    ways: tuple[Way, ...]
    consecutive: bool = False
    """It takes two user turns in a row."""
    opens: str = ""
    """What the generation prompt says of thinking, after the question: '<think>', '<think></think>', or nothing."""
    dated: bool = False
    """It writes the day's date into what it renders."""
    parts: str = ""
    """The marks of a place for thoughts that is filled from a list of parts in the content, and from no text."""
    problem: str = ""

    def way(self, encoding: Encoding, tag: str | None = None, kwargs: Mapping[str, Any] | None = None) -> Way | None:
        """What was seen of one way; None where it was not probed."""
        wanted = (encoding, tag, dict(kwargs or {}))
        return next((way for way in self.ways if (way.encoding, way.tag, dict(way.kwargs)) == wanted), None)

    @property
    def system(self) -> System:
        """What becomes of a system prompt, as the first way that renders shows it."""
        return next((way.system for way in self.ways if way.plain or way.under), "refused")


@dataclass(frozen=True, slots=True)
class Choice:
    """How to write thoughts for a template. `kwargs` must be given to the template when the model is used, too."""

    encoding: Literal["content", "reasoning_content", "thinking", "reasoning", "refused"]
    tag: str | None
    """Of thoughts that stand in the content; None for a field of its own."""
    unroll: bool
    """One row for each assistant turn: a row of the whole conversation would lose or change something."""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def probe(template: ChatTemplate, tags: Sequence[str] = ("thinking", "think"), alias: Alias = list) -> Behavior:
    """Render probes in every encoding and under every switch that changes something.

    `alias` is what a runtime does to messages first (see `templates.aliased`). Raises InputError where the source is
    not a template at all.
    """
    asked: list[Message] = [{"role": "user", "content": probing.ASKED[0]}]
    try:
        prompt = render(template, asked, add_generation_prompt=True)
    except DataError as error:
        return Behavior(template.name, (), problem=str(error))
    another = render(template, asked, add_generation_prompt=True, today=datetime(2031, 7, 9))
    return Behavior(
        template.name,
        tuple(way for kwargs in _switches(template, alias) for way in _ways(template, tags, kwargs, alias)),
        consecutive=_takes(template, [*asked, {"role": "user", "content": probing.ASKED[1]}]),
        opens="".join(CHANNEL.findall(prompt[prompt.rfind(probing.ASKED[0]) :])),
        dated=prompt != another,
        parts=_parts(template),
    )


def choose(behavior: Behavior, *, tag: str = "thinking", systems: Collection[bool] = (False,)) -> Choice:
    """The way of writing thoughts that loses none: the model's own channel first, then a tag, then a refusal.

    `tag`: the one a person prefers where thoughts must stand in the content. `systems`: what the rows have; True: a
    system prompt, False: none, both: some have one.
    """
    usable = sorted(_usable(behavior, systems), key=lambda way: (not way.native, way.tag not in (None, tag)))
    if not usable:
        return Choice("refused", None, True, reason=_why_not(behavior, systems))
    best = usable[0]
    cases = [case for system, case in ((False, best.plain), (True, best.under)) if system in systems and case]
    unroll = not all(case.earlier and case.whole for case in cases)
    stripped = not all(case.earlier for case in cases)
    return Choice(best.encoding, best.tag, unroll, dict(best.kwargs), _why(best, unroll, stripped, tag, behavior.parts))


def _usable(behavior: Behavior, systems: Collection[bool]) -> list[Way]:
    """The ways that lose nothing. A tag is no way where a switch is needed: the switch asks for the model's own."""
    sound = [way for way in behavior.ways if all(way.sound(system=system) for system in systems)]
    return [way for way in sound if way.native or not way.kwargs]


def _why(way: Way, unroll: bool, stripped: bool, tag: str, parts: str) -> str:
    if way.native:
        said = f"The template has a place of its own for thoughts and reads them from {way.encoding}."
        if way.kwargs:
            said += f" Only with {switches(way.kwargs)}, in training and when the model is used."
    elif parts:
        said = (
            f"The template has a place of its own for thoughts ({parts}), but fills it only from a list of parts, and "
            f"rows hold text. It leaves <{way.tag}> in the content as it is."
        )
    elif way.tag == tag:
        said = f"The template has no place of its own for thoughts and leaves <{way.tag}> in the content as it is."
    else:
        said = f"The template loses a thought in <{tag}>, but keeps one in <{way.tag}>."
    if stripped:
        said += " It strips the thoughts of earlier turns, so that each answer needs a row of its own."
    elif unroll:
        said += " It writes earlier turns in another way than the last, so that each answer needs a row of its own."
    if not way.without:
        said += " A turn without a thought does not begin with the prompt that the model gets."
    return said


def _why_not(behavior: Behavior, systems: Collection[bool]) -> str:
    """The reason of a refusal, from what came closest."""
    cases = [case for way in behavior.ways for case in (way.plain, way.under) if case]
    if behavior.problem:
        return behavior.problem
    if not cases:
        return "The template does not take a conversation of texts (some want a list of parts as content)."
    if True in systems and _usable(behavior, (False,)):
        what = {"lost": "leaves the system prompt out", "refused": "refuses a system prompt"}
        does = what.get(behavior.system, "treats thoughts in another way under a system prompt")
        return f"The template {does}. Put the system prompt's words into the first user turn, or drop them."
    if not any(case.texts for case in cases):
        return "The template leaves out the texts of turns (some want a list of parts as content)."
    native = [way.plain.final for way in behavior.ways if way.native and way.plain]
    if native and not any(native):
        return "The template has a place of its own for thoughts, but leaves it empty in some conversations."
    shown = [way for way in behavior.ways if way.plain and way.plain.final and not way.kwargs]
    if any(native) or not all(way.injected for way in shown):
        ending = f" (it ends with {behavior.opens})" if behavior.opens else ""
        return f"The prompt that the model gets is not the beginning of what would be trained{ending}."
    if shown:
        return "The template closes an empty thought of its own before the answer and gives no way to fill it."
    return "The template strips the thought in every way of writing it."


def switches(kwargs: Mapping[str, Any]) -> str:
    """'enable_thinking=True'."""
    return ", ".join(f"{name}={value!r}" for name, value in kwargs.items())


def _takes(template: ChatTemplate, messages: list[Message]) -> bool:
    try:
        return all(str(one["content"]) in render(template, messages, add_generation_prompt=True) for one in messages)
    except DataError:
        return False


def _parts(template: ChatTemplate) -> str:
    """'[THINK]…[/THINK]' where a part of the type 'thinking' comes out between such marks; else nothing."""
    thought, reply = probing.THOUGHTS[0], probing.REPLIES[0]
    parts = [{"type": "thinking", "thinking": thought}, {"type": "text", "text": reply}]
    asked: Message = {"role": "user", "content": probing.ASKED[0]}
    try:
        text = render(template, [asked, {"role": "assistant", "content": parts}])
    except DataError:
        return ""
    said = text[text.rfind(probing.ASKED[0]) :]
    before, thinks, after = said.partition(thought)
    between, replies, _ = after.partition(reply)
    opening, closing = CHANNEL.findall(before), CHANNEL.findall(between)
    return f"{opening[-1]}…{closing[0]}" if thinks and replies and opening and closing else ""


def _switches(template: ChatTemplate, alias: Alias) -> Iterator[Mapping[str, Any]]:
    """No switch, and each that changes the text of a conversation with thoughts, or of a prompt."""
    talks = [probing.conversation(2)]
    seen: list[object] = []
    for kwargs in SWITCHES:
        looks = [probing.look(template, talks, name, None, kwargs, alias) for name in _FIELDS]
        if looks not in seen:
            seen.append(looks)
            yield kwargs


def _ways(template: ChatTemplate, tags: Sequence[str], kwargs: Mapping[str, Any], alias: Alias) -> Iterator[Way]:
    (without,) = probing.look(template, [probing.conversation(2, thoughtless=True)], "content", None, kwargs, alias)
    forms: list[tuple[Encoding, str | None]] = [(name, None) for name in _FIELDS]
    forms += [("content", tag) for tag in dict.fromkeys(tags)]
    for encoding, tag in forms:
        yield _way(template, encoding, tag, kwargs, alias, without is not None and without.prefix)


def _way(
    template: ChatTemplate, encoding: Encoding, tag: str | None, kwargs: Mapping[str, Any], alias: Alias, without: bool
) -> Way:
    def case(system: bool) -> tuple[Case | None, Sight | None]:
        talks = [probing.conversation(n, system=system) for n in probing.LENGTHS]
        rows = probing.look(template, talks, encoding, tag, kwargs, alias, unrolled=True)
        whole = probing.look(template, talks, encoding, tag, kwargs, alias)
        return _case([one for one in rows if one], [one for one in whole if one]), rows[1]

    (plain, sight), (under, second) = case(False), case(True)
    seen = sight or second
    before, between = _around(seen, tag) if seen else ("", "")
    return Way(encoding, tag, kwargs, plain, under, without, before, between)


def _case(rows: Sequence[Sight], talks: Sequence[Sight]) -> Case | None:
    """The probes together; None where one of them did not render."""
    if len(rows) + len(talks) < 2 * len(probing.LENGTHS):
        return None
    return Case(
        kept=tuple(one.thoughts for one in talks),
        final=all(one.final for one in rows),
        texts=all(one.texts and one.system for one in (*rows, *talks)),
        system=all(one.system for one in (*rows, *talks)),
        prefix=all(one.prefix for one in rows),
        whole=all(one.whole for one in talks),
    )


def _around(sight: Sight, tag: str | None) -> tuple[str, str]:
    """What stands before the last thought, after its question, and between it and its reply."""
    thought, reply, asked = probing.THOUGHTS[1], probing.REPLIES[1], probing.ASKED[1]
    at, end = sight.text.rfind(thought), sight.text.rfind(reply)
    begin = sight.text.rfind(asked) + len(asked)
    if not begin <= at < end:
        return "", ""
    before = sight.text[begin:at]
    if tag:
        before = before.rstrip().removesuffix(f"<{tag}>")
    return before, sight.text[at + len(thought) : end]
