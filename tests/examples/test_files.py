from __future__ import annotations

import json

import pytest

from inscape.errors import DataError
from inscape.examples.files import Row, read_file

A, B, C = {"prompt": "a"}, {"prompt": "b"}, {"prompt": "c"}
LINES = "".join(f"{json.dumps(one)}\n" for one in (A, B, C))
PRETTY = json.dumps([A, B, C], indent=2)


def rows(text: str | bytes, name: str = "x.json") -> list[Row]:
    return list(read_file(text.encode() if isinstance(text, str) else text, name))


def values(found: list[Row]) -> list[object]:
    return [row.value for row in found if row.problem is None]


def problems(found: list[Row]) -> list[tuple[int, str]]:
    return [(row.number, row.problem) for row in found if row.problem is not None]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([A, B, C]),
        PRETTY,
        LINES,
        LINES.replace("\n", "\r\n"),
        LINES.replace("\n", "\n\n"),
        "\n".join(json.dumps(one, indent=2) for one in (A, B, C)),
        " ".join(json.dumps(one) for one in (A, B, C)),
        ",\n".join(json.dumps(one) for one in (A, B, C)),
        json.dumps({"version": 2, "data": [A, B, C]}),
        json.dumps({"examples": [A, B, C]}, indent=2),
        "[" + ",\n".join(json.dumps(one) for one in (A, B, C)) + ",]",
        PRETTY.replace("},", "}"),
        "prompt,completion\na,1\nb,2\nc,3\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_rows_come_out_of_every_form_and_encoding(text: str, encoding: str) -> None:
    name = "x.csv" if text.startswith("prompt,") else "x.jsonl"
    found = rows(text.encode(encoding), name)
    assert [row.number for row in found] == [1, 2, 3]
    assert [value["prompt"] for value in values(found) if isinstance(value, dict)] == ["a", "b", "c"]


WRAPPED = {"system": "You are Jessy.", "version": 2, "metadata": {"language": "tr"}, "note": None, "data": [A, B]}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("one_row_a_line", [False, True])
def test_fields_beside_a_list_of_rows_are_laid_under_them_or_named(indent: int | None, one_row_a_line: bool) -> None:
    text = json.dumps(WRAPPED, indent=indent)
    if one_row_a_line:
        text = json.dumps(WRAPPED).replace('{"system', '{\n"system').replace(' "data": [', '\n"data": [\n')
        text = text.replace('{"prompt": "a"}, ', '{"prompt": "a"},\n').replace("]}", "\n]}")
    found = rows(text)
    assert values(found) == [A, B]
    assert [row.under for row in found] == [{"system": "You are Jessy.", "metadata": {"language": "tr"}}] * 2
    assert [row.beside for row in found] == [("version",), ()]


def test_a_field_beside_the_rows_that_is_of_the_wrong_kind_is_named() -> None:
    found = rows(json.dumps({"system": 3, "metadata": "m", "data": [A, B]}))
    assert [(row.under, row.beside) for row in found] == [({}, ("system", "metadata")), ({}, ())]


def test_a_row_alone_and_a_conversation_in_it_are_not_taken_apart() -> None:
    talk = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    assert values(rows(json.dumps(talk))) == [talk]
    assert values(rows(json.dumps(talk, indent=1))) == [talk]
    assert values(rows(json.dumps({"conversations": [talk, talk]}))) == [talk, talk]
    assert values(rows(json.dumps(A))) == [A]


def test_lines_are_counted() -> None:
    assert [row.line for row in rows(LINES)] == [1, 2, 3]
    assert [row.line for row in rows(PRETTY)] == [2, 5, 8]
    assert [row.line for row in rows('prompt,completion\n"a\nb",1\nc,2\n', "x.csv")] == [2, 4]


def test_a_line_separator_inside_a_text_is_no_line_end() -> None:
    text = json.dumps({"prompt": "a\u2028b\x85c"}, ensure_ascii=False)
    assert values(rows(f"{text}\n{text}\n")) == [{"prompt": "a\u2028b\x85c"}] * 2


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ('{"prompt": "b', "line 2, column 12: a text that begins here is never closed"),
        ('{"prompt": "b",', "line 2, column 16: a field's name in double quotes is missing"),
        ('{"prompt": [{"a": 1},', "line 2, column 22: a value is missing"),
        ('{"prompt" "b"}', "line 2, column 11: a colon is missing"),
        ("{'prompt': 'b'}", "line 2, column 2: a field's name in double quotes is missing"),
        ("hello", "line 2, column 1: a value is missing or is not JSON"),
        ('{"prompt": "b", "prompt": "c"}', 'line 2: the field "prompt" stands twice'),
        ('{"a": [{"prompt": "b", "prompt": "c"}]}', 'line 2: the field "prompt" stands twice'),
        ('{"prompt": ' + "9" * 5000 + "}", "too many digits"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_broken_line_costs_one_row(broken: str, words: str) -> None:
    found = rows(f"{json.dumps(A)}\n{broken}\n{json.dumps(C)}\n", "x.jsonl")
    assert values(found) == [A, C]
    assert [row.number for row in found] == [1, 2, 3]
    [(number, problem)] = problems(found)
    assert number == 2
    assert words in problem


def test_the_first_line_may_be_the_broken_one() -> None:
    found = rows('{"tags": [1, \n' + LINES)
    assert values(found) == [A, B, C]
    assert problems(found)[0][1].startswith("line 1, column 1")


def test_lines_that_are_all_broken_are_reported_each_on_its_own() -> None:
    found = rows(LINES.replace("}", ""), "x.jsonl")
    assert [(row.number, row.line) for row in found] == [(1, 1), (2, 2), (3, 3)]
    assert problems(found)[1] == (2, "line 2, column 15: a comma or a closing bracket is missing")


def test_text_after_a_row_on_its_line_is_reported() -> None:
    found = rows(f"{json.dumps(A)} and more\n{json.dumps(B)}\n")
    assert values(found) == [A, B]
    assert problems(found) == [(2, "line 1, column 17: a value is missing or is not JSON")]


@pytest.mark.parametrize("wrap", ["{}", '{{"data": {}}}'])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_truncated_array_keeps_its_whole_rows(wrap: str, indent: int | None) -> None:
    text = wrap.format(json.dumps([A, B, C], indent=indent))
    cut = text[: text.index('"c"') + 2]
    found = rows(cut)
    assert values(found) == [A, B]
    [(number, problem)] = problems(found)
    assert number == 3
    assert "never closed; nothing after it could be read" in problem
    found = rows(text[: text.index("]")])
    assert values(found) == [A, B, C]
    assert "ends before its list is closed with ], so it may have been cut off; the 3 rows" in problems(found)[0][1]


def test_a_broken_row_inside_a_pretty_array_costs_one_row() -> None:
    found = rows(PRETTY.replace('"prompt": "b"', '"prompt": b'))
    assert values(found) == [A, C]
    assert problems(found) == [(2, "line 6, column 15: a value is missing or is not JSON; reading goes on at line 8")]


def test_objects_one_after_another_go_on_after_a_break() -> None:
    text = "\n".join(json.dumps(one, indent=2) for one in (A, B, C)).replace('"b"', "b")
    found = rows(text)
    assert values(found) == [A, C]
    assert problems(found) == [(2, "line 5, column 13: a value is missing or is not JSON; reading goes on at line 7")]


def test_text_after_an_array_and_two_lists_are_reported() -> None:
    assert problems(rows(json.dumps([A]) + " tail")) == [
        (2, "line 1: there is text after the list's end that was not read")
    ]
    found = rows(json.dumps({"train": [A], "valid": [B]}))
    assert "it holds 2 lists of rows" in problems(found)[0][1]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "x.json", "x.json is empty: it has no rows."),
        (b" \n", "x.jsonl", "x.jsonl is empty: it has no rows."),
        (b'{"a": 1}\n{"a": "\xe9"}\n', "x.jsonl", "x.jsonl, line 2: byte 17 is not UTF-8 text"),
        (b"\xff\xfe{\x00\x00", "x.json", "is not UTF-16 text"),
        (b"hello", "x.json", "x.json is neither JSON nor JSONL"),
        (b"a,b\n1,2\n", "x.csv", "x.csv, line 1: the columns are a, b; a table needs instruction and output"),
        (b"prompt,prompt,completion\n", "x.csv", 'two columns are called "prompt"'),
        (b'prompt,"completion\n', "x.csv", "x.csv, line 1: the header cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_data_is_refused_at_once(data: bytes, name: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_file(data, name)
    assert words in str(caught.value)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_tables_are_read_by_the_names_of_their_columns(sign: str) -> None:
    text = sign.join(["id", "Instruction", "INPUT", "Output", "Complexity"]) + "\n"
    text += sign.join(["1", '"a\nb"', "", '"c ""d"""', ""]) + "\n\n" + sign.join(["2", "e", "f", "", "LOW"]) + "\n"
    assert values(rows(text, "x.csv")) == [
        {"id": "1", "instruction": "a\nb", "input": "", "output": 'c "d"'},
        {"id": "2", "instruction": "e", "input": "f", "output": "", "complexity": "LOW"},
    ]


def test_broken_lines_of_a_table_are_reported() -> None:
    found = rows('prompt,completion\na,b,c\nd,e\nf,"g\n', "x.csv")
    assert values(found) == [{"prompt": "d", "completion": "e"}]
    assert problems(found) == [
        (1, "line 2: it has 3 cells and the header has 2; put cells with commas in quotes"),
        (3, "line 4: a cell opened with a double quote is never closed; nothing after it could be read"),
    ]


def test_a_cell_that_cannot_be_read_ends_the_table_and_says_so() -> None:
    found = rows('prompt,completion\n"d"e,b\nc,d\n', "x.csv")
    [(number, problem)] = problems(found)
    assert number == 1
    assert problem.startswith("line 2: it cannot be read as CSV")
    assert found[0].unread


def test_a_long_cell_is_a_cell() -> None:
    found = rows(f"prompt,completion\n{'d' * 200_000},b\nc,d\n", "x.csv")
    assert values(found) == [{"prompt": "d" * 200_000, "completion": "b"}, {"prompt": "c", "completion": "d"}]


def test_a_broken_second_object_does_not_give_the_first_ones_rows_again() -> None:
    first = json.dumps({"data": [A, B]}, indent=1)
    found = rows(f'{first}\n{{\n "data": [\n  {{"prompt" "c"}}\n ]\n}}\n')
    assert values(found) == [A, B]
    ((_, said),) = problems(found)
    assert "line 13, column 13: a colon is missing" in said
