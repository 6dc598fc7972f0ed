"""An import can be taken back whole, near duplicates are decided by a person, and two leads can
become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from leadtui.desk.answers.given import Given
from leadtui.desk.intake import batches, near_duplicates
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.intake.files.sides import NEW
from leadtui.desk.leads import merging
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store import leads
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Lead
from leadtui.store.log import auditing, replay
from tests.builders import a_desk, a_floor, a_lead, open_touch
from tests.desk.acting import planned

FILE = """First Name,Last Name,Company,Email,Phone,Country,Notes
Jane,Okafor,Brightwater Mutual,jane@brightwater.example,+13035550199,US,wants a demo
Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550110,US,
Lee,Brandt,Aldera Clinics,lee@aldera.example,+16025550155,US,call in May
"""
TABLES = (
    "lead",
    "phone",
    "emailaddress",
    "company",
    "response",
    "enrolment",
    "touch",
    "event",
    "question",
)


@pytest.fixture
def mira(tmp_path, clock):
    """The supervisor of a floor where Jane Okafor is known and Dana works."""
    a_floor(tmp_path / "floor")
    dana = a_desk(tmp_path / "floor", clock=clock)
    a_lead(dana, offer="white-paper")
    dana.close()
    clock.advance(minutes=5)
    desk = a_desk(tmp_path / "floor", "mira", clock=clock)
    yield desk
    desk.close()


@pytest.fixture
def dana(mira, clock):
    desk = a_desk(mira.settings.folder, clock=clock)
    yield desk
    desk.close()


def bring(desk, words=FILE, **options):
    return import_file(desk.context, words.encode(), ImportOptions(name="show.csv", **options))


def state(desk):
    """Every row of the tables an import writes to, without what only says when it was looked at."""
    with desk.context.store.read() as session:
        return {
            table: sorted(map(repr, session.execute(text(f"SELECT * FROM {table}")).mappings()))
            for table in TABLES
        }


def sound(desk):
    rows = Rows(desk.context.store.url)
    try:
        disagreements = replay.replay(rows)
    finally:
        rows.close()
    with desk.context.store.read() as session:
        bare = leads.without_next_step(session)
    assert (bare, disagreements, auditing.verify(desk.context.store).ok) == ([], (), True)


def test_an_import_is_taken_back_whole_and_can_be_made_again(mira):
    """New leads are gone, the lead that was there is as it was, and the same file is new again."""
    before = state(mira)
    report = bring(mira)
    assert (report.new, report.updated) == (2, 1)
    done = batches.undo(mira.context, report.batch)

    assert (done.leads, done.restored) == (2, 1)
    assert state(mira) == before
    sound(mira)
    again = bring(mira)
    assert (again.new, again.updated) == (2, 1)
    assert [one.undone_at is None for one in batches.listed(mira.context)] == [True, False]
    sound(mira)


def test_an_import_that_was_worked_on_stays_and_says_why(mira, dana, clock):
    """The lead and the entry are named; nothing is changed, and nobody but a supervisor may try."""
    report = bring(mira)
    tom = next(lead.id for lead in found(mira, "Weiss"))
    with mira.context.write() as unit:
        unit.session.get(Lead, tom).owner_id = dana.identity.id
        unit.log("lead.assigned", subjects={"lead": tom}, after={"owner": dana.identity.id})
    dana.block.note(tom, "met him at the booth")
    before = state(mira)
    with pytest.raises(
        Refused, match=rf"lead {tom} Tom Weiss \(lead assigned, entry \d+\)"
    ) as refused:
        batches.undo(mira.context, report.batch)

    assert refused.value.code == "worked_on"
    assert state(mira) == before
    with pytest.raises(Refused, match="supervisor"):
        batches.undo(dana.context, report.batch)
    with pytest.raises(NotFound):
        batches.undo(mira.context, 99)


def test_a_call_to_the_lead_that_was_updated_stops_it_too(mira, dana):
    """What was there before the import counts as well."""
    report = bring(mira)
    started = dana.block.start(open_touch(dana, 1).id, out_of_turn="lead_is_calling")
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))

    with pytest.raises(Refused, match="lead 1 Jane Okafor"):
        batches.undo(mira.context, report.batch)


def test_a_later_import_stops_an_earlier_one_but_not_the_other_way_round(mira, clock):
    """The last one is taken back first."""
    first = bring(mira)
    clock.advance(days=3)
    second = bring(
        mira, FILE.replace("call in May", "call in June").replace("+16025550155", "+16025550156")
    )
    assert second.updated
    with pytest.raises(Refused, match="Lee Brandt"):
        batches.undo(mira.context, first.batch)
    batches.undo(mira.context, second.batch)
    batches.undo(mira.context, first.batch)
    with pytest.raises(Refused, match="already"):
        batches.undo(mira.context, first.batch)
    sound(mira)


NEAR = (
    FILE.splitlines()[0]
    + "\nRobert,Miles,Brightwater Mutual,jane@brightwater.example,+13035550177,US,hello\n"
)


def test_near_duplicates_stand_side_by_side_and_become_somebody_new(mira):
    """What the file said is kept until a person decides; then it is a lead with a next step."""
    report = bring(mira, NEAR)
    assert report.review == 1
    near = near_duplicates.waiting(mira.context)[0]
    assert (near.incoming.name, [side.name for side in near.leads]) == (
        "Robert Miles",
        ["Jane Okafor"],
    )
    made = near_duplicates.accept_as_new(mira.context, near.question)

    assert (made.new, made.left) == (True, 0)
    assert open_touch(mira, made.lead).state == "open"
    with pytest.raises(Refused, match="already"):
        near_duplicates.accept_as_new(mira.context, near.question)
    with pytest.raises(Refused, match="decided"):
        batches.undo(mira.context, report.batch)
    sound(mira)


def test_a_near_duplicate_can_be_a_lead_that_is_there(mira, dana):
    """Its number, its address and its note go to that lead; a rep may not decide."""
    bring(mira, NEAR)
    near = near_duplicates.waiting(mira.context)[0]
    with pytest.raises(Refused, match="marketer"):
        near_duplicates.same_as(dana.context, near.question, 1)
    done = near_duplicates.same_as(mira.context, near.question, 1)
    jane = mira.block.lead(1)

    assert (done.lead, done.new) == (1, False)
    assert {phone.number for phone in jane.phones} == {"+13035550142", "+13035550177"}
    assert len(jane.responses) == 2
    assert bring(mira, NEAR).unchanged == 1
    sound(mira)


def test_two_leads_become_one_and_nothing_is_dropped(mira, dana, clock):
    """Numbers, addresses, responses and a promised callback go over; an opt-out holds for both."""
    other = a_lead(
        dana,
        "J. Okafor",
        phone="+13035550177",
        email="jo@brightwater.example",
        offer="contact-us",
        title="",
        emails_opt_out=True,
    )
    started = dana.block.start(open_touch(dana, other).id, out_of_turn="lead_is_calling")
    promised = clock.at + timedelta(days=1)
    dana.confirm.answer(started.question.id, Given("yes", "CALLBACK", "call me back", at=promised))
    done = merging.merge(mira.context, 1, other)
    jane = mira.block.lead(1)

    assert [touch.due for touch in planned(mira, 1) if touch.promised] == [promised]
    assert (len(jane.phones), len(jane.emails), len(jane.responses)) == (2, 2, 2)
    assert done.moved["responses"] == 1
    with mira.context.store.read() as session:
        assert session.get(Lead, 1).emails_opt_out
        assert session.get(Lead, other).status == "merged"
        assert leads.open_touches(session, other) == []
    with pytest.raises(Refused, match="merged already"):
        merging.merge(mira.context, 1, other)
    sound(mira)


def test_a_started_action_is_answered_before_a_merge(mira, dana):
    """And a rep cannot merge over overdue leads."""
    other = a_lead(dana, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example")
    with pytest.raises(Refused, match="supervisor"):
        merging.merge(dana.context, 1, other)
    dana.block.start(open_touch(dana, other).id)
    with pytest.raises(Refused, match="started action"):
        merging.merge(mira.context, 1, other)
    with pytest.raises(Refused, match="itself"):
        merging.merge(mira.context, 1, 1)
    with pytest.raises(NotFound):
        merging.merge(mira.context, 1, 77)


def found(desk, words):
    with desk.context.store.read() as session:
        return leads.find(session, words)


def test_many_near_duplicates_are_decided_alike(mira, dana):
    """All that wait by the same evidence become each the lead that it is near to, or somebody new;
    others wait on, and a rep may not."""
    bring(mira)
    lines = [FILE.splitlines()[0], "Jane,Okaford,Brightwater Mutual,,,US,"]
    known = ("jane@brightwater", "tom@kestrel", "lee@aldera")
    lines += [f"Robert,Miles{who[0]},Gull,{who}.example,,US," for who in known]
    assert bring(mira, "\n".join(lines)).review == 4
    other, first, *_ = near_duplicates.waiting(mira.context)
    with pytest.raises(Refused, match="marketer"):
        near_duplicates.decide_alike(dana.context, first.question, new=True)
    near_duplicates.same_as(mira.context, first.question, 1)
    done = near_duplicates.decide_alike(mira.context, first.question, new=False)

    assert (done.decided, done.unclear, done.left) == (2, 0, 1)
    assert [one.question for one in near_duplicates.waiting(mira.context)] == [other.question]
    assert len(found(mira, "Miles")) == 0
    with pytest.raises(NotFound, match="batch review"):
        near_duplicates.decide_alike(mira.context, 99, new=True)
    sound(mira)


def test_near_duplicates_decided_beforehand_are_part_of_the_import(mira, dana):
    """One is the lead it is near to, one is somebody new, one that names nobody near waits; one
    undo takes all of it back."""
    lines = [FILE.splitlines()[0]]
    lines += [f"Robert,Miles{n},Firm {n},jane@brightwater.example,,US," for n in "abc"]
    data = "\n".join(lines).encode()
    tried = ImportOptions(dry_run=True, foresee=True)
    doubts = import_file(mira.context, data, tried).doubts
    near = [(one.line, [number for number, _ in one.others]) for one in doubts]
    assert near == [(2, [1]), (3, [1, -2]), (4, [1, -2, -3])]
    options = ImportOptions(decided=((2, 1), (3, NEW), (4, 77)))
    with pytest.raises(Refused, match="marketer"):
        import_file(dana.context, data, options)
    before = state(mira)
    report = import_file(mira.context, data, options)
    assert (report.new, report.updated, report.review) == (1, 1, 1)
    batches.undo(mira.context, report.batch)
    assert state(mira) == before
    sound(mira)


def test_a_file_is_read_as_the_last_of_its_maker(mira):
    """Fields, country and source, and an order of dates only where the file itself proves none; an
    import that was taken back teaches nothing, and the batch's name is that file's alone."""
    head = "Name,Firma,Reach,Scanned At"
    first = f"{head}\nFlo Ray,Gull,312 555 0123,03/04/2026\n".encode()
    mapping = (("phone", "Reach"), ("none", "Firma"))
    options = ImportOptions(mapping=mapping, dates="dmy", country="CA", source="S", event="Expo")
    batch = import_file(mira.context, first, replace(options, name="a.csv")).batch
    plain = ImportOptions(offer="")
    again = mira.intake.prepare(first, plain).options
    assert (again.event, again.dates, again.fingerprint()) == ("Expo", "dmy", options.fingerprint())
    proved = mira.intake.prepare(first.replace(b"03/04", b"03/24"), plain)
    assert (proved.before.file, proved.options.event, proved.options.dates) == ("a.csv", "", "")
    assert [one.field for one in proved.columns] == ["full_name", "", "phone", "scanned_at"]
    assert (proved.options.country, proved.options.source) == ("CA", "S")
    moved = mira.intake.column_chosen(proved, 2, "mobile")
    assert [one.field for one in moved.columns][2] == "mobile"
    with pytest.raises(WrongUse, match="is no amount"):
        mira.intake.said(moved, {"cost": "much"})
    batches.undo(mira.context, batch)
    assert mira.intake.prepare(first, plain).before is None
