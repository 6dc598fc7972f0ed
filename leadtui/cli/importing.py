"""Importing leads from files, and what imports there were."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import DATES, ENCODING, JSON, MAPPING, command, emit, open_desk, say
from leadtui.errors import WrongUse

if TYPE_CHECKING:
    from leadtui.desk.intake.files.options import ImportReport

SHOWN = 20
"""How many remarks are printed for people; --json has all."""


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "import")(import_)


def import_(
    file: Path = typer.Argument(..., help="CSV, TSV, XLSX or ODS."),
    offer: str = typer.Option(
        "trade-show", "--offer", metavar="O", help="What these people accepted."
    ),
    source: str = typer.Option("", "--source", metavar="S", help="Where they come from."),
    event: str = typer.Option("", "--event", metavar="NAME", help="The trade show or campaign."),
    event_zone: str = typer.Option(
        "", "--event-zone", metavar="Z", help="The zone of scan times without one."
    ),
    cost: str = typer.Option(
        "", "--cost", metavar="AMOUNT", help="What the whole batch cost: 12000 or 12000.50 EUR."
    ),
    mapping: list[str] = MAPPING,
    dates: str = DATES,
    encoding: str = ENCODING,
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Say what would happen, and change nothing."
    ),
    rejects: Path | None = typer.Option(
        None, "--rejects", metavar="FILE", help="Write rows that cannot be leads here."
    ),
    json: bool = JSON,
) -> None:
    """Import a file of leads: all of it or, where something is wrong with the file, nothing."""
    from leadtui.desk.intake.files.options import ImportOptions

    minor, currency = _money(cost)
    options = ImportOptions(
        offer=offer,
        source=source,
        event=event,
        event_zone=event_zone,
        cost_minor=minor,
        currency=currency,
        mapping=dict(_pair(word) for word in mapping),
        dates=dates,
        encoding=encoding,
        dry_run=dry_run,
        rejects=rejects,
    )
    with open_desk() as desk, _progress(shown=not json) as progress:
        found = desk.intake.import_file(file, options, progress=progress)
    if json:
        emit(found.as_json())
        return
    _print(found, rejects)


def _pair(word: str) -> tuple[str, str]:
    ours, equals, theirs = word.partition("=")
    if not equals or not ours or not theirs:
        raise WrongUse(
            f"--map {word!r}: write our field, an equals sign and their column, like phone=Telefon"
        )
    return ours.strip(), theirs.strip()


def _money(text: str) -> tuple[int | None, str]:
    from leadtui.sheets.fields import read_money

    if not text:
        return None, "USD"
    found = read_money(text, "USD")
    if found is None:
        raise WrongUse(f"--cost {text!r} is no amount; write it like 12000 or 12000.50 EUR")
    return found


def _print(found: ImportReport, rejects: Path | None) -> None:
    head = "Nothing was changed; it would be: " if found.dry_run else ""
    say(
        f"{head}{found.rows} rows: {found.new} new, {found.updated} updated, {found.merged} "
        "merged, "
        f"{found.unchanged} unchanged, {found.review} to review, {found.rejected} rejected"
    )
    say(*(f"  {warning}" for warning in found.warnings[:SHOWN]))
    if len(found.warnings) > SHOWN:
        say(f"  … and {len(found.warnings) - SHOWN} more remarks (--json has all)")
    for reason in found.reasons[:SHOWN]:
        what = f"{reason.field} {reason.value!r}: " if reason.field else ""
        say(f"  line {reason.line}: {what}{reason.reason}")
    if len(found.reasons) > SHOWN:
        say(f"  … and {len(found.reasons) - SHOWN} more rejected rows (--json has all)")
    if found.rejected and rejects is not None and not found.dry_run:
        say(f"The rejected rows are in {rejects}; correct them there and import that file.")
    if found.review and not found.dry_run:
        say("Near duplicates wait for a decision: leadtui batch review")


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, int, int], None] | None]:
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
