"""Turkish as people write it: without its letters, with spoken spellings, mixed with English words of a trade."""

from __future__ import annotations

from typing import Any

import pytest

from inscape.quality import checks, words
from inscape.quality.lexicon import TURKISH
from inscape.quality.rows import Limits
from tests.quality.test_checks import item, pair, said
from tests.quality.test_rates import LIMITS


def hits(pattern: Any, text: str) -> list[str]:
    return [hit[0] for hit in pattern.finditer(words.bare(words.fold(text)))]


# ---------------------------------------------------------------- which language


@pytest.mark.parametrize(
    "text",
    [
        "cok guzel olmus, sana bisi sorucam",
        "bu async fonksiyon niye block ediyor",
        "useState neden re-render etmiyo anlamadim",
        "merge conflict var resolve edemiyorum",
        "pull request actim bi bakar misin",
        "deploy ettim ama 502 veriyo",
        "ilk parametre cikti videosunun yolu ikinci bilmiyom ucuncu istenen fps",
        "Render'da ücretsiz planda disk kalıcı değil, GitHub'daki server.js'i güncelle.",
        "Tat buyuculeri vahsi yasam uzerinde deneyler yaptigina dair soylentiler duydum",
    ],
)
def test_turkish_without_its_letters_and_with_english_words(text: str) -> None:
    assert words.language(text) == "tr"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The branch is ready for review and the tests pass, which is what you asked for", "en"),
        ("Mi hermana declara que el libro suyo es tuyo pero no construyo la casa para ella", "es"),
        ("Gli animali regolari e le scolari non sono normali ma il cane è anche nella casa", "it"),
        ("Il est promis que les amis sont dans la galerie", "fr"),
    ],
)
def test_turkish_endings_take_nothing_from_other_languages(text: str, language: str) -> None:
    assert words.language(text) == language


def test_turkish_without_its_letters_is_no_other_language() -> None:
    reply = "Kara El cetesi hala baskalari icin tehdit olmayi surduruyor, liderleri de hala dovusuyor."
    assert not said("language", pair("Kara El çetesi ne durumda şu an, sen ne biliyorsun bu konuda?", reply))


# ---------------------------------------------------------------- the first person, which needs no pronoun


MINE = (
    "yapıyom gidiyom napıyom bilmiyom bilmiyorum bilmiyorm biliyorummm sanırım sanirim biliom sorucam vercem yapcağım "
    "yapicam gidecegim gördüm gordum almıştım yapamam bilmem olsam gideyim değilim gözlerimi aklıma yanımda "
    "ellerim kendimi annem"
)
NOT_MINE = (
    "yardım durumu eğitim yönetimi toplumun takımı üretim tarım deneyim seçimde biçimde bölümü çözümü akşam tamam "
    "ressam kelime koruma büyüme okuma efendim birim lazım bizimle kendimiz kapsam egitim akşama"
)


@pytest.mark.parametrize("word", MINE.split())
def test_first_persons_in_any_spelling(word: str) -> None:
    assert hits(TURKISH.first, word), word


@pytest.mark.parametrize("word", NOT_MINE.split())
def test_nouns_that_end_alike_are_no_first_person(word: str) -> None:
    assert hits(TURKISH.first, word) == []


def test_an_inner_text_in_turkish_is_not_called_explaining() -> None:
    inside = (
        "Bardağı masaya koydum ama elim hâlâ bir şey tutuyor. Koridorda ayak sesini duydum, şimdi olmaz dedim, bu "
        "yüzle olmaz. Musluğu açtım, su ısınana kadar bekledim. Bilmiyom, belki de duymadı beni. Gözlerimi kapadım, "
        "saydım, yine de gitmedi aklımdan o söz."
    )
    outside = (
        "Yalnızlık olgusu, bireysel varoluşun toplumsal bağlamda değerlendirilmesi sürecinde ortaya çıkan bir "
        "deneyimdir. Bu durum, kişiliğin gelişimi ve özgürlüğün sınırlandırılması ile etkileşim içindedir. "
        "Dolayısıyla kimlik, bilinçli bir dönüşümün yansıması olarak kavramsal bir nitelik kazanır ve "
        "farkındalığın artırılmasını, duygusal bütünlüğün korunmasını sağlar. "
        "Özgürlük ise toplumsal sorumluluk ile birlikte düşünülmelidir."
    )
    for text, found in ((inside, 0), (outside, 1)):
        for spelled in (text, words.bare(text)):
            assert len(list(checks.run([item("Evet.", thought=spelled)], LIMITS, ["explains"]))) == found, spelled


def test_one_connective_in_a_short_text_says_nothing() -> None:
    text = (
        "Ayarlar paneline metin kutusu eklendi, her satır ayrı komut olarak atılır. Bağlanır bağlanmaz, girişten önce "
        "yazılır. Profil oluştururken de ayrıca giriş komutu girilebilir. Profil oluşunca kenarda renkli harf çıkar. "
        "Üzerine gelince kutu açılır, adresi gösterir, sonra da orada kalır. Renk her açılışta başka olur."
    )
    assert len(text.split()) >= 40
    assert not list(checks.run([item("Evet.", thought=text)], LIMITS, ["explains"]))
    twice = text.replace("sonra da", "dolayısıyla")
    assert list(checks.run([item("Evet.", thought=twice)], LIMITS, ["explains"]))


# ---------------------------------------------------------------- what only looks like a fault


def test_scarecrows_and_apologies_are_no_feelings() -> None:
    assert hits(TURKISH.emotion, "korkuluk korkunç üzgünüm yaş yaşlı") == []
    assert hits(TURKISH.emotion, "korku uzuntu öfkesini") == ["korku", "uzuntu", "ofkesini"]


def test_concrete_words_are_not_abstract() -> None:
    assert hits(TURKISH.abstract, "karanlık günlüğüm kalabalıkta gözlük tehlike birlikte sürecek kutsal masal") == []
    assert len(hits(TURKISH.abstract, "farkındalık özgürlüğün kullanılması kişisel dönüşümü sürecinde")) == 6


@pytest.mark.parametrize("reply", ["Elbette. Yarın gelirim.", "Tabii ki, sor.", "Kesinlikle.", "Özetle: gitmedik."])
def test_people_say_of_course_too(reply: str) -> None:
    assert not said("assistant", pair("gelir misin", reply))


@pytest.mark.parametrize("reply", ["Tabii ki! Hemen bakalım.", "Elbette, işte liste.", "Umarim yardimci olur."])
def test_an_assistant_in_turkish(reply: str) -> None:
    assert said("assistant", pair("gelir misin", reply))


def test_a_refusal_in_turkish_but_not_in_a_story() -> None:
    refused = "Kanka bu captcha bypass konusunda sana yardim edemem, teknik destek vermiyorum."
    assert said("refusal", pair("sunucuya girerken kodu yazsın", refused))
    assert not said("refusal", pair("Devam et.", "Sana yardım edemem, dedi yaşlı adam, köprü çoktan yıkıldı."))


@pytest.mark.parametrize(
    "reply",
    [
        "1 tane oluşturdum. buraya gelmedi ama hâlâ bekliyorum bi bakar mısın",
        "bi tane oluşturdum dün akşam, buraya gelmedi ama",
        "Bunu yapmana hiç gerek yoktu, ben hepsini yaptım zaten senin için",
        "İyidir kanka. Sen napıyosun bu aralar, hiç sesin çıkmıyo",
        "Tamam kanka. Akşam oraya gelince sana bi bakarım",
        "sure. i'll look at it tomorrow then",
    ],
)
def test_casual_writers_end_without_a_full_stop(reply: str) -> None:
    assert not said("truncated", pair("bakar mısın", reply))


def test_a_turkish_text_that_stops_is_still_found() -> None:
    stops = "Sahile indim o akşam. Karanlıkta bir ses duydum ve kapının arkasındaki eski"
    assert said("truncated", pair("anlat", stops))


# ---------------------------------------------------------------- the set


def prose(language: str) -> list[dict[str, Any]]:
    """60 rows that compress 2.7 times: too far for English, usual for Turkish."""
    import random

    chance = random.Random(3)
    small = {"tr": "ve bir bu da için çok ama gibi", "en": "the of and to in that it was"}[language].split()
    vocabulary = ["".join(chance.choice("abcdeklmnorstu") for _ in range(chance.randrange(3, 9))) for _ in range(260)]
    texts = [" ".join(chance.choice(small if n % 3 == 0 else vocabulary) for n in range(150)) for _ in range(80)]
    return [pair(f"q {n}", text) for n, text in enumerate(texts)]


def test_turkish_has_a_compression_of_its_own() -> None:
    own = Limits({**LIMITS.values, "compression_warn": 1.5, "compression_high": 9.0, "compression_warn_tr": 9.0})
    own = Limits({**own.values, "compression_high_tr": 9.0, "repetition_warn": 1.0, "repetition_warn_tr": 1.0})
    from tests.quality.test_rates import items

    assert [one.check for one in checks.run(items(prose("en")), own, ["repetition"])] == ["repetition"]
    assert list(checks.run(items(prose("tr")), own, ["repetition"])) == []
