"""API keys: from the environment or the person's own config directory, and nowhere else.

Invariant: a key is never read from the project and never written anywhere. A key file that others can read is refused.
"""

from __future__ import annotations

import ipaddress
import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from inscape.errors import TeacherSetupError

LOCAL = ("localhost", "host.docker.internal")
LOCAL_ENDINGS = (".local", ".lan", ".internal")
"""Names that no public name server gives to anybody."""


def config_file(environ: Mapping[str, str]) -> Path:
    """~/.config/inscape/keys.toml, or the same under XDG_CONFIG_HOME."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".config")
    return Path(base) / "inscape" / "keys.toml"


def find(variable: str, environ: Mapping[str, str]) -> str | None:
    """The key of that variable's name, from the environment, else from keys.toml; None where neither has it."""
    found = environ.get(variable, "").strip()
    return found or _from_file(config_file(environ), variable)


def need(variable: str, environ: Mapping[str, str], whose: str) -> str:
    """The key, or a TeacherSetupError that says where to put it."""
    found = find(variable, environ)
    if found is None:
        raise TeacherSetupError(
            f"{whose} needs an API key, and {variable} is not set. Set it (`export {variable}=…`), or put the line "
            f'{variable} = "…" into {config_file(environ)} (readable by you alone). A key never goes into the project.'
        )
    if not found.isascii() or not found.isprintable() or " " in found:
        raise TeacherSetupError(f"The key in {variable} holds blanks or letters no key has. Copy it again, whole.")
    return found


def is_local(base_url: str) -> bool:
    """Whether this address is a server on the person's own machine or network."""
    host = (urlsplit(base_url).hostname or "").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host in LOCAL or host.endswith(LOCAL_ENDINGS)
    return address.is_private or address.is_loopback


def _from_file(path: Path, variable: str) -> str | None:
    try:
        with path.open("rb") as file:
            _only_mine(path, os.fstat(file.fileno()).st_mode)
            table = tomllib.load(file)
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's own message may quote the line, and with it the key.
        raise TeacherSetupError(f'{path} is not valid TOML. Each line is like OPENAI_API_KEY = "…".') from None
    except OSError as error:
        raise TeacherSetupError(f"{path} cannot be read: {error.strerror or error}.") from None
    value = table.get(variable)
    return value.strip() or None if isinstance(value, str) else None


def _only_mine(path: Path, mode: int) -> None:
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TeacherSetupError(f"{path} can be read by others. Close it with `chmod 600 {path}` and run this again.")
