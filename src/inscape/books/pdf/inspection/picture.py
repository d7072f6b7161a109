"""A page of a PDF as a picture, by PDFium, in PNG.

Invariant: pure: bytes in, bytes out. No picture is larger than `PIXELS`, whatever size the page says it has.
"""

from __future__ import annotations

import struct
import zlib

import pypdfium2

from inscape.errors import BookError

PIXELS = 8_000_000
"""Dots of a picture. A page of a novel at 110 dots an inch has half a million."""


def picture(data: bytes, name: str, number: int, dots: int = 110) -> bytes:
    """Page `number` (from 1) in colors at `dots` an inch. Raises BookError where PDFium cannot draw it."""
    file = None
    try:
        file = pypdfium2.PdfDocument(data)
        page = file[number - 1]
        width, height = page.get_size()
        scale = min(dots / 72, (PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
        raw, stride = bytes(bitmap.buffer), bitmap.stride
        row = bitmap.width * bitmap.n_channels
        rows = [raw[y * stride : y * stride + row] for y in range(bitmap.height)]
        return png(rows, bitmap.width, bitmap.n_channels)
    except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
        raise BookError(f"{name}, page {number}: no picture of it can be drawn ({error}).") from error
    finally:
        if file is not None:
            file.close()


def png(rows: list[bytes], width: int, channels: int) -> bytes:
    """PNG of 8 bits a channel: 1 gray, 3 RGB, 4 RGBA. https://www.w3.org/TR/png/"""
    head = struct.pack(">IIBBBBB", width, len(rows), 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", head) + _part(b"IDAT", body) + _part(b"IEND", b"")


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
