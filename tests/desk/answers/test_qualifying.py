"""Qualified: what the answers to the fit questions let become an opportunity, and what is kept."""

import pytest
from sqlmodel import select

from leadtui.desk.calls.starting import Dial
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine.tables import HistoryEvent
from tests.builders import a_desk, a_floor, a_lead
from tests.desk.acting import answer, call, log, start, the_lead

REASON = "decider_wants_it"


@pytest.fixture
def desk(tmp_path):
    made = a_desk(a_floor(tmp_path / "floor"))
    yield made
    made.close()


def told(desk, lead_id):
    """A lead's history, oldest first, by kind."""
    with desk.context.store.read() as session:
        rows = session.exec(
            select(HistoryEvent).where(HistoryEvent.lead_id == lead_id).order_by(HistoryEvent.id)
        )
        return [row.kind for row in rows]


def answers(desk, lead_id, **given):
    """Several questions of fit at once; a name stands after a colon."""
    for key, said in given.items():
        word, _, name = said.partition(":")
        desk.block.answer_fit(lead_id, key, word, name)


def test_servers_that_cannot_be_protected_are_no_opportunity(desk):
    """The answer is named, nothing moves, and the call can end otherwise."""
    lead = a_lead(desk)
    answers(desk, lead, fit="no")
    started = start(desk, lead, dial=Dial(acknowledge=True))
    with pytest.raises(Refused, match=r"fit: No: Linux only.*correct"):
        desk.confirm.preview(started.question.id, "QUALIFIED")
    with pytest.raises(Refused, match="fit: No: Linux only"):
        answer(desk, started, "QUALIFIED", reason=REASON)
    assert the_lead(desk, lead).pipeline == "marketing"
    answer(desk, started, "UNQUALIFIED", reason="linux_only")


@pytest.mark.parametrize(
    "given", [{"budget": "no"}, {"budget": "planned"}, {"rivals": "no"}, {"rivals": "yes"}]
)
def test_what_speaks_against_it_asks_for_a_reason(desk, given):
    """No budget, no rival, and a rival without a name; with the reason it is one."""
    lead = a_lead(desk)
    answers(desk, lead, **given)
    started = start(desk, lead, dial=Dial(acknowledge=True))
    shown = desk.confirm.preview(started.question.id, "QUALIFIED")
    assert shown.missing == ("reason",)
    assert ("named, but not by name" in shown.next) == (given == {"rivals": "yes"})
    with pytest.raises(Refused, match="needs a reason"):
        answer(desk, started, "QUALIFIED")
    answer(desk, started, "QUALIFIED", reason=REASON)
    assert the_lead(desk, lead).pipeline == "sales"
    codes = log(desk, "lead.opportunity")[-1]["codes"]
    assert codes["weak"] == next(iter(given))
    assert codes["unknown"].count(",") == 2


def test_whoever_passes_needs_no_reason_and_is_accepted_and_qualified(desk):
    """Four answers; acceptance comes with it, once."""
    lead = a_lead(desk)
    answers(desk, lead, project="yes", budget="yes", fit="part", rivals="yes:Acme Failover")
    answers(desk, lead, fit="yes")
    started = start(desk, lead, dial=Dial(acknowledge=True))
    shown = desk.confirm.preview(started.question.id, "QUALIFIED")
    assert shown.missing == ()
    assert "not asked" not in shown.next
    answer(desk, started, "QUALIFIED")
    assert told(desk, lead).count("accepted") == told(desk, lead).count("opportunity") == 1
    assert not log(desk, "lead.opportunity")[-1].get("codes")
    assert "Acme Failover" in str(the_lead(desk, lead).qualification["rivals"])


def test_what_nobody_asked_is_said_and_asks_for_nothing(desk):
    """The verdict stands with the outcome, before it is answered."""
    lead = a_lead(desk)
    started = start(desk, lead, dial=Dial(acknowledge=True))
    shown = desk.confirm.preview(started.question.id, "QUALIFIED")
    assert shown.missing == ()
    assert "not asked: project, budget, fit, rival" in shown.next


def test_a_lead_that_is_further_on_is_not_set_back(desk):
    """Qualified once more, it keeps its stage."""
    lead = a_lead(desk)
    call(desk, lead, "QUALIFIED")
    with desk.context.write() as unit:
        leads.lead(unit.session, lead).stage = "evaluation"
        unit.log("test")
    desk.tick()
    started = desk.block.start_call(lead, dial=Dial(acknowledge=True))
    answer(desk, started, "QUALIFIED")
    assert the_lead(desk, lead).stage == "evaluation"
    assert told(desk, lead).count("accepted") == 1


def test_what_a_form_said_is_confirmed_in_its_words(desk):
    """The source becomes the rep; a name that an answer does not take is refused."""
    lead = a_lead(desk)
    with desk.context.write() as unit:
        leads.lead(unit.session, lead).qualification = {
            "rivals": {"answer": "yes", "source": "form", "said": "Acme", "at": "", "by": ""}
        }
        unit.log("test")
    desk.block.answer_fit(lead, "rivals", "yes")
    given = the_lead(desk, lead).qualification["rivals"]
    desk.block.answer_fit(lead, "rivals", "yes", "")
    assert "said" not in the_lead(desk, lead).qualification["rivals"]
    assert (given["source"], given["said"], given["by"]) == ("rep", "Acme", "Dana Reyes")
    with pytest.raises(Refused, match="names nobody"):
        desk.block.answer_fit(lead, "project", "yes", "Acme")
