"""The wheel, installed alone in a clean environment, runs the demo."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "INSCAPE_", "OPENAI", "ANTHROPIC"))}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    venv.create(folder / "env", with_pip=True)
    wheel = next(folder.glob("*.whl"))
    run(folder / "env/bin/pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
    return folder


def test_the_demo_runs_from_the_wheel(installed: Path) -> None:
    shown = run(installed / "env/bin/inscape", "demo", cwd=installed)
    made = installed / "inscape-demo"
    assert "exports/" in shown
    paths = [made / "exports" / f"messages.{part}.jsonl" for part in ("train", "valid")]
    rows = [row for path in paths for row in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 10
    assert all(json.loads(row)["messages"] for row in rows)


def test_the_wheel_holds_what_it_needs_and_no_more(installed: Path) -> None:
    site = next((installed / "env/lib").glob("python3*/site-packages"))
    names = {p.relative_to(site / "inscape").as_posix() for p in (site / "inscape").rglob("*") if p.is_file()}
    assert {"sample/book.pdf", "sample/book.epub", "sample/passages.md", "sample/answers.json"} <= names
    assert "elicitation/core/1-inner-monologue.md" in names
    assert not any(n.startswith(("tests", "docs")) for n in names)
    assert {"sample/companion/rows/greetings.jsonl", "sample/companion/probes/effort.jsonl"} <= names
    assert not any(n.startswith("sample/companion/") and n.endswith((".db", ".sh", ".jinja")) for n in names)
    sizes = {p: p.stat().st_size for p in (site / "inscape").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    tiny = sum(size for path, size in sizes.items() if path.parent.name == "tiny")
    assert tiny < 9_000_000
    assert sum(sizes.values()) - tiny < 5_000_000
