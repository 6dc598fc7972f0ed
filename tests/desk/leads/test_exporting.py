"""What is exported comes back by an import, with everything that came with the leads."""

import csv
import io
from pathlib import Path

import pytest
from sqlmodel import select

from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads.exporting import export
from leadtui.desk.planning.segments import read_when
from leadtui.store.engine.tables import Response
from tests.builders import a_desk, a_floor

ODD = (
    "Badge ID,Full Name,Company,Email,Phone,State,Country,Employees,Annual Revenue,Stars,"
    "Lead Status,f_in_use,Answers,Budget?,Budget,=Total,ZIP4,Create Date,Scanned At,Scanned by,"
    "Scan note\n"
    "7,Jane Okafor,Brightwater Mutual,jane@brightwater.example,303 555 0142 x12 / 303 555 0143,"
    "Colorado,USA,50-100,$3M,5,Contacted,Windows; VMware,Rival: Twinsite | When: soon,Yes,80k,"
    '=1+1,0017,2026-11-01,2026-11-17 09:12,Dana Reyes,"Wants 20 minutes,\nnot 45."\n'
    "8,Jane Okafor,Brightwater Mutual,jane@brightwater.example,1.55512E+10,,,,,,,,,No,,,,,"
    "2026-11-17 11:00,Ali Haddad,-5 % asked\n"
)


@pytest.fixture(params=["midwest-it-expo-2026", "harbor-tech-day-2026", "odd"])
def file(request: pytest.FixtureRequest) -> bytes:
    """A file of leads."""
    if request.param == "odd":
        return ODD.encode()
    return Path(f"data/samples/{request.param}.csv").read_bytes()


def _import(context, file, **said):
    return import_file(context, file, ImportOptions(offer="trade-show", event="Expo", **said))


def _export(life):
    return export(life.mira.context, read_when(""))[0]


def _came(context):
    """What the responses of a floor keep, by badge; without the fingerprints of the rows."""
    names = "rating notes scanned_by inquiry_at external_id qualifiers extra"
    with context.store.read() as session:
        found = [
            {name: getattr(row, name) for name in names.split()}
            for row in session.exec(select(Response).order_by(Response.id))
        ]
    for row in found:
        row["extra"] = {name: said for name, said in row["extra"].items() if name != "#rows"}
    return found


def test_an_export_of_the_same_floor_changes_nothing(life, file):
    """Every row of it is unchanged."""
    rows = _import(life.mira.context, file)
    assert rows.new
    report = _import(life.mira.context, _export(life).encode())
    assert (report.new, report.updated, report.review) == (0, 0, 0), report
    assert report.unchanged == report.rows == rows.new


def test_an_export_is_the_same_on_another_floor(life, file, tmp_path):
    """Notes, answers, ratings, scans and each column nobody mapped; exported again, the same
    file."""
    _import(life.mira.context, file)
    text = _export(life)
    desk = a_desk(a_floor(tmp_path / "second"), "mira")
    _import(desk.context, text.encode())
    there, here = _came(desk.context), _came(life.mira.context)
    again = export(desk.context, read_when(""))[0]
    desk.close()
    for one, other in zip(there, here, strict=True):
        # A list of several scans is one cell of the file, and text afterwards.
        other["extra"] = {
            name: "; ".join(said) if isinstance(said, list) else said
            for name, said in other["extra"].items()
        }
        assert one == other
    own = {"leadtui ID", "leadtui Created At", "leadtui Owner"}
    first, second = (
        [
            {name: cell for name, cell in row.items() if name not in own}
            for row in csv.DictReader(io.StringIO(said))
        ]
        for said in (text, again)
    )
    assert second == first


def test_a_row_that_answered_another_offer_is_refused_with_the_right_one(life):
    """Nothing is recorded as an answer to what was not offered."""
    _import(life.mira.context, ODD.encode())
    report = import_file(life.mira.context, _export(life).encode(), ImportOptions(offer="trial"))
    assert report.rejected == report.rows == 1
    assert "--offer trade-show" in report.reasons[0].reason
