"""Scans read by tesseract where it is installed, and by a stand-in on PATH that is slow, broken, killed, or mute."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from inscape import books
from inscape.books.pdf.scans import images as scans
from inscape.errors import BookError
from inscape.stages.recognize import Recognizer, recognizer
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.score import score
from tests.books.story import story

SCAN_STYLE = BOOK_STYLE + "#set text(size: 11pt)\n"
needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")


def images(sheets: list[scans.Gray], width: float = 360.0) -> bytes:
    """A PDF of gray images, one a page, as a scanner makes it."""
    made, places = bytearray(b"%PDF-1.4\n"), []

    def put(body: bytes) -> int:
        places.append(len(made))
        made.extend(b"%d 0 obj\n%s\nendobj\n" % (len(places), body))
        return len(places)

    def stream(head: bytes, body: bytes) -> bytes:
        return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(body), body)

    pages = []
    for sheet in sheets:
        rows, columns = sheet.shape
        size = b"%.2f %.2f" % (width, width * rows / columns)
        head = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
        head += b"/Width %d/Height %d" % (columns, rows)
        image = put(stream(head, zlib.compress(sheet.tobytes(), 1)))
        content = put(stream(b"", b"q %s 0 0 %s 0 0 cm /I Do Q" % tuple(size.split())))
        parent = 3 * len(sheets) + 1
        resources = b"<</XObject<</I %d 0 R>>>>" % image
        pages.append(
            put(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s]/Contents %d 0 R/Resources%s>>"
                % (parent, size, content, resources)
            )
        )
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    root = put(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids))
    catalog = put(b"<</Type/Catalog/Pages %d 0 R>>" % root)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, catalog, start)
    return bytes(made)


def photograph(source: bytes, turn: int = 0, worn: bool = True) -> list[scans.Gray]:
    """Pages of a PDF as images at 300 dots an inch; `worn`: askew, gray, noisy, with specks and a dark edge."""
    rng = np.random.default_rng(4)
    file = pypdfium2.PdfDocument(source)
    made = []
    for page in file:
        pixels = np.asarray(page.render(scale=300 / 72, grayscale=True, rotation=turn).to_numpy()).squeeze().copy()
        if worn:
            pixels = scans.straighten(pixels, float(rng.uniform(0.5, 1.0) * rng.choice([-1, 1])))
            pixels = np.roll(pixels, (int(rng.integers(-12, 12)), int(rng.integers(-12, 12))), (0, 1))
            gray = 0.85 * pixels + 15 + rng.normal(0, 8, pixels.shape)
            for y, x in zip(*(rng.integers(0, n - 3, 250) for n in pixels.shape), strict=True):
                gray[y : y + 2, x : x + 3] = 40
            gray[:, :14] = 30
            pixels = gray.clip(0, 255).astype(np.uint8)
        made.append(np.ascontiguousarray(pixels))
    file.close()
    return made


def quiet(done: int, pages: int) -> None:
    """Progress that nobody watches."""


def blank_pages(count: int) -> bytes:
    """Pages covered by an image, as small as they may be."""
    rng = np.random.default_rng(0)
    return images([rng.integers(0, 255, (60, 40), np.uint8) for _ in range(count)])


@needs_tesseract
def test_a_scan_comes_back_as_paragraphs(tmp_path: Path) -> None:
    texts = story(3, 24)
    data = images(photograph(pdf(SCAN_STYLE + "\n\n".join(texts))))
    steps: list[tuple[int, int]] = []
    found = recognizer(data, "scan.pdf", tmp_path, "eng", lambda done, pages: steps.append((done, pages)))
    book = books.read(data, "scan.pdf", recognize=found)
    assert book.pages
    assert steps == [(n, book.pages) for n in range(1, book.pages + 1)]
    result = score(texts, [p.text for p in book.paragraphs if p.kind == "paragraph"])
    assert result.f1 > 97, result.wrong
    assert result.cer < 0.5, result.wrong
    # The second time nothing is recognized again, and the book is the same.
    again = recognizer(data, "scan.pdf", tmp_path, "eng", quiet)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.tsv")}
    assert books.read(data, "scan.pdf", recognize=again) == book
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.tsv")}
    assert len(kept) == book.pages


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_on_its_side_or_head_is_turned(tmp_path: Path, turn: int) -> None:
    texts = story(5, 6)
    data = images(photograph(pdf(SCAN_STYLE + "\n\n".join(texts)), turn=turn, worn=False)[:1])
    page = recognizer(data, "turned.pdf", tmp_path, "eng", quiet)([1])[1]
    assert page.height > page.width
    assert " ".join(line.text for line in page.lines).startswith(texts[0][:30])


@needs_tesseract
def test_blank_pages_and_pictures_make_no_words(tmp_path: Path) -> None:
    y, x = np.mgrid[0:1500, 0:1000]
    picture = (127 + 100 * np.sin(x / 37) * np.cos(y / 53)).astype(np.uint8)
    rng = np.random.default_rng(2)
    grain = rng.integers(0, 255, (1500, 1000), np.uint8)
    data = images([np.full((1500, 1000), 235, np.uint8), picture, grain])
    found = recognizer(data, "plates.pdf", tmp_path, "eng", quiet)
    assert [line.text for page in found([1, 2, 3]).values() for line in page.lines] == []


@needs_tesseract
def test_a_language_that_is_missing_is_named_with_its_package() -> None:
    with pytest.raises(BookError, match=r"no data for xyz here.*apt install tesseract-ocr tesseract-ocr-xyz"):
        recognizer(blank_pages(1), "scan.pdf", None, "eng+xyz", quiet)([1])


# ---------------------------------------------------------------- a stand-in

HEAD = "level page_num block_num par_num line_num word_num left top width height conf text"
TABLE = "\n".join(row.replace(" ", "\t") for row in (HEAD, "5 1 1 1 1 1 10 10 90 20 95 word", ""))


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a program named tesseract on PATH that runs this Python; returns a file to which each call adds a line."""

    def make(body: str) -> Path:
        calls = tmp_path / "calls"
        calls.touch()
        script = tmp_path / "bin" / "tesseract"
        script.parent.mkdir(exist_ok=True)
        head = f"""\
            #!{sys.executable}
            import os, sys, time
            if "--version" in sys.argv:
                sys.exit(print("tesseract 5.0"))
            if "--list-langs" in sys.argv:
                sys.exit(print("List of available languages (1):\\neng"))
            sys.stdin.buffer.read()
            with open({str(calls)!r}, "a") as file:
                file.write(" ".join(sys.argv[1:]) + " " + os.environ["OMP_THREAD_LIMIT"] + "\\n")
            call = sum(1 for _ in open({str(calls)!r}))
            TABLE = {TABLE!r}
            """
        script.write_text(textwrap.dedent(head) + body + "\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(script.parent))
        return calls

    return make


def one_by_one(data: bytes, folder: Path | None, seconds: float = 60.0) -> Recognizer:
    found = recognizer(data, "scan.pdf", folder, "eng", quiet)
    found.processes, found.seconds = 1, seconds
    return found


def test_without_tesseract_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BookError, match=r"not installed.*apt install tesseract-ocr tesseract-ocr-tur.*brew install"):
        recognizer(blank_pages(1), "scan.pdf", None, "eng+tur", quiet)([1])


@pytest.mark.parametrize("languages", ["eng;rm", "--psm", "../eng", "eng+", "+"])
def test_words_that_are_no_languages(languages: str) -> None:
    with pytest.raises(BookError, match="names no languages"):
        recognizer(blank_pages(1), "scan.pdf", None, languages, quiet)([1])


def test_pages_without_an_image_are_not_recognized(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # where no tesseract is
    assert recognizer(pdf("Part One"), "title.pdf", None, "eng", quiet)([1]) == {}


@posix
def test_each_page_is_asked_once_in_one_thread(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    calls = stand_in("print(TABLE, end='')")
    data = blank_pages(5)
    pages = recognizer(data, "scan.pdf", tmp_path / "kept", "eng", quiet)([1, 2, 4])
    assert [(n, [line.text for line in page.lines]) for n, page in pages.items()] == [(n, ["word"]) for n in (1, 2, 4)]
    asked = calls.read_text().splitlines()
    assert len(asked) == 3
    assert all(line.startswith("- - -l eng --dpi ") and line.endswith(" tsv 1") for line in asked)
    # Pages of another run are added, those that stand are not asked for again, and a spoiled one is.
    spoiled = sorted((tmp_path / "kept").rglob("*.tsv"))[0]
    spoiled.write_text("[1, 2")
    assert set(recognizer(data, "scan.pdf", tmp_path / "kept", "eng", quiet)([1, 2, 3])) == {1, 2, 3}
    assert len(calls.read_text().splitlines()) == 5


@posix
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit('Error: out of order')", r"tesseract ended with 1 \(Error: out of order\)"),
        ("os.kill(os.getpid(), 9)", r"tesseract ended with -9 \(it said nothing\)"),
        ("sys.stdout.buffer.write(bytes(range(256)))", "something that is not its table"),
        ("print('level\\tpage_num\\t')\nprint('5\\t' + 'x\\t' * 10 + 'word')", "something that is not its table"),
        ("time.sleep(60)", "longer than 0.5 s"),
    ],
)
def test_a_tesseract_that_fails(stand_in: Callable[[str], Path], tmp_path: Path, body: str, why: str) -> None:
    stand_in(body)
    with pytest.raises(BookError, match=rf"could read none of its pages; the first is page 1: .*{why}"):
        one_by_one(blank_pages(1), tmp_path / "kept", seconds=0.5 if "sleep" in body else 60)([1])
    assert not list((tmp_path / "kept").rglob("*.*"))


@posix
def test_one_page_that_fails_stops_no_other(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    stand_in("sys.exit('no') if call == 2 else print(TABLE, end='')")
    found = one_by_one(blank_pages(3), tmp_path / "kept")
    assert set(found([1, 2, 3])) == {1, 3}
    assert found.failed == [2]
    assert len(found.doubts) == 1
    assert "1 page could not be recognized; the first is page 2: tesseract ended with 1 (no)" in found.doubts[0]
    again = one_by_one(blank_pages(3), tmp_path / "kept")
    assert set(again([1, 2, 3])) == {1, 2, 3}, "only the page that failed is asked for again"


@posix
def test_a_folder_that_cannot_be_written_costs_nothing_else(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    stand_in("print(TABLE, end='')")
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert set(recognizer(blank_pages(2), "scan.pdf", tmp_path / "kept", "eng", quiet)([1, 2])) == {1, 2}


@posix
def test_an_interrupt_ends_the_tesseracts(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    calls = stand_in("time.sleep(0 if call == 1 else 600)\nprint(TABLE, end='')")

    def stop(done: int, pages: int) -> None:
        while len(calls.read_text().splitlines()) < 2:
            time.sleep(0.01)
        raise KeyboardInterrupt

    found = recognizer(blank_pages(4), "scan.pdf", tmp_path / "kept", "eng", stop)
    found.processes = 1
    with pytest.raises(KeyboardInterrupt):
        found([1, 2, 3, 4])
    assert len(calls.read_text().splitlines()) == 2
    assert len(list((tmp_path / "kept").rglob("*.tsv"))) == 1


@posix
def test_a_killed_run_goes_on_where_it_stood(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    calls = stand_in("time.sleep(600) if call == 3 else None\nprint(TABLE, end='')")
    (tmp_path / "scan.pdf").write_bytes(blank_pages(4))
    program = f"""
import pathlib
from inscape.stages.recognize import recognizer
found = recognizer(pathlib.Path({str(tmp_path / "scan.pdf")!r}).read_bytes(), "scan.pdf",
                   pathlib.Path({str(tmp_path / "kept")!r}), "eng", lambda done, pages: None)
found.processes = 1
found([1, 2, 3, 4])
"""
    child = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    while len(calls.read_text().splitlines()) < 3:
        assert child.poll() is None
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert len(list((tmp_path / "kept").rglob("*.tsv"))) == 2
    assert set(one_by_one(blank_pages(4), tmp_path / "kept")([1, 2, 3, 4])) == {1, 2, 3, 4}
    assert len(calls.read_text().splitlines()) == 5, "two pages stood, the one in work and the last were asked for"
