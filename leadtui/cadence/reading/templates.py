"""E-mails, letters, scripts and objections: front matter, body, the fields they name, and a
script's branches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from string import Template as Text
from types import MappingProxyType

from leadtui.cadence.model import Template
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading._tables import WHEN
from leadtui.cadence.sources.keys import Key, Table

FOLDERS = MappingProxyType(
    {"emails": "email", "letters": "letter", "scripts": "script", "objections": "objection"}
)
"""Folder of a playbook -> kind of its templates."""

LEAD_FIELDS = (
    *("first_name", "last_name", "full_name", "title", "company", "city", "country", "industry"),
    *(
        "product",
        "vendor",
        "rep_name",
        "rep_first_name",
        "rep_email",
        "rep_phone",
        "offer",
        "event",
    ),
    *("trial_ends", "meeting_at", "callback_at", "last_touch_day", "greeting"),
    *("inquiry_day", "next_workday", "second_workday"),
    *("postal_address", "opt_out_line", "yes_call_me_line", "missed_line"),
)
"""The fields every template may name, beside the constants under ``[fields]`` in playbook.toml."""

FRONT = Table(
    "emails/*.md, letters/*.md, scripts/*.md, objections/*.md",
    "+++",
    "the front matter",
    "What stands between two lines of `+++` above a text. In the text `$field` is filled in, `$$` "
    "is a dollar; a script has `## Open`, `## A: …` to `## C: …`, `## Close` and `## Voicemail`. "
    "`$missed_line` says that they were called and not reached, where it is so. Fields, beside "
    f"those of the playbook's own `[fields]`: {', '.join(f'`${name}`' for name in LEAD_FIELDS)}.",
    (
        Key("title", "text", "what people read", '"Trial: day 5"', needed=True),
        Key("subject", "text", "an e-mail's subject", '"Your $product trial"'),
        WHEN,
        Key("wording", "text", "the name of a wording that is compared with another", '"b"'),
        Key("variant_of", "text", "the text in whose place it stands `when` …", '"trial-day-5"'),
        Key("language", "text", "the language of a variant", '"de"'),
        Key("cadences", "texts", "the cadences that use it", '["trial"]'),
        Key("note", "text", "for whoever writes it; it is never sent", '"Very short"'),
    ),
)

MAX_BRANCHES = 3

_FENCE = re.compile(r"\+\+\+[ \t]*\n")
_HEADING = re.compile(r"## +(.*?) *")
_BRANCH = re.compile(r"([A-Z]): *(.+)")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a script: ``key`` is ``open``, ``close``, ``voicemail``, a branch letter, or empty
    for others."""

    key: str
    heading: str
    text: str
    line: int
    """The line of the heading in the body, from 1."""


def split(text: str) -> tuple[str, str, int]:
    """Front matter, body, and the line in the file (from 1) at which the body begins; no front
    matter is empty.

    The front matter comes with one blank line for the fence, so that its lines are those of the
    file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not (first := _FENCE.match(text)):
        return "", text, 1
    last = next(
        (m for m in _FENCE.finditer(text + "\n", first.end()) if text[m.start() - 1] == "\n"), None
    )
    if last is None:
        return "", text, 1
    front = "\n" + text[first.end() : last.start()]
    body = text[last.end() :]
    return (
        front,
        body.strip("\n"),
        1 + text[: last.end()].count("\n") + len(body) - len(body.lstrip("\n")),
    )


def read_template(reader: Reader, kind: str, ident: str, file: str, text: str) -> Template:
    """A template from its front matter and text."""
    return Template(
        **reader.all(FRONT),
        id=ident,
        kind=kind,
        body=split(text)[1],
        file=file,
        hash=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def placeholders(text: str) -> Iterator[tuple[str, int]]:
    """Each field that a text names and the line (from 1) on which it does; a stray dollar is an
    empty name."""
    for match in Text.pattern.finditer(text):
        if match["escaped"] is None:
            yield match["named"] or match["braced"] or "", 1 + text.count("\n", 0, match.start())


def sections(body: str) -> tuple[Section, ...]:
    """A script's parts in order; what stands above the first heading has no heading and no key."""
    found: list[tuple[str, int, list[str]]] = [("", 1, [])]
    for number, line in enumerate(body.split("\n"), 1):
        if heading := _HEADING.fullmatch(line):
            found.append((heading[1], number, []))
        else:
            found[-1][2].append(line)
    parts = [
        Section(_key(heading), heading, "\n".join(lines).strip(), line)
        for heading, line, lines in found
    ]
    return tuple(part for part in parts if part.heading or part.text)


def _key(heading: str) -> str:
    if branch := _BRANCH.fullmatch(heading):
        return branch[1]
    return heading.lower() if heading.lower() in ("open", "close", "voicemail") else ""
