"""The phone system's records, and what they say about the confirmations."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from leadtui.cli.common import (
    DATES,
    ENCODING,
    JSON,
    MAPPING,
    SINCE,
    command,
    emit,
    iso,
    open_desk,
    picked,
    say,
    table,
)
from leadtui.errors import WrongUse

if TYPE_CHECKING:
    from leadtui.desk.audit.call_records import Missing

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(
        help="The phone system's records against the confirmations.", no_args_is_help=True
    )
    command(group, "import", rep=True)(import_)
    command(group, "check", rep=True)(check)
    app.add_typer(group, name="calls")


def import_(
    file: Path = typer.Argument(..., help="The phone system's export, as CSV."),
    mapping: list[str] = MAPPING,
    zone: str = typer.Option(
        "", "--zone", metavar="Z", help="The zone of times without one (default: the floor's)."
    ),
    dates: str = DATES,
    encoding: str = ENCODING,
    json: bool = JSON,
) -> None:
    """Import call records and match them with the confirmations, both ways; once more changes
    nothing. Supervisors only.

    A call matches within five minutes; where the file shows that its clock is off, that is said and
    taken off."""
    pairs = {}
    for word in mapping:
        ours, equals, theirs = word.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise WrongUse(
                f"--map {word!r}: write our field, an equals sign and their column, like number=dst"
            )
        pairs[ours.strip()] = theirs.strip()
    with open_desk() as desk:
        found = desk.audit.import_calls(file, pairs, zone=zone, dates=dates, encoding=encoding)
    if json:
        emit(
            {
                **picked(found, "rows new known internal matched"),
                "rejected": len(found.rejected),
                "clock_ahead_s": int(found.ahead.total_seconds()),
                "reasons": [
                    {"line": one.line, "field": one.field, "value": one.value, "reason": one.reason}
                    for one in found.rejected
                ],
            }
        )
        return
    say(
        f"{found.new} new, {found.known} known, {found.internal} between extensions, "
        f"{len(found.rejected)} "
        "rejected; "
        f"{found.matched} matched with confirmations."
    )
    if found.ahead:
        say(_clock_words(found.ahead))
    for one in found.rejected[:SHOWN]:
        say(f"  line {one.line}: {one.reason}" + (f" ({one.value!r})" if one.value else ""))
    say("Now: leadtui calls check")


def check(
    since: str = SINCE,
    until: str = typer.Option(
        "", "--until", metavar="TIME", help="Only before then: ISO 8601, or a date."
    ),
    json: bool = JSON,
) -> None:
    """Confirmed calls without a record, and records without a confirmation. Supervisors only."""
    from leadtui.cli.notices import instant

    with open_desk() as desk:
        home = desk.settings.zone
        start = instant(since, home, "--since") if since else None
        end = instant(until, home, "--until") if until else None
        found = desk.audit.check_calls(start, end)
    if json:
        emit(
            {
                "since": iso(found.since),
                "until": iso(found.until),
                "without_record": [_as_data(one, "attempt") for one in found.without_record],
                "without_confirmation": [
                    _as_data(one, "record") for one in found.without_confirmation
                ],
            }
        )
        return
    _list("Confirmed calls without a record", found.without_record, home)
    _list("Records without a confirmation", found.without_confirmation, home)


def _list(title: str, lines: tuple[Missing, ...], zone: str) -> None:
    say(f"{title}: {len(lines)}")
    if not lines:
        return
    rows = (
        (
            _local(one.at, zone),
            "in" if one.inbound else "out",
            one.rep,
            one.number,
            one.name,
            one.words.lower(),
        )
        for one in lines[:SHOWN]
    )
    table(("when", "", "rep", "number", "lead", ""), rows)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN} more; --json has all.")


def _clock_words(ahead: timedelta) -> str:
    minutes, seconds = divmod(abs(int(ahead.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    said = " ".join(f"{count} {word}" for count, word in parts if count)
    side = "ahead of" if ahead > timedelta(0) else "behind"
    zone = "; is --zone the phone system's?" if hours else "."
    return f"The phone system's clock is {said} {side} leadtui's; matched with that taken off{zone}"


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M:%S}"


def _as_data(one: Missing, name: str) -> dict[str, Any]:
    return {
        name: one.id,
        **picked(one, "at rep number lead name words"),
        "direction": "in" if one.inbound else "out",
    }
