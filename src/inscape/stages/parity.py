"""Parity: is what answers elsewhere the model that was trained? The same questions put to every form of it.

Invariant: what training saw is the measure: its template and mode give the text, base and adapter the tokens and the
answer. Every form is asked with its own template, as it carries it. Only the texts decide; answers may part by
rounding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from inscape.errors import CheckFailed, TrainerMissing
from inscape.events import Event, FileWritten, Finished, Noted, ParityChecked
from inscape.project import Project, write_text
from inscape.rendering.templates import ChatTemplate
from inscape.runtimes.server_template import Server
from inscape.stages import gguf
from inscape.stages import tuned as found
from inscape.stages.parity_check import Heard, compare, hear
from inscape.stages.tuned import Question, Speaking, Tuned, Workers
from inscape.trainers import weights
from inscape.trainers.speak_jobs import SpeakJob

FILE = "parity.json"
TRAINED = "base and adapter"
_MARK = re.compile(r"<[^<>\s]+>|\[[A-Z]+\]")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the model, by the name that it is shown with, and what loads it."""

    name: str
    job: SpeakJob | None
    server: Server | None = None


def forms(tuned: Tuned, server: Server | None) -> list[Form]:
    """Base and adapter first, then what was made of them so far."""
    made = [Form(TRAINED, SpeakJob(tuned.engine, str(tuned.base), str(tuned.adapter)))]
    merged = tuned.home / "merged"
    if (merged / "config.json").is_file():
        made.append(Form("merged", SpeakJob(tuned.engine, str(merged))))
    files = sorted(tuned.home.glob("model-*.gguf"))
    made += [Form(path.name, SpeakJob("gguf", str(path), dtype="float32")) for path in files]
    return [*made, *([Form(server.address, None, server)] if server else [])]


def parity(
    project: Project | None, tuned: Tuned, server: Server | None, workers: Workers, environ: Mapping[str, str]
) -> Iterator[Event]:
    """ParityChecked for each question and form. Raises CheckFailed, last, where a text is another."""
    template = found.template_of(tuned.base, environ)
    yield from _changed(tuned, template)
    asked = found.questions(project)
    prompts = [found.prompt(tuned.mode, one, template) for one in asked]
    if server:
        server.text(found.messages(tuned.mode, asked[0]), tuned.mode.kwargs if tuned.mode else {})  # is it there?
    known = forms(tuned, server)
    _whole(known)
    if len(known) == 1:
        yield Noted("warning", "There is nothing to compare yet: `inscape merge`, `inscape gguf`, or --base-url.")
    first = _heard(known[0], tuned, workers, asked, prompts)
    checked: list[ParityChecked] = []
    for form in known[1:]:
        try:
            heard = _heard(form, tuned, workers, asked, prompts)
        except TrainerMissing as problem:
            yield Noted("warning", f"{form.name} was not looked at. {problem}")
            continue
        if form.server and all(one.text is None for one in heard):
            yield Noted(
                "note", f"{form.name} does not tell what its template makes of a conversation; no text compared."
            )
        for question, one, other in zip(asked, first, heard, strict=True):
            checked.append(compare(question.text, (TRAINED, one), (form.name, other)))
            yield checked[-1]
    yield from _ended(tuned, checked)


def _whole(known: Sequence[Form]) -> None:
    """Raises InputError where a file was cut off: said at once, before the first model is loaded."""
    for form in known[1:]:
        path = Path(form.job.model) if form.job else None
        if path and path.is_dir():
            weights.check(path, gguf.AGAIN)
        elif path:
            gguf.known(path)


def _changed(tuned: Tuned, template: ChatTemplate) -> Iterator[Event]:
    """The template may have been changed since training."""
    if tuned.mode is None:
        yield Noted("note", "There is no mode.json beside the adapter: questions are put by the template alone.")
    elif tuned.mode.template and not tuned.mode.found_with(template):
        yield Noted("warning", f"The chat template of {tuned.base} is not the one that training saw.")


def _heard(
    form: Form, tuned: Tuned, workers: Workers, asked: Sequence[Question], prompts: Sequence[str]
) -> list[Heard]:
    with _open(form, tuned, workers) as speaker:
        texts = [_text(form, tuned, speaker, one, prompt) for one, prompt in zip(asked, prompts, strict=True)]
        return [hear(speaker, text, prompt) for text, prompt in zip(texts, prompts, strict=True)]


def _open(form: Form, tuned: Tuned, workers: Workers) -> AbstractContextManager[Speaking]:
    if form.server:
        return nullcontext(form.server)
    assert form.job is not None
    return workers.speak(form.job, tuned.home)


def _text(form: Form, tuned: Tuned, speaker: Speaking, question: Question, trained: str) -> str | None:
    """The question as this form's own template renders it; None where it has none or does not tell."""
    if form.server:
        told = form.server.text(found.messages(tuned.mode, question), tuned.mode.kwargs if tuned.mode else {})
        return _with_begin(told, trained)
    if speaker.template is None:
        return None
    marks = {"bos_token": "", "eos_token": "", **speaker.marks}
    return found.prompt(tuned.mode, question, ChatTemplate(speaker.template, form.name, marks))


def _with_begin(told: str | None, trained: str) -> str | None:
    """llama.cpp takes the token that begins every text off what it tells, and puts it back when it reads it."""
    if told is None or told == trained or not trained.endswith(told):
        return told
    begin = trained[: len(trained) - len(told)]
    return trained if _MARK.fullmatch(begin) else told


def _ended(tuned: Tuned, checked: Sequence[ParityChecked]) -> Iterator[Event]:
    path = tuned.home / FILE
    write_text(path, json.dumps({"format": 1, "checked": [asdict(one) for one in checked]}, indent=1) + "\n")
    yield FileWritten(str(path), "parity", len(checked))
    other = sorted({one.right for one in checked if one.text is False})
    yield Finished(
        "parity", {"checked": len(checked), "texts_apart": sum(one.text is False for one in checked),
                   "answers_apart": sum(one.same < one.of for one in checked)},
    )  # fmt: skip
    if other:
        raise CheckFailed(
            f"{', '.join(other)}: the prompt is not the text that training saw, so the model is asked in a form it "
            "never learned. Convert again from the merged model, or start the server with its own chat template."
        )


def texts_apart(home: Path, name: str) -> bool:
    """Whether the last parity check found another text for this form."""
    try:
        held = json.loads((home / FILE).read_text(encoding="utf-8"))
        return any(one["right"] == name and one["text"] is False for one in held["checked"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
