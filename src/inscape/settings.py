"""Every setting: its name, kind, default and explanation, stated once.

Invariant: `inscape.toml`, `inscape config`, the environment and the documentation are all made from `SETTINGS`.
Precedence: a command's flag, then `INSCAPE_SECTION_NAME` in the environment, then inscape.toml, then the default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from inscape.errors import SettingError
from inscape.thresholds import ALLOWED, THRESHOLDS

FORMAT = 1
"""Version of the project folder. A folder with a greater one was made by a newer inscape."""

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `key` is 'section.name'; the kind is that of the default."""

    key: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()
    allowed: tuple[float, float] | None = None
    """The least and the greatest value of a number."""

    @property
    def range(self) -> str:
        """'from 0 to 1'; empty where it is no number."""
        return "from {:,} to {:,}".format(*self.allowed) if self.allowed else ""

    @property
    def env(self) -> str:
        return "INSCAPE_" + self.key.replace(".", "_").upper()


_SIZES = ("7B", "30B", "70B", "405B")
SETTINGS: tuple[Setting, ...] = (
    Setting("project.name", "", "The project's name, as reports and cards show it."),
    Setting(
        "project.rights",
        "unknown",
        "Rights of books added without --rights. Private books never leave by an upload.",
        ("public-domain", "licensed", "private", "unknown"),
    ),
    Setting(
        "teacher.name",
        "",
        "Who answers the prompts. openai is any OpenAI-compatible server (Ollama, vLLM, llama.cpp, LM Studio, "
        "OpenRouter, OpenAI…), manual writes the prompts as files to paste into any chat. Empty: asked for each time.",
        ("", "openai", "anthropic", "manual", "fake", "recorded"),
    ),
    Setting("teacher.model", "", "The model's name as the server knows it, such as llama3.3:70b."),
    Setting(
        "teacher.base_url",
        "",
        "Address of an OpenAI-compatible server, such as http://localhost:11434/v1 for Ollama. "
        "Empty: the provider's own.",
    ),
    Setting(
        "teacher.key_env",
        "",
        "Name of the environment variable that holds the API key. Empty: OPENAI_API_KEY or ANTHROPIC_API_KEY. "
        "The key itself never stands in this file.",
    ),
    Setting(
        "teacher.max_tokens",
        4000,
        "The longest answer, in tokens, a reasoning model's thinking included.",
        allowed=(1, 100_000_000),
    ),
    Setting(
        "teacher.temperature",
        -1.0,
        "Sampling temperature. Below 0: not sent (some models refuse it), the server's default holds.",
        allowed=(-1, 10),
    ),
    Setting("teacher.timeout", 180.0, "Seconds to wait for one answer.", allowed=(0.01, 86_400)),
    Setting(
        "teacher.concurrency", 4, "Requests in flight at once. 1 for a model on your own machine.", allowed=(1, 1000)
    ),
    Setting("teacher.tries", 5, "How often one request is tried before it counts as failed.", allowed=(1, 100)),
    Setting("teacher.recording", "", "The file of answers that the recorded teacher plays back."),
    Setting("teacher.script", "", "A file of answers for the fake teacher, used in turn. Empty: it makes them up."),
    Setting("teacher.delay", 0.0, "Seconds the fake teacher takes for an answer.", allowed=(0, 3600)),
    Setting(
        "teacher.faults",
        "",
        "What the fake teacher does wrong, as shares: 'busy=0.1, cut=0.1, prose=0.05, refuse=0.01'.",
    ),
    Setting("generate.samples", 1, "Answers asked for each passage and template.", allowed=(1, 1000)),
    Setting("generate.cap", 0.0, "Dollars one run may spend at most, by estimate. 0: no cap.", allowed=(0, 1_000_000)),
    Setting(
        "generate.price_in",
        -1.0,
        "Dollars per million prompt tokens. Below 0: from the price table.",
        allowed=(-1, 1_000_000),
    ),
    Setting(
        "generate.price_out",
        -1.0,
        "Dollars per million answer tokens. Below 0: from the price table.",
        allowed=(-1, 1_000_000),
    ),
    Setting("examples.tag", "thinking", "Name of the tag around a thought: thinking makes <thinking>…</thinking>."),
    *(
        Setting(f"check.{name}", default, help_, _SIZES if name == "model_size" else (), ALLOWED.get(name))
        for name, default, help_ in THRESHOLDS
    ),
    Setting(
        "split.valid",
        0.1,
        "Share of the rows that is held back for validation. 0: no split, everything is for training.",
        allowed=(0, 0.5),
    ),
    Setting("split.seed", 1, "Chooses among splits that are equally good.", allowed=(-(10**9), 10**9)),
    Setting(
        "split.by",
        "auto",
        "What is never divided: a book, a stretch of a book, a topic, or a row. auto: whole books where there are "
        "enough of them, else stretches; rows without a book by the topic they name.",
        ("auto", "book", "stretch", "topic", "row"),
    ),
    Setting(
        "export.effort",
        "none",
        "Where effort (complexity, iterations) is put into the text, since trainers read no metadata: the answer's "
        "first token, a line of the system prompt, both, or nowhere.",
        ("none", "first-token", "system-line", "both"),
    ),
    Setting(
        "export.effort_levels",
        "three",
        "Effort as three words (low, medium, high) or as nine numbers (iterations); a small set can teach three.",
        ("three", "nine"),
    ),
    Setting(
        "review.reviewer",
        "",
        "Who decides: a name that is kept with each decision and stands on the card. Empty: a person, unnamed.",
    ),
    Setting(
        "review.words_per_minute",
        260,
        "Reading rate for the time left before your own is known (Brysbaert 2019: 260 for fiction).",
        allowed=(1, 100_000),
    ),
)

_BY_KEY = {s.key: s for s in SETTINGS}
_SECTIONS = {
    "project": "The project",
    "teacher": "The teacher: who writes the answers",
    "generate": "Generation",
    "examples": "Examples",
    "check": "Checks: what is found in examples, and from when on",
    "split": "The split into training and validation",
    "export": "Export",
    "review": "Review",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. `origins` says for each key where it came from; `slots` fill templates' named slots."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]
    slots: Mapping[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        return str(self.values[key])

    def whole(self, key: str) -> int:
        return int(self.values[key])

    def number(self, key: str) -> float:
        return float(self.values[key])

    def with_flags(self, flags: Mapping[str, Value | None]) -> Settings:
        """The same, with those flags over it that were given (not None)."""
        given = {k: _convert(_BY_KEY[k], v, f"--{k}") for k, v in flags.items() if v is not None}
        return Settings({**self.values, **given}, {**self.origins, **dict.fromkeys(given, "flag")}, self.slots)


def load(toml: str, source: str, environ: Mapping[str, str]) -> Settings:
    """Settings from the text of an inscape.toml and the environment.

    Raises SettingError, with the line, for a key that does not exist or a value of the wrong kind.
    """
    table = _parse(toml, source)
    slots = _slots(table.pop("slots", {}), f"{source}, line {_line(toml, 'slots')}")
    values: dict[str, Value] = {s.key: s.default for s in SETTINGS}
    origins = dict.fromkeys(values, "default")
    for key, value in _flatten(table, toml, source).items():
        values[key] = _convert(_BY_KEY[key], value, f"{source}, line {_line(toml, key)}: {key}")
        origins[key] = source
    for setting in SETTINGS:
        if setting.env in environ:
            values[setting.key] = _convert(setting, environ[setting.env], setting.env)
            origins[setting.key] = setting.env
    return Settings(values, origins, slots)


def format_of(toml: str, source: str) -> int:
    """The folder's version, from `format` at the top of its inscape.toml."""
    found = _parse(toml, source).get("format", FORMAT)
    if not isinstance(found, int):
        raise SettingError(f"{source}: format must be a whole number; this inscape writes format = {FORMAT}.")
    return found


def default_toml(name: str) -> str:
    """A new inscape.toml: every setting with its explanation and its default."""
    lines = [
        "# Settings of this inscape project. `inscape config` shows each value and where it comes from.",
        "# A line that begins with # shows a default: remove the # to change it.",
        "",
        f"format = {FORMAT}",
    ]
    section = ""
    for setting in SETTINGS:
        here, key = setting.key.split(".")
        if here != section:
            section = here
            lines += ["", f"# {_SECTIONS[here]}", f"[{here}]"]
        lines += _wrapped(setting.help)
        if setting.choices:
            lines.append("# One of: " + ", ".join(c or '""' for c in setting.choices))
        value = name if setting.key == "project.name" else setting.default
        lines.append(f"{'' if setting.key == 'project.name' else '# '}{key} = {_toml(value)}")
    lines += [
        "",
        "# Values for your templates' own [named_slots], the same for every passage.",
        "[slots]",
        '# persona_name = "Deniz"',
    ]
    return "\n".join(lines) + "\n"


def _parse(toml: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{source} is not valid TOML: {error}. Mend that line and run the command again.") from None


def _slots(table: object, place: str) -> dict[str, str]:
    if not isinstance(table, dict):
        raise SettingError(f'{place}: slots is a section of its own: [slots], with a line like place = "a mill" below.')
    return {str(name).lower(): str(value) for name, value in table.items()}


def _flatten(table: dict[str, Any], toml: str, source: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for section, body in table.items():
        if section == "format":
            continue
        for name, value in body.items() if isinstance(body, dict) else [("", body)]:
            key = f"{section}.{name}" if name else section
            if key not in _BY_KEY:
                raise SettingError(
                    f"{source}, line {_line(toml, key)}: there is no setting {key}{_nearest(key)}. "
                    "`inscape config` lists them all."
                )
            flat[key] = value
    return flat


def _nearest(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, list(_BY_KEY), n=1, cutoff=0.7)
    return f" (did you mean {near[0]}?)" if near else ""


def _line(toml: str, key: str) -> int:
    """Line of a key in the file, from 1; 1 where it cannot be told."""
    section, _, name = key.partition(".")
    here = ""
    for number, line in enumerate(toml.splitlines(), 1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            here = header.group(1).strip()
        elif re.match(rf"\s*{re.escape(name if here == section else key)}\s*=", line) and here in (section, ""):
            return number
    return 1


def _convert(setting: Setting, value: object, place: str) -> Value:
    kind = type(setting.default)
    try:
        made: Value = _boolean(value) if kind is bool else _scalar(kind, value)
    except ValueError:
        wanted = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}[kind]
        raise SettingError(f"{place} must be {wanted}, not {value!r}.") from None
    if setting.choices and made not in setting.choices:
        raise SettingError(f"{place} must be one of {', '.join(c for c in setting.choices if c)}, not {value!r}.")
    if setting.allowed and not (isinstance(made, int | float) and setting.allowed[0] <= made <= setting.allowed[1]):
        raise SettingError(f"{place} must be {setting.range}, not {value!r}.")
    if setting.key == "teacher.base_url":
        _without_secrets(str(made), place)
    return made


def checked(key: str, value: Value, place: str) -> Value:
    """A value that was given elsewhere than in the settings, such as by a flag. Raises SettingError as `load` does."""
    return _convert(_BY_KEY[key], value, place)


_SECRET = re.compile(
    r"(?i)[?&#;][^=&#;]*(?:key|token|secret|passw|auth|signature)[^=&#;]*=|\b(?:sk|pk|gsk|xai|key)-\w{8}"
)


def _without_secrets(url: str, place: str) -> None:
    """An address is shown and kept in many places: raises SettingError, which does not quote it, for one with a key."""
    try:
        parts = urlsplit(url)
        login = "@" in parts.netloc or (not parts.netloc and "@" in url)
    except ValueError:
        raise SettingError(f"{place} must be an address like http://localhost:11434/v1.") from None
    if login or _SECRET.search(url.partition(parts.netloc)[2] if parts.netloc else url):
        raise SettingError(
            f"{place} holds a name, a password or a key. Take it out of the address, put the key into an environment "
            "variable, and name that variable in teacher.key_env."
        )


def _scalar(kind: type, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    if kind is str and not isinstance(value, str):
        raise ValueError
    if kind is int and isinstance(value, float):
        raise ValueError
    made: Value = kind(value)
    return made


def _boolean(value: object) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}
    if not isinstance(value, bool | str) or value not in known:
        raise ValueError
    return known[value]


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return [f"# {line}" for line in wrap(text, 100)]
