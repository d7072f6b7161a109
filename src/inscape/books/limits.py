"""How large a book may be, and why.

Invariant: every limit is far above the largest real book known (War and Peace: 8 MB as a PDF, 3 MB as an EPUB,
5 MB of chapters unpacked) and low enough that a hostile file cannot fill the memory of a small machine. The module
only states numbers; the readers hold to them.
"""

from __future__ import annotations

MB = 1024 * 1024

FILE = 1024 * MB
"""Bytes of a whole file. Scanned PDFs and illustrated EPUBs reach some hundred megabytes."""

TEXT = 64 * MB
"""Bytes of a text, Markdown or HTML file, and of one part of an archive: ten times the longest novels."""

ARCHIVE_TEXT = 256 * MB
"""Bytes of all parts read from one archive, unpacked."""

ARCHIVE_PARTS = 20_000
"""Files in one archive; encyclopedias in EPUB have some thousand."""

ARCHIVE_RATIO = 200
"""Times that a part may grow when unpacked. Prose reaches 3 to 10; a bomb a thousand and more."""

ARCHIVE_RATIO_FROM = 4 * MB
"""Unpacked size from which the ratio counts: a small part of blanks may shrink by any factor."""

PDF_PAGES = 20_000
"""Pages of a PDF; at 50 MB of lines for 1,600 pages, more would not fit into 1 GB."""

PDF_PAGE_CHARACTERS = 200_000
"""Characters of one page. A page of a novel has 2,000; a page of newspaper 20,000."""

OCR_BELOW = 50
"""Characters on a page, fewer than which mean that the page is a picture (folio and head at most)."""
