"""A Modelfile: what Ollama's parser reads out of it is what was put in."""

from __future__ import annotations

import pytest

from inscape.stages.modelfile import (
    MOST_CONTEXT,
    Modelfile,
    Parameter,
    changed,
    name_of,
    parameters,
    untouched,
    valid_name,
)


def read(text: str) -> list[tuple[str, str]]:
    """The commands of a Modelfile as Ollama's parser/parser.go reads them, letter by letter."""
    made: list[tuple[str, str]] = []
    state, name, held = "nil", "", ""
    for one in text:
        following, kept = _next(state, one)
        if following != state:
            if state == "name":
                name, following = held.lower(), "parameter" if held.lower() == "parameter" else following
            elif state == "parameter":
                name = held
            elif state == "value":
                value, whole = _unquoted(held.strip())
                if not whole or one in " \t":
                    held += one
                    continue
                made.append((name, value))
            held, state = "", following
        if kept and one.isprintable():
            held += one
    if state == "value":
        value, whole = _unquoted(held.strip())
        assert whole, "the file ends inside quotes"
        made.append((name, value))
    return made


def _next(state: str, one: str) -> tuple[str, bool]:
    space, line = one in " \t", one in "\r\n"
    match state:
        case "nil":
            return ("comment", False) if one == "#" else ("nil", False) if space or line else ("name", True)
        case "comment":
            return ("nil", False) if line else ("comment", False)
        case "value":
            return ("nil", True) if space or line else ("value", True)
        case _:
            assert space or one.isalnum() or one == "_", f"Ollama stops at {one!r}"
            return ("value", False) if space else (state, True)


def _unquoted(text: str) -> tuple[str, bool]:
    for mark in ('"""', '"'):
        if text.startswith(mark):
            whole = len(text) >= 2 * len(mark) and text.endswith(mark)
            return text[len(mark) : -len(mark)] if whole else "", whole
    return text, True


SYSTEMS = (
    "You are the sea.",
    "One line\nand another\n\n  indented, with a tab\there",
    '"Quoted" from the first letter to the "last"',
    "A # that is no comment\n# nor this\nFROM nowhere",
    'Three """ in the middle',
    "Ends with a space ",
    "Türkçe, 日本語, 🦙 and “quotes”",
    "PARAMETER stop x",
    "\nbegins with a line",
)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_prompt_comes_back_letter_for_letter(system: str) -> None:
    made = Modelfile("../model-f16.gguf", (Parameter("stop", "<|im_end|>"),), system, "MIT", ("No TEMPLATE.",))
    assert read(made.text()) == [
        ("from", "../model-f16.gguf"), ("stop", "<|im_end|>"), ("system", system), ("license", "MIT"),
    ]  # fmt: skip
    assert changed(system) == []


def test_what_would_end_the_text_gets_a_space_and_is_said() -> None:
    system = 'Say """\nand """ \t\nthen stop.'
    ((_, _), (_, read_back)) = read(Modelfile("x.gguf", (), system).text())
    assert read_back == 'Say "" "\nand "" " \t\nthen stop.'
    assert "Three quotes" in changed(system)[0]


def test_signs_that_ollama_drops_are_named() -> None:
    system = "no\u00a0break and zero\u200bwidth"
    ((_, _), (_, read_back)) = read(Modelfile("x.gguf", (), system).text())
    assert read_back == "nobreak and zerowidth"
    assert changed(system) == ["Ollama drops signs that it cannot print: U+00A0, U+200B stand in the system prompt."]


def test_stops_context_and_sampling() -> None:
    made = parameters(["<|im_end|>", "<|im_end|>\n", "</s>", "", "a\nb"], 131_072, [Parameter("temperature", "0.7")])
    assert [(one.name, one.value) for one in made] == [
        ("stop", "<|im_end|>"), ("stop", "</s>"), ("num_ctx", str(MOST_CONTEXT)), ("temperature", "0.7"),
    ]  # fmt: skip
    text = Modelfile("x.gguf", made).text()
    assert "# num_ctx: of the model's 131,072; more takes more memory\n" in text
    assert read(text)[1:] == [(one.name, one.value) for one in made]
    assert [one.value for one in parameters([], 512, [])] == ["512"]
    assert parameters([], None, []) == ()


@pytest.mark.parametrize("stop", ['"', '""', "[/INST]", "### User:", "<end of turn>"])
def test_marks_of_every_kind(stop: str) -> None:
    assert read(Modelfile("x.gguf", (Parameter("stop", stop),)).text())[1] == ("stop", stop)


def test_it_is_known_as_ours_until_a_person_changes_it() -> None:
    text = Modelfile("x.gguf", (), "The sea.").text()
    assert untouched(text)
    assert not untouched(text.replace("sea", "see"))
    assert not untouched(text + "PARAMETER seed 1\n")
    assert not untouched("FROM x\n")


def test_names() -> None:
    assert [name_of(one) for one in ("peft-1", "My Sea!", "--", "Ünder")] == ["peft-1", "my-sea", "inscape", "nder"]
    assert all(valid_name(one) for one in ("sea", "me/sea:q4_K_M", "a.b-c_d"))
    assert not any(valid_name(one) for one in ("", "Sea", "a b", "../x", "-x", "sea;rm", "sea\n"))
