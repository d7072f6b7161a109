"""The terms of a cloud teacher: shown once, and the person's acknowledgment kept in the project's terms.toml.

Invariant: nothing is acknowledged but by the person's own word, and nothing is judged here: it is no legal advice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from urllib.parse import urlsplit

from inscape.errors import SettingError
from inscape.project import Project, read_text, write_text
from inscape.settings import Settings
from inscape.stages.surroundings import Places
from inscape.store.attempts import Item
from inscape.teachers import keys

FILE = "terms.toml"
_LINKS = {
    "api.anthropic.com": "https://www.anthropic.com/legal/commercial-terms",
    "api.openai.com": "https://openai.com/policies/services-agreement/",
    "openrouter.ai": "https://openrouter.ai/terms",
}
_HEAD = "# Teachers whose terms you were shown and took note of. Remove an entry to be shown them again.\n"


def provider(settings: Settings) -> str | None:
    """The host of a cloud teacher; None for one that is local, fake, recorded or manual."""
    own = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
    address = own.get(settings.text("teacher.name"))
    address = (settings.text("teacher.base_url") or address) if address else None
    return None if address is None or keys.is_local(address) else urlsplit(address).hostname


def notice(host: str) -> str:
    """Two lines for the person."""
    where = _LINKS.get(host, f"the terms of service of {host}, and the license of the model")
    return (
        f"The terms of {host} may restrict what its answers are used for, above all training other models.\n"
        f"Read them before you go on: {where}"
    )


def private(items: Iterable[Item], places: Places) -> list[str]:
    """Titles of the private books whose passages are in these prompts; looked up where the passage was found."""
    texts = {item.passage.text for item in items}
    found = (places.find(text) for text in texts)
    return sorted({place.book for place in found if place and place.rights == "private"})


def accepted(project: Project, host: str) -> bool:
    """Whether the person has taken note of them. Raises SettingError for a terms.toml that is not valid."""
    return any(entry.get("provider") == host for entry in entries(project))


def accept(project: Project, host: str, at: str) -> None:
    """Keep the person's word, with its date. Raises DiskError."""
    path = project.root / FILE
    text = read_text(path) if path.exists() else _HEAD
    link = _LINKS.get(host, "")
    write_text(path, f'{text.rstrip()}\n\n[[accepted]]\nprovider = "{host}"\nlink = "{link}"\nat = "{at}"\n')


def entries(project: Project) -> list[dict[str, object]]:
    """What was acknowledged: provider, link and date. Raises SettingError for a terms.toml that is not valid."""
    path = project.root / FILE
    if not path.exists():
        return []
    try:
        entries = tomllib.loads(read_text(path)).get("accepted", [])
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{FILE} is not valid TOML: {error}. Mend it, or remove it to be asked again.") from None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
