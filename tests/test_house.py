"""The house's own rules: arrows point downwards, SQL and the network stay in their rooms, nothing grows too large."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "inscape"
FLOORS = (
    {"records", "errors", "events", "text"},
    {"settings", "project", "thresholds"},
    {"books", "passages", "elicitation", "examples", "review", "export", "quality", "splits", "rendering", "targets"}
    | {"evaluation"},
    {"store", "teachers", "trainers", "runtimes"},
    {"stages"},
    {"cli"},
)
PURE = FLOORS[2] | FLOORS[0]
BESIDE = {"project", "settings", "thresholds"}
NETWORK = {
    "openai",
    "anthropic",
    "httpx",
    "httpx2",
    "requests",
    "socket",
    "urllib.request",
    "http",
    "starlette",
    "uvicorn",
}
HEAVY = {"torch", "mlx", "mlx_lm", "transformers", "peft", "trl", "xllamacpp", "llama_cpp"}
"""What only a trainer's own process imports."""
FILES = sorted(SOURCE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_arrows_point_downwards(path: Path) -> None:
    here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    height = next((n for n, floor in enumerate(FLOORS) if here in floor), len(FLOORS))
    for name in imports(path):
        if name.startswith("inscape."):
            there = next((n for n, floor in enumerate(FLOORS) if room(name) in floor), 0)
            assert there <= height, f"{here} imports {name}"
            assert not (here in PURE and room(name) in BESIDE), f"{here} is pure and imports {name}"
        if here != "store":
            assert not name.startswith("sqlite3"), f"{here} imports {name}: SQL stays in store/"
        if here not in {"teachers", "runtimes"}:
            assert not any(name == n or name.startswith(n + ".") for n in NETWORK), f"{here} imports {name}"
        assert name.split(".")[0] not in HEAVY or here == "trainers"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 420, "what is this file really doing?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
