"""llama.cpp found, fetched when asked, unpacked: nothing else is taken, and nothing that is not what it should be."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inscape.errors import InputError, TrainerMissing, UsageError
from inscape.runtimes import fetch
from inscape.stages import gguf
from inscape.trainers import gguf_metadata, llama_cpp
from tests.stages import making_runs
from tests.stages.test_parity import Fakes

WANTED = fetch.Wanted("llama-cpp-python", llama_cpp.ARCHIVE)


def _home(folder: Path) -> Path:
    (folder / "gguf-py").mkdir(parents=True)
    (folder / llama_cpp.SCRIPT).write_text("pass\n")
    return folder


def _environ(tmp_path: Path, path: str = "") -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": path}


def test_the_converter_is_looked_for_in_turn(tmp_path: Path) -> None:
    environ = _environ(tmp_path, str(tmp_path / "on-path"))
    with pytest.raises(TrainerMissing, match=r"was not found.*--fetch.*77 MB"):
        llama_cpp.converter("", environ)
    fetched = _home(tmp_path / "home/.local/share/inscape/llama.cpp")
    assert llama_cpp.converter("", {**environ, "XDG_DATA_HOME": ""}) == fetched
    on_path = _home(tmp_path / "on-path")
    (on_path / llama_cpp.SCRIPT).chmod(0o755)
    assert llama_cpp.converter("", environ) == on_path
    named = _home(tmp_path / "named")
    assert llama_cpp.converter(str(named), environ) == named
    assert llama_cpp.converter(str(named / llama_cpp.SCRIPT), environ) == named
    with pytest.raises(TrainerMissing, match=r"There is no convert_hf_to_gguf\.py"):
        llama_cpp.converter(str(tmp_path), environ)  # what is named is not looked for elsewhere


def test_where_data_goes_on_each_system(tmp_path: Path) -> None:
    home = {"HOME": "/h", "LOCALAPPDATA": "/h/local"}
    found = [llama_cpp.data_folder(home, name).as_posix() for name in ("linux", "darwin", "win32")]
    assert found == [
        "/h/.local/share/inscape/llama.cpp", "/h/Library/Application Support/inscape/llama.cpp",
        "/h/local/inscape/llama.cpp",
    ]  # fmt: skip
    assert llama_cpp.data_folder({**home, "XDG_DATA_HOME": "/x"}, "linux") == Path("/x/inscape/llama.cpp")


def test_the_quantizer(tmp_path: Path) -> None:
    with pytest.raises(TrainerMissing, match=r"llama-quantize was not found.*deploy ollama --quantize"):
        llama_cpp.quantizer("", _environ(tmp_path))
    built = tmp_path / "llama/build/bin"
    built.mkdir(parents=True)
    (built / "llama-quantize").write_text("")
    assert llama_cpp.quantizer(str(tmp_path / "llama"), _environ(tmp_path)) == built / "llama-quantize"


# ---------------------------------------------------------------- archives


def _archive(path: Path, *members: tuple[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members:
            member = tarfile.TarInfo(name)
            if text.startswith("->"):
                member.type, member.linkname = tarfile.SYMTYPE, text[2:]
            member.size = 0 if text.startswith("->") else len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return path


TOP = "llama_cpp_python-0.3.36"
WHOLE = (
    (f"{TOP}/vendor/llama.cpp/{llama_cpp.SCRIPT}", "script"),
    (f"{TOP}/vendor/llama.cpp/gguf-py/gguf/gguf.py", "reader"),
    (f"{TOP}/vendor/llama.cpp/conversion/base.py", "base"),
    (f"{TOP}/vendor/llama.cpp/LICENSE", "MIT"),
)


def test_only_the_converter_is_taken(tmp_path: Path) -> None:
    archive = _archive(
        tmp_path / "a.tar.gz", *WHOLE, (f"{TOP}/vendor/llama.cpp/src/llama.cpp", "no"), (f"{TOP}/setup.py", "no"),
        (f"{TOP}/vendor/llama.cpp/conversion/../../../../out", "no"),
        (f"{TOP}/vendor/llama.cpp/conversion/link", "->/etc/passwd"),
    )  # fmt: skip
    out = tmp_path / "data/llama.cpp"
    out.mkdir(parents=True)
    (out / "old").write_text("of another version")
    llama_cpp.take(archive, out)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == [
        "a.tar.gz", "data/llama.cpp/LICENSE", "data/llama.cpp/conversion/base.py",
        "data/llama.cpp/convert_hf_to_gguf.py", "data/llama.cpp/gguf-py/gguf/gguf.py",
    ]  # fmt: skip


def test_another_archive_is_refused(tmp_path: Path) -> None:
    archive = _archive(tmp_path / "a.tar.gz", *WHOLE)
    with pytest.raises(InputError, match=hashlib.sha256(archive.read_bytes()).hexdigest()):
        llama_cpp.unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match=r"holds no convert_hf_to_gguf\.py"):
        llama_cpp.take(_archive(tmp_path / "b.tar.gz", (f"{TOP}/README", "no")), tmp_path / "out")


# ---------------------------------------------------------------- fetching


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Not on the terminal."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_fetched_from_the_index_that_a_person_uses(tmp_path: Path) -> None:
    page = tmp_path / "simple/llama-cpp-python"
    page.mkdir(parents=True)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / llama_cpp.ARCHIVE).write_bytes(b"an archive")
    (page / "index.html").write_text(
        f'<a href="../../files/other-{llama_cpp.ARCHIVE}#sha256=1">x</a>'
        f'<a href="../../files/{llama_cpp.ARCHIVE}#sha256=2&amp;x">y</a>'
    )
    with _served(tmp_path) as address:
        environ = {"PIP_INDEX_URL": f"{address}/simple/"}
        found = fetch.locate(WANTED, environ)
        assert found == f"{address}/files/{llama_cpp.ARCHIVE}"
        assert fetch.download(found, tmp_path / "got/file", environ) == 10
        assert (tmp_path / "got/file").read_bytes() == b"an archive"
        with pytest.raises(TrainerMissing, match=r"does not offer nothing\.tar\.gz"):
            fetch.locate(fetch.Wanted("llama-cpp-python", "nothing.tar.gz"), environ)
        with pytest.raises(TrainerMissing, match=r"cannot be reached.*--llama-cpp"):
            fetch.locate(fetch.Wanted("no-such-project", "x"), environ)
    with pytest.raises(TrainerMissing, match="cannot be reached"):
        fetch.locate(WANTED, environ)


def test_a_password_of_the_index_is_not_shown() -> None:
    assert fetch.index({"PIP_INDEX_URL": "https://me:word@mirror/simple/"}) == "https://me:word@mirror/simple"
    assert fetch.shown("https://me:word@mirror/simple/x#sha256=1") == "https://mirror/simple/x"
    assert fetch.index({}) == "https://pypi.org/simple"


# ---------------------------------------------------------------- the head of a GGUF


def test_the_head_of_a_gguf(tmp_path: Path) -> None:
    held = gguf_metadata.read(making_runs.gguf(tmp_path / "x.gguf"))
    assert (held.architecture, held.context, held.type) == ("llama", 32768, "f16")
    assert (held.special("bos"), held.special("eos"), held.special("eot")) == ("<s>", "</s>", None)
    assert held.template == making_runs.CHATML
    assert held.marks == {"<s>": 0, "</s>": 1, "<|im_end|>": 2}
    assert held.ends == (1,)


def test_a_damaged_head_is_a_value_error(tmp_path: Path) -> None:
    whole = making_runs.gguf(tmp_path / "x.gguf").read_bytes()
    for cut in range(0, len(whole), 7):
        (tmp_path / "cut.gguf").write_bytes(whole[:cut])
        with pytest.raises(ValueError, match=r"it ends|does not begin"):
            gguf_metadata.read(tmp_path / "cut.gguf")
    (tmp_path / "long.gguf").write_bytes(whole[:24] + b"\xff" * 8)
    with pytest.raises(ValueError, match="too long"):
        gguf_metadata.read(tmp_path / "long.gguf")


@pytest.mark.parametrize("kind", ["../evil", "q4 k", "F16", ""])
def test_what_is_no_type_to_quantize_to_is_said_before_anything_is_made(tmp_path: Path, kind: str) -> None:
    source = gguf.Source(making_runs.base(tmp_path / "merged"), tmp_path)
    with pytest.raises(UsageError, match="--quantize"):
        list(gguf.gguf(None, source, gguf.Wanted(quantize=("q4_k_m", kind)), Fakes({}), _environ(tmp_path)))
