"""The two engines under test are real, fresh and laid alike."""

from leadtui.store.engine.entries import Actor
from tests.engines import START


def test_a_laid_store_takes_entry_one(store):
    """A new floor's first entry is appended through the unit of work on both engines."""
    actor = Actor(rep_id=None, name="Dana Reyes", login="dana", role="supervisor")

    with store.write(actor, START) as unit:
        seq = unit.log("floor.made", after={"demo": True})

    assert seq == 1
