"""Every example whole, in its own structure: what `inscape import` reads back. No training format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inscape.examples.structures import render, structure_for
from inscape.export._convert import Options, Thoughts
from inscape.records import Example
from inscape.text import plural

NAME = "raw"
SUMMARY = "each example whole, in its own structure, with its metadata; to keep, to hand on, to import again"
FILE = "json"
THOUGHTS: tuple[Thoughts, ...] = ("tag",)
TRAINS = False


def rows(example: Example, options: Options) -> list[dict[str, Any]]:
    """One row, in the example's structure, or in the first that can hold it if an edit outgrew its own."""
    talk = example.conversation
    structure = structure_for(talk, example.structure, tag=options.tag)
    return [render(talk, structure, tag=options.tag)]


def notes(examples: Sequence[Example], options: Options) -> list[str]:
    """Which examples had to take another structure."""
    outgrown = sum(1 for e in examples if structure_for(e.conversation, e.structure, tag=options.tag) != e.structure)
    if not outgrown:
        return []
    return [f"{plural(outgrown, 'example')} took another structure, since an edit gave it what its own cannot hold."]
