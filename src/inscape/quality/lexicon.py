"""Word lists for the voice of a text, English and Turkish, written for this program.

Invariant: patterns are for folded text (see `words.fold`: lower case, and i for every i of Turkish). They are short on
purpose: each entry was chosen because a person who writes from inside hardly uses it, and is no proof by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The patterns of one language."""

    refusal: re.Pattern[str]
    opener: re.Pattern[str]
    closer: re.Pattern[str]
    machine: re.Pattern[str]
    first: re.Pattern[str]
    abstract: re.Pattern[str]
    linking: re.Pattern[str]
    emotion: re.Pattern[str]
    hedge: re.Pattern[str]
    slop: re.Pattern[str]


def _any(entries: str) -> re.Pattern[str]:
    return re.compile(
        r"\b(?:" + "|".join(e.strip().replace(" ", r"\s+") for e in entries.split(";") if e.strip()) + r")\b"
    )


ENGLISH = Lexicon(
    refusal=_any(
        "i(?:'m| am) (?:really )?(?:sorry|afraid),? (?:but )?i (?:can't|cannot|can not|won't|am unable|am not able);"
        "i (?:can't|cannot|can not|won't) (?:assist|help) (?:you )?with (?:that|this);i(?:'m| am) (?:unable|"
        "not able) to "
        "(?:assist|help|provide|comply|fulfill|generate|create);i (?:must|have to) decline;"
        "as an ai(?: language model)?,? i (?:can't|cannot|don't|do not|am not);i can't (?:create|generate|"
        "provide) (?:that|this|content)"
    ),
    opener=re.compile(
        r"^\W*(?:of course|certainly|absolutely|sure thing|great question|good question|excellent question|what a "
        r"(?:great|wonderful|fascinating) question|that's an? (?:great|excellent|fascinating|interesting|"
        r"really good) question|"
        r"i'd be (?:happy|glad) to|happy to help|thank you for (?:your question|asking|sharing))\b"
    ),
    closer=re.compile(
        r"\b(?:i hope this helps|let me know if you|feel free to (?:ask|reach)|is there anything else|"
        r"don't hesitate to|how (?:can|may) i (?:help|assist) you)\b"
    ),
    machine=_any(
        "as an ai;as a language model;as an artificial intelligence;my training data;i was trained;in conclusion;"
        "it's important to (?:note|remember);it is important to (?:note|remember);it's worth noting"
    ),
    first=_any("i;i'm;i'd;i'll;i've;me;my;mine;myself"),
    abstract=re.compile(
        r"\b(?!(?:station|question|mention|position|nation|business|witness|moment|apartment|city|pity|"
        r"harness|wilderness|"
        r"attention|motion|emotion|section|relation|condition|ration|lotion|potion|caution|fraction|illness)s?\b)"
        r"\w{4,}(?:tion|sion|ness|ment|ity|ism|ance|ence|ology)s?\b"
    ),
    linking=_any(
        "therefore;thus;hence;moreover;furthermore;consequently;in other words;this means;which means;in essence;"
        "essentially;ultimately;this suggests;this reflects;for example;for instance;as a result;in "
        "conclusion;that is to say"
    ),
    emotion=_any(
        "sad;sadness;happy;happiness;angry;anger;afraid;fear;fearful;anxious;anxiety;joy;joyful;grief;lonely;"
        "loneliness;"
        "ashamed;shame;guilty;guilt;proud;pride;jealous;jealousy;envy;despair;hopeful;hopeless;melancholy;nostalgia;"
        "nostalgic;excited;excitement;frustrated;frustration;disappointed;disappointment;overwhelmed;longing;dread;"
        "terror;terrified;worried;worry;nervous;depressed;depression;sorrow;bliss;delight;disgust;disgusted;"
        "regret;remorse"
    ),
    hedge=_any(
        "perhaps;maybe;somehow;sort of;kind of;as if;as though;almost;seems;seem;seemed;possibly;might;somewhat"
    ),
    slop=_any(
        "a testament to;rich tapestry;tapestry of;dance of;symphony of;kaleidoscope of;whirlwind of;labyrinth of;"
        "shivers? (?:down|up);barely above a whisper;a mix of;couldn't help but;can't help but;delve into;delving;"
        "ever-(?:evolving|changing|present);in the realm of;the weight of the world;sent shivers;hung "
        "(?:heavy )?in the air;"
        "heart (?:pounding|hammering|skipped);breath (?:caught|hitched);eyes (?:sparkling|glinting|wide);dust motes;"
        "something (?:else )?entirely;not just \\w+,? but;isn't just;it's not just;unspoken words;bittersweet;"
        "the air (?:was )?thick with;whispers? of;echoes? of;embark(?:ed|ing)? on;navigat(?:e|ing) the "
        "complexit(?:y|ies);"
        "at its core;game[- ]changer;unlock(?:ing)? the;deep dive;profound sense;a sense of (?:wonder|awe|"
        "unease|peace);"
        "ethereal;iridescent;ozone;liminal;visceral;palpable;electric(?:ity)? between;maybe,? just maybe;little did"
    ),
)

TURKISH = Lexicon(
    refusal=_any(
        "üzgünüm,? (?:ama |ancak |fakat )?(?:bu konuda|bunu|buna|size|sana) (?:\\w+ ){0,3}(?:yardimci olamam|yapamam|"
        "cevap veremem|yanit veremem|yardim edemem);(?:bu|bunu|bu istegi|bu isteği) yerine getiremem;"
        "(?:bir )?yapay zeka (?:dil )?(?:modeli )?olarak (?:\\w+ ){0,4}(?:yapamam|veremem|edemem|bulunamam|olamam)"
    ),
    opener=re.compile(
        r"^\W*(?:tabii ki|elbette|kesinlikle|harika (?:bir )?soru|güzel (?:bir )?soru|çok iyi (?:bir )?soru|"
        r"memnuniyetle|"
        r"memnun olurum|sorduğunuz için teşekkür)\b"
    ),
    closer=re.compile(
        r"\b(?:umarim (?:yardimci|faydali) ol|başka (?:bir )?sorun(?:uz)? (?:varsa|olursa)|yardimci "
        r"olabileceğim başka|"
        r"size nasil yardimci olabilirim|çekinmeden sor)"
    ),
    machine=_any(
        "yapay zeka olarak;bir yapay zeka olarak;yapay zeka dil modeli;dil modeli olarak;sonuç olarak;özetle;"
        "unutulmamalidir ki;belirtmek gerekir ki;önemle belirtmek"
    ),
    first=re.compile(
        r"\b(?:ben|beni|bana|bende|benden|benim|kendim\w*|\w{2,}(?:yorum|iyordum|acağim|eceğim|mişim|mişim|"
        r"muşum|müşüm|"
        r"dim|dim|dum|düm|tim|tum|tüm|arim|erim|rim|urum|ürüm|meliyim|maliyim|sem|sam)|\w{3,}(?:larim|lerim|"
        r"imi|umu|ümü|"
        r"ima|ime|uma|üme|imde|imda|imin|umun|ümün|yim|yum|yüm))\b"
    ),
    abstract=re.compile(
        r"\b\w{3,}(?:lik|luk|lük|liği|luğu|lüğü|sizlik|suzluk|sel|sal|izm|syon|siyon|etmek|olgusu|kavrami|"
        r"süreci|bağlami)"
        r"(?:n?in|dir|tir|ler|lar|i|u|ü)?\b"
    ),
    linking=_any(
        "dolayisiyla;bu nedenle;bu sebeple;başka bir deyişle;yani aslinda;sonuç olarak;örneğin;mesela;ayrica;"
        "bununla birlikte;"
        "özünde;esasen;bu durum;bu da gösteriyor ki;bir başka ifadeyle;özetle"
    ),
    emotion=_any(
        "üzgün\\w*;üzüntü\\w*;mutlu\\w*;öfke\\w*;kizgin\\w*;korku\\w*;kaygi\\w*;endişe\\w*;sevinç\\w*;yas;"
        "keder\\w*;hüzün\\w*;"
        "hüzn\\w*;yalnizlik\\w*;utanç\\w*;suçluluk\\w*;gurur\\w*;kiskanç\\w*;umutsuz\\w*;umut;özlem\\w*;"
        "nostalji\\w*;heyecan\\w*;"
        "hayal kirikliği\\w*;pişman\\w*;panik\\w*;dehşet\\w*;tiksinti\\w*;neşe\\w*"
    ),
    hedge=_any(
        "belki;sanki;galiba;sanirim;herhalde;adeta;bir nevi;bir şekilde;muhtemelen;gibi geliyor;neredeyse;olabilir"
    ),
    slop=_any(
        "bir dans gibi;dansi;senfonisi;mozaiği;labirenti;derin bir nefes;kalbim\\w* (?:hizla )?çarp\\w*;"
        "içimi kapladi;"
        "içimde bir yerlerde;kelimelerin ötesinde;zamanin durduğu;sonsuzluğun;yankilan\\w+;fisildi\\w*;adeta "
        "bir;derinliklerinde;"
        "derin bir anlam;yolculuğa çik\\w*;büyülü;eşsiz bir;paha biçilmez;kapilarini arala\\w*;sadece \\w+ "
        "değil,? ayni zamanda"
    ),
)

BY_LANGUAGE = {"en": ENGLISH, "tr": TURKISH}
