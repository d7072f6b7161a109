"""How near a reading comes to the truth: paragraph F1 and character error rate, by alignment of words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from inscape.text import fold

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
_SIGNS = re.compile("\x01[^\x01]*\x01|[\x03\x04\u2060]")


@dataclass(frozen=True)
class Score:
    """`f1` of paragraph starts and `cer`, both in percent; `wrong` holds up to 200 hunks (truth, reading)."""

    f1: float
    precision: float
    recall: float
    cer: float
    wrong: tuple[tuple[str, str], ...]


def truth(path: Path) -> list[str]:
    """Texts of a ground truth file, without scene breaks."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [_SIGNS.sub("", row["text"]).replace("\x02", "\n") for row in rows if row["text"].strip()]


def score(expected: Iterable[str], got: Iterable[str]) -> Score:
    """Compare two lists of units. Units that are alike pair off first, so that only the rest is aligned by words."""
    want, have = [_words(t) for t in expected], [_words(t) for t in got]
    joined = [" ".join(w) for w in want], [" ".join(h) for h in have]
    hits = errors = 0
    wrong: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *joined, autojunk=False).get_opcodes():
        if tag == "equal":
            hits += i2 - i1
            continue
        some, miss = _hunk(want[i1:i2], have[j1:j2])
        hits += some
        errors += miss
        wrong.append(("¶".join(joined[0][i1:i2]), "¶".join(joined[1][j1:j2])))
    precision, recall = 100 * hits / max(1, len(have)), 100 * hits / max(1, len(want))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return Score(f1, precision, recall, 100 * errors / max(1, sum(map(len, joined[0]))), tuple(wrong[:200]))


def _words(text: str) -> list[str]:
    return fold(text).replace(". . .", "...").split()


def _hunk(want: Sequence[Sequence[str]], have: Sequence[Sequence[str]]) -> tuple[int, int]:
    """(paragraph starts that agree, characters that differ)."""
    a, b = [w for p in want for w in p], [w for p in have for w in p]
    starts_a, starts_b = _starts(want), _starts(have)
    hits = errors = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            hits += sum(1 for k in range(i2 - i1) if i1 + k in starts_a and j1 + k in starts_b)
        else:
            errors += _characters(" ".join(a[i1:i2]), " ".join(b[j1:j2]))
            hits += 1 if i1 in starts_a and j1 in starts_b and i1 < i2 and j1 < j2 else 0
    return hits, errors


def _characters(a: str, b: str) -> int:
    if len(a) > 2000 or len(b) > 2000:
        return max(len(a), len(b))
    same = sum(m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return max(len(a), len(b)) - same


def _starts(units: Sequence[Sequence[str]]) -> set[int]:
    starts, at = set(), 0
    for unit in units:
        starts.add(at)
        at += len(unit)
    return starts
