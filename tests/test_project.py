"""The project folder, its settings and its lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inscape import project as projects
from inscape import settings
from inscape.errors import (
    DiskError,
    InputError,
    ProjectError,
    ProjectLocked,
    ProjectNotFound,
    ProjectTooNew,
    SettingError,
)


@pytest.fixture
def made(tmp_path: Path) -> projects.Project:
    return projects.create(tmp_path / "p", "p", {"passages.md": "mine\n"}, {})


def test_new_project_stands_and_is_found_from_below(made: projects.Project) -> None:
    below = made.root / "books" / "deep"
    below.mkdir()
    assert projects.find(below, {}).root == made.root
    assert made.passages.read_text() == "mine\n"
    assert made.settings.text("project.name") == "p"


def test_no_project_here(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound, match="inscape new NAME"):
        projects.find(tmp_path, {})


def test_new_never_overwrites(made: projects.Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="already an inscape project"):
        projects.create(made.root, "p", {}, {})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "novel.txt").write_text("mine")
    with pytest.raises(ProjectError, match="not empty"):
        projects.create(tmp_path / "full", "full", {}, {})
    assert (tmp_path / "full" / "novel.txt").read_text() == "mine"


def test_a_newer_project_is_refused(made: projects.Project) -> None:
    made.config.write_text("format = 99\n[future]\nx = 1\n")
    with pytest.raises(ProjectTooNew, match=r"newer inscape.*format 99.*pip install -U"):
        projects.open_at(made.root, {})


def test_default_toml_explains_every_setting_and_reads_back() -> None:
    text = settings.default_toml("a name")
    uncommented = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    read = settings.load(uncommented, "inscape.toml", {})
    for setting in settings.SETTINGS:
        assert setting.help.split(".")[0].split(",")[0][:40] in " ".join(text.replace("\n# ", " ").split())
        expected = "a name" if setting.key == "project.name" else setting.default
        assert read.values[setting.key] == expected
        assert read.origins[setting.key] == "inscape.toml"


def test_precedence_flag_environment_file_default() -> None:
    toml = '[teacher]\nmodel = "file"\nname = "fake"\n'
    read = settings.load(toml, "inscape.toml", {"INSCAPE_TEACHER_MODEL": "env", "INSCAPE_TEACHER_TRIES": "2"})
    assert (read.text("teacher.model"), read.origins["teacher.model"]) == ("env", "INSCAPE_TEACHER_MODEL")
    assert (read.text("teacher.name"), read.origins["teacher.name"]) == ("fake", "inscape.toml")
    assert read.whole("teacher.tries") == 2
    assert read.origins["teacher.timeout"] == "default"
    flagged = read.with_flags({"teacher.model": "flag", "teacher.name": None})
    assert (flagged.text("teacher.model"), flagged.origins["teacher.model"]) == ("flag", "flag")
    assert flagged.text("teacher.name") == "fake"


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[teacher]\n\nmodle = 'x'\n", r"line 3: there is no setting teacher.modle \(did you mean teacher.model\?\)"),
        ("[teacher]\ntries = 'many'\n", "line 2: teacher.tries must be a whole number, not 'many'"),
        ("[teacher]\ntries = true\n", "must be a whole number"),
        ("[teacher]\nname = 'gpt'\n", "must be one of openai, anthropic, manual, fake, recorded"),
        ("[teacher\n", "not valid TOML.*line 1"),
        ("[nonsense]\nx = 1\n", "there is no setting nonsense.x"),
    ],
)
def test_a_wrong_setting_names_its_line(toml: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        settings.load(toml, "inscape.toml", {})


def test_slots_come_from_the_file() -> None:
    assert settings.load('[slots]\nPersona_Name = "Deniz"\n', "f", {}).slots == {"persona_name": "Deniz"}


def test_a_second_writer_is_refused_by_name(made: projects.Project) -> None:
    code = (
        "import sys; from pathlib import Path; from inscape import project as p\n"
        "with p.lock(p.open_at(Path(sys.argv[1]), {}), 'generate'):\n"
        "    print('held', flush=True); sys.stdin.readline()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(made.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "held\n"
    with pytest.raises(ProjectLocked, match=rf"inscape generate` \(process {child.pid}\)"), projects.lock(made, "add"):
        pass
    child.kill()
    child.communicate()
    with projects.lock(made, "add"):
        assert str(os.getpid()) in (made.root / ".inscape.holder").read_text()


@pytest.mark.parametrize("left", ["nothing", "an empty file", "a file that just went"])
def test_a_second_writer_is_refused_where_nobody_is_named(
    left: str, made: projects.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with projects.lock(made, "add"):
        holder = made.root / ".inscape.holder"
        if left == "an empty file":
            holder.write_text("")
        else:
            holder.unlink()
        if left == "a file that just went":
            monkeypatch.setattr(Path, "exists", lambda _: True)
        with pytest.raises(ProjectLocked, match="written to by another inscape"), projects.lock(made, "find"):
            pass


def test_a_full_disk_leaves_the_old_file(made: projects.Project) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    part = made.root / ".passages.md.part"
    part.symlink_to("/dev/full")
    with pytest.raises(DiskError, match=r"passages\.md: the disk is full.*make room"):
        projects.write_text(made.passages, "new")
    assert made.passages.read_text() == "mine\n"


def test_files_that_cannot_be_read_are_named(made: projects.Project) -> None:
    with pytest.raises(InputError, match="no such file"):
        projects.read_text(made.root / "none.md")
    with pytest.raises(InputError, match="is a folder"):
        projects.read_text(made.books)
    made.passages.write_bytes(b"line\nbad \xff byte")
    with pytest.raises(InputError, match="line 2: not UTF-8"):
        projects.read_text(made.passages)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match=r"big has 1,048,576 MB; at most 2 MB can be read"):
        projects.read_bytes(big, most=2 << 20)
    small = tmp_path / "small"
    small.write_bytes(b"abc")
    assert projects.read_bytes(small, most=3) == b"abc"


def test_no_memory_is_a_sentence(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="this system has no limits to set")
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(4 << 30)
    code = (
        "import resource, sys; from pathlib import Path; from inscape import project as p\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "try: p.read_bytes(Path(sys.argv[1]))\n"
        "except p.InputError as error: print(error)"
    )
    assert resource
    done = subprocess.run([sys.executable, "-c", code, str(big)], capture_output=True, text=True, check=True)
    assert "does not fit into this machine's memory" in done.stdout


def test_replacing_keeps_link_and_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "deep" / "real.md", tmp_path / "link.md"
    real.parent.mkdir()
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    projects.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_replacing_refuses_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("\ufefflater", encoding="utf-8")
    assert projects.read_text(path) == "later"
    assert projects.read_text(path, keep_mark=True) == "\ufefflater"
    with pytest.raises(InputError, match="changed"):
        projects.write_text(path, "new", instead_of="earlier")
    assert path.read_text(encoding="utf-8") == "\ufefflater"
    projects.write_text(path, "new", instead_of="\ufefflater")
    assert path.read_text() == "new"
