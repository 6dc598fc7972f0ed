"""Where an enrolment stands under another version of its cadence: nothing twice, nothing lost."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.diffing import Standing, carried
from leadtui.cadence.model import EnrolmentState, Planned
from leadtui.cadence.schedule import performed, plan_next
from tests.cadence.processes import a_cadence, a_calendar, a_lead, a_step, utc

NAMES = tuple("abcdefgh")
START = utc("2026-11-16 15:00")
ORDERS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)


def of(names):
    return a_cadence(*(a_step("task", "previous + 1 day", name) for name in names))


def gone_through(names, state, steps=99):
    """The steps that come one after another from where it stands, and where it stands then."""
    came, now = [], state.previous_at or state.start
    cadence, calendar = of(names), a_calendar()
    while steps and isinstance(
        planned := plan_next(cadence, state, a_lead(), calendar, now), Planned
    ):
        came.append(planned.step.id)
        now, steps = planned.due, steps - 1
        state = performed(cadence, state, planned, now)
    return came, state


@given(
    versions=st.lists(ORDERS, min_size=2, max_size=4),
    done=st.integers(0, 4),
    renames=st.lists(st.sampled_from(NAMES), max_size=2),
)
def test_nothing_comes_twice_and_nothing_waited_for_is_lost(versions, done, renames):
    """Through any number of versions in which steps are put in, moved, renamed and taken out."""
    state, had, seen = EnrolmentState("test", START), [], set()
    for old, new in pairwise(versions):
        came, state = gone_through(old, state, done)
        had += came
        ahead, _ = gone_through(old, state)
        seen |= set(old)
        free = [one for one in new if one not in seen]
        lost = [one for one in dict.fromkeys(renames) if one in old and one not in new]
        renamed = dict(zip(lost, free, strict=False))
        had = [renamed.get(one, one) for one in had]
        at = carried(of(old), of(new), Standing(state.next_step, state.passed), renamed)
        state = EnrolmentState("test", START, at.next_step, state.previous_at, passed=at.passed)
        comes, _ = gone_through(new, state)
        expected = {renamed.get(one, one) for one in ahead} & set(new)

        assert expected <= set(comes)
        assert len(had + comes) == len(set(had + comes))


def test_a_step_put_in_above_what_was_done_is_not_asked_for():
    """It is too late for it; one that is put in below comes."""
    at = carried(of("ab"), of("xaybz"), Standing(1), {})
    assert gone_through("xaybz", state_at(at))[0] == ["y", "b", "z"]


def test_a_step_that_moved_below_the_next_one_is_not_done_again():
    """And one that moved above what was done is still done."""
    at = carried(of("abcd"), of("dcba"), Standing(2), {})
    assert gone_through("dcba", state_at(at))[0] == ["d", "c"]
    later = carried(of("abc"), of("cab"), Standing(1), {})
    assert gone_through("cab", state_at(later))[0] == ["c", "b"]


def test_what_a_renamed_step_was_is_not_done_under_its_new_name():
    """Without the renaming it would be a new step."""
    assert carried(of("ab"), of("xb"), Standing(1), {"a": "x"}) == Standing(1)
    assert carried(of("ab"), of("xb"), Standing(1), {}) == Standing(0, frozenset("a"))
    assert carried(of("ab"), of("a"), Standing(1), {"b": ""}) == Standing(1)


def state_at(at):
    return EnrolmentState("test", START, at.next_step, START + timedelta(days=1), passed=at.passed)
