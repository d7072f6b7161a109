"""Which Python trains, found by asking it."""

import sys
import venv
from pathlib import Path

import pytest

from inscape.errors import TrainerMissing
from inscape.trainers import python


def test_this_one_without_the_packages_says_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(python.NEEDED, "peft", {"json": "json", "no_such_module": "no-such"})
    with pytest.raises(TrainerMissing, match=r'does not have no_such_module\. Run: pip install "inscape\[train\]"'):
        python.interpreter("", "peft")


def test_another_one_is_a_folder_or_a_file_and_has_a_line_of_its_own(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    inside = python.named(str(tmp_path / "env"))
    assert inside == tmp_path / "env" / "bin" / "python", "a link is not followed: it would be another Python"
    with pytest.raises(TrainerMissing, match=r"datasets.*Run: .*env/bin/python -m pip install torch .*\"trl>=1\.16\""):
        python.interpreter(str(inside), "peft")
    with pytest.raises(TrainerMissing, match=r"mlx and mlx_lm.*mlx-lm"):
        python.interpreter(str(inside), "mlx")


def test_versions_are_those_it_has() -> None:
    found = python.ask(Path(sys.executable), ("pytest", "json", "no_such_module"))
    assert found.keys() == {"python", "pytest", "json"}
    assert found["pytest"] == pytest.__version__


def test_what_is_no_python(tmp_path: Path) -> None:
    with pytest.raises(TrainerMissing, match="There is no Python in"):
        python.interpreter(str(tmp_path / "nowhere"), "peft")
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    with pytest.raises(TrainerMissing, match="does not run as a Python"):
        python.interpreter(str(other), "peft")
