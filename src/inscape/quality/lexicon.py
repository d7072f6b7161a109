"""Word lists for the voice of a text, English and Turkish, written for this program.

Invariant: patterns are for folded text (see `words.fold`: lower case, and i for every i of Turkish). They are short on
purpose: each entry was chosen because a person who writes from inside hardly uses it, and is no proof by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from inscape.quality import words


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
    read: Callable[[str], str] = str
    """What a folded text goes through before the patterns are held against it."""


def _any(entries: str) -> re.Pattern[str]:
    """Entries under their first letter (the bare one), so that only a few of them are tried at each word."""
    made = [e.strip().replace(" ", r"\s+") for e in entries.split(";") if e.strip()]
    if all(one[0].isalpha() and one[1:2] not in ("?", "*") for one in made):
        under: dict[str, list[str]] = {}
        for one in made:
            under.setdefault(words.bare(one[0]), []).append(one[1:])
        made = [f"{letter}(?:{'|'.join(rest)})" for letter, rest in under.items()]
    return re.compile(r"\b(?:" + "|".join(made) + r")\b")


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


def _bare(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(words.bare(pattern.pattern))


_NOT_MINE = (
    "yardim durum birim takim egitim yonetim uretim denetim tuketim iletim donatim toplum bicim bolum secim deneyim "
    "cozum kurum yapim kisim resim gorunum uyum tarim kullanim girisim iletisim tasarim gecim dogum yaklasim gelisim "
    "tutum degisim dilim sunum devrim evrim yatirim kapsam konum donum kesim yerlesim yorum kaldirim anlatim egilim "
    "yildirim kostum cekim yazim karisim yikim giyim ulasim indirim kivilcim ucurum onum salkim yudum kivrim gerilim "
    "onarim ogretim olusum donusum sindirim yazilim donanim ogrenim erisim olcum solunum birikim surum sayim cizim "
    "izlenim birlesim doyum dagilim dugum paylasim dagitim ayrim oturum gozetim tanim gosterim tanitim katilim bogum "
    "titresim deyim bildirim duyum cikarim devinim etkilesim kiyim yasam aksam ressam tamam hamam imam mevsim isim "
    "cisim ilim bilim verim terim lazim hakim hukum hucum kelim buyum rihtim samim daim muhim luzum umum teslim malum "
    "azim basim mahkum tanzim takdim zulum merhum mahrum masum tohum iklim album muhtesem rejim talim mazlum hekim "
    "nitekim taksim hadim mefhum kadim kilim ihtisam sersem tilsim tahakkum yetim dokum tulum merasim bodrum tebessum "
    "serum bunalim vahim prim calim stadyum forum hortum lokum kerim selim salim nazim muallim elim alim akim sorum "
    "uzum zalim tamim kasim ekim acem cem efendim birtakim yarim kirim bakim olum adim bizim hanim egim referandum "
    "dikim"
)
"""Words in -m (bare) that are nouns and no first person; found among the hits on the texts of benchmarks/RESULTS.md.
`olum` is more often death than a friend's "oğlum"; `adim` a step than my name."""


def _turkish_first() -> re.Pattern[str]:
    """First persons: pronouns, endings of verbs, endings of what is mine.

    Turkish leaves "ben" out. Spoken spellings count: yapıyom, biliom, sorucam, vercem. The singular only, as in
    English.
    """
    nouns = "|".join(_NOT_MINE.split())
    cases = (
        "i|u|e|a|in|un|de|da|den|dan|le|la|iz|uz|ler|lar|si|su|luk|lik|[iu]n[iuea]|[iu]n[iu]n|[iu]nd[ea]|[iu]nd[ea]n|"
    )
    stems = "oku|koru|yuru|buyu|tasi|tani|uyu|kuru|eri|kasi"
    verbs = (
        "[iu]?yo*ru*m+|[iu]o+ru*m+|[iu]?yor(?:dum|musum|sam)|[iu]yom+|iom+|[aeiu]?c[ae][gk]?i?m+|m[iu]s[iu]m|[dt][iu]m+|"
        "[ae]rim|[iu]r[iu]m|m[ae]m|m[ae]liyim|s[ae]m|[ae]yim|[iu]?y[iu]m"
    )
    mine = "l[ae]rim(?:i|a|e|in|da|de|dan|den|la|le)?|[iu]m(?:i|u|a|e|in|un|da|de|dan|den|la|le)"
    return re.compile(
        rf"\b(?!(?:(?:{nouns})(?:{cases})?|(?:{stems})m[ae]\w*)\b)(?:ben|beni|bana|bende|benden|benim|kendim(?!iz)\w*|degilim|(?:anne|baba|kafa|oda)m\w{{0,3}}|\w{{2,}}(?:{verbs})|"
        rf"\w{{2,}}(?:{mine}))\b"
    )


TURKISH = Lexicon(
    refusal=_bare(
        _any(
            "üzgünüm,? (?:ama |ancak |fakat )?(?:bu konuda|bunu|buna|size|sana) (?:\\w+ ){0,3}(?:yardimci olamam|"
            "yapamam|cevap veremem|yanit veremem|yardim edemem);(?:bu|bunu|bu isteği) yerine getiremem;"
            "(?:bu|bunun|bypass|istek) (?:\\w+ )?(?:konuda|konusunda|hakkinda) (?:\\w+ ){0,2}"
            "(?:yardimci olamam|yardim edemem);"
            "(?:bir )?yapay zeka (?:dil )?(?:modeli )?olarak (?:\\w+ ){0,4}(?:yapamam|veremem|edemem|bulunamam|olamam)"
        )
    ),
    opener=_bare(
        re.compile(
            r"^\W*(?:(?:tabii ki|elbette|kesinlikle)(?:!|,? (?:işte|memnuniyetle|yardimci))|"
            r"(?:harika|güzel|çok iyi|mükemmel) (?:bir )?soru\b|memnuniyetle\b|memnun olurum\b|"
            r"sorduğunuz için teşekkür)"
        )
    ),
    closer=_bare(
        re.compile(
            r"\b(?:umarim (?:bu )?(?:\w+ )?(?:yardimci|faydali) ol(?:ur|muştur|du)|"
            r"başka (?:bir )?sorun(?:uz)? (?:varsa|olursa)|yardimci olabileceğim başka|"
            r"size nasil yardimci olabilirim|çekinmeden sor)"
        )
    ),
    machine=_bare(
        _any(
            "yapay zeka olarak;bir yapay zeka olarak;yapay zeka dil modeli;dil modeli olarak;unutulmamalidir ki;"
            "belirtmek gerekir ki;önemle belirtmek"
        )
    ),
    first=_turkish_first(),
    abstract=_bare(
        re.compile(
            r"\b(?!(?:karanli|günlü|kalabali|hastali|yilli|ayli|haftali|arali|karşili|ortali|aydinli|sicakli|şimdili|"
            r"üsteli|gözlü|çiftli|yazli|geceli|aşağili|yolculu|kitapli|kutsal|yüksel|brüksel|şapsal|kirli|dağli|mezarli|"
            r"batakli|salatali|kahvaltili|hazirli|başli|korkulu|kralli|imparatorlu|çocuklu|gençli|pisli|askerli|rahipli|"
            r"sağli|ağirli|yöneli|çiğli|selamli|dakikali|pazarli|dolarli|tehlike|bakanli|müdürlü|seferberli|birli)\w*\b)"
            r"\w{3,}(?:l[iuü][kğ](?:i|u|ü|in|un|ün|e|a|ini|ine|inin|inde|te|ta)?(?:ler\w*|lar\w*)?|s[ea]l(?:lik|dir)?|izm\w{0,3}|"
            r"syon(?:u|un|unu|lar\w*)?|(?:il|ul|ül|in|lan|len|laş|leş|tir|dir)m[ae]s[iu]\w{0,3})\b|"
            r"\b(?:dönüşüm|gelişim|etkileşim|iletişim|değişim|yaklaşim|deneyim|kavram|nitelik|varoluş|yansima)\w{0,6}\b|"
            r"\b(?:olgu(?:su|nun|lar\w*)?|süreç(?:i|in|ini|inin|inde|te)?|süreçler\w*|bağlam(?:i|inda|da|lar\w*)?|bilinc?ç?(?:i|in|inin|le)?)\b"
        )
    ),
    linking=_bare(
        _any(
            "dolayisiyla;bu nedenle;bu sebeple;başka bir deyişle;yani aslinda;sonuç olarak;örneğin;mesela;ayrica;"
            "bununla birlikte;özünde;esasen;bu durum;bu da gösteriyor ki;bir başka ifadeyle;özetle;bu sayede;"
            "bu bağlamda"
        )
    ),
    emotion=_bare(
        _any(
            "üzgün(?!üm\\b)\\w*;üzüntü\\w*;mutlu\\w*;mutsuz\\w*;öfke\\w*;kizgin\\w*;korku(?!luk|luğ|nç|nc)\\w*;kaygi\\w*;"
            "endişe\\w*;sevinç\\w*;sevinc\\w*;yas tut\\w*;keder\\w*;hüzün\\w*;hüzn\\w*;yalnizli[kğ]\\w*;"
            "utanç\\w*;utanc\\w*;suçluluk\\w*;gurur\\w*;kiskanç\\w*;umutsuz\\w*;umut;umudu\\w*;özlem\\w*;nostalji\\w*;heyecan\\w*;"
            "hayal kirikliği\\w*;pişman\\w*;panik\\w*;dehşet\\w*;tiksinti\\w*;neşe\\w*;huzursuz\\w*;"
            "çaresizli[kğ]\\w*;melankoli\\w*"
        )
    ),
    hedge=_bare(
        _any(
            "belki;sanki;galiba;sanirim;herhalde;adeta;bir nevi;bir şekilde;muhtemelen;gibi geliyor;gibi hissed\\w+;"
            "neredeyse;olabilir"
        )
    ),
    slop=_bare(
        _any(
            "bir dans gibi;dansi;senfonisi;mozaiği;labirenti;derin bir nefes;kalbim\\w* (?:hizla )?çarp\\w*;"
            "içimi kapladi;içimde bir yerlerde;kelimelerin ötesinde;zamanin durduğu;sonsuzluğun;yankilan\\w+;"
            "fisildi\\w*;adeta bir;derinliklerinde;derin bir anlam;yolculuğa çik\\w*;büyülü;eşsiz bir;"
            "paha biçilmez;kapilarini arala\\w*;"
            "sadece \\w+ değil,? ayni zamanda"
        )
    ),
    read=words.bare,
)

BY_LANGUAGE = {"en": ENGLISH, "tr": TURKISH}
