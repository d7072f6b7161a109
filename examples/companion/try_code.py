"""Compile the code in Lodos's answers: Rust by rustc, Python by this interpreter, C by cc, where they are installed.

    python examples/companion/try_code.py

Answers with fragments that lean on the user's code, or on a crate, are named in FRAGMENTS and left out. Exit code 1 if
a block fails.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
HERE = Path(__file__).resolve().parent
FRAGMENTS = {"debugging-003", "performance-002", "performance-012", "rust-013", "rust-015", "rust-030"}


def blocks() -> Iterator[tuple[str, str, str]]:
    """Row, language and code of every block in an answer."""
    for path in sorted((HERE / "rows").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for turn in row["conversations"]:
                if turn["from"] == "lodos" and row["metadata"]["id"] not in FRAGMENTS:
                    yield from ((row["metadata"]["id"], info, code) for info, code in FENCE.findall(turn["value"]))


def problem(language: str, code: str, folder: Path) -> str | None:
    """What a compiler says of it; None where it takes it; 'not tried' where there is none for it."""
    if language == "python":
        try:
            compile(code, "block", "exec")
        except SyntaxError as error:
            return str(error)
        return None
    if language == "rust" and shutil.which("rustc"):
        kind = [] if re.search(r"^(?:async )?fn main\(", code, re.MULTILINE) else ["--crate-type", "lib"]
        return said(["rustc", "--edition", "2021", "-A", "warnings", *kind, "-o", "made", "block.rs"], code, folder)
    if language == "c" and shutil.which("cc"):
        return said(["cc", "-fsyntax-only", "-Wall", "block.c"], code, folder)
    return "not tried"


def said(command: list[str], code: str, folder: Path) -> str | None:
    (folder / command[-1]).write_text(code, encoding="utf-8")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else None


def main() -> int:
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as made:
        for row, language, code in blocks():
            found = problem(language, code, Path(made))
            verdict = "ok" if found is None else found if found == "not tried" else "FAILED"
            counts[f"{language or 'plain'}: {verdict}"] += 1
            if found not in (None, "not tried"):
                print(f"{row}: {found}")
    for what, count in sorted(counts.items()):
        print(f"{what}: {count}")
    return int(any(what.endswith("FAILED") for what in counts))


if __name__ == "__main__":
    sys.exit(main())
