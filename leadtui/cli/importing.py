"""Importing leads from files, and what imports there were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import (
    DATES,
    ENCODING,
    JSON,
    MAPPING,
    command,
    emit,
    on_terminal,
    open_desk,
    progress_bar,
    say,
)
from leadtui.cli.opening import show_import
from leadtui.errors import WrongUse
from leadtui.opening import completing

if TYPE_CHECKING:
    from leadtui.desk.intake.files.options import ImportReport

_KINDS = {"review": "to review"} | {
    kind: kind for kind in ("new", "updated", "merged", "unchanged")
}
SHOWN = 20
"""How many remarks are printed for people; --json has all."""


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "import")(import_)


def import_(
    file: Path = typer.Argument(..., help="CSV, TSV, XLSX or ODS."),
    offer: str = typer.Option(
        "",
        "--offer",
        metavar="O",
        help="What these people accepted (default: trade-show).",
        autocompletion=completing.OFFERS,
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
    country: str = typer.Option(
        "", "--country", metavar="C", help="Of numbers that carry no code (default: the floor's)."
    ),
    dates: str = DATES,
    encoding: str = ENCODING,
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Say what would happen, and change nothing."
    ),
    rejects: Path | None = typer.Option(
        None, "--rejects", metavar="FILE", help="Write rows that cannot be leads here."
    ),
    yes: bool = typer.Option(
        False, "--yes", "-y", help="Import at once; on a terminal it is shown first, step by step."
    ),
    json: bool = JSON,
) -> None:
    """Import a file of leads, a large one part by part; where something is wrong with the file,
    nothing. One that was stopped half way goes on. On a terminal it is shown first, and asked."""
    from leadtui.desk.intake.files.options import ImportOptions

    minor, currency = _money(cost)
    shown = on_terminal() and not (yes or json or dry_run)
    options = ImportOptions(
        offer=offer if shown else offer or "trade-show",
        source=source,
        event=event,
        event_zone=event_zone,
        cost_minor=minor,
        currency=currency,
        mapping=tuple(map(_pair, mapping)),
        country=country,
        dates=dates,
        encoding=encoding,
        dry_run=dry_run,
        rejects=rejects,
    )
    if shown:
        raise typer.Exit(show_import(file, options))
    with open_desk() as desk, progress_bar(shown=not json) as progress:
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
    fields = ", ".join(f"{column} = {field}" for column, field in found.columns if field)
    rest = ", ".join(column for column, field in found.columns if not field)
    say(f"  columns: {fields}" + (f"; kept beside the lead: {rest}" if rest else ""))
    say(*(f"  {warning}" for warning in found.warnings[:SHOWN]))
    if len(found.warnings) > SHOWN:
        say(f"  … and {len(found.warnings) - SHOWN} more remarks (--json has all)")
    told = [one for one in found.outcomes if one.why]
    say(*(f"  line {one.line}, {_KINDS[one.came_to]}: {one.why}" for one in told[:SHOWN]))
    if len(told) > SHOWN:
        say(f"  … and {len(told) - SHOWN} more rows (--json has all)")
    for reason in found.reasons[:SHOWN]:
        what = f"{reason.field} {reason.value!r}: " if reason.field else ""
        say(f"  line {reason.line}: {what}{reason.reason}")
    if len(found.reasons) > SHOWN:
        say(f"  … and {len(found.reasons) - SHOWN} more rejected rows (--json has all)")
    if found.rejected and rejects is not None and not found.dry_run:
        say(f"The rejected rows are in {rejects}; correct them there and import that file.")
    if found.review and not found.dry_run:
        say("Near duplicates wait for a decision: leadtui batch review")
