"""What a file calls its book and its author, as far as these are names and not what a program put in their place.

Invariant: a value is kept whole or dropped whole; who reads the title page may then find a better one.
"""

from __future__ import annotations

import re

_NOTHING = re.compile(
    r"\W*(?:untitled|unnamed|no ?title|title|author|anonymous|unknown|unspecified|not specified|none|null|nil|n/?a|"
    r"user|owner|admin|administrator|root|default|(?:new |word |text )?document|book|output|print|scan|"
    r"converted|presentation|cover|layout)[\s_-]*\d*\W*",
    re.I,
)
_PROGRAM = re.compile(r"(?:microsoft|openoffice|libreoffice|corel)\b.* - |word - |full page (?:fax|photo)", re.I)
_FILE = re.compile(
    r"\S\.(?:pdf|docx?|dotx?|rtf|odt|sxw|txt|wpd|pages|md|tex|dvi|e?ps|indd|indb|qxp|qxd|qxb|pub|fm|book|x?html?|php|"
    r"aspx?|epub|mobi|azw3?|fb2|djvu|xps|tmp|jpe?g|tiff?|png|pptx?|xlsx?|fo|xml)\W*$",
    re.I,
)
_PLACE = re.compile(r"^(?:[a-z]{2,}:/|[a-z]:\\|\\\\|~?/\w|about:)|^\S*_\S*$|^[\d-]{9,}[xX]?$", re.I)


def believed(value: str, *programs: str) -> str:
    """A title or an author from a file's own description, '' where it is none. `programs`: what made the file."""
    if not any(map(str.isalnum, value)) or _NOTHING.fullmatch(value):
        return ""
    if _PROGRAM.match(value) or _FILE.search(value) or _PLACE.search(value):
        return ""
    return "" if value.casefold() in {program.casefold() for program in programs} else value
