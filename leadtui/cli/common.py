"""What every command shares: the options that say where and who, opening the desk, printing for
people and programs."""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import typer

from leadtui.opening import completing
from leadtui.text import clean

if TYPE_CHECKING:
    from leadtui.desk.core.views import PhoneView
    from leadtui.desk.desk import Desk


@dataclass
class Where:
    """Which floor, which database, who; said before or after the command."""

    floor: str = ""
    database: str = ""
    rep: str = ""


_where = Where()

PIPED = 160
"""So many cells wide is a table that no terminal shows."""
GAP = 2
"""Cells between two columns."""
KEPT, REMARK, NARROWEST = 36, 24, 4
"""So many cells keep a column from giving way to the last; the last has at least these; and nothing
is narrower."""

_OPTIONS: dict[str, Any] = {
    "floor": typer.Option("", "--floor", metavar="DIR", help="The floor's folder."),
    "database": typer.Option(
        "", "--database", metavar="URL", help="Another database than the floor's own."
    ),
    "rep": typer.Option(
        "",
        "--rep",
        metavar="NAME",
        help="Who works (on a demo floor, anybody).",
        autocompletion=completing.REP,
    ),
}

JSON: bool = typer.Option(False, "--json", help="One JSON document.")
LEAD: int = typer.Argument(..., help="The lead, by id.", autocompletion=completing.LEADS)
TOUCH: int = typer.Argument(
    ..., help="The touch, as 'leadtui queue' numbers it.", autocompletion=completing.TOUCHES
)
ACK: bool = typer.Option(False, "--ack", help="Call in spite of a warning.")
OVERRIDE: str = typer.Option(
    "",
    "--override",
    metavar="CODE",
    help="Call in spite of a block.",
    autocompletion=completing.OVERRIDES,
)
WHY: str = typer.Option(
    "", "--reason", metavar="T", help="The reason for an override, 10 characters."
)
OUT_OF_TURN: str = typer.Option(
    "",
    "--out-of-turn",
    metavar="CODE",
    help="Why not one of the first three.",
    autocompletion=completing.OUT_OF_TURNS,
)
MAPPING: list[str] = typer.Option(
    [], "--map", metavar="OUR=THEIRS", help="One of our fields is this column."
)
DATES: str = typer.Option(
    "", "--dates", metavar="ORDER", help="dmy or mdy, where the file cannot tell."
)
ENCODING: str = typer.Option(
    "", "--encoding", metavar="E", help="The encoding, where it cannot be told."
)
DRAFTS: str = typer.Argument(
    "", metavar="[DIR]", help="A playbook folder (default: the floor's drafts)."
)
PERIOD: str = typer.Option(
    "today",
    "--period",
    help="today, yesterday, this week, last month … all, or 2026-11-01..2026-11-15.",
)
SINCE: str = typer.Option(
    "", "--since", metavar="TIME", help="Only from then on: ISO 8601, or a date."
)


def remember(floor: str, database: str, rep: str) -> None:
    """Keep what was said before the command; what is said after it replaces it."""
    _where.floor, _where.database, _where.rep = floor, database, rep


def command(
    app: typer.Typer, name: str, *, rep: bool = False, hidden: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a command that takes ``--floor`` and ``--database`` (and ``--rep``) beside its own
    options."""
    names = ("floor", "database", "rep") if rep else ("floor", "database")
    return lambda function: app.command(name, cls=completing.Coded, hidden=hidden)(
        placed(function, names)
    )


def placed(
    function: Callable[..., Any], names: tuple[str, ...] = ("floor", "database", "rep")
) -> Callable[..., Any]:
    """The command with the options that say where and who beside its own."""

    @functools.wraps(function)
    def run(**given: Any) -> Any:
        for option in names:
            if said := given.pop(option):
                setattr(_where, option, said)
        return function(**given)

    own = inspect.signature(function)
    extra = [
        inspect.Parameter(
            option, inspect.Parameter.KEYWORD_ONLY, default=_OPTIONS[option], annotation=str
        )
        for option in names
    ]
    mine = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in own.parameters.values()
    ]
    run.__signature__ = own.replace(parameters=[*mine, *extra])  # type: ignore[attr-defined]
    run.__annotations__ = {**function.__annotations__, **dict.fromkeys(names, str)}
    return run


@contextmanager
def open_desk(*, front_end: str = "cli") -> Iterator[Desk]:
    """The desk of whoever runs this command, closed afterwards."""
    from leadtui.opening.bootstrap import open_desk as build

    desk = build(_where.floor, _where.database, _where.rep, front_end=front_end)
    try:
        yield desk
    finally:
        desk.close()


def on_terminal() -> bool:
    """Whether somebody sits before it, who sees what is printed and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def where() -> Where:
    """Which floor, database and person were named."""
    return _where


def emit(data: Any) -> None:
    """One JSON document on standard output."""
    said = json.dumps(data, ensure_ascii=False, indent=2, default=_plain)
    # Half a character, as an edited file may hold it, goes out as JSON spells it.
    print(said.encode("utf-8", "backslashreplace").decode())


def picked(view: object, names: str) -> dict[str, Any]:
    """These attributes of a view, for programs, under their own names."""
    return {name: getattr(view, name) for name in names.split()}


def said_phone(phone: PhoneView) -> str:
    """A number, what the gate says of it and why, and what time it is there."""
    from leadtui.clock import hour
    from leadtui.desk.core.words import city_of

    gate = phone.gate
    said = f"{phone.shown}  {phone.kind}  {gate.verdict}: {gate.message}"
    if all(f"it is {local:%H:%M}" in gate.message for _, local in gate.local_times):
        return said
    there = " or ".join(f"{hour(local)} in {city_of(zone)}" for zone, local in gate.local_times)
    return f"{said} It is {there}."


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None


def say(*lines: str) -> None:
    """Lines for people, made safe to show."""
    for line in lines:
        print(clean(line, 400))


def table(
    columns: Iterable[str], rows: Iterable[Iterable[str]], *, right: Iterable[int] = ()
) -> None:
    """A calm table for people: a line of titles, columns aligned, numbers right."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    titles, lines = tuple(columns), [tuple(clean(cell) for cell in row) for row in rows]
    numbers = set(right)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED, markup=False)
    widest = [max(map(cell_len, column)) for column in zip(titles, *lines, strict=True)]
    shown = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for index, (title, width) in enumerate(
        zip(titles, _widths(widest, console.width - GAP * len(titles)), strict=True)
    ):
        side: Literal["left", "right"] = "right" if index in numbers else "left"
        last = index == len(titles) - 1
        shown.add_column(
            title,
            justify=side,
            overflow="fold" if last else "ellipsis",
            no_wrap=not last,
            width=width,
        )
    for line in lines:
        shown.add_row(*(Text(cell) for cell in line))
    console.print(shown)


def _widths(widest: list[int], room: int) -> list[int]:
    """How wide each column is in ``room`` cells: all of what it needs, else the widest of them give
    way.

    The last one, which holds remarks and wraps, gives way first, to ``REMARK`` cells; then the
    widest of the others, so that one long name takes nothing from numbers and times."""
    if sum(widest) <= room:
        return widest
    *others, last = widest
    kept = min(last, max(REMARK, room - sum(min(width, KEPT) for width in others)))
    cap = max(others, default=0)
    while cap > NARROWEST and sum(min(width, cap) for width in others) + kept > room:
        cap -= 1
    others = [min(width, cap) for width in others]
    return [*others, max(kept, min(last, room - sum(others)))]


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on a terminal, nothing when piped."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, int] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(bar.task_ids[tasks[what]], completed=done)

        yield tell
