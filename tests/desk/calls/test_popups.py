"""What comes up by itself, and when it does not."""

from datetime import timedelta

import pytest

from leadtui.desk.calls.popups import AGAIN, PopupRules, Popups, choose
from leadtui.errors import Refused
from leadtui.store.engine.tables import LogEntry
from tests.builders import MONDAY, a_desk, a_floor, a_lead

RULES = PopupRules()
LONG = timedelta(minutes=5)


@pytest.fixture
def rows(tmp_path):
    """Two due touches of Dana."""
    desk = a_desk(a_floor(tmp_path / "floor"))
    a_lead(desk)
    a_lead(desk, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example")
    found = desk.block.rows(desk.block.first_page().ids)
    desk.close()
    return tuple(row._replace(due=MONDAY - timedelta(minutes=1), promised=False) for row in found)


def at(rows, **changes):
    values = {"idle": LONG, "busy": False, "asked": {}, "rules": RULES, **changes}
    return choose(
        rows,
        changes.pop("now", MONDAY),
        **{key: value for key, value in values.items() if key != "now"},
    )


def test_the_first_due_action_asks_when_nobody_is_at_the_keys(rows):
    """After so many idle seconds, and no earlier."""
    found = at(rows)

    assert (found.row.touch_id, found.why) == (rows[0].touch_id, "due")
    assert at(rows, idle=timedelta(seconds=19)) is None
    assert at((rows[0]._replace(due=MONDAY + LONG), *rows[1:])) is None
    assert at(()) is None


def test_nothing_asks_in_the_middle_of_something_or_where_the_playbook_says_no(rows):
    """A call, a field with the focus, or ``due = false``."""
    promised = (rows[0]._replace(promised=True),)

    assert at(rows, busy=True) is None
    assert at(promised, busy=True) is None
    assert at(rows, rules=PopupRules(due=False)) is None


def test_a_promised_callback_asks_before_its_time_and_at_its_time(rows):
    """Two minutes before, once the hands rest for two seconds, and once more when it has come."""
    callback = rows[1]._replace(promised=True, due=MONDAY)
    queue = (rows[0], callback)
    before = MONDAY - timedelta(seconds=100)
    asked = {callback.touch_id: before}

    resting, typing = timedelta(seconds=2), timedelta(seconds=1.9)
    assert at(queue, idle=resting, now=MONDAY - timedelta(minutes=3)) is None
    assert at(queue, idle=typing, now=before) is None
    assert at(queue, idle=resting, now=before).why == "callback"
    assert at(queue, idle=resting, now=MONDAY - timedelta(seconds=30), asked=asked) is None
    assert at(queue, idle=resting, now=MONDAY, asked=asked).row.touch_id == callback.touch_id
    assert (
        at(queue, idle=typing, now=before, rules=PopupRules(settle=timedelta(seconds=1))).why
        == "callback"
    )


def test_the_same_action_does_not_ask_again_at_once(rows):
    """Put aside, it comes back after a while; the one behind it does not jump the queue."""
    asked = {rows[0].touch_id: MONDAY}

    assert at(rows, now=MONDAY + timedelta(minutes=1), asked=asked) is None
    assert at(rows, now=MONDAY + AGAIN, asked=asked).row.touch_id == rows[0].touch_id


def test_shown_and_answered_are_in_the_log(tmp_path, rows):
    """With the choice; an answer nobody can give is refused."""
    from sqlalchemy import select

    desk = a_desk(tmp_path / "floor")
    popups, popup = Popups(desk.context), at(rows)
    popups.shown(popup)
    popups.answered(popup, "reschedule", 2.5)
    with pytest.raises(Refused):
        popups.answered(popup, "go away", 1)
    with desk.context.store.read() as session:
        bodies = [row.body for row in session.scalars(select(LogEntry).order_by(LogEntry.seq))][-2:]

    assert '"event":"popup.shown"' in bodies[0]
    assert '"choice":"reschedule"' in bodies[1]
    assert f'"touch":{popup.row.touch_id}' in bodies[1]
    assert popups.rules() == RULES
    desk.close()
