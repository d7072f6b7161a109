"""One adapter for each tool: PDF in, list of paragraphs out, in the mode of the tool that serves prose best.

    python tools.py TOOL BOOK.pdf OUT.json

Invariant: a script of the standard library alone, so that any environment can run it; the tool is imported only inside
its adapter, so that a process pays for nothing else. No adapter mends what its tool gave: markup is taken out, blocks
are split at blank lines, and that is all. Pages are joined without a blank line unless the tool itself puts one.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

Given = dict[str, Any]
"""{"rows": [{"text", "kind"?, "page"?, "breaks"?, "notes"?}], "unaccounted"?: int}"""

PACKAGES = {
    "seed": "pdfplumber==0.11.10",
    "pypdf": "pypdf==7.1.0",
    "pypdfium2": "pypdfium2==5.15.2",
    "pdfminer": "pdfminer.six==20260107",
    "liteparse": "liteparse==2.18.0",
    "opendataloader": "opendataloader-pdf==2.5.16",
    "opendataloader-tags": "opendataloader-pdf==2.5.16",
    "kreuzberg": "kreuzberg==4.10.4",
    "kreuzberg-markdown": "kreuzberg==4.10.4",
    "pdf_oxide": "pdf_oxide==0.3.78",
}
"""What `--setup` installs from PyPI. opendataloader needs Java 11 or later; pdftotext comes with poppler-utils."""


def inscape(pdf: Path) -> Given:
    """`inscape.books.read`, in one process; a scan through tesseract, as `inscape add` does."""
    from inscape.books import read
    from inscape.errors import BookError

    data = pdf.read_bytes()
    try:
        book = read(data, pdf.name)
    except BookError as refused:
        if "is a scan" not in str(refused):
            raise
        from inscape.books.pdf import read as read_pdf
        from inscape.stages.recognize import recognizer

        book = read_pdf(data, pdf.name, recognize=recognizer(data, pdf.name, None, "eng", lambda done, of: None))
    notes = {unit.place: unit.text for unit in book.paragraphs if unit.kind == "note"}
    rows = [
        {
            "text": unit.text,
            "kind": unit.kind,
            "page": unit.page,
            "breaks": unit.breaks,
            "notes": [(offset, notes.get(place, "")) for offset, place in unit.notes],
        }
        for unit in book.paragraphs
    ]
    texts = [unit.text for unit in book.paragraphs] + [removal.text for removal in book.removed]
    said = sum(len("".join(text.split())) for text in texts)
    return {"rows": rows, "unaccounted": None if book.characters is None else book.characters - said}


def seed(pdf: Path) -> Given:
    """pdfplumber and the three regular expressions that people paste; white space goes, and paragraphs with it."""
    pdfplumber = import_module("pdfplumber")
    with pdfplumber.open(pdf) as document:
        pages = []
        for page in document.pages:
            pages.append(page.extract_text() or "")
            page.close()
    text = "\n".join(pages)
    text = re.sub(r"\n\s*\d+\s*\n", "\n", text)
    text = re.sub(r"(\w)-\s*\n\s*(\w)", r"\1\2", text)
    return _rows([re.sub(r"\s+", " ", text)])


def pypdf(pdf: Path) -> Given:
    """`extract_text()` of each page."""
    reader = import_module("pypdf").PdfReader(pdf)
    return _plain("\n".join(page.extract_text() for page in reader.pages))


def pypdfium2(pdf: Path) -> Given:
    """The bare text of each page: what it costs to read a PDF at all."""
    library = import_module("pypdfium2")
    with library.PdfDocument(pdf) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_bounded())
            text.close()
            page.close()
    return _plain("\n".join(pages))


def pdfminer(pdf: Path) -> Given:
    """`extract_text`, whose layout analysis puts a blank line between blocks."""
    return _plain(import_module("pdfminer.high_level").extract_text(str(pdf)))


def pdftotext(pdf: Path) -> Given:
    """Poppler in reading order, its default: `-layout` keeps columns of a page apart with blanks, not paragraphs."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(pdf), "-"], capture_output=True, check=True)
    return _plain(done.stdout.decode("utf-8"))


def liteparse(pdf: Path) -> Given:
    """Markdown, without OCR, with the limit of 1,000 pages raised."""
    made = import_module("liteparse").LiteParse
    parser = made(ocr_enabled=False, max_pages=100_000, output_format="markdown", quiet=True)
    return _markdown(parser.parse(str(pdf)).text)


def opendataloader(pdf: Path) -> Given:
    """Markdown."""
    return _opendataloader(pdf, tags=False)


def opendataloader_tags(pdf: Path) -> Given:
    """Markdown, by the structure tree of a tagged PDF where it has one."""
    return _opendataloader(pdf, tags=True)


def _opendataloader(pdf: Path, tags: bool) -> Given:
    convert = import_module("opendataloader_pdf").convert
    with tempfile.TemporaryDirectory() as folder:
        options = {"format": "markdown", "image_output": "off", "quiet": True, "use_struct_tree": tags}
        convert(str(pdf), output_dir=folder, **options)
        return _markdown("\n\n".join(path.read_text("utf-8") for path in Path(folder).rglob("*.md")))


def kreuzberg(pdf: Path) -> Given:
    """Its plain text, which is whole, but has no paragraphs."""
    library = import_module("kreuzberg")
    return _plain(library.extract_file_sync(str(pdf), config=library.ExtractionConfig()).content)


def kreuzberg_markdown(pdf: Path) -> Given:
    """Its Markdown, which has paragraphs, but glues words."""
    library = import_module("kreuzberg")
    config = library.ExtractionConfig(output_format="markdown")
    return _markdown(library.extract_file_sync(str(pdf), config=config).content)


def pdf_oxide(pdf: Path) -> Given:
    """Markdown; its plain text puts lines in another order."""
    return _markdown(import_module("pdf_oxide").PdfDocument(str(pdf)).to_markdown_all())


def tesseract(pdf: Path) -> Given:
    """Scans only: each page at 300 dpi, its plain text, paragraphs at blank lines."""
    library = import_module("pypdfium2")
    texts = []
    with library.PdfDocument(pdf) as document:
        for page in document:
            picture = io.BytesIO()
            page.render(scale=300 / 72).to_pil().save(picture, "PNG")
            command = ["tesseract", "-", "-", "-l", "eng", "--dpi", "300"]
            alone = os.environ | {"OMP_THREAD_LIMIT": "1"}
            done = subprocess.run(command, input=picture.getvalue(), capture_output=True, check=True, env=alone)
            texts.append(done.stdout.decode("utf-8").strip("\n\f"))
    return _plain("\n".join(texts))


def pymupdf(pdf: Path) -> Given:
    """Blocks. Not installed by `--setup`: its license is the AGPL. Install it yourself and name it with --tools."""
    with import_module("pymupdf").open(pdf) as document:
        return _rows(block[4] for page in document for block in page.get_text("blocks") if block[6] == 0)


# ---------------------------------------------------------------- text to rows


def _rows(texts: Iterable[str]) -> Given:
    return {"rows": [{"text": text} for text in texts if text.strip()]}


def _plain(text: str) -> Given:
    """Paragraphs at blank lines; a form feed ends a page, and with it no paragraph."""
    return _rows(re.split(r"\n[ \t]*(?:\r?\n[ \t]*)+", text.replace("\r\n", "\n").replace("\f", "")))


_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<!--.*?-->", re.S)
_RULE = re.compile(r"^\s*(?:-{3,}|_{3,}|\*{3,})\s*$", re.M)
_BEFORE = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:[-*+] (?=\S))?", re.M)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.M)
_TAG = re.compile(r"</?(?:br|b|i|em|strong|sup|sub|u|p|div|span)\b[^>]*>", re.I)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.S)
_EM = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*_])", re.S)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>|~$])")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "&nbsp;": " "}


def _markdown(text: str) -> Given:
    """Blocks of Markdown, the markup taken out; a heading is a block of its own, blank lines around it or not."""
    text = _RULE.sub("", _PICTURE.sub("", text.replace("\r\n", "\n").replace("\f", "\n")))
    text = _HEADING.sub(r"\n\1\n", text)
    blocks = re.split(r"\n[ \t]*\n\s*", text)
    return _rows(_bare(block) for block in blocks)


def _bare(block: str) -> str:
    block = _TAG.sub("", _BEFORE.sub("", block))
    for pattern in (_STRONG, _EM):
        block = pattern.sub(r"\2", block)
    block = _ESCAPE.sub(r"\1", block)
    for name, sign in _ENTITY.items():
        block = block.replace(name, sign)
    return block


TOOLS: dict[str, Callable[[Path], Given]] = {
    "inscape": inscape,
    "seed": seed,
    "pypdf": pypdf,
    "pypdfium2": pypdfium2,
    "pdfminer": pdfminer,
    "pdftotext": pdftotext,
    "liteparse": liteparse,
    "opendataloader": opendataloader,
    "opendataloader-tags": opendataloader_tags,
    "kreuzberg": kreuzberg,
    "kreuzberg-markdown": kreuzberg_markdown,
    "pdf_oxide": pdf_oxide,
    "tesseract": tesseract,
    "pymupdf": pymupdf,
}


SCANS = ("inscape", "tesseract")
"""The tools that are asked to read scans; tesseract is asked for nothing else."""


def version(tool: str) -> str:
    """The version of the tool that this environment has. Raises PackageNotFoundError or OSError where it has none."""
    if tool in ("pdftotext", "tesseract"):
        done = subprocess.run([tool, "-v"], capture_output=True, text=True, check=True)
        return (done.stderr or done.stdout).split("\n")[0].rpartition(" ")[2]
    return metadata.version(PACKAGES.get(tool, tool).partition("==")[0])


def adapter(tool: str) -> str:
    """A hash of the code that asks this tool: what was read by other code is read again."""
    shared = (_opendataloader, _rows, _plain, _markdown, _bare, _PICTURE, _RULE, _BEFORE, _HEADING, _TAG, _STRONG, _EM)
    parts = [inspect.getsource(part) if callable(part) else part.pattern for part in (TOOLS[tool], *shared, _ESCAPE)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def main() -> None:
    tool, pdf, out = sys.argv[1:4]
    if pdf == "--version":
        Path(out).write_text(json.dumps({"version": version(tool)}), "utf-8")
        return
    Path(out).write_text(json.dumps(TOOLS[tool](Path(pdf))), "utf-8")


if __name__ == "__main__":
    main()
