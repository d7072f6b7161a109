"""The BLAS that mlx computes with on a processor."""

from pathlib import Path

from inscape.trainers.blas import preload, slow
from inscape.trainers.child import Child


def test_openblas_is_used_where_it_is_installed() -> None:
    assert preload({}, lambda _: "libopenblas.so.0", "linux") == {"LD_PRELOAD": "libopenblas.so.0"}
    theirs = {"LD_PRELOAD": "/opt/own.so"}
    assert preload(theirs, lambda _: "libopenblas.so.0", "linux") == {"LD_PRELOAD": "/opt/own.so:libopenblas.so.0"}


def test_nothing_is_preloaded_without_it_or_on_another_system() -> None:
    assert preload({}, lambda _: None, "linux") == {}
    assert preload({}, lambda _: "libopenblas.dylib", "darwin") == {}


def test_a_child_knows_whether_it_is_slow() -> None:
    assert slow({}, "linux")
    assert not slow({"LD_PRELOAD": "libopenblas.so.0"}, "linux")
    assert not slow({}, "darwin")


def test_only_children_that_compute_with_mlx_get_it(tmp_path: Path) -> None:
    wanted = preload({})
    job = tmp_path / "job.json"
    for module, mlx, gets in (("mlx", False, True), ("merge_mlx", False, True), ("speak", True, True)):
        made = Child(Path("python"), module, job, tmp_path, tmp_path / "log", mlx=mlx)
        assert (made._env.get("LD_PRELOAD") == wanted.get("LD_PRELOAD")) is gets
    assert "openblas" not in Child(Path("python"), "peft", job, tmp_path, tmp_path / "log")._env.get("LD_PRELOAD", "")
