"""What makes enforcement complete, once through on PostgreSQL."""

from datetime import timedelta

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.audit import call_records, samples
from leadtui.desk.calls.starting import Dial
from leadtui.desk.distribution.taking_over import take_over
from leadtui.desk.floor.backing import back_up
from leadtui.desk.floor.doctor import examine
from leadtui.desk.intake import batches, near_duplicates
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads import erasing, merging
from leadtui.desk.playbook import notices, training
from leadtui.errors import LeadtuiError, Refused
from leadtui.store import leads
from leadtui.store.log import auditing
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch
from tests.engines import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

LEADS = """First Name,Last Name,Company,Email,Phone,Country,Notes
Jane,Okafor,Brightwater Mutual,jane@brightwater.example,+13035550199,US,wants a demo
Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550110,US,
Bo,Miles,B,jane@brightwater.example,+13035550177,US,
"""


@pytest.fixture
def clock():
    return FixedClock(MONDAY)


@pytest.fixture
def desks(tmp_path, postgres_url, clock):
    """Dana's and Mira's desks on one server."""
    folder = a_floor(tmp_path / "floor", database=postgres_url)
    dana, mira = a_desk(folder, clock=clock), a_desk(folder, "mira", clock=clock)
    yield dana, mira
    dana.close()
    mira.close()


def test_once_through(desks, clock, tmp_path):
    """Notices, imports back and forth, samples, call records, merging and erasing; nothing is
    broken at the end."""
    dana, mira = desks
    jane = a_lead(dana, rating="cold")
    notice = notices.publish(mira.context, "New script", "Use it.")
    clock.advance(minutes=61)
    with pytest.raises(Refused, match="notice"):
        dana.block.start(open_touch(dana, jane).id, out_of_turn="supervisor_asked")
    dana.notices.acknowledge(notice.id)
    training.record(mira.context, "Objections", ["dana"])

    report = import_file(mira.context, LEADS.encode(), ImportOptions(name="show.csv"))
    assert (report.new, report.updated, report.review) == (1, 1, 1)
    assert batches.undo(mira.context, report.batch).restored == 1
    import_file(mira.context, LEADS.encode(), ImportOptions(name="show.csv"))
    made = near_duplicates.accept_as_new(
        mira.context, near_duplicates.waiting(mira.context)[0].question
    )
    merging.merge(mira.context, jane, made.lead)

    started = dana.block.start(
        open_touch(dana, jane).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
    )
    clock.advance(minutes=1)
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER", "said Okafor is away"))
    cdr = tmp_path / "cdr.csv"
    cdr.write_text(
        "Number,Start\n+13035550142,2026-11-23 11:41:20\n+13125550199,2026-11-23 13:41:20\n"
    )
    assert call_records.import_calls(mira.context, cdr, {}).matched == 1
    assert len(call_records.check(mira.context).without_confirmation) == 1

    clock.advance(days=7)
    drawn = samples.of_week(mira.context)
    assert samples.sign(mira.context, drawn[0].seq, "in order").signed_by == "Mira Sand"
    assert erasing.retention(mira.context, timedelta(days=1)).log_texts >= 1
    erasing.erase(mira.context, jane, "asked by letter of 20 November")
    diagnosis = examine(mira.context)

    assert [one for one in diagnosis.findings if one.severity == "error"] == []
    assert auditing.verify(mira.context.store).ok
    with pytest.raises(LeadtuiError, match="pg_dump"):
        back_up(mira.context, tmp_path / "copy.db")


def test_a_lead_changes_hands_while_its_question_is_open(desks, clock):
    """The lead calls in beside its question, a supervisor takes it over, and a late answer moves
    nothing."""
    dana, mira = desks
    jane = a_lead(dana)
    started = dana.block.start(open_touch(dana, jane).id, out_of_turn="supervisor_asked")
    came = dana.block.inbound(jane)
    dana.confirm.answer(
        came.question.id, Given("yes", "GATEKEEPER", "her assistant", colleague="Ms Pine")
    )
    clock.advance(minutes=121)
    assert take_over(mira.context, jane, "she waits for a quote").owner == "Mira Sand"
    planned = [(touch.id, touch.due, touch.state) for touch in _planned(mira, jane)]
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    assert [(touch.id, touch.due, touch.state) for touch in _planned(mira, jane)] == planned
    assert auditing.verify(mira.context.store).ok
    assert examine(mira.context).ok


def _planned(desk, lead_id):
    with desk.context.store.read() as session:
        return leads.open_touches(session, lead_id)
