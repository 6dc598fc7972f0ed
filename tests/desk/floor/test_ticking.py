"""What falls due by itself: calls that no waiting makes allowed do not hold up the rest."""

from datetime import timedelta

import pytest

from leadtui.desk.floor.doctor import examine
from leadtui.desk.planning.mending import lift_title
from leadtui.store.engine.tables import Touch
from tests.builders import a_lead
from tests.desk.acting import log
from tests.desk.lives import Life

GERMAN = {"country": "DE", "region": "BE", "phone": "+493023125999"}
BRITISH = {"country": "GB", "region": "", "phone": "+442079460000"}


@pytest.fixture
def life(tmp_path):
    """A floor that sends its own mail."""
    life = Life(tmp_path / "floor")
    yield life
    life.close()


@pytest.mark.parametrize(
    ("place", "rule"), [(GERMAN, "DE consent"), (BRITISH, "GB screening")], ids=["DE", "GB"]
)
def test_a_block_that_no_waiting_lifts_lets_the_e_mails_run(life, place, rule):
    """A business day later the call is passed over with its reason, somebody is asked once, the
    e-mails come, and the cadence ends by its exits."""
    lead = a_lead(life.dana, rating="hot", **place)
    assert (life.front(lead).step_id, life.front(lead).held_rule) == ("call-1", rule)
    life.later(hours=3)
    assert life.front(lead).step_id == "call-1", "a person may lift it meanwhile"
    seen = []
    for _ in range(60):
        life.later(days=1)
        front = life.front(lead)
        if front.cadence == "trade-show":
            assert not front.call or not seen
            seen += [front.step_id] if not front.call else []
            if not front.call and front.due <= life.clock.at:
                life.do(life.dana, front.id)
    assert seen
    assert "trade-show" not in life.live(lead)
    assert {"monthly-letter", "quarterly-note"} <= set(life.live(lead))
    asked = life.rows(Touch, Touch.lead_id == lead, Touch.kind == "data_fix")
    assert [touch.title for touch in asked] == [lift_title(rule)]
    passed = [entry["codes"] for entry in log(life.dana, "touch.skipped")]
    assert {"why": "held", "rule": rule} in passed
    life.holds()


def test_the_doctor_and_the_supervisor_hear_of_it(life):
    """While it is held, and after it was passed over, with what lifts it."""
    lead = a_lead(life.dana, rating="hot", **GERMAN)
    held = [found for found in examine(life.mira.context).findings if "DE consent" in found.what]
    assert [(found.where, "leadtui lead consent" in found.do) for found in held] == [
        (f"lead {lead}", True)
    ]
    life.later(days=4)
    passed = [found for found in examine(life.mira.context).findings if "passed over" in found.what]
    assert [found.where for found in passed] == [f"lead {lead}"]


def test_what_is_lifted_in_time_is_called(life):
    """Consent on the same day: the call stands where it stood."""
    lead = a_lead(life.dana, rating="hot", **GERMAN)
    life.dana.leads.consent(lead, "agreed by e-mail on Monday")
    life.later(days=4)
    front = life.front(lead)
    assert (front.step_id, front.held_rule) == ("call-1", "")
    assert front.due < life.clock.at - timedelta(days=1)
