"""Who does what of somebody who is away: the cover, the cover's cover, or the first day back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leadtui.desk.distribution.absence import UNCOVERED
from leadtui.errors import Refused
from leadtui.store.engine.tables import Rep
from tests.builders import a_lead
from tests.desk.acting import answer, log

NEXT_DAY = date(2026, 11, 24)
ALI, DANA, MIRA = "Ali Haddad", "Dana Reyes", "Mira Sand"


def away(life, who, until, cover=""):
    """Somebody is away from Tuesday on."""
    return life.mira.distribution.send_away(who, NEXT_DAY, until, cover)


def a_trial(life):
    """A lead of Dana's that is called on Tuesday at half past ten."""
    lead = a_lead(life.dana, offer="trial", region="IL", phone="+13125550142")
    life.later(minutes=1)
    return lead


def test_a_cover_who_is_away_is_covered_in_turn(life):
    """Ali has Dana's, Mira has Ali's: hers, and his that are hers."""
    lead = a_trial(life)
    away(life, DANA, date(2026, 12, 4), ALI)
    away(life, ALI, date(2026, 12, 1), MIRA)
    life.later(days=1)
    assert life.front(lead).rep_id == life.mira.identity.id
    assert life.lead(lead).owner_id == life.dana.identity.id


def test_nobody_is_asked_while_owner_and_cover_are_away(life):
    """A touch that is planned after both have left waits for who is back first, and is not due with
    somebody who is not there."""
    lead = a_trial(life)
    away(life, DANA, date(2026, 12, 4), ALI)
    away(life, ALI, date(2026, 12, 1))
    life.later(days=2)
    front = life.front(lead)
    assert front.due >= datetime(2026, 12, 2, tzinfo=UTC)
    assert front.rep_id == life.ali.identity.id


def test_a_second_absence_does_not_wipe_out_the_first(life):
    """It is refused with what to do; one that touches the first takes its place."""
    away(life, DANA, date(2026, 11, 25))
    with pytest.raises(Refused, match="until 2026-11-25, and one absence is noted at a time"):
        life.mira.distribution.send_away(DANA, date(2026, 12, 21), date(2026, 12, 31))
    life.mira.distribution.send_away(DANA, date(2026, 11, 26), date(2026, 11, 30))
    (dana,) = life.rows(Rep, Rep.login == "dana")
    assert dana.away_until.date() == date(2026, 12, 1)
    life.later(days=9)
    life.mira.distribution.send_away(DANA, date(2026, 12, 21), date(2026, 12, 31))


def test_a_promise_made_while_nobody_covers_is_a_supervisors(life):
    """A colleague takes the call, and promises another: it is asked about once, on record."""
    lead = a_trial(life)
    away(life, DANA, date(2026, 12, 4))
    life.later(days=1)
    started = life.ali.block.inbound(lead)
    at = life.ali.context.now() + timedelta(hours=2)
    answer(life.ali, started, "CALLBACK", at=at)
    life.later(hours=1)
    life.later(hours=1)
    assert len(life.questions(UNCOVERED)) == 1
    assert len(log(life.dana, "touch.uncovered")) == 1
