"""The manual teacher's stage: prompts out as numbered files, pasted answers in.

Invariant: a prompt stands in the log, as planned, before its file does; so its answer is understood whatever has
changed in passages.md since. Its number is its place among all prompts of the log, so that none is ever given twice.
Reading the same answers twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from inscape.elicitation.answers import read_answer
from inscape.events import Answered, Event, FileWritten, Finished, Noted
from inscape.project import Project
from inscape.records import Attempt, Provenance, Reply
from inscape.stages.answers import commit, shape_of
from inscape.stages.plan import Plan
from inscape.store import Store, attempts
from inscape.teachers import manual
from inscape.teachers.manual import Pasted, Sheet


def write_prompts(store: Store, project: Project, plan: Plan, at: str) -> Iterator[Event]:
    """A numbered file in prompts/ for each prompt that has none, and a README that says what to do."""
    yield plan.event
    attempts.plan(store, plan.items, at)
    number = {key: n for n, key in _numbered(attempts.listing(store)).items()}
    sheets = [Sheet(i.key, number[i.key], i.passage.id, i.template.name, i.prompt) for i in plan.items]
    made = manual.write(project.prompts, sheets)
    for path in made:
        yield FileWritten(project.relative(path), "prompt")
    readme = manual.write_readme(project.prompts, [i.key for i in plan.items])
    yield FileWritten(project.relative(readme), "what to do with them")
    yield Finished("generate", {"prompts": len(made), "open": len(plan.items)})


def _numbered(log: Iterable[Attempt]) -> dict[int, str]:
    """The key of each prompt that was ever written, by its number from 1. The log only ever grows."""
    return dict(enumerate((a.key for a in log if a.teacher == manual.ManualTeacher.name), 1))


def read_back(store: Store, project: Project, path: Path, tag: str, now: Callable[[], str]) -> Iterator[Event]:
    """Commit the pasted answers; those already read are left alone, and what belongs to no prompt is reported."""
    log = attempts.listing(store)
    asked = {a.key: a for a in log if a.teacher == manual.ManualTeacher.name}
    known = {**_numbered(log), **manual.numbers(project.prompts)}
    owner = {a.reply: a.key for a in asked.values() if a.state == "done"}
    counts: Counter[str] = Counter(done=0, examples=0, unparsed=0, refused=0, already=0, unknown=0)
    prompts = {key: attempt.prompt for key, attempt in asked.items()}
    seen: set[str] = set()
    for pasted in manual.read_answers(path, known, prompts):
        if pasted.key is None:
            counts["unknown"] += 1
            yield Noted(
                "warning",
                pasted.problem or f"{pasted.where}: belongs to no prompt in {project.relative(project.prompts)}/.",
            )
        elif pasted.key in seen:
            yield Noted("warning", f"{pasted.where}: a second answer to the same prompt; the first one was taken.")
        elif asked[pasted.key].state == "done":
            counts["already"] += 1
        elif pasted.text in owner:
            counts["unknown"] += 1
            other = owner[pasted.text][:8]
            yield Noted(
                "warning", f"{pasted.where}: not taken; the same words are the answer to another prompt ({other})."
            )
        else:
            event = _take(store, asked[pasted.key], pasted, tag, now())
            counts.update({event.state: 1, "examples": event.examples})
            owner |= {pasted.text: pasted.key} if event.state == "done" else {}
            yield event
        seen |= {pasted.key} if pasted.key else set()
    manual.write_readme(
        project.prompts, [a.key for a in attempts.listing(store) if a.key in asked and a.state != "done"]
    )
    yield Finished("generate", dict(counts))


def _take(store: Store, attempt: Attempt, pasted: Pasted, tag: str, at: str) -> Answered:
    shape = shape_of(store, attempt.key)
    answer = read_answer(pasted.text, shape, tag)
    problem = " ".join(answer.problems) or None
    source = Provenance(attempt.passage, attempt.template, attempt.teacher, attempt.key)
    reply = None if pasted.text == attempt.reply else Reply(pasted.text)
    if reply or answer.state != attempt.state:
        commit(store, source, shape.structure, answer, reply=reply, problem=problem, dollars=None, at=at)
    made = len(answer.conversations)
    return Answered(attempt.key, attempt.passage, attempt.template, answer.state, made, problem, None, None, None, 0.0)
