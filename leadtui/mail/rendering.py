"""Templates to finished text: fields are cleaned and filled in, and what was filled in is known.

Rendering is one pass, so a field's value is never read as a template. A field that is named but
empty has a fallback (``FALLBACKS``) or leaves the mark ``‹field›``; a text that carries a mark or a
``$field`` does not leave the house."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template as Text
from types import MappingProxyType

from leadtui.cadence.model import Template
from leadtui.cadence.reading.templates import LEAD_FIELDS
from leadtui.text import REPLACEMENT, clean

FALLBACKS: Mapping[str, str] = MappingProxyType(
    {
        "first_name": "there",
        "company": "your company",
        "title": "your role",
        "city": "your city",
        "event": "the show",
        "offer": "your inquiry",
    }
)
"""What stands for a field that may be empty; any other empty field stops the message."""

NEEDLESS = frozenset(("missed_line",))
"""Fields that say nothing where there is nothing to say: a text is finished without them."""

UNMARKED = NEEDLESS | {"vendor", "product", "postal_address", "opt_out_line", "yes_call_me_line"}
"""Fields that are whole sentences, or the same in every message: filled in, not shown as such."""

MAX_FIELD = 300
MAX_SUBJECT = 200
MAX_BODY = 100_000

_BREAKS = frozenset(("Cc", "Zl", "Zp"))
_LOOKS_LIKE_FIELD = re.compile(r"\$(?=[A-Za-z_{])")
_MARK = re.compile("‹([a-z_][a-z0-9_]*)›")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished text. ``filled`` are spans of ``body`` that came from the lead; ``missing`` are
    fields without value."""

    subject: str
    body: str
    filled: tuple[tuple[int, int], ...] = ()
    missing: tuple[str, ...] = ()


def one_line(value: str, limit: int = MAX_FIELD) -> str:
    """A value from outside on one line: controls and line separators are one space, what is
    invisible is dropped."""
    broken = "".join(
        " " if unicodedata.category(char) in _BREAKS else char for char in value[: limit * 4]
    )
    return " ".join(clean(broken, limit).replace(REPLACEMENT, "").split())


def field_value(value: str) -> str:
    """A field's value as it goes into a text; a dollar that would read as a field becomes a
    full-width one."""
    return _LOOKS_LIKE_FIELD.sub("＄", one_line(value).replace("‹", "<").replace("›", ">"))


def header_value(value: str, limit: int = MAX_SUBJECT) -> str:
    """A value as it goes into a header: one line, and nothing in it reads as an encoded word."""
    return one_line(value, limit).replace("=?", "= ?")


def body_text(text: str) -> str:
    """A whole body: line ends are one line feed, controls are gone, lines keep their inner
    spaces."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")[:MAX_BODY]
    shown = clean(lines.replace("\t", "    "), MAX_BODY, newlines=True).replace(REPLACEMENT, "")
    return "\n".join(line.rstrip() for line in shown.split("\n")).strip("\n") + "\n"


def render(template: Template, values: Mapping[str, str]) -> Rendered:
    """Fill a template's subject and body in; never raises for a missing field, it is listed
    instead."""
    subject, _, lacking = _fill(template.subject, values)
    body, filled, more = _fill(template.body, values)
    return Rendered(header_value(subject), body, filled, tuple(dict.fromkeys((*lacking, *more))))


def left_over(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Fields that a text about to leave still names, as ``$field`` or as a mark of a missing
    one."""
    names = {*LEAD_FIELDS, *known}
    found = [match["named"] or match["braced"] or "" for match in Text.pattern.finditer(text)]
    found += [match[1] for match in _MARK.finditer(text)]
    return tuple(dict.fromkeys(name for name in found if name in names))


def _fill(
    text: str, values: Mapping[str, str]
) -> tuple[str, tuple[tuple[int, int], ...], list[str]]:
    parts: list[str] = []
    filled: list[tuple[int, int]] = []
    missing: list[str] = []
    length = last = 0
    for match in Text.pattern.finditer(text):
        before = text[last : match.start()]
        length, last = length + len(before), match.end()
        name = match["named"] or match["braced"]
        value = (
            "$" if name is None else field_value(values.get(name, "")) or FALLBACKS.get(name, "")
        )
        if not value and name and name not in NEEDLESS:
            missing.append(name)
            value = f"‹{name}›"
        if name in LEAD_FIELDS and name not in UNMARKED:
            filled.append((length, length + len(value)))
        parts += (before, value)
        length += len(value)
    return "".join((*parts, text[last:])), tuple(filled), missing
