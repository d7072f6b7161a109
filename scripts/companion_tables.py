"""Write the tables of examples/companion/README.md again: from the card that `inscape export` makes of its rows.

The rows are imported and exported in a temporary copy of the folder, by the same verbs as run.sh uses; what the card
says under "What is in it" is put between `<!-- card -->` and `<!-- /card -->`.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from inscape import cli

HERE = Path(__file__).resolve().parent.parent / "examples" / "companion"
PART = re.compile(r"(<!-- card -->\n).*?(<!-- /card -->)", re.DOTALL)


def contents(card: str) -> str:
    """The tables of a card: what stands between "What is in it" and the next heading."""
    return card.partition("## What is in it\n")[2].partition("\n## ")[0].strip()


def filled(readme: str, card: str) -> str:
    """The README with the card's tables."""
    return PART.sub(lambda found: f"{found[1]}\n{contents(card)}\n\n{found[2]}", readme)


def card_of(folder: Path) -> str:
    """The card of the rows, made in a copy of the folder."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / "companion"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("inscape.db*", "exports", "dataset", "reports"))
        os.chdir(copy)
        try:
            for words in (
                ["import", *map(str, sorted(Path("rows").glob("*.jsonl"))), "--keep"],
                ["export", "--format", "raw"],
            ):
                if code := cli.run(words):
                    raise SystemExit(code)
            return Path("dataset/card.md").read_text(encoding="utf-8")
        finally:
            os.chdir(before)


def main() -> None:
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(filled(text, card_of(HERE)), encoding="utf-8")


if __name__ == "__main__":
    main()
