"""What tests of a lead's life share: a floor of one folder, its desks on one clock, and what stands
in its rows."""

from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.settings import load_settings
from leadtui.store import leads
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Enrolment, Lead, LogEntry, Matter, Touch
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, open_touch

TOML = """[floor]
name = "Test floor"
zone = "America/Chicago"
country = "US"
postal_address = "1 Lake Street, Chicago"
[mail]
transport = "{mail}"
"""


class Life:
    """Dana, Ali and Mira the supervisor on a floor that sends its own mail to a folder."""

    def __init__(self, folder: Path, *, mail: str = "file", now=MONDAY) -> None:
        a_floor(folder, now=now)
        (folder / "leadtui.toml").write_text(TOML.format(mail=mail), encoding="utf-8")
        assert load_settings(folder).mail.transport == mail
        self.folder, self.clock = folder, FixedClock(now)
        self.dana, self.ali, self.mira = (
            a_desk(folder, login, clock=self.clock) for login in ("dana", "ali", "mira")
        )

    @property
    def context(self):
        return self.dana.context

    def close(self):
        for desk in (self.dana, self.ali, self.mira):
            desk.close()

    def later(self, **span):
        """Time passes, and a desk is open."""
        self.clock.at += timedelta(**span)
        self.dana.tick()

    def lead(self, lead_id) -> Lead:
        return self.rows(Lead, Lead.id == lead_id)[0]

    def rows(self, table, *tests):
        with self.context.store.read() as session:
            return list(session.exec(select(table).where(*tests).order_by(col(table.id))).all())

    def rows_of_log(self):
        with self.context.store.read() as session:
            return list(session.exec(select(LogEntry)).all())

    def live(self, lead_id):
        """Cadence -> state of the enrolments that are not over."""
        return {
            row.cadence: row.state
            for row in self.rows(
                Enrolment, Enrolment.lead_id == lead_id, Enrolment.state != "ended"
            )
        }

    def planned(self, lead_id):
        return self.rows(Touch, Touch.lead_id == lead_id, col(Touch.state).in_(leads.OPEN_STATES))

    def front(self, lead_id) -> Touch:
        return open_touch(self.dana, lead_id)

    def questions(self, kind):
        return self.rows(Matter, Matter.kind == kind)

    def do(self, desk, touch_id, given=None):
        """Start a touch and answer for it; an e-mail counts as sent from elsewhere."""
        question = desk.block.start(touch_id, out_of_turn="supervisor_asked").question.id
        return desk.confirm.answer(question, given or Given("yes", elsewhere=True))

    def holds(self):
        """Nobody is forgotten, the log is whole, and the tables say what it says."""
        with self.context.store.read() as session:
            assert leads.without_next_step(session) == []
        assert verify(self.context.store).ok
        rows = Rows(self.context.store.url)
        assert replay(rows) == ()
        rows.close()
