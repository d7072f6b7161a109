"""The first files of a project: what a person finds in a new folder."""

from __future__ import annotations

from inscape.passages import document
from inscape.review import rubric
from inscape.text import readable


def first_files(name: str) -> dict[str, str]:
    """First texts by relative path."""
    return {
        "passages.md": document.new(readable(name)),
        "rubric.md": rubric.DEFAULT,
        "persona.md": _PERSONA,
        "topics.md": _TOPICS,
        "templates/README.md": _TEMPLATES,
        "probes/README.md": _PROBES,
    }


_TEMPLATES = """\
# Your own templates

One file for each template, such as `templates/thresholds.md`. Begin from a core one:

    inscape templates new thresholds --from inner-monologue

A template of yours with the number or name of a core one takes its place. `inscape templates check` reads them all.
A collection in the form of elicitation_templates.md can stand here or in the project's folder as it is.
"""

_PERSONA = """\
# Persona

Yours to write: a name, a voice, languages, what it believes of itself, what it never does. inscape keeps this file and
does not read it yet; whatever should reach a teacher today stands in a template or in a passage's block.
"""

_TOPICS = """\
# Topics

Yours to write, for a persona without a book: category, topic, how many, how complex, in which language. inscape keeps
this file and does not read it yet.
"""

_PROBES = """\
# Probes

Prompts that you hold out for judging a trained model: any number of files named `*.jsonl`, one object a line.

    {"id": "low-01", "prompt": "günaydın", "level": "LOW", "must": ["greets back"], "must_not": ["explains"]}

Only `prompt` is needed. `inscape check` says which examples stand near a probe: what a model was taught cannot test it.
"""
