"""What leads cost: with how many there are, each currency by itself, on either engine."""

import csv
import io

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.core.people import os_login
from leadtui.desk.floor.making import NewRep
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import WrongUse
from leadtui.store.engine.tables import Lead
from tests.builders import MONDAY, PEOPLE, a_desk, a_floor
from tests.cli.running import Line
from tests.desk.acting import call, rows
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

SHOW = """Name,Email,Phone,Country,Lead Source
Ada Kern,ada@kern.example,+13035550111,US,Lake Expo
Bo Lind,bo@lind.example,+13035550122,US,Lake Expo
Cy Tern,cy@tern.example,+13035550133,US,Lake Expo
"""
FAIR = """Name,Email,Country,Lead Source
Dee Orth,dee@orth.example,US,Lake Expo
"""


@pytest.fixture
def desk(engine_url, tmp_path):
    """Dana's desk, with a batch in dollars, one in euros of the same source, and one nobody said
    the cost of."""
    clock = FixedClock(MONDAY)
    opened = a_desk(a_floor(tmp_path / "floor", database=engine_url), clock=clock)
    for text, options in (
        (SHOW, ImportOptions(name="show.csv", offer="trade-show", cost_minor=100_001)),
        (FAIR, ImportOptions(name="fair.csv", offer="webinar", cost_minor=7_000, currency="EUR")),
        ("Name,Email\nEd Pol,ed@pol.example\n", ImportOptions(name="web.csv", offer="webinar")),
    ):
        import_file(opened.context, text.encode(), options)
    yield opened
    opened.supervise.close()
    opened.close()


def told(found):
    return [
        (line.name, line.currency, line.responses, line.leads, line.cost_minor, line.per_lead)
        for line in found
    ]


def test_each_currency_stands_by_itself(desk):
    """The same source in two currencies is two lines, and so is the sum; what nobody said is a line
    without a cost."""
    found = desk.supervise.costs("source")
    assert told(found.lines) == [
        ("none given", "", 1, 1, None, None),
        ("Lake Expo", "EUR", 1, 1, 7_000, 7_000),
        ("Lake Expo", "USD", 3, 3, 100_001, 33_334),
    ]
    assert [(line.currency, line.cost_minor) for line in found.totals] == [
        ("", None),
        ("EUR", 7_000),
        ("USD", 100_001),
    ]
    assert found.n == 5


def test_a_qualified_lead_costs_what_all_cost(desk):
    """One of three became an opportunity: it carries the cost of the three; what nothing was done
    about is told."""
    (ada,) = rows(desk, Lead, full_name="Ada Kern")
    call(desk, ada.id, "QUALIFIED", note="they buy in May")
    (line,) = [line for line in desk.supervise.costs("batch").lines if line.name == "show.csv"]
    assert (line.leads, line.qualified) == (3, 1)
    assert line.per_qualified == 100_001
    assert line.wasted_minor == 100_001 - 33_334
    (fair,) = [line for line in desk.supervise.costs("offer").lines if line.currency == "EUR"]
    assert (fair.name, fair.qualified, fair.per_qualified) == ("webinar", 0, None)


def test_the_figures_of_the_view_have_them_for_everybody(desk):
    """With how many people they are of; a rep's column has none, since leads are what cost."""
    table = desk.supervise.table("today")
    found = {one.name: one.figure for one in table.measures if one.group == "Cost"}
    assert found["cost of a lead, USD"].shown == "USD 333.34"
    assert (found["cost of a lead, USD"].n, found["cost of a lead, EUR"].n) == (3, 1)
    assert found["cost of a qualified lead, USD"].shown == "–"
    place = [one.name for one in table.measures].index("cost of a lead, USD")
    assert {figures[place].shown for _, figures in table.columns} == {"–"}


def test_another_time_and_another_word(desk):
    """Nothing came in last month; by what nobody tells costs apart is refused."""
    assert desk.supervise.costs("offer", "last month").lines == ()
    with pytest.raises(WrongUse, match="write offer, source, batch"):
        desk.supervise.costs("moon")


def test_the_report_for_people_and_for_programs(tmp_path, capsys, monkeypatch):
    """A table that says that currencies are not added up, JSON with n and filter, CSV."""
    people = (*PEOPLE, NewRep("Own Er", os_login(), "supervisor"))
    floor = a_floor(tmp_path / "floor", people=people)
    monkeypatch.setenv("LEADTUI_NOW", MONDAY.isoformat())
    leadtui = Line(floor, capsys)
    for name, text, cost in (("show.csv", SHOW, "1000.01"), ("fair.csv", FAIR, "70 EUR")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        done = leadtui("import", tmp_path / name, "--cost", cost, "--offer", "webinar", rep="")
        assert done.code == 0, done
    said = leadtui("report", "costs", rep="").out
    assert "USD 333.34" in said
    assert "Costs in several currencies are not added up" in said
    data = leadtui("report", "costs", "--by", "batch", "--json", rep="").data
    assert (data["n"], data["verified"], data["filter"]["period"]) == (4, True, "all")
    assert {(row["name"], row["currency"]) for row in data["rows"]} == {
        ("show.csv", "USD"),
        ("fair.csv", "EUR"),
    }
    lines = csv.DictReader(io.StringIO(leadtui("report", "costs", "--format", "csv", rep="").out))
    assert sum(int(line["cost_minor"]) for line in lines if line["currency"] == "USD") == 100_001
    assert [one["name"] for one in leadtui("report", "list", "--json", rep="").data] == ["costs"]
