"""Pages beside what was made of them: ranges, pictures, the HTML page."""

from __future__ import annotations

import re

import pytest

from inscape.books.pdf.inspection.ranges import pages_of
from inscape.errors import BookError


@pytest.mark.parametrize(
    ("written", "pages"),
    [("12", [12]), ("3-5", [3, 4, 5]), ("5,3-4, 4", [3, 4, 5]), ("19-", [19, 20]), ("-2", [1, 2]), ("7–8", [7, 8])],
)
def test_pages_as_typed(written: str, pages: list[int]) -> None:
    assert pages_of(written, 20, 10) == pages


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "names no pages"),
        ("ten", "names no pages"),
        ("-", "names no pages"),
        ("0", "has 20 pages"),
        ("21", "has 20 pages"),
        ("9-3", "has 20 pages"),
        ("1-11", "11 pages; look at 10"),
        ("1-9,12-15", "13 pages; look at 10"),
    ],
)
def test_pages_that_cannot_be_meant(written: str, says: str) -> None:
    with pytest.raises(BookError, match=re.escape(says)):
        pages_of(written, 20, 10)
