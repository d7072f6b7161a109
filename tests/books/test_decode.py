"""Encodings, and text that was decoded wrongly before it came here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.books import read
from inscape.books.decode import decode, mend
from tests.books.makers import docx, epub, par

ENGLISH = "“It’s a café—naïve, isn’t it?” said Zoë. She paid £5 … and left.\n\n" * 6
TURKISH = "Şimdi ışığı söndür, dedi. Çocuğun gözü İstanbul’daydı; güneş doğuyordu, ağaçlar sessizdi.\n\n" * 8


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode(codec: str) -> None:
    found = decode(ENGLISH.encode(codec), "a.txt")
    assert found.text == ENGLISH
    assert found.doubts == ()


@pytest.mark.parametrize(("text", "codec"), [(ENGLISH, "cp1252"), (TURKISH, "cp1254")])
def test_code_pages_are_guessed_and_told(text: str, codec: str) -> None:
    found = decode(text.encode(codec), "a.txt")
    assert found.text == text
    assert found.doubts == (f"The file does not say its encoding; it was read as {codec}.",)


def test_cyrillic() -> None:
    text = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.\n" * 20
    assert decode(text.encode("cp1251"), "a.txt").text == text


def test_a_few_foreign_bytes_in_utf8() -> None:
    data = (ENGLISH * 3).encode() + b"caf\xe9 again\n"
    found = decode(data, "a.txt")
    assert found.text == ENGLISH * 3 + "café again\n"
    assert found.doubts == ("1 byte did not fit UTF-8 and was read as cp1252.",)


def sloppy(data: bytes, codec: str) -> str:
    """Decode as programs do that know no undefined bytes."""
    return "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in data)


@pytest.mark.parametrize("text", [ENGLISH, TURKISH])
@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1254", "mac_roman"])
def test_whole_files_that_were_mis_decoded(text: str, codec: str) -> None:
    spoiled = sloppy(text.encode(), codec)
    book = read(spoiled.encode(), "a.txt")
    assert "\n\n".join(p.text for p in book.paragraphs) == text.strip()
    assert len(book.doubts) == 1
    assert book.doubts[0].startswith("Text was UTF-8 mis-decoded as ")
    assert book.doubts[0].endswith(" places.")


def test_twice_mis_decoded() -> None:
    assert mend(sloppy(sloppy(ENGLISH.encode(), "cp1252").encode(), "cp1252"))[0] == ENGLISH


def test_parts_that_were_mis_decoded_and_quotes_that_stay() -> None:
    sound = "“Quotes” — and ‘dashes’ – stay as they are… Ωmega.\n"
    text, doubt = mend(sound + sloppy("“It’s a café”\n".encode(), "cp1252"))
    assert text == sound + "“It’s a café”\n"
    assert doubt is not None
    assert "repaired in" in doubt


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=("Cs", "Cc")), max_size=60))
def test_sound_text_is_never_changed_unless_it_bears_marks(text: str) -> None:
    better, doubt = mend(text)
    assert (better == text) == (doubt is None)


@pytest.mark.parametrize("text", ["São Paulo, AÇÃO, «NÃO»", "Ça va, Übung, Ångström", "ŞIŞ Ğ İ ı", "5 € and √2", "Âme"])
def test_real_words_that_look_a_little_like_damage(text: str) -> None:
    assert mend(text) == (text, None)


def test_html_says_its_encoding() -> None:
    page = '<html><head><meta charset="iso-8859-9"><title>T</title></head><body><p>Şimdi ışık.</p></body></html>'
    book = read(page.encode("iso-8859-9"), "a.html")
    assert book.paragraphs[0].text == "Şimdi ışık."
    assert book.doubts == ()


MIXED = "Şimdi ışığı söndür 😀, dedi. Gözü İstanbul’daydı 🌍🇹🇷👩‍👩‍👧; ağaçlar “sessizdi”.\n\n" * 8
CODECS = ["cp1252", "latin-1", "cp1254", "mac_roman"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("text", [MIXED, "👍 tamam 😂\n"])
def test_turkish_and_emoji_come_back_as_a_whole(text: str, codec: str) -> None:
    spoiled = sloppy(text.encode(), codec)
    better, doubt = mend(spoiled)
    assert better == text
    assert doubt is not None
    assert f"mis-decoded as {codec};" in doubt


@pytest.mark.parametrize("first", CODECS)
@pytest.mark.parametrize("second", ["cp1252", "mac_roman"])
def test_twice_by_two_codecs(first: str, second: str) -> None:
    assert mend(sloppy(sloppy(MIXED.encode(), first).encode(), second))[0] == MIXED


@pytest.mark.parametrize("codec", CODECS)
def test_a_file_of_two_parts(codec: str) -> None:
    sound = "‘Sound’ — Ωmega… İyi 😀.\n"
    assert mend(sound + sloppy(MIXED.encode(), codec))[0] == sound + MIXED


def test_every_format_is_mended() -> None:
    bad = sloppy("Gözü “İstanbul”da 😀.".encode(), "cp1254")
    page = f"<html><body><p>{bad}</p></body></html>"
    files = {"a.txt": bad.encode(), "a.md": bad.encode(), "a.html": page.encode(), "a.docx": docx(par(bad))}
    for name, data in {**files, "a.epub": epub({"a.xhtml": f"<p>{bad}</p>"})}.items():
        book = read(data, name)
        assert [p.text for p in book.paragraphs] == ["Gözü “İstanbul”da 😀."], name
        assert "mis-decoded as cp1254" in book.doubts[0], name
