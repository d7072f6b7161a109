"""Chapters that open in capitals are written as the book writes elsewhere."""

from __future__ import annotations

from itertools import pairwise

from inscape.books.pdf.units.openings import lowered, told
from inscape.records import Paragraph

BODY = "Then, as Prince Vasíli had said, the friends were silent, and I was silent; it was the BBC, the UN and so on."


def book(*openings: str) -> list[Paragraph]:
    made = []
    for n, text in enumerate(openings, 1):
        made += [
            Paragraph("heading", f"Chapter {n}", level=1),
            Paragraph("paragraph", text),
            Paragraph("paragraph", BODY),
        ]
    return made


def opened(*openings: str, language: str = "") -> list[str]:
    made = lowered(book(*openings), language)
    return [p.text for above, p in pairwise(made) if above.kind == "heading"]


def test_names_keep_their_capitals_and_other_words_lose_them() -> None:
    assert opened(
        "PRINCE VASÍLI KEPT the promise.",
        "“AND WHAT DO I think of the BBC?” she asked.",
        "THE FRIENDS WERE silent.",
        "IT WAS PAST one o’clock.",
    ) == [
        "Prince Vasíli kept the promise.",
        "“And what do I think of the BBC?” she asked.",
        "The friends were silent.",
        "It was past one o’clock.",
    ]


def test_one_loud_chapter_is_no_habit() -> None:
    texts = ("BANG! BANG! went the gun.", "It was past one.", "She slept.", "He did not.")
    assert opened(*texts) == list(texts)


def test_a_text_in_capitals_as_a_whole_stays() -> None:
    texts = ("THE END IS NEAR.", "COME AT ONCE.", "MOTHER IS DYING.", "THE MILL is shut.")
    assert opened(*texts) == list(texts)


def test_plain_openings_stay() -> None:
    texts = ("I was born.", "A man came.", "O my!", "He slept.")
    assert opened(*texts) == list(texts)


def test_turkish_letters() -> None:
    assert opened("IŞIK İÇİNDE bir ev.", "KIZ KARDEŞİ geldi.", "İKİ GÜN sonra.", language="tr") == [
        "Işık içinde bir ev.",
        "Kız kardeşi geldi.",
        "İki gün sonra.",
    ]


def test_lengths_and_letters_stay() -> None:
    before = book("PRINCE VASÍLI’S HOUSE was old.", "THE D’ARTAGNAN HOTEL stood.", "ST. PETERSBURG WAS cold.")
    after = lowered(before)
    assert [p.text.casefold() for p in before] == [p.text.casefold() for p in after]
    assert told(before, after) == [
        "3 chapters open in capitals, written as elsewhere: "
        "“PRINCE VASÍLI’S HOUSE was old.” as “Prince Vasíli’s house was old.”."
    ]
    assert told(before, before) == []


def test_numbers_dashes_and_sentences_inside_an_opening() -> None:
    assert opened("IN 1808 THE UN met.", "SILENCE. THE FRIENDS—ALL were silent.", "AND THE BBC was silent.") == [
        "In 1808 the UN met.",
        "Silence. The friends—all were silent.",
        "And the BBC was silent.",
    ]
