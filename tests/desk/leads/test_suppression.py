"""Whoever was erased stays blocked: known again by keyed hashes, in whatever way they come in."""

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import Refused
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import DoNotCall, EmailAddress, Lead, Phone, Suppression
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.desk.acting import one, rows
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

REASON = "asked us by letter of 20 November"
AGAIN = (
    "Name,Company,Email,Phone\n"
    "Jane Okafor,Brightwater Mutual,JANE@brightwater.example,303 555 0142\n"
    "Tom Weiss,Kestrel Freight,tom@kestrel.example,+1 303 555 0177\n"
)
HERS = ("jane@brightwater.example", "+13035550142", "Okafor")


@pytest.fixture
def mira(engine_url, tmp_path):
    """A supervisor's desk with Jane on the floor as lead 1, once an engine."""
    desk = a_desk(
        a_floor(tmp_path / "floor", database=engine_url), "mira", clock=FixedClock(MONDAY)
    )
    a_lead(desk)
    yield desk
    desk.close()


def again(desk, text=AGAIN):
    """The people of a file come in."""
    return import_file(desk.context, text.encode(), ImportOptions(name="again.csv"))


def lead(desk, lead_id):
    return one(desk, Lead, id=lead_id)


def test_an_opt_out_survives_its_erasure(mira):
    """Neither address nor number is kept, and the next file brings her in opted out; the other row
    is as any. Rows and log agree."""
    mira.leads.sign(1, "opt-out")
    mira.leads.erase(1, REASON)
    kept = str([rows(mira, table) for table in (Lead, EmailAddress, Phone, DoNotCall, Suppression)])
    assert [said for said in HERS if said in kept] == []

    report = again(mira)

    assert any("1 row is suppressed (line 2)" in said for said in report.warnings)
    jane, tom = lead(mira, 2), lead(mira, 3)
    assert (jane.full_name, jane.emails_opt_out, jane.calls_opt_out) == ("Jane Okafor", True, True)
    assert (tom.emails_opt_out, tom.calls_opt_out) == (False, False)
    assert mira.block.lead(3).phones[0].gate.verdict != "blocked"
    assert {row.source for row in rows(mira, Suppression) if row.channel == "emails"} == {
        "opted_out"
    }
    reading = Rows(mira.context.store.url)
    assert replay(reading) == ()
    reading.close()


def test_do_not_call_survives_its_erasure(mira):
    """The number is on the list as a hash: it is blocked for whoever has it, and said to be."""
    mira.do_not_call.add("+13035550142", "asked on the phone")
    mira.leads.erase(1, REASON)
    assert [row.number for row in mira.do_not_call.listed()] == ["(erased)"]
    assert mira.do_not_call.check("303 555 0142").reason == "asked on the phone"

    again(mira, AGAIN.replace("JANE@brightwater.example", "other@x.example"))

    gate = mira.block.lead(2).phones[0].gate
    assert (gate.rule, gate.overridable) == ("do not call", False)
    assert lead(mira, 2).emails_opt_out, "the same number and last name is the same person"


def test_who_is_typed_in_again_comes_in_blocked_and_it_is_said(mira):
    """A lead by hand passes the same check as a row of a file."""
    mira.leads.erase(1, REASON)

    found = mira.intake.add("demo", {"name": "J. Okafor", "email": "jane@brightwater.example"})

    assert any("suppressed" in said for said in found.warnings)
    assert lead(mira, found.lead_id).emails_opt_out


def test_an_address_that_another_lead_gets_is_not_written_to(mira):
    """However it comes to the lead, and the refusal says why."""
    mira.leads.erase(1, REASON)
    other = a_lead(mira, "Ada Wren", phone="+13035550188", email="")
    mira.leads.edit(other, {"email": "jane@brightwater.example"})

    with mira.context.store.read() as session:
        from leadtui.desk.core.facts import sheet_of
        from leadtui.desk.messages.delivery import address_of

        with pytest.raises(Refused, match="somebody who was erased"):
            address_of(sheet_of(mira.context, session, other))


def test_a_switchboard_is_not_closed_to_the_others(mira):
    """A number and a mailbox that others have too stay open to them."""
    other = a_lead(mira, "Tom Weiss", phone="+13035550142", email="jane@brightwater.example")
    mira.leads.erase(1, REASON)

    assert mira.block.lead(other).phones[0].gate.rule != "do not call"
    assert rows(mira, DoNotCall) == []
    assert not again(mira, "Name,Email\nBo Reed,bo@kestrel.example\n").warnings


def test_what_is_closed_is_opened_by_whom_it_concerns(mira):
    """E-mail when they ask for it again, calls when a supervisor takes the number off the list."""
    mira.leads.erase(1, REASON)
    again(mira)
    mira.leads.sign(2, "opt-in")
    mira.do_not_call.remove("+13035550142", "she called us on Monday")

    assert mira.do_not_call.check("+13035550142") is None
    assert not lead(mira, 2).emails_opt_out
    assert all(row.lifted_at for row in rows(mira, Suppression) if row.channel == "emails")
