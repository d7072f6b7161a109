"""Child: a model's folder becomes a GGUF, by llama.cpp's own converter, run as it stands.

Invariant: the converter is not changed. One answer is put beside it: a tokenizer that splits text exactly as GPT-2's
does is called gpt-2, where the converter would refuse it for not being on its list. The GGUF carries the template that
the folder has, or the child fails.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

from inscape.trainers.gguf_metadata import read
from inscape.trainers.jobs import load
from inscape.trainers.speak_hf import template_of
from inscape.trainers.speak_jobs import ConvertJob
from inscape.trainers.telling import Failure, Line, run

SCRIPT = "convert_hf_to_gguf.py"
_GPT2 = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}


def main(job: str) -> None:
    run(_convert, job)


def _convert(line: Line, path: Path) -> None:
    line.ending = {}
    job = load(ConvertJob, path)
    folder, out = Path(job.model), Path(job.out)
    home = Path(job.llama_cpp)
    sys.path[:0] = [str(home), str(home / "gguf-py")]
    if splits_as_gpt2(folder):
        _answer_gpt2()
    sys.argv = [SCRIPT, str(folder), "--outfile", str(out), "--outtype", job.type]
    try:
        runpy.run_path(str(home / SCRIPT), run_name="__main__")
    except SystemExit as problem:
        if problem.code:
            raise Failure("other", f"llama.cpp's converter gave up on {folder}; the log has its own words.") from None
    except ImportError as problem:
        raise Failure("packages", f"llama.cpp's converter needs {problem.name or problem}. {install()}") from problem
    except (NotImplementedError, KeyError, ValueError) as problem:
        raise Failure("other", _unknown(folder, problem)) from problem
    _check(folder, out)
    line.say("converted", type=read(out).type, architecture=read(out).architecture)
    line.say("done")


def install() -> str:
    return f"Run: {sys.executable} -m pip install numpy sentencepiece protobuf gguf torch transformers"


def splits_as_gpt2(folder: Path) -> bool:
    """Whether the tokenizer splits a text into words exactly as GPT-2's, and does nothing to it before."""
    try:
        held: dict[str, Any] = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    split = {"use_regex": True, **(held.get("pre_tokenizer") or {})}
    split.pop("trim_offsets", None)
    return split == _GPT2 and held.get("normalizer") is None and (held.get("model") or {}).get("type") == "BPE"


def _answer_gpt2() -> None:
    """What the converter finds by itself stays; only where it knows nothing, it hears gpt-2."""
    from conversion.base import TextModel

    known = TextModel.get_vocab_base_pre

    def answer(self: Any, tokenizer: Any) -> str:
        try:
            return str(known(self, tokenizer))
        except NotImplementedError:
            return "gpt-2"

    TextModel.get_vocab_base_pre = answer


def _unknown(folder: Path, problem: Exception) -> str:
    """What the converter does not know, as a sentence."""
    said = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
    if "pre-tokenizer" in said:
        return (
            f"llama.cpp's converter does not know how the tokenizer of {folder} splits text ({said}). A newer "
            "llama.cpp may: name its folder with --llama-cpp."
        )
    return (
        f"llama.cpp's converter cannot convert {folder}: {said[:300].rstrip('.')}. It may be of a kind that needs "
        "a newer llama.cpp: name its folder with --llama-cpp."
    )


def _check(folder: Path, out: Path) -> None:
    """Raises Failure where the GGUF does not carry the folder's template."""
    from transformers import AutoTokenizer

    wanted = template_of(AutoTokenizer.from_pretrained(folder, local_files_only=True))
    if wanted is None:
        raise Failure(
            "template",
            f"{folder} has no chat template, so the GGUF has none, and no program would know how to talk to it. Put "
            "the template that training used there as chat_template.jinja.",
        )
    if read(out).template != wanted:
        raise Failure(
            "template", f"{out} does not carry the chat template of {folder}. Convert with a newer llama.cpp."
        )
