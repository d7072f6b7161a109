"""What a verb does when nobody reads on: `inscape … | head -1`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inscape.store import examples, open_store
from tests.conftest import Run

if sys.platform == "win32":
    pytest.skip("needs a POSIX shell", allow_module_level=True)


def head(folder: Path, words: str) -> tuple[str, str]:
    """The first line of the verb's output, and all that it said on stderr; its reader leaves after that line."""
    line = f"'{sys.executable}' -m inscape {words} | head -1"
    done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def test_import_does_its_work_to_the_end(project: Path) -> None:
    rows = [{"instruction": f"soru {n}?", "output": f"Cevap {n}."} for n in range(3000)]
    lines = "".join(json.dumps(row) + "\n" + ("{\n" if n % 3 == 0 else "") for n, row in enumerate(rows))
    (project / "rows.jsonl").write_text(lines, encoding="utf-8")
    out, err = head(project, "import rows.jsonl")
    assert "line 2" in out
    assert err in ("", "Error: 1,000 rows could not be taken (see above); all others stand.\n")
    with open_store(project / "inscape.db") as store:
        assert len(examples.all_examples(store)) == 3000


@pytest.mark.parametrize(
    "words",
    [
        "import rows.jsonl --json",
        "check --json",
        "check --rows 9999",
        "check --fix --json",
        "read book.txt",
        "passages",
    ],
)
def test_no_verb_speaks_of_its_inside(words: str, project: Path, run: Run) -> None:
    rows = [{"instruction": f"soru {n}?", "output": f"Ce\u200bvap {n}."} for n in range(2000)]
    (project / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (project / "book.txt").write_text("\n\n".join(f"Paragraph {n} is here." for n in range(9000)), encoding="utf-8")
    (project / "passages.md").write_text(
        "\n---\n".join(f'## PASSAGE {n}: A\n\n"""\nHere {n} it is, as ever.\n"""\n' for n in range(1, 700)),
        encoding="utf-8",
    )
    if words.startswith("check"):
        assert run("import", project / "rows.jsonl").code == 0
    out, err = head(project, words)
    assert out
    assert not any(word in err for word in ("Traceback", "Exception ignored", "fault of inscape", "Broken pipe")), err
