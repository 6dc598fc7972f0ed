"""A cadence as a flow chart: box drawing for the terminal, Mermaid for documents."""

from __future__ import annotations

from itertools import zip_longest

from leadtui.cadence.model import By, Cadence, Channel, DayPart, Exit, OnClosedDay, Step
from leadtui.cadence.pace import paces_of
from leadtui.cadence.sources.folding import cells, plain, wrap
from leadtui.cadence.spans import when_text

WIDTH = 100
"""The widest line of a chart, in terminal columns."""

DISTANCE = (
    "days keep their distance: what was done late or moved from a closed day moves what follows, "
    "so that two days of this file are never one; months keep their date within a week"
)
"""The one rule of pace, told with every cadence that counts in days."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDEST_TIME = 30
_CHANNELS = {"email": "e-mail"}
_HARMLESS = " .,:?!·/()=+-_'…"


def ascii_chart(cadence: Cadence) -> str:
    """The cadence from top to bottom: when, channel, who, title, what may move or skip it, and the
    exits."""
    head = [
        *wrap(f"{cadence.name} · {cadence.title}", WIDTH - 4),
        *wrap(_facts(cadence), WIDTH - 4),
        *(line for line in wrap(DISTANCE, WIDTH - 4) if _in_days(cadence)),
    ]
    width = max(cells(line) for line in head)
    chart = [
        f"╭{'─' * (width + 2)}╮",
        *(f"│ {line}{' ' * (width - cells(line))} │" for line in head),
    ]
    chart += [f"╰─┬{'─' * width}╯", "  │"]
    times = [wrap(_time(step), _WIDEST_TIME) for step in cadence.steps]
    columns = [
        len(str(len(cadence.steps))),
        max((cells(line) for time in times for line in time), default=0),
        6,
        6,
    ]
    room = WIDTH - sum(columns) - 2 * len(columns) - len("  ├─ ")
    for number, (step, time) in enumerate(zip(cadence.steps, times, strict=True), 1):
        said = [
            *wrap(step.title, room),
            *(line for note in _notes(step) for line in wrap(note, room)),
        ]
        row = [[str(number)], time, [_channel(step)], [str(step.by)], said]
        for index, parts in enumerate(zip_longest(*row, fillvalue="")):
            padded = [
                text + " " * (size - cells(text))
                for text, size in zip(parts, columns, strict=False)
            ]
            chart.append(
                f"  {'├─' if not index else '│ '} {'  '.join((*padded, parts[-1]))}".rstrip()
            )
        chart.append("  │")
    ends = _ends(cadence)
    for number, text in enumerate(ends, 1):
        first, *rest = wrap(text, WIDTH - 6)
        chart.append(f"  {'╰' if number == len(ends) else '├'}─▶ {first}")
        chart += [f"  {' ' if number == len(ends) else '│'}   {line}" for line in rest]
    return "\n".join(chart)


def _facts(cadence: Cadence) -> str:
    dates = [f"{name} = {when_text(when)}" for name, when in cadence.dates.items()]
    attempts = (
        [f"at most {cadence.max_attempts} attempts without contact"] if _calls(cadence) else []
    )
    days = [f"on {', '.join(DAYS[day] for day in cadence.days)}"] if cadence.days else []
    days += [f"not on {', '.join(map(str, cadence.days_off))}"] if cadence.days_off else []
    return " · ".join([f"goal: {cadence.goal}", *attempts, *dates, *days])


def _in_days(cadence: Cadence) -> bool:
    """Whether any step asks for a day after another."""
    return any(pace.in_days for pace in paces_of(cadence)[1:])


def _calls(cadence: Cadence) -> bool:
    """Whether attempts can be exhausted."""
    return any(step.channel is Channel.CALL for step in cadence.steps)


def _time(step: Step) -> str:
    clock = f" at {step.at_time:%H:%M}" if step.at_time else ""
    return when_text(step.at) + clock


def _channel(step: Step) -> str:
    return _CHANNELS.get(step.channel, str(step.channel))


def _notes(step: Step) -> list[str]:
    """What may move or skip a step, one line each."""
    move = {
        OnClosedDay.NEXT: "closed day: next open day",
        OnClosedDay.PREVIOUS: "closed day: open day before",
        OnClosedDay.KEEP: "closed day: stays",
    }[step.on_closed_day]
    if step.by is By.SYSTEM and not step.at.offset.amount:
        move = "sent at once, closed days too"
    part = {None: "", DayPart.OTHER: " · part of the day not tried yet"}.get(
        step.day_part, f" · {step.day_part}"
    )
    notes = [move + part]
    if step.when.tests:
        notes.append(f"skipped unless {step.when.source}")
    if step.at.anchor not in {"start", "previous"} and step.at.offset.amount <= 0:
        notes.append(f"skipped once {step.at.anchor} has passed")
    if step.until_contact:
        notes.append("skipped after a contact")
    if step.required_before:
        notes.append(f"required before {step.required_before}")
    return notes


def _ends(cadence: Cadence) -> list[str]:
    exhausted = (
        f"{cadence.max_attempts} attempts without contact: calls end, e-mails still run, then"
    )
    ends = [f"{exhausted} {_exit(cadence.on_exhausted)}"] if _calls(cadence) else []
    return [*ends, f"finished: {_exit(cadence.on_finish)}"]


def _exit(end: Exit) -> str:
    if end.cadences:
        return f"enters {' and '.join(end.cadences)}"
    return f"closed ({end.close})" if end.close else "nothing follows"


def mermaid(cadence: Cadence) -> str:
    """The cadence as a Mermaid ``flowchart TD``; a step with a condition has a diamond before
    it."""
    lines = ["flowchart TD", f'    start(["{_label(f"{cadence.name}: {cadence.title}")}"])']
    loose = ["start -->"]
    for number, step in enumerate(cadence.steps, 1):
        node, entry = f"s{number}", f"s{number}"
        conditions = [step.when.source] if step.when.tests else []
        conditions += ["no contact yet"] if step.until_contact else []
        text = "<br/>".join(
            _label(part) for part in (f"{_time(step)} · {_channel(step)} · {step.by}", step.title)
        )
        lines.append(f'    {node}["{text}"]')
        if conditions:
            entry = f"c{number}"
            lines.append(f'    {entry}{{"{_label(" and ".join(conditions))}?"}}')
        lines += [f"    {edge} {entry}" for edge in loose]
        if conditions:
            lines.append(f"    {entry} -->|yes| {node}")
        loose = [f"{node} -->", *([f"{entry} -->|no|"] if conditions else [])]
    lines.append(f'    finish(["{_label(f"finished: {_exit(cadence.on_finish)}")}"])')
    lines += [f"    {edge} finish" for edge in loose]
    if _calls(cadence):
        text = _label(
            f"{cadence.max_attempts} attempts without contact: {_exit(cadence.on_exhausted)}"
        )
        lines += [f'    exhausted(["{text}"])', "    start -.-> exhausted"]
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    """Outside text inside a quoted label: whatever Mermaid or HTML could read becomes a code."""
    return "".join(
        char if char.isalnum() or char in _HARMLESS else f"#{ord(char)};" for char in plain(text)
    )
