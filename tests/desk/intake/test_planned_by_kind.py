"""Leads that come in together are planned by kind, and each gets what it would have got alone."""

import csv
import io
from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from leadtui.desk.distribution.absence import send_away
from leadtui.desk.intake.admitting import admit
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads.do_not_call import add as block
from leadtui.store.engine.tables import (
    CallingClass,
    DatedRule,
    Enrolment,
    HistoryEvent,
    Lead,
    Response,
    Touch,
)
from tests.builders import a_desk, a_floor
from tests.conftest import examples
from tests.desk.acting import rows

BLOCKED = "+13035550142"
OFFERS = ("trade-show", "trial", "demo", "webinar", "newsletter", "white-paper", "contact-us")
HEAD = (
    "Name",
    "Title",
    "Company",
    "Employees",
    "Industry",
    "Email",
    "Phone",
    "State",
    "Country",
    "Scanned At",
    "Scanned by",
    "Rating",
    "Call Consent",
    "Opted Out",
    "Project?",
)
ROW = st.tuples(
    st.sampled_from(["", "CIO", "Storage Administrator", "IT Director", "Student", "Baker"]),
    st.sampled_from(["", "12", "150", "900", "20000"]),
    st.sampled_from(["", "Insurance", "Bakery"]),
    st.booleans(),
    st.sampled_from(
        ["", BLOCKED, "312-555-0177", "(907) 555-0108", "+43 1 5880 0", "+1 800 555 0199"]
    ),
    st.sampled_from(["", "IL", "CO", "AK", "ND"]),
    st.sampled_from(["", "US", "AT", "DE", "Canada"]),
    st.sampled_from(["", "2026-11-20 23:30", "2026-11-23 09:00", "2026-11-21", "2026-07-01"]),
    st.sampled_from(["", "Dana", "Ali Haddad", "Nobody"]),
    st.sampled_from(["", "hot", "warm", "cold"]),
    st.sampled_from(["", "yes"]),
    st.sampled_from(["", "yes"]),
    st.sampled_from(["", "yes", "no"]),
)
OWN = {"id", "lead_id", "response_id", "enrolment_id", "calling_class_id"}
"""Numbers that follow from the order in which rows were written."""


def a_file(lines):
    """The rows as a file; every one of them is somebody else."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for number, (title, size, branch, mail, phone, *rest) in enumerate(lines):
        name = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}nn Vary{number}"
        address = f"vary{number}@firm{number}.example" if mail else ""
        line = phone and f"{phone[:-2]}{number + 10}" if phone != BLOCKED else phone
        writer.writerow([name, title, f"Firm {number}", size, branch, address, line, *rest])
    return out.getvalue().encode()


def planned(folder, data, offer, *, away, alone):
    """A floor on which the file came in, all at once or lead by lead: every lead by name with all
    that is planned for it."""
    desk = a_desk(a_floor(folder), "mira")
    block(desk.context, BLOCKED, "asked us to stop")
    if away:
        cover = "ali" if away == "covered" else ""
        send_away(desk.context, "dana", date(2026, 11, 23), date(2026, 11, 25), cover)
    loads: dict[int | None, int] = {}

    def one_by_one(unit, arrivals):
        for pair in sorted(arrivals):
            admit(desk.context, unit, [pair], loads)

    options = ImportOptions(name="show.csv", offer=offer)
    import_file(desk.context, data, options, admit=one_by_one if alone else None)
    classes = {row.id: row.key for row in rows(desk, CallingClass)}
    found = {row.id: [row.full_name, said(row)] for row in rows(desk, Lead)}
    for table in (Response, Enrolment, Touch, DatedRule, HistoryEvent):
        for row in rows(desk, table):
            key = getattr(row, "calling_class_id", None)
            found[row.lead_id].append((table.__name__, said(row), classes.get(key)))
    desk.close()
    return sorted(found.values())


def said(row):
    """A row without the numbers that are only its own."""
    return sorted(
        (name, repr(value))
        for name, value in vars(row).items()
        if name[0] != "_" and name not in OWN
    )


@pytest.mark.timeout(600)
@settings(max_examples=examples(30), phases=[Phase.explicit, Phase.generate])
@given(
    lines=st.lists(ROW, min_size=2, max_size=12),
    offer=st.sampled_from(OFFERS),
    away=st.sampled_from(["", "covered", "uncovered"]),
)
def test_who_comes_with_others_gets_what_they_would_have_got_alone(
    tmp_path_factory, lines, offer, away
):
    """Owner, scores, cadence, touches with their times and reasons, what is held, what follows a
    date, and the history: all of it, whatever the file says."""
    floors, data = tmp_path_factory.mktemp("floors"), a_file(lines)
    together = planned(floors / "together", data, offer, away=away, alone=False)
    alone = planned(floors / "alone", data, offer, away=away, alone=True)
    assert together == alone
