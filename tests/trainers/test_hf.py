"""`datasets` loads the folder with its two splits."""

from pathlib import Path

from tests.trainers import cases


def test_the_folder_loads(tmp_path: Path) -> None:
    from datasets import load_dataset

    cases.exported("hf", "qwen3", tmp_path / "made")
    (tmp_path / "made" / "model").rename(tmp_path / "model")
    loaded = load_dataset(str(tmp_path / "made"), cache_dir=str(tmp_path / "cache"))
    assert {name: part.num_rows for name, part in loaded.items()} == {"train": 4, "validation": 1}
    assert loaded["train"][0]["messages"][1]["reasoning_content"] == "Keys, string, the letter.\nNot the letter."
    assert loaded["train"].column_names == ["id", "messages", "category", "language", "complexity", "iterations"]
