"""What `add` says of a book: what was left out, with places, and what is marked."""

from __future__ import annotations

from inscape.cli.lines import line
from inscape.records import BookText, Paragraph, Removal
from inscape.stages.book_report import report

BOOK = BookText(
    "The Mill",
    "A. Writer",
    "en",
    "pdf",
    (
        Paragraph("paragraph", "To my mother.", 3, matter="front"),
        Paragraph("heading", "Chapter 1", 5, "Chapter 1", level=1),
        Paragraph("paragraph", "The miller slept.", 5, "Chapter 1"),
        Paragraph("verse", "The water\ngoes", 6, "Chapter 1"),
        Paragraph("note", "A note.", 6, "Chapter 1", "note 1"),
    ),
    9,
    (
        *(Removal("page number", str(n), n) for n in range(5, 10)),
        *(Removal("running head", "THE MILL", n) for n in range(6, 10)),
        Removal("line-end hyphen", "-", 6, "hap-pened"),
    ),
    ("2 hyphens were guessed.",),
)


def test_the_report_counts_and_shows_three_places_of_each() -> None:
    event = report("mill.pdf", BOOK)
    assert event.removed == {"page number": 5, "running head": 4, "line-end hyphen": 1}
    assert [s["page"] for s in event.samples["page number"]] == [5, 7, 9]
    assert [s["page"] for s in event.samples["running head"]] == [6, 8, 9]
    assert event.samples["line-end hyphen"] == [{"text": "hap-pened", "page": 6}]
    assert event.kinds == {"heading": 1, "verse": 1, "note": 1}
    assert event.doubts[0] == "3 words of front matter stand in the text, marked as such."


def test_in_plain_words() -> None:
    said = line(report("mill.pdf", BOOK))
    assert said is not None
    assert said.splitlines() == [
        "The Mill, by A. Writer",
        "  PDF, 9 pages, 1 chapter, 5 paragraphs, 13 words",
        "  among them: 1 heading, 1 verse, 1 note",
        "  left out:",
        "    5 × page number            “5” (page 5) · “7” (page 7) · “9” (page 9)",
        "    4 × running head           “THE MILL” (page 6) · “THE MILL” (page 8) · “THE MILL” (page 9)",
        "    1 × line-end hyphen        “hap-pened” (page 6)",
        "  to look at: 3 words of front matter stand in the text, marked as such.",
        "  to look at: 2 hyphens were guessed.",
    ]
