"""A child that speaks: every engine reads the same tokens, streams whole letters, stops where it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape.errors import ModelError, TrainerMissing
from inscape.trainers.speak import until
from tests.trainers import adapters
from tests.trainers.gguf import made as gguf_of
from tests.trainers.speaking import Speaker, speaker

PROMPT = "<|im_start|>user\nDie Tür, ğüş, 🦙?<|im_end|>\n<|im_start|>assistant\n"
ENGINES = ("hf", "mlx", "gguf")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speak")
    adapters.base(folder)
    return folder


@pytest.fixture(scope="module", params=ENGINES)
def speaks(request: pytest.FixtureRequest, home: Path) -> Iterator[Speaker]:
    model = gguf_of(home / "base", home) if request.param == "gguf" else home / "base"
    with speaker(home, request.param, model) as one:
        yield one


def _text(lines: list[dict[str, object]]) -> str:
    return "".join(str(line["text"]) for line in lines if line["kind"] == "piece")


def test_it_says_who_it_is(speaks: Speaker, home: Path) -> None:
    assert speaks.ready["template"] == (home / "base/chat_template.jinja").read_text()
    assert (speaks.ready["bos"], speaks.ready["eos"], speaks.ready["context"]) == ("<s>", "</s>", 4096)


def test_tokens_are_those_of_the_trainer(speaks: Speaker, home: Path) -> None:
    from transformers import AutoTokenizer

    expected = AutoTokenizer.from_pretrained(home / "base")(PROMPT, add_special_tokens=False)["input_ids"]
    assert speaks.one("tokens", "tokens", text=PROMPT)["ids"] == expected


def test_the_likeliest_tokens_are_the_same_everywhere(speaks: Speaker, home: Path) -> None:
    """Against transformers' own generate, which shares no code with any engine."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(home / "base")
    given = tokenizer(PROMPT, add_special_tokens=False, return_tensors="pt")
    model = AutoModelForCausalLM.from_pretrained(home / "base", dtype=torch.float32)
    expected = model.generate(**given, max_new_tokens=24, do_sample=False)[0][given["input_ids"].shape[1] :].tolist()
    assert speaks.one("greedy", "ids", text=PROMPT, max_tokens=24)["ids"] == expected
    lines = speaks.ask("complete", "end", text=PROMPT, max_tokens=24, temperature=0)
    end = lines[-1]
    assert (end["why"], end["tokens"], end["prompt_tokens"]) == ("length", 24, given["input_ids"].shape[1])
    whole = tokenizer.decode(expected)
    assert _text(lines) == whole
    many = speaks.one("many", "texts", texts=[PROMPT, PROMPT + "x", PROMPT], max_tokens=24)
    assert many["texts"][0] == many["texts"][2] == whole
    assert many["tokens"][0] == 24


def test_a_seed_draws_the_same_again(speaks: Speaker) -> None:
    asked = {"text": PROMPT, "max_tokens": 20, "temperature": 1.0, "top_p": 0.9}
    said = [_text(speaks.ask("complete", "end", **asked, seed=seed)) for seed in (5, 5, 6)]
    assert said[0] == said[1] != said[2]


def test_a_stop_text_ends_it_and_is_not_shown(speaks: Speaker) -> None:
    whole = _text(speaks.ask("complete", "end", text=PROMPT, max_tokens=24))
    stop = whole[9:14]  # over the border of tokens
    lines = speaks.ask("complete", "end", text=PROMPT, max_tokens=24, stop=["never", stop])
    assert lines[-1]["why"] == "stop"
    assert _text(lines) == whole[: whole.index(stop)]
    many = speaks.one("many", "texts", texts=[PROMPT], max_tokens=24, stop=[stop])
    assert many["texts"] == [whole[: whole.index(stop) + len(stop)]]
    assert 0 < many["tokens"][0] < 24


def test_it_can_be_cancelled(speaks: Speaker) -> None:
    speaks.child.tell({"do": "complete", "id": 9, "text": PROMPT, "max_tokens": 3000})
    speaks.child.tell({"do": "tokens", "id": 10, "text": "x"})
    speaks.child.tell({"do": "cancel", "id": 9})
    end = list(speaks.until("end"))[-1]
    assert (end["id"], end["why"]) == (9, "cancelled")
    assert end["tokens"] < 1000
    assert list(speaks.until("tokens"))[-1]["id"] == 10


def test_what_does_not_fit_is_refused_and_the_next_is_answered(speaks: Speaker) -> None:
    lines = speaks.ask("complete", "refused", text=PROMPT * 400, max_tokens=4)
    assert "and the model takes 4,096" in lines[-1]["message"]
    assert list(speaks.until("end"))[-1]["why"] == "refused"
    assert speaks.one("nonsense", "refused")["kind"] == "refused"
    assert speaks.one("complete", "end", text=PROMPT, max_tokens=2)["why"] == "length"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_end_mark_ends_an_answer_and_is_not_shown(engine: str, tmp_path: Path) -> None:
    """A model whose end mark lies where it is after this prompt, and that says one word before."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = adapters.base(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    ids = tokenizer(PROMPT, add_special_tokens=False, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        first = model(ids).logits[0, -1].argmax().reshape(1, 1)
        after = model.model(torch.cat([ids, first], dim=1)).last_hidden_state[0, -1]
        before = model.model(ids).last_hidden_state[0, -1]
        model.lm_head.weight[tokenizer.eos_token_id] = after - before * (after @ before) / (before @ before)
    model.save_pretrained(base)
    path = gguf_of(base, tmp_path) if engine == "gguf" else base
    with speaker(tmp_path, engine, path) as one:
        assert one.one("greedy", "ids", text=PROMPT, max_tokens=9)["ids"] == [int(first), tokenizer.eos_token_id]
        lines = one.ask("complete", "end", text=PROMPT, max_tokens=9)
        assert (_text(lines), lines[-1]["why"], lines[-1]["tokens"]) == (tokenizer.decode(first[0]), "end", 2)
        many = one.one("many", "texts", texts=[PROMPT, "x"], max_tokens=9)
        assert many["texts"][0] == tokenizer.decode(first[0]) + "</s>"
        assert many["tokens"][0] == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_what_cannot_be_loaded_is_said(engine: str, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing/config.json").write_text("{}")
    with pytest.raises((ModelError, TrainerMissing), match="nothing"), speaker(tmp_path, engine, tmp_path / "nothing"):
        pass


def test_a_damaged_gguf(home: Path, tmp_path: Path) -> None:
    whole = gguf_of(home / "base", home).read_bytes()
    for name, data in (("cut.gguf", whole[: len(whole) // 2]), ("head.gguf", whole[:400]), ("no.gguf", b"PK\3\4")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelError, match=name), speaker(tmp_path, "gguf", tmp_path / name):
            pass


def test_it_ends_with_its_parent(home: Path) -> None:
    with speaker(home, "hf", home / "base") as one:
        one.child.tell({"do": "complete", "id": 1, "text": PROMPT, "max_tokens": 4000})
        one.child.read(timeout=60)
        process = one.child._process
        assert process is not None
        process.stdin.close()  # type: ignore[union-attr]
        assert process.wait(20) == 0


def _said(texts: list[tuple[str, bool]], stop: list[str]) -> tuple[list[str], str]:
    pieces, made = until(iter(texts), stop, lambda: False), []
    while True:
        try:
            made.append(next(pieces))
        except StopIteration as end:
            return made, end.value


def test_what_may_be_the_beginning_of_a_stop_text_is_held_back() -> None:
    assert _said([("a<", False), ("/", False), ("b", False), ("c", False)], ["</x>"]) == (["a", "</b", "c"], "length")
    assert _said([("a<", False), ("/x", False), (">z", False)], ["</x>"]) == (["a"], "stop")
    assert _said([("a<", False), ("</s>", True), ("z", False)], ["</x>"]) == (["a", "<"], "end")
    assert _said([("", False), ("a", False)], []) == (["a"], "length")
