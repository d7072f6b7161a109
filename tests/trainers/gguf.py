"""A GGUF of a folder, where llama.cpp's converter is found; else the test is skipped."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from inscape.errors import TrainerMissing
from inscape.stages.gguf import Source, Wanted, gguf
from inscape.stages.tuned import Children
from inscape.trainers import llama_cpp

NAMED = os.environ.get("INSCAPE_GGUF_LLAMA_CPP", "")


def converter() -> Path:
    """llama.cpp's folder: as the setting's variable names it, else where `inscape gguf --fetch` puts it."""
    pytest.importorskip("xllamacpp")
    try:
        return llama_cpp.converter(NAMED, os.environ)
    except TrainerMissing as problem:
        pytest.skip(str(problem))


def made(folder: Path, home: Path, type_: str = "f32") -> Path:
    """The GGUF of a model's folder, made once."""
    out = home / f"model-{type_}.gguf"
    if not out.exists():
        wanted = Wanted(type_, llama_cpp=str(converter()), compare=False)  # type: ignore[arg-type]
        list(gguf(None, Source(folder, home), wanted, Children(Path(sys.executable)), os.environ))
    return out
