"""A short text that stands where an answer should be: it names one, counts one, or says what one should be like.

Invariant: only texts of at most thirty-five words are looked at. What is left of an answer once the question's words,
counters, kinds and particles are gone must be nothing but nouns for an answer; one word of its own makes it an answer
('cevabım hayır', 'Death is an answer'). What stands inside longer texts is in `filler`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from inscape.quality import words

Verdict = tuple[str, str] | None
"""Severity and what is wrong."""

_ASCII = str.maketrans("çğöşü", "cgosu")

NOUN = (
    r"(?:questions?|answers?|responses?|repl(?:y|ies)|messages?|prompts?|inputs?|outputs?|examples?|samples?|tests?|"
    r"items?|entr(?:y|ies)|rows?|cases?|scenarios?|topics?|conversations?|dialogues?|chats?|greetings?|thoughts?|"
    r"thinking|reflections?|reasoning|completions?|instructions?|requests?|quer(?:y|ies)|texts?|contents?|"
    r"iterations?|variations?|"
    r"snippets?|explanations?|discussions?|statements?|utterances?|placeholders?|slang|idioms?|small ?talk|"
    r"soru(?:su|lar|ları)?|cevab[ıi]|cevap(?:lar)?|yan[ıi]t[ıi]?|mesaj[ıi]?|örne[ğk]i?|deneme|metin|metni|"
    r"içeri[ğk]i?|"
    r"konu(?:su)?|senaryo(?:su)?|sohbet(?:i)?|diyalog|diyalo[ğg]u|kay[ıi]t|sat[ıi]r|girdi(?:si)?|"
    r"ç[ıi]kt[ıi](?:s[ıi])?|"
    r"düşünce(?:si)?|iterasyon|selamlama|ifade(?:si)?|tart[ıi]şma(?:s[ıi])?|aç[ıi]klama(?:s[ıi])?|deyim)"
)
FAKE = (
    r"(?:test|example|sample|dummy|mock|fake|placeholder|generated|synthetic|default|generic|örnek|deneme|sahte|"
    r"şablon|taslak|yer tutucu)"
)
_COUNT = r"(?:no\.?|number|num\.?|nr\.?|numara(?:s[ıi])?)?[\s:_#(\[.-]*\d{1,6}[)\]]?"
COUNT = _COUNT + r"(?![^\"'\n]{0,60}(?<!\s)[\"'](?!\w))"
"""A counter inside a longer text. Before a mark that closes a quotation it is somebody else's, and none."""
_ADJ = (
    r"(?:detailed|thoughtful|brief|short|long|casual|technical|philosophical|deep|comprehensive|in-depth|"
    r"simple|medium|"
    r"complex|low|high|quick|nuanced|natural|helpful|friendly|appropriate|relevant|generic|standard|basic|"
    r"detayl[ıi]|k[ıi]sa|uzun|derin|teknik|felsefi|basit|kapsaml[ıi]|genel|düşünceli|samimi|uygun|"
    r"h[ıi]zl[ıi]|orta|zor)"
)
_ANSWER = (
    r"(?:response|answer|reply|explanation|discussion|analysis|completion|output|cevap|cevab[ıi]|yan[ıi]t[ıi]?|"
    r"aç[ıi]klama(?:s[ıi])?|analiz|tart[ıi]şma)"
)
_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(
    rf"\W*(?:[^\W\d]+(?:'\w+)?[\s_/-]+){{0,6}}?{NOUN}\s*{_COUNT}\W*|"
    rf"\W*{FAKE}\s+(?:[^\W\d]+\s+){{0,3}}?{NOUN}\s*[:#-]?\s*[a-z]\W*"
)
"""The whole text: 'test response 39', 'Rust question #12', 'örnek cevap 7'."""
_COUNT_FIRST = re.compile(rf"\W*\d{{1,6}}\W+(?:[^\W\d]+\s+){{0,3}}?{FAKE}\s+{NOUN}\W*")
_FAKE_OR_ASKED = re.compile(rf"\b(?:{FAKE}|question|prompt|message|input)\b")
_GIVEN = re.compile(rf"\W*{_ANSWER}\s*[:=]\s*\d+\W*")
_AMOUNT = re.compile(r"\d|\b(?:kaç\w*|toplam\w*|sonuç\w*|how (?:many|much|old|far)|sum|total|result|hangi|which)\b")
_STANDS_FOR = re.compile(
    rf"\W*(?:(?:this is|here is|here's)\s+)?(?:an?\s+|the\s+)?(?:{FAKE}|{_ADJ})(?:[\s,]+(?:and|ve|{_ADJ}|{FAKE}))*"
    rf"(?:\s+[^\W\d]+){{0,2}}?\s+{_ANSWER}"
    r"(?:\s+(?:to|for|about|on|regarding|of|in|with|that|goes)\b[^.!?]{0,120})?\W*(?:\d{1,6}\W*)?"
)
"""The whole text names the answer instead of giving it: 'A thoughtful response about free will.'"""
_STANDS_FOR_TR = re.compile(
    rf"(?:bu,?\s+)?(?:bir\s+)?(?:(?:[^.!?\n]{{0,80}}\s)?(?:konuda|hakk[ıi]nda|üzerine|konusunda|için|ile ilgili)\s+)?"
    rf"(?:(?:bir|{FAKE}|{_ADJ})\s+){{1,4}}{_ANSWER}(?:[td][ıi]r)?\W*(?:\d{{1,6}}\W*)?"
)
_NOTHING = re.compile(
    r"(?:test|testing|deneme|asdf\w*|qwert[yz]\w*|zxcv\w*|foo|baz|foobar|foo bar(?: baz)?|blah|bla|"
    r"placeholder|todo|tbd|fixme|"
    r"tba|answer|response|reply|output|completion|assistant response|cevap|yan[ıi]t|dummy|lorem|"
    r"(?:answer|response) (?:text|content|body)|(?:generated|auto-?generated) (?:text|answer|response|content)|"
    r"(?:the )?same as (?:above|before|the previous(?: one)?)|yukar[ıi]daki(?:yle| ile) ayn[ıi]|"
    r"(?:öncekiyle|önceki ile|önceki cevapla) ayn[ıi]|"
    r"see (?:the )?previous (?:answer|response)|(?:example|sample) output|(?:cevap|yan[ıi]t) metni|"
    r"otomatik oluşturulmuş (?:cevap|yan[ıi]t|metin)|"
    r"your (?:answer|response|text)|no (?:answer|response)|coming soon|yer tutucu|yak[ıi]nda|doldurulacak|"
    r"to be continued|devam[ıi] (?:gelecek|var)|end of (?:example|response|conversation))"
    r"(?:[\s,]+(?:test|bla|blah|foo|bar|baz))*"
)
_MAY_SAY = re.compile(r"bar|xxx+|aaa+")
"""A place to drink, kisses, a cry: or what a hand typed that had nothing to say."""
_WORD = re.compile(r"answer|response|reply|cevap|yanit|test|deneme|dummy|output|completion")
_OF_A_WORD = re.compile(
    r"ne demek|anlam|synonym|mean|word|kelime|cevir|translat|ingilizce|turkce|karsilig|bulmaca|crossword|\bharf|"
    r"letters|opposite|\bzit|karsit"
)
_CRY = re.compile(r"([aeiou])\1{2,}")
_MASH = re.compile(r"([a-z])\1{2,}|(?:asdf|qwert|zxcv|sdfg|fghj|ghjk|hjkl)\w*")


def of_a_word(question: str) -> bool:
    """Whether a folded question is about a word, so that any word may be its answer."""
    return _OF_A_WORD.search(question.translate(_ASCII)) is not None


def whole(low: str, ours: bool, question: str) -> Verdict:
    """What a short folded text is as a whole. A user may well say 'test' or 'soru 3'; an answer may not."""
    has_digit = _DIGIT.search(low) is not None
    if (has_digit or low[-2:-1] == " ") and (_COUNTED.fullmatch(low) or _COUNT_FIRST.fullmatch(low)):
        if ours and _GIVEN.fullmatch(low) and _AMOUNT.search(question):
            return None
        return ("error" if ours or _FAKE_OR_ASKED.search(low) else "warning"), "is a stand-in with a counter"
    if not ours:
        return None
    bare = low.strip(" .!?…:;-_*#\"'()[]<>{}0123456789")
    if _WORD.fullmatch(bare) and of_a_word(question):
        return None
    if "!" in low and _CRY.fullmatch(bare):
        return "warning", "may be a cry, or a key that was held"
    if _NOTHING.fullmatch(bare) or (_MASH.fullmatch(bare) and _MASH.fullmatch(question.strip(" .!?"))):
        return "error", "says nothing: it holds the place of one"
    if _MAY_SAY.fullmatch(bare):
        return ("error" if has_digit else "warning"), "may say nothing"
    if _STANDS_FOR.fullmatch(low) or _STANDS_FOR_TR.fullmatch(low):
        sure = has_digit or len(words.tokens(low)) > 2
        return ("error" if sure else "warning"), "names an answer instead of giving one"
    return None


# ---------------------------------------------------------------- words that are no content


def words_of(text: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(text.split())


_CORE = re.compile(
    r"(?:cevab|cevap|yanit|aciklama|cozum|cozumleme|degerlendirme|analiz|tartisma|karsilastirma|yorum|ozet|tanim|"
    r"tavsiye|oneri|hikaye|siir|espri|saka)(?:i|u|si|su)?(?:dir|tir|dur)?|"
    r"responses?|answers?|repl(?:y|ies)|explanations?|resolutions?|solutions?|analysis|discussions?|completions?|"
    r"comparisons?|summary|overview|definition|description|advice|suggestions?|recommendations?|poem|story|joke"
)
"""Nouns for an answer, with the endings of a Turkish compound but none of a person: 'cevabım' is somebody's."""
_SOFT = re.compile(
    r"(?:mesaj|metin|metn|icerik|icerig|dusunce|cikti|sonuc|diyalog|diyalogu|konusma|selamlama|monolog|ornek|orneg|"
    r"karsilik|tepki)(?:i|u|si|su)?(?:dir|tir|dur)?|"
    r"messages?|texts?|contents?|thoughts?|outputs?|results?|dialogues?|conversations?|greetings?|monologues?|examples?"
)
"""Nouns that a person may answer with ('Kısa bir mesaj.'): they need a counter, a stand-in's word or a label."""
_PARTICLES = words_of(
    "soru question "
    "a an the this here to for about on of in with and or by from as regarding concerning goes your bu bir ve ile icin "
    "hakkinda uzerine konusunda konuda ilgili dair olarak yonelik iste burada buraya"
)
_FAKES = words_of(
    "test example sample dummy mock fake placeholder generated synthetic default generic ornek deneme sahte sablon "
    "taslak temsili rastgele random"
)
_KINDS = words_of(
    "detailed comprehensive technical philosophical casual in-depth nuanced helpful appropriate relevant standard "
    "empathetic formal informal turkish english detayli kapsamli teknik felsefi samimi uygun genel ayrintili empatik "
    "turkce ingilizce gunluk level seviye complexity karmasiklik low medium high dusuk orta yuksek persona assistant "
    "model asistan user kullanici category kategori"
)
_JUDGED = words_of(
    "short brief long deep simple quick thoughtful natural friendly complex basic kisa uzun derin basit hizli "
    "dusunceli zor karmasik"
)
_GENRES = words_of(
    "selam greeting slang argo deyim idiom sohbet chat small talk debug debugging performans performance mimari "
    "architecture etik ethics felsefe philosophy teknoloji tech rust general turn row item iterasyon iteration"
)
NUMBERS = words_of(
    "bir iki uc üç dort dört bes beş alti yedi sekiz dokuz on yirmi otuz kirk elli yuz one two three four five six "
    "seven eight nine ten eleven twelve twenty i ii iii iv v vi vii viii ix x xi xii"
)
_HEX = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{6,}")
_NAMED = re.compile(r"[^\W\d]+'(?:s|nin|nun|in|un)")


def is_counter(word: str) -> bool:
    """Digits, a number word, a Roman numeral, a single letter, a run of hex digits (a folded word)."""
    if word in NUMBERS or len(word) == 1:
        return True
    return not word.isalpha() and (word.isdigit() or _HEX.fullmatch(word) is not None)


def names_an_answer(told: Sequence[str], asked: Collection[str], category: str, question: str) -> str:
    """'error' or 'warning' where the words only name an answer; else ''. All folded; `question` is their whole text."""
    if not 1 <= len(told) <= 14:
        return ""
    mine = [word.translate(_ASCII) for word in told]
    nouns = [word for word in mine if _CORE.fullmatch(word)]
    soft = [word for word in mine if _SOFT.fullmatch(word)]
    if not nouns and not soft:
        return ""
    plain = [word.translate(_ASCII) for word in asked]
    spoken = {word[:5] for word in plain if _CORE.fullmatch(word) or _SOFT.fullmatch(word)}
    if any(word[:5] in spoken for word in nouns or soft):
        return ""
    stems = {word[:5] for word in plain}
    evidence, echoed, before = 0, 0, ""
    topic = words_of(category.replace("_", " ").translate(_ASCII))
    for word in mine:
        if word.isdigit() and word not in asked and _AMOUNT.search(question):
            return ""  # 'Cevap: 42' to a sum
        kind = _kind(word, stems, topic)
        if not kind:
            return ""
        evidence += kind == "label"
        echoed += kind == "asked"
        if word == "bir" and before == "asked":
            return ""  # 'Sessizlik bir cevap.' says something
        before = kind
    if evidence or (echoed and nouns):
        return "error"
    return "warning" if nouns and not of_a_word(question) else ""


def _kind(word: str, stems: Collection[str], topic: Collection[str]) -> str:
    """What a word is that is no content; '' where it is content."""
    if _CORE.fullmatch(word) or _SOFT.fullmatch(word):
        return "noun"
    if word in _PARTICLES:
        return "particle"
    if word in _FAKES or word in _KINDS or word in topic or word in _GENRES or word.isdigit() or _NAMED.fullmatch(word):
        return "label"
    if word[:5] in stems:
        return "label" if is_counter(word) else "asked" if len(word) >= 3 else "particle"
    if word in _JUDGED or is_counter(word):
        return "particle"
    return "label" if _HEX.fullmatch(word) else ""


# ---------------------------------------------------------------- what an answer should be like

_TONE = (
    r"(?:empatik|samimi|kisisel|felsefi|teknik|kisa|uzun|detayli|ayrintili|esprili|sicak|dogal|net|ozlu|derin|dusunceli|"
    r"acik|sade|gunluk|arkadasca|icten|destekleyici|yumusak|neseli|durust|duygusal|basit|kapsamli|belirsiz|"
    r"casual|warm|friendly|short|brief|empathetic|thoughtful|detailed|technical|philosophical|honest|funny|playful|"
    r"supportive|concise|clear|nuanced|personal|in-depth|deep|natural|comprehensive|emotional|reflective|simple|long)"
)
_OF_ANSWER = (
    r"(?:cevap|cevabi|yanit|yaniti|aciklama|karsilastirma|degerlendirme|analiz|ozet|selamlama|anlatim|monolog|tepki|"
    r"responses?|answer|reply|explanation|comparison|analysis|summary|overview|description|discussion|greeting|"
    r"monologue|paragraph|list|story)"
)
_ORDERED = re.compile(
    rf"\W*(?:(?:burada|buraya|here)\W+)?(?:(?:a|an|the|bir|cok|biraz|very|ve|ama|fakat|and|but|yet)\s+|{_TONE}[\s,/]+)+"
    rf"{_OF_ANSWER}(?![:\w])(?P<rest>[^.!?\n]*)"
)
_ORDER = re.compile(
    r"\b(?:\d+ (?:words?|sentences?|kelime|cumle)|veril(?:ir|ecek|meli|ebilir)|yazil(?:ir|acak|mali)|olmali|gecsin|"
    r"goster(?:ilir|ilmeli)|kullanil(?:ir|mali)|icer(?:en|sin|meli)|with (?:pros|examples?|an?|some|personal)|"
    r"that (?:refers|mentions|explains|shows|acknowledges|includes|uses|asks|reflects)|including|tone|tonda|"
    r"in (?:turkish|english|persona|character|voice)|persona\w*|low|medium|high)\b"
)
_LENGTH = re.compile(
    r"\d+(?:\s*[-–]\s*\d+)?\s*(?:words?|sentences?|kelime(?:lik)?|cumle(?:lik)?|paragraphs?|paragraf(?:lik)?)\W*"
)
_OF_LENGTH = re.compile(r"\bkelime|\bword|cumle|sentence|paragra|\bkac\b|how (?:long|many)|uzunlu|length")
_STAGED = re.compile(
    r"\W*(?:the )?(?:assistant|persona|chatbot|asistan|bot)(?:'?n?[iu]n)? (?:\w+ ){0,4}?(?:responds?|replies|answers|"
    r"greets|acknowledges|(?:should|will) (?:\w+ )?(?:respond|reply|answer|greet)|"
    r"(?:cevap|karsilik) ver(?:ir|meli|ecek)|yanitlar|selamlar)\b"
)
_OF_SPEAKER = re.compile(r"\b(?:assistant|persona|chatbot|asistan|bot)")
_BRACKETED = re.compile(r"\s*[(\[*<{]+[^()\[\]{}<>\n]{4,120}[)\]*>}]+\W*")
_CORE_INSIDE = re.compile(
    r"\b(?:cevap|cevabi|yanit|yaniti|aciklama|aciklamasi|response|answer|reply|explanation)(?:\W*$|\s+(?:that|about|to|"
    r"for|with|verilir|yazilir|gelecek|gelir)\b)|^\W*(?:bir )?(?:cevap|yanit|response|answer|reply)\b"
)


def describes_an_answer(low: str, question: str) -> bool:
    """Whether a folded text of at most thirty-five words says what the answer should be like."""
    text = low.translate(_ASCII)
    if _BRACKETED.fullmatch(text) and _CORE_INSIDE.search(text.strip(" ()[]*<>{}.")):
        return True
    if (hit := _ORDERED.match(text)) and _ORDER.search(hit["rest"]):
        return True
    if _STAGED.match(text) and not _OF_SPEAKER.search(question):
        return True
    ends = _LENGTH.search(text)
    if not ends or ends.end() < len(text) or not re.search(_OF_ANSWER, text):
        return False
    return not _OF_LENGTH.search(question.translate(_ASCII))


# ---------------------------------------------------------------- what a user never wrote

_ASKED = words_of(
    "soru sorusu mesaj mesaji question message prompt input query request girdi girdisi diyalog diyalogu ornek ornegi "
    "example dialogue conversation konu konusu topic text metni metin instruction scenario senaryo senaryosu case "
    "utterance sohbet"
)
_SPEAKERS = words_of("user kullanici human customer")
_HERE = words_of("here buraya gelecek goes takip follow follow-up followup up")


def user_placeholder(told: Sequence[str], category: str) -> bool:
    """Whether a user's whole text only names one: 'User message here', '[kullanıcı sorusu]', 'Debug sorusu 12'."""
    if not 2 <= len(told) <= 7:
        return False
    mine = [word.translate(_ASCII) for word in told]
    topic = words_of(category.replace("_", " ").translate(_ASCII))
    asked = speaker = here = genre = counted = 0
    for word in mine:
        if word in _ASKED:
            asked += 1
        elif word in _SPEAKERS:
            speaker += 1
        elif word in _HERE:
            here += 1
        elif word in _GENRES or word in topic or word in _KINDS:
            genre += 1
        elif is_counter(word):
            counted += 1
        elif word not in _PARTICLES:
            return False
    if here and not asked:
        return mine[:2] == ["follow", "up"] and bool(counted)
    return bool((asked and (speaker or here)) or (asked and counted and genre) or (speaker and counted and not genre))
