"""Scans through `read` and `add`: recognized in the process that reads, told as it goes on, and not in vain."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2
import pytest

from inscape.errors import BookError
from inscape.events import Event, PagesRecognized
from inscape.records import BookText
from inscape.stages.reading import Policy, read_book, whole
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.story import story
from tests.conftest import Run

TESSERACT = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")


def printed(pictures: int, texts: int) -> bytes:
    """A book whose first pages are pictures of print, and the next pages print."""
    sound = pypdfium2.PdfDocument(pdf(BOOK_STYLE + "\n\n".join(story(3, 60))))
    made = pypdfium2.PdfDocument.new()
    for number in range(pictures):
        width, height = sound[number].get_size()
        image = pypdfium2.PdfImage.new(made)
        image.set_bitmap(sound[number].render(scale=200 / 72))
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page = made.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()
    if texts:
        made.import_pages(sound, list(range(pictures, pictures + texts)))
    path = bytearray()
    made.save(_Sink(path))
    return bytes(path)


class _Sink:
    def __init__(self, into: bytearray) -> None:
        self._into = into

    def write(self, data: bytes) -> int:
        self._into += data
        return len(data)


def reading(data: bytes, policy: Policy) -> tuple[BookText, list[Event]]:
    events, stream = [], read_book(data, "scan.pdf", policy)
    while True:
        try:
            events.append(next(stream))
        except StopIteration as end:
            return end.value, events


@TESSERACT
def test_a_scan_is_read_and_told_and_kept(tmp_path: Path) -> None:
    data = printed(2, 0)
    book, events = reading(data, Policy(folder=tmp_path))
    assert [event for event in events if isinstance(event, PagesRecognized)] == [
        PagesRecognized("scan.pdf", 1, 2),
        PagesRecognized("scan.pdf", 2, 2),
    ]
    assert story(3, 60)[0].split()[1] in " ".join(p.text for p in book.paragraphs)
    assert any("OCR" in doubt for doubt in book.doubts)
    assert len(set(book.doubts)) == len(book.doubts)
    again, events = reading(data, Policy(folder=tmp_path))
    assert (again, events) == (book, [])


@TESSERACT
def test_a_private_scan_leaves_no_page_behind(project: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "scan.pdf").write_bytes(printed(1, 0))
    assert run("add", tmp_path / "scan.pdf", "--rights", "private").code == 0
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_without_tesseract_a_scan_is_refused_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BookError, match=r"scan\.pdf is a scan: .* tesseract-ocr"):
        whole(read_book(printed(2, 0), "scan.pdf", Policy()))


def test_without_tesseract_a_book_with_plates_is_read_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    book, _ = reading(printed(2, 8), Policy(folder=tmp_path))
    assert book.words > 500
    assert any("tesseract" in doubt for doubt in book.doubts)
    assert len(set(book.doubts)) == len(book.doubts)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "with tesseract there will be more of it"
