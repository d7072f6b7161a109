"""Page numbers as a person types them: '12', '120-124', '3,8-9,200-'.

Invariant: pure. Every number given back is a page of the file.
"""

from __future__ import annotations

import re

from inscape.errors import BookError
from inscape.text import plural

_PART = re.compile(r"\s*(\d{1,6})?\s*(?:([-–])\s*(\d{1,6})?)?\s*\Z")


def pages_of(written: str, count: int, most: int) -> list[int]:
    """The pages meant, ascending, each once. `count`: pages of the file; `most`: pages that may be asked for at once.

    Raises BookError: not understood, outside the file, or too many.
    """
    found: set[int] = set()
    for part in written.split(","):
        read = _PART.match(part)
        if read is None or not (read[1] or read[3]):
            raise BookError(f"'{written}' names no pages. Write one page (12), a range (120-124) or several (3,8-9).")
        first = int(read[1] or 1)
        last = int(read[3] or count) if read[2] else first
        if not 1 <= first <= last or last > count:
            raise BookError(
                f"There are no pages '{part.strip()}': the file has {plural(count, 'page')}, counted from its first."
            )
        if last - first >= most:
            raise BookError(f"'{part.strip()}' is {last - first + 1:,} pages; look at {most} or fewer at once.")
        found.update(range(first, last + 1))
    if len(found) > most:
        raise BookError(f"'{written}' is {len(found):,} pages; look at {most} or fewer at once.")
    return sorted(found)
