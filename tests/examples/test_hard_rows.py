"""Rows that are hard to read: each is taken whole or refused alone, with a reason that can be printed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import DataError
from inscape.examples import serialize, structures
from inscape.examples.files import Row, evidence, read_file, understood
from inscape.examples.shapes import read_row
from inscape.records import STRUCTURES, Turn
from tests.conftest import Run

GOOD = {"instruction": "a", "output": "b"}
BROKEN = '{"instruction": "a", "output" "b"}'


def rows(text: str, name: str = "x.json") -> list[Row]:
    return list(read_file(text.encode("utf-8", "surrogatepass"), name))


def problem(row: Row) -> str | None:
    try:
        understood(row, tag="thinking")
    except DataError as error:
        return str(error)
    return None


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def around(value: str) -> str:
    """A one-line array: a row with that value, and a good one."""
    return f'[{{"instruction": "a", "output": "b", "x": {value}}}, {json.dumps(GOOD)}]'


# ---------------------------------------------------------------- one row is one row


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1" * 5000, "a number with too many digits"),
        ("[" + "1" * 5000 + "]", "a number with too many digits"),
        (deep(101), "nested too deep"),
        (deep(600), "nested too deep"),
        (deep(950), "nested too deep"),
        (deep(5000), "nested too deep"),
        ('["]]]", "\\"[", ' + deep(5000) + "]", "nested too deep"),
        ('{"a": 1, "a": 2}', '"a" stands twice'),
        ('{"b": ' + deep(600) + ', "a": 1, "a": 2}', '"a" stands twice'),
        ('{"a\\ud83d": 1, "a\\ud83d": 2}', "stands twice"),
        ('"\\ud83d"', "surrogate"),
        ("1e999", "NaN or an infinite number"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_value_that_cannot_be_taken_costs_its_own_row(value: str, reason: str) -> None:
    for text, name in ((around(value), "x.json"), (around(value)[1:-1].replace("}, {", "}\n{"), "x.jsonl")):
        first, second = rows(text, name)
        assert reason in (problem(first) or "")
        assert problem(second) is None
        (problem(first) or "").encode()
        evidence(first).encode()


def test_what_is_nested_as_people_nest_is_taken_and_written() -> None:
    row = rows(around(deep(90)))[0]
    found = understood(row, tag="thinking").conversation
    assert serialize.loads(serialize.dumps(found)) == found


@pytest.mark.parametrize("under", ['{"x": ' + deep(700) + "}", '{"x": "\\ud83d"}'])
def test_what_the_object_around_the_rows_holds_is_looked_at_too(under: str) -> None:
    [row] = rows(f'{{"metadata": {under}, "data": [{json.dumps(GOOD)}]}}')
    assert problem(row)


def test_names_beside_the_rows_can_be_printed() -> None:
    [row] = rows(f'{{"x\\ud83d": 1, "data": [{json.dumps(GOOD)}]}}')
    assert row.beside == ("x\ufffd",)


@pytest.mark.parametrize("key", ["certainty", "uncertainty_level"])
def test_a_certainty_beyond_all_numbers_is_refused(key: str) -> None:
    with pytest.raises(DataError, match=f'"{key}" is the number 10*…, which is too large'):
        read_row({**GOOD, key: 10**400})


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('{"score": NaN}', "NaN"),
        ('{"score": 1e999}', "infinite"),
        ('{"note": "\\ud83d"}', "surrogate"),
        ('{"category": "a", "category": "b"}', 'the field "category" stands twice'),
        ('{"a": {"\\ud83d": 1, "\\ud83d": 2}}', "stands twice"),
        ('{"a": ' + deep(950) + "}", "nested too deep"),
        ('{"a": ' + deep(5000) + "}", "nested too deep"),
        ('{"a": ' + "1" * 5000 + "}", "too many digits"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_cell_of_metadata_is_held_to_what_json_is(cell: str, reason: str) -> None:
    quoted = cell.replace('"', '""')
    first, second = rows(f'instruction,output,metadata\na,b,"{quoted}"\na,b,\n', "x.csv")
    assert reason in (problem(first) or "")
    assert problem(second) is None
    (problem(first) or "").encode()


def test_many_broken_rows_take_no_more_time_each() -> None:
    def took(count: int) -> float:
        text = "[\n" + ",\n".join([BROKEN] * count) + "\n]"
        began = time.perf_counter()
        assert sum(row.problem is not None for row in read_file(text.encode(), "x.json")) == count
        return time.perf_counter() - began

    took(100)
    assert took(16_000) < 40 * took(1_000)  # 16 times as many; one by one through the whole text it was 250


def test_lines_and_columns_are_those_of_the_file() -> None:
    good = json.dumps(GOOD)
    told = rows(f"[\n  {good},\n  {BROKEN},\n  {good}\n]")[1].problem
    assert told == "line 3, column 33: a colon is missing after a field's name; reading goes on at line 4"


@pytest.mark.parametrize(
    ("text", "name", "unread"),
    [
        (f"[{BROKEN}, {json.dumps(GOOD)}]", "x.json", True),
        (f"[\n{BROKEN},\n{json.dumps(GOOD)}\n]", "x.json", False),
        (f"[{json.dumps(GOOD)}", "x.json", True),
        (f"[{json.dumps(GOOD)}] and more", "x.json", True),
        (f"{BROKEN}\n{json.dumps(GOOD)}", "x.jsonl", False),
        ('instruction,output\n"a"b,c\nd,e\n', "x.csv", True),
        ("instruction,output\na,b,c\nd,e\n", "x.csv", False),
        (around("1" * 5000), "x.json", False),
    ],
)
def test_the_last_line_says_so_where_the_rest_could_not_be_read(
    text: str, name: str, unread: bool, project: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("import", tmp_path / name)
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert ("could not be read to the end. All rows that were read stand." in last) == unread
    assert ("all others stand" in last) != unread


# ---------------------------------------------------------------- what stands beside a question


def test_a_plain_number_beside_a_question_is_text() -> None:
    found = read_row({"instruction": "Double this number.", "input": 21, "output": "42"})
    assert found.turns[0] == Turn("user", "Double this number.", input="21")
    assert read_row({"question": "And?", "context": 2.5, "answer": "5"}).turns[0].input == "2.5"


@pytest.mark.parametrize(
    ("held", "kind"), [(["Ann is home."], "a list"), ({"a": 1}, "an object"), (True, "true or false")]
)
@pytest.mark.parametrize("shape", [("instruction", "input", "output"), ("question", "context", "answer")])
def test_anything_else_beside_it_is_refused(held: object, kind: str, shape: tuple[str, str, str]) -> None:
    ask, beside, answer = shape
    with pytest.raises(DataError, match=f'"{beside}" must be text, not {kind}'):
        read_row({ask: "Who is it?", beside: held, answer: "Ann"})


# ---------------------------------------------------------------- indentation


CODE = "    x = 1\n    return x"


@pytest.mark.parametrize("before", ["", "\n", "\r\n\n", "  \n"])
@pytest.mark.parametrize(
    "tagged", ["", "<thinking>Short.</thinking>\n", '<thinking effort="low"/>\n\n', "So.\n</think>\n"]
)
def test_the_indentation_of_a_reply_stays(before: str, tagged: str) -> None:
    found = read_row({"instruction": CODE, "output": f"{tagged}{before}{CODE}  \n\n"})
    assert [turn.text for turn in found.turns] == [CODE, CODE]
    for structure in STRUCTURES:
        assert read_row(structures.render(found, structure)) == found


@pytest.mark.parametrize("text", [" Hi.", "Hi. ", "\n Hi.", "<think>a</think> Hi.", "<think>a</think>   Hi."])
def test_one_blank_before_an_answer_is_no_indentation(text: str) -> None:
    assert read_row({"instruction": "Hello", "output": text}).turns[1].text == "Hi."


# ---------------------------------------------------------------- what the file says for all rows


UNDER: dict[str, Any] = {"system": "You are Jessy.", "metadata": {"language": "tr"}}


def test_check_and_import_read_what_stands_around_the_rows(project: Path, tmp_path: Path, run: Run) -> None:
    row = {"instruction": "What is the sky?", "output": "It is blue, and the light of the day is scattered by the air."}
    (tmp_path / "x.json").write_text(json.dumps({**UNDER, "data": [row]}), encoding="utf-8")
    done = run("check", tmp_path / "x.json", "--only", "language")
    assert "the reply is in 'en', and 'tr' was expected" in done.out


@pytest.mark.parametrize("value", ['"\\ud83d"', '{"a\\ud83d": 1, "a\\ud83d": 2}', deep(950)])
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_check_shows_what_a_broken_row_holds(
    value: str, how: tuple[str, ...], project: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "x.json").write_text(around(value), encoding="utf-8")
    done = run("check", tmp_path / "x.json", "--only", "shape", *how)
    assert done.code == 3
    done.out.encode()
    assert "shape" in done.out
