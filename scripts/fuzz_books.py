"""Read thousands of spoiled books and report each crash, each hang and each exception that is no BookError.

    python scripts/fuzz_books.py --count 2000                  every format, about a quarter of an hour
    python scripts/fuzz_books.py --count 2000 --format pdf
    python scripts/fuzz_books.py --replay build/fuzz/*.pdf     files that an earlier run kept

Real files are spoiled at random, always the same way for the same --seed: bits, chunks, numbers, names, and what is
packed in streams and archives. Each is read in a process of its own under limits. Exits 1 when something was found.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fuzzing.running import Worker, run  # noqa: E402
from tests.fuzzing.seeds import FORMATS  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="books of each format")
    parser.add_argument("--format", choices=FORMATS, action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz", help="folder for what is found")
    parser.add_argument("--replay", type=Path, nargs="+", help="read these files instead")
    given = parser.parse_args()
    with Worker() as worker:
        if given.replay:
            return replay(given.replay, worker)
        found = 0
        for format_ in given.format or FORMATS:
            report = run(format_, given.count, given.seed, given.keep, worker)
            print(report, flush=True)
            for what, paths in sorted(report.found.items(), key=lambda item: -len(item[1])):
                print(f"  {len(paths)} × {what}\n      {paths[0]}", flush=True)
            found += len(report.found)
    return 1 if found else 0


def replay(paths: list[Path], worker: Worker) -> int:
    """Read kept files again, and say what becomes of each."""
    wrong = 0
    for path in paths:
        answer = worker.read(path.read_bytes(), path.name)
        wrong += answer["is"] not in ("read", "refused")
        print(f"{path}: {answer['is']} {answer.get('what', '')}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
