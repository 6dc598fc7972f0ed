"""A large file comes in part by part: nobody waits for it, one undo takes all parts back, and what
was stopped half way goes on."""

import pytest
from sqlalchemy import insert, update
from sqlmodel import col, select

from leadtui.clock import FixedClock
from leadtui.desk.core import pacing
from leadtui.desk.floor.waiting import waiting
from leadtui.desk.intake import batches
from leadtui.desk.intake.adding import add
from leadtui.desk.intake.admitting import admit
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import LeadtuiError, Refused
from leadtui.store import batches as stored
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import (
    BeforeImage,
    Enrolment,
    HistoryEvent,
    ImportBatch,
    Lead,
    Response,
    Touch,
)
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.desk.acting import log, one, rows
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

PEOPLE = 30
TABLES = (Lead, Response, Enrolment, Touch, HistoryEvent)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Seven leads a part, and no rest between two."""
    monkeypatch.setattr(pacing, "FIRST", 7)
    monkeypatch.setattr(pacing, "MOST", 7)
    monkeypatch.setattr(pacing, "HOLD", 1e9)
    monkeypatch.setattr(pacing, "REST", 0)


@pytest.fixture
def mira(engine_url, tmp_path):
    """A supervisor's desk with Jane on the floor, once an engine."""
    folder = a_floor(tmp_path / "floor", database=engine_url)
    desk = a_desk(folder, "mira", clock=FixedClock(MONDAY))
    a_lead(desk, "Jane Okafor")
    yield desk
    desk.close()


def a_file(people=PEOPLE):
    """Jane, and people nobody knows; two of them twice."""
    lines = ["Name,Company,Email,Notes,State,Country"]
    lines += ["Jane Okafor,,jane@brightwater.example,again,IL,US"]
    lines += [f"Ann{n} Vary{n},Firm {n},ann{n}@firm{n}.example,,," for n in range(people)]
    lines += [f"Ann{n} Vary{n},Firm {n},ann{n}@firm{n}.example,twice,," for n in (0, people - 1)]
    return "\n".join(lines).encode()


def bring(desk, data, **hooks):
    """A file that cost a hundred comes in."""
    options = ImportOptions(name="show.csv", cost_minor=10_000)
    return import_file(desk.context, data, options, **hooks)


def counted(desk):
    """How many rows each table has."""
    return [len(rows(desk, table)) for table in TABLES]


def stopping(desk, after):
    """Owners and touches as ever, until so many parts are in; then the disk is full."""
    parts = []

    def arrive(unit, arrivals):
        if len(parts) == after:
            raise LeadtuiError("the disk is full")
        parts.append(arrivals)
        admit(desk.context, unit, arrivals)

    return arrive


def sound(desk):
    """The log holds and the rows say what it says."""
    reading = Rows(desk.context.store.url)
    assert replay(reading) == ()
    reading.close()
    assert verify(desk.context.store).ok


def test_who_moved_is_called_by_the_clock_of_the_new_place(mira):
    """Also where no new response comes with it; taken back, she is where she was."""
    jane = one(mira, Lead)
    before = (jane.zones, [touch.calling_class_id for touch in rows(mira, Touch)])
    found = bring(mira, b"Email,City,Country\njane@brightwater.example,Wien,Austria\n")
    assert (found.updated, len(rows(mira, Response))) == (1, 1)
    assert "Europe/Vienna" in one(mira, Lead).zones
    assert [touch.calling_class_id for touch in rows(mira, Touch)] != before[1]
    batches.undo(mira.context, found.batch)
    assert (one(mira, Lead).zones, [t.calling_class_id for t in rows(mira, Touch)]) == before


def test_a_file_in_parts_is_one_import_and_one_undo_takes_it_back(mira):
    """Counts, cost and log are those of one file; afterwards everything is as it was."""
    before, jane = counted(mira), one(mira, Lead, id=1)

    found = bring(mira, a_file())

    assert (found.new, found.updated, found.merged, found.unchanged) == (PEOPLE, 1, 2, 0)
    assert (len(log(mira, "import")), len(log(mira, "import.part"))) == (1, 4)
    costs = [row.cost_minor for row in rows(mira, Response, batch_id=found.batch)]
    assert (sum(costs), max(costs) - min(costs) <= 1) == (10_000, True)
    assert {row.owner_id for row in rows(mira, Lead)} >= {1, 2}
    assert bring(mira, a_file()).unchanged == PEOPLE + 3
    told = []
    batches.undo(mira.context, found.batch, lambda *said: told.append(said))

    assert counted(mira) == before
    assert one(mira, Lead, id=1).model_dump(exclude={"updated_at"}) == jane.model_dump(
        exclude={"updated_at"}
    )
    assert told[-1] == ("taking back", PEOPLE + 1, PEOPLE + 1)
    assert len(told) == 5
    assert len(log(mira, "import.undone")) == 1
    sound(mira)


def test_what_was_stopped_goes_on_with_the_same_file(mira):
    """Two parts are in; that is said at once, by the doctor and by the list; the same file brings
    the rest, under the same number."""
    with pytest.raises(LeadtuiError, match=r"15 of 33 rows are in, as import 1.*batch undo 1"):
        bring(mira, a_file(), admit=stopping(mira, 2))
    ((what, do),) = [(one.what, one.do) for one in waiting(mira.context) if "show.csv" in one.what]
    assert "rows left" in what
    assert "the same file again" in do
    (listed,) = batches.listed(mira.context)
    assert listed.left > 0

    found = bring(mira, a_file())

    assert (found.batch, found.new, found.updated, found.merged) == (1, PEOPLE, 1, 2)
    assert any("goes on as import 1" in said for said in found.warnings)
    assert len(rows(mira, Lead)) == PEOPLE + 1
    assert sum(row.cost_minor or 0 for row in rows(mira, Response)) == 10_000
    assert not batches.listed(mira.context)[0].half()
    sound(mira)
    batches.undo(mira.context, 1)
    assert len(rows(mira, Lead)) == 1
    sound(mira)


def test_what_was_stopped_is_taken_back_whole(mira):
    """Without the rest of it."""
    before = counted(mira)
    with pytest.raises(LeadtuiError, match="rows are in"):
        bring(mira, a_file(), admit=stopping(mira, 3))

    batches.undo(mira.context, 1)

    assert counted(mira) == before
    sound(mira)
    assert bring(mira, a_file()).new == PEOPLE


def test_an_undo_that_is_stopped_goes_on(mira, monkeypatch):
    """Half of it is back; the same file is not imported meanwhile, and the next undo ends it."""
    before = counted(mira)
    bring(mira, a_file())

    def stop(_what, done, _of):
        if done >= 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batches.undo(mira.context, 1, stop)
    assert before[0] < len(rows(mira, Lead)) < PEOPLE
    assert any("half taken back" in one.what for one in waiting(mira.context))
    with pytest.raises(Refused, match="half taken back"):
        bring(mira, a_file())
    sound(mira)

    batches.undo(mira.context, 1)

    assert counted(mira) == before
    assert rows(mira, ImportBatch)[0].undone_at is not None
    sound(mira)


def test_an_undo_writes_what_the_import_found_and_nothing_else(mira):
    """A role or a row slipped into the images of an import is not carried out by a supervisor."""
    bring(mira, a_file())
    with mira.context.store.read() as session:
        kept, engine = session.exec(select(BeforeImage)).all()[-1], session.get_bind()
    forged = [*kept.images, ["rep", 1, {"role": "supervisor"}]]
    with engine.begin() as connection:
        here = update(BeforeImage).where(col(BeforeImage.seq) == kept.seq)
        connection.execute(here.values(images=forged))
    before = counted(mira)

    with pytest.raises(Refused, match="behind leadtui's back"):
        batches.undo(mira.context, 1)

    assert counted(mira) == before


def test_an_entry_that_changed_no_row_is_given_no_images(mira):
    """Where nothing was kept, nothing can be slipped in as what was."""
    with mira.context.write() as unit:
        seq = unit.log(Event.LEAD_NOTE)
    with mira.context.store.read() as session:
        assert stored.images_of(session, (seq,)) == ({}, {})
        engine = session.get_bind()
    with engine.begin() as connection:
        forged = [["rep", 1, {"role": "supervisor"}]]
        connection.execute(insert(BeforeImage).values(seq=seq, images=forged))

    with mira.context.store.read() as session, pytest.raises(Refused, match="leadtui's back"):
        stored.images_of(session, (seq,))


def test_who_comes_in_by_another_way_meanwhile_is_not_made_twice(mira):
    """Between two parts a rep adds somebody of the file by hand: the rest is looked at anew."""
    seen = []

    def arrive(unit, arrivals):
        admit(mira.context, unit, arrivals)
        seen.append(arrivals)

    def meanwhile(what, done, _of):
        if what == "writing" and len(seen) == 2 and not rows(mira, Lead, source="by hand"):
            add(mira.context, "demo", {"name": "Ann20 Vary20", "email": "ann20@firm20.example"})

    found = bring(mira, a_file(), admit=arrive, progress=meanwhile)

    assert (found.new, found.updated) == (PEOPLE - 1, 2)
    assert len(rows(mira, Lead, name_key="ann20 vary20")) == 1
    sound(mira)


def test_an_import_somebody_works_on_half_way_is_not_taken_back(mira):
    """Whoever is worked with between two parts of the undo stops it, and is named."""
    bring(mira, a_file())
    last = rows(mira, Lead)[-1]

    def work(_what, done, _of):
        if done == 7:
            mira.block.note(last.id, "she wants to hear from us")

    with pytest.raises(Refused, match=f"lead {last.id} {last.full_name}"):
        batches.undo(mira.context, 1, work)

    assert one(mira, Lead, id=last.id).status == "open"
    sound(mira)
