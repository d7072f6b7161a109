"""Rows, configs and refusals for each trainer, on hand-made templates. tests/trainers runs the trainers' own code."""

import ast
import json
from typing import Any

import pytest

from inscape import targets
from inscape.errors import InscapeError, UsageError
from inscape.rendering.behavior import Choice
from inscape.targets._hyper import decide
from inscape.targets._job import Made, Model
from inscape.targets._make import make
from inscape.targets._yaml import Comment, dump
from tests.rendering.small import CHUNKS
from tests.targets.templates import LOSES, NONE, PLAIN, STRIPS, SWITCHED, TWO, example, job, template


def made(trainer: str, source: str) -> Made:
    return targets.load(trainer).write(job(source))


def rows(folder: Made, name: str = "train.jsonl") -> list[Any]:
    return [json.loads(line) for line in folder.files[name].splitlines()]


def test_a_trainer_is_a_file() -> None:
    assert targets.names() == ["axolotl", "hf", "llama-factory", "mlx", "openai", "trl", "unsloth"]
    for name in targets.names():
        assert name == targets.load(name).NAME
    with pytest.raises(UsageError, match="axolotl, hf"):
        targets.load("torchtune")


@pytest.mark.parametrize("trainer", [name for name in targets.names() if name != "openai"])
@pytest.mark.parametrize("source", [PLAIN, STRIPS])
def test_every_folder_is_whole(trainer: str, source: str) -> None:
    folder = made(trainer, source)
    assert {"train.jsonl", "valid.jsonl", "README.md"} <= folder.files.keys()
    assert len(rows(folder)) == folder.rows["train.jsonl"]
    readme = folder.files["README.md"]
    assert folder.command in readme
    assert "Thoughts stand in" in readme
    for name, text in folder.files.items():
        if name.endswith(".py"):
            ast.parse(text)
        if name.endswith((".py", ".yaml")):
            assert "2e-" not in text, "a float in that form is text to a YAML reader"


def test_thoughts_in_the_field_and_a_row_for_each_answer() -> None:
    first, second, golden = rows(made("trl", STRIPS))
    assert first["completion"] == [{"role": "assistant", "content": "A little.", "reasoning_content": "The light."}]
    assert second["prompt"][1] == {"role": "assistant", "content": "A little."}
    assert golden["completion"] == [{"role": "assistant", "content": "Sor kanka, dinliyorum."}]


def test_thoughts_in_the_content_stay_in_the_history_where_the_template_keeps_them() -> None:
    _, second, _ = rows(made("trl", PLAIN))
    assert second["prompt"][1]["content"] == "<thinking>The light.</thinking>\n\nA little."


def test_a_template_whose_thoughts_are_lists_gets_them_in_the_content_and_says_why() -> None:
    folder = made("trl", CHUNKS)
    assert rows(folder)[0]["completion"][0]["content"] == "<thinking>The light.</thinking>\n\nA little."
    assert "fills it only from a list of parts" in folder.files["README.md"]
    assert "Every row was rendered with" in folder.files["README.md"]


def test_a_switch_of_the_template_goes_along() -> None:
    assert rows(made("trl", SWITCHED))[0]["chat_template_kwargs"] == {"thinking": True}
    with pytest.raises(InscapeError, match="mlx-lm cannot train"):
        made("mlx", SWITCHED)


def test_a_template_that_loses_thoughts_is_refused() -> None:
    with pytest.raises(InscapeError, match="Nothing was written"):
        job(LOSES)


def test_a_thought_that_one_row_loses_is_found() -> None:
    source = PLAIN.replace("{{ m.content }}", "{{ m.content | replace('odd', '') }}")
    odd = example("e-odd", ("Well?", "An odd one.", "Yes."))
    with pytest.raises(InscapeError, match="Example e-odd, answer 1: the thought does not come through"):
        job(source, (TWO, odd))


@pytest.mark.parametrize(
    ("thought", "reply"),
    [
        ("So </thinking> it is.", "Yes."),
        ("Hm.</thinking>\n\nNo. <thinking>Well.", "Yes."),
        ("Hm.", "<thinking>Well.</thinking> Yes."),
    ],
)
def test_a_thought_or_reply_with_the_tag_in_it_is_found(thought: str, reply: str) -> None:
    odd = example("e-odd", ("And?", "Hm.", "Well."), ("Well?", thought, reply))
    with pytest.raises(InscapeError, match="Example e-odd, answer 2: its thought or reply holds a thought's tag"):
        job(PLAIN, (TWO, odd))


def test_a_tag_where_no_thought_could_begin_or_end_is_text() -> None:
    said = example(
        "e-fine", ("Well?", " Hm. ", "In XML, <thinking/> is a tag.\n"), ("And?", "A < b > c.", "<b>Yes</b>")
    )
    assert len(job(PLAIN, (said,)).train) == 2
    field = example("e-field", ("Well?", "So </thinking> it is.", "Yes."))
    assert len(job(STRIPS, (field,)).train) == 1, "a field holds it apart"


def test_a_prompt_that_is_no_beginning_is_found() -> None:
    source = STRIPS.replace("assistant\n{% endif %}", "assistant{% if messages|length > 1 %}!{% endif %}\n{% endif %}")
    choice = Choice("reasoning_content", None, True)
    with pytest.raises(InscapeError, match=r"e-two, answer 2: with hand-made\.jinja the prompt"):
        make((TWO,), (), Model("m", template(source)), choice, tag="thinking")


def test_an_instant_answer_after_a_prompt_that_opens_a_thought() -> None:
    opens = STRIPS.replace("<|im_start|>assistant\n{% endif %}", "<|im_start|>assistant\n<think>\n{% endif %}")
    opens = opens.replace("and loop.last %}", "and loop.last and m.reasoning_content %}")
    assert len(job(opens, (TWO,), ()).train) == 2
    with pytest.raises(InscapeError, match=r"e-none, answer 1: .* give this answer a thought"):
        job(opens)


def test_a_template_that_dates_its_texts_is_said() -> None:
    dated = "{{ strftime_now('%Y') }}" + PLAIN
    assert "writes the day's date" in targets.load("trl").write(job(dated)).files["README.md"]


def test_axolotl_writes_segments_where_the_template_writes_before_the_answer() -> None:
    golden = rows(made("axolotl", STRIPS))[-1]
    assert golden["segments"][1] == {
        "label": True,
        "text": "<think>\n\n</think>\n\nSor kanka, dinliyorum.<|im_end|>\n",
    }
    marked = rows(made("axolotl", PLAIN))[1]["messages"]
    assert [message["train"] for message in marked] == [False, False, False, True]
    config = made("axolotl", PLAIN).files["config.yaml"]
    assert "\nadapter: lora\n" in config
    assert 'eot_tokens:\n  - "<|im_end|>"\n' in config


def test_llama_factory_gets_thoughts_in_the_template_s_own_marks() -> None:
    with_thought, _, golden = rows(made("llama-factory", STRIPS))
    assert with_thought["messages"][-1]["content"] == "<think>\nThe light.\n</think>\n\nA little."
    assert golden["messages"][-1]["content"].endswith("Sor kanka, dinliyorum.")
    info = json.loads(made("llama-factory", STRIPS).files["dataset_info.json"])
    assert {one["file_name"] for one in info.values()} == {"train.jsonl", "valid.jsonl"}


def test_whole_conversations_for_openai_and_hf() -> None:
    for name in ("openai", "hf"):
        assert len(rows(made(name, PLAIN))) == 2
    assert [m.get("reasoning_content") for m in rows(made("hf", STRIPS))[0]["messages"]] == [
        None, "The light.", None, "He saw.",
    ]  # fmt: skip
    card = made("hf", STRIPS).files["README.md"]
    assert card.startswith("---\n")
    assert "- split: validation\n        path: valid.jsonl\n" in card


def test_openai_s_own_types_take_the_row() -> None:
    from openai.types.fine_tuning import job_create_params as params
    from pydantic import TypeAdapter

    script = ast.parse(made("openai", PLAIN).files["train.py"])
    call = next(n for n in ast.walk(script) if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("jobs.create"))
    known = params.JobCreateParams.__annotations__
    assert {str(word.arg) for word in call.keywords} <= set(known)
    method = next(ast.literal_eval(word.value) for word in call.keywords if word.arg == "method")
    TypeAdapter(params.Method).validate_python(method, strict=True)


def test_without_a_split_a_sentence_says_so() -> None:
    folder = targets.load("trl").write(job(STRIPS, valid=()))
    assert "valid.jsonl" not in folder.files
    assert "no split stands" in folder.files["README.md"]
    assert "EarlyStopping" not in folder.files["train.py"]


def test_numbers_follow_the_size() -> None:
    small, large = decide(20, 0, 300, 8.0, 4096), decide(5000, 500, 900, 70.0, None)
    assert (small.rate, small.epochs, small.batch * small.accumulation, small.eval_every) == (0.0002, 3, 2, 0)
    assert (large.rate, large.epochs, large.batch * large.accumulation, large.dropout) == (0.0001, 1, 8, 0.0)
    assert (small.max_length, large.max_length) == (512, 1024)
    assert decide(300, 30, 5000, None, 4096).max_length == 4096
    assert decide(300, 30, 100, None, None).eval_every == 19


def test_lengths_are_called_estimates_and_a_model_that_is_too_short_is_said() -> None:
    folder = made("trl", PLAIN)
    assert "estimated without the model's tokenizer (half its bytes) at up to" in folder.files["README.md"]
    assert "nothing is cut" in folder.files["README.md"]
    long = example("e-long", ("Well?", "Hm. " * 900, "Yes."))
    short = make((TWO, long), (), Model("m", template(PLAIN), 8.0, 512), Choice("content", "thinking", False), tag="x")
    readme = targets.load("trl").write(short).files["README.md"]
    assert "nothing is cut" not in readme
    assert any("the model takes 512" in note and "--max-length 512" in note for note in short.notes)


def test_yaml_of_every_kind() -> None:
    text = dump(
        [
            Comment("said"), ("rate", 0.0002), ("whole", 2.0), ("off", False), ("none", None), ("word", "no"),
            ("path", "/a b"), ("empty", []), ("nested", {"a": [1, "x: y"], "b": [{"c": 1, "d": "e"}]}),
        ]
    )  # fmt: skip
    assert text == (
        '# said\nrate: 0.0002\nwhole: 2.0\noff: false\nnone: null\nword: "no"\npath: "/a b"\nempty: []\n'
        'nested:\n  a:\n    - 1\n    - "x: y"\n  b:\n    - c: 1\n      d: e\n'
    )


def test_unproven_is_said() -> None:
    choice = Choice("content", "thinking", True, {}, "stated")
    folder = targets.load("trl").write(make((TWO, NONE), (), Model("org/x"), choice, tag="thinking"))
    assert "nothing of this is proven" in folder.files["README.md"]
    with pytest.raises(InscapeError, match="its chat template is needed"):
        targets.load("llama-factory").write(
            make((TWO,), (), Model("org/x"), Choice("reasoning_content", None, True), tag="thinking")
        )
