"""CPU seconds, pages per CPU second and peak memory of reading a PDF, beside the bare read of pypdfium2.

    python benchmarks/reading_speed.py [BOOK.pdf] [--runs 3]

Each run is a fresh child process, in turns, so that a busy machine is busy for all; the best of the runs is shown. CPU
seconds are those of the reading alone (the import of the library stands in a column of its own), and peak memory is
that of the whole process, in MB of 2^20 bytes. `bare` is `get_text_bounded` of each page: the text without lines,
positions or paragraphs. `lines` is our reading of the pages, `book` all of `books.read`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "pdf" / "wp_typst.pdf"


def bare(path: Path) -> Callable[[], int]:
    """pypdfium2, text only."""
    import pypdfium2

    def read() -> int:
        file = pypdfium2.PdfDocument(path.read_bytes())
        for page in file:
            text = page.get_textpage()
            text.get_text_bounded()
            text.close()
            page.close()
        return len(file)

    return read


def only_lines(path: Path) -> Callable[[], int]:
    """The pages as lines."""
    from inscape.books.pdf.lines import load as lines

    return lambda: len(lines.load(path.read_bytes(), path.name).pages)


def book(path: Path) -> Callable[[], int]:
    """Everything: paragraphs, notes, chapters."""
    import inscape.books.pdf  # noqa: F401  (else its import would count as reading)
    from inscape import books

    return lambda: books.read(path.read_bytes(), path.name).pages or 0


WAYS = {"bare": bare, "lines": only_lines, "book": book}


def measure(way: str, path: Path) -> dict[str, float]:
    """One reading, in this process."""
    begun = time.process_time()
    read = WAYS[way](path)
    ready = time.process_time()
    pages = read()
    seconds = time.process_time() - ready
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"pages": pages, "seconds": seconds, "import": ready - begun, "peak": peak}


def child(way: str, path: Path) -> dict[str, float]:
    """The same in a fresh process. Raises CalledProcessError: it failed, and has said why."""
    command = [sys.executable, __file__, str(path), "--way", way]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of reading a PDF.")
    parser.add_argument("book", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process, print JSON")
    asked = parser.parse_args()
    if asked.way:
        print(json.dumps(measure(asked.way, asked.book)))
        return
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(asked.runs):
        for way in WAYS:
            runs[way].append(child(way, asked.book))
    pages = runs["bare"][0]["pages"]
    print(f"{asked.book.name}, {pages:,.0f} pages, best of {asked.runs}\n")
    print("| | CPU s | pages / CPU s | import s | peak MB |\n|---|---:|---:|---:|---:|")
    for way, found in runs.items():
        best = min(found, key=lambda run: run["seconds"])
        peak = max(run["peak"] for run in found)
        speed = pages / best["seconds"]
        print(f"| {way} | {best['seconds']:.2f} | {speed:,.0f} | {best['import']:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
