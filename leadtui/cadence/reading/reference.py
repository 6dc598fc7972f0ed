"""Every file and key of a playbook with an example each, made from the tables they are read by."""

from __future__ import annotations

from collections.abc import Iterator

from leadtui.cadence.reading import (
    _answers,
    _cadences,
    _calling,
    _events,
    _kits,
    _policy,
    _tables,
    templates,
)
from leadtui.cadence.sources.keys import CONDITION, Key, Table
from leadtui.cadence.sources.places import suggestion
from leadtui.errors import NotFound

TABLES: tuple[Table, ...] = (
    *_cadences.TABLES,
    templates.FRONT,
    *_tables.TABLES,
    *_answers.TABLES,
    _events.EVENT,
    _kits.KIT,
    *_policy.TABLES,
    *_calling.TABLES,
    CONDITION,
)

_VALUES = {
    "text": "a text",
    "name": "letters, digits, `-` and `_`",
    "texts": "a text or a list of texts",
    "flag": "true or false",
    "bool": "true or false",
    "span": "a number and a unit",
    "due": "an anchor and a span",
    "clock": "a time of the day",
    "when": "a condition",
    "hours": "hours, in order",
    "week": "hours by weekday",
    "mapping": "a table of texts",
    "exit": "a cadence, several, or a close",
    "date": "a date",
    "dates": "a list of dates",
}
_INTRO = """# The playbook, file by file

Every file of a playbook and every key that may stand in it, with an example. The files are TOML: a
text stands in quotes, `[[step]]` stands above each of several tables, `#` begins a remark.
`leadtui playbook help KEY` prints the same for one key, and `leadtui playbook check` finds what is
not right, by file and line. This page is made from the tables by which the program reads
(`leadtui playbook help --all`).
"""


def markdown() -> str:
    """The whole reference."""
    parts, before = [_INTRO], ""
    for table in TABLES:
        if table.file != before:
            parts.append(f"## {_files(table)}\n")
        before = table.file
        parts += _section(table)
    return "\n".join(parts).rstrip() + "\n"


def example(table: Table) -> str:
    """The table as a file may have it, every key once."""
    rows = [f"{key.name} = {key.example}" for key in table.keys]
    if table is CONDITION:
        return "\n".join(f"when = {{ {row} }}" for row in rows)
    fence = ["+++"] if table.head == "+++" else []
    return "\n".join([*([table.head] if table.head else []), *rows, *fence])


def _files(table: Table) -> str:
    return "Conditions" if table is CONDITION else f"`{table.file}`"


def _section(table: Table) -> Iterator[str]:
    if table.head and table is not CONDITION:
        yield f"### `{table.head}`\n"
    yield f"{table.about}\n"
    yield f"```toml\n{example(table)}\n```\n"
    yield "| key | what it says | value | left out |\n|---|---|---|---|"
    for key in table.keys:
        name = f"`{key.name}`" if not _own(table, key) else f"`{key.name}` …"
        yield f"| {name} | {_cell(key.about)} | {_cell(_value(key))} | {_absent(key)} |"
    yield ""


def _own(table: Table, key: Key) -> bool:
    """Whether the name is the writer's."""
    return key.free and table.head.startswith("[") and not table.head.startswith("[[")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _value(key: Key) -> str:
    words = [word for word in key.one_of if word]
    if words:
        some = ", ".join(f"`{word}`" for word in words)
        return f"some of {some}" if key.kind == "texts" else some
    if key.kind == "number" and key.one_of == () and key.high < 10**9:
        return f"{key.low} to {key.high}"
    return _VALUES.get(key.kind, "a number")


def _absent(key: Key) -> str:
    if key.needed or key.default is None:
        return "not allowed" if key.needed else ""
    if isinstance(key.default, tuple):
        return f"`{', '.join(key.default)}`"
    return f"`{str(key.default).lower()}`"


def explained(word: str) -> str:
    """What a key, a table or a file is, for a terminal: ``at``, ``step``, ``offers.toml``; without
    a word the files. Raises ``NotFound`` with the nearest."""
    if not word:
        heads = {table: f" {table.head}" if table.head.startswith("[") else "" for table in TABLES}
        return "\n".join(f"{table.file}{heads[table]}: {table.about}" for table in TABLES)
    said = word.strip("[] ").rpartition(".")[2] if not word.endswith((".toml", ".md")) else word
    found = list(_matching(said.casefold()))
    if not found:
        known = dict.fromkeys(name for table in TABLES for name in _names(table))
        raise NotFound(f"a playbook has no {word[:60]!r}; {suggestion(said, known)}")
    return "\n\n".join(found)


def _names(table: Table) -> Iterator[str]:
    yield from table.file.split(", ")
    yield table.head.strip("[] ")
    yield from (key.name for key in table.keys)


def _matching(word: str) -> Iterator[str]:
    for table in TABLES:
        whole = word in (table.head.strip("[] ").casefold(), *table.file.casefold().split(", "))
        for key in table.keys:
            if whole or key.name.casefold() == word:
                yield _entry(table, key)


def _entry(table: Table, key: Key) -> str:
    place = f"{table.head} in {table.file}" if table.head else table.file
    lines = [f"{key.name}  ({place})", f"  {key.about}"]
    absent = _absent(key).strip("`")
    without = {"": "", "not allowed": "; needed"}.get(absent, f"; left out: {absent}")
    lines.append(f"  value: {_value(key).replace('`', '')}{without}")
    lines.append(f"  example: {key.name} = {key.example}")
    return "\n".join(lines)
