"""An example as plain text that a person edits in any editor: headings for the roles, no JSON.

Invariant: `read(write(c), c)` gives back `c`'s words. What is no text (complexity, category, where it came from) is
not shown and not changed. Every problem is reported with its line; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from inscape.examples.structures import cannot_hold
from inscape.records import Conversation, Mood, Problem, Structure, Turn

HINT = """\
<!-- Edit, save and close. Lines such as "## user" and "### thought" divide the text: leave them, or add some.
     To leave the example as it was, close without a change. -->
"""
_ROLES = ("system", "user", "assistant")
_PARTS = ("input", "thought", "reply", "state")
_OF = {"input": "user", "thought": "assistant", "reply": "assistant", "state": "assistant"}
_HEADING = re.compile(r"^\s{0,3}(?P<marks>#{1,4})\s*(?P<word>\w+)\s*:?\s*#*\s*$")
_COMMENT = re.compile(r"\A\s*<!--.*?-->[ \t]*\n?", re.DOTALL)
_INDENT = " " * 4
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Edited:
    """A text as it was read: the conversation, or the problems that keep it from being one."""

    conversation: Conversation | None
    problems: tuple[Problem, ...] = ()


def write(conversation: Conversation) -> str:
    """The text to edit, without the hint."""
    blocks = [f"## system\n\n{_safe(conversation.system)}"] if conversation.system else []
    blocks += [block for turn in conversation.turns for block in _turn(turn)]
    return _lines("\n\n".join(blocks) + "\n")


def read(text: str, before: Conversation, structure: Structure, *, tag: str = "thinking") -> Edited:
    """The edited conversation; metadata are those of `before`. Problems name lines of the text, from 1."""
    text = _lines(text).lstrip("\ufeff")
    reader = _Reader()
    hint = _COMMENT.match(text)
    skipped = text[: hint.end()].count("\n") if hint else 0
    for number, line in enumerate(text.split("\n")[skipped:], skipped + 1):
        reader.line(number, line)
    if problems := reader.problems or list(_order(reader.roles)):
        return Edited(None, tuple(sorted(problems, key=lambda p: p.line)))
    turns = _with_efforts(reader.turns(), before)
    made = _same_where_equal(replace(before, system=reader.system(), turns=turns), before)
    problems = [*reader.problems, *_fits(made, before, structure, reader.roles, tag)]
    return Edited(None if problems else made, tuple(problems))


# ---------------------------------------------------------------- writing


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _turn(turn: Turn) -> Iterator[str]:
    inner = turn.thought or turn.state
    if turn.role == "user":
        yield f"## user\n\n{_safe(turn.text)}"
        if turn.input:
            yield f"### input\n\n{_safe(turn.input)}"
        return
    yield "## assistant" + ("" if inner else f"\n\n{_safe(turn.text)}")
    if turn.thought:
        yield f"### thought\n\n{_safe(turn.thought)}"
    if inner:
        yield f"### reply\n\n{_safe(turn.text)}"
    if turn.state:
        yield "### state\n\n" + "\n".join(_state(turn.state))


def _state(state: Mood) -> Iterator[str]:
    if state.mood is not None:
        yield f"mood: {_indented(state.mood)}"
    if state.certainty is not None:
        said = str(state.certainty).strip()
        marked = isinstance(state.certainty, str) and (_NUMBER.fullmatch(said) or _quoted(said))
        yield "certainty: " + _indented(f'"{said}"' if marked else said)
    if state.thoughts:
        yield "thoughts:"
        yield from (f"- {_indented(thought)}" for thought in state.thoughts)


def _indented(text: str) -> str:
    """Further lines stand in by four blanks: less could be a heading. Empty ones stay empty."""
    first, *others = _lines(text.strip()).split("\n")
    return "\n".join([first, *(f"{_INDENT}{line}" if line else "" for line in others)])


def _quoted(word: str) -> bool:
    return len(word) > 1 and word[0] == word[-1] == '"'


def _safe(text: str) -> str:
    """Lines of the text that would be read as headings get a backslash."""
    return "\n".join(f"\\{line}" if _divides(line.lstrip("\\")) else line for line in text.strip().split("\n"))


def _divides(line: str) -> bool:
    """Whether a line would be read as a heading, or as one with a slip of the pen."""
    heading = _HEADING.match(line)
    return bool(heading and _near(heading["word"].casefold()))


def _near(word: str) -> str | None:
    return next(iter(get_close_matches(word, (*_ROLES, *_PARTS), n=1, cutoff=0.7)), None)


# ---------------------------------------------------------------- reading


@dataclass
class _Part:
    name: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines).strip()


@dataclass
class _Role:
    name: str
    line: int
    parts: list[_Part] = field(default_factory=list)

    def part(self, name: str) -> _Part | None:
        return next((part for part in self.parts if part.name == name and (part.text or name != "reply")), None)


@dataclass
class _Reader:
    """One walk over the lines."""

    roles: list[_Role] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def line(self, number: int, line: str) -> None:
        if heading := _HEADING.match(line):
            self.heading(number, line, heading["word"].casefold())
        elif self.roles:
            unescaped = line[1:] if line.startswith("\\") and _divides(line.lstrip("\\")) else line
            self.roles[-1].parts[-1].lines.append((number, unescaped))
        elif line.strip():
            self.wrong(number, "this text stands before the first heading; put `## user` above it")

    def heading(self, number: int, line: str, word: str) -> None:
        if word in _ROLES:
            self.roles.append(_Role(word, number, [_Part("reply", number)]))
        elif word in _PARTS:
            self.part(number, word)
        elif near := _near(word):
            meant = f"{'##' if near in _ROLES else '###'} {near}"
            self.wrong(number, f"`{line.strip()}`: write `{meant}`, or `\\{line.strip()}` if it is text")
        elif self.roles:
            self.roles[-1].parts[-1].lines.append((number, line))
        else:
            self.wrong(number, f"`{line.strip()}` is no heading of an example; the first is `## user` or `## system`")

    def part(self, number: int, word: str) -> None:
        role = self.roles[-1] if self.roles else None
        if role is None or role.name != _OF[word]:
            self.wrong(number, f"`### {word}` must stand under `## {_OF[word]}`")
            self.roles.append(_Role(_OF[word], number, [_Part("reply", number)]))
        elif role.part(word):
            self.wrong(number, f"`### {word}` stands twice in this turn (the first is in line {role.line} or below)")
        self.roles[-1].parts.append(_Part(word, number))

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, "error", message))

    def system(self) -> str | None:
        return next((role.parts[0].text for role in self.roles if role.name == "system"), None)

    def turns(self) -> Iterator[Turn]:
        for role in self.roles:
            if role.name == "user":
                given = role.part("input")
                yield Turn("user", _text(role, "reply"), input=given.text or None if given else None)
            elif role.name == "assistant":
                yield self.assistant(role)

    def assistant(self, role: _Role) -> Turn:
        state = role.part("state")
        return Turn(
            "assistant",
            _text(role, "reply"),
            thought=_text(role, "thought") or None,
            state=self.mood(state) if state else None,
        )

    def mood(self, part: _Part) -> Mood | None:
        """`mood:`, `certainty:` and `thoughts:` with a dash for each; a line that is indented goes on with the last."""
        held: dict[str, list[str]] = {}
        key, empty = "", ""
        for number, line in part.lines:
            name, colon, value = line.partition(":")
            if not line.strip():
                empty += f"\n{line[4:] if line.startswith(_INDENT) else ''}"
                continue
            if line.startswith(("- ", "* ")) and key == "thoughts":
                held[key].append(line[2:].lstrip())
            elif line[0].isspace() and held.get(key):
                held[key][-1] += f"{empty}\n{line[4:] if line.startswith(_INDENT) else line.lstrip()}"
            elif colon and name.strip().casefold() in ("mood", "certainty", "thoughts"):
                key = name.strip().casefold()
                held[key] = [value.lstrip()] if value.strip() else []
            else:
                self.wrong(number, f"`{line.strip()}`: a state has `mood:`, `certainty:` and `thoughts:`")
            empty = ""
        thoughts = tuple(text for one in held.get("thoughts", ()) if (text := one.strip()))
        made = Mood(_first(held, "mood"), _certainty(_first(held, "certainty")), thoughts)
        return None if made == Mood() else made


def _text(role: _Role, name: str) -> str:
    part = role.part(name)
    return part.text if part else ""


def _first(held: dict[str, list[str]], key: str) -> str | None:
    return held[key][0].strip() or None if held.get(key) else None


def _certainty(value: str | None) -> float | str | None:
    if value is None:
        return None
    if _NUMBER.fullmatch(value):
        return float(value)
    return value[1:-1] if _quoted(value) else value


# ---------------------------------------------------------------- what does not fit


def _order(roles: list[_Role]) -> Iterator[Problem]:
    """Turns out of order, empty turns, nothing at all."""
    previous = ""
    for n, role in enumerate(roles):
        if role.name == "system":
            if n:
                yield Problem(role.line, "error", "`## system` can only stand first, once")
            continue
        if not previous and role.name == "assistant":
            yield Problem(role.line, "error", "the assistant speaks first; put `## user` and its words above")
        if previous == role.name:
            yield Problem(role.line, "error", f"two `## {role.name}` in a row; join them, or add what is missing")
        if not _text(role, "reply"):
            what = "reply" if role.name == "assistant" else "text"
            yield Problem(role.line, "error", f"`## {role.name}` has no {what}; write it, or take the heading away")
        previous = role.name
    if previous != "assistant":
        line = roles[-1].line if roles else 1
        yield Problem(line, "error", "the text must end with an `## assistant` turn")


def _fits(
    made: Conversation, before: Conversation, structure: Structure, roles: list[_Role], tag: str
) -> Iterator[Problem]:
    """What the example's structure cannot hold, and what it must not lose."""
    line = next((role.line for role in roles if role.name == "assistant"), 1)
    had = set(cannot_hold(before, structure, tag=tag))
    for lost in cannot_hold(made, structure, tag=tag):
        if lost not in had:
            yield Problem(line, "error", f"this example's structure ({structure}) cannot hold {lost}")
    if structure != "plain" and _inner(before) and not _inner(made):
        yield Problem(line, "error", f"no turn has a `### thought` any more; this example's structure is {structure}")
    if structure in ("state", "internal") and _stated(before) and not _stated(made):
        yield Problem(line, "error", f"no turn has a `### state` any more; this example's structure is {structure}")


def _inner(conversation: Conversation) -> bool:
    return any(turn.thought or (turn.state and turn.state.thoughts) for turn in conversation.turns)


def _stated(conversation: Conversation) -> bool:
    return any(turn.state for turn in conversation.turns)


def _with_efforts(turns: Iterator[Turn], before: Conversation) -> tuple[Turn, ...]:
    """A turn's effort is not shown in the editor: the turn at its place keeps it."""
    had = [turn.effort for turn in before.turns]
    made = enumerate(turns)
    return tuple(replace(t, effort=had[n]) if n < len(had) and t.role == "assistant" else t for n, t in made)


def _same_where_equal(made: Conversation, before: Conversation) -> Conversation:
    """White space at the ends is not shown in the editor: an example left alone stays as it was, to the letter."""
    return before if write(made) == write(before) else made
