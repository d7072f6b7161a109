"""Typesets the benchmark's books: python -m benchmarks.prose.typeset --out DIR [NAMES].

Invariant: a typesetting whose tool or book is missing is skipped with a line that says how to get it; the others are
made. The exit status is 1 when something was skipped or failed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.prose.typeset.catalog import SETTINGS, Setting
from benchmarks.prose.typeset.sources import Reader, reader
from benchmarks.prose.typeset.tools import MissingTool, package
from benchmarks.prose.typeset.truth import Typeset, write

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "books"


def main() -> int:
    """Typeset what was asked for; all, when no names are given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prose.typeset", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAMES", help="which typesettings (default: all)")
    parser.add_argument("--out", type=Path, help="folder to write NAME/ into")
    parser.add_argument("--books", type=Path, default=DATA, help="folder with the EPUBs and texts")
    parser.add_argument("--list", action="store_true", help="show the typesettings and stop")
    given = parser.parse_args()
    known = {s.name: s for s in SETTINGS}
    if given.list or not given.out:
        print("\n".join(f"{s.name:24} {s.has}" for s in SETTINGS))
        return 0
    strangers = [n for n in given.names if n not in known]
    if strangers:
        parser.error(f"no typesetting is called {', '.join(strangers)}; there are: {', '.join(known)}")
    wanted = [known[n] for n in given.names] or list(SETTINGS)
    made = [_make(s, reader(given.books), given.out) for s in wanted]
    return int(not all(made))


def _make(setting: Setting, read: Reader, out: Path) -> bool:
    """Make one typesetting and say so in a line."""
    began = time.monotonic()
    try:
        made = setting.make(read)
    except (MissingTool, FileNotFoundError) as problem:
        print(f"{setting.name}: skipped, {problem}", file=sys.stderr)
        return False
    about = {"name": setting.name, "has": setting.has, "pages": len(package("pypdfium2").PdfDocument(made.pdf))}
    about |= made.about
    write(out / setting.name, Typeset(made.pdf, made.units, made.notes, about))
    size = f"{about['pages']} pages, {len(made.pdf) / 1e6:.1f} MB"
    print(f"{setting.name}: {about['tool']}, {size}, {time.monotonic() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    raise SystemExit(main())
