"""A day of work on either engine: every outcome once, the queue, a tick, and nobody forgotten."""

from datetime import timedelta

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.calls.starting import Dial
from leadtui.errors import NotFound, Refused
from leadtui.store import leads
from leadtui.store.engine.rows import Rows
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.desk.acting import answer, call, start
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]


@pytest.fixture
def clock():
    """The desk's clock."""
    return FixedClock(MONDAY)


@pytest.fixture
def desk(engine_url, tmp_path, clock):
    """Dana's desk, once on SQLite and once on PostgreSQL."""
    opened = a_desk(a_floor(tmp_path / "floor", database=engine_url), clock=clock)
    yield opened
    opened.close()


def test_a_day_of_work(desk, clock):
    """Whatever a call comes to, the lead has a next thing, the log holds, and the rows say what it
    says."""
    with desk.context.store.read() as session:
        book = desk.context.playbook(session)
    at = desk.now() + timedelta(days=2)
    for number, code in enumerate(book.dispositions):
        lead_id = a_lead(
            desk, f"Lead Number{number}", phone=f"+1303555{number:04}", offer="contact-us"
        )
        reason = next((known.code for known in book.reasons_of(code.lower())), "")
        call(
            desk,
            lead_id,
            code,
            at=at,
            next_action="call",
            reason=reason,
            colleague="Ada Park",
            note="said so",
        )
    for _ in range(3):
        clock.advance(days=1)
        desk.tick()

    page = desk.block.first_page()
    due = desk.block.counts().due
    assert due > 0
    assert desk.block.order().ids[:due] == page.ids[:due]
    assert desk.block.explain(page.ids[0]).rank == 1
    assert desk.block.held() == ()
    assert desk.block.header().calls == 0
    with desk.context.store.read() as session:
        assert leads.without_next_step(session) == []
    assert verify(desk.context.store).ok
    rows = Rows(desk.context.store.url)
    assert replay(rows) == ()
    rows.close()


def test_a_question_is_one_at_a_time_and_numbers_are_what_they_are(desk):
    """The database itself holds a second obligation off; ids beyond any are said to be none."""
    first, second = a_lead(desk), a_lead(desk, "Tom Weiss", phone="+13035550199")
    started = start(desk, first, dial=Dial())
    with pytest.raises(Refused, match="answer first"):
        start(desk, second)
    with pytest.raises(NotFound):
        desk.block.explain(10**30)
    with pytest.raises(NotFound):
        desk.block.lead(10**30)

    assert answer(desk, started, "NO_ANSWER").next.action == "e-mail"
