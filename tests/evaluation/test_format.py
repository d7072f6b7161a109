"""What sampled answers are judged by: form, level, and the shares over all of them."""

from typing import Any

import pytest

from inscape.evaluation.format import Judged, Share, figures, graded, judge, macro_f1, wilson
from inscape.records import Level
from inscape.rendering.mode import Mode

BASE: dict[str, Any] = {
    "model": "m", "unroll": True, "kwargs": {}, "system": None, "end": "<|im_end|>", "template": "", "scale": "three",
}  # fmt: skip
TAGGED = Mode(
    **BASE, policy="first-token", encoding="content", tag="thinking", closing="</thinking>\n\n",
    openings={"low": '<thinking effort="low"/>\n\n', "medium": '<thinking effort="medium">', "high": "x"},
)  # fmt: skip
FIELD = Mode(
    **BASE, policy="none", encoding="reasoning_content", tag="think", closing="\n</think>\n\n",
    openings={"low": "<think>\n\n</think>\n\n", "medium": "<think>\n", "high": "<think>\n"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "text", "judged"),
    [
        (TAGGED, '<thinking effort="low"/>\n\nYes, do.<|im_end|>', Judged("", "low", 0, 2)),
        (TAGGED, '<thinking effort="high">One two three.</thinking>\n\nNo.<|im_end|>', Judged("", "high", 3, 4)),
        (TAGGED, '<thinking effort="high">One two three', Judged("does not end", "high", 3, 3)),
        (TAGGED, "Yes, do.<|im_end|>", Judged("no effort", None, 0, 2)),
        (TAGGED, '<thinking effort="low"/><|im_end|>', Judged("no reply", "low", 0, 0)),
        (FIELD, "<think>\n\n</think>\n\nYes, do.<|im_end|>", Judged("", "low", 0, 2)),
        (FIELD, "<think>\nOne two.\n</think>\n\nNo.<|im_end|>", Judged("", None, 2, 3)),
        (FIELD, "<think>\nOne two.<|im_end|>", Judged("the thought is not closed", None, 2, 2)),
        (FIELD, "on and on", Judged("does not end", None, 0, 3)),
    ],
)
def test_an_answer_is_judged(mode: Mode, text: str, judged: Judged) -> None:
    assert judge(mode, text) == judged


def test_three_levels_are_told_apart_where_the_answer_says_them() -> None:
    assert graded(TAGGED)
    assert not graded(FIELD)
    told: list[tuple[Level | None, str]] = [
        ("LOW", '<thinking effort="low"/>\n\nYes.<|im_end|>'),
        ("LOW", '<thinking effort="low"/>\n\n' + "word " * 61 + "<|im_end|>"),
        ("LOW", '<thinking effort="medium">Hm.</thinking>\n\nYes.<|im_end|>'),
        ("MEDIUM", '<thinking effort="medium">Hm.</thinking>\n\nYes.<|im_end|>'),
        ("HIGH", '<thinking effort="medium">Hm.</thinking>\n\nYes.<|im_end|>'),
        ("HIGH", '<thinking effort="low"/>\n\nYes.<|im_end|>'),
        (None, "Yes"),
    ]
    found = figures(TAGGED, [(level, judge(TAGGED, text)) for level, text in told])
    assert found.valid == Share(6, 7)
    assert found.effort == Share(3, 6)
    assert found.over == Share(2, 3), "one by its length, one by its thought"
    assert found.under == Share(1, 2)
    low, medium, high = 2 * 2 / (3 + 3), 2 * 1 / (1 + 3), 0.0
    assert found.f1 == pytest.approx((low + medium + high) / 3)


def test_with_thoughts_in_a_field_only_low_and_not_low() -> None:
    thinks, not_ = "<think>\nOne two.\n</think>\n\nNo.<|im_end|>", "<think>\n\n</think>\n\nYes.<|im_end|>"
    told: list[tuple[Level | None, str]] = [
        ("LOW", not_), ("LOW", thinks), ("MEDIUM", thinks), ("HIGH", thinks), ("HIGH", "<think>\nOn and on"),
        ("LOW", "on and on"),
    ]  # fmt: skip
    found = figures(FIELD, [(level, judge(FIELD, text)) for level, text in told])
    assert not found.graded
    assert found.effort == Share(4, 6), "an open thought is not low; without a thought, an answer must be whole"
    assert found.under == Share(0, 2)


def test_one_level_for_every_answer_is_seen_through() -> None:
    always = [("low", "low"), ("low", "low"), ("low", "low"), ("high", "low")]
    assert macro_f1(always) == pytest.approx((2 * 3 / (3 + 4)) / 2)
    assert macro_f1([]) is None
    assert macro_f1([("low", None)]) == 0


def test_shares_of_nothing_have_no_value() -> None:
    assert Share(0, 0).value is None
    found = figures(TAGGED, [])
    assert (found.f1, found.effort.of) == (None, 0)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(57, 60, 0.8630, 0.9829), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055)],
)
def test_the_interval_is_wilson_s(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=2e-4)
