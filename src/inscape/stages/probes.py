"""The probes of a project: every `probes/*.jsonl`, in the order of their names.

Invariant: ids are unique over all files, since reports name probes by them.
"""

from __future__ import annotations

from inscape.errors import InputError
from inscape.evaluation.probes import read_probes
from inscape.project import Project, read_text
from inscape.records import Probe


def all_probes(project: Project) -> list[Probe]:
    """Raises InputError with file and line for what is no probe, and for an id that stands twice."""
    made: dict[str, Probe] = {}
    for path in sorted((project.root / "probes").glob("*.jsonl")):
        for probe in read_probes(read_text(path), project.relative(path)):
            if (first := made.setdefault(probe.id, probe)) is not probe:
                places = f"{probe.file}, line {probe.line}", f"{first.file}, line {first.line}"
                raise InputError(f'{places[0]}: the id "{probe.id}" stands in {places[1]} too.')
    return list(made.values())
