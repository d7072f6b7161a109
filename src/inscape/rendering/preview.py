"""What a model sees of an example: for each assistant turn its prompt, its training text and what of it is learned.

Invariant: every text here is rendered, none is guessed. A turn's row is what `export --for` writes: the turns before
it, then the turn; earlier thoughts stand in it only where the template keeps them. Counts no tokens itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from inscape.errors import DataError
from inscape.records import Conversation
from inscape.rendering import encode
from inscape.rendering.behavior import Choice
from inscape.rendering.confined import Job, Texts
from inscape.rendering.encode import Encoding
from inscape.rendering.probing import EMPTY
from inscape.rendering.templates import ChatTemplate, Message, render_all

VERDICTS = {
    "ok": "the thought and the reply are trained after exactly the prompt that the model gets",
    "refused": "there is no way to write thoughts for this template that loses none",
    "not-rendered": "the template does not take this conversation",
    "thought-lost": "the thought is not in what is trained",
    "reply-lost": "the reply, the question or the system prompt is not in the text",
    "prompt-differs": "the prompt that the model gets is not the beginning of what is trained",
    "empty-thought": "the template puts an empty thought of its own before the tag",
    "cut": "the text is longer than the sequence length",
}
"""Every verdict on a turn, the worst but one last; the first that holds is given, 'ok' where none does."""

Counting = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class TurnView:
    """One assistant turn as the model meets it. `thought_…`: None where the turn has no thought."""

    row: int
    """From 1."""
    turn: int
    """Which answer of its row, from 1."""
    encoding: str
    thought_in_training: bool | None
    thought_in_later_context: bool | None
    """Whether the model still sees it when the conversation goes on."""
    prompt_is_prefix: bool
    truncated: bool
    verdict: str
    prompt: str = ""
    """The context at inference."""
    text: str = ""
    """The training text, whole."""
    tokens: int = 0
    problem: str = ""

    @property
    def empty(self) -> bool:
        """The turn has no thought, and the template teaches an empty one."""
        header = 40  # the prompt may have opened it already
        learned = self.text[max(self.learned - header, 0) :]
        return self.thought_in_training is None and bool(EMPTY.search(learned))

    @property
    def learned(self) -> int:
        """Where loss begins: the offset in `text` at which it stops being the prompt."""
        return shared(self.prompt, self.text)


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows are written for a template: a choice, or a way that a person asked for."""

    template: ChatTemplate
    choice: Choice
    tag: str
    """Of thoughts, where the choice names none."""
    injected: bool = False
    """The template puts marks of its own thinking before the tag (`Way.injected`)."""

    @property
    def encoding(self) -> Encoding:
        """What is rendered; for a refusal, the tag in the content, to show what would happen."""
        return "content" if self.choice.encoding == "refused" else self.choice.encoding


def preview(row: int, talk: Conversation, plan: Plan, count: Counting, limit: int) -> Iterator[TurnView]:
    """Each assistant turn of a conversation. `count`: tokens of a text; `limit`: the sequence length in tokens."""
    tag = plan.choice.tag or plan.tag
    whole = encode.messages(talk, plan.encoding, tag)
    at = [number for number, one in enumerate(whole) if one["role"] == "assistant"]
    rows = encode.answers(talk, plan.encoding, tag, plan.choice.unroll)
    trained = [Job(said, [len(said) - 1]) for said in rows]
    later = [_later(talk, turn, whole[: n + 1]) for turn, n in enumerate(at, 1)]
    done = render_all(plan.template, [*trained, *later], plan.choice.kwargs)
    for turn, said in enumerate(rows, 1):
        yield _view(row, turn, talk, said, done[turn - 1], done[len(rows) + turn - 1], plan, count, limit)


def _view(
    row: int, turn: int, talk: Conversation, said: list[Message], done: Texts | DataError, later: Texts | DataError,
    plan: Plan, count: Counting, limit: int,
) -> TurnView:  # fmt: skip
    """`said`: the row as it is trained; `done`: its texts; `later`: the prompt of the next turn."""
    name = plan.choice.encoding
    reply = talk.turns[2 * turn - 1]
    if isinstance(done, DataError):
        thought = False if reply.thought else None
        return TurnView(row, turn, name, thought, thought, False, False, "not-rendered", problem=str(done))
    text, (prompt,) = done.whole, done.prompts
    prefix = text.startswith(prompt)
    begun = shared(prompt, text)
    trained = reply.thought.strip() in text[begun:] if reply.thought else None
    tokens = count(text)
    texts = [one["content"] for one in said[:-1]] + [reply.text]
    verdict = _verdict(
        plan,
        lost=trained is False,
        missing=not all(str(one).strip() in text for one in texts),
        differs=not prefix,
        empty=plan.injected and bool(reply.thought),
        cut=tokens > limit,
    )
    still = None
    if reply.thought:
        still = isinstance(later, Texts) and reply.thought.strip() in later.whole
    return TurnView(row, turn, name, trained, still, prefix, tokens > limit, verdict, prompt, text, tokens)


def _verdict(plan: Plan, *, lost: bool, missing: bool, differs: bool, empty: bool, cut: bool) -> str:
    found = {
        "refused": plan.choice.encoding == "refused",
        "thought-lost": lost,
        "reply-lost": missing,
        "prompt-differs": differs,
        "empty-thought": empty,
        "cut": cut,
    }
    return next((name for name, holds in found.items() if holds), "ok")


def _later(talk: Conversation, turn: int, before: list[Message]) -> Job:
    """The prompt of the next turn, where all that was said is handed on, with every thought."""
    turns = talk.turns
    asked = turns[2 * turn].text if 2 * turn < len(turns) else "And then?"
    return Job([*before, {"role": "user", "content": asked}], generation=True)


def shared(first: str, second: str) -> int:
    """How many characters two texts have in common from their beginning; a mark such as <think> is not cut in two."""
    if second.startswith(first):
        return len(first)
    pairs = enumerate(zip(first, second, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
    opened = first.rfind("<", 0, at)
    return at if opened < 0 or ">" in first[opened:at] else opened


def tally(views: Iterable[TurnView]) -> dict[str, int]:
    """How many turns got each verdict, 'ok' first."""
    counts = Counter(view.verdict for view in views)
    return {name: counts[name] for name in VERDICTS if counts[name]}


def estimate(text: str) -> int:
    """Tokens of a text without its tokenizer: 3.5 bytes of UTF-8 each, between English and Turkish."""
    return round(len(text.encode("utf-8", "surrogatepass")) / 3.5)
