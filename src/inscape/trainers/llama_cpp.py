"""Finding llama.cpp: its converter and its quantizer, and unpacking the converter out of an archive that was fetched.

Invariant: only looks, and says where it looked; nothing is installed or downloaded here. Out of an archive come the
converter's own files and nothing else, and none of them lands outside its folder.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from inscape.errors import InputError, TrainerError, TrainerMissing
from inscape.project import disk_error

SCRIPT = "convert_hf_to_gguf.py"
QUANTIZER = "llama-quantize"
ARCHIVE = "llama_cpp_python-0.3.36.tar.gz"
"""A release on PyPI that carries llama.cpp whole."""
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
SIZE_MB = 77
_INSIDE = PurePosixPath("vendor/llama.cpp")
_TAKEN = (SCRIPT, "conversion", "gguf-py", "LICENSE")


def data_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where `--fetch` puts the converter: the user's own data folder."""
    if given := environ.get("XDG_DATA_HOME"):
        base = Path(given)
    elif platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
    elif platform == "darwin":
        base = Path(environ.get("HOME") or "~").expanduser() / "Library/Application Support"
    else:
        base = Path(environ.get("HOME") or "~").expanduser() / ".local/share"
    return base / "inscape/llama.cpp"


def converter(named: str, environ: Mapping[str, str]) -> Path:
    """The folder of llama.cpp that has the converter. Raises TrainerMissing, with what to do, where there is none."""
    if named:
        folder = Path(named).expanduser()
        folder = folder.parent if folder.name == SCRIPT else folder
        if not (folder / SCRIPT).is_file():
            raise TrainerMissing(
                f"There is no {SCRIPT} in {folder}. Name the folder of llama.cpp's source (--llama-cpp, or the setting "
                "gguf.llama_cpp), or leave it out."
            )
        return folder.resolve()
    found = shutil.which(SCRIPT, path=environ.get("PATH"))
    for folder in (*([Path(found).resolve().parent] if found else []), data_folder(environ)):
        if (folder / SCRIPT).is_file() and (folder / "gguf-py").is_dir():
            return folder
    raise TrainerMissing(
        f"llama.cpp's converter ({SCRIPT}) was not found: not by the setting gguf.llama_cpp, nor on the PATH, nor in "
        f"{data_folder(environ)}. `inscape gguf … --fetch` downloads it from PyPI ({SIZE_MB} MB, of which 2 MB are "
        "kept), or name a folder of llama.cpp with --llama-cpp."
    )


def quantizer(named: str, environ: Mapping[str, str]) -> Path:
    """llama-quantize, on the PATH or where llama.cpp was built. Raises TrainerMissing."""
    program = QUANTIZER + (".exe" if sys.platform == "win32" else "")
    homes = [Path(named).expanduser()] if named else []
    for home in (*homes, data_folder(environ)):
        for inside in ("", "build/bin", "bin"):
            if (found := home / inside / program).is_file():
                return found.resolve()
    if on_path := shutil.which(QUANTIZER, path=environ.get("PATH")):
        return Path(on_path)
    raise TrainerMissing(
        f"{QUANTIZER} was not found: not on the PATH, nor in the folder of llama.cpp. It is part of llama.cpp's builds "
        "(brew install llama.cpp, winget install llama.cpp, or an archive of github.com/ggml-org/llama.cpp/releases). "
        "--type q8_0 needs no such tool, and `inscape deploy ollama --quantize q4_K_M` lets Ollama do it."
    )


def quantize(program: Path, source: Path, out: Path, type_: str, log: Path) -> None:
    """A smaller GGUF. Raises TrainerError where the tool fails, with its last words."""
    try:
        with log.open("ab") as file:
            done = subprocess.run(
                [str(program), str(source), str(out), type_.upper()], stdout=file, stderr=file, check=False
            )
    except OSError as error:
        raise TrainerMissing(f"{program} cannot be started: {error.strerror or error}.") from None
    if done.returncode:
        from inscape.trainers.child import tail

        raise TrainerError(f"{program.name} could not make {type_} of {source}. The log {log} ends with:\n{tail(log)}")


# ---------------------------------------------------------------- out of an archive


def unpack(archive: Path, folder: Path) -> None:
    """The converter out of the archive, whole or not at all; what stood there is replaced.

    Raises InputError where the archive is not byte for byte the one that is known.
    """
    found = digest(archive)
    if found != SHA256:
        raise InputError(
            f"{archive} is not the file that was asked for: its SHA-256 is {found}, and {ARCHIVE} has {SHA256}. "
            "Nothing of it was used. Fetch it again; where a mirror serves another file, name a folder of llama.cpp "
            "instead."
        )
    take(archive, folder)


def take(archive: Path, folder: Path) -> None:
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with tarfile.open(archive) as tar:
            for member in tar:
                if name := _wanted(member):
                    _put(tar, member, part / name)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except OSError as error:
        raise disk_error(error, folder) from None
    if not (folder / SCRIPT).is_file():
        raise InputError(f"{archive} holds no {SCRIPT}; it is no archive of llama-cpp-python.")


def _wanted(member: tarfile.TarInfo) -> str:
    """The path inside llama.cpp's folder of a plain file that is taken; empty for all else."""
    parts = PurePosixPath(member.name).parts[1:]
    inside = parts[len(_INSIDE.parts) :]
    if not member.isfile() or parts[: len(_INSIDE.parts)] != _INSIDE.parts or ".." in inside:
        return ""
    return "/".join(inside) if inside and inside[0] in _TAKEN else ""


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    source = tar.extractfile(member)
    assert source is not None  # it is a plain file
    path.parent.mkdir(parents=True, exist_ok=True)
    with source, path.open("wb") as file:
        shutil.copyfileobj(source, file)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    made = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                made.update(data)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None
    return made.hexdigest()
