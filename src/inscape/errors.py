"""Every error that a person can meet, in one tree.

    InscapeError                    exit 1
    ├── UsageError                  exit 2   the command's words do not fit together
    ├── ProjectError                         no project here, or one that cannot be used
    │   ├── ProjectNotFound
    │   ├── ProjectLocked                    another process is writing
    │   ├── ProjectTooNew                    made by a newer inscape
    │   └── SettingError                     inscape.toml or an INSCAPE_ variable
    ├── InputError                           a file that cannot be read as what it claims to be
    │   ├── BookError                        encrypted, truncated, empty, image-only, hostile
    │   ├── PassagesError                    passages.md
    │   ├── TemplateError                    a template, or a slot without a value
    │   └── DataError                        JSON, JSONL, CSV, decisions
    ├── TeacherError                         what a teacher, or the way to it, did
    │   ├── TeacherSetupError                no key, no model, no recording: nothing was sent
    │   ├── TeacherRefused                   it answered, and would not
    │   ├── TeacherRejected                  the server will not take this request (4xx)
    │   ├── TeacherBusy                      429, 5xx, 529: may pass; carries retry_after
    │   ├── TeacherUnreachable               no connection, cut, timed out: may pass
    │   └── TeacherOutOfCredit      exit 4   no money: repeating cannot help
    ├── TrainerError                         what a trainer, a converter, or its environment did
    │   ├── TrainerMissing                   the packages or the tool are not installed there
    │   └── OutOfMemory                      the model and the rows do not fit
    ├── ModelError                           what answers as the tuned model cannot be loaded or reached
    ├── CheckFailed                 exit 3   a check that was asked for found errors
    ├── CapReached                  exit 4   the spending cap
    └── DiskError                            no room, no right to write

The invariant: the message alone tells the person what to do. It names the file and the place; it never holds a
key. An exception outside this tree that reaches the terminal is a bug of the program and is shown as one.
"""

from __future__ import annotations


class InscapeError(Exception):
    """Base of all errors meant for a person. `exit_code` is what the process ends with."""

    exit_code = 1


class UsageError(InscapeError):
    """The command's words do not fit together."""

    exit_code = 2


class ProjectError(InscapeError):
    """No project here, or one that cannot be used."""


class ProjectNotFound(ProjectError):
    """No `inscape.toml` in this folder or above it."""


class ProjectLocked(ProjectError):
    """Another process is writing to the project."""


class ProjectTooNew(ProjectError):
    """The project was made by a newer inscape than this one."""


class SettingError(ProjectError):
    """A setting that is unknown or has a value of the wrong kind."""


class InputError(InscapeError):
    """A file that cannot be read as what it claims to be."""


class BookError(InputError):
    """A book that cannot be read."""


class PassagesError(InputError):
    """A passages.md that cannot be read."""


class TemplateError(InputError):
    """A template that cannot be used."""


class DataError(InputError):
    """JSON, JSONL or CSV that cannot be read, or an example that does not have the shape it should."""


class TeacherError(InscapeError):
    """What a teacher, or the way to it, did. `passes`: the same request may succeed later."""

    passes = False
    perhaps_billed = False
    """Whether the teacher may have written, and billed, an answer that never arrived."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds the server asked to wait, if it said."""


class TeacherSetupError(TeacherError):
    """No key, no model name, no recording: nothing was sent."""


class TeacherRefused(TeacherError):
    """The teacher answered that it will not."""


class TeacherRejected(TeacherError):
    """The server will not take this request, now or later (4xx other than 408, 409 and 429)."""


class TeacherBusy(TeacherError):
    """Too many requests or a fault of the server: may pass."""

    passes = True


class TeacherUnreachable(TeacherError):
    """No connection, a cut one, or no answer in time: may pass."""

    passes = True
    perhaps_billed = True


class TeacherOutOfCredit(TeacherError):
    """The account has no money or its limit is reached: repeating cannot help."""

    exit_code = 4


class TrainerError(InscapeError):
    """What a trainer, a converter, or its environment did."""


class TrainerMissing(TrainerError):
    """The packages or the tool are not installed there."""


class OutOfMemory(TrainerError):
    """The model and the rows do not fit into the memory there is."""


class ModelError(InscapeError):
    """What answers as the tuned model cannot be loaded or reached, or answers what cannot be read."""


class CheckFailed(InscapeError):
    """A check that was asked for found errors."""

    exit_code = 3


class CapReached(InscapeError):
    """The spending cap stopped the run; what was paid for is kept."""

    exit_code = 4


class DiskError(InscapeError):
    """No room on the disk, or no right to write there."""
