"""What the indicators of `inscape check` read on Turkish text, and how often its checks would speak up on it.

    python benchmarks/turkish_bands.py KIND=FILE ... [--write]

KIND is a label; a FILE is plain text, or rows in any shape that import reads (.jsonl, .json, .csv). Text is cut at
sentences into passages of 200 words or a little more; of rows, the replies are joined for that. Indicators are read on
the passages; the row checks run over the rows as they stand, and over the passages of a text, each as one inner text,
so that the checks of the voice apply. All figures come from the product's own functions. `--write` puts the tables
into benchmarks/RESULTS.md, with the size and the SHA-256 of each file.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles

from inscape import settings
from inscape.examples import shapes
from inscape.examples.files import read_file
from inscape.quality import checks, duplicates, spread, voice, words
from inscape.quality.lexicon import BY_LANGUAGE
from inscape.quality.minhash import SIGNS, shingles, similarity
from inscape.quality.rows import Item, Part, Row, look
from inscape.records import Conversation, Turn
from inscape.stages.check import limits

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = "## Turkish bands\n"
WORDS = 200
PAIRS = 300
"""Passages of which every pair is compared, for the similarity of unrelated texts."""
RATES = ("first", "abstract", "linking", "emotion", "hedge", "slop")
SHOWN = ("language", "truncated", "refusal", "assistant", "explains", "emotion", "hedges", "slop", "filler", "leaked")
SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+")
LIMITS = limits(settings.load("", "defaults", {}))
LEXICON = BY_LANGUAGE["tr"]


@dataclass(frozen=True)
class Kind:
    """One file: its label, its passages, and the rows that the row checks see."""

    name: str
    file: Path
    passages: list[str]
    rows: list[Row]


def load(name: str, file: Path) -> Kind:
    if file.suffix in (".jsonl", ".json", ".csv"):
        read = [shapes.read(row.value).conversation for row in read_file(file.read_bytes(), file.name) if row.value]
        text = "\n".join(turn.text for talk in read for turn in talk.turns if turn.role == "assistant")
    else:
        text = file.read_text(encoding="utf-8")
        read = [Conversation((Turn("user", "Devam et."), Turn("assistant", one))) for one in passages(text)]
    rows = [look(Item(file.name, n, _turkish(talk), "plain", passage="a book")) for n, talk in enumerate(read, 1)]
    return Kind(name, file, passages(text), rows)


def _turkish(talk: Conversation) -> Conversation:
    return replace(talk, language="tr")


def passages(text: str) -> list[str]:
    """Whole sentences, in order, until there are 200 words; what is left at the end is left out."""
    made: list[str] = []
    held: list[str] = []
    count = 0
    for sentence in SENTENCE.split(text):
        held.append(" ".join(sentence.split()))
        count += len(words.tokens(sentence))
        if count >= WORDS:
            made.append(" ".join(held))
            held, count = [], 0
    return made


def bands(values: Sequence[float]) -> str:
    """Median, 5th and 95th percentile."""
    if len(values) < 2:
        return "–"
    cuts = quantiles(values, n=20, method="inclusive")
    return f"{cuts[9]:.1f} ({cuts[0]:.1f}–{cuts[18]:.1f})"


def indicators(kind: Kind) -> list[str]:
    parts = [Part("thought", 1, text) for text in kind.passages]
    cells = [bands([voice.rate(LEXICON, getattr(LEXICON, name), part) for part in parts]) for name in RATES]
    return [kind.name, f"{len(parts):,}", *cells]


def of_the_set(kind: Kind) -> list[str]:
    first, last, repetition = spread.openings(LIMITS), spread.closings(LIMITS), spread.Repetition(LIMITS)
    for row in kind.rows:
        first.add(row)
        last.add(row)
    chosen = kind.passages[:]
    random.Random(1).shuffle(chosen)
    for text in chosen:
        talk = Conversation((Turn("user", "Devam et."), Turn("assistant", text)))
        repetition.add(look(Item(kind.file.name, 1, talk, "plain")))
    top, ten = first.shares()
    end, ends = last.shares()
    packed = repetition.compression()
    alike = sorted(_similar(chosen[:PAIRS]))
    return [
        kind.name,
        f"{len(kind.rows):,}",
        f"{top:.1%} / {ten:.0%}",
        f"{end:.1%} / {ends:.0%}",
        f"{repetition.repeated():.3f}" if len(chosen) > 50 else "–",
        f"{packed:.2f}" if packed else "–",
        f"{alike[int(len(alike) * 0.99)]:.3f} / {alike[-1]:.3f}" if len(alike) > 100 else "–",
        f"{_near(kind):.2%}",
    ]


def _near(kind: Kind) -> float:
    """The share of rows that `near-duplicate` warns about or calls an error."""
    check = duplicates.NearDuplicates(LIMITS)
    for row in kind.rows:
        check.add(row)
    return sum(found.severity != "note" for found in check.finish()) / len(kind.rows)


def _similar(texts: Sequence[str]) -> Iterator[float]:
    sets = [shingles(words.fold(text)[:SIGNS]) for text in texts]
    return (similarity(one, other) for n, one in enumerate(sets) for other in sets[n + 1 :])


def spoken_up(kind: Kind) -> list[str]:
    """Shares of rows with a warning or an error; of `explains`, `emotion` and `hedges` also with a note."""
    hard: Counter[str] = Counter()
    soft: Counter[str] = Counter()
    for row in kind.rows:
        for check in checks.CHECKS:
            if check.row and check.name in SHOWN:
                said = {found.severity for found in check.row(row, LIMITS)}
                hard[check.name] += bool(said & {"error", "warning"})
                soft[check.name] += "note" in said
    count = len(kind.rows)
    cells = [_share(hard[name], soft[name], count) for name in SHOWN]
    return [kind.name, f"{count:,}", *cells]


def _share(hard: int, soft: int, count: int) -> str:
    return f"{hard / count:.1%}" + (f" + {soft / count:.1%}" if soft else "")


def recognized(kind: Kind) -> list[str]:
    """Replies from eight words on, by the language found; as written, and without Turkish letters."""
    texts = [row.reply for row in kind.rows if len(row.reply_words) >= 8 and not row.code]
    cells = []
    for made in (texts, [_plain(text) for text in texts]):
        found = Counter(words.language(text) for text in made)
        other = sum(n for name, n in found.items() if name not in ("tr", ""))
        cells += [f"{found['tr'] / max(len(made), 1):.1%}", f"{other / max(len(made), 1):.1%}"]
    return [kind.name, f"{len(texts):,}", *cells]


def _plain(text: str) -> str:
    return text.translate(str.maketrans("çğışöüÇĞİŞÖÜâîû", "cgisouCGISOUaiu"))


TABLES = (
    (
        "Hits in a hundred words of a passage: median (5th–95th percentile)",
        ("kind", "passages", "first person", "abstract", "connectives", "feelings named", "hedges", "stock phrases"),
        indicators,
    ),
    (
        "The set: share of the commonest / ten commonest first and last three words of rows; runs of four words that "
        "come again; zlib at 50 KB; similarity of any two passages, 99th percentile / most; rows that near-duplicate "
        "warns about",
        ("kind", "rows", "openings", "closings", "4-grams", "zlib", "similarity", "near copies"),
        of_the_set,
    ),
    ("Share of rows with a warning or an error (+ with a note)", ("kind", "rows", *SHOWN), spoken_up),
    (
        "Language of replies from eight words on: Turkish / another language (the rest: cannot be told)",
        ("kind", "replies", "Turkish", "another", "without ç ğ ı ş ö ü: Turkish", "another"),
        recognized,
    ),
)


def report(kinds: Sequence[Kind]) -> str:
    made = []
    for title, head, cells in TABLES:
        lines = [f"{title}:", "", _line(head), _line(["---"] * len(head))]
        made.append("\n".join([*lines, *(_line(cells(kind)) for kind in kinds)]))
    rows = [_line([k.name, k.file.name, f"{k.file.stat().st_size:,}", _hash(k.file)]) for k in kinds]
    made.append("\n".join([_line(("kind", "file", "bytes", "SHA-256")), _line(["---"] * 4), *rows]))
    return "\n\n".join(made)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def write(text: str) -> None:
    """Put the tables into RESULTS.md in place of those before; what a person wrote above the first table stays."""
    old = RESULTS.read_text(encoding="utf-8")
    before, _, rest = old.partition(HEAD)
    told, _, rest = rest.partition("<!-- tables -->\n")
    after = rest.partition("<!-- /tables -->\n")[2]
    section = f"{HEAD}{told or chr(10)}<!-- tables -->\n{text}\n<!-- /tables -->\n"
    RESULTS.write_text(f"{before.rstrip()}\n\n{section}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="KIND=FILE")
    parser.add_argument("--write", action="store_true", help="write the tables to benchmarks/RESULTS.md")
    args = parser.parse_args()
    named = [one.partition("=") for one in args.files]
    if bad := [
        one for one, (_, sign, path) in zip(args.files, named, strict=True) if not sign or not Path(path).is_file()
    ]:
        sys.exit(f"not KIND=FILE, or there is no such file: {', '.join(bad)}")
    kinds = [load(name, Path(path)) for name, _, path in named]
    called = " ".join(shlex.quote(f"{k.name}={k.file.name}") for k in kinds)
    text = f"`python benchmarks/turkish_bands.py {called} --write`, {time.strftime('%Y-%m-%d')}\n\n{report(kinds)}"
    print(text)
    if args.write:
        write(text)


if __name__ == "__main__":
    main()
