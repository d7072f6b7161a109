"""Run the road on a real book and write docs/first-book.md from what was printed.

    python scripts/first_book.py BOOK.epub

Starts the tests' teacher server (slow and faulty), makes a project in a temporary folder, runs every command of
first_book/page.md there, drives `inscape review` in a real terminal, and fills the page. Times and temporary paths are
replaced by fixed words, so that a second run changes only what really changed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "scripts" / "first_book" / "page.md"
PASSAGES = ROOT / "scripts" / "first_book" / "passages.md"
OUT = ROOT / "docs" / "first-book.md"
COLUMNS, ROWS = 110, 34
SERVER = ("--delay", "0.3", "--busy", "0.1", "--down", "0.05", "--cut", "0.2", "--fenced", "0.1")
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78]")


@contextmanager
def teacher() -> Iterator[str]:
    """The test server on a free port; its base URL."""
    command = [sys.executable, str(ROOT / "tests" / "teacher_server.py"), "--port", "0", *SERVER]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        found = re.search(r"http://[\d.]+:\d+\S*", process.stdout.readline())
        assert found, "the server did not say its address"
        yield found[0]
    finally:
        process.terminate()
        process.wait()


class Road:
    """The project being made, and the words that stand for its changing parts."""

    def __init__(self, book: Path, folder: Path, server: str) -> None:
        self.here = folder
        self.names = {str(folder.resolve()): "~", str(book): book.name, server: "http://localhost:8000/v1"}
        self.real = {"BOOK": str(book), "SERVER": server}
        self.shown = {"BOOK": book.name, "SERVER": "http://localhost:8000/v1"}
        paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = {**os.environ, "PATH": paths, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "xterm-256color"}

    def run(self, command: str) -> str:
        """A command and what it printed, as a terminal shows it."""
        done = subprocess.run(
            _with(command, self.real), shell=True, cwd=self.here, env=self.env, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode not in ((0, 1) if "generate" in command else (0,)):  # 1: an answer could not be used
            sys.exit(f"`{command}` ended with {done.returncode}:\n{done.stdout}")
        return self.block(f"$ {_with(command, self.shown)}\n{done.stdout}")

    def block(self, text: str) -> str:
        text = _with(ANSI.sub("", text), self.names)
        return "```text\n" + "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n```"

    def cd(self, folder: str) -> str:
        self.here = self.here / folder
        return f"```text\n$ cd {folder}\n```"

    def passages(self) -> str:
        text = PASSAGES.read_text(encoding="utf-8")
        (self.here / "passages.md").write_text(text, encoding="utf-8")
        return "````markdown\n" + text.rstrip() + "\n````"

    def review(self) -> str:
        """Keep eleven, drop two, take one back, skip one, in a real terminal; the first screen is the picture."""
        child = pexpect.spawn(
            "inscape review", cwd=str(self.here), env=self.env, dimensions=(ROWS, COLUMNS), encoding="utf-8", timeout=20
        )
        screens = []
        for key in "yyyn" + "u" + "n" + "yyyyyyyns" + "q":
            screens.append(_screen(child))
            child.send(key)
        child.expect(pexpect.EOF)
        end = str(child.before)
        child.close()
        if child.exitstatus:
            sys.exit(f"`inscape review` ended with {child.exitstatus}: {end}")
        return self.block(screens[0])


def _screen(child: pexpect.spawn[str]) -> str:
    """What stands on the screen once it is quiet: all that came since the last clearing."""
    text, quiet = "", 0
    while quiet < 3:
        try:
            text += child.read_nonblocking(65536, timeout=0.3)
            quiet = 0
        except pexpect.TIMEOUT:
            quiet += 1 if text else 0
    return re.split(r"\x1b\[2J|\x1b\[H\x1b\[J|\x1b\[3J", text)[-1].replace("\r\n", "\n")


def _with(text: str, words: dict[str, str]) -> str:
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def fill(road: Road) -> str:
    """The page with each {{step}} run, in order."""

    def made(match: re.Match[str]) -> str:
        verb, _, rest = match[1].partition(" ")
        match verb:
            case "run":
                return road.run(rest)
            case "cd":
                return road.cd(rest)
            case "passages":
                return road.passages()
            case "review":
                return road.review()
            case "server":
                return "Then for real. The server is slow and faulty here: 429s, 500s, answers cut in the middle."
        raise ValueError(verb)

    return re.sub(r"\{\{(.+?)\}\}", made, PAGE.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("book", type=Path)
    book = parser.parse_args().book.resolve()
    if shutil.which("inscape", path=str(Path(sys.executable).parent)) is None:
        sys.exit("Install inscape into this environment first: make test, or pip install -e '.[dev]'")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, teacher() as server:
        copy = Path(folder) / "war-and-peace.epub"
        shutil.copy(book, copy)
        OUT.write_text(fill(Road(copy, Path(folder), server)), encoding="utf-8")
    print(f"{OUT.relative_to(ROOT)} written in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
