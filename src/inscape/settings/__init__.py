"""The settings in force: from inscape.toml, the environment and flags, over the defaults of `entries`.

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
from inscape.settings.entries import FORMAT, SECTIONS, SETTINGS, Setting, Value

__all__ = ["FORMAT", "SETTINGS", "Setting", "Settings", "Value", "checked", "default_toml", "format_of", "load"]

_BY_KEY = {s.key: s for s in SETTINGS}


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
            lines += ["", f"# {SECTIONS[here]}", f"[{here}]"]
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
