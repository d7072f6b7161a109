"""Books and their paragraphs: an index of the files in books/, by content hash. It can be dropped and read again."""

from __future__ import annotations

import json
import sqlite3

from inscape.records import Book, BookText, Paragraph
from inscape.store.db import Store


def put(store: Store, book: Book, text: BookText) -> None:
    """Add a book, or replace the one of the same id."""
    with store.change() as db:
        db.execute("DELETE FROM book WHERE id = ? OR path = ?", (book.id, book.path))
        db.execute(
            "INSERT INTO book VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                book.id, book.title, book.author, book.language, book.format, book.path, book.sha256, book.rights,
                book.pages, book.words, book.added, book.reader,
            ),
        )  # fmt: skip
        db.executemany(
            "INSERT INTO paragraph VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                (book.id, n, p.kind, p.text, p.page, p.chapter, p.place, p.level, p.label, p.matter, _marks(p))
                for n, p in enumerate(text.paragraphs)
            ),
        )


_SELECT = "SELECT b.*, (SELECT count(*) FROM paragraph p WHERE p.book = b.id) AS paragraphs FROM book b"


def all_books(store: Store) -> list[Book]:
    """In the order in which they were added."""
    return [_book(row) for row in store.rows(f"{_SELECT} ORDER BY b.added, b.id")]


def by_hash(store: Store, sha256: str) -> Book | None:
    row = store.row(f"{_SELECT} WHERE b.sha256 = ?", sha256)
    return _book(row) if row else None


def by_path(store: Store, path: str) -> Book | None:
    row = store.row(f"{_SELECT} WHERE b.path = ?", path)
    return _book(row) if row else None


def set_rights(store: Store, book: str, rights: str) -> None:
    with store.change() as db:
        db.execute("UPDATE book SET rights = ? WHERE id = ?", (rights, book))


def ids(store: Store) -> set[str]:
    return {row["id"] for row in store.rows("SELECT id FROM book")}


def paragraphs(store: Store, book: str) -> list[Paragraph]:
    """The book's paragraphs in order; a paragraph's place in this list is its number in anchors."""
    rows = store.rows("SELECT * FROM paragraph WHERE book = ? ORDER BY n", book)
    return [_paragraph(row) for row in rows]


_MARKS = ("breaks", "italics", "notes")


def _marks(paragraph: Paragraph) -> str:
    """Offsets as JSON; '' where there are none, as in most paragraphs."""
    there = {name: getattr(paragraph, name) for name in _MARKS if getattr(paragraph, name)}
    return json.dumps(there, ensure_ascii=False) if there else ""


def _paragraph(row: sqlite3.Row) -> Paragraph:
    marks = json.loads(row["marks"]) if row["marks"] else {}
    offsets = {name: tuple((one, two) for one, two in marks.get(name, ())) for name in _MARKS}
    return Paragraph(
        row["kind"], row["text"], row["page"], row["chapter"], row["place"], row["level"], row["label"], row["matter"],
        **offsets,
    )  # fmt: skip


def _book(row: sqlite3.Row) -> Book:
    return Book(**{name: row[name] for name in Book.__dataclass_fields__})
