"""The preview on a terminal: a row's context and what is learned of it, tokens in color, and the verdicts.

Invariant: the texts are printed exactly as the model gets them; only color and frames are added. Without color (a pipe,
a file) the frames alone say what is learned.
"""

from __future__ import annotations

import click

from inscape.events import Event, SetPreviewed, TemplateProbed, TurnPreviewed, TurnShown
from inscape.text import plural

_LEARNED = ("green", "cyan")
"""In turn, so that one sees where a token ends."""
_KNOWN = {True: "yes", False: "no", None: "-"}


class Page:
    """Turns the stage's events into text. A turn's texts follow its verdict."""

    def __init__(self) -> None:
        self.turn: TurnPreviewed | None = None

    def line(self, event: Event) -> str | None:
        """The event as text, or None where nothing is shown of it."""
        match event:
            case TemplateProbed():
                return template(event)
            case TurnPreviewed():
                self.turn = event
                return None
            case TurnShown():
                return turn(event, self.turn)
            case SetPreviewed():
                return whole(event)
            case _:
                return None


def template(event: TemplateProbed) -> str:
    """How thoughts are written for this template."""
    form = f"in the content, in <{event.tag}>" if event.tag else f"in {event.encoding}"
    said = "refused" if event.encoding == "refused" else form
    kwargs = ", ".join(f"{name}={value!r}" for name, value in event.kwargs.items())
    lines = [f"{event.template}", f"  thoughts: {said}" + (f", with {kwargs}" if kwargs else "")]
    lines += [f"  {event.reason}", *(f"  {note}" for note in event.notes)]
    return "\n".join(lines)


def turn(event: TurnShown, verdict: TurnPreviewed | None) -> str:
    """A turn: the verdict, the context, what is learned."""
    head = f"\nRow {event.row} ({event.example}), answer {event.turn} of {event.turns}"
    lines = [click.style(head, bold=True), *(_facts(verdict, event) if verdict else ())]
    if event.problem:
        return "\n".join([*lines, f"  {event.problem}"])
    if event.text.startswith(event.prompt):
        title = "context: at inference and in training the same, no loss"
        lines += [_frame("┌", title), click.style(event.prompt, dim=True)]
    else:
        lines += _apart(event)
    return "\n".join([*lines, _frame("├", "learned"), _learned(event), _frame("└", "")])


def _facts(verdict: TurnPreviewed, event: TurnShown) -> list[str]:
    mark = click.style(verdict.verdict, fg="green" if verdict.verdict == "ok" else "red", bold=True)
    return [
        f"  verdict: {mark}",
        f"  thought in training: {_KNOWN[verdict.thought_in_training]} · still seen later: "
        f"{_KNOWN[verdict.thought_in_later_context]} · prompt is a prefix: {_KNOWN[verdict.prompt_is_prefix]} · "
        f"cut: {_KNOWN[verdict.truncated]} · {'' if event.pieces else 'about '}{plural(event.tokens, 'token')}",
    ]


def _apart(event: TurnShown) -> list[str]:
    """Two contexts, from where they differ; what stands before is the same in both."""
    at = event.learned
    return [
        _frame("┌", "context: the same at inference and in training up to here"),
        click.style(event.text[:at], dim=True),
        _frame("├", "then at inference"),
        click.style(event.prompt[at:], fg="red"),
    ]


def _learned(event: TurnShown) -> str:
    """The text that carries loss, its tokens in two colors by turns where they are known."""
    pieces = [(max(begin, event.learned), end) for begin, end in event.pieces if end > event.learned]
    if not pieces:
        return click.style(event.text[event.learned :], fg="green")
    made = []
    for number, (begin, end) in enumerate(pieces):
        following = pieces[number + 1][0] if number + 1 < len(pieces) else len(event.text)
        made.append(click.style(event.text[begin : max(end, following)], fg=_LEARNED[number % 2]))
    return "".join(made)


def _frame(corner: str, title: str) -> str:
    return click.style(f"{corner}── {title} ".ljust(60, "─") if title else f"{corner}{'─' * 59}", dim=True)


def whole(event: SetPreviewed) -> str:
    """The verdict on all rows."""
    lines = [f"\n{plural(event.rows, 'row')}, {plural(event.turns, 'answer')}:"]
    lines += [f"  {number:>7,}  {verdict}" for verdict, number in event.verdicts.items()]
    lines += [f"  {note}" for note in event.notes]
    if event.never_seen:
        lines += ["Never seen by the model:", *(f"  {note}" for note in event.never_seen)]
    return "\n".join(lines)
