"""Templates: a file of one's own, a collection as people have it, the catalog, and the proposal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.elicitation.slots import check, find
from inscape.elicitation.templates import catalog, core, examine, parse_file, propose
from inscape.errors import TemplateError
from inscape.records import Passage, Shape, Template

OWN = """---
name: night-watch
number: 7
title: Night watch
purpose: Being awake while others sleep: and saying so.
structure: state
words: 20-80
exchanges: 4-6
fits: sleeplessness, waiting, dread
---

Here it is:

[PASTE_PASSAGE]

---
Answer in JSON.
"""

PEOPLES = """# Elicitation templates

Notes of mine, with an example:

```
**TEMPLATE 99: NOT ONE**
```

**TEMPLATE 1: DIRECT INNER MONOLOGUE**

Use this first.

```
Read this passage:
[PASTE_PASSAGE]

Write 150-300 words. Core: [core_phenomenology: e.g., 'fragmented awakening']
{"instruction": "...", "input": "", "output": "..."}
```

**TEMPLATE 2: Conversation**
````text
[PASTE_PASSAGE]
Write 2 exchanges:
```json
{"conversations": [{"from": "human", "value": "..."}, {"from": "assistant", "value": "<thinking>..</thinking>"}]}
```
Thank you.
````
## TEMPLATE 3: Continuity
~~~
[PASTE_PASSAGE] 4-6 exchanges. {"conversations": [{"from": "human"}, {"emotional_state": "..."}]}
~~~
**TEMPLATE 4: INTERNAL**
```
[PASTE_PASSAGE]
```json
{"turns": [{"user": "", "assistant_internal": {}, "assistant_response": ""}]}
```
Only that.
```
"""


def passage(*phenomenology: str) -> Passage:
    return Passage("p-1", 1, "T", "Text.", phenomenology, (), 1)


def test_reads_a_file_of_ones_own() -> None:
    (template,) = parse_file(OWN, "templates/night.md")
    assert (template.name, template.number, template.title) == ("night-watch", 7, "Night watch")
    assert template.purpose == "Being awake while others sleep: and saying so."
    assert template.fits == ("sleeplessness", "waiting", "dread")
    assert template.shape == Shape("state", (4, 6), (20, 80))
    assert template.body == "Here it is:\n\n[PASTE_PASSAGE]\n\n---\nAnswer in JSON."
    assert (template.source, template.line) == ("templates/night.md", 12)
    assert OWN.splitlines()[template.line - 1] == "Here it is:"


def test_what_the_front_matter_leaves_out_has_a_default() -> None:
    (template,) = parse_file('---\nfits: a\n---\n[PASSAGE]\n{"instruction": "", "output": ""}', "x/My Own.md")
    assert (template.name, template.title, template.number) == ("my-own", "My own", None)
    assert template.shape == Shape("plain", (1, 1))
    assert parse_file(OWN.replace("exchanges: 4-6\n", ""), "n.md")[0].shape.exchanges == (1, 12)


@pytest.mark.parametrize(
    ("old", "new", "line", "severity", "said"),
    [
        ("structure: state", "structure: poem", 6, "error", "one of plain, thinking, state, internal"),
        ("words: 20-80", "words: many", 7, "error", "range such as 150-300"),
        ("words: 20-80", "words: 80-20", 7, "error", "range such as 150-300"),
        ("exchanges: 4-6", "exchanges: 0", 8, "error", "range such as 4-6"),
        ("number: 7", "number: -1", 3, "error", "whole number"),
        ("purpose:", "Purpse:", 5, "warning", "Did you mean 'purpose'?"),
        ("purpose: ", "purpose ", 5, "error", "`key: value`"),
        ("fits:", "number: 8\nfits:", 9, "error", "stands twice, first in line 3"),
        ("Here it is:\n\n[PASTE_PASSAGE]\n\n---\nAnswer in JSON.\n", "", 10, "error", "no prompt"),
    ],
)
def test_what_is_wrong_in_front_matter_has_its_line(old: str, new: str, line: int, severity: str, said: str) -> None:
    text = OWN.replace(old, new, 1)
    _, (problem,) = examine(text, "templates/night.md")
    assert (problem.line, problem.severity) == (line, severity)
    assert said in problem.message
    if severity == "error":
        with pytest.raises(TemplateError, match=rf"^templates/night\.md, line {line}: "):
            parse_file(text, "templates/night.md")
    else:
        assert len(parse_file(text, "templates/night.md")) == 1


def test_front_matter_that_is_never_closed() -> None:
    with pytest.raises(TemplateError, match=r"n\.md, line 1: The front matter is never closed"):
        parse_file("---\nname: x\n\n[PASTE_PASSAGE]\n", "n.md")


def test_reads_a_collection_as_people_have_it() -> None:
    templates, problems = examine(PEOPLES, "elicitation_templates.md")
    assert problems == []
    assert [(t.number, t.name) for t in templates] == [
        (1, "direct-inner-monologue"), (2, "conversation"), (3, "continuity"), (4, "internal"),
    ]  # fmt: skip
    assert [t.shape for t in templates] == [
        Shape("plain", (1, 1), (150, 300)),
        Shape("thinking", (2, 2)),
        Shape("state", (4, 6)),
        Shape("internal", (1, 12)),
    ]
    assert templates[0].title == "Direct inner monologue"
    assert templates[1].body.endswith("```\nThank you.")
    assert templates[3].body.endswith("```\nOnly that.")
    for template in templates:
        assert PEOPLES.splitlines()[template.line - 1] == template.body.splitlines()[0]


def test_a_collection_is_read_alike_with_other_line_endings() -> None:
    crlf = parse_file(PEOPLES.replace("\n", "\r\n"), "e.md")
    assert [t.hash for t in crlf] == [t.hash for t in parse_file(PEOPLES, "e.md")]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("**TEMPLATE 1: A**\nthe prompt\n", 1, "no fenced block follows"),
        ("\n**TEMPLATE 1: A**\n\n**TEMPLATE 2: B**\n```\nx\n```\n", 2, "no fenced block follows"),
        ("**TEMPLATE 1: A**\n```\nprompt\n", 2, "never closed"),
        ("**TEMPLATE 1: A**\n```\nprompt\n**TEMPLATE 2: B**\n```\nx\n```\n", 2, "never closed"),
        ("**TEMPLATE 1: A**\n````\nprompt\n```\n", 2, "Put a line of ````"),
        ("**TEMPLATE 1: A**\n```\n```\n", 3, "empty"),
    ],
)
def test_a_block_that_is_not_whole_is_an_error_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_file(text, "e.md")
    assert str(caught.value).startswith(f"e.md, line {line}: ")
    assert said in str(caught.value)


def test_a_file_without_a_template_says_what_to_write() -> None:
    with pytest.raises(TemplateError, match=r"e\.md: no template in it"):
        parse_file("Just a prompt with [PASTE_PASSAGE].\n", "e.md")


def test_blank_lines_before_a_prompt_are_counted() -> None:
    assert parse_file('**TEMPLATE 1: A**\n```\n\n\n[PASSAGE] {"output": ""}\n```\n', "e.md")[0].line == 5


def test_a_prompt_without_json_is_read_and_said() -> None:
    (template,), (problem,) = examine("**TEMPLATE 1: A**\n```\n[PASTE_PASSAGE] Write.\n```\n", "e.md")
    assert template.shape == Shape("plain")
    assert (problem.line, problem.severity) == (3, "warning")


@pytest.mark.parametrize(
    ("words", "exchanges"),
    [
        ("Write four to six exchanges.", (4, 6)),
        ("A 2-exchange talk", (2, 2)),
        ("one or two exchanges", (1, 2)),
        ("Write 4-6 turns.", (2, 6)),
        ("Write 8 messages.", (4, 8)),
        ("Write a talk.", (1, 12)),
    ],
)
def test_the_number_of_exchanges_is_read_or_generous(words: str, exchanges: tuple[int, int]) -> None:
    text = f'**TEMPLATE 1: A**\n```\n[PASSAGE]\n{words}\n{{"conversations": []}}\n```\n'
    assert parse_file(text, "e.md")[0].shape.exchanges == exchanges


def test_the_hash_is_of_the_prompt_and_the_shape_and_of_nothing_else() -> None:
    (base,) = parse_file(OWN, "a.md")
    same = OWN.replace("Night watch", "Other").replace("number: 7", "number: 8").replace("waiting", "w")
    assert parse_file(same, "b.md")[0].hash == base.hash
    for old, new in (("Here", "There"), ("state\n", "thinking\n"), ("4-6", "4-7"), ("20-80", "20-81")):
        assert parse_file(OWN.replace(old, new), "a.md")[0].hash != base.hash


@given(st.text(alphabet='*#T EMPLAT1:`~-\n[]{}"name', max_size=200))
def test_any_text_is_read_or_refused_with_its_source(text: str) -> None:
    try:
        templates, _ = examine(text, "e.md")
    except TemplateError as error:
        said, templates = str(error), []
    else:
        said = "e.md"
    assert said.startswith("e.md")
    assert all(template.body in text for template in templates)


# ---------------------------------------------------------------- the core templates


def test_the_core_templates_are_whole() -> None:
    templates = core()
    assert [t.number for t in templates] == [1, 2, 3, 4, 5]
    assert len({t.name for t in templates}) == len({t.hash for t in templates}) == 5
    assert [t.shape.structure for t in templates] == ["plain", "thinking", "state", "plain", "thinking"]
    for template in templates:
        assert template.source == "core"
        assert template.purpose
        assert len(template.fits) >= 3
        assert check(template) == []
        assert {slot.name for slot in find(template)} >= {"passage", "core_phenomenology"}


# ---------------------------------------------------------------- catalog


def named(name: str, number: int | None, source: str = "templates/x.md") -> Template:
    return Template(name, number, name.title(), "", (), Shape("plain"), "[PASSAGE]", name, source)


CORE = [named("inner", 1, "core"), named("visible", 2, "core"), named("meta-awareness", 3, "core")]


def test_templates_are_found_by_number_name_and_title() -> None:
    both = catalog(CORE, [named("mine", None)])
    assert [t.name for t in both.templates] == ["inner", "visible", "meta-awareness", "mine"]
    for reference in ("3", "Template 3", "meta-awareness", "Meta Awareness", "META_AWARENESS", "Meta-Awareness"):
        assert both.get(reference).name == "meta-awareness"
    assert both.find("9") is None
    assert both.notes == ()


def test_what_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(TemplateError, match=r"no template 'vissible'\. Did you mean 'visible'\? There are: 1 inner, 2"):
        catalog(CORE, []).get("vissible")


@pytest.mark.parametrize("own", [named("mine", 2), named("Visible", None), named("visible", 2)])
def test_ones_own_stands_before_the_core_one_and_says_so(own: Template) -> None:
    both = catalog(CORE, [own])
    assert len(both.templates) == 3
    for reference in ("2", "visible"):
        assert both.get(reference) == replace(own, number=2)
    assert both.notes == (f"templates/x.md: '{own.name}' replaces the core template 2 'visible'.",)
    assert {"2", "visible", own.name, "1"} <= both.known


@pytest.mark.parametrize(("two", "what"), [(named("a", 2), "name"), (named("b", 1), "number")])
def test_two_of_ones_own_may_not_be_the_same(two: Template, what: str) -> None:
    with pytest.raises(TemplateError, match=f"has the same {what} as 'a' in templates/x.md"):
        catalog(CORE, [named("a", 1), two])


# ---------------------------------------------------------------- proposal


def test_proposes_what_meets_the_readers_words_first() -> None:
    there = catalog(core(), [])
    for template in there.templates:
        found = propose(passage(template.fits[0], template.fits[1]), there)
        assert 3 <= len(found) <= 5
        assert len({p.template.name for p in found}) == len(found)
        assert template.name in [p.template.name for p in found]
        assert re.search(r"'.+' meets '.+'", found[0].reason)


def test_proposes_three_where_nothing_meets_and_says_so() -> None:
    found = propose(passage(), catalog(core(), []))
    assert [p.template.number for p in found] == [1, 2, 3]
    assert all("none of its words" in p.reason for p in found)
    assert len(propose(passage("x"), catalog([CORE[0]], []))) == 1
