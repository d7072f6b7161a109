"""The ground truth of the prose benchmark: what is read from an ebook, and on which pages it then stands."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.prose.typeset import epub, latex, spans, tools, typst_book
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, load, rows, runs, write

CHAPTER = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title>I</title></head><body epub:type="bodymatter"><section epub:type="chapter">
<hgroup><h2><span>Part</span> <span>I</span></h2><p>The\u00a0Sea</p></hgroup>
<p>She said <i>no</i>,\u2060\u200a… then <abbr>Mr.</abbr> B. left.<a href="endnotes.xhtml#note-7"
 epub:type="noteref">1</a></p><hr/>
<blockquote epub:type="z3998:letter"><p epub:type="z3998:salutation">Dear Ann,</p><p>Come.</p>
<footer><b epub:type="z3998:signature">Tom</b></footer></blockquote>
<blockquote epub:type="z3998:verse"><p><span>One line</span><br/><span>and two</span></p><cite>Anon</cite></blockquote>
<table><tr><td epub:type="z3998:persona">The Nun</td><td><i>Rising.</i> Hark!</td></tr>
<tr><td/><td><i epub:type="z3998:stage-direction">They go.</i></td></tr></table>
<dl><dt>a</dt><dd><p>1</p></dd><dt>b</dt><dd><p>2</p></dd></dl>
</section></body></html>"""
NOTES = """<html xmlns="http://www.w3.org/1999/xhtml"><body><ol><li id="note-7"><p>A <i>note</i>.
<a href="x">↩</a></p></li></ol></body></html>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="t/1.xhtml"/>
<item id="b" href="t/endnotes.xhtml"/><item id="c" href="t/imprint.xhtml"/></manifest>
<spine><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/></spine></package>"""
CONTAINER = '<container><rootfiles><rootfile full-path="epub/content.opf"/></rootfiles></container>'

WORDS = "The lamp went out, and the river could be heard below the windows, patient and near. "
BOOKLET = Book(
    "Booklet",
    "Nobody",
    (
        Unit("heading", "I", level=3),
        *(Unit("para", f"Paragraph {n}. {WORDS * (3 + n % 4)}So ended day {n}.") for n in range(40)),
        Unit("heading", "II", level=3),
        Unit("para", f"A word\x011\x01 and \x03one more.\x04 {WORDS}"),
        Unit("verse", "First line\x02second line"),
        Unit("break", ""),
        *(Unit("para", f"Later {n}. {WORDS * (2 + n % 3)}And so on, {n}.") for n in range(30)),
    ),
    {"1": "A note at the foot."},
)


@pytest.fixture(scope="module")
def booklet() -> Typeset:
    pytest.importorskip("typst", reason="typst is not installed")
    page = "width: 4in, height: 5in, margin: 0.6in"
    look = typst_book.look("Booklet", "Libertinus Serif", page, "11pt", "foot", 3)
    return typst_book.typeset(BOOKLET, look, {})


def ebook(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("epub/content.opf", PACKAGE)
        archive.writestr("epub/t/1.xhtml", CHAPTER)
        archive.writestr("epub/t/endnotes.xhtml", NOTES)
        archive.writestr("epub/t/imprint.xhtml", CHAPTER)
    return path


def test_an_ebook_becomes_units_of_their_kinds(tmp_path: Path) -> None:
    book = epub.read(ebook(tmp_path / "book.epub"), "Title", "Author")
    assert [(u.kind, u.text) for u in book.units] == [
        ("heading", "Part I: The Sea"),
        ("para", "She said \x03no\x04, … then Mr. B. left.\x017\x01"),
        ("break", ""),
        ("letter", "Dear Ann,"),
        ("letter", "Come."),
        ("letter", "Tom"),
        ("verse", "One line\x02and two"),
        ("quote", "Anon"),
        ("play", "THE NUN: \x03Rising.\x04 Hark!"),
        ("play", "\x03They go.\x04"),
        ("table", "a 1"),
        ("table", "b 2"),
    ]
    assert book.units[0].level == 2
    assert book.notes == {"7": "A \x03note\x04."}


def test_truth_survives_its_files(tmp_path: Path) -> None:
    units = (
        Unit("heading", "I", 3, "front", "a.xhtml", (1, 1), apart=True),
        Unit("para", "x\x011\x01 \x03y\x04", pages=(2, 3)),
    )
    facts = {"heads": {2: "Head"}, "labels": {1: "i", 2: "ii"}}
    write(tmp_path / "b", Typeset(b"%PDF", units, {"1": "n"}, facts))
    assert load(tmp_path / "b" / "truth.jsonl") == units
    assert [row["id"] for row in rows(units)] == [0, 1]
    assert '"furniture": {\n  "1": [\n   "i"' in (tmp_path / "b" / "about.json").read_text("utf-8")


def test_runs_know_italics_notes_and_line_ends() -> None:
    got = [(r.text, r.italic, r.note) for r in runs("a\x03b\x02c\x04d\x0112\x01")]
    want = [("a", False), ("b", True), ("\n", True), ("c", True), ("d", False)]
    assert got == [*((text, italic, "") for text, italic in want), ("", False, "12")]


def test_alignment_finds_the_pages_that_the_typesetter_tells(booklet: Typeset) -> None:
    pages = spans.page_texts(booklet.pdf)
    found = spans.align([replace(u, pages=None) for u in booklet.units], pages)
    assert spans.agreement(booklet.units, found) == (len(BOOKLET.units) - 1, len(BOOKLET.units) - 1)
    assert spans.crossing(found) == spans.crossing(booklet.units) > 3
    assert next(u for u in found if u.kind == "break").pages is None


def test_furniture_and_notes_are_told_by_page(booklet: Typeset) -> None:
    pages = spans.page_texts(booklet.pdf)
    heads, labels = booklet.about["heads"], booklet.about["labels"]
    assert len(labels) == len(pages)
    assert len(heads) > 3
    assert all(spans.folded(words) in spans.folded(pages[page - 1]) for page, words in heads.items())
    first, last = booklet.about["note_pages"]["1"]
    assert first == last
    assert "A note at the foot." in pages[first - 1]


def test_text_that_only_one_side_has_is_stepped_over() -> None:
    first, second = "alpha beta gamma delta epsilon zeta eta theta iota", "kappa lambda my ny xi omikron pi rho sigma"
    units = (Unit("para", first), Unit("para", "not printed at all, anywhere"), Unit("para", second))
    found = spans.align(units, [f"A Head 1\n{first}", f"Another Head 2\n{second} 17"])
    assert [u.pages for u in found] == [(1, 1), None, (2, 2)]


def test_marks_of_latex_give_spans_and_furniture() -> None:
    lines = ["b 0 3", "h \\titleof {0} 3", "f ix 3", "e 0 4", "b n1 4", "e n1 4"]
    assert latex.read_marks(lines) == ({"0": (3, 4), "n1": (4, 4)}, {3: {"head": "0", "folio": "ix"}})
    assert latex.escape("“‘A’ & 5%—…”") == r"``{}`A' \& 5\%---\ldots{}''"


def test_a_missing_tool_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(tools.MissingTool, match=r"apt-get install .*texlive-latex-base"):
        tools.need("pdflatex")
