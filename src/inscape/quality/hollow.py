"""Replies without a sentence of their own: stock sentences of assistants, and sentences drawn from a short list.

Invariant: a reply is called hollow only if every sentence of it is; one sentence of its own makes it an answer. A
greeting, a thanks and an offer of help are what people say: by themselves they are not hollow.
"""

from __future__ import annotations

import re

from inscape.quality.rows import Part
from inscape.quality.words import bare

_UNITS = re.compile(r"[.!?…;\n]+|,? (?:ve|ama|cunku|fakat|ancak|and|but|because) (?=\w)")
"""Ends of a sentence, and words that put two together (in bare spelling)."""
_MOST = 300
"""Characters of a reply that is looked at: what is longer says something."""
_TOPIC = r"(?:\S+\s){0,4}?"

_HOLLOW = re.compile(
    r"(?:there are (?:several|many|various|a few|multiple) (?:factors|aspects|things|ways|perspectives|approaches)"
    r"(?: (?:to|that) .{0,40})?|"
    r"let me (?:break (?:it|this) down|explain)(?: .{0,40})?|it depends on (?:many|several|various) (?:factors|things)|"
    r"(?:this|that)(?:'s| is) an? (?:great|good|excellent|interesting|important|complex|deep) (?:question|topic|one)|"
    r"here(?:'s| is) (?:a|an|the|my) (?:detailed |brief |quick |short )?(?:answer|explanation|overview|response)|"
    r"i can provide (?:some )?(?:general )?(?:guidance|information|help|advice).{0,40}|"
    r"as an ai(?: \w+){0,3},? .{0,60}|"
    r"i don't have personal (?:experiences?|opinions?|feelings?).{0,20}|"
    r"bu (?:cok |gercekten )?(?:guzel|iyi|harika|onemli|ilginc|derin|zor) bir (?:soru|konu)(?:dur)?|"
    rf"{_TOPIC}(?:cok )?(?:onemli|ilginc|genis|derin|karmasik) bir (?:konu|soru)(?:dur)?|"
    r"bunu sorman (?:cok )?(?:iyi|guzel) oldu|kisaca (?:anlatayim|aciklayayim|ozetleyeyim)|"
    r"(?:sana |size )?(?:adim adim )?(?:anlatayim|aciklayayim)|"
    rf"{_TOPIC}(?:bu konuda )?(?:farkli|cesitli|bircok) (?:gorusler?|bakis acilari|yaklasimlar?) (?:var|vardir|mevcut)|"
    r"(?:bence )?bu (?:duruma|kisiye|kisiden kisiye) gore degisir|dikkat edilmesi gereken (?:bircok|cesitli) nokta var)"
)
"""Sentences that fit before or after any answer and are none (bare spelling)."""
_POLITE = re.compile(
    r"(?:merhaba|selam|elbette|tabii?(?: ki)?|hello|hi|sure|of course|certainly|great|harika|super)(?: kanka)?|"
    r"umarim yardimci (?:olmustur|olabilmisimdir)|baska (?:bir )?soru(?:n|nuz)? (?:olursa|var mi).{0,30}|"
    r"(?:ben )?buradayim|"
    r"daha fazla (?:detay|bilgi) ister misin(?:iz)?|(?:sen|siz) ne dusunuyor(?:sun|sunuz)|yardimci olabilirim|"
    r"i hope this helps|let me know if you .{0,40}|feel free to ask.{0,30}|what do you think"
)


def units(text: str) -> list[str]:
    """Sentences and what conjunctions join, in bare spelling, of a short folded text; of a long one nothing."""
    if len(text) > _MOST:
        return []
    return [unit for raw in _UNITS.split(bare(text)) if (unit := raw.strip(" ,:\"'()*-–—"))]


def is_stock(unit: str) -> bool:
    """Whether a sentence (of `units`) is one that everybody says: polite, or before an answer."""
    return bool(_HOLLOW.fullmatch(unit) or _POLITE.fullmatch(unit))


def only_stock(part: Part) -> bool:
    """Whether every sentence of a reply is stock, and one at least announces an answer that does not come."""
    held = units(part.folded)
    if not 4 <= len(part.words) <= 40 or not held:
        return False
    return any(_HOLLOW.fullmatch(unit) for unit in held) and all(is_stock(unit) for unit in held)
