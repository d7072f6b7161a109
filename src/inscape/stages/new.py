"""The first files of a project: what a person finds in a new folder."""

from __future__ import annotations

from inscape.passages import document
from inscape.review import rubric


def first_files(name: str) -> dict[str, str]:
    """First texts by relative path."""
    return {"passages.md": document.new(name), "rubric.md": rubric.DEFAULT, "templates/README.md": _TEMPLATES}


_TEMPLATES = """\
# Your own templates

One file for each template, such as `templates/thresholds.md`. Begin from a core one:

    inscape templates new thresholds --from inner-monologue

A template of yours with the number or name of a core one takes its place. `inscape templates check` reads them all.
A collection in the form of elicitation_templates.md can stand here or in the project's folder as it is.
"""
