"""Answers that were given once, played back: for demonstrations and tests, without a network.

Invariant: an answer is played only for the very prompt that it was given to, by the prompt's hash. A prompt that
changed since is refused, never answered with something that belongs to another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inscape.errors import DataError, TeacherSetupError
from inscape.project import read_text
from inscape.records import Reply, Request
from inscape.settings import Settings
from inscape.text import sha256


class RecordedTeacher:
    """`answers` by the SHA-256 of their prompt."""

    def __init__(self, by: str, answers: Mapping[str, str], source: str) -> None:
        self.name = f"recorded:{by}"
        self.params: dict[str, Any] = {}
        self._answers, self._source, self._by = answers, source, by

    def ask(self, request: Request) -> Reply:
        found = self._answers.get(sha256(request.prompt))
        if found is None:
            raise TeacherSetupError(
                f"{self._source} holds no answer for passage {request.passage!r} with template {request.template!r}: "
                "its prompt has changed since the recording, or was never recorded. Put passage and template back as "
                "they were, or ask another teacher."
            )
        return Reply(found, model=self._by)

    def close(self) -> None:
        """There is nothing to let go of."""


def read(path: Path) -> RecordedTeacher:
    """From {"by": …, "answers": [{"prompt_sha256": …, "answer": …}, …]}. Raises InputError, DataError."""
    try:
        value = json.loads(read_text(path))
        answers = {str(a["prompt_sha256"]): a["answer"] for a in value["answers"]}
        by = str(value["by"])
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: no valid JSON ({error.msg}). Mend that line.") from None
    except (KeyError, TypeError):
        raise DataError(
            f'{path} is no recording: it must be like {{"by": "a name", "answers": [{{"prompt_sha256": "…", '
            '"passage": "…", "template": "…", "answer": "…"}]}.'
        ) from None
    texts = {key: a if isinstance(a, str) else json.dumps(a, ensure_ascii=False) for key, a in answers.items()}
    return RecordedTeacher(by, texts, path.name)


def make(settings: Settings, environ: Mapping[str, str], root: Path) -> RecordedTeacher:
    """Raises TeacherSetupError when no file is named; its path counts from `root`."""
    name = settings.text("teacher.recording")
    if not name:
        raise TeacherSetupError("teacher.recording is empty: name the file of recorded answers, or another teacher.")
    return read(root / name)
