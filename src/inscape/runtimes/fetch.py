"""Getting llama.cpp's converter from PyPI, when a person asks for it: one file, by name, through the usual index.

Invariant: nothing is fetched but the archive that is named, and it is only put down: who uses it looks first whether
its SHA-256 is the one that is known. The index is the person's own (PIP_INDEX_URL, UV_DEFAULT_INDEX, UV_INDEX_URL), and
proxies and certificates are too.
"""

from __future__ import annotations

import os
import re
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit

from inscape.errors import DiskError, InputError, TrainerMissing

INDEX = "https://pypi.org/simple"
_INDEXES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
_TIMEOUT = 60.0
_PAGE = 16 << 20
_MOST = 400 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a project on the index."""

    project: str
    file: str


def index(environ: Mapping[str, str]) -> str:
    """The address of the index, without a name or a password in it where it is shown."""
    return next((environ[name] for name in _INDEXES if environ.get(name)), INDEX).rstrip("/")


def shown(address: str) -> str:
    """The address as it may be shown: without a name and a password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def locate(wanted: Wanted, environ: Mapping[str, str]) -> str:
    """The address of the file, as the index names it. Raises TrainerMissing where it cannot be found."""
    page = f"{index(environ)}/{wanted.project}/"
    data = b"".join(_read(page, environ, _PAGE))
    for link in re.findall(r'href="([^"]+)"', data.decode("utf-8", "replace")):
        address = urljoin(page, unescape(link)).partition("#")[0]
        if address.rpartition("/")[2] == wanted.file:
            return address
    raise TrainerMissing(
        f"{shown(page)} does not offer {wanted.file}. Where your index is a mirror, let it have that file, or "
        "name a folder of llama.cpp with --llama-cpp."
    )


def download(address: str, path: Path, environ: Mapping[str, str]) -> int:
    """The file at the address, into `path`; its bytes. Raises TrainerMissing, DiskError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            return sum(file.write(data) for data in _read(address, environ, _MOST))
    except OSError as error:
        raise DiskError(f"{path} cannot be written: {error.strerror or error}.") from None


def _read(address: str, environ: Mapping[str, str], most: int) -> Iterator[bytes]:
    if urlsplit(address).scheme not in ("https", "http", "file"):
        raise InputError(f"{shown(address)} is no address that can be fetched from.")
    request = urllib.request.Request(address, headers={"User-Agent": "inscape", "Accept": "text/html, */*"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT, context=_trust(environ)) as answer:
            got = 0
            while data := answer.read(1 << 18):
                got += len(data)
                if got > most:
                    raise InputError(
                        f"{shown(address)} sends more than {most >> 20} MB; that is not what was asked for."
                    )
                yield data
    except (URLError, TimeoutError, ConnectionError, ValueError) as problem:
        raise TrainerMissing(
            f"{shown(address)} cannot be reached: {getattr(problem, 'reason', problem)}. Without a network, name a "
            "folder of llama.cpp with --llama-cpp."
        ) from None


def _trust(environ: Mapping[str, str]) -> ssl.SSLContext:
    """The machine's certificates, or those that the environment names."""
    named = next((environ[name] for name in _CERTIFICATES if environ.get(name)), None)
    return ssl.create_default_context(cafile=named if named and os.path.isfile(named) else None)
