"""CadenceML, the public YAML format for outreach cadences, turned into files of a playbook.

A file holds cadences by name, each with ``cadence: {day: [{channel, title, notes}]}``, where days
are business days from 1. ``eligible_days`` and ``holidays`` become the cadence's own days; the
holidays that are closed are those of each lead's country, whatever ``holiday_region`` says, and the
description says so. Notes are for the rep: they stand in scripts, and of an e-mail, whose text has
still to be written, in its front. Everything in the file is outside text: nothing in it becomes a
field, front matter or a branch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from types import MappingProxyType

from leadtui.cadence.sources.folding import plain, plain_lines
from leadtui.cadence.sources.places import quoted, suggestion
from leadtui.cadence.sources.yaml_texts import Node, compose, items, pairs, scalar
from leadtui.errors import PlaybookError

CHANNELS = MappingProxyType(
    {
        "call": "call",
        "meeting": "demo",
        "task": "task",
        "deadline": "task",
        "email": "email",
        "social": "social",
    }
)
"""Channel of the format -> ours."""

EXIT = "weekly-nurture"
"""What a converted cadence leads to; the default playbook has it."""

MAX_DAY = 1000
MAX_STEPS = 200

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HALF = re.compile(r"(?<![A-Za-z])([AP])\.?M\b|\(([ap])m\)")
_HALVES = {"a": "09:00", "p": "14:00"}
_DATES = ("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%m/%d/%Y", "%d.%m.%Y")
_SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GOAL = "first-conversation"


@dataclass(frozen=True, slots=True)
class _Step:
    day: int
    channel: str
    title: str
    notes: str
    half: str
    """``a`` before noon, ``p`` after, else empty."""


def convert(
    text: str, name_hint: str, *, exit_to: str = EXIT, goal: str = GOAL
) -> Mapping[str, str]:
    """Playbook files (relative path -> text) for every cadence in ``text``.

    ``name_hint`` is the file's name: it stands in errors, and names a cadence whose own name has no
    letters. A cadence is called as in the file, in small letters with ``-``; whoever merges the
    files into a playbook sees to names that are taken."""
    files: dict[str, str] = {}
    root = compose(text, name_hint)
    for key, node in pairs(root, name_hint, "a CadenceML file"):
        title = plain(scalar(key, name_hint, "the name of a cadence"))
        hint = PurePosixPath(name_hint).name.partition(".")[0]
        name = _free(
            _slug(title) or _slug(hint) or "cadence", {PurePosixPath(path).stem for path in files}
        )
        files |= _cadence(node, name, title, name_hint, (exit_to, goal))
    if not files:
        raise PlaybookError(
            name_hint, 1, "the file has no cadence; write a name and 'cadence:' with days below it"
        )
    return MappingProxyType(files)


def _cadence(node: Node, name: str, title: str, file: str, ends: tuple[str, str]) -> dict[str, str]:
    parts = {}
    known = ("cadence", "eligible_days", "holiday_region", "holidays")
    for key, value in pairs(node, file, f"the cadence {quoted(title)}"):
        word = scalar(key, file, "a key")
        if word not in known:
            raise _wrong(
                file, key, f"unknown key {quoted(word)} in a cadence; {suggestion(word, known)}"
            )
        parts[word] = value
    if "cadence" not in parts:
        raise _wrong(
            file,
            node,
            f"the cadence {quoted(title)} has no days; write 'cadence:' with days below it",
        )
    steps = sorted(_steps(parts["cadence"], file), key=lambda step: (step.day, step.half == "p"))
    if not steps:
        raise _wrong(
            file,
            node,
            f"the cadence {quoted(title)} has no step; write a channel and a title below a day",
        )
    if len(steps) > MAX_STEPS:
        raise _wrong(
            file, node, f"the cadence {quoted(title)} has more than {MAX_STEPS} steps; split it"
        )
    calls = sum(step.channel == "call" for step in steps)
    (exit_to, goal), (days, said) = ends, _days(parts, file)
    head = [
        f"name = {_toml(name)}",
        f"title = {_toml(title or name)}",
        f"description = {_toml(' '.join(said))}",
        f"goal = {_toml(goal)}",
        'stage = "new"',
        f"max_attempts = {min(max(calls, 1), 100)}",
        f"on_finish = {_toml(exit_to)}",
        f"on_exhausted = {_toml(exit_to)}",
        *days,
    ]
    files: dict[str, str] = {}
    tables = []
    ids: set[str] = set()
    for step in steps:
        ident = _free(f"day-{step.day}-{step.channel}", ids)
        ids.add(ident)
        tables.append(_table(step, ident, _texts(step, f"{name}-{ident}", name, files)))
    return {f"cadences/{name}.toml": "\n".join([*head, "", "\n\n".join(tables), ""]), **files}


def _steps(node: Node, file: str) -> Iterator[_Step]:
    for key, value in pairs(node, file, "'cadence'"):
        word = scalar(key, file, "a day")
        if not (word.isascii() and word.isdigit() and len(word) <= 4 and 1 <= int(word) <= MAX_DAY):
            raise _wrong(
                file, key, f"{quoted(word)} is not a day; write a number from 1 to {MAX_DAY}"
            )
        for step in items(value):
            yield _step(step, int(word), file)


def _step(node: Node, day: int, file: str) -> _Step:
    words = {}
    for key, value in pairs(node, file, f"a step of day {day}"):
        word = scalar(key, file, "a key")
        if word not in ("channel", "title", "notes"):
            hint = suggestion(word, ("channel", "title", "notes"))
            raise _wrong(file, key, f"unknown key {quoted(word)} in a step; {hint}")
        words[word] = scalar(value, file, f"{quoted(word)} of a step")
    channel = words.get("channel", "").strip().lower()
    if channel not in CHANNELS:
        raise _wrong(
            file,
            node,
            (
                f"a step of day {day} has the channel {quoted(channel)}; "
                f"{suggestion(channel, CHANNELS)}"
            ),
        )
    title = plain(words.get("title", ""))[:200] or f"Day {day}: {channel}"
    half = _HALF.search(title)
    return _Step(
        day,
        channel,
        title,
        plain_lines(words.get("notes", "")),
        (half[1] or half[2]).lower() if half else "",
    )


def _table(step: _Step, ident: str, texts: list[str]) -> str:
    days = step.day - 1
    rows = [
        "[[step]]",
        f"id = {_toml(ident)}",
        f"channel = {_toml(CHANNELS[step.channel])}",
        f'at = "start + {days} business day{"" if days == 1 else "s"}"',
        f"title = {_toml(step.title)}",
    ]
    if step.half:
        rows.append(f"at_time = {_toml(_HALVES[step.half])}")
    if step.channel == "deadline":
        rows.append('on_closed_day = "previous"')
    return "\n".join(rows + texts)


def _texts(step: _Step, ident: str, cadence: str, files: dict[str, str]) -> list[str]:
    """Put the step's e-mail or script among ``files``; the row that names it, if the step has
    one."""
    front = f"+++\ntitle = {_toml(step.title)}\n"
    notes = _literal(step.notes)
    if step.channel == "email":
        note = f"note = {_toml(' '.join(step.notes.split()))}\n" if step.notes else ""
        files[f"emails/{ident}.md"] = f"{front}cadences = [{_toml(cadence)}]\n{note}+++\n"
        return [f"email = {_toml(ident)}"]
    if step.channel != "call" and not notes:
        return []
    files[f"scripts/{ident}.md"] = (
        f"{front}cadences = [{_toml(cadence)}]\n+++\n## Open\n\n{notes or _literal(step.title)}\n"
    )
    return [f"script = {_toml(ident)}"]


def _days(parts: Mapping[str, Node], file: str) -> tuple[list[str], list[str]]:
    """The cadence's own days as rows of its file, and what of the original is not kept, as
    sentences; wrong values are refused."""
    rows, said = [], ["Converted from CadenceML; read the texts before the first use."]
    eligible = _eligible(parts["eligible_days"], file) if "eligible_days" in parts else []
    if eligible and eligible != [1, 2, 3, 4, 5]:
        rows.append(f"days = [{', '.join(_toml(_SHORT[day - 1]) for day in eligible)}]")
    if weekend := [_WEEKDAYS[day - 1] for day in eligible if day > 5]:
        said.append(
            f"Nothing is done on {' and '.join(weekend)} before [preferred] in calling.toml has "
            "hours for it."
        )
    if "holiday_region" in parts:
        region = plain(scalar(parts["holiday_region"], file, "'holiday_region'"))[:40]
        said.append(
            f"It observed the holidays of '{region}'; here those of each lead's own country "
            "are closed."
        )
    given = items(parts["holidays"]) if "holidays" in parts else []
    words = [plain(scalar(node, file, "a holiday"))[:40] for node in given][:100]
    dated = {word: day for word in words if (day := _date(word))}
    if dated:
        rows.append(f"days_off = [{', '.join(sorted(set(dated.values())))}]")
    if unknown := [word for word in words if word not in dated]:
        said.append(
            f"It also closed on {', '.join(unknown)}, which is no date; write its dates under "
            "days_off."
        )
    return rows, said


def _eligible(node: Node, file: str) -> list[int]:
    days = set()
    for each in items(node):
        word = scalar(each, file, "an eligible day").strip()
        if word not in tuple("1234567"):
            raise _wrong(
                file,
                each,
                f"{quoted(word)} is not a day of the week; write 1 (Monday) to 7 (Sunday)",
            )
        days.add(int(word))
    return sorted(days)


def _date(word: str) -> str:
    """A day as ISO 8601; empty where it is none."""
    for form in _DATES:
        with suppress(ValueError):
            return datetime.strptime(word.strip(), form).date().isoformat()  # noqa: DTZ007
    return ""


def _literal(text: str) -> str:
    """Outside text in a body: no dollar is a field, no line a heading or a fence."""
    lines = text.replace("$", "$$").split("\n")
    return "\n".join(f"\\{line}" if line.startswith(("#", "+++")) else line for line in lines)


def _toml(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(plain(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _wrong(file: str, node: Node, message: str) -> PlaybookError:
    return PlaybookError(file, node.start_mark.line + 1, message)
