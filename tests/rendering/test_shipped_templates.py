"""Every chat template that TRL, axolotl, unsloth and llama.cpp ship, against transformers' own rendering of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from inscape.errors import DataError
from inscape.records import Conversation, Turn
from inscape.rendering import encode
from inscape.rendering.behavior import Behavior, choose, probe
from inscape.rendering.encode import Encoding
from inscape.rendering.preview import Plan, estimate, preview
from inscape.rendering.templates import ChatTemplate, aliased, render
from tests.rendering import shipped

REAL = shipped.script("real_renderings")
Job = dict[str, Any]


def conversation(talk: str, *, system: bool = True) -> Conversation:
    said, exchanges = REAL.TALKS[talk]
    turns = [turn for ask, mind, reply in exchanges for turn in (Turn("user", ask), Turn("assistant", reply, mind))]
    return Conversation(tuple(turns), said if system else None)


@pytest.fixture(scope="module")
def found() -> shipped.Shipped:
    return shipped.load()


@pytest.fixture(scope="module")
def behaviors(found: shipped.Shipped) -> dict[str, Behavior]:
    return {name: probe(template) for name, template in found.templates.items()}


def test_there_are_as_many_as_the_four_projects_ship(found: shipped.Shipped) -> None:
    by_project = {source: sum(name.startswith(source) for name in found.templates) for source in SOURCES}
    assert by_project == SOURCES
    assert len({template.source for template in found.templates.values()}) == 191


SOURCES = {"axolotl": 36, "llamacpp": 70, "trl": 72, "unsloth": 29}


def test_our_rendering_is_that_of_transformers_to_the_letter(found: shipped.Shipped) -> None:
    wrong = [job for job in found.real if ours(found.templates[job["template"]], job) != theirs(job)]
    assert not wrong, f"{len(wrong)} of {len(found.real)}, such as {wrong[0]}"
    assert sum("error" not in job for job in found.real) > 5000


def ours(template: ChatTemplate, job: Job) -> object:
    said = aliased(encode.messages(conversation(job["talk"]), job["encoding"], job["tag"]))
    at = [number for number, one in enumerate(said) if one["role"] == "assistant"]
    text = partial(render, template, kwargs=job["kwargs"])
    try:
        return REAL.sha(text(said)), [REAL.sha(text(said[:n], add_generation_prompt=True)) for n in at]
    except DataError:
        return "error"


def theirs(job: Job) -> object:
    return "error" if "error" in job else (job["text"], job["prompts"])


def test_what_we_predict_to_survive_is_what_survives_in_transformers(found: shipped.Shipped) -> None:
    predicted = {name: probe(template, alias=aliased) for name, template in found.templates.items()}
    compared = 0
    for job in found.real:
        for turn, (said, real) in enumerate(
            zip(predictions(predicted[job["template"]], job), truth(job), strict=True), 1
        ):
            assert said == real, f"turn {turn} of {job}: predicted {said}, it is {real}"
            compared += real is not None
    assert compared > 12_000


def test_what_we_predict_to_survive_is_what_survives_without_aliases(
    found: shipped.Shipped, behaviors: dict[str, Behavior]
) -> None:
    """As with transformers before 5.21 and other runtimes: each template reads its own field alone."""
    compared = 0
    for job in found.real:
        template = found.templates[job["template"]]
        talk = conversation(job["talk"])
        try:
            text = render(template, encode.messages(talk, job["encoding"], job["tag"]), kwargs=job["kwargs"])
        except DataError:
            real: list[bool | None] = [None] * (len(talk.turns) // 2)
        else:
            real = [turn.thought in text if turn.thought else None for turn in talk.turns[1::2]]
        said = list(predictions(behaviors[job["template"]], job))
        assert said == real, f"{job}: predicted {said}, it is {real}"
        compared += sum(one is not None for one in real)
    assert compared > 12_000


def predictions(behavior: Behavior, job: Job) -> Iterator[bool | None]:
    """From the probes alone; None where the turn has no thought or nothing renders."""
    talk = conversation(job["talk"])
    way = behavior.way(job["encoding"], job["tag"], job["kwargs"])
    turns = len(talk.turns) // 2
    for number, turn in enumerate(talk.turns[1::2], 1):
        yield way.keeps(number, turns, system=bool(talk.system)) if way and turn.thought else None


def truth(job: Job) -> list[bool | None]:
    none: list[bool | None] = [None] * len(REAL.TALKS[job["talk"]][1])
    return none if "error" in job else list(job["kept"])


@pytest.mark.parametrize("system", [False, True])
def test_no_choice_loses_a_thought(found: shipped.Shipped, behaviors: dict[str, Behavior], system: bool) -> None:
    """Each answer as a row of its own: thought and reply are trained after exactly the prompt at inference."""
    refused = 0
    for name, behavior in behaviors.items():
        choice = choose(behavior, systems={system})
        assert choice.reason.endswith((".", ")", "undefined")), choice.reason
        if choice.encoding == "refused":
            refused += 1
            continue
        plan = Plan(found.templates[name], choice, "thinking")
        way = behavior.way(choice.encoding, choice.tag, choice.kwargs)
        assert way
        for talk in REAL.TALKS:
            for view in preview(1, with_system(talk, system), plan, estimate, 100_000):
                assert view.thought_in_training in (True, None), (name, talk, view)
                allowed = {"ok"} if view.thought_in_training or way.without else {"ok", "prompt-differs"}
                assert view.verdict in allowed, (name, talk, view)
    assert refused == {False: REFUSED, True: REFUSED_UNDER_SYSTEM}[system]


def test_ministral_s_own_place_takes_only_lists_and_the_tag_is_proven(
    found: shipped.Shipped, behaviors: dict[str, Behavior]
) -> None:
    listed = {name: behavior for name, behavior in behaviors.items() if behavior.parts}
    assert "llamacpp/mistralai-Ministral-3-14B-Reasoning-2512.jinja" in listed
    for name, behavior in listed.items():
        choice = choose(behavior)
        if choice.encoding == "content":
            assert "only from a list of parts" in choice.reason, name


def test_a_choice_gives_the_same_text_with_and_without_aliases(
    found: shipped.Shipped, behaviors: dict[str, Behavior]
) -> None:
    """So the rows are right for every version of transformers, and for runtimes that know no aliases."""
    compared = 0
    for name, template in found.templates.items():
        choice = choose(behaviors[name])
        if choice.encoding == "refused":
            continue
        for talk in REAL.TALKS:
            for row in encode.answers(with_system(talk, False), choice.encoding, choice.tag, choice.unroll):
                assert render(template, row, kwargs=choice.kwargs) == render(
                    template, aliased(row), kwargs=choice.kwargs
                ), (name, talk)
                compared += 1
    assert compared > 1000


def with_system(talk: str, system: bool) -> Conversation:
    return replace(conversation(talk), system="Be Deniz, from the inside." if system else None)


TABLE: tuple[tuple[Encoding, str | None, str], ...] = (
    ("content", "thinking", "`<thinking>` in the content"),
    ("content", "think", "`<think>` in the content"),
    ("reasoning_content", None, "`reasoning_content`"),
)
REFUSED = 31
REFUSED_UNDER_SYSTEM = 39


def test_the_numbers_of_the_page_are_these(found: shipped.Shipped, behaviors: dict[str, Behavior]) -> None:
    page = (shipped.ROOT / "docs" / "preview.md").read_text(encoding="utf-8")
    fates = [fate for job in found.real for fate in truth(job) if fate is not None]
    errors = sum("error" in job for job in found.real)
    assert f"| {len(found.real):,}, of which {errors} are refused by both |" in page
    assert f"| {len(fates):,}, of which {sum(fates):,} survive |" in page
    names = {template.source: name for name, template in found.templates.items()}
    distinct = [behaviors[name] for name in names.values()]
    for encoding, tag, shown in TABLE:
        cases = [way.plain for one in distinct if (way := one.way(encoding, tag)) and way.plain]
        whole = sum(case.final and case.earlier for case in cases)
        last = sum(case.final and not any(kept for probe in case.kept for kept in probe[:-1]) for case in cases)
        assert f"| {shown} | {whole} | {last} | {len(distinct) - whole - last} |" in page
    injected = sum(bool((way := one.way("content", "thinking")) and way.injected) for one in distinct)
    assert f"{injected} of them put an empty thought" in page
    made = [choose(one).encoding for one in distinct]
    refused = made.count("refused")
    own = len(made) - refused - made.count("content")
    words = " ".join(page.split())
    assert f"own channel for {own}, a tag for {made.count('content')}, and refuses {refused};" in words
    under = [choose(one, systems={True}).encoding for one in distinct].count("refused")
    assert f"with one it refuses {under}," in words


def test_what_the_model_sees_is_the_output_of_today(found: shipped.Shipped) -> None:
    writing = shipped.script("what_the_model_sees")
    assert found.templates
    assert writing.page(shipped.FOLDER.resolve()) == writing.PAGE.read_text(encoding="utf-8"), "run `make templates`"
