"""What all formats share: chapters, notes at the end, nothing empty."""

from __future__ import annotations

from inscape.books.structure import assemble
from inscape.records import Paragraph


def test_a_call_without_words_goes_to_the_words_before_it() -> None:
    units = [
        Paragraph("paragraph", "", notes=((0, "note 0"),)),
        Paragraph("paragraph", "He slept.", notes=((9, "note 1"),)),
        Paragraph("paragraph", "", notes=((0, "note 2"),)),
        Paragraph("break", ""),
        Paragraph("note", "A note.", place="note 2"),
    ]
    made = assemble(units)
    assert [p.kind for p in made] == ["paragraph", "break", "note"]
    assert made[0].notes == ((9, "note 1"), (9, "note 2"))
