"""Time and memory of `inscape check` on 100,000 rows, and its near-duplicates beside datasketch and semhash.

    python benchmarks/check.py [--keep FOLDER] [--rows 100000] [--write]

The rows are made on the spot from a fixed seed: English of invented sentences, and one row in fifty a copy of an
earlier one with some of its words changed. datasketch (MinHash of 128 permutations, MinHashLSH at 0.5, over the same
runs of five characters) and semhash (its model cannot be fetched without a network, so its own index is given hashed
word vectors made here) each run in an environment of their own, on the same file. All are whole processes, with peak
memory as the kernel counts it. `--write` puts the table into benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEAD = "## Checking 100,000 rows\n"
EVERY = 50
"""One row in so many is a changed copy."""


@dataclass(frozen=True)
class Outcome:
    """Seconds of wall clock, megabytes at the peak, changed copies found of those planted, and of those above 0.5."""

    name: str
    seconds: float
    megabytes: float
    found: int
    planted: int
    note: str = ""


def vocabulary(chance: random.Random) -> list[str]:
    """8,000 words made of syllables, so that no text is anyone's."""
    syllables = [c + v for c in (*"bcdfghklmnprstvwz", "th", "sh", "br", "st") for v in (*"aeiou", "ai", "ea")]
    lengths = (1, 2, 2, 3)
    words = {"".join(chance.choice(syllables) for _ in range(chance.choice(lengths))) for _ in range(12_000)}
    return sorted(words)[:8000]


def make(path: Path, rows: int) -> dict[int, int]:
    """Write the rows; which row (from 1) is a changed copy of which."""
    chance = random.Random(7)
    words = vocabulary(chance)
    common = ["the", "of", "and", "to", "in", "it", "was", "i", "my", "that", "a", "on", "with", "for", "not", "at"]
    copies: dict[int, int] = {}
    made: list[tuple[str, str, str]] = []
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, rows + 1):
            if number % EVERY == 0:
                origin = chance.randrange(len(made))
                copies[number] = origin + 1
                texts = tuple(changed(text, words, chance) for text in made[origin])
            else:
                texts = tuple(prose(n, words, common, chance) for n in (10, 30, chance.randrange(40, 110)))
            question, thought, reply = texts
            made.append((question, thought, reply))
            value = f"<thinking>{thought}</thinking>\n\n{reply}"
            turns = [{"from": "human", "value": question}, {"from": "assistant", "value": value}]
            row = {"conversations": turns, "metadata": {"complexity": "MEDIUM", "category": f"topic {number % 40}"}}
            file.write(json.dumps(row) + "\n")
    return copies


def prose(length: int, words: list[str], common: list[str], chance: random.Random) -> str:
    made = [
        chance.choice(common) if chance.random() < 0.4 else words[int(chance.random() ** 2 * len(words))]
        for _ in range(length)
    ]
    for n in range(0, length, 12):
        made[n] = made[n].capitalize()
        made[min(n + 11, length - 1)] += "."
    return " ".join(made)


def changed(text: str, words: list[str], chance: random.Random) -> str:
    """The text with up to a sixth of its words replaced."""
    made = text.split(" ")
    for _ in range(chance.randrange(1, max(len(made) // 6, 2))):
        made[chance.randrange(len(made))] = chance.choice(words)
    return " ".join(made)


OTHERS = {
    "datasketch": """
import json, sys
from datasketch import MinHash, MinHashLSH
texts = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
lsh = MinHashLSH(threshold=0.5, num_perm=128)
for n, row in enumerate(texts, 1):
    text = " ".join(turn["value"] for turn in row["conversations"]).lower()[:1500]
    sketch = MinHash(num_perm=128)
    sketch.update_batch([text[i:i+5].encode() for i in range(max(len(text) - 4, 1))])
    for other in lsh.query(sketch):
        print(n, other)
    lsh.insert(n, sketch)
""",
    "semhash": """
import json, sys
import numpy as np
from semhash import SemHash
class Hashed:
    def encode(self, texts, **_):
        made = np.zeros((len(texts), 256), dtype=np.float32)
        for n, text in enumerate(texts):
            for word in text.lower().split():
                h = hash(word); made[n, h % 256] += 1 if h >> 20 & 1 else -1
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
texts = [" ".join(turn["value"] for turn in row["conversations"]) for row in rows]
records = [{"n": str(n), "text": t} for n, t in enumerate(texts, 1)]
index = SemHash.from_records(records=records, columns=["text"], model=Hashed())
for record in index.self_deduplicate(threshold=0.8).filtered:
    for other, _ in record.duplicates or [({"n": "0"}, 1.0)]:
        print(record.record["n"], other["n"])
""",
}


def environment(name: str, folder: Path) -> Path:
    """A Python with that package in it."""
    home = folder / name
    if not (home / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        wheel = str(ROOT) if name == "inscape" else name
        subprocess.run([str(home / "bin" / "pip"), "install", "--quiet", wheel], check=True)
    return home / "bin" / "python"


def timed(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak megabytes and stdout of a process."""
    began = time.perf_counter()
    wrapped = [sys.executable, __file__, "--measure", *command]
    done = subprocess.run(wrapped, capture_output=True, text=True, check=False)
    peak = done.stderr.rsplit("PEAK ", 1)
    if len(peak) < 2:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began, float(peak[1]), done.stdout


def measured(name: str, folder: Path, data: Path, copies: dict[int, int]) -> Outcome:
    python = environment(name, folder)
    if name == "inscape":
        command = [str(python.parent / "inscape"), "check", str(data), "--json"]
    else:
        command = [str(python), "-c", OTHERS[name], str(data)]
    seconds, megabytes, out = timed(command)
    pairs = _ours(out) if name == "inscape" else {tuple(map(int, line.split())) for line in out.splitlines() if line}
    later = {max(pair) for pair in pairs} | {min(pair) for pair in pairs if min(pair) in copies}
    return Outcome(name, seconds, megabytes, len(later & set(copies)), len(copies))


def _ours(out: str) -> set[tuple[int, ...]]:
    found = [json.loads(line) for line in out.splitlines()]
    return {(f["row"], 0) for f in found if f["check"] in ("near-duplicate", "duplicate", "series") and f["row"]}


def table(outcomes: list[Outcome], rows: int) -> str:
    lines = [
        f"| program | what it did with {rows:,} rows | seconds | peak MB | changed copies found |",
        "|---|---|---|---|---|",
    ]
    did = {
        "inscape": "read, all 27 checks, near-duplicates with exact similarity",
        "datasketch": "read, MinHash and LSH only",
        "semhash": "read, deduplicate only (vectors made here)",
    }
    for one in outcomes:
        found = f"{one.found:,} of {one.planted:,} ({one.found / one.planted:.1%})"
        lines.append(f"| {one.name} | {did[one.name]} | {one.seconds:.1f} | {one.megabytes:.0f} | {found} |")
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the section into RESULTS.md in place of the one before."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmark results\n\n"
    before, _, rest = old.partition(HEAD)
    after = rest[rest.find("\n## ") + 1 :] if "\n## " in rest else ""
    RESULTS.write_text(f"{before.rstrip()}\n\n{HEAD}\n{text}\n" + (f"\n{after}" if after else ""), encoding="utf-8")


def _measure(command: list[str]) -> None:
    """Run a process and say its peak memory on stderr, its own exit code aside (3: findings)."""
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    print(f"PEAK {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit:.1f}", file=sys.stderr)


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        _measure(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="keep the environments here and use them again")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/RESULTS.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        data = Path(scratch) / "rows.jsonl"
        copies = make(data, args.rows)
        outcomes = [measured(name, folder, data, copies) for name in ("inscape", "datasketch", "semhash")]
        size = data.stat().st_size / 1e6
    text = (
        f"`python benchmarks/check.py --write`, {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, "
        f"{platform.machine()}; {size:.0f} MB of rows, one in {EVERY} a copy with up to a sixth of its words changed. "
        "Memory is that of the largest process (inscape runs two; both together were seen to peak at 846 MB). "
        "datasketch and semhash only look for near copies; inscape also runs every other check. "
        "semhash was given vectors of hashed words made in its process, since its model cannot be fetched here.\n\n"
        + table(outcomes, args.rows)
    )
    print(text)
    if args.write:
        write(text)


if __name__ == "__main__":
    main()
