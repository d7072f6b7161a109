"""Books that cannot be read: each is refused with a sentence that names the file, the place and the way out."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from inscape.books import limits, read
from inscape.errors import BookError
from tests.books.makers import BOOK_STYLE, CONTAINER, docx, epub, par, pdf, zipped
from tests.books.story import story


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(BookError) as caught:
        read(data, name)
    message = str(caught.value)
    assert name in message
    assert message.endswith((".", "one of these."))
    return message


@pytest.mark.parametrize("name", ["a.pdf", "a.epub", "a.docx", "a.html", "a.txt", "a.md"])
@pytest.mark.parametrize("data", [b"", b" \n\r\n\t ", b"\xef\xbb\xbf"])
def test_empty(name: str, data: bytes) -> None:
    assert "is empty" in refusal(data, name)


def locked_pdf() -> bytes:
    """A PDF whose encryption dictionary no empty password opens."""
    plain = pdf("Hello")
    trailer = plain.rindex(b"trailer") if b"trailer" in plain else plain.rindex(b"startxref")
    assert trailer > 0
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4"
        b"/O<" + b"28" * 32 + b">/U<" + b"17" * 32 + b">>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF\n"
    )


def test_encrypted_pdf() -> None:
    message = refusal(locked_pdf(), "locked.pdf")
    assert "encrypted" in message
    assert "qpdf --decrypt" in message


def test_truncated_pdf() -> None:
    whole = pdf("#lorem(3000)")
    message = refusal(whole[: len(whole) // 3], "half.pdf")
    assert "cut off" in message
    assert f"{len(whole) // 3:,}" in message


def test_pdf_that_was_copied_as_text() -> None:
    whole = pdf("#lorem(3000)").decode("utf-8", "replace").encode("utf-8")
    message = refusal(whole, "spoiled.pdf")
    assert "copied as if it were text" in message


def test_damaged_pdf() -> None:
    message = refusal(b"%PDF-1.7\n" + b"nothing here " * 50 + b"\n%%EOF\n", "bad.pdf")
    assert "damaged" in message


def test_pdf_without_pages() -> None:
    data = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )
    assert "has no pages" in refusal(data, "none.pdf")


def test_scan_says_how_to_get_the_text() -> None:
    source = "#set page(width: 9cm, height: 12cm)\n" + "#rect(width: 100%, height: 90%)\n#pagebreak()\n" * 5 + "12"
    message = refusal(pdf(source), "scan.pdf")
    assert "6 of 6 pages have no text or hardly any" in message
    assert "ocrmypdf" in message


def test_epub_that_is_no_zip() -> None:
    assert "lacks the form of a zip archive" in refusal(b"<book>hello</book>", "a.epub")


def test_epub_cut_in_the_middle() -> None:
    whole = epub({"a.xhtml": "<p>Hello there.</p>"})
    message = refusal(whole[: len(whole) // 2], "half.epub")
    assert "not a whole EPUB" in message
    assert "download it again" in message


def test_epub_without_container() -> None:
    message = refusal(zipped({"mimetype": "application/epub+zip", "x.txt": "x"}), "bare.epub")
    assert "META-INF/container.xml" in message


def test_epub_without_its_package() -> None:
    message = refusal(zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}), "gone.epub")
    assert "'OPS/book.opf' is missing" in message


def test_zip_bomb() -> None:
    bomb = epub({"a.xhtml": "<p>x</p>"}, extra={"OPS/bomb.xhtml": b"\0" * (limits.ARCHIVE_RATIO_FROM * 4)})
    message = refusal(bomb, "bomb.epub")
    assert "zip bomb" in message
    assert "OPS/bomb.xhtml" in message


def test_a_part_that_lies_about_its_size() -> None:
    whole = epub({"a.xhtml": "<p>" + "word " * 3000 + "</p>"})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        real = archive.getinfo("OPS/a.xhtml").file_size
    lied = whole.replace(real.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lied != whole
    assert "OPS/a.xhtml' is damaged" in refusal(lied, "liar.epub")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "C:\\boot.ini", "OPS/../../x.xhtml"])
def test_paths_that_climb_out(path: str) -> None:
    message = refusal(epub({"a.xhtml": "<p>x</p>"}, extra={path: "x"}), "climb.epub")
    assert "path leads out of the book" in message


def test_references_that_climb_out() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="../../../etc/passwd" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    message = refusal(epub({"a.xhtml": "<p>x</p>"}, package=package), "climb.epub")
    assert "lies outside the book" in message


def test_entity_bomb() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><html><body><p>&b;</p></body></html>'
    message = refusal(epub({"a.xhtml": "<p>x</p>"}, extra={"OPS/a.xhtml": bomb}), "laugh.epub")
    assert "defines entities" in message
    assert "line 1" in message


def test_drm() -> None:
    locked = '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
    message = refusal(
        epub({"a.xhtml": "<p>x</p>"}, extra={"META-INF/encryption.xml": locked + "</EncryptedData></encryption>"}),
        "shop.epub",
    )
    assert "DRM" in message


def test_scrambled_fonts_are_no_drm() -> None:
    fonts = '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
    extra: dict[str, str | bytes] = {"META-INF/encryption.xml": fonts + "</EncryptedData></encryption>"}
    assert read(epub({"a.xhtml": "<p>Hello.</p>"}, extra=extra), "a.epub").paragraphs[0].text == "Hello."


def test_epub_of_pictures() -> None:
    message = refusal(epub({"a.xhtml": '<img src="1.jpg"/>', "b.xhtml": "<p> </p>"}), "comic.epub")
    assert "2 pages in the spine" in message


@pytest.mark.parametrize("name", ["old.doc", "renamed.docx"])
def test_old_word_document(name: str) -> None:
    message = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, name)
    assert "old Word document" in message
    assert "save it as .docx" in message


def test_word_document_with_password() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refusal(data, "secret.docx")


def test_damaged_docx() -> None:
    whole = docx(par("One.") + "<w:p>")
    assert "'word/document.xml' is not sound XML (line 1)" in refusal(whole, "bad.docx")
    assert "holds no text" in refusal(docx(par("")), "blank.docx")


def test_text_that_is_not_text() -> None:
    message = refusal(b"line one\nline \0 two and more" + bytes(range(1, 9)) * 40, "x.txt")
    assert "is not text: byte 14 is NUL (line 2)" in message


def test_markup_without_text() -> None:
    assert "holds no text" in refusal(b"<html><body><script>load()</script></body></html>", "app.html")


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.mobi", b"x" * 60 + b"BOOKMOBI" + b"x" * 60, "Kindle"),
        ("a.rtf", b"{\\rtf1 hello}", "RTF"),
        ("a.djvu", b"AT&TFORM\0\0", "DjVu"),
        ("a.jpg", b"\xff\xd8\xff\xe0 data", "picture"),
        ("a.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        ("a.zip", zipped({"a": "1", "b": "2"}), "zip archive with 2 files"),
        ("a.xyz", b"hello world", "the ending .xyz"),
    ],
)
def test_unsupported(name: str, data: bytes, what: str) -> None:
    message = refusal(data, name)
    assert what in message
    assert "PDF, EPUB, DOCX, HTML, TXT and Markdown" in message


@pytest.mark.parametrize("suffix", ["pdf", "docx"])
def test_named_as_what_it_is_not(suffix: str) -> None:
    message = refusal(b"Just some words.", f"a.{suffix}")
    assert "it begins with 'Just some wo'" in message


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Cut, change some bytes, or take a piece out."""
    spoiled = bytearray(data)
    kind = chance.random()
    if kind < 0.3:
        return bytes(spoiled[: chance.randrange(len(spoiled))])
    if kind < 0.8:
        for _ in range(chance.choice((1, 3, 20, 200))):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    else:
        at = chance.randrange(len(spoiled))
        del spoiled[at : at + chance.randrange(400)]
    return bytes(spoiled)


@pytest.mark.parametrize("name", ["a.pdf", "a.epub", "a.docx", "a.html", "a.md", "a.txt"])
def test_whatever_is_broken_is_read_or_refused_but_never_a_crash(name: str) -> None:
    texts = story(1, 20)
    body = "".join(f"<p>{text}</p>" for text in texts)
    nav = '<nav epub:type="toc"><ol><li><a href="a.xhtml">x</a></li></ol></nav>'
    whole = {
        "a.pdf": lambda: pdf(BOOK_STYLE + "\n\n".join(texts)),
        "a.epub": lambda: epub({"a.xhtml": body, "b.xhtml": body}, nav=nav),
        "a.docx": lambda: docx("".join(map(par, texts))),
        "a.html": lambda: f"<html><body>{body}</body></html>".encode(),
    }.get(name, lambda: "\n\n".join(texts).encode())()
    chance = random.Random(name)
    refused = 0
    for _ in range(150):
        try:
            read(spoil(whole, chance), name)
        except BookError as error:
            refused += name in str(error)
    assert refused > 0


def test_content_decides_before_the_name() -> None:
    assert read(epub({"a.xhtml": "<p>Hello.</p>"}), "a.txt").format == "epub"
    assert read(b"<!DOCTYPE html><html><body><p>Hello.</p></body></html>", "a.txt").format == "html"
    assert read(pdf("Hello there, this is one page of a text that is short."), "a.epub").format == "pdf"
