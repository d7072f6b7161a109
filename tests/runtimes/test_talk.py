"""One answer: how it is taken apart as it comes, forced, and cut, whatever the runtime."""

from pathlib import Path

import pytest

from inscape.events import ChatEnded, ChatPiece, Event, Noted
from inscape.records import Conversation, Turn
from inscape.rendering.mode import Asked, Mode, mode_of, plain
from inscape.rendering.templates import ChatTemplate
from inscape.runtimes.base import Piece
from inscape.runtimes.effort_control import EMPTY, LENGTH, OPEN, Budgets, level_named, tokens_of
from inscape.runtimes.talk import Drawing, Talker
from tests.rendering.small import SWITCHED, named
from tests.runtimes.fake import FakeRuntime, Says, sima

FOLDER = Path(__file__).parent.parent.parent / "examples" / "companion" / "chat_templates"
LLAMA = ChatTemplate((FOLDER / "llama3.jinja").read_text(), "llama3")
ROOM = Budgets(0, 50, 100)


def taught(template: ChatTemplate = LLAMA) -> Mode:
    talks = [Conversation((Turn("user", "Hi"), Turn("assistant", "Hello.")), "You are Sima.")]
    return mode_of("m", template, "first-token", "three", "content", "thinking", unroll=True, kwargs={}, talks=talks)


def fielded() -> Mode:
    talks = [Conversation((Turn("user", "Hi"), Turn("assistant", "Hello.")))]
    kwargs = {"enable_thinking": True}
    return mode_of(
        "m", named(SWITCHED), "none", "three", "reasoning_content", "thinking", unroll=True, kwargs=kwargs, talks=talks
    )


def ticking() -> float:
    ticking.now = getattr(ticking, "now", 0.0) + 0.25  # type: ignore[attr-defined]
    return float(ticking.now)  # type: ignore[attr-defined]


def heard(
    says: Says, question: str = "Hi", level: str | None = None, *, mode: Mode | None = None, raw: bool = True,
    budgets: Budgets = ROOM, template: ChatTemplate | None = LLAMA, most: int = 40, stop: tuple[str, ...] = ("END",),
) -> tuple[ChatEnded, list[Event], FakeRuntime]:  # fmt: skip
    fake = FakeRuntime(says, raw=raw)
    talker = Talker(fake, mode or taught(), template if raw else None, budgets, ticking)
    events = list(talker.answer(Conversation((Turn("user", question),)), level, Drawing(most, 0.5, 0.9, 7, stop)))
    assert isinstance(events[-1], ChatEnded)
    return events[-1], events, fake


def said(events: list[Event], kind: str) -> str:
    return "".join(event.text for event in events if isinstance(event, ChatPiece) and event.kind == kind)


def notes(events: list[Event]) -> list[str]:
    return [event.message for event in events if isinstance(event, Noted)]


@pytest.mark.parametrize(
    ("stop", "reply"),
    [
        (("rains",), "Because it "),
        (("I turn", "<th", "\n"), "Because it rains, I think."),
        (("think!", "it rains now"), "Because it rains, I think."),
        (("ai", "cause"), "Be"),
    ],
)
@pytest.mark.parametrize("by", ["letters", "words"])
def test_a_stop_is_of_the_reply_alone(stop: tuple[str, ...], reply: str, by: str) -> None:
    whole = sima(Asked(({"role": "user", "content": "Why?"},), ""))
    letters = [*(Piece("text", one) for one in whole), Piece("end", "", "end", 30, 5)]
    ended, events, fake = heard(lambda _: letters if by == "letters" else whole, "Why?", most=80, stop=stop)
    assert (ended.reply, ended.thought, ended.effort) == (reply, "I turn it over and over and over again", "high")
    assert said(events, "reply") == reply
    assert ended.problem == ""
    assert fake.left == (reply != "Because it rains, I think.")


def test_half_of_a_stop_at_the_limit_is_of_the_reply() -> None:
    ended, events, _ = heard(sima, most=2, stop=("there friend",))
    assert (ended.problem, ended.reply, said(events, "reply")) == (LENGTH, "Hello there", "Hello there")


def test_the_model_chooses() -> None:
    low, events, fake = heard(sima)
    assert (low.effort, low.forced, low.cut, low.thought, low.reply) == ("low", False, False, "", "Hello there friend.")
    assert said(events, "reply") == low.reply
    assert low.problem == ""
    assert low.tokens == 5
    assert low.first is not None
    assert 0 < low.first < low.seconds
    assert fake.asked[0][1].stop == ("<|eot_id|>",)
    assert fake.asked[0][1].seed == 7
    high, events, _ = heard(sima, "Why?")
    assert (high.effort, high.reply) == ("high", "Because it rains, I think.")
    assert said(events, "thought") == high.thought == "I turn it over and over and over again"


def test_a_forced_level_is_the_beginning() -> None:
    high, _, fake = heard(sima, "Hi", "high")
    assert (high.effort, high.forced, high.reply) == ("high", True, "Hello there friend.")
    assert fake.asked[0][0].text.endswith('<thinking effort="high">')
    assert high.thought.startswith("I turn")
    low, events, fake = heard(sima, "Why?", "low")
    assert (low.effort, low.thought, low.reply) == ("low", "", "Because it rains, I think.")
    assert said(events, "thought") == ""
    assert len(fake.asked) == 1


def test_a_long_thought_is_cut_and_the_reply_follows() -> None:
    ended, events, fake = heard(sima, "Why?", budgets=Budgets(0, 2, 4))
    assert ended.cut
    assert ended.effort == "high"
    assert ended.reply == "Because it rains, I think."
    assert fake.left == 1
    begun = fake.asked[1][0].begun
    assert begun == '<thinking effort="high">I turn it over</thinking>\n\n'
    assert fake.asked[1][0].text.endswith(f"assistant<|end_header_id|>\n\n{begun}")
    assert ended.thought == said(events, "thought") == "I turn it over"
    assert ended.tokens == 4 + 5


def test_low_with_a_thought_is_cut_at_once() -> None:
    def thinks(asked: Asked) -> str:
        return "Hello." if asked.begun else '<thinking effort="low">Let me see, let me see</thinking>\n\nHm.'

    ended, events, fake = heard(thinks)
    assert (ended.cut, ended.effort, ended.reply) == (True, "low", "Hello.")
    assert fake.asked[1][0].begun == '<thinking effort="low"/>\n\n'
    assert said(events, "thought") == ended.thought == ""
    assert said(events, "reply") == "Hello."


def test_a_thought_that_fills_the_whole_length_is_cut_too() -> None:
    def endless(asked: Asked) -> list[Piece]:
        if asked.begun:
            return [Piece("text", "So."), Piece("end", tokens=1)]
        return [Piece("text", "<thinking>hm"), Piece("end", "", "length", 9)]

    ended, _, _ = heard(endless, mode=plain("thinking"))
    assert (ended.cut, ended.reply, ended.tokens) == (True, "So.", 10)


def test_a_thought_that_ends_the_answer_is_ended_and_the_reply_follows() -> None:
    ended, events, fake = heard(lambda asked: "So." if "</" in asked.begun else "I turn it over", "Why?", "high")
    assert (ended.reply, ended.thought, ended.cut, ended.problem) == ("So.", "I turn it over", False, OPEN)
    assert said(events, "reply") == "So."
    assert len(fake.asked) == 2


def test_a_reply_is_limited() -> None:
    ended, events, fake = heard(lambda _: "one two three four five six", mode=plain("thinking"), most=3)
    assert ended.reply == said(events, "reply") == "one two three"
    assert ended.problem == LENGTH
    assert fake.left == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", EMPTY), ('<thinking effort="low"/>\n\n', EMPTY), ('<thinking effort="high">Hm', OPEN), ("Hi.", "")],
)
def test_what_is_wrong_with_an_answer(text: str, problem: str) -> None:
    assert heard(lambda _: text)[0].problem == problem


def test_a_model_without_tags_is_just_a_reply() -> None:
    ended, events, _ = heard(lambda _: "If a < b, then <b>fine</b>.", mode=plain("thinking"))
    assert ended.reply == said(events, "reply") == "If a < b, then <b>fine</b>."
    assert (ended.effort, ended.thought) == (None, "")


def test_what_was_not_taught_is_not_said_to_be_forced() -> None:
    ended, events, _ = heard(lambda _: "Hi.", mode=plain("thinking"), level="high")
    assert not ended.forced
    assert ended.effort is None
    assert "taught no effort" in notes(events)[0]


def test_half_marks_are_never_shown() -> None:
    letters = [Piece("text", one) for one in '<thinking effort="high">A <b> c</thinking>\n\nYes < no.']
    ended, events, _ = heard(lambda _: [*letters, Piece("end")])
    shown = [event for event in events if isinstance(event, ChatPiece)]
    assert all("<t" not in said(list(shown[:n]), "thought") for n in range(len(shown)))
    assert said(events, "thought") == "A <b> c"
    assert said(events, "reply") == ended.reply == "Yes < no."
    assert ended.tokens is None


def test_a_prompt_that_opens_the_thought() -> None:
    def says(asked: Asked) -> str:
        return "Yes." if "</think>" in asked.begun else "Let me see it all\n</think>\n\nNo."

    template = named(SWITCHED)
    ended, _, _ = heard(says, mode=fielded(), template=template)
    assert (ended.thought, ended.reply) == ("Let me see it all", "No.")
    low, _, fake = heard(says, mode=fielded(), template=template, level="low")
    assert (low.thought, low.reply, low.effort) == ("", "Yes.", "low")
    cut, _, fake = heard(says, mode=fielded(), template=template, budgets=Budgets(0, 2, 2))
    assert (cut.thought, cut.reply, cut.cut) == ("Let me", "Yes.", True)
    assert fake.asked[1][0].text.endswith("<think>\nLet me\n</think>\n\n")


def apart(asked: Asked) -> list[Piece]:
    """A server that takes the thought out itself."""
    if asked.begun:
        return [Piece("text", "Short."), Piece("end", tokens=1)]
    thought = [Piece("thought", word) for word in ("Let", " me", " see")]
    return [*thought, Piece("text", "No"), Piece("text", "."), Piece("end", tokens=5)]


@pytest.mark.parametrize("mode", [fielded(), plain("thinking")], ids=["fielded", "plain"])
def test_a_thought_that_the_server_sets_apart(mode: Mode) -> None:
    ended, events, _ = heard(apart, mode=mode, raw=False)
    assert (ended.thought, ended.reply, ended.problem) == ("Let me see", "No.", "")
    assert said(events, "thought") == "Let me see"
    assert said(events, "reply") == "No."
    cut, events, fake = heard(apart, mode=mode, raw=False, budgets=Budgets(0, 2, 2))
    assert (cut.thought, cut.reply, cut.cut) == ("Let me", "Short.", True)
    assert fake.asked[1][0].begun.endswith("Let me\n</think>\n\n")


def test_a_server_that_repeats_the_beginning() -> None:
    ended, events, _ = heard(lambda a: f"{a.begun}Hm hm</thinking>\n\nYes.", level="high", raw=False)
    assert (ended.thought, ended.reply, ended.forced) == ("Hm hm", "Yes.", True)
    assert said(events, "thought") == "Hm hm"
    assert notes(events) == []


def test_a_server_that_begins_anew_is_told_of_once() -> None:
    fake = FakeRuntime(lambda _: '<thinking effort="low"/>\n\nYes.', raw=False)
    talker = Talker(fake, taught(), None, ROOM, ticking)
    for expected in (1, 0):
        events = list(talker.answer(Conversation((Turn("user", "Hi"),)), "high", Drawing()))
        assert len(notes(events)) == expected
        ended = events[-1]
        assert isinstance(ended, ChatEnded)
        assert (ended.effort, ended.forced, ended.reply, ended.thought) == ("low", False, "Yes.", "")
        assert said(events, "thought") == ""


def test_a_server_that_ignores_an_open_thought() -> None:
    ended, events, _ = heard(lambda _: "Just this.", level="high", raw=False)
    assert (ended.reply, ended.forced) == ("Just this.", False)
    assert len(notes(events)) == 1


def test_a_server_that_goes_on() -> None:
    ended, events, _ = heard(sima, "Why?", level="high", raw=False)
    assert (ended.reply, ended.forced) == ("Because it rains, I think.", True)
    assert notes(events) == []


def test_closing_the_answer_ends_the_stream() -> None:
    fake = FakeRuntime(sima)
    events = Talker(fake, taught(), LLAMA, ROOM, ticking).answer(Conversation((Turn("user", "Why?"),)), None, Drawing())
    assert isinstance(next(events), ChatPiece)
    events.close()
    assert fake.left == 1
    assert fake.running == 0


def test_counting_and_naming() -> None:
    assert [tokens_of(text) for text in ("", " word", "x" * 16, "x" * 17, "x" * 40)] == [1, 1, 1, 5, 10]
    assert [level_named(one) for one in ("minimal", "none", "LOW", "medium", "high", "x")] == [
        "low", "low", "low", "medium", "high", None,
    ]  # fmt: skip
