"""Looking after a floor: the supervisor's read-only view and samples, a checked backup, and what is
wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import (
    JSON,
    PERIOD,
    command,
    emit,
    open_desk,
    picked,
    placed,
    say,
    table,
    where,
)
from leadtui.errors import Damaged, LeadtuiError, WrongUse

if TYPE_CHECKING:
    from leadtui.desk.audit.findings import Diagnosis
    from leadtui.desk.audit.samples import SampleView
    from leadtui.desk.figures.costs import CostLine, Costs


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "supervise")(supervise)
    command(app, "backup")(backup)
    command(app, "doctor")(doctor)
    group = typer.Typer(help="Five confirmations a rep and week, drawn at random, to sign.")
    group.callback(invoke_without_command=True)(placed(samples))
    command(group, "sign", rep=True)(sign)
    app.add_typer(group, name="samples")
    reports = typer.Typer(help="Figures as tables, for people and programs.", no_args_is_help=True)
    command(reports, "list")(report_list)
    command(reports, "costs")(report_costs)
    app.add_typer(reports, name="report")


def supervise(
    period: str = PERIOD, team: str = typer.Option("", "--team", help="Only this team.")
) -> None:
    """Open the compliance view: exceptions first, reps, and what happens as it happens; nothing in
    it can write."""
    import sys

    if not sys.stdout.isatty():
        raise LeadtuiError("supervise needs a terminal; 'leadtui log show' prints the log")
    with open_desk(front_end="supervise") as desk:
        desk.supervise.period(period)
        if team and team not in (teams := desk.supervise.teams()):
            raise LeadtuiError(
                f"there is no team {team!r}; the floor's teams: {', '.join(teams) or 'none'}"
            )
        from leadtui.cli.opening import chosen
        from leadtui.screens.supervise.supervise import SuperviseApp

        options = chosen(SuperviseApp, desk, where().floor, where().database)
        app = SuperviseApp(desk, period=period, team=team, **options)
        app.run()
    raise typer.Exit(app.return_code or 0)


def backup(
    file: Path = typer.Argument(..., help="A file that does not exist yet, best on another disk."),
    json: bool = JSON,
) -> None:
    """Copy the whole database while others work on it, and check the copy before it gets its
    name."""
    with open_desk() as desk:
        made = desk.floor.back_up(file)
    if json:
        emit({"file": str(made.path), "bytes": made.size, **picked(made, "entries head logged")})
        return
    say(
        f"{made.path} holds the whole database ({made.size:,} bytes), checked to log entry "
        f"{made.entries:,}."
    )
    if not made.logged:
        say("The floor could not be written, so its log does not say that this backup was made.")
    say("leadtui.toml and the folder playbook are files of their own: copy them too.")


def doctor(
    all_: bool = typer.Option(False, "--all", help="Every finding, not many of a kind as one."),
    json: bool = typer.Option(False, "--json", help="One JSON document, with every finding."),
) -> None:
    """What is wrong with this floor and what to do; ends with 1 when something is broken."""
    found = _examined()
    if json:
        emit(
            {
                "ok": found.ok,
                "findings": [picked(one, "severity what where do") for one in found.findings],
            }
        )
    else:
        _tell(found, every=all_)
    if not found.ok:
        raise typer.Exit(1)


def _examined() -> Diagnosis:
    """The diagnosis; a floor that does not even open is one finding."""
    from leadtui.desk.audit.findings import ERROR, Diagnosis, Finding
    from leadtui.desk.floor.doctor import own_words, strangers
    from leadtui.opening.bootstrap import database_of

    said = where()
    try:
        with open_desk() as desk:
            return desk.floor.examine()
    except LeadtuiError as error:
        what, _, do = (
            str(error).partition("; ")
            if isinstance(error, Damaged)
            else str(error).rpartition("; ")
        )
        place = said.database or said.floor or "the floor"
        return Diagnosis(
            (Finding(ERROR, what or do, place, own_words(do) if what else "mend that first"),)
        )
    except Exception:
        path = database_of(said.floor, said.database)
        found = tuple(strangers(path)) if path is not None else ()
        if not found:
            raise
        return Diagnosis(found)


def _tell(found: Diagnosis, *, every: bool) -> None:
    from leadtui.desk.audit.findings import Group
    from leadtui.text import clean

    signs = {"error": "✗ error  ", "warning": "▲ warning", "note": "· note   "}
    groups = [Group(one, 1) for one in found.findings] if every else list(found.groups())
    for group in groups:
        one = group.first
        where = f"  [{one.where}]" if group.count == 1 else ""
        print(clean(f"{signs[one.severity]}  {group.what}{where}", 1000))
        print(clean(f"             {one.do}", 1000))
    if len(groups) < len(found.findings):
        print(
            f"{len(found.findings):,} findings in all; 'leadtui doctor --all' tells each of them."
        )
    if not found.findings:
        print("Nothing is wrong.")
    elif found.ok:
        print("Nothing is broken.")


def samples(
    context: typer.Context,
    week: str = typer.Option(
        "", "--week", metavar="W", help="An ISO week like 2026-W48 (default: the last one over)."
    ),
    json: bool = JSON,
) -> None:
    """Draw a week that is over, once, and list what was drawn. Supervisors only."""
    if context.invoked_subcommand is not None:
        return
    with open_desk() as desk:
        found, zone = desk.audit.samples_of(week), desk.zone
        name = week or desk.audit.last_week()
    if json:
        emit({"week": name, "samples": [_as_data(one) for one in found]})
        return
    if not found:
        say(f"Nothing was confirmed in week {name}.")
        return
    lines = (
        (
            f"{one.seq:,}",
            one.rep,
            f"{one.at.astimezone(zone):%a %d %b %H:%M}",
            one.words,
            f"{one.finding} ({one.signed_by})" if one.signed_at else "to sign",
        )
        for one in found
    )
    table(("entry", "rep", "when", "what", "finding"), lines, right=(0,))


def sign(
    entry: int = typer.Argument(..., help="The entry that was drawn."),
    finding: str = typer.Option(
        ..., "--finding", metavar="T", help="What you looked into, and what you found."
    ),
    json: bool = JSON,
) -> None:
    """Sign a sample; what was found stays. Supervisors only."""
    with open_desk() as desk:
        done = desk.audit.sign_sample(entry, finding)
    if json:
        emit(_as_data(done))
        return
    say(f"Entry {done.seq:,} of {done.rep} is signed.")


def _as_data(one: SampleView) -> dict[str, Any]:
    return {"entry": one.seq, **picked(one, "week rep at words signed_at signed_by finding")}


REPORTS = {"costs": "what a lead and a qualified lead cost, by offer, source or batch"}


def report_list(json: bool = JSON) -> None:
    """The reports there are."""
    if json:
        emit([{"name": name, "what": what} for name, what in REPORTS.items()])
        return
    table(("report", "what"), REPORTS.items())


def report_costs(
    by: str = typer.Option("source", "--by", metavar="W", help="offer, source or batch."),
    period: str = typer.Option("all", "--period", metavar="P", help="Of inquiries of this time."),
    format_: str = typer.Option("table", "--format", metavar="F", help="table, json or csv."),
    json: bool = JSON,
) -> None:
    """What a lead and a qualified lead cost, with how many there are, each currency by itself; and
    what was spent on responses that nothing was done about."""
    if format_ not in {"table", "json", "csv"}:
        raise WrongUse(f"--format {format_!r} is unknown; write table, json or csv")
    with open_desk() as desk:
        found = desk.supervise.costs(by, period)
        verified = desk.audit.verify(deep=False).ok if json or format_ == "json" else None
        desk.supervise.close()
    if json or format_ == "json":
        emit(
            {
                "report": "costs",
                "by": by,
                "filter": {"period": found.period.name, "dates": found.period.dates},
                "n": found.n,
                "verified": verified,
                "rows": [_cost_data(line) for line in found.lines],
                "totals": [_cost_data(line) for line in found.totals],
            }
        )
        return
    if format_ == "csv":
        _costs_csv(by, found.lines)
        return
    if not found.lines:
        say(f"No inquiry came in {found.period.name} ({found.period.dates}).")
        return
    _costs_table(by, found)


def _costs_table(by: str, found: Costs) -> None:
    from leadtui.desk.core.words import money

    lines = [
        (f"{line.key} {line.name}" if by == "batch" else line.name, line) for line in found.lines
    ]
    lines += [("all", line) for line in found.totals]
    table(
        (by, "responses", "leads", "qualified", "cost", "a lead", "a qualified", "nothing done"),
        (
            (
                what,
                f"{line.responses:,}",
                f"{line.leads:,}",
                f"{line.qualified:,}",
                money(line.cost_minor, line.currency),
                money(line.per_lead, line.currency),
                money(line.per_qualified, line.currency),
                money(line.wasted_minor, line.currency),
            )
            for what, line in lines
        ),
        right=range(1, 8),
    )
    say(
        f"Inquiries of {found.period.name} ({found.period.dates}), n = {found.n:,}. "
        "A qualified lead became an opportunity since."
    )
    if len([line for line in found.totals if line.currency]) > 1:
        say("Costs in several currencies are not added up: each stands by itself.")
    if unsaid := sum(line.responses for line in found.totals if not line.currency):
        say(f"Of {unsaid:,} responses nobody said what they cost (import --cost).")


def _costs_csv(by: str, lines: Iterable[CostLine]) -> None:
    import csv
    import sys

    from leadtui.sheets.cells import guarded

    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow([by, *_COST_COLUMNS])
    for line in lines:
        data = _cost_data(line)
        cells = ("" if data[name] is None else str(data[name]) for name in _COST_COLUMNS)
        writer.writerow([guarded(line.key), *map(guarded, cells)])


_COST_COLUMNS = (
    *("name", "currency", "responses", "leads", "qualified", "cost_minor"),
    *("per_lead_minor", "per_qualified_minor", "wasted_minor"),
)


def _cost_data(line: CostLine) -> dict[str, Any]:
    return {
        **picked(line, "key name currency responses leads qualified cost_minor"),
        "per_lead_minor": line.per_lead,
        "per_qualified_minor": line.per_qualified,
        "wasted_minor": line.wasted_minor,
    }
