"""What the set is made of, against what it should be made of; and whether it is large enough for a model.

Invariant: nothing here is an error: only the person knows what their set is for. Targets are shares in per cent or
counts, as the person wrote them; with none written, only a share that crowds out the rest is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from inscape.quality import form, words
from inscape.quality.rows import Finding, Limits, Row
from inscape.quality.spread import whole
from inscape.text import plural

SIZES: dict[str, tuple[int, int, tuple[int, int]]] = {
    "7B": (100, 500, (1000, 2000)),
    "30B": (200, 800, (2000, 3000)),
    "70B": (300, 1000, (2000, 4000)),
    "405B": (500, 1500, (3000, 5000)),
}
"""Fewest, recommended and ideal examples for a model of a size."""
LEVELS = ("LOW", "MEDIUM", "HIGH")
_ISO_639 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""The two-letter codes of languages."""
_NAMED = 3
"""Rows that are named where many lack something."""
KINDS = ("category", "complexity", "language", "book", "template", "criterion")


_PIECE = re.compile(r'\s*"[^"]+"\s*=[^,]*|[^,]+')
_QUOTED = re.compile(r'"([^"]+)"')


def targets(text: str) -> dict[str, float]:
    """'LOW=50, MEDIUM=37, HIGH=13' as numbers; a name with a comma in quotes. Raises ValueError for anything else."""
    made: dict[str, float] = {}
    for piece in filter(None, (one.strip() for one in _PIECE.findall(text))):
        name, sign, number = piece.rpartition("=")
        if not sign or not name.strip() or not re.fullmatch(r"\s*\d+(?:\.\d+)?\s*%?\s*", number):
            raise ValueError(
                f"{piece!r} must be a name, = and a number, such as LOW=50 (a name with a comma in quotes: "
                '"Here, now"=50)'
            )
        name = name.strip()
        whole_name = _QUOTED.fullmatch(name)
        made[whole_name[1] if whole_name else name] = float(number.strip(" %"))
    if made and not 0 < sum(made.values()) < 1e12:
        raise ValueError("one of the numbers at least must be above 0, such as LOW=50, and all below a million million")
    return made


@lru_cache(maxsize=1024)
def same(kind: str, name: str) -> str:
    """A name as it is compared: case does not count, and of a language not how it is named."""
    if kind == "language":
        return form.code(name) or re.sub(r"(?<=^[a-z]{2})[-_].*", "", words.fold(name))
    return words.fold(name)


def unknown(kind: str, names: Iterable[str]) -> str | None:
    """What is wrong with the first name that no row can have, as a sentence's end; None where all can be."""
    for name in names:
        if kind == "complexity" and name.upper() not in LEVELS:
            return f"there is no complexity {name!r}; the levels are {', '.join(LEVELS)}"
        if kind == "language" and not language_like(name):
            return f"{name!r} is no language; write a code, such as tr or en, or a language's name"
        if kind == "criterion" and not re.fullmatch(r"criterion \d+", name.casefold()):
            return f"{name!r} is no criterion; write 'criterion 1' for the first item of rubric.md"
    return None


def language_like(name: str) -> bool:
    """Whether a name can be a language's: a code of ISO 639, with a region or without, or a word."""
    code = re.split(r"[-_]", name.casefold())[0]
    if not re.fullmatch(r"[^\W\d_]{2,}(?:[-_][^\W_]{2,8})*", name):
        return False
    return len(code) > 2 or code in _ISO_639.split()


class Balance:
    """Shares by category, complexity, language, book, template and criterion."""

    name = "balance"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}

    def add(self, row: Row) -> None:
        self._rows += 1
        item, talk = row.item, row.item.conversation
        for kind, value in (
            ("category", talk.category),
            ("complexity", talk.complexity),
            ("language", talk.language or row.language),
            ("book", item.book),
            ("template", item.template),
        ):
            if value:
                self._counts[kind][value] += 1
        self._counts["criterion"].update(f"criterion {number}" for number in item.criteria)

    def finish(self) -> Iterator[Finding]:
        for kind in KINDS:
            counted = self._counts[kind]
            if wanted := targets(self._limits.text(f"target_{kind}")):
                yield from self._against(kind, counted, wanted)
            elif kind in ("book", "template"):
                yield from self._crowded(kind, counted)
            elif kind == "complexity" and counted:
                yield from self._levels(counted)

    def _against(self, kind: str, counted: Mapping[str, int], wanted: Mapping[str, float]) -> Iterator[Finding]:
        """A share off its target by more than the slack, and by more rows than chance makes."""
        known: Counter[str] = Counter()
        for name, number in counted.items():
            known[same(kind, name)] += number
        total, whole_target = sum(counted.values()) or 1, sum(wanted.values())
        for name, target in wanted.items():
            has = known[same(kind, name)]
            should = target / whole_target
            off = has / total - should
            if abs(off) > self._limits.number("balance_slack"):
                missing = round(should * total) - has
                todo = f"{missing:,} more would do" if missing > 0 else f"{-missing:,} too many"
                yield whole("balance", "warning", f"{kind} {name}: {has / total:.0%}, target {should:.0%}; {todo}")
        aims = {same(kind, name) for name in wanted}
        if others := sum(n for name, n in known.items() if name not in aims):
            names = ", ".join(name for name in counted if same(kind, name) not in aims)
            yield whole("balance", "note", f"{plural(others, 'row')} with a {kind} that has no target", names)

    def _crowded(self, kind: str, counted: Counter[str]) -> Iterator[Finding]:
        if len(counted) < 2 or self._rows < self._limits.number("set_rows"):
            return
        name, most = counted.most_common(1)[0]
        share = most / sum(counted.values())
        if share > self._limits.number("share_warn") and len(counted) > 1 / self._limits.number("share_warn"):
            high = share > self._limits.number("share_high")
            yield whole("balance", "warning" if high else "note", f"{share:.0%} of the rows come from one {kind}", name)

    def _levels(self, counted: Counter[str]) -> Iterator[Finding]:
        total = sum(counted.values())
        if total < self._limits.number("set_rows"):
            return
        shares = {level: counted[level] / total for level in LEVELS}
        for level, share in shares.items():
            least = self._limits.number("low_share" if level == "LOW" else "level_share")
            if share < least:
                yield whole(
                    "balance", "warning", f"{share:.0%} of the rows are {level}; below {least:.0%} it is hardly learned"
                )


class Coverage:
    """What is missing altogether: a target nobody met, rows without the metadata that most have."""

    name = "coverage"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._with: Counter[str] = Counter()
        self._without: dict[str, list[str]] = {"category": [], "complexity": []}
        """The places of the first rows that lack it."""
        self._pairs: Counter[tuple[str, str]] = Counter()

    def add(self, row: Row) -> None:
        self._rows += 1
        item, talk = row.item, row.item.conversation
        held = {
            "category": talk.category, "complexity": talk.complexity, "language": talk.language or row.language,
            "book": item.book, "template": item.template,
        }  # fmt: skip
        for kind, value in held.items():
            if value:
                self._seen[kind].add(same(kind, value))
                self._with[kind] += 1
            elif kind in self._without and len(self._without[kind]) < _NAMED:
                self._without[kind].append(item.place)
        self._seen["criterion"].update(f"criterion {number}" for number in item.criteria)
        if talk.category and talk.complexity:
            self._pairs[(talk.category, talk.complexity)] += 1

    def finish(self) -> Iterator[Finding]:
        for kind in KINDS:
            for name in targets(self._limits.text(f"target_{kind}")):
                if same(kind, name) not in self._seen[kind]:
                    yield whole("coverage", "warning", f"no row has the {kind} {name}")
        for kind, places in self._without.items():
            without = self._rows - self._with[kind]
            if self._with[kind] and without:
                named = "; ".join([*places, *(["…"] if without > len(places) else [])])
                yield whole("coverage", "note", f"{without:,} of {plural(self._rows, 'row')} without a {kind}", named)
        for category in sorted({category for category, _ in self._pairs}):
            levels = [level for one, level in self._pairs if one == category]
            number = sum(n for (one, _), n in self._pairs.items() if one == category)
            if len(levels) == 1 and number >= 20:
                yield whole("coverage", "note", f"all {number:,} rows of {category} are {levels[0]}")


class Size:
    """Rows against the size of the model they are for."""

    name = "size"

    def __init__(self, limits: Limits) -> None:
        self._model = limits.text("model_size")
        self._rows = 0

    def add(self, row: Row) -> None:
        self._rows += 1

    def finish(self) -> Iterator[Finding]:
        least, recommended, (ideal, most) = SIZES[self._model]
        said = f"{plural(self._rows, 'row')} for a {self._model} model: "
        advice = (
            f"at least {least:,}, better {recommended:,}, ideal {ideal:,} to {most:,}. Ten perfect rows beat a hundred "
            "mediocre ones."
        )
        if self._rows < least:
            yield whole("size", "warning", f"{said}too few; {advice}")
        elif self._rows < recommended:
            yield whole("size", "note", f"{said}enough to begin; {advice}")
