"""What a script, an API or a form left where a reply should be: an error, a label, a value, half an announcement.

Invariant: a user who speaks of errors, values, labels or code makes it an answer; then nothing is said, or a warning.
Each rule reads the whole of a reply (or of one turn's reply), and only of a short one.
"""

from __future__ import annotations

import re

from inscape.quality import words
from inscape.quality.rows import Part, Row
from inscape.quality.standin import of_a_word, words_of

Verdict = tuple[str, str] | None
"""Severity and what is wrong."""

_PRODUCT = (
    r"(?:(?:the|a|an|any|your|this|that|its|all|valid|model|api|requested)\s+){0,3}"
    r"(?:responses?|answers?|repl(?:y|ies)|completions?|outputs?|data|model|contents?|text|json|page|file|results?|"
    r"requests?|tokens?|resources?|messages?|conversations?|dialogues?|prompts?|dataset|rows?|examples?|generation|url)"
    r"(?:\W*$|\s*[.:;,(!]|\s+(?:from (?:the )?(?:api|server|model|backend|endpoint|cache|url|file|database)|"
    r"for|after|due|because|as|at|in)\b)"
)
"""What a program makes or fetches, and no more: 'an answer from the server', not 'an answer out of him'."""
_FAILED = re.compile(
    r"\W*(?:sorry,? |i'm sorry,? (?:but )?|üzgünüm,? |maalesef,? )?"
    r"(?:(?:error|exception|fatal|api ?error|hata)\s*(?:code\s*)?[:\-–]\s*\S|\[?(?:error|hata)\]?\W*$|"
    r"(?:http(?:/\d\.\d)?\s*)?(?:4\d\d|5\d\d)\W+(?:too many|bad |not found|unauthorized|forbidden|internal|service|"
    r"gateway|request)|"
    r"(?:\w+\.)*\w*(?:error|exception)\s*(?:\(|:)|traceback \(most recent call last\)|(?:too many requests|"
    r"internal server error|bad gateway|service unavailable|gateway timeout|rate ?limit(?:ed| exceeded)?|"
    r"quota exceeded|(?:connection|request|read) timed out|invalid api key|max retries exceeded|"
    r"context length exceeded|model (?:is )?(?:currently )?(?:overloaded|not found))\b|"
    r"(?:an?|the)?\s*(?:unexpected |internal |unknown )?error occurred\b|"
    r"(?:(?:beklenmeyen |bilinmeyen )?bir )hata oluştu"
    r"(?:\W*$|\W+lütfen\b|: *(?:[\d\[{(<]|\S*(?:error|exception|hata)))|"
    r"something went wrong(?:\W*$|\W+(?:please|try again)| while| on our)|"
    rf"(?:failed to|unable to|could not|couldn't) (?:generate|parse|get|fetch|load|produce|complete) {_PRODUCT}|"
    r"(?:failed|unable) to (?:generate|parse|produce) |"
    r"(?:empty|no) (?:response|output|completion) (?:received|generated|returned|"
    r"from (?:the )?(?:api|server|model|assistant|llm|backend|endpoint|provider)\b)|"
    r"(?:request|api call|generation|completion) (?:failed|error|aborted)\b)"
)
_NOT_MADE = re.compile(
    r"\b(?:response|answer|reply|output|completion|content|text|json) (?:could not|couldn't|cannot|can't|was not|"
    r"wasn't|failed to) (?:be )?(?:generated?|parsed?|produced?|created?|found|loaded?)\b|"
    r"\b(?:cevap|yanit|içerik|metin) (?:oluşturulamadi|üretilemedi|alinamadi|bulunamadi|yüklenemedi)\b|"
    r"\[(?:error|filtered|object object|done|no response|empty|blocked)\]|<(?:function|generator|module|coroutine) |"
    r"\bobject at 0x[0-9a-f]+|\bfinish_reason\b|\bcontent_filter\b"
)
_OF_ERRORS = re.compile(
    r"\b(?:errors?|err|hata\w*|exception\w*|traceback|bug\w*|http\w*|api\w*|status|logs?|logda\w*|crash\w*|fail\w*|"
    r"rate limit\w*|timeout\w*|stack ?trace|sunucu\w*|server\w*|compiler\w*|"
    r"derleyici\w*|[345]\d\d)\b"
)


def failed(low: str, question: str) -> Verdict:
    """The message of an API or a script that failed."""
    if (_FAILED.match(low) or _NOT_MADE.search(low)) and not _OF_ERRORS.search(question):
        return "error", "is the error message of a program"
    return None


_KEY = (
    r"(?:topic|category|complexity|iterations?|answer|response|reply|level|persona|language|lang|status|type|"
    r"style|tone|id|index|konu|kategori|karmaşiklik|iterasyon|seviye|dil|durum|cevap|yanit|ton|stil)"
)
_PAIRS = re.compile(
    rf"[\s\[({{\"']*{_KEY}[\"']?\s*[:=]\s*[^,|;\n]{{0,40}}(?:\s*[,|;\n]\s*[\"']?{_KEY}[\"']?\s*[:=]\s*[^,|;\n]{{0,60}})+"
)
_ONE_PAIR = re.compile(
    r"\W*(?:category|complexity|iterations?|kategori|karmaşiklik|iterasyon)[\"']?\s*[:=]\s*[\w\"']{1,30}\W*"
)
_DUMPED = re.compile(
    r"[\[{]+\s*[\"'](?:reply|response|answer|output|text|content|role|cevap|yanit|thinking|thought|instruction|"
    r"conversations?|messages?|from|user|assistant)[\"']\s*:.*[\]}]+\W*",
    re.DOTALL,
)
_OF_DATA = re.compile(
    r"json|yaml|toml|csv|metadata|meta veri|\balan\b|\bfield|label|etiket|format|şema|schema|dict|sözlük|config|ayar|"
    r"\bapi\b|status|durum|classif|siniflan|kategori|categor|öncelik|priority|severity|seviye|level|zorluk|risk|complexity|"
    r"karmaşiklik|derece|\blow\b|\bhigh\b|\blog"
)
_LEVEL = re.compile(r"\W*(?:(?:level|seviye|complexity|effort)\W+)?(?:LOW|MEDIUM|HIGH)(?:\W+complexity)?\W*")
_CHOICE = re.compile(r"\b(?:hangi\w*|which|what|ne\w*|favorite|favourite|kim|who|where|mi|name|or|hani|adi)\b")


def labeled(text: str, low: str, row: Row) -> Verdict:
    """A level, the category, or the row's metadata, in place of an answer."""
    named = row.item.conversation.category or ""
    bare = text.strip(" .[]()<>#*\"'")
    found: Verdict = None
    if _LEVEL.fullmatch(text):
        found = "error", "is a level of effort and no answer"
    elif _PAIRS.fullmatch(low) or _ONE_PAIR.fullmatch(low) or _DUMPED.fullmatch(low):
        found = "error", "is the row's metadata and no answer"
    elif len(bare) == len(named) > 0 and words.fold(bare) == words.fold(named.replace("_", " ")):
        sure = " " in bare or (bare == text == named and not _CHOICE.search(row.folded_question))
        found = ("error" if sure else "warning"), "is the name of its category"
    if found is None or _OF_DATA.search(row.folded_question) or (row.code and not _DUMPED.fullmatch(low)):
        return None
    return found


_ANNOUNCED = re.compile(r"[^\W\d_]{2,}[\"')*_]*\s*:[\s*_]*$")
_BLOCK = re.compile(r"^\s*(?:for|if|elif|else|while|def|class|try|except|finally|with|match|case|async)\b[^\n]*:\s*$")
_PROMISED = re.compile(
    r"\b(?:işte|aşağida\w*|şöyle\w*|şunlar\w*|şu|here|here's|below|sure|tamam|tabii?|elbette|of course|"
    r"certainly|as follows|cevap\w*|cevab\w*|yanit\w*|liste\w*|json|örnek\w*|examples?|adimlar\w*|öneri\w*)\b"
)
_SPEAKS = re.compile(
    r"\b(?:said|says?|asked|cried|wrote|added|replied|answered|began|thought|dedi|diyor|yazdi|sordu|ekledi)\W*$"
)
"""Speech that follows in another paragraph: a story's way, and no answer's."""
_OF_SYNTAX = re.compile(r"python|yaml|yml|syntax|iki nokta|colon|key|anahtar|css|header|başlik|makefile|dict|label")


def announced(part: Part, row: Row) -> Verdict:
    """A reply that ends in a colon: what it announces never comes."""
    tail = part.text[-24:]
    if ":" not in tail or not _ANNOUNCED.search(tail):
        return None
    if row.code or _OF_SYNTAX.search(row.folded_question) or _BLOCK.search(part.text.splitlines()[-1]):
        return None
    told = part.words
    sure = len(told) <= 25 and (len(told) == 1 or _PROMISED.search(part.folded)) and not _SPEAKS.search(part.folded)
    return ("error" if sure else "warning"), "ends in a colon, and what it announces never comes"


_VALUE = re.compile(r"(?:n/?a|null|none|nan|undefined|nil)")
_WEAK_VALUE = re.compile(r"(?:string|text|metin|-+|\?+)")
_OF_VALUES = re.compile(
    r"null|none|\bnil\b|undefined|\bnan\b|değer|value|tip\b|tipi|type|döner|dönüyor|return|python|rust|javascript|\bjs\b|"
    r"sql|kod|code|default|varsayilan|print|boş|empty|json|c\+\+|java|\bgo\b|swift|kotlin|ruby|lua|optional|option"
)
_ENGLISH = re.compile(r"\b(?:how|which|any|what|who|do|does|is|are|have|did|can|was|the|of|anyone|anything)\b")


def empty_value(low: str, question: str) -> Verdict:
    """The text of an empty value."""
    bare = low.strip(" .!…\"'`<>[]()")
    if _WEAK_VALUE.fullmatch(bare):
        return "warning", "may be an empty value and no answer"
    if not _VALUE.fullmatch(bare) or (bare in ("none", "nil") and _ENGLISH.search(question)):
        return None
    if _OF_VALUES.search(question):
        return "warning", "may be an empty value and no answer"
    return "error", "is an empty value and no answer"


_GREETED = re.compile(
    r"\b(?:merhaba|selam|hello|hi|hey|dear|sevgili|günaydin|hoş geldin|welcome)\s+"
    r"(?:none|null|undefined|nan|\[object)\b"
)
_VALUES = ("None", "null", "undefined", "NaN", "nan")
_VALUE_WORD = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b")
_EMPTY_WORDS = words_of(
    "ki kanka bence ve bir bu de da çok hakkinda önemli konu konudur kavram important topic concept is are the a an "
    "and of i think about that very"
)


def interpolated(part: Part, row: Row) -> Verdict:
    """An empty value where a name or a topic should be: 'Merhaba None', 'None hakkında düşünüyorum ki None önemli'."""
    if not any(map(part.text.__contains__, _VALUES)) or not _VALUE_WORD.search(part.text):
        return None
    if _GREETED.search(part.folded) and not (row.code or _GREETED.search(row.folded_question)):
        return "error", "holds an empty value in place of a name"
    named = _VALUE_WORD.findall(part.prose)
    if len(named) >= 2 and len(part.words) <= 15 and part.kind != "user":
        stems = {word[:5] for word in row.question_words}
        if all(word[:5] in stems or word in _EMPTY_WORDS for word in part.words):
            return "error", "says an empty value where a topic should be"
    return None


_CUT = frozenset(("ve", "veya", "and", "or", "the", "an", "because"))


def cut_off(part: Part, question: str = "") -> Verdict:
    """A short reply whose last word cannot be a last word, unless the (folded) question is about a word."""
    told = part.words
    if 3 <= len(told) <= 14 and told[-1] in _CUT and part.text.rstrip()[-1:].isalpha():
        return ("warning" if of_a_word(question) else "error"), "stops in the middle of a sentence"
    return None


_LOREM_WORDS = words_of(
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna "
    "aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis "
    "aute irure in reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat "
    "non proident sunt culpa qui officia deserunt mollit anim id est laborum"
)
_ASKED_FOR = re.compile(r"örne|example|ver\b|yaz|doldur|fill|write|metin|text|paragraf|paragraph|generate|üret")


def only_lorem(part: Part, question: str) -> Verdict:
    """Nothing but words of lorem ipsum, and nobody asked for some."""
    told = part.words
    if len(told) < 2 or not _LOREM_WORDS.issuperset(told) or not any(len(word) >= 5 for word in told):
        return None
    return None if _ASKED_FOR.search(question) else ("error", "is lorem ipsum")
