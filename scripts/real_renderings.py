"""Render conversations through every fetched chat template with transformers' own apply_chat_template.

It runs in an environment of its own beside the templates (`.templates/env`: transformers, no torch) and leaves
`.templates/real.json`: for each template and conversation the hash of each text and which thoughts stand in it. The
tests hold inscape's renderings and predictions against that. transformers writes the day of `TODAY` as today.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TRANSFORMERS = "transformers==5.23.0"
TODAY = datetime(2025, 1, 1)
REAL = "real.json"

SYSTEM = "You are Deniz, who answers from the inside.\nNever explain."
TALKS: dict[str, tuple[str | None, list[tuple[str, str | None, str]]]] = {
    "single": (None, [("Where are you?", "A gate.\n\nNo, the gate.", "At the gate, I think.")]),
    "turkish": (
        SYSTEM,
        [
            ("sana bisi sorucam", None, "Sor kanka, dinliyorum."),
            ("İyi misin?", "Iğdır'ı düşündü, ışık söndü.", "İyiyim."),
        ],
    ),
    "four": (
        None,
        [(f"Ask number {n}.", f"First {n}, then {n * n}; and {{it}} <stays> open.", f"Say {n}.") for n in (1, 2, 3, 4)],
    ),
    "gaps": (None, [("Ask a.", "Mind a.", "Say a."), ("Ask b.", None, "Say b."), ("Ask c.", "Mind c.", "Say c.")]),
    "five": (SYSTEM, [(f"Q{n}?", f"Turning {n} over,\nslowly.", f"Answer {n}.\n\nMore of {n}.") for n in range(1, 6)]),
}
"""Conversations that are not the probes: a system prompt or none, and for each exchange question, thought, reply."""


def make(templates: Path) -> Path:
    """Write real.json for the templates of a folder, if it is not there for exactly these. The file's path."""
    out = templates / REAL
    if out.exists() and json.loads(out.read_text(encoding="utf-8"))["mark"] == mark(templates):
        return out
    asked = {"mark": mark(templates), "jobs": list(jobs_of(templates))}
    (templates / "jobs.json").write_text(json.dumps(asked), encoding="utf-8")
    subprocess.run([str(python(templates / "env")), __file__, "--child", str(templates)], check=True)
    return out


def mark(templates: Path) -> str:
    """What the renderings depend on: transformers, the conversations, the templates."""
    sources = [read(path) for path in sorted(templates.glob("*/*.jinja"))]
    return sha(json.dumps([TRANSFORMERS, TALKS, WAYS, sources]))


def python(folder: Path) -> Path:
    """The interpreter of the environment, made first where it is missing."""
    found = folder / "bin" / "python"
    if not (folder / TRANSFORMERS).exists():
        venv.create(folder, with_pip=True)
        command = [str(found), "-m", "pip", "install", "-q", "--disable-pip-version-check", TRANSFORMERS, "jinja2"]
        subprocess.run(command, check=True)
        (folder / TRANSFORMERS).touch()
    return found


def jobs_of(templates: Path) -> list[dict[str, Any]]:
    """A job for each template, conversation, way of writing thoughts, and switch that inscape would choose."""
    from inscape.rendering.behavior import choose, probe
    from inscape.rendering.templates import ChatTemplate

    jobs = []
    for path in sorted(templates.glob("*/*.jinja")):
        name = path.relative_to(templates).as_posix()
        chosen = dict(choose(probe(ChatTemplate(read(path), name))).kwargs)
        for talk in TALKS:
            for encoding, tag in WAYS:
                for kwargs in [{}, chosen] if chosen else [{}]:
                    jobs.append({"template": name, "talk": talk, "encoding": encoding, "tag": tag, "kwargs": kwargs})
    return jobs


WAYS = (
    ("reasoning_content", None),
    ("thinking", None),
    ("reasoning", None),
    ("content", "thinking"),
    ("content", "think"),
)


def read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def messages(talk: str, encoding: str, tag: str | None) -> list[dict[str, str]]:
    """The conversation as messages, written here once more and not by inscape."""
    system, exchanges = TALKS[talk]
    made = [{"role": "system", "content": system}] if system else []
    for asked, thought, reply in exchanges:
        made.append({"role": "user", "content": asked})
        if encoding == "content":
            text = f"<{tag}>{thought}</{tag}>\n\n{reply}" if thought else reply
            made.append({"role": "assistant", "content": text})
        else:
            field = {encoding: thought} if thought else {}
            made.append({"role": "assistant", "content": reply, **field})
    return made


def child(templates: Path) -> None:
    """In the environment of transformers: every job's texts, as hashes, and the thoughts that stand in them."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import chat_template_utils

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(TODAY.year, TODAY.month, TODAY.day, tzinfo=tz)

    chat_template_utils.datetime = Clock
    empty = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=empty, bos_token="<s>", eos_token="</s>")
    asked = json.loads((templates / "jobs.json").read_text(encoding="utf-8"))
    done = []
    for job in asked["jobs"]:
        said = messages(job["talk"], job["encoding"], job["tag"])
        thoughts = [thought for _, thought, _ in TALKS[job["talk"]][1]]
        given: dict[str, Any] = {"chat_template": read(templates / job["template"]), "tokenize": False, **job["kwargs"]}
        try:
            text = tokenizer.apply_chat_template(said, **given)
            at = [number for number, one in enumerate(said) if one["role"] == "assistant"]
            prompts = [tokenizer.apply_chat_template(said[:n], add_generation_prompt=True, **given) for n in at]
        except Exception as error:  # noqa: BLE001  (whatever the template does not take)
            done.append({**job, "error": f"{type(error).__name__}: {error}"})
            continue
        kept = [thought in text if thought else None for thought in thoughts]
        done.append({**job, "text": sha(text), "prompts": [sha(prompt) for prompt in prompts], "kept": kept})
    (templates / REAL).write_text(json.dumps({"mark": asked["mark"], "done": done}), encoding="utf-8")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> int:
    if "--child" in sys.argv:
        child(Path(sys.argv[-1]))
        return 0
    templates = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".templates"
    print(f"real renderings in {make(templates)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
