"""A conversation with a model, and what a person does with it: say, ask again, take back, begin anew.

Invariant: a question and its answer are of the conversation together or not at all: an answer that was stopped or
failed leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace

from inscape.errors import UsageError
from inscape.events import ChatEnded, Event
from inscape.records import Conversation, Turn
from inscape.runtimes.talk import Drawing, Talker


@dataclass(slots=True)
class Chat:
    """A conversation and how its answers are drawn. `level`: a forced effort; None: the model chooses."""

    talker: Talker
    drawing: Drawing
    level: str | None = None
    system: str | None = None
    """The person's own; without one, the mode's holds."""
    turns: tuple[Turn, ...] = ()
    efforts: tuple[str | None, ...] = ()
    """The level of each answer, as it showed it."""
    asked: str = ""
    """The last question, also where its answer was stopped."""
    _again: int = field(default=0, repr=False)

    def say(self, question: str) -> Generator[Event, None, None]:
        """The answer, as it comes. Raises ModelError, DataError."""
        self.asked, self._again = question, 0
        return self._answer(len(self.turns))

    def again(self) -> Generator[Event, None, None]:
        """Another answer to the last question, in place of the one it has. Raises UsageError where there is none."""
        if not self.asked:
            raise UsageError("There is no question yet to be answered again.")
        self._again += 1
        answered = bool(self.turns) and self.turns[-2].text == self.asked
        return self._answer(len(self.turns) - 2 * answered)

    def undo(self) -> str | None:
        """Take the last exchange back; its question, or None where there is none."""
        if not self.turns:
            return None
        question = self.turns[-2].text
        self.turns, self.efforts = self.turns[:-2], self.efforts[:-1]
        self.asked = self.turns[-2].text if self.turns else ""
        return question

    def reset(self) -> None:
        """Begin anew; system prompt and effort stay."""
        self.turns, self.efforts, self.asked = (), (), ""

    def _answer(self, after: int) -> Generator[Event, None, None]:
        """To the question, after so many turns of the conversation."""
        question, before = Turn("user", self.asked), self.turns[:after]
        talk = Conversation((*before, question), self.system)
        seed = self.drawing.seed
        drawn = self.drawing if seed is None else replace(self.drawing, seed=seed + self._again)
        with closing(self.talker.answer(talk, self.level, drawn)) as events:
            for event in events:
                if isinstance(event, ChatEnded) and event.reply:
                    self.turns = (*before, question, self._turn(event))
                    self.efforts = (*self.efforts[: after // 2], event.effort)
                yield event

    def _turn(self, event: ChatEnded) -> Turn:
        """The answer as it stands in what follows, where the mode keeps thoughts there."""
        mode = self.talker.mode
        said = event.effort if mode.policy in ("first-token", "both") else None
        return Turn("assistant", event.reply, event.thought or None, effort=mode.word(said) if said else None)
