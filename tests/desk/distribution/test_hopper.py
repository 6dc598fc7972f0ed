"""A lead without an owner is in the hopper: with its deadline and the reason, until somebody has
it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.core.people import Changes
from leadtui.desk.distribution.assigning import assign
from leadtui.desk.figures.compliance_views import Whose
from leadtui.desk.floor.doctor import examine
from leadtui.desk.floor.making import NewRep
from leadtui.errors import NotFound, Refused
from leadtui.store import hopper, leads
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Lead, Rep, Touch
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch
from tests.desk.acting import log, rows, the_lead

MIRA = NewRep("Mira Sand", "mira", "supervisor", "mira@halyard.example")


@pytest.fixture
def clock():
    return FixedClock(MONDAY)


@pytest.fixture
def mira(tmp_path, engine_url, clock):
    """A supervisor's desk on a floor that has no rep yet."""
    database = engine_url if engine_url.startswith("postgresql") else ""
    desk = a_desk(
        a_floor(tmp_path / "floor", people=(MIRA,), database=database), "mira", clock=clock
    )
    yield desk
    with desk.context.store.read() as session:
        assert leads.without_next_step(session) == []
    assert verify(desk.context.store).ok
    held = Rows(desk.context.store.url)
    assert replay(held) == ()
    held.close()
    desk.close()


def nobodys_lead(desk, name="Jane Okafor", **given):
    """A lead that came while there was nobody to have it."""
    return a_lead(desk, name, email=f"{name[:3]}@example.com", owner=0, **given)


def joins(mira, name="Dana Reyes", role="rep"):
    """Somebody works here from now on; their desk."""
    login = name.split()[0].lower()
    with mira.context.write() as unit:
        rep = Rep(name=name, name_key=name.lower(), login=login, role=role, created_at=unit.now)
        unit.session.add(rep)
        unit.session.flush()
        unit.log("rep.added", subjects={"rep": rep.id}, after={"role": role, "login": login})
    return a_desk(mira.settings.folder, login, clock=mira.clock)


def leaves(mira, desk):
    """Somebody works here no longer."""
    with mira.context.write() as unit:
        unit.session.get(Rep, desk.identity.id).active = False
        unit.log("rep.set", subjects={"rep": desk.identity.id})


def test_who_came_before_there_was_a_rep_waits_with_a_deadline(mira, clock):
    """The deadline is the agreed response where there is one, and the hottest stands first."""
    warm = nobodys_lead(mira, "Tom Weiss", phone="+13125550110", rating="cold")
    clock.advance(minutes=5)
    hot = nobodys_lead(mira, offer="contact-us")
    first, second = mira.hopper.places()
    assert (first.lead_id, first.name, first.company) == (hot, "Jane Okafor", "Brightwater Mutual")
    assert (first.since, first.deadline) == (clock.now(), clock.now() + timedelta(minutes=5))
    assert (second.lead_id, second.since, second.why) == (warm, MONDAY, "no rep yet")
    assert mira.hopper.count() == 2
    with mira.context.store.read() as session:
        assert hopper.count(session, 1) == 1, "it is not counted further than that"
    clock.advance(minutes=5)
    joins(mira).close()
    assert {one.why for one in mira.hopper.places()} == {"no rep yet"}


def test_whose_rep_left_waits_a_business_day(mira, clock):
    """Their leads are back in the hopper, and say why."""
    dana = joins(mira)
    lead = a_lead(dana)
    assert mira.hopper.places() == ()
    with mira.context.write() as unit:
        for response in leads.responses(unit.session, lead):
            response.first_attempt_at = unit.now
        unit.log("response.added", subjects={"lead": lead})
    leaves(mira, dana)
    dana.close()
    (place,) = mira.hopper.places()
    assert (place.lead_id, place.why, place.since) == (lead, "its rep left", MONDAY)
    assert place.deadline == MONDAY + timedelta(days=1)


def test_a_pull_makes_it_ones_own_with_what_is_planned(mira, clock):
    """Without a name it is the first; it stands in one's queue, and the log and its history say
    so."""
    nobodys_lead(mira, "Tom Weiss", phone="+13125550110", rating="cold")
    hot = nobodys_lead(mira, offer="contact-us")
    dana = joins(mira)
    clock.advance(minutes=1)
    found = dana.hopper.pull()
    assert (found.lead_id, found.owner, found.touches) == (hot, "Dana Reyes", 1)
    assert (open_touch(dana, hot).rep_id, the_lead(dana, hot).owner_id) == (
        dana.identity.id,
        dana.identity.id,
    )
    assert open_touch(dana, hot).id in dana.block.first_page().ids
    (entry,) = log(dana, "lead.pulled")
    assert (entry["subjects"]["lead"], entry["after"]) == (hot, {"owner": dana.identity.id})
    line = dana.block.history(hot)[0]
    assert (line.kind, line.words) == ("assigned", "Dana Reyes")
    assert mira.hopper.count() == 1
    dana.close()


def test_two_reps_at_once_and_one_gets_it(mira):
    """The other is told who has it; with nothing left, that nobody waits."""
    lead = nobodys_lead(mira)
    desks = joins(mira), joins(mira, "Ali Haddad")
    ready = Barrier(2)

    def reach(desk):
        ready.wait()
        try:
            return desk.hopper.pull(lead)
        except Refused as no:
            return no

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(reach, desks))
    (no,) = [one for one in got if isinstance(one, Refused)]
    (won,) = [one for one in got if not isinstance(one, Refused)]
    assert no.code == "taken"
    assert f"Jane Okafor (lead {lead}) is {won.owner}'s already" in str(no)
    assert len(log(mira, "lead.pulled")) == 1
    with pytest.raises(Refused, match="nobody waits in the hopper"):
        desks[0].hopper.pull()
    for desk in desks:
        desk.close()


def test_who_may_have_no_lead_pulls_none(mira):
    """A marketer, and whoever works here no longer; what does not exist or is closed is said."""
    lead = nobodys_lead(mira)
    max_ = joins(mira, "Max Lund", role="marketer")
    with pytest.raises(Refused, match="Max Lund is a marketer and takes no calls"):
        max_.hopper.pull()
    with pytest.raises(NotFound, match="there is no lead 99"):
        mira.hopper.pull(99)
    with pytest.raises(Refused, match="Max Lund is a marketer"):
        assign(mira.context, lead, "max")
    leaves(mira, max_)
    with pytest.raises(Refused, match="works here no longer"):
        assign(mira.context, lead, "max")
    assert mira.hopper.count() == 1
    max_.close()


def test_whoever_has_enough_for_today_pulls_no_more(mira):
    """As many first touches as their capacity says: they are told what to do, and a supervisor who
    raises it, or gives a lead by name, is not stopped."""
    first, second, third = (
        nobodys_lead(mira, name, phone=f"+1312555011{place}")
        for place, name in enumerate(("Jane Okafor", "Tom Weiss", "Lee Ito"))
    )
    dana = joins(mira)
    mira.floor.set_rep("dana", Changes(capacity=1))
    dana.hopper.pull(first)
    with pytest.raises(Refused, match=r"as many .* as their capacity says \(1\); do those") as no:
        dana.hopper.pull()
    assert no.value.code == "full"
    assert assign(mira.context, second, "dana").owner == "Dana Reyes"
    assert mira.floor.set_rep("dana", Changes(capacity=3)).capacity == 3
    assert dana.hopper.pull().lead_id == third
    with pytest.raises(Refused, match="nobody waits"):
        dana.hopper.pull()
    dana.close()


def test_new_leads_pass_over_whoever_has_enough(mira):
    """While a colleague has room; where nobody has, what is too much is shared."""
    dana, ali = joins(mira), joins(mira, "Ali Haddad")
    mira.floor.set_rep("dana", Changes(capacity=1))
    mira.floor.set_rep("ali", Changes(capacity=2))
    came = [nobodys_lead(mira, f"Lead {place}", phone=f"+1312555012{place}") for place in range(5)]
    owners = [rows(mira, Lead, id=lead)[0].owner_id for lead in came]
    assert owners[:3] == [dana.identity.id, ali.identity.id, ali.identity.id]
    assert all(owners)
    for desk in (dana, ali):
        desk.close()


def test_a_lead_that_a_caller_has_open_is_not_pulled(mira):
    """Whoever took the call of a lead has it; the puller is told, and the first free one is the
    next."""
    called = nobodys_lead(mira, offer="contact-us")
    free = nobodys_lead(mira, "Tom Weiss", phone="+13125550110", rating="cold")
    dana, ali = joins(mira), joins(mira, "Ali Haddad")
    dana.block.inbound(called)
    with pytest.raises(Refused, match="Dana Reyes has this lead open") as no:
        ali.hopper.pull(called)
    assert no.value.code == "held_by"
    assert ali.hopper.pull().lead_id == free
    for desk in (dana, ali):
        desk.close()


def test_a_supervisor_gives_a_lead_of_the_hopper(mira):
    """``assign`` works for what is nobody's."""
    lead = nobodys_lead(mira)
    dana = joins(mira)
    found = assign(mira.context, lead, "dana")
    assert (found.owner, found.before, found.touches) == ("Dana Reyes", "", 1)
    assert mira.hopper.count() == 0
    assert rows(mira, Lead, owner_id=dana.identity.id)
    dana.close()


def test_the_doctor_calls_what_is_past_its_deadline_an_error(mira, clock):
    """Before it, those who wait are a note; after it each is named, with how long and what to
    do."""
    lead = nobodys_lead(mira, rating="hot")
    note = next(one for one in examine(mira.context).findings if one.where == "hopper")
    assert (note.severity, note.do) == ("note", "leadtui hopper; then 'leadtui hopper pull'")
    assert note.what == "1 lead waits in the hopper, the first until Mon 23 Nov 11:40"
    clock.advance(minutes=61)
    late = next(one for one in examine(mira.context).findings if one.where == f"lead {lead}")
    assert (late.severity, f"leadtui assign {lead} --to REP" in late.do) == ("error", True)
    assert late.what == (
        "Jane Okafor waits in the hopper for 1 h 01 (no rep yet), "
        "past the deadline Mon 23 Nov 11:40"
    )
    assert not examine(mira.context).ok
    joins(mira).close()
    assign(mira.context, lead, "dana")
    assert examine(mira.context).ok


def test_the_doctor_tells_of_calls_and_letters_that_nobody_does(mira, clock):
    """A call overdue for more than 30 business days, a letter not in the post for more than 10."""
    dana = joins(mira)
    called = a_lead(dana)
    posted = a_lead(dana, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example")
    touch = open_touch(dana, posted)
    with dana.context.write() as unit:
        unit.session.get(Touch, touch.id).channel = "letter"
        unit.log("lead.note", subjects={"lead": posted})

    def warned():
        return {
            (one.severity, one.where): one.what
            for one in examine(mira.context).findings
            if one.where in {f"touch {open_touch(dana, called).id}", f"lead {posted}"}
        }

    clock.advance(days=13)
    assert warned() == {}
    clock.advance(days=4)
    (letter,) = warned().items()
    assert letter[0] == ("warning", f"lead {posted}")
    assert "not in the post; what follows it in trade-show waits" in letter[1]
    clock.advance(days=40)
    call = warned()["warning", f"touch {open_touch(dana, called).id}"]
    assert call.startswith("call Jane Okafor, Dana Reyes's, is overdue since Mon 23 Nov 10:40")
    dana.close()


def test_the_supervisors_view_says_how_many_wait(mira):
    """Leads that came before there was a rep, and those of one who left, stand among the
    exceptions, and in nobody's own; whoever has one is not counted."""
    nobodys_lead(mira)
    dana = joins(mira)
    a_lead(dana, "Tom Weiss", phone="+13125550110", email="tom@x.example")
    assert [line.words for line in mira.supervise.exceptions() if line.kind == "hopper"] == [
        "1 lead waits in the hopper ('leadtui hopper'); 'leadtui assign' gives one"
    ]
    leaves(mira, dana)
    (line,) = [line for line in mira.supervise.exceptions() if line.kind == "hopper"]
    assert line.words.startswith("2 leads wait in the hopper")
    assert (line.rep, line.count, mira.hopper.count()) == ("nobody", 2, 2)
    hers = mira.supervise.board(whose=Whose("Dana Reyes", rep_id=dana.identity.id))
    assert "hopper" not in {each.kind for each in hers.exceptions}
    mira.supervise.close()
    dana.close()
