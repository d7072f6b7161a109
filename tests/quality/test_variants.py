"""A set stretched with ornaments: the variants are found, the rows they were made from are not."""

from __future__ import annotations

from typing import Any

from tests.quality import good_rows
from tests.quality.test_rates import errors, findings

TALKS = [
    ("ssd mi ram mi alayım", "Hâlâ hdd'deysen ssd, gece gündüz farkı. Ssd varsa ve 8 gb'taysan ram."),
    ("bulgurun suyu kaç bardak", "Bire iki, pilavlıksa. Köftelik için üstünü bir parmak geçsin yeter."),
    ("kader mi seçim mi", "Geriye bakınca hepsi kader, ileriye bakınca hepsi seçim gibi duruyor bence."),
    ("wifi çekmiyo arka odada", "Modemi ortaya al, yere koyma. Olmadı mesh kur."),
    ("nerelisin", "Bir sunucudanım diyelim. Ama Türkçem İstanbul ağzı sanırım."),
    ("sınav kötü geçti", "Ya hadi ya. Kalır mısın, yoksa sadece not mu düşer?"),
]
BEFORE, AFTER = ("Valla ", "Bak ", "Şey, ", "Reis "), (" :)", " ya", "...", " be")


def row(question: str, reply: str) -> dict[str, Any]:
    return {"instruction": question, "output": reply}


def stretched() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The originals, and what a script makes of them."""
    made = []
    for n, (question, reply) in enumerate(TALKS):
        made.append(row(BEFORE[n % 4] + question, reply))
        made.append(row(question, reply + AFTER[n % 4]))
        made.append(row(question + AFTER[(n + 1) % 4], BEFORE[(n + 2) % 4] + reply))
    return [row(*talk) for talk in TALKS], made


def test_variants_are_found_and_their_originals_are_left_alone() -> None:
    originals, made = stretched()
    wrong = errors([*originals, *made])
    assert wrong == set(range(len(originals) + 1, len(originals) + len(made) + 1))


def test_an_original_is_known_wherever_it_stands() -> None:
    originals, made = stretched()
    assert errors([*made, *originals]) == set(range(1, len(made) + 1))


def test_among_good_rows_only_the_variants_are_errors() -> None:
    originals, made = stretched()
    good = good_rows.rows()
    wrong = errors([*good, *originals, *made])
    variants = {len(good) + len(originals) + n for n in range(1, len(made) + 1)}
    assert variants <= wrong
    assert len(wrong - variants) <= len(good) / 100


def test_a_few_rows_alike_are_a_persons_habit() -> None:
    few = [row("naber", "iyidir, senden?"), row("naber kanka", "iyidir kanka, senden?"), row("selam", "selam!"),
           row("selamm", "selam"), row("günaydın", "günaydın"), row("günaydın ya", "günaydın")]  # fmt: skip
    assert errors(few) == set()


def test_a_long_row_with_words_put_in_is_no_error_itself() -> None:
    """Near copies: the row whose words stand in all the others was there first."""
    question = "İşten ayrılmayı düşünüyorum ama kirayı nasıl öderim bilmiyorum, sence ne yapayım?"
    reply = "Bence önce üç aylık kiranı ayır, sonra konuş. Ayrılmak kolay; ayrıldıktan sonraki ilk ay uzun sürüyor."
    made = [
        row(f"{first} {question}", f"{reply} {last}")
        for first, last in (
            ("Ya abi", "Vallahi öyle"),
            ("Şey şimdi", "Öyle yani"),
            ("Hmm bak", "Bilirsin sen"),
            ("E peki", "Değil mi"),
        )
    ]
    wrong = [one for one in findings([row(question, reply), *made]) if one.severity == "error"]
    assert 1 not in {one.row for one in wrong}
    assert {2, 3, 4, 5} <= {one.row for one in wrong}


def test_canned_replies_drawn_from_a_short_list_are_found() -> None:
    pool = ("Çok iyi ya! Senin adına sevindim.", "Anlıyorum, bazen öyle oluyor. Nasıl hissediyorsun?",
            "Vay be! Anlat bakalım, sonra ne oldu?")  # fmt: skip
    asked = ("Dün film izledim", "Sabah erken kalktım", "Bu hafta evde oturdum", "Akşam misafir geldi",
             "Bugün yemek yaptım", "Geçen gün düştüm", "Pazara gittim", "Arabayı yıkattım", "Saçımı kestirdim",
             "Kardeşim aradı", "Otobüsü kaçırdım", "Yağmura yakalandım")  # fmt: skip
    rows = [row(question, pool[n % 3]) for n, question in enumerate(asked)]
    assert errors(rows) == set(range(1, 13))
    assert errors([row(text, "Sor kanka, dinliyorum.") for text in ("bi sorum var", "sana bişey sorucam", "sorabilir "
                   "miyim bişi", "bi dk bakar mısın", "danışcam sana")]) == set()  # fmt: skip
