"""Kept examples to the rows of a training format. One file per format: its name is the dispatch key.

Invariant: no example is lost without a word. Every example gives at least one row or the conversion is refused with
the example's id, and what a format cannot hold is counted in a note. Reads no file and writes none.

A format is a module of this folder (dashes as underscores, no underscore in front) with `NAME`, `SUMMARY`, `FILE`
("jsonl" or "json"), `THOUGHTS` (the options it can take), `TRAINS` (whether trainers read it), `rows(example, options)`
and `notes(examples, options)`.
"""

from __future__ import annotations

from inscape.export._convert import Conversion, Format, Options, Thoughts, convert, file_name, formats, load
from inscape.export._write import json_array, jsonl, write

__all__ = [
    "Conversion",
    "Format",
    "Options",
    "Thoughts",
    "convert",
    "file_name",
    "formats",
    "json_array",
    "jsonl",
    "load",
    "write",
]
