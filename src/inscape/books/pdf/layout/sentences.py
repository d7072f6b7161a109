"""What words say about whether a paragraph ends between two lines, where the layout does not.

Invariant: words only. An answer is given only where print has a custom: speech that opens while other speech is still
open, or right after other speech has closed, begins a paragraph; a sentence in its middle does not end one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENDS = re.compile(r"[.!?…:—](?:\s?[\"”’')\]»])*$")
_SHORT = re.compile(
    r"(?:^|[\s(“\"])(?:Mrs?|Ms|Dr|St|Sts|Prof|M|MM|Mme|Mlle|Messrs|Rev|Hon|Capt|Col|Gen|Lt|Sgt|Sr|Jr|No|Vol|cf|viz|"
    r"bkz|örn|z\.B|u\.a)\.$"
)
_BEGINS = re.compile(r"[\"“„‘'«(\[—–―-]*\s?[^\W_a-z]")
_SPEAKER = re.compile(r"(?=\w*[^\W\d_a-z]{3})[^\W\d_a-z][^a-z:.!?]{2,40}(?: ?\([^()]{2,60}\))?: ?")
_SPEECH_ENDS = re.compile(r"[.!?…,—][”»][\s)]*$")


def ends(text: str) -> bool:
    """Whether a line ends with its sentence."""
    return bool(_ENDS.search(text)) and not _SHORT.search(text)


def begins(text: str) -> bool:
    """Whether a line could begin a sentence: a capital or a figure, after opening marks."""
    return bool(_BEGINS.match(text))


def speaks(text: str) -> bool:
    """Whether a line begins with speech."""
    return text[0] in "“«„" or (text[0] in "—―–" and len(text) > 1)


def names_speaker(text: str) -> bool:
    """Whether a line begins as a speech does in a play: 'THE MILLER: Good day.'"""
    return bool(_SPEAKER.match(text))


def new_speech(before: Iterable[str], below: str) -> bool | None:
    """Whether a paragraph surely ends (True), surely goes on (False), by the quotation marks of its lines so far and of
    the line below; None where they do not say."""
    text = " ".join(before)
    opened = text.count("“") - text.count("”")
    if opened > 0:
        return below[0] == "“"
    if below[0] not in "“«":
        return None
    if _SPEECH_ENDS.search(text):
        return True
    return True if text[-1] in ".!?…" and ends(text) and not ("“" in text or "«" in text) else None
