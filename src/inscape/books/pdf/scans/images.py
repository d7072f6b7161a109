"""Pages of a PDF that are pictures of print: how much of a page is picture, and the page as a straight gray image.

Invariant: pure: bytes in, numbers and images out. No image has more than `PIXELS` dots, whatever size the page says it
has. Says nothing about words: `ocr` does.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    import numpy as np

    Gray = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

PIXELS = 25_000_000
"""Dots of an image: two pages of a quarto at 300 an inch have 17 million."""

DOTS = 300.0
"""Dots an inch at which tesseract reads best; more cost time and win nothing."""

_CLEANED = 12_000_000
"""Dots of an image, above which specks stay: to look for them takes 20 bytes a dot."""
_LONGEST = 17.0
"""Inches of the longest page of a book. A longer one was made by a program that took dots for points."""
_FEWEST = 2000
"""Dots along the longer side, below which a page's image is not made coarser than it is."""
_OUTLINES = 300
"""Drawn shapes on a page, from which they may be letters turned into outlines."""
_STEEPEST = 5.0
"""Degrees of skew that are looked for."""
_FAINT = 30
"""Tones between paper and ink, fewer than which mean that a page is blank."""
_STREWN = 40
"""Places of lone ink in the empty parts of a page (a speck counts several times), from which it is strewn with them."""
_LEAST = 0.12
"""Degrees of skew that are left as they are: half a point over a line."""


@dataclass(frozen=True, slots=True)
class Image:
    """A page as a gray image, in dots [y, x]. `width`, `height` in points; `scale`: dots a point."""

    pixels: Gray
    width: float
    height: float
    scale: float

    @property
    def pgm(self) -> bytes:
        """The image as tesseract reads it: PGM, 8 bits. https://netpbm.sourceforge.net/doc/pgm.html"""
        height, width = self.pixels.shape
        return b"P5\n%d %d\n255\n" % (width, height) + self.pixels.tobytes()


def pictured(data: bytes, numbers: Iterable[int]) -> dict[int, float]:
    """Share of each page (from 1) that images cover, 0 to 1; 1 too for a page of drawn shapes, as letters may be."""
    file = pypdfium2.PdfDocument(data)
    try:
        return {number: _share(file, number) for number in numbers}
    finally:
        file.close()


def _share(file: pypdfium2.PdfDocument, number: int) -> float:
    try:
        page = file[number - 1]
        width, height = page.get_size()
        covered, shapes = 0.0, 0
        for thing in page.get_objects(max_depth=4):
            shapes += thing.type == pdfium.FPDF_PAGEOBJ_PATH
            if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = thing.get_bounds()
                covered += max(0.0, right - left) * max(0.0, top - bottom)
        page.close()
    except pypdfium2.PdfiumError:
        return 0.0
    return 1.0 if shapes >= _OUTLINES else min(1.0, covered / max(1.0, width * height))


def language(data: bytes) -> str:
    """The language that the file names for its text ('en-US'); '' where it names none."""
    file = pypdfium2.PdfDocument(data)
    try:
        size = pdfium.FPDFCatalog_GetLanguage(file, None, 0)
        if size <= 2:
            return ""
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFCatalog_GetLanguage(file, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
        return buffer.raw[:-2].decode("utf-16-le", "replace")
    finally:
        file.close()


def draw(page: pypdfium2.PdfPage, turn: int = 0) -> Image:
    """The page, turned clockwise by `turn` (0, 90, 180 or 270 degrees). Raises PdfiumError."""
    width, height = page.get_size()
    scale, dots = resolution(width, height, _native(page))
    pixels = _render(page, scale, turn)
    rows, columns = pixels.shape
    return Image(pixels, columns * 72 / dots, rows * 72 / dots, dots / 72)


def prepare(image: Image) -> Image:
    """The image without specks, and straight."""
    dots = 72 * image.scale
    pixels = clean(image.pixels, dots)
    if skew := skew_of(pixels, dots):
        pixels = straighten(pixels, skew)
    return replace(image, pixels=pixels)


def resolution(width: float, height: float, native: float) -> tuple[float, float]:
    """(dots a point of the file, true dots an inch) for a page in points whose image has `native` dots an inch.

    The two differ only for a page that is too long to be one: its points are then taken for dots at `DOTS` an inch.
    """
    longer = max(width, height, 1.0)
    dots = native if 250 <= native <= 400 else DOTS
    if native > dots:
        dots = min(native, max(dots, _FEWEST * 72 / longer))
    if longer > _LONGEST * 72:
        dots = min(native or 72.0, 4800 * 72 / longer)
    dots = min(dots, 72 * math.sqrt(PIXELS / max(1.0, width * height)))
    return dots / 72, DOTS if longer > _LONGEST * 72 else dots


def _native(page: pypdfium2.PdfPage) -> float:
    """Dots an inch of the page's largest image; 0 where there is none."""
    best = (0.0, 0.0)
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = image.get_bounds()
        across, up = right - left, top - bottom
        if across > 1 and up > 1:
            best = max(best, (across * up, 72 * max(image.get_px_size()) / max(across, up)))
    return best[1]


def _render(page: pypdfium2.PdfPage, scale: float, turn: int) -> Gray:
    """Gray dots of the page, turned clockwise by quarters."""
    import numpy as np

    bitmap = page.render(scale=scale, rotation=turn, grayscale=True)
    pixels = np.frombuffer(bitmap.buffer, np.uint8).reshape(bitmap.height, bitmap.stride)[:, : bitmap.width].copy()
    bitmap.close()
    return pixels


def _tones(pixels: Gray) -> tuple[float, float]:
    """How light the paper is and how dark the ink, 0 to 255."""
    import numpy as np

    part = pixels[::3, ::3]
    return float(np.median(part)), float(np.percentile(part, 0.5))


def clean(pixels: Gray, dots: float) -> Gray:
    """Without specks, if the page is strewn with them: to tesseract they are points, dashes and quotation marks.

    A speck is ink of up to a third of a millimeter with nothing around it for half a millimeter: a full stop, a dot on
    an i or a quotation mark can be as small, but stands nearer to a letter. Nothing is wiped off a page unless specks
    lie in its empty parts too, and nothing larger than nine in ten of those.
    """
    import numpy as np

    paper, ink = _tones(pixels)
    if paper - ink < _FAINT or pixels.size > _CLEANED:
        return pixels
    far, largest = round(dots / 12), max(2, round(dots / 75))
    sums = _sums(pixels < (paper + ink) / 2, far)
    found = int(_alone(sums, largest, far, far, pixels.shape).sum())
    if found < _STREWN:
        return pixels
    size = next(s for s in range(1, largest + 1) if _alone(sums, s, far, far, pixels.shape).sum() >= 0.9 * found)
    made = np.pad(pixels, ((0, size), (0, size)))
    ys, xs = np.nonzero(_alone(sums, size, max(2, round(dots / 45)), far, pixels.shape))
    for down in range(size):
        for right in range(size):
            made[ys + down, xs + right] = paper
    return np.ascontiguousarray(made[:-size, :-size])


def _sums(dark: Any, pad: int) -> Any:
    """Sums of a mask over all rectangles from its first corner (an integral image), with blank space around."""
    import numpy as np

    padded = np.pad(dark, ((pad + 1, 2 * pad), (pad + 1, 2 * pad)))
    return padded.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)


def _alone(sums: Any, size: int, ring: int, pad: int, shape: tuple[int, ...]) -> Any:
    """Mask of the places where a square of `size` dots begins that holds ink, and has none around it for `ring`."""

    def inside(start: int, end: int) -> Any:
        a, b, (rows, columns) = pad + start, pad + end, shape
        right, left = slice(b, b + columns), slice(a, a + columns)
        low, high = slice(b, b + rows), slice(a, a + rows)
        return sums[low, right] - sums[high, right] - sums[low, left] + sums[high, left]

    within = inside(0, size)
    return (within > 0) & (inside(-ring, size + ring) == within)


def straighten(pixels: Gray, skew: float) -> Gray:
    """The image turned by a small angle: columns moved up and down, then rows left and right, by whole dots.

    So no dot changes its tone, which a true rotation would smear.
    """
    import numpy as np

    slope = math.tan(math.radians(skew))
    return np.ascontiguousarray(_sheared(_sheared(pixels, slope).T, -slope).T)


def _sheared(pixels: Gray, slope: float) -> Gray:
    """Columns moved down by `slope` times their distance from the middle."""
    import numpy as np

    rows, columns = pixels.shape
    made = np.full_like(pixels, np.median(pixels[::7, ::7]))
    moved = np.round((np.arange(columns) - columns / 2) * slope).astype(int)
    for part in np.split(np.arange(columns), np.flatnonzero(np.diff(moved)) + 1):
        across, by = slice(part[0], part[-1] + 1), int(moved[part[0]])
        made[max(by, 0) : rows + min(by, 0), across] = pixels[max(-by, 0) : rows - max(by, 0), across]
    return made


def skew_of(pixels: Gray, dots: float) -> float:
    """Degrees clockwise to turn an image so that its lines are level, 0 where that is unclear or hardly anything.

    At the right angle the ink of all lines falls into few rows: the profile of rows has the steepest steps.
    """
    import numpy as np

    by = max(1, round(dots / 100))
    rows, columns = pixels.shape[0] // by, pixels.shape[1] // by
    if rows < 50 or columns < 50:
        return 0.0
    small = pixels[: rows * by, : columns * by].reshape(rows, by, columns, by).mean(axis=(1, 3))
    # Margins hold the scanner's edges and shadows, which lie at angles of their own.
    inner = small[rows // 16 : -rows // 16, columns // 16 : -columns // 16]
    paper, ink = float(np.median(inner)), float(np.percentile(inner, 0.5))
    if paper - ink < _FAINT:
        return 0.0
    y, x = np.nonzero(inner < (paper + ink) / 2)
    if not 200 < len(x) < 0.5 * inner.size:
        return 0.0
    y, x = y.astype(np.float32) + inner.shape[1], x.astype(np.float32) - inner.shape[1] / 2

    def steepness(angle: float) -> float:
        level = (y + x * math.tan(math.radians(angle))).astype(np.int64)
        return float((np.diff(np.bincount(level).astype(np.float64)) ** 2).sum())

    rough = max((n / 4 for n in range(round(-4 * _STEEPEST), round(4 * _STEEPEST) + 1)), key=steepness)
    best = max((rough + n / 20 for n in range(-5, 6)), key=steepness)
    return best if abs(best) >= _LEAST and steepness(best) > 1.1 * steepness(0.0) else 0.0
