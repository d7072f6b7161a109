"""What exports wrote, and where: a record with the hash of each file, so that nothing of a person's is overwritten.

Invariant: a file is replaced, or taken away, only while it is byte for byte what an export wrote there, or where the
person says --replace; what belongs to a project is never written over, whatever is said. The record stands in
reports/written.json and can be deleted: every file that stands is then taken for the person's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from inscape.errors import InputError, InscapeError, UsageError
from inscape.project import CONFIG, Project, disk_error, read_text, write_bytes, write_text

_FILES = {CONFIG, "passages.md", "topics.md", "persona.md", "rubric.md", "terms.toml", ".gitignore"}
_FOLDERS = {"templates", "books", "probes", "dataset", "prompts", "runs", "reports", ".git"}
_BEGINNINGS = ("inscape.db", ".inscape")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that an export wrote."""

    sha256: str
    by: str
    """The format or the trainer."""
    kind: str = "format"
    """'format', or 'trainer': a file of a trainer's folder."""
    part: str = ""
    """'train', 'valid', or empty for a whole file and for one without rows."""
    examples: tuple[str, ...] = ()
    """Whose rows it holds, by id."""
    effort: str = ""
    """The policy that its rows were written with; empty where it has none."""
    model: str = ""


class Written:
    """The record of a project's exports."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.entries = _read(_place(project))

    def key(self, path: Path) -> str:
        """The path in the project, or the whole path outside of it."""
        real = path.resolve()
        return real.relative_to(self.project.root).as_posix() if real.is_relative_to(self.project.root) else str(real)

    def path(self, key: str) -> Path:
        return self.project.root / key

    def entry(self, path: Path) -> Entry | None:
        return self.entries.get(self.key(path))

    def ours(self, path: Path) -> bool:
        """Whether the file stands, and is still as an export wrote it."""
        entry = self.entry(path)
        return entry is not None and path.is_file() and digest(path) == entry.sha256

    def theirs(self, path: Path, data: bytes) -> bool:
        """Whether a file stands there that is a person's: another than `data`, and none that an export wrote."""
        if not path.exists() or self.ours(path):
            return False
        return not path.is_file() or digest(path) != _hash(data)

    def write(self, path: Path, data: bytes, entry: Entry) -> None:
        """Write the file, and put it into the record."""
        write_bytes(path, data)
        self.entries[self.key(path)] = entry
        self.save()

    def remove(self, path: Path) -> None:
        """Take the file away, and out of the record."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, path) from None
        self.entries.pop(self.key(path), None)
        self.save()

    def standing(self) -> Iterator[tuple[Path, Entry]]:
        """Every file of the record that is there, changed since or not, in order of their paths."""
        for key, entry in sorted(self.entries.items()):
            if self.path(key).is_file():
                yield self.path(key), entry

    def save(self) -> None:
        made = {key: asdict(entry) for key, entry in sorted(self.entries.items())}
        write_text(_place(self.project), json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def entry_of(
    data: bytes, by: str, *, kind: str = "format", part: str = "", examples: Iterable[str] = (), effort: str = "",
    model: str = "",
) -> Entry:  # fmt: skip
    return Entry(_hash(data), by, kind, part, tuple(examples), effort, model)


def digest(path: Path) -> str:
    """The hash of a file; empty where it cannot be read, which equals no hash."""
    try:
        return _hash(path.read_bytes())
    except OSError:
        return ""


def guard(written: Written, files: Mapping[Path, bytes], *, replace: bool) -> None:
    """Raises UsageError for a file of a project, and InscapeError for a person's own, before anything is written."""
    free(written.project, files)
    theirs = [path for path, data in files.items() if written.theirs(path, data)]
    if theirs and not replace:
        names = ", ".join(written.project.relative(path) for path in theirs)
        verb, it = ("stand", "them") if len(theirs) > 1 else ("stands", "it")
        raise InscapeError(
            f"{names} {verb} there already, and not as an export of this project left {it}. Nothing was written. Move "
            f"{it} away, or say --replace to write over {it}."
        )


def guard_beside(written: Written, whole: Path, files: Iterable[Path]) -> None:
    """Raises InscapeError where `whole` is a person's own and the halves of a split would be laid beside it."""
    halves = [written.project.relative(path) for path in files if path != whole]
    if halves and whole.exists() and not written.ours(whole):
        raise InscapeError(
            f"{written.project.relative(whole)} stands there already, and no export of this project left it so. With "
            f"the split that stands, {' and '.join(halves)} would be laid beside it. Nothing was written. Name another "
            "file, or say --replace to lay them there."
        )


def free(project: Project, paths: Iterable[Path]) -> None:
    """Raises UsageError for a path that is of this project, or of another one."""
    for path in paths:
        if what := belongs(project, path):
            raise UsageError(f"{path} belongs to a project ({what}); an export never writes there. Name another file.")


def belongs(project: Project, path: Path) -> str | None:
    """What of a project a path is: of this one, or of any other that holds it; None for a file that is free."""
    real = path.resolve()
    roots = [project.root, *(one for one in real.parents if one != project.root and (one / CONFIG).is_file())]
    for root in roots:
        for inside in (one for one in (path.absolute(), real) if one.is_relative_to(root)):
            parts = inside.relative_to(root).parts
            if parts and _is_of_project(parts):
                return "/".join(parts)
        if same := _same_file(root, real):
            return same
    return None


def _is_of_project(parts: tuple[str, ...]) -> bool:
    first = parts[0].casefold()
    alone = len(parts) == 1 and (first in _FILES or first.startswith(_BEGINNINGS))
    return alone or first in _FOLDERS


def _same_file(root: Path, path: Path) -> str | None:
    """The project's file or folder that a path is under another name, as on a disk that knows no case."""
    for name in (*sorted(_FILES), "inscape.db", *sorted(_FOLDERS)):
        own = root / name
        if own.exists() and any(one.exists() and one.samefile(own) for one in (path, *path.parents)):
            return name
    return None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _place(project: Project) -> Path:
    return project.root / "reports" / "written.json"


def _read(path: Path) -> dict[str, Entry]:
    """The record; nothing where there is none, or none that can be read."""
    if not path.is_file():
        return {}
    try:
        held = json.loads(read_text(path))
        return {str(key): Entry(**{**one, "examples": tuple(one["examples"])}) for key, one in held.items()}
    except (InputError, ValueError, TypeError, KeyError, AttributeError):
        return {}
