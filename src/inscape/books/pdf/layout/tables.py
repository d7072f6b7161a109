"""Tables: rows of cells that stand beside each other.

Invariant: only marks rows. Two neighboring base lines, at least, have cells; a lone gap in a line makes none.
"""

from __future__ import annotations

from inscape.books.pdf.layout.rows import Row


def mark(rows: list[Row]) -> None:
    """Mark the cells of a page's tables: 1 the first of its line, 2 those to its right."""
    if not any(row.beside for row in rows):
        return
    lines: list[list[Row]] = []
    for row in rows:
        if row.beside and lines:
            lines[-1].append(row)
        else:
            lines.append([row])
    for i, line in enumerate(lines):
        near = [lines[j] for j in (i - 1, i + 1) if 0 <= j < len(lines)]
        if len(line) > 1 and any(len(other) > 1 and _steps(line, other) for other in near):
            for at, row in enumerate(line):
                row.cell = 1 if at == 0 else 2


def _steps(line: list[Row], other: list[Row]) -> bool:
    return abs(line[0].line.y - other[0].line.y) < 3 * line[0].leading
