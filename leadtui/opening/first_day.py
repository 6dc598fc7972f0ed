"""A floor of one's own from what was asked: its file of leads is tried first, then everything is
made, and the leads are there before the call block opens."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from leadtui.clock import SystemClock
from leadtui.desk.floor.first_day import SAMPLE, Plan
from leadtui.desk.floor.making import make_floor
from leadtui.desk.floor.sharing import group_id, share
from leadtui.desk.intake.files.options import ImportOptions, ImportReport
from leadtui.errors import LeadtuiError
from leadtui.opening.bootstrap import open_desk

SHOWN = 2
"""How many reasons are told of rows that cannot be leads."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A floor that is there, and what is to be said of it."""

    folder: Path
    remarks: tuple[str, ...] = ()


def tried(plan: Plan) -> str:
    """What would become of the file of leads, in words; nothing is kept.

    Raises ``LeadtuiError`` for a file that cannot be read, and for one without a single lead."""
    if not plan.leads:
        return ""
    with tempfile.TemporaryDirectory(prefix="leadtui-try-") as folder:
        trial = replace(plan, folder=Path(folder) / "floor", database="", group="")
        _make(trial)
        report = _bring_in(trial, dry_run=True)
    if not (report.new or report.merged):
        raise LeadtuiError(f"File {plan.leads}: no row of it can be a lead: {_reasons(report)}")
    return _said(report)


def begin(plan: Plan) -> Begun:
    """Make the floor and bring its leads in.

    Raises ``LeadtuiError`` where nothing was made; what fails afterwards is a remark, and the floor
    stands."""
    group = group_id(plan.group) if plan.group else None
    _make(plan)
    remarks: list[str] = []
    try:
        if group is not None:
            remarks += share(plan.folder, group)
        if plan.leads:
            remarks.append(_said(_bring_in(plan, dry_run=False)))
    except LeadtuiError as error:
        remarks.append(str(error))
    return Begun(plan.folder, tuple(remarks))


def _make(plan: Plan) -> None:
    make_floor(
        plan.folder,
        (plan.me, *plan.others),
        SystemClock().now(),
        name=plan.name or plan.firm.floor_name,
        zone=plan.firm.zone,
        demo=False,
        database=plan.database,
        firm=plan.firm,
    )


def _bring_in(plan: Plan, *, dry_run: bool) -> ImportReport:
    options = ImportOptions(offer=plan.offer, event_zone=plan.firm.zone, dry_run=dry_run)
    desk = open_desk(str(plan.folder), plan.database)
    try:
        if plan.leads != SAMPLE:
            return desk.intake.import_file(Path(plan.leads), options)
        named = replace(options, name="sample leads.csv", source="Sample", offer="trade-show")
        return desk.intake.import_file(_sample(), named)
    finally:
        desk.close()


def _sample() -> bytes:
    """The sample file as if everybody in it had been scanned just now."""
    from leadtui.desk.playbook.files import sample
    from leadtui.opening.demo import SAMPLE as FILE

    rows = list(csv.DictReader(io.StringIO(sample(FILE).decode("utf-8-sig"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(row | {"Scanned At": ""} for row in rows if row["Scanned At"])
    return out.getvalue().encode()


def _said(report: ImportReport) -> str:
    """``60 rows: 48 leads, 2 cannot be leads (line 7: no name, …)``."""
    parts = [f"{report.new} lead{'s' if report.new != 1 else ''}"]
    if report.merged:
        parts.append(f"{report.merged} joined to one of them")
    if report.review:
        parts.append(f"{report.review} look alike and wait for 'leadtui batch review'")
    if report.rejected:
        parts.append(f"{report.rejected} cannot be leads ({_reasons(report)})")
    return f"{report.rows} rows: {', '.join(parts)}"


def _reasons(report: ImportReport) -> str:
    told = [f"line {one.line}: {one.reason}" for one in report.reasons[:SHOWN]]
    more = len(report.reasons) - SHOWN
    return "; ".join(told + ([f"and {more} more"] if more > 0 else [])) or "it holds no rows"
