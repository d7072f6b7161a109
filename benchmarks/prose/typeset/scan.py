"""Simulates a scan of a typeset book: pages as gray images, slightly turned, blurred and noisy; no text layer.

Invariant: the same seed makes the same images. Truth holds only units that stand whole on the scanned pages.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks.prose.typeset.tools import package, version
from benchmarks.prose.typeset.truth import Typeset

DPI = 300


def simulate(made: Typeset, first: int, last: int, about: Mapping[str, Any], seed: int = 1) -> Typeset:
    """Pages `first` to `last` (from 1) of a typeset book as a scan. Raises MissingTool without Pillow or numpy."""
    numpy, pypdfium2 = package("numpy"), package("pypdfium2")
    image, filters = package("PIL.Image"), package("PIL.ImageFilter")
    random = numpy.random.default_rng(seed)
    document = pypdfium2.PdfDocument(made.pdf)
    images = []
    for index in range(first - 1, last):
        page = document[index].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
        turned = page.rotate(float(random.uniform(-0.6, 0.6)), image.Resampling.BICUBIC, fillcolor=255)
        soft = numpy.asarray(turned.filter(filters.GaussianBlur(0.9)), dtype=numpy.float32)
        paper = 18 + soft * (238 - 18) / 255
        shade = numpy.linspace(0, float(random.uniform(-12, 12)), soft.shape[1], dtype=numpy.float32)
        noisy = paper + shade + random.normal(0, 7, soft.shape).astype(numpy.float32)
        specks = random.random(soft.shape) < 0.00004
        noisy[specks] = 40
        images.append(image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8)))
    document.close()
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=DPI, quality=75)
    units = tuple(
        replace(u, pages=(u.pages[0] - first + 1, u.pages[1] - first + 1))
        for u in made.units
        if u.pages and first <= u.pages[0] and u.pages[1] <= last
    )
    return Typeset(out.getvalue(), units, {}, {**about, **_facts(made, first, last, seed)})


def chapters(made: Typeset, most: int) -> tuple[int, int]:
    """(first, last) page of the book's first whole chapters, `most` pages at most, so that no paragraph is cut."""
    openings = [u.pages[0] for u in made.units if u.kind == "heading" and u.pages]
    first = openings[0]
    return first, max(p - 1 for p in openings if first < p <= first + most)


def _facts(made: Typeset, first: int, last: int, seed: int) -> dict[str, Any]:
    """Furniture of the scanned pages, numbered anew, and how they were made."""

    def here(name: str) -> dict[int, str]:
        return {p - first + 1: t for p, t in made.about.get(name, {}).items() if first <= p <= last}

    tool = f"{version('PIL')} on {made.about['tool']}"
    return {"tool": tool, "dpi": DPI, "seed": seed, "heads": here("heads"), "labels": here("labels")}
