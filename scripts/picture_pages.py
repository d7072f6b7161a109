"""Make the pictures of docs/reading.md: three inspected pages, as a browser shows them.

    python scripts/picture_pages.py CORPUS

CORPUS is a folder of typeset books (`python -m benchmarks.prose.typeset`). Needs Chromium, tesseract, and Pillow, which
makes the pictures small.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
PAGES = (
    ("novel", "latex-wp", 25, "war-and-peace.pdf"),
    ("play", "typst-ulysses", 466, "ulysses.pdf"),
    ("scan", "scan-lighthouse", 3, "scan.pdf"),
)
"""Name of the picture, typesetting, page, and how the file is called."""
WIDTH, HEIGHT = 1240, 1080


def main(corpus: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is needed: apt install chromium.")
    images: Any = importlib.import_module("PIL.Image")
    with tempfile.TemporaryDirectory() as folder:
        for name, book, page, called in PAGES:
            html, png = Path(folder) / f"{name}.html", Path(folder) / f"{name}.png"
            pdf = Path(shutil.copy(corpus / book / "book.pdf", Path(folder) / called))
            command = [sys.executable, "-m", "inscape", "read", str(pdf), "--inspect", str(page)]
            subprocess.run([*command, "--out", str(html)], check=True)
            shot = ["--headless", "--no-sandbox", f"--screenshot={png}", f"--window-size={WIDTH},{HEIGHT}"]
            subprocess.run([browser, *shot, html.as_uri()], check=True, stderr=subprocess.DEVNULL)
            images.open(png).convert("RGB").quantize(192).save(DOCS / f"inspect-{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
