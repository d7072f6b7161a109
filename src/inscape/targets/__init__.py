"""Rows, config and command for a trainer. One file per trainer: its name is the dispatch key.

Invariant: what is written was rendered first. For every row the chat template gave the exact text, the prompt at use is
a prefix of it, and the thought and the reply stand in what is learned; where that fails, the export is refused with the
reason. A key stands in a config only if the trainer reads it. Reads no file and writes none.

A trainer is a module of this folder (dashes as underscores; what begins with an underscore is shared by them) with
`NAME`, `SUMMARY`, `ALWAYS`, `LEAVES`, `NAMES_MODEL` and `write(job)`, which gives the folder's files, or raises
InscapeError with the reason. Jobs are made by `_make.make`.
"""

from __future__ import annotations

from inscape.targets._find import Target, load, names

__all__ = ["Target", "load", "names"]
