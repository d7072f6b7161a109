"""Words for the checks: casing that knows Turkish, which language a text is in, prose without its code.

Invariant: nothing here needs a model or a word list from elsewhere; a text that is too short to tell is in no language
("") and is held against nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD = re.compile(r"\w+(?:'\w+)*")
_RUN = re.compile(r"\w+")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_CODE_LIKE = re.compile(
    r"(?:;|(?<!\w)\{|^\s*\})\s*$|=>|->|\b(?:fn|def|func|function) \w+\(|\b(?:let|const|var) (?:mut )?\w+ ?[:=]|"
    r"\b(?:println!|printf?\(|console\.log)|</\w+>|\w\(\w*\)[;.]|^\s*(?:import|from|#include|use) [\w.:<]+;?$",
    re.MULTILINE,
)
_CODE_SIGN = re.compile(r"[{}();=<>]")
_FOLD_I = str.maketrans({"İ": "i", "I": "i", "ı": "i", "’": "'", "‘": "'", "“": '"', "”": '"', "\u0307": None})

_STOP = {
    "en": "the of and to in is that it for you was with be this have are not but they from what your my me i'm it's "
    "don't would about there if do can we he she his her which at as on",
    "tr": "bir ve bu ne da de için çok mi mı mu mü ben sen o ama gibi daha var yok değil kadar şey ki ya "
    "en nasıl niye "
    "neden sana bana seni beni benim senin kanka abi evet hayır olarak sonra olan her hiç bi selam merhaba şu böyle "
    "biraz zaman bence sence iyi eğer çünkü ile mısın misin musun bak işte aslında onu ona onun bunu buna bunun biz "
    "siz bizi size bize bizim sizin hem bile diye artık öyle şöyle orada burada nerede nerde şimdi bugün yarın önce "
    "sadece hala hâlâ lazım tamam peki yani hadi neyse galiba belki sanki birisi bişey bişi olur oldu "
    "olsun hiçbir",
    "de": "der die das und ist nicht ein eine ich du mit auf für von den dem sich auch es wir aber wie oder noch nur",
    "fr": "le la les des est une dans pour que qui pas vous nous avec sur ce cette je tu mais ou sont être plus ne",
    "es": "el los las una que por con para es no se lo como más pero su muy también está esto yo te mi qué cuando",
    "it": "il che di una per non sono con come anche ma più questo della nel gli le è si ho mi cosa perché",
    "nl": "het een van ik niet dat je op te zijn met voor maar ook aan er wat zo naar heb hij wij",
    "pt": "o os uma que não com para por mais como mas foi ele ela isso você seu sua está também muito",
}
_TURKISH = re.compile(r"[ğışĞİŞ]")
_ENDINGS = re.compile(
    r"\b\w{2,}(?:[iu]yor\w{0,4}|[iu]yo[mn]|iyo|(?:ol|[iou][rkstnl])uyo|[ae]lim|(?:[iu][ln]|et|ol)m[iu]s|[ae]ca[gk]\w{0,4}|[ae]ce[gk]\w{0,4}|[iu]c[ae][mz]|lari(?:n|ni|na|m|mi|miz|niz)?|"
    r"leri(?:n|ni|ne|m|mi|miz|niz)?|lar[dt]an?|ler[dt]en?|m[ae]k|m[ae]s[iu](?:n\w{0,3})?|[dt][iu]g[iu]\w{0,4}|madan|meden|"
    r"arak|erek|s[iu]n[iu]n|[iu]n[iu]z|mis(?:t[iu])?m|m[iu]sin)\b|\b\w{3,}'(?:[dt][ae]n?|n[iu]n|y[aeiu]|yl[ae]|l[ae]r|[iu]n|[aeiu])\b"
)
"""Endings, of bare words, that the other languages hardly have; also after an apostrophe, as in "server.js'i"."""
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_LETTER = re.compile(r"[^\W\d_]")


def fold(text: str) -> str:
    """For comparing: case gone in either language (I, İ, ı and i are one), quotes leveled, white space single."""
    return " ".join((text if text.isascii() else text.translate(_FOLD_I)).lower().split())


_BARE = str.maketrans("çğöşüâîû", "cgosuaiu")


def bare(text: str) -> str:
    """A folded text without Turkish letters: as many people type, so that both spellings are one."""
    return text if text.isascii() else text.translate(_BARE)


def tokens(text: str) -> list[str]:
    """The words and numbers of a folded text, without punctuation."""
    return found(fold(text))


def found(folded: str) -> list[str]:
    """The same of a text that is folded already."""
    return (WORD if "'" in folded else _RUN).findall(folded)


_SPEAKS_FOR: dict[str, tuple[str, ...]] = {
    fold(word): tuple(name for name, held in _STOP.items() if word in held.split())
    for held in _STOP.values()
    for word in held.split()
}
for _word in _STOP["tr"].split():
    _SPEAKS_FOR.setdefault(bare(fold(_word)), ("tr",))


def prose(text: str) -> str:
    """The text without fenced and inline code."""
    return _CODE.sub(" ", text) if "`" in text else text


def looks_like_code(text: str) -> bool:
    """Whether a text holds code, fenced or not."""
    return "`" in text or (_CODE_SIGN.search(text) is not None and _CODE_LIKE.search(text) is not None)


def language(text: str, words: Sequence[str] | None = None) -> str:
    """'tr', 'en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'other' (another script), or '' where it cannot be told.

    By function words; Turkish by its letters and its endings too, since many write it without its letters. Two of them
    must speak for it, and twice as many as for any other.
    `words`: the text's folded words, where they are known already.
    """
    turkish = 0
    if not text.isascii():
        letters = len(_LETTER.findall(text))
        if letters and len(_LATIN.findall(text)) < letters / 2:
            return "other"
        turkish = len(_TURKISH.findall(text))
    low = words if words is not None else tokens(text)
    if not low:
        return ""
    score = dict.fromkeys(_STOP, 0)
    for names in filter(None, map(_SPEAKS_FOR.get, low)):
        for name in names:
            score[name] += 1
    if turkish:
        score["tr"] += 2 + 2 * turkish
    best = _clear(score)
    if best == "tr" or (best and not score["tr"]):
        return best
    score["tr"] += len(_ENDINGS.findall(bare(" ".join(low))))
    return _clear(score)


def _clear(score: dict[str, int]) -> str:
    second, most = sorted(score.values())[-2:]
    return max(score, key=score.__getitem__) if most >= 2 and most >= 2 * second else ""
