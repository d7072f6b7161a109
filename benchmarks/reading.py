"""Prose from PDFs of novels: inscape beside the usual tools, by one scorer.

    python benchmarks/reading.py --setup                        once: the other tools, in an environment of their own
    python benchmarks/reading.py [--corpus DIR] [--tools inscape,pypdf] [--only NAME,NAME] [--show 20] [--write]

Reads the books of ../shared/data/pdf, and those of DIR (DIR/NAME/{book.pdf,truth.jsonl,notes.json,about.json}), with
each tool in a fresh process, and scores what came out against the truth. CPU seconds and peak memory are the
kernel's, of the whole process and its children, imports included. Readings and scores are kept (--work), so that the
table can be made in pieces; --again reads anew. --show prints the first N errors of each sort, truth and reading side
by side, of inscape or of the one tool named. Tools that are not installed are left out and named: pdftotext comes with
poppler-utils, opendataloader needs Java, scans need tesseract; pymupdf is under the AGPL and is used only when you
name it and have it.
`--write` puts the tables into benchmarks/RESULTS.md. What each measure counts stands in benchmarks/prose/score.py.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.prose import corpus, table, tools  # noqa: E402
from benchmarks.prose.laid import Case  # noqa: E402
from benchmarks.prose.run import Bench, ToolFailed, rows  # noqa: E402
from benchmarks.prose.score import score  # noqa: E402

from inscape import __version__  # noqa: E402
from inscape.text import squeeze  # noqa: E402

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEAD = "## Reading novels from PDF\n"
SHARED = ROOT.parent / "shared" / "data" / "pdf"


def measured(bench: Bench, tool: str, version: str, book: corpus.Corpus, files: Iterable[Path]) -> table.Outcome:
    """Read and score one book with one tool, or take what is kept."""
    outcome = table.Outcome(tool, version, book.name, book.printed.pages)
    try:
        given, cost = bench.read(tool, version, book.name, book.pdf)
    except ToolFailed as failure:
        return table.Outcome(tool, version, book.name, book.printed.pages, failed=str(failure))
    key = bench.score_key(tool, book.name, files)
    result = bench.score(tool, book.name, key)
    if result is None:
        result = score(book, rows(given), given.get("unaccounted"))
        bench.keep(tool, book.name, key, result)
    return table.Outcome(tool, version, outcome.book, outcome.pages, cost, result)


def show(cases: Sequence[Case], limit: int) -> None:
    """The first errors of each sort."""
    by: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by[case.what].append(case)
    for what, some in sorted(by.items()):
        print(f"\n== {what}: {len(some):,}")
        for case in some[:limit]:
            print(f"p. {case.page}\n  set:  {case.truth}\n  read: {case.reading}")


def write(text: str) -> None:
    """Put the section into RESULTS.md in place of the one before."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmark results\n\n"
    before, _, rest = old.partition(HEAD)
    after = rest[rest.find("\n## ") + 1 :] if "\n## " in rest else ""
    RESULTS.write_text(f"{before.rstrip()}\n\n{HEAD}\n{text}\n" + (f"\n{after}" if after else ""), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="a folder of typeset books, beside the three shared ones")
    parser.add_argument("--tools", default=",".join(t for t in tools.TOOLS if t != "pymupdf"))
    parser.add_argument("--only", default="", help="names of books, with commas between")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "reading", help="where readings are kept")
    parser.add_argument("--venv", type=Path, help="the environment of the other tools (default: WORK/tools)")
    parser.add_argument("--limit", type=int, default=600, help="seconds that one tool may take for one book")
    parser.add_argument("--setup", action="store_true", help="make that environment")
    parser.add_argument("--again", action="store_true", help="read again what is kept")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N errors of each sort")
    parser.add_argument("--timed", help="books that were timed on a quiet machine: of no other is the speed told")
    parser.add_argument("--write", action="store_true", help="write the tables to benchmarks/RESULTS.md")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    bench = Bench(args.work, (args.venv or args.work / "tools") / "bin" / "python", args.limit)
    if args.setup:
        bench.setup()
        return
    chosen = args.tools.split(",")
    versions = {tool: bench.version(tool) for tool in chosen}
    outcomes = []
    for name, place in corpus.places(SHARED, args.corpus).items():
        if args.only and name not in args.only.split(","):
            continue
        book = corpus.load(name, place)
        files = [path for path in place[1:] if path]
        for tool, version in versions.items():
            if version is None or (tool not in tools.SCANS if book.printed.scan else tool == "tesseract"):
                continue
            if args.again:
                bench.forget(tool, name)
            one = measured(bench, tool, version, book, files)
            print(table.line(one), file=sys.stderr)
            outcomes.append(one)
            if args.show and tool == chosen[0] and one.result:
                given, _ = bench.read(tool, version, name, book.pdf)
                show(score(book, rows(given)).cases, args.show)
    timed = None if args.timed is None else args.timed.split(",")
    text = introduction(versions) + table.tables(outcomes, chosen, timed)
    print(text)
    if args.write:
        write(text)


def introduction(versions: Mapping[str, str | None]) -> str:
    """What was run, what the columns say, how each tool was asked."""
    asked = " ".join(Path(arg).name if arg.startswith("/") else arg for arg in sys.argv[1:])
    missing = [tool for tool, version in versions.items() if version is None]
    left = f" Not installed here, and left out: {', '.join(missing)}." if missing else ""
    known = {tool: version for tool, version in versions.items() if version}
    if "inscape" in known:
        known["inscape"] = __version__
    ways = [f"- {tool} {version}: {squeeze(tools.TOOLS[tool].__doc__ or '')}" for tool, version in known.items()]
    return (
        f"`python benchmarks/reading.py {asked}`, {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} processors.{left} CPU seconds and memory are of the whole process. "
        "CER: letters, signs and blanks to change, drop or add, in percent of the book; heads, notes and the like left "
        "in the text are to drop. Paragraphs: units that begin where one of the book begins. Over pages whole: units "
        "that cross a page's end and are one unit, with nothing of another and nothing put in. Title page, contents "
        "and index count nowhere. The rest, and the sources: `benchmarks/prose/score.py`.\n\n"
        "How each tool was asked:\n\n" + "\n".join(ways) + "\n\n"
    )


if __name__ == "__main__":
    main()
