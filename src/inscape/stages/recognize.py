"""Pages that are only pictures, read by tesseract: several at a time, each kept on disk as soon as it is done.

Invariant: whatever happens, only the pages in work are lost: a run that was killed goes on where it stood. A page that
tesseract cannot read, or does not read in time, stops no other and is told in `doubts`. tesseract is a program of its
own (Apache-2.0) and is asked through pipes: it writes no file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2

from inscape.books.pdf.page import Page
from inscape.books.pdf.scans import images as scans
from inscape.books.pdf.scans import ocr
from inscape.errors import BookError
from inscape.records import Removal
from inscape.text import plural

Progress = Callable[[int, int], None]
"""Takes (pages done, pages in all), in the thread that asked."""

SECONDS = 120.0
"""By the clock, for one page; a page of a novel takes one, of a newspaper ten."""

_SETTINGS = 1
"""Goes up when an image is made in another way, so that pages kept from before are read again."""
_PREPARED = 4
"""Images that are cleaned at a time, at 20 bytes a dot: enough for ten pages a second, whatever the cores."""
_LANGUAGES = re.compile(r"[A-Za-z]\w*(?:/\w+)?(?:\+[A-Za-z]\w*(?:/\w+)?)*", re.ASCII)
_PICTURE = 0.5
"""Share of a page that images must cover; a blank page and a title are left alone."""
_DOUBTFUL = 60.0
"""Mean confidence below which a page may lie on its side or stand on its head: those have 40, upright print 90."""
_TURN = re.compile(r"^Rotate: (90|180|270)$", re.MULTILINE)


class _Failed(Exception):
    """One page could not be read; says why."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What is kept of a page: the size of its image in points, dots a point, and tesseract's TSV."""

    width: float
    height: float
    scale: float
    tsv: str

    def reading(self, number: int) -> ocr.Reading:
        """Raises ValueError where the TSV is none."""
        return ocr.page(self.tsv, number, self.width, self.height, self.scale)

    def dump(self) -> bytes:
        return (json.dumps([self.width, self.height, self.scale]) + "\n" + self.tsv).encode()


def recognizer(data: bytes, name: str, folder: Path | None, languages: str, progress: Progress) -> Recognizer:
    """Reads pages of the PDF `data`. `languages`: tesseract's names, joined by '+' ('eng+tur'); '' takes the one that
    the file names, or English.

    `folder`: where pages are kept, each in `<sha256 of data>/<page>-<settings>.tsv`; None keeps nothing.
    """
    return Recognizer(data, name, folder, languages, progress)


@dataclass(slots=True)
class Recognizer:
    """Call it with numbers of pages, from 1, for those that could be read. One for a file; see `recognizer`."""

    data: bytes
    name: str
    folder: Path | None
    languages: str
    progress: Progress
    seconds: float = SECONDS
    processes: int = 0
    """tesseracts at a time; 0: as many as there are cores."""
    removed: list[Removal] = field(default_factory=list)
    """Specks and shadows that were taken for print, from the pages that were returned."""
    doubts: list[str] = field(default_factory=list)
    """Plain sentences about the pages that were not returned."""
    failed: list[int] = field(default_factory=list)
    """Those of them on which tesseract failed: another try may read them."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """PDFium works in one thread at a time."""
    _few: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_PREPARED))
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)

    def __call__(self, numbers: Sequence[int]) -> dict[int, Page]:
        """Pages by number, leveled against each other (`ocr.settle`). A page that no image covers is no scan and is
        left out, and so is one on which tesseract could only guess.

        Raises BookError: tesseract or a language is missing, or it failed on every page.
        """
        cover = scans.pictured(self.data, numbers)
        wanted = [number for number in numbers if cover[number] >= _PICTURE]
        if not wanted:
            return {}
        self.languages = self.languages or ocr.language_name(scans.language(self.data)) or "eng"
        tool = _find(self.name, self.languages)
        readings: dict[int, ocr.Reading] = {}
        failed: dict[int, str] = {}
        for number, reading in self._all(tool, wanted):
            if isinstance(reading, str):
                failed[number] = reading
            else:
                readings[number] = reading
            self.progress(len(readings) + len(failed), len(wanted))
        return self._judged(readings, failed)

    def _judged(self, readings: dict[int, ocr.Reading], failed: dict[int, str]) -> dict[int, Page]:
        self.failed += sorted(failed)
        if failed:
            first = min(failed)
            what = f"the first is page {first}: {failed[first]}"
            if not readings:
                raise BookError(f"{self.name} is a scan, and tesseract could read none of its pages; {what}.")
            pages = plural(len(failed), "page")
            self.doubts.append(f"{pages} could not be recognized; {what}. Add the file again to try once more.")
        good = {n: readings[n] for n in sorted(readings) if readings[n].confidence >= ocr.READABLE}
        if guessed := [n for n, reading in readings.items() if n not in good and reading.confidence]:
            pages = plural(len(guessed), "page")
            self.doubts.append(f"{pages} could not be read and left out as pictures, the first is page {min(guessed)}.")
        ocr.settle([reading.page for reading in good.values()])
        self.removed += [removal for reading in good.values() for removal in reading.removed]
        return {number: reading.page for number, reading in good.items()}

    def _all(self, tool: _Tool, numbers: Sequence[int]) -> Iterator[tuple[int, ocr.Reading | str]]:
        """Each page as it is done: its reading, or why there is none."""
        settings = hashlib.sha256(f"{_SETTINGS} {tool.version} {self.languages}".encode()).hexdigest()[:12]
        place = self.folder / hashlib.sha256(self.data).hexdigest() if self.folder else None
        paths = {number: place / f"{number:05}-{settings}.tsv" if place else None for number in numbers}
        rest = []
        for number in numbers:
            if (kept := _kept(paths[number], number)) is not None:
                yield number, kept
            else:
                rest.append(number)
        if not rest:
            return
        file = pypdfium2.PdfDocument(self.data)
        pool = ThreadPoolExecutor(self.processes or _cores())
        try:
            work = {pool.submit(self._page, tool, file, number, paths[number]): number for number in rest}
            for done in as_completed(work):
                yield work[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self._running):
                process.kill()
            pool.shutdown(wait=True)
            file.close()

    def _page(self, tool: _Tool, file: pypdfium2.PdfDocument, number: int, path: Path | None) -> ocr.Reading | str:
        try:
            result = self._recognize(tool, file, number, 0)
            reading = result.reading(number)
        except _Failed as why:
            return str(why)
        _keep(path, result)
        return reading

    def _recognize(self, tool: _Tool, file: pypdfium2.PdfDocument, number: int, turn: int) -> _Result:
        """One page; a second time, turned, where the first result looks as if it were not upright."""
        image = self._image(file, number, turn)
        dots = str(min(2400, max(70, round(72 * image.scale))))
        words = ["-l", self.languages, "--dpi", dots, "tsv"]
        tsv = self._ask(tool, words, image.pgm)
        result = _Result(image.width, image.height, image.scale, tsv)
        try:
            reading = result.reading(number)
        except ValueError:
            raise _Failed("tesseract answered with something that is not its table of words") from None
        doubtful = 0 < reading.confidence < _DOUBTFUL or not reading.upright
        if turn or not doubtful or not tool.turns:
            return result
        with contextlib.suppress(_Failed):  # too little print to tell is an error to tesseract
            if found := _TURN.search(self._ask(tool, ["--dpi", dots, "--psm", "0"], image.pgm)):
                again = self._recognize(tool, file, number, int(found[1]))
                turned = again.reading(number)
                better = turned.confidence > reading.confidence or not reading.upright
                return again if turned.upright and better else result
        return result

    def _image(self, file: pypdfium2.PdfDocument, number: int, turn: int) -> scans.Image:
        try:
            with self._lock:
                page = file[number - 1]
                try:
                    image = scans.draw(page, turn)
                finally:
                    page.close()
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise _Failed(f"PDFium cannot draw it ({error})") from error
        with self._few:
            return scans.prepare(image)

    def _ask(self, tool: _Tool, words: Sequence[str], image: bytes) -> str:
        """tesseract's answer to an image. Raises _Failed."""
        pipe = subprocess.PIPE
        environ = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        try:
            process = subprocess.Popen([tool.path, "-", "-", *words], stdin=pipe, stdout=pipe, stderr=pipe, env=environ)
        except OSError as error:
            raise _Failed(f"tesseract cannot be started ({error.strerror})") from error
        self._running.add(process)
        try:
            out, err = process.communicate(image, self.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise _Failed(f"tesseract took longer than {self.seconds:g} s") from None
        finally:
            self._running.discard(process)
        if process.returncode:
            said = (err.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1]
            raise _Failed(f"tesseract ended with {process.returncode} ({said[:200]})")
        return out.decode("utf-8", "replace")


# ---------------------------------------------------------------- the program


@dataclass(frozen=True, slots=True)
class _Tool:
    """tesseract as it is installed. `turns`: it can tell how a page is turned."""

    path: str
    version: str
    turns: bool


def _find(name: str, languages: str) -> _Tool:
    """Raises BookError, with what to install, where tesseract or a language is missing."""
    if not _LANGUAGES.fullmatch(languages):
        raise BookError(f"'{languages}' names no languages as tesseract does: 'eng', or 'eng+tur' for several.")
    path = shutil.which("tesseract")
    if path is None:
        raise BookError(
            f"{name} is a scan: its pages are pictures, and tesseract, which reads them, is not installed. Install it "
            f"(Debian, Ubuntu: apt install {_packages(languages)}; macOS: brew install tesseract tesseract-lang; "
            "Windows: winget install UB-Mannheim.TesseractOCR), then add the file again."
        )
    version, listed = _told(path, "--version"), _told(path, "--list-langs").splitlines()[1:]
    known = {language.strip() for language in listed}
    if missing := [language for language in languages.split("+") if language not in known]:
        raise BookError(
            f"{name} is a scan, and tesseract has no data for {', '.join(missing)} here. Install them (Debian, Ubuntu: "
            f"apt install {_packages('+'.join(missing))}; macOS: brew install tesseract-lang), or name another "
            f"language: it has {', '.join(sorted(known - {'osd'})) or 'none'}."
        )
    return _Tool(path, version.partition("\n")[0], "osd" in known)


def _packages(languages: str) -> str:
    """Debian's packages: 'tesseract-ocr' brings English."""
    named = [language.rpartition("/")[2].lower().replace("_", "-") for language in languages.split("+")]
    return " ".join(["tesseract-ocr", *(f"tesseract-ocr-{language}" for language in named if language != "eng")])


def _told(path: str, word: str) -> str:
    try:
        done = subprocess.run([path, word], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BookError(f"{path} does not start ({error}). Install tesseract again.") from error
    return (done.stdout or done.stderr).decode("utf-8", "replace")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------- pages kept


def _kept(path: Path | None, number: int) -> ocr.Reading | None:
    """The page as an earlier run left it; None where it left none that is whole."""
    try:
        head, _, tsv = path.read_text("utf-8").partition("\n") if path else ("", "", "")
        width, height, scale = json.loads(head)
        return _Result(float(width), float(height), float(scale), tsv).reading(number)
    except (OSError, ValueError, TypeError, ZeroDivisionError):
        return None


def _keep(path: Path | None, result: _Result) -> None:
    """Write whole or not at all; a folder that cannot be written costs only the next run's time."""
    if path is None:
        return
    part = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(result.dump())
        Path(part).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            if part:
                Path(part).unlink(missing_ok=True)
