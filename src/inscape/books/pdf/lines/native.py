"""PDFium's functions, set up so that they can be called hundreds of thousands of times.

Invariant: nothing is read or kept here; these are the plain C functions of the version that pypdfium2 brings, with
handles and addresses as whole numbers. Called through `map` over whole lists of indices they cost a third of what
pypdfium2's wrappers cost. All are quick, so the interpreter's lock is kept while they run.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium

_POINTER, _INT, _DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_double


def _plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address)  # type: ignore[arg-type]


unicode = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _POINTER, _INT)
"""(text page, index) -> code point or half of one; 0: unknown; 2: maybe a hyphen at a line's end."""
is_hyphen = _plain(pdfium.FPDFText_IsHyphen, _INT, _POINTER, _INT)
text_index = _plain(pdfium.FPDFText_GetTextIndexFromCharIndex, _INT, _POINTER, _INT)
"""(text page, index) -> index in the page's text, or -1: PDFium leaves the character out of it."""
is_made_up = _plain(pdfium.FPDFText_IsGenerated, _INT, _POINTER, _INT)
"""(text page, index) -> 1: PDFium made the character up, as a blank in a wide space."""
text_object = _plain(pdfium.FPDFText_GetTextObject, _POINTER, _POINTER, _INT)
"""(text page, index) -> the object that prints the character, None for those that PDFium made up."""
origin = _plain(pdfium.FPDFText_GetCharOrigin, _INT, _POINTER, _INT, _POINTER, _POINTER)
"""(text page, index, x, y): the pen's position, as doubles written to two addresses."""
box = _plain(pdfium.FPDFText_GetCharBox, _INT, _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)
"""(text page, index, left, right, bottom, top): the glyph's edges, as doubles written to four addresses."""
loose_box = _plain(pdfium.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
"""(text page, index, address of four floats): left, top, right, bottom of the room that the pen passes."""
font_size = _plain(pdfium.FPDFText_GetFontSize, _DOUBLE, _POINTER, _INT)
matrix = _plain(pdfium.FPDFText_GetMatrix, _INT, _POINTER, _INT, _POINTER)
"""(text page, index, address of six floats)."""
font = _plain(pdfium.FPDFTextObj_GetFont, _POINTER, _POINTER)
font_name = _plain(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, _POINTER, _POINTER, ctypes.c_size_t)
font_flags = _plain(pdfium.FPDFFont_GetFlags, _INT, _POINTER)
font_angle = _plain(pdfium.FPDFFont_GetItalicAngle, _INT, _POINTER, _POINTER)
marked_content = _plain(pdfium.FPDFPageObj_GetMarkedContentID, _INT, _POINTER)
"""(object) -> the number of its marked content on the page, or -1."""
count_marks = _plain(pdfium.FPDFPageObj_CountMarks, _INT, _POINTER)
mark = _plain(pdfium.FPDFPageObj_GetMark, _POINTER, _POINTER, ctypes.c_ulong)
mark_name = _plain(pdfium.FPDFPageObjMark_GetName, _INT, _POINTER, _POINTER, ctypes.c_ulong, _POINTER)
"""(mark, buffer, its bytes, address of the length): UTF-16."""
count_children = _plain(pdfium.FPDF_StructElement_CountChildren, _INT, _POINTER)
child = _plain(pdfium.FPDF_StructElement_GetChildAtIndex, _POINTER, _POINTER, _INT)
"""(element, index) -> the element at that place on this page, None where it is none or stands on another page."""
child_content = _plain(pdfium.FPDF_StructElement_GetChildMarkedContentID, _INT, _POINTER, _INT)
"""(element, index) -> number of the marked content at that place on this page, or -1."""
element_type = _plain(pdfium.FPDF_StructElement_GetType, ctypes.c_ulong, _POINTER, _POINTER, ctypes.c_ulong)
"""(element, buffer, its bytes) -> bytes needed: UTF-16."""


def number_of(handle: Any) -> int:
    """The address in one of pypdfium2's handles, 0 where it is null."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
