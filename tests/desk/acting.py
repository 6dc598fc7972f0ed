"""What a rep does in a test, and what is looked at afterwards, in a line each."""

import json
from dataclasses import replace

from sqlmodel import select

from leadtui.desk.answers.given import Given
from leadtui.desk.calls.starting import Dial
from leadtui.desk.desk import Desk
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Lead, LogEntry, Matter, Touch
from tests.builders import open_touch


def start(desk: Desk, lead_id: int, **given):
    """Start what stands at the front of a lead, out of turn where it must be."""
    return desk.block.start(open_touch(desk, lead_id).id, out_of_turn="supervisor_asked", **given)


def phones(desk: Desk, lead_id: int):
    """A lead's numbers as they are shown."""
    return desk.block.lead(lead_id).phones


def dial(desk: Desk, started, which: int = 0, **choice):
    """Dial one of the lead's numbers."""
    return desk.block.dial(started.question.id, phones(desk, started.lead)[which].id, **choice)


def answer(desk: Desk, started, outcome: str = "", word: str = "yes", **given):
    """Answer for what was started; an e-mail counts as sent from elsewhere unless it is said
    otherwise."""
    return desk.confirm.answer(
        started.question.id, Given(word, outcome, **{"elsewhere": True, **given})
    )


def call(desk: Desk, lead_id: int, outcome: str, **given):
    """A whole call of what stands at the front: started, dialed, answered."""
    return answer(desk, start(desk, lead_id, dial=Dial(acknowledge=True)), outcome, **given)


def rows(desk: Desk, table, **wanted):
    """Rows of a table with these values, by id."""
    with desk.context.store.read() as session:
        tests = [getattr(table, name) == value for name, value in wanted.items()]
        return list(session.exec(select(table).where(*tests).order_by(table.id)).all())


def one(desk: Desk, table, **wanted):
    """The only such row."""
    (found,) = rows(desk, table, **wanted)
    return found


def the_lead(desk: Desk, lead_id: int) -> Lead:
    """A lead's row."""
    return one(desk, Lead, id=lead_id)


def planned(desk: Desk, lead_id: int) -> list[Touch]:
    """The touches of a lead that are not over."""
    with desk.context.store.read() as session:
        return leads.open_touches(session, lead_id)


def cadences(desk: Desk, lead_id: int) -> dict[str, str]:
    """Cadence -> state, of the enrolments that are not over."""
    return {
        row.cadence: row.state
        for row in rows(desk, Enrolment, lead_id=lead_id)
        if row.state != "ended"
    }


def questions(desk: Desk, lead_id: int) -> list[str]:
    """Kinds of the questions about a lead that wait for a supervisor."""
    return [row.kind for row in rows(desk, Matter, lead_id=lead_id) if row.answered_at is None]


def log(desk: Desk, event: str = "") -> list[dict]:
    """The bodies of the log, oldest first, of one event where given; each with its seq."""
    with desk.context.store.read() as session:
        found = session.exec(select(LogEntry).order_by(LogEntry.seq)).all()
    bodies = [{**json.loads(entry.body), "seq": entry.seq} for entry in found]
    return [body for body in bodies if not event or body["event"] == event]


def beside(desk: Desk, **changes) -> Desk:
    """The same desk with other settings (``dial="copy"``)."""
    return Desk(replace(desk.context, settings=replace(desk.settings, **changes)))
