"""Write docs/what-the-model-sees.md: the demo's kept examples through five model families, by real runs of preview.

The templates are those that `make templates` fetched. `--check` writes nothing and exits 1 when the page is stale.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inscape import cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "what-the-model-sees.md"
FAMILIES = (
    ("Llama 3.3", "llama-3.3.jinja", "llamacpp/meta-llama-Llama-3.3-70B-Instruct.jinja"),
    ("Qwen3", "qwen3.jinja", "llamacpp/Qwen-Qwen3-0.6B.jinja"),
    ("gpt-oss", "gpt-oss.jinja", "llamacpp/openai-gpt-oss-120b.jinja"),
    ("Gemma 4", "gemma-4.jinja", "trl/gemma4_v5.jinja"),
    ("DeepSeek-R1-Distill", "deepseek-r1-distill.jinja", "trl/deepseek_r1_distill.jinja"),
)
ROW = 3
"""A conversation of two exchanges with a thought in each."""
WAYS = ("content", "reasoning_content", "thinking")
HEAD = """\
# What the model sees

<!-- This page is written by scripts/what_the_model_sees.py from real runs. Do not edit it by hand. -->

One dataset, five model families. The dataset is the ten kept examples of `inscape demo`: {answers} answers, {thoughts}
of them with a thought. Each family's own chat template was given the same examples, first in the three ways in which
people write thoughts today, then in the way that inscape chooses for it. Everything below is the output of
[`inscape preview`](preview.md).

| family | `<thinking>` in content | `reasoning_content` | `thinking` | inscape chooses |
|---|---|---|---|---|
"""
FOOT = """
A cell says how many of the {thoughts} thoughts are trained, and what is wrong with the answers that have one. Below
is row {row} in each family, in the way chosen for it (or, where it is refused, what a tag in the content would do):
what stands above `learned` carries no loss, what stands below it does.
"""


def page(templates: Path) -> str:
    """The whole page, from runs in a demo of its own."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        run("demo", "demo")
        with contextlib.chdir("demo"):
            for _, name, source in FAMILIES:
                shutil.copyfile(templates / source, name)
            return "".join(parts())


def parts() -> Iterator[str]:
    """The page's text, piece by piece; the current folder is the demo."""
    all_turns = {(name, way): turns(name, way) for _, name, _ in FAMILIES for way in (*WAYS, None)}
    some = all_turns[FAMILIES[0][1], None]
    counts = {"answers": len(some), "thoughts": sum(one["thought_in_training"] is not None for one in some)}
    yield HEAD.format(**counts)
    for family, name, _ in FAMILIES:
        cells = [cell(all_turns[name, way]) for way in WAYS]
        yield f"| {family} | {' | '.join(cells)} | {chosen(all_turns[name, None])} |\n"
    yield FOOT.format(**counts, row=ROW)
    for family, name, source in FAMILIES:
        yield f"\n## {family}\n\nThe template is `{source}`, as fetched by `make templates`.\n\n"
        shown = run("preview", "--model", name, "--row", str(ROW))
        yield f"```text\n$ inscape preview --model {name} --row {ROW}\n{shown.rstrip()}\n```\n"


def turns(name: str, way: str | None) -> list[dict[str, Any]]:
    forced = ("--as", way) if way else ()
    return [json.loads(line) for line in run("preview", "--model", name, "--json", *forced).splitlines()]


def cell(found: list[dict[str, Any]]) -> str:
    """'9 of 9', or '0 of 9: thought-lost'."""
    held = [one for one in found if one["thought_in_training"] is not None]
    trained = sum(one["thought_in_training"] for one in held)
    wrong = Counter(one["verdict"] for one in held if one["verdict"] != "ok")
    said = ", ".join(f"`{verdict}`" for verdict in sorted(wrong))
    return f"{trained} of {len(held)}" + (f": {said}" if said else "")


def chosen(found: list[dict[str, Any]]) -> str:
    encoding = found[0]["encoding"]
    return "refused" if encoding == "refused" else f"`{encoding}`, {cell(found)}"


def run(*words: str) -> str:
    """What a command prints on stdout. Raises SystemExit where it fails."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = cli.run(list(words))
    if code:
        raise SystemExit(f"inscape {' '.join(words)} ended with {code}")
    return out.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    parser.add_argument("templates", nargs="?", type=Path, default=ROOT / ".templates")
    given = parser.parse_args()
    made = page(given.templates.resolve())
    stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made
    if not given.check:
        PAGE.write_text(made, encoding="utf-8")
    print(f"{PAGE.name} is {'stale' if stale and given.check else 'written'}")
    return 1 if stale and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
