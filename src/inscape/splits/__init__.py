"""Training and validation, divided so that validation measures something.

Invariant: rows that belong together (a book or a stretch of it, a topic, near copies, one prompt) stand on one side,
and a row that was for training once never becomes validation. Pure: rows in, sides out.
"""

from __future__ import annotations

from inscape.splits.across import Leak, leaks
from inscape.splits.groups import By, Row, group
from inscape.splits.sides import Side, Split, divide

__all__ = ["By", "Leak", "Row", "Side", "Split", "divide", "group", "leaks"]
