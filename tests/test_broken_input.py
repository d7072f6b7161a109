"""What bad input gets: a sentence that names the file and place and says what to do, an exit code, and nothing lost."""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from importlib import resources
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Run
from tests.teacher_server import MODEL, TeacherServer

SAMPLE = Path(str(resources.files("inscape.sample")))
PDF = (SAMPLE / "book.pdf").read_bytes()


def everything(folder: Path) -> dict[str, bytes]:
    """Every file a person would miss."""
    skipped = (".inscape.lock", "inscape.db-wal", "inscape.db-shm")
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in skipped
    }


@pytest.fixture
def shelf(project: Path, run: Run) -> Path:
    """A project that already has a book, passages, answers and a decision to lose."""
    assert run("add", SAMPLE / "book.epub").code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("generate", "--teacher", "fake", "--yes").code == 0
    return project


def image_only_pdf() -> bytes:
    """Four pages that hold a picture and no text."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(4):
        page = document.new_page(300, 400)
        image = pypdfium2.PdfImage.new(document)
        bitmap = pypdfium2.PdfBitmap.new_native(8, 8, pypdfium2.raw.FPDFBitmap_BGR)
        bitmap.fill_rect((200, 200, 200, 255), 0, 0, 8, 8)
        image.set_bitmap(bitmap)
        image.set_matrix(pypdfium2.PdfMatrix().scale(300, 400))
        page.insert_obj(image)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def epub(chapter: str = "one.xhtml", body: bytes = b"<html><body><p>Text</p></body></html>") -> bytes:
    container = b'<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    opf = (
        f'<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="{chapter}"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    ).encode()
    name = "one.xhtml" if "/" in chapter else chapter
    return zipped(
        **{"mimetype": b"application/epub+zip", "META-INF/container.xml": container, "book.opf": opf, name: body}
    )


BOOKS = {
    "truncated.pdf": (PDF[: len(PDF) // 2], r"truncated\.pdf.*(damaged|cut off|truncated|incomplete)"),
    "picture.pdf": (image_only_pdf(), r"picture\.pdf.*(image|scan|picture).*(OCR|ocrmypdf)"),
    "empty.epub": (b"", r"empty\.epub.*empty"),
    "bomb.epub": (epub(body=b"0" * 400_000_000), r"bomb\.epub"),
    "climbs.epub": (epub("../../etc/passwd"), r"climbs\.epub.*\.\./"),
    "notes.xyz": (bytes(range(256)) * 40, r"notes\.xyz.*(PDF|EPUB)"),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_broken_book_is_named_and_changes_nothing(name: str, shelf: Path, run: Run, tmp_path: Path) -> None:
    data, sentence = BOOKS[name]
    (tmp_path / name).write_bytes(data)
    before = everything(shelf)
    done = run("add", tmp_path / name, tmp_path / name)
    assert done.code == 1
    assert re.search(sentence, done.all, re.DOTALL), done.all
    assert "Traceback" not in done.all
    assert everything(shelf) == before


def test_an_encrypted_pdf_asks_for_an_open_copy(shelf: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(encrypted_pdf())
    before = everything(shelf)
    done = run("add", path)
    assert done.code == 1
    assert re.search(r"locked\.pdf.*password", done.err), done.all
    assert everything(shelf) == before


def encrypted_pdf() -> bytes:
    """The standard security handler with a user password, revision 2: enough for a reader to ask for it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        b"<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    trailer = b"trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
    return out + trailer % (b"43" * 16, b"43" * 16, table)


def test_one_broken_book_stops_no_other(project: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(PDF[:3000])
    done = run("add", tmp_path / "bad.pdf", SAMPLE / "book.epub")
    assert done.code == 1
    assert "added as maintenance-tolerance" in done.out
    assert "1 of 2 files could not be read" in done.err


def test_text_already_misdecoded_is_repaired_and_said_so(project: Path, run: Run, tmp_path: Path) -> None:
    words = "“Sana bişey soracağım,” dedi; çok yağmur yağıyordu — kapı açıktı… " * 20
    broken = words.encode("utf-8").decode("cp1254", errors="replace").encode("utf-8")
    if b"\xef\xbf\xbd" in broken:
        broken = "“He said nothing… naïve café — always.” ".encode().decode("cp1252", errors="ignore").encode() * 30
    (tmp_path / "garbled.txt").write_bytes(broken)
    done = run("read", tmp_path / "garbled.txt")
    assert done.code == 0
    assert "repaired" in done.err
    assert "â€" not in done.out


def test_a_missing_closing_mark_names_its_line(shelf: Path, run: Run) -> None:
    path = shelf / "passages.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex('"""')], encoding="utf-8")
    broken = everything(shelf)
    opened = text[: text.rindex('"""')].rstrip().splitlines()
    line = max(n for n, content in enumerate(opened, 1) if content.strip() == '"""')
    for words in (("passages",), ("generate", "--teacher", "fake", "--yes")):
        done = run(*words)
        assert done.code == 1
        assert f"passages.md, line {line}" in done.err
        assert '"""' in done.err
    assert everything(shelf) == broken


def test_a_template_without_its_slot_is_named(shelf: Path, run: Run) -> None:
    (shelf / "templates" / "mine.md").write_text(
        "---\nname: mine\ntitle: Mine\nstructure: plain\n---\nWrite something sad.\n", encoding="utf-8"
    )
    done = run("templates", "check")
    assert done.code == 3
    assert re.search(r"templates/mine\.md, line 6: .*\[PASTE_PASSAGE\]", done.out), done.all


def test_a_second_process_is_refused(shelf: Path, run: Run) -> None:
    code = (
        "import sys, os; from pathlib import Path; from inscape import project as p\n"
        "with p.lock(p.open_at(Path(sys.argv[1]), {}), 'generate'):\n"
        "    print('held', flush=True); sys.stdin.readline()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(shelf)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    child.stdout.readline()
    for words in (
        ("add", SAMPLE / "book.pdf"),
        ("generate", "--teacher", "fake", "--yes"),
        ("export", "--format", "raw"),
    ):
        done = run(*words)
        assert done.code == 1
        assert "is being written to by `inscape generate`" in done.err
    assert run("passages").code == 0, "looking is always allowed"
    child.communicate("\n")


def test_a_project_of_a_newer_version_is_left_alone(shelf: Path, run: Run) -> None:
    config = shelf / "inscape.toml"
    config.write_text(config.read_text().replace("format = 1", "format = 2"))
    before = everything(shelf)
    for words in (("passages",), ("add", SAMPLE / "book.pdf"), ("review", "--status"), ("export", "--format", "raw")):
        done = run(*words)
        assert done.code == 1
        assert "newer inscape" in done.err
    assert everything(shelf) == before


def test_a_full_disk_is_said_and_nothing_is_lost(shelf: Path, tmp_path: Path) -> None:
    before = everything(shelf)
    limit = max(len(data) for data in before.values()) - 1000

    def small_disk() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    big = tmp_path / "big.txt"
    big.write_text("A sentence of a long book, with some words in it.\n\n" * 60_000)
    done = subprocess.run(
        [sys.executable, "-m", "inscape", "add", str(big)], cwd=shelf, preexec_fn=small_disk, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    assert re.search(r"(disk is full|cannot be written|disk reported an error)", done.stdout + done.stderr)
    assert everything(shelf) == before


ROWS = {
    "half.json": ('[{"instruction": "a", "output": "b"}, {"instruction": "c", "outp', r"half\.json"),
    "prose.json": ("Here are your examples!", r"prose\.json"),
    "latin.jsonl": (None, r"latin\.jsonl"),
}


@pytest.mark.parametrize("name", ROWS)
def test_half_a_json_keeps_the_whole_rows_and_names_the_rest(name: str, shelf: Path, run: Run, tmp_path: Path) -> None:
    text, sentence = ROWS[name]
    data = text.encode() if text else '{"instruction": "é", "output": "à"}\n'.encode("latin-1")
    (tmp_path / name).write_bytes(data)
    done = run("import", tmp_path / name)
    assert re.search(sentence, done.all)
    assert "Traceback" not in done.all
    if name == "half.json":
        assert "1 example taken" in done.out


ANSWERS = {"prose": "unparsed", "cut": "unparsed", "refuse": "refused", "busy": "failed", "unreachable": "failed"}


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_teacher_that_misbehaves_loses_nothing(fault: str, project: Path, run: Run) -> None:
    assert run("add", SAMPLE / "book.epub").code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    config = project / "inscape.toml"
    own = f'[teacher]\nname = "fake"\nfaults = "{fault}=1.0"\ntries = 1\n'
    config.write_text(config.read_text().replace("[teacher]\n", own, 1))
    done = run("generate", "--json", "--yes", "--passage", "1", "--template", "1")
    events = [json.loads(line) for line in done.out.splitlines()]
    answered = [e for e in events if e["event"] == "answered"]
    assert [e["state"] for e in answered] == [ANSWERS[fault]]
    assert answered[0]["problem"]
    assert done.code == 1
    listed = [json.loads(line) for line in run("answers", "--json").out.splitlines()]
    assert any(e.get("state") == ANSWERS[fault] for e in listed)
    config.write_text(config.read_text().replace(f'faults = "{fault}=1.0"', 'faults = ""'))
    again = run("generate", "--json", "--yes", "--passage", "1", "--template", "1", "--retry", ANSWERS[fault])
    assert again.code == 0, again.all


SERVED = {
    "prose": ("unparsed", "no JSON"),
    "cut": ("unparsed", "Cut off"),
    "refuse": ("refused", "declined|refus"),
    "busy": ("failed", "429"),
    "down": ("failed", "500"),
    "empty": ("unparsed", "empty|nothing|no text"),
    "stall": ("failed", "did not answer within"),
    "drop": ("failed", "cut|connection"),
    "html": ("failed", "web page|HTML"),
}


@pytest.mark.parametrize("fault", SERVED)
def test_a_real_server_that_misbehaves_loses_nothing(
    fault: str, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, sentence = SERVED[fault]
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("INSCAPE_TEACHER_TRIES", "1")
    monkeypatch.setenv("INSCAPE_TEACHER_TIMEOUT", "0.5")
    monkeypatch.setenv("INSCAPE_TEACHER_CONCURRENCY", "1")
    with TeacherServer(script=["", fault]) as server:
        asked = ("generate", "--yes", "--teacher", "openai", "--base-url", f"{server.url}/v1", "--model", MODEL)
        done = run(*asked, "--passage", "1", "--template", "1", "--template", "2")
        assert done.code == 1
        assert "Traceback" not in done.all
        came = "2 answers" if state in ("unparsed", "refused") else "1 answer"
        assert f"1 example from {came}" in done.out
        assert f"1 {state}" in done.out
        listed = [json.loads(line) for line in run("answers", "--json").out.splitlines()]
        bad = next(e for e in listed if e.get("state") == state)
        assert re.search(sentence, bad["problem"], re.IGNORECASE), bad["problem"]
        assert sum(e.get("state") == "done" for e in listed) == 1
        again = run(*asked, "--passage", "1", "--template", "1", "--template", "2", "--retry", "all")
        assert again.code == 0, again.all
