"""Where in which book the passage behind an example stands.

Invariant: only looks. A passage is looked up as it was when the answer was made, whatever passages.md says by now;
where no book has it, the place counts that a restored example came back with.
"""

from __future__ import annotations

from collections.abc import Iterable

from inscape.passages.anchors import Index, Match
from inscape.records import Anchor, Example
from inscape.store import Store, attempts, restored
from inscape.store import books as shelf


def anchors(store: Store, given: Iterable[Example]) -> dict[str, Anchor]:
    """The anchor of each example's passage, by the example's id; examples without a place are left out."""
    texts = {example.id: _passage(store, example) for example in given}
    wanted = {text for text in texts.values() if text}
    best: dict[str, Match] = {}
    for book in shelf.all_books(store) if wanted else ():
        index = Index(shelf.paragraphs(store, book.id), book.id)
        for text in wanted:
            match = index.find(text)
            if match and (text not in best or match.rank > best[text].rank):
                best[text] = match
    found = {id_: best[text].anchor for id_, text in texts.items() if text in best}
    return {id_: anchor for id_, anchor in restored.anchors(store).items() if id_ in texts} | found


def _passage(store: Store, example: Example) -> str:
    found = attempts.passage_of(store, example.provenance.attempt) if example.provenance.attempt else None
    return found[2] if found else ""
