"""Record the demo's answers: write out the prompts, then pack what was answered.

    python scripts/record_sample.py prompts FOLDER         the exact prompts, as FOLDER/PASSAGE-TEMPLATE.prompt.txt
    python scripts/record_sample.py pack FOLDER --by NAME  FOLDER/PASSAGE-TEMPLATE.answer.txt into sample/answers.json

A recording must be made again whenever a core template or a sample passage changes: the demo refuses an answer whose
prompt has another hash. `pack` also writes sample/decisions.jsonl from FOLDER/verdicts.json, an object such as
{"1-2": {"verdict": "keep", "checklist": [1, 2], "note": ""}} by passage and template.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from inscape.elicitation import slots, templates
from inscape.elicitation.answers import read_answer
from inscape.passages import document
from inscape.records import Passage, Template
from inscape.store.attempts import Item
from inscape.store.examples import id_for_attempt
from inscape.text import sha256

SAMPLE = Path(__file__).resolve().parent.parent / "src" / "inscape" / "sample"
REVIEWER = "recorded with the sample"
NOTE = "Recorded: each answer was written by a language model from exactly the prompt with this hash, and not edited."


def prompts() -> Iterator[tuple[str, Passage, Template, str]]:
    """Name, passage, template and prompt of each of the fifteen."""
    read = document.parse((SAMPLE / "passages.md").read_text(encoding="utf-8"), "passages.md")
    for passage in read.passages:
        for template in templates.core():
            yield f"{passage.number}-{template.number}", passage, template, slots.render(template, passage)


def write_prompts(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, _, _, prompt in prompts():
        (folder / f"{name}.prompt.txt").write_text(prompt, encoding="utf-8")


def pack(folder: Path, by: str) -> None:
    answers, decisions = [], []
    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    for name, passage, template, prompt in prompts():
        answer = (folder / f"{name}.answer.txt").read_text(encoding="utf-8").strip()
        read = read_answer(answer, template.shape)
        if read.state != "done":
            raise SystemExit(f"{name}: {read.state}: {'; '.join(read.problems)}")
        hash_ = sha256(prompt)
        answers.append({"prompt_sha256": hash_, "passage": passage.id, "template": template.name, "answer": answer})
        key = Item(passage, template, f"recorded:{by}", {}, 1, prompt).key
        decisions.append({"example": id_for_attempt(key, 1), **verdicts[name], "reviewer": REVIEWER})
    recording = {"by": by, "note": NOTE, "answers": answers}
    text = json.dumps(recording, ensure_ascii=False, indent=1) + "\n"
    (SAMPLE / "answers.json").write_text(text, encoding="utf-8")
    lines = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in decisions)
    (SAMPLE / "decisions.jsonl").write_text(lines, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["prompts", "pack"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--by", default="a language model", help="who wrote the answers")
    args = parser.parse_args()
    if args.what == "prompts":
        write_prompts(args.folder)
    else:
        pack(args.folder, args.by)


if __name__ == "__main__":
    main()
