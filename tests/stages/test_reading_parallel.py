"""Pages in several processes: the document is that of one process, also where a process breaks down."""

from __future__ import annotations

import os

import pytest

from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import Document
from inscape.errors import BookError
from inscape.stages.reading import parallel
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.story import story

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture(scope="module")
def book() -> bytes:
    return pdf(BOOK_STYLE + "= One\n" + "\n\n".join(story(5, 60)) + "\n= Two\n" + "\n\n".join(story(6, 30)))


@pytest.fixture
def earned(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    monkeypatch.setattr(parallel, "ALONE", 2)
    return []


@pytest.mark.parametrize("processes", [1, 2, 3, 64])
def test_any_number_of_processes_gives_the_same(book: bytes, earned: list[float], processes: int) -> None:
    whole = lines.load(book, "a.pdf")
    assert len(whole.pages) > 8
    assert parallel.load(book, "a.pdf", processes, earned.append) == whole
    assert earned == [parallel.PAGE * len(whole.pages)]


def test_a_process_that_breaks_down_changes_nothing(
    book: bytes, earned: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, own, me = lines.load(book, "a.pdf"), lines.load, os.getpid()

    def breaks(data: bytes, name: str, pages: range | None = None) -> Document:
        if os.getpid() != me:
            os._exit(1)
        return own(data, name, pages)

    monkeypatch.setattr(lines, "load", breaks)
    assert parallel.load(book, "a.pdf", 3, earned.append) == whole


def test_a_process_that_cannot_be_started_changes_nothing(
    book: bytes, earned: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> int:
        raise OSError("no more processes")

    whole = lines.load(book, "a.pdf")
    monkeypatch.setattr(os, "fork", none)
    assert parallel.load(book, "a.pdf", 3, earned.append) == whole


def test_a_refusal_is_that_of_one_process(book: bytes, earned: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    own = lines.load

    def refuses(data: bytes, name: str, pages: range | None = None) -> Document:
        if pages is None or pages[-1] > 3:
            raise BookError(f"{name}: page 4 is too dense.")
        return own(data, name, pages)

    fork, started = os.fork, []

    def noted() -> int:
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(os, "fork", noted)
    monkeypatch.setattr(lines, "load", refuses)
    with pytest.raises(BookError, match=r"a\.pdf: page 4 is too dense\."):
        parallel.load(book, "a.pdf", 3, earned.append)
    assert len(started) == 2
    for child in started:
        with pytest.raises(ChildProcessError):  # it was waited for already
            os.waitpid(child, os.WNOHANG)


def test_runs_of_pages_hold_each_page_once() -> None:
    for pages, number in ((1, 1), (7, 3), (1594, 16)):
        parts = parallel._parts(pages, number)
        assert [n for part in parts for n in part] == list(range(1, pages + 1))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
