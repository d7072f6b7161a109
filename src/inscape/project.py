"""The project: a folder with an inscape.toml, its paths, its lock.

Invariant: what a person wrote is never overwritten. Files are replaced whole (written beside, synced, renamed), so
that a cut leaves the old one or the new one and nothing between. Knows nothing of what the files mean.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from inscape import settings
from inscape.errors import DiskError, InputError, ProjectError, ProjectLocked, ProjectNotFound, ProjectTooNew
from inscape.text import readable

CONFIG = "inscape.toml"

_GITIGNORE = """\
# The database, the lock and what can be made again. Books are ignored too: remove that line if yours may be shared.
inscape.db
inscape.db-*
.inscape.lock
.inscape.holder
books/
exports/
runs/
reports/
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder. Every path is absolute."""

    root: Path
    settings: settings.Settings

    @property
    def config(self) -> Path:
        return self.root / CONFIG

    @property
    def database(self) -> Path:
        return self.root / "inscape.db"

    @property
    def books(self) -> Path:
        return self.root / "books"

    @property
    def passages(self) -> Path:
        return self.root / "passages.md"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def rubric(self) -> Path:
        return self.root / "rubric.md"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def prompts(self) -> Path:
        """Where the manual teacher writes its prompts."""
        return self.root / "prompts"

    def relative(self, path: Path) -> str:
        """The path as a person in the project folder would type it."""
        try:
            return readable(path.resolve().relative_to(self.root).as_posix())
        except ValueError:
            return readable(path)


def find(start: Path, environ: Mapping[str, str]) -> Project:
    """The project that holds `start`: the nearest folder upwards with an inscape.toml."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return open_at(folder, environ)
    raise ProjectNotFound(
        f"No inscape project in {here} or any folder above it. Make one with `inscape new NAME`, or go into one."
    )


def open_at(root: Path, environ: Mapping[str, str]) -> Project:
    """The project in exactly this folder."""
    text = read_text(root / CONFIG)
    found = settings.format_of(text, CONFIG)
    if found > settings.FORMAT:
        raise too_new(root / CONFIG, f"format {found}", f"format {settings.FORMAT}")
    return Project(root.resolve(), settings.load(text, CONFIG, environ))


def too_new(path: Path, found: str, known: str) -> ProjectTooNew:
    return ProjectTooNew(
        f"{path} was made by a newer inscape ({found}; this one knows {known}). Nothing was changed. "
        "Update with `pip install -U inscape`."
    )


def create(root: Path, name: str, files: Mapping[str, str], environ: Mapping[str, str]) -> Project:
    """A new project folder. `files` are further first texts by relative path.

    Raises ProjectError where a project or other files already stand.
    """
    if (root / CONFIG).exists():
        raise ProjectError(f"{root} is already an inscape project. Go into it, or choose another name.")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ProjectError(f"{root} already exists and is not empty. Choose another name.")
    for folder in ("books", "templates", "probes", "dataset", "exports"):
        make_folder(root / folder)
    for path, text in {".gitignore": _GITIGNORE, **files, CONFIG: settings.default_toml(readable(name))}.items():
        write_text(root / path, text)
    return open_at(root, environ)


@contextmanager
def lock(project: Project, verb: str) -> Iterator[None]:
    """Hold the project for writing. The kernel frees it when the process ends, however it ends.

    Raises ProjectLocked, naming who holds it.
    """
    from filelock import FileLock, Timeout

    holder = project.root / ".inscape.holder"
    guard = FileLock(project.root / ".inscape.lock", timeout=0, thread_local=False)
    try:
        guard.acquire()
    except Timeout:
        raise ProjectLocked(
            f"{project.root} is being written to by {_holder(holder)}. Wait for it to finish, or stop "
            "it, and run this again."
        ) from None
    except OSError as error:
        raise disk_error(error, project.root) from None
    try:
        write_text(holder, f"`inscape {verb}` (process {os.getpid()})\n")
        yield
    finally:
        holder.unlink(missing_ok=True)
        guard.release()


def _holder(path: Path) -> str:
    """Who holds the lock, by the file that the holder writes after taking it and removes before freeing it."""
    try:
        return path.read_text(encoding="utf-8").strip() or _SOMEONE
    except (OSError, UnicodeDecodeError):
        return _SOMEONE


_SOMEONE = "another inscape"


# ---------------------------------------------------------------- files


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """The file's bytes, or an InputError that says why not. More bytes than `most` are refused before they are read."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if most is not None and size > most:
                raise InputError(f"{path} has {size >> 20:,} MB; at most {most >> 20:,} MB can be read. Split it.")
            return file.read()
    except MemoryError:
        raise InputError(f"{path} does not fit into this machine's memory. Split it.") from None
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the name and the folder.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder. Name the file inside it.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None


def read_text(path: Path, keep_mark: bool = False) -> str:
    """A person's own text file as UTF-8, line ends as they are; with `keep_mark`, its byte order mark too."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8" if keep_mark else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: not UTF-8 text. Save the file as UTF-8 and run this again.") from None


def write_text(path: Path, text: str, instead_of: str | None = None) -> None:
    write_bytes(path, text.encode("utf-8"), None if instead_of is None else instead_of.encode("utf-8"))


def write_bytes(path: Path, data: bytes, instead_of: bytes | None = None) -> None:
    """Replace the file whole: beside it first, synced, then renamed. A link is followed, and the mode stays.

    Raises DiskError, and InputError where the file no longer holds `instead_of`; the old file then stands.
    """
    make_folder(path.parent)
    target = path.resolve()
    part = target.with_name(f".{target.name}.part")
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o666 if mode is None else mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        if instead_of is not None and target.read_bytes() != instead_of:
            part.unlink()
            raise InputError(f"{path} was changed by another program meanwhile. Nothing was written; run this again.")
        part.replace(target)
    except OSError as error:
        with suppress(OSError):  # a file system that is read-only refuses this, too
            part.unlink(missing_ok=True)
        raise disk_error(error, path) from None


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, path) from None


def remove_folder(path: Path) -> None:
    """The folder with all that is in it, where it stands."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
    except OSError as error:
        raise disk_error(error, path) from None


def disk_error(error: OSError, path: Path) -> DiskError:
    """An OSError as a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskError(f"{path}: the disk is full. Nothing was lost; make room and run the command again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DiskError(f"{path}: no right to write here. Nothing was changed.")
    return DiskError(f"{path} cannot be written: {error.strerror or error}. Nothing was lost.")
