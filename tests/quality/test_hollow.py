"""Replies without a sentence of their own, questions given back with an offer, and sets stretched by near copies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.quality import good_rows
from tests.quality.test_rates import errors, findings
from tests.quality.test_variants import row


@pytest.mark.parametrize(
    "reply",
    [
        "There are several factors to consider here. Let me break it down for you step by step.",
        "Great! That's a good question. It depends on many factors.",
        "Bu çok güzel bir soru. Bu konuda farklı görüşler var. Umarım yardımcı olmuştur.",
        "Bence bu duruma göre değişir. Daha fazla detay ister misin?",
        "As an AI assistant, I don't have personal experiences, but I can provide some general guidance on this topic.",
    ],
)
def test_nothing_but_stock_sentences_is_an_error(reply: str) -> None:
    assert errors([row("Kariyer değiştirmek mantıklı mı?", reply)]) == {1}


@pytest.mark.parametrize(
    "reply",
    [
        "Merhaba! Yardımcı olabilirim, anlat.",
        "Bu zor bir soru. Ben olsam önce annene sorardım.",
        "Bence bu duruma göre değişir: kira sende mi, onda mı?",
        "It depends on many factors, but with a newborn I would wait until spring.",
        "Selam, buradayım.",
    ],
)
def test_one_sentence_of_its_own_makes_an_answer(reply: str) -> None:
    assert errors([row("Kariyer değiştirmek mantıklı mı?", reply)]) == set()


def test_sentences_drawn_from_lists_are_found_in_any_mix() -> None:
    first = ("Küçük adımlarla ilerlemek genelde daha sağlıklı olur", "Her seçeneğin artıları ve eksileri var",
             "Deneyimli kişilerden fikir almak da faydalı olabilir")  # fmt: skip
    last = ("sonunda kararı sen vermelisin", "acele etmemek lazım", "herkesin durumu farklı")
    asked = ("araba alsam mı", "ev tutsam mı", "kedi alsam mı", "spora yazılsam mı", "dil öğrensem mi", "taşınsam mı",
             "evlensem mi", "okula dönsem mi", "işi bıraksam mı")  # fmt: skip
    rows = [row(q, f"{first[n % 3]} ve {last[n // 3]}. Umarım yardımcı olmuştur.") for n, q in enumerate(asked)]
    good = good_rows.rows()
    assert errors(rows) == set(range(1, 10))
    assert errors([*good, *rows]) == set(range(len(good) + 1, len(good) + 10))


def test_the_question_given_back_with_an_offer_is_an_error() -> None:
    reply = '"Yarın hava nasıl olacak" sorunuza cevap: yarın hava nasıl olacak konusunda size yardımcı olabilirim.'
    assert errors([row("Yarın hava nasıl olacak", reply)]) == {1}
    assert errors([row("Yarın hava nasıl olacak", "Yarın hava nasıl olacak bilmiyorum, camdan bakamıyorum.")]) == set()


def test_one_counter_in_question_and_reply_is_an_error() -> None:
    assert errors([row("Merhaba, bu 37. konuşma", "Merhaba! Bu 37. cevabım, nasıl yardımcı olabilirim?")]) == {1}
    assert errors([row("3. soruyu çözemedim", "Yaz bakalım, 3'ü birlikte çözelim.")]) == set()


def test_more_rows_announced_instead_of_written_are_an_error() -> None:
    assert errors([row("Sıradaki?", "# ... similar pattern for remaining examples")]) == {1}


ANSWERS = (
    "100 siparişi tek sorguda çekip her siparişin müşterisini ayrı ayrı sormak. JOIN ya da IN ile iki sorguya iner, "
    "ORM'de de eager loading açarsın.",
    "Uzakta sende olmayan bir commit var. Önce pull --rebase yap, çakışma çıkarsa çöz, sonra tekrar gönder. Refleksle "
    "--force yazma sakın.",
    "Ya suyu fazla ya nişastası duruyor. Pirinci ılık tuzlu suda yarım saat beklet, berraklaşana kadar yıka, bire bir "
    "buçuk su koy.",
    "Telefonu elinden bırak desem, benimle konuştuğun için ikiyüzlü olurum. Kafanı kurcalayan bir şey mi var, yoksa "
    "sadece saat mi kaydı?",
    "Rakamla git. Son bir yılda yaptığın üç işi ve etkisini yaz, piyasadaki aralığı öğren, tek bir sayı söyle ve sus. "
    "O sessizliği doldurma.",
    "Güneş ışığı havadaki moleküllere çarpınca mavi kırmızıdan çok daha fazla saçılıyor, o yüzden her yönden geliyor. "
    "Akşam yol uzuyor, mavi dağılıyor.",
    "Engelleyen tarayıcı, sunucu değil. Cevaba Access-Control-Allow-Origin ekle; cookie varsa yıldız olmaz. Preflight "
    "isteğinin de 204 döndüğüne bak.",
    "String heap'te duran, sahibi sen olduğun metin. &str başka yerdeki metne bakan bir slice. Parametrede &str al, "
    "struct alanında String tut.",
    "Önce kılıfı çıkar, güneşten çek. Hep aynı uygulamada oluyorsa onu kapat; şarjdayken oyun oynama, pil en çok öyle "
    "yoruluyor.",
)


def test_a_set_stretched_by_near_copies_is_an_error_and_a_single_one_a_warning() -> None:
    originals = [row(f"{answer.split('.')[0]}, öyle mi?", answer) for answer in ANSWERS]
    copies = [row(f"{answer.split('.')[0]} diyorsun yani?", f"Tabii! {answer} Olur mu?") for answer in ANSWERS]

    def near(rows: list[dict[str, Any]]) -> list[tuple[int | None, str]]:
        return [(one.row, one.severity) for one in findings(rows) if one.check == "near-duplicate"]

    assert near([*originals, *copies]) == [(n, "error") for n in range(10, 19)]
    assert near(originals) == []
    assert near([*originals, copies[0]]) == [(10, "warning")]
