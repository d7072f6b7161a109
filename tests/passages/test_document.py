"""passages.md: read as people write it, kept byte for byte."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inscape import text as words
from inscape.errors import PassagesError
from inscape.passages.document import append, new, parse, with_line
from inscape.passages.grammar import split_lines, split_phrases, split_references

FILE = '''# My passages

Read twice, in the garden.

## PASSAGE 1: The stairs

**Core phenomenology:** fragmented awakening, dread (without object, at first), counting

"""
He counted.

  Nine, ten.
"""

**Applicable templates:** 1, 2, 4, 5

---

## PASSAGE 2: The door
**Core phenomenology:** waiting
"""It was shut."""
**Applicable templates:** 3
**Source:** Notes, page 12
**Mood of the day:** grey
*(my own remark)*
'''


def test_reads_the_blocks() -> None:
    document = parse(FILE, "passages.md")
    assert document.problems == ()
    one, two = document.passages
    assert (one.number, one.title, one.line) == (1, "The stairs", 5)
    assert one.text == "He counted.\n\n  Nine, ten."
    assert one.phenomenology == ("fragmented awakening", "dread (without object, at first)", "counting")
    assert one.templates == ("1", "2", "4", "5")
    assert one.id == "p-" + words.passage_hash(one.text)[:8]
    assert (two.text, two.templates) == ("It was shut.", ("3",))
    assert two.values == {"source": "Notes, page 12", "mood_of_the_day": "grey"}


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("## PASSAGE 1: Title", 1, "Title"),
        ("# Passage 1 - Title", 1, "Title"),
        ("## passage 12 – Title: more", 12, "Title: more"),
        ("## PASSAGE: Title", None, "Title"),
        ("### Passage #3. Title ###", 3, "Title"),
        ("## Passage 4", 4, ""),
        ("## PASSAGE", None, ""),
        ("**PASSAGE 5: Title**", 5, "Title"),
        ("## **Passage 6: Title**", 6, "Title"),
        ("\ufeff## PASSAGE 7: Title", 7, "Title"),
    ],
)
def test_headings_as_people_write_them(heading: str, number: int | None, title: str) -> None:
    (passage,) = parse(f'{heading}\n"""\nText.\n"""\n', "p.md").passages
    assert (passage.number, passage.title) == (number, title)


@pytest.mark.parametrize("line", ["# Passages", "## Passage notes of mine", "Passage 1: said", "## The passage 1: x"])
def test_other_lines_are_no_headings(line: str) -> None:
    assert parse(f"{line}\n\nWords.\n", "p.md").blocks == ()


@pytest.mark.parametrize(
    ("quoted", "text"),
    [
        ('"""\nOne.\n"""', "One."),
        ('"""One.\nTwo."""', "One.\nTwo."),
        ("“““\nOne.\n”””", "One."),
        ('"""“One,” he said.”"""', "“One,” he said.”"),
        ('""""One," he said. "Two.""""', '"One," he said. "Two."'),
        ('**Text:**\n"""\nOne.\n"""', "One."),
        ('**Text:** """One."""', "One."),
        ('"""\n---\n**One:** two\n<!-- x -->\n# Three\n"""', "---\n**One:** two\n<!-- x -->\n# Three"),
    ],
)
def test_texts_between_marks_as_people_write_them(quoted: str, text: str) -> None:
    (passage,) = parse(f"## PASSAGE 1: T\n{quoted}\n**Source:** B\n", "p.md").passages
    assert passage.text == text
    assert passage.values == {"source": "B"}


def test_fields_as_people_write_them() -> None:
    text = (
        '## PASSAGE 1: T\n**Core phenomenology**: a; b,\n- **Id:** `stairs`\nSource: Book\n"""x"""\n'
        "**Applicable Templates:**\n- Template 1\n- Template 3\n"
    )
    (passage,) = parse(text, "p.md").passages
    assert (passage.id, passage.phenomenology, passage.templates) == ("stairs", ("a", "b"), ("1", "3"))
    assert passage.values == {"source": "Book"}


def test_lists() -> None:
    assert split_phrases("[a, b (c, d); e.g. f].") == ("a", "b (c, d)", "e.g. f")
    assert split_references("1, 3-5 and meta-awareness, Template 2, #7, 1") == (
        "1", "3", "4", "5", "meta-awareness", "2", "7",
    )  # fmt: skip
    assert split_references("") == split_phrases("") == ()


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize("rest", ["", '\n## PASSAGE 2: U\n"""\nAnother.\n"""\n'])
def test_a_text_that_is_never_closed_names_the_line_and_the_remedy(rest: str) -> None:
    with pytest.raises(PassagesError) as caught:
        parse(f'# Mine\n\n## PASSAGE 1: T\n\n"""\nText.\n{rest}', "my/passages.md")
    assert str(caught.value).startswith(
        'my/passages.md, line 5: the text that begins at this """ is never closed before'
    )
    assert "Put a line with" in str(caught.value)
    if rest:
        assert "line 8" in str(caught.value)


def test_a_bad_block_hides_no_other() -> None:
    text = '## PASSAGE 1: A\nno marks here\n\n## PASSAGE 2: B\n"""\n\n"""\n---\n## PASSAGE 3: C\n"""good"""\n'
    document = parse(text, "p.md")
    assert [p.title for p in document.passages] == ["C"]
    assert [(p.line, p.severity) for p in document.problems] == [(1, "error"), (4, "error")]
    assert "no text" in document.problems[0].message
    assert "empty text" in document.problems[1].message


def test_two_passages_with_one_id() -> None:
    document = parse('## PASSAGE 1: A\n"""same\nwords"""\n## PASSAGE 2: B\n"""same words"""\n', "p.md")
    assert [p.title for p in document.passages] == ["A"]
    (problem,) = document.problems
    assert (problem.line, problem.severity) == (4, "error")
    assert "line 1" in problem.message


def test_references_to_templates_that_do_not_exist() -> None:
    document = parse(FILE.replace("1, 2, 4, 5", "1, Meta Awareness, 9"), "p.md", {"1", "3", "meta-awareness"})
    (problem,) = document.problems
    assert (problem.line, problem.message.split(".")[0]) == (15, "There is no template '9'")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('"""lost"""\n', 1, "no `## PASSAGE` heading"),
        ('## PASSAGE 1: T\n"""a"""\n"""b"""\n', 3, "second text"),
        ('## PASSAGE 1: T\n**Id:** a\n**Id:** b\n"""a"""\n', 3, "two lines `Id`"),
        ('## PASSAGE 1: T\n"""a"""\n<!-- open\n', 3, "never closed"),
    ],
)
def test_odd_things_are_said(text: str, line: int, said: str) -> None:
    (problem,) = parse(text, "p.md").problems
    assert problem.line == line
    assert said in problem.message


def test_a_field_below_the_divider_or_another_heading_is_not_the_passages() -> None:
    text = '## PASSAGE 1: T\n"""a"""\n---\n**Source:** no\n'
    assert parse(text, "p.md").passages[0].values == {}
    assert parse(text.replace("---", "## My notes"), "p.md").passages[0].values == {}
    assert parse(text.replace("---", "### Where"), "p.md").passages[0].values == {"source": "no"}


# ---------------------------------------------------------------- edits


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only one of the two has, common start and end left out."""
    a, b = list(split_lines(before)), list(split_lines(after))
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return a, b


def test_adds_one_line() -> None:
    document = parse(FILE, "p.md")
    made = with_line(document, document.passages[0].id, "Source", "Notes,\n page 3")
    assert changed(FILE, made.text) == ([], ["**Source:** Notes, page 3\n"])
    assert made.passages[0].values == {"source": "Notes, page 3"}


def test_replaces_one_line_and_nothing_else() -> None:
    document = parse(FILE.replace("\n", "\r\n"), "p.md")
    made = with_line(document, document.passages[1].id, "source", "elsewhere")
    assert changed(document.text, made.text) == (["**Source:** Notes, page 12\r\n"], ["**Source:** elsewhere\r\n"])


def test_adds_a_line_at_the_end_of_a_file_without_a_last_line_ending() -> None:
    document = parse('## PASSAGE 1: T\n"""a"""', "p.md")
    assert with_line(document, document.passages[0].id, "Id", "t").text == '## PASSAGE 1: T\n"""a"""\n**Id:** t'


def test_edits_that_cannot_be_made_are_refused() -> None:
    document = parse('## PASSAGE 1: T\n**Applicable templates:**\n- 1\n- 2\n"""a"""\n', "p.md")
    name = document.passages[0].id
    for passage, field, value in (
        (name, "Templates", "1"),
        ("p-none", "Id", "x"),
        (name, "Id", " "),
        (name, "a:b", "x"),
    ):
        with pytest.raises(PassagesError, match=r"p\.md"):
            with_line(document, passage, field, value)


def test_appends_in_the_files_own_hand() -> None:
    text = FILE.replace("## PASSAGE 1: ", "# Passage 1 - ").replace("## PASSAGE 2: ", "# Passage 2 - ")
    made = append(
        parse(text.replace("\n", "\r\n"), "p.md"),
        title="The yard",
        text="It rained.\n\nStill.",
        phenomenology=["cold", "no name for it"],
        templates=["1", "4"],
        values={"Source": "Notes, page 40"},
    )
    assert made.text.startswith(text.replace("\n", "\r\n"))
    assert made.text[len(text.replace("\n", "\r\n")) :].replace("\r\n", "\n") == (
        "\n---\n\n# Passage 3 - The yard\n\n**Core phenomenology:** cold, no name for it\n\n"
        '"""\nIt rained.\n\nStill.\n"""\n\n**Applicable templates:** 1, 4\n**Source:** Notes, page 40\n'
    )
    assert "\n" not in made.text.replace("\r\n", "")
    assert made.passages[2].text == "It rained.\n\nStill."


def test_appends_to_a_new_file() -> None:
    document = parse(new("My author"), "p.md")
    assert document.problems == ()
    assert document.blocks == ()
    made = append(append(document, title="A", text="One."), title="B", text="Two.")
    assert made.text.startswith(new("My author"))
    assert [(p.number, p.title, p.text) for p in made.passages] == [(1, "A", "One."), (2, "B", "Two.")]
    assert made.text.count("\n---\n") == 1
    assert append(parse("", "p.md"), title="A", text="x").text.startswith("## PASSAGE 1: A\n")


@pytest.mark.parametrize("text", ['a\n"""\nb', "a\n## PASSAGE 2: x\nb", ""])
def test_a_text_that_the_format_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(PassagesError):
        append(parse(FILE, "p.md"), title="T", text=text)


# ---------------------------------------------------------------- properties

BREAK = st.sampled_from(["\n", "\r\n", "\r"])
PIECES = st.sampled_from(
    [
        "## PASSAGE 1: A", "## Passage", "# Passage 2 - B", '"""', "“““", '"""x"""', "---", "**Id:** a", "**Id:**",
        "**Core phenomenology:** a, b", "**Applicable templates:** 1", "- item", "<!--", "-->", "# Other", "words",
        "", "  ", "\x0c", "\u2028", "**x**", "\ufeff",
    ]
)  # fmt: skip
FILES = st.lists(st.tuples(st.one_of(PIECES, st.text(max_size=12)), st.one_of(BREAK, st.just(""))), max_size=25).map(
    lambda parts: "".join(line + ending for line, ending in parts)
)


@given(FILES)
def test_whatever_is_read_is_kept(text: str) -> None:
    try:
        document = parse(text, "p.md")
    except PassagesError:
        return
    assert document.text == text
    assert "".join(document.lines) == text


WITH_A_PASSAGE = st.tuples(FILES, FILES).map(lambda two: f'{two[0]}\n## PASSAGE 7: Z\n"""zz"""\n{two[1]}')


@given(WITH_A_PASSAGE, st.sampled_from(["Source", "Id", "Note"]), st.text(min_size=1, max_size=20), st.integers(0, 3))
def test_an_edit_changes_exactly_one_line(text: str, name: str, value: str, pick: int) -> None:
    try:
        document = parse(text, "p.md")
        assume(document.passages)
        made = with_line(document, document.passages[pick % len(document.passages)].id, name, value)
    except PassagesError:
        return
    gone, come = changed(document.text, made.text)
    assert len(made.lines) - len(document.lines) in (0, 1)
    assert len(gone) <= 1
    assert len(come) <= (1 if document.text.endswith(("\n", "\r")) else 2)
    assert len(made.blocks) == len(document.blocks)


@given(FILES, st.text(max_size=60), st.lists(st.text("abc ", min_size=1).filter(str.strip), max_size=3))
def test_an_appended_passage_is_read_back_and_nothing_before_it_changes(text: str, body: str, names: list[str]) -> None:
    try:
        document = parse(text, "p.md")
        made = append(document, title="T", text=body, phenomenology=names)
    except PassagesError:
        return
    assert made.text.startswith(text)
    last = made.blocks[-1].passage
    assert last is not None
    assert words.squeeze(last.text) == words.squeeze(body)
    assert last.phenomenology == tuple(words.squeeze(name) for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "## PASSAGE 1: a{}x", "## PASSAGE{}x", "##{}x", "## PASSAGE 1{}*x", "## PASSAGE no.{}x", "**{}x", "**a{}x",
        "**Applicable templates:** 1{}2", "## PASSAGE 1: a ** {}#", "-{}x", "  {}:",
    ],
)  # fmt: skip
def test_blanks_cost_no_time(line: str) -> None:
    start = time.perf_counter()
    parse(f'## PASSAGE 7: b\n"""\nText.\n"""\n{line.format(" " * 20_000)}\n', "passages.md")
    assert time.perf_counter() - start < 3
