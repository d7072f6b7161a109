"""Start-up time and installed size of inscape, beside llm and synthetic-data-kit.

    python benchmarks/startup.py [--keep FOLDER] [--runs 15] [--write]

Each program is installed with its own dependencies into an environment of its own (from this folder, and from PyPI by
name), then `--help` and the import of its command line are timed as whole processes, in turns, so that a busy machine
is busy for all of them. The floor is `python -c pass` in the same environments. `--write` puts the table into
benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


@dataclass
class Program:
    """A program to measure. Times are seconds of wall clock; size is in bytes."""

    name: str
    wheel: str
    command: str
    module: str
    size: int = 0
    packages: int = 0
    version: str = ""
    times: dict[str, list[float]] = field(default_factory=dict)


def programs() -> list[Program]:
    return [
        Program("inscape", str(ROOT), "inscape", "inscape.cli"),
        Program("llm", "llm", "llm", "llm.cli"),
        Program("synthetic-data-kit", "synthetic-data-kit", "synthetic-data-kit", "synthetic_data_kit.cli"),
    ]


def install(program: Program, folder: Path) -> None:
    """A fresh environment with the program and what it needs; its size without pip and setuptools."""
    environment = folder / program.name
    if not (environment / "bin" / program.command).exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = [str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", program.wheel]
        subprocess.run(pip, check=True)
    site = next((environment / "lib").glob("python3*/site-packages"))
    own = [p for p in site.iterdir() if not p.name.startswith(("pip", "setuptools", "_distutils", "distutils"))]
    program.size = sum(f.stat().st_size for p in own for f in ([p] if p.is_file() else p.rglob("*")) if f.is_file())
    program.packages = sum(p.name.endswith(".dist-info") for p in own)
    info = next(
        p.name for p in own if p.name.startswith(program.name.replace("-", "_") + "-") and p.suffix == ".dist-info"
    )
    program.version = info.removesuffix(".dist-info").rpartition("-")[2]


def commands(program: Program, folder: Path) -> dict[str, list[str]]:
    bin_ = folder / program.name / "bin"
    return {
        "floor": [str(bin_ / "python"), "-c", "pass"],
        "import": [str(bin_ / "python"), "-c", f"import {program.module}"],
        "help": [str(bin_ / program.command), "--help"],
    }


def measure(all_programs: Sequence[Program], folder: Path, runs: int) -> None:
    """Time each command `runs` times, in turns; the first turn warms the disk cache and is not counted."""
    for turn in range(runs + 1):
        for program in all_programs:
            for what, command in commands(program, folder).items():
                began = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
                if turn:
                    program.times.setdefault(what, []).append(time.perf_counter() - began)


def table(all_programs: Sequence[Program]) -> str:
    lines = [
        "| program | version | packages | installed MB | import of the CLI, ms | `--help`, ms | bare Python, ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in all_programs:
        floor, imported, shown = (statistics.median(p.times[w]) * 1000 for w in ("floor", "import", "help"))
        lines.append(
            f"| {p.name} | {p.version} | {p.packages} | {p.size / 1e6:.0f} | {imported - floor:.0f} | {shown:.0f} "
            f"| {floor:.0f} |"
        )
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the section into RESULTS.md in place of the one before."""
    head = "## Start-up and size\n"
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmark results\n\n"
    before, _, rest = old.partition(head)
    after = rest[rest.find("\n## ") + 1 :] if "\n## " in rest else ""
    RESULTS.write_text(f"{before.rstrip()}\n\n{head}\n{text}\n" + (f"\n{after}" if after else ""), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="keep the environments here and use them again")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/RESULTS.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        measured = programs()
        for program in measured:
            install(program, folder)
        measure(measured, folder, args.runs)
    text = (
        f"`python benchmarks/startup.py --write`, {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, "
        f"{platform.machine()}, median of {args.runs} runs. The import column is above bare Python's own start.\n\n"
        + table(measured)
    )
    print(text)
    if args.write:
        write(text)


if __name__ == "__main__":
    main()
