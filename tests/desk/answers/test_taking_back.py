"""A wrong key: every outcome given, taken back and given again, with rows as before; and what
stands in the way."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import SQLModel

from leadtui.desk.answers.given import Given
from leadtui.desk.calls.starting import Dial
from leadtui.errors import NotFound, Refused
from leadtui.store import leads
from leadtui.store.engine.digests import UNWATCHED
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import DoNotCall, HistoryEvent, Touch
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch
from tests.conftest import examples
from tests.desk.acting import answer, call, log, one, rows, start, the_lead
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

TUESDAY = MONDAY + timedelta(days=1)

OUTCOMES = {
    "NO_ANSWER": {},
    "BUSY": {},
    "VOICEMAIL": {},
    "GATEKEEPER": {"colleague": "Ms Ogden"},
    "CALLBACK": {"at": TUESDAY, "note": "ask about the budget"},
    "TALKED": {"next_action": "e-mail the paper", "at": TUESDAY},
    "MEETING": {"at": TUESDAY},
    "QUALIFIED": {},
    "NOT_NOW": {},
    "NOT_INTERESTED": {"reason": "price"},
    "WRONG_NUMBER": {},
    "LEFT_COMPANY": {},
    "REFERRED": {"colleague": "Rosa Diaz"},
    "HUNG_UP": {},
    "UNQUALIFIED": {"reason": "linux_only"},
    "DO_NOT_CALL": {},
    "NOT_DIALED": {"reason": "phone_system"},
}
"""Every outcome with what it requires."""

KIN = (UNWATCHED - {"event"}) | {"callingclass"}
"""The log and what hangs on it; and the classes of the calling rules, which are only looked up."""


@pytest.fixture
def floors(engine_url, tmp_path, clock):
    """Dana's desk on a floor, on each engine."""
    opened = a_desk(a_floor(tmp_path / "floor", database=engine_url), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def lead_id(desk):
    """Somebody in Denver who asked to be contacted; it is Monday, 09:40 there."""
    return a_lead(desk, offer="contact-us")


def tables(desk):
    """Table -> its rows as they stand, apart from the log and its kin. An ended block and the
    lines that say *taken back* are the trace that is meant to stay."""
    found = {}
    with desk.context.store.read() as session:
        for name, table in SQLModel.metadata.tables.items():
            if name not in KIN:
                listed = session.execute(select(table).order_by(table.c.id)).mappings()
                found[name] = [{**row, "log_seq": None} for row in listed if _stays(name, row)]
    return found


def _stays(table, row):
    if table == "event":
        return row["kind"] != "taken_back"
    return table != "donotcall" or row["removed_at"] is None


def renumbered(found):
    """The same rows with each id replaced by its place: what was made twice has other ids."""
    place = {
        (name, row["id"]): number
        for name, listed in found.items()
        for number, row in enumerate(listed)
    }
    points = {
        (name, column.name): next(iter(column.foreign_keys)).column.table.name
        for name in found
        for column in SQLModel.metadata.tables[name].columns
        if column.foreign_keys
    } | {(name, "id"): name for name in found}

    def plain(name, column, value):
        points_to = points.get((name, column))
        return place[points_to, value] if points_to in found and value is not None else value

    return {
        name: [{key: plain(name, key, value) for key, value in row.items()} for row in listed]
        for name, listed in found.items()
    }


def holds(desk):
    """Nobody is forgotten, the log is whole, and every row is as it says."""
    with desk.context.store.read() as session:
        assert leads.without_next_step(session) == []
    assert verify(desk.context.store).ok
    found = Rows(desk.context.store.url)
    assert replay(found) == ()
    found.close()


def test_these_are_all_outcomes(desk):
    """The table below misses none of the seventeen."""
    assert [outcome.code for outcome in desk.block.outcomes()] == list(OUTCOMES)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_is_given_taken_back_and_given_again(floors, outcome):
    """All tables are as before the answer, and after it is given again as after the first time."""
    desk, said = floors, OUTCOMES[outcome]
    lead = a_lead(desk, offer="contact-us")
    a_lead(desk, "Tom Weiss", company="Kestrel Freight", email="tom@kestrel.example")
    started = start(desk, lead, dial=Dial(acknowledge=True))
    before = tables(desk)
    first = answer(desk, started, outcome, **said)
    after = tables(desk)

    desk.confirm.take_back(first.entry, "wrong_key")

    assert tables(desk) == before
    assert desk.block.open_question().id == started.question.id
    second = answer(desk, started, outcome, **said)
    assert renumbered(tables(desk)) == renumbered(after)
    assert (second.outcome, second.next, second.email_offer) == (
        first.outcome,
        first.next,
        first.email_offer,
    )
    holds(desk)


def test_both_entries_stay_and_name_each_other(desk, lead_id):
    """The taking back names the answer, what it was and why; the second answer names the first."""
    first = call(desk, lead_id, "BUSY")
    second = desk.confirm.again(first.entry, "misheard", Given("yes", "NO_ANSWER"))

    (taken,) = log(desk, "action.taken_back")
    assert taken["subjects"]["entry"] == first.entry
    assert (taken["codes"]["outcome"], taken["codes"]["reason"]) == ("BUSY", "misheard")
    one_, two = log(desk, "action.confirmed")
    assert (one_["seq"], one_["codes"]["outcome"]) == (first.entry, "BUSY")
    assert (two["seq"], two["codes"]["again"]) == (second.entry, first.entry)
    assert "again" not in one_["codes"]
    holds(desk)


def test_the_last_answer_is_found_without_its_entry(desk, lead_id):
    """What ``U`` offers: the last answer in words, with the reasons to choose from."""
    with pytest.raises(NotFound, match="no answer of yours"):
        desk.confirm.last()
    done = call(desk, lead_id, "BUSY")

    found = desk.confirm.last()

    assert (found.entry, found.lead_id) == (done.entry, lead_id)
    assert found.words == "call Jane Okafor · busy"
    assert [reason.code for reason in found.reasons] == ["wrong_key", "misheard", "said_since"]


def test_an_answer_is_taken_back_once(desk, lead_id):
    """Its entry has no answer to take back any more, while its question is open and after it."""
    first = call(desk, lead_id, "BUSY").entry
    desk.confirm.take_back(first, "wrong_key")
    with pytest.raises(Refused, match=f"entry {first} was taken back already"):
        desk.confirm.take_back(first, "wrong_key")
    second = desk.confirm.answer(desk.block.open_question().id, Given("yes", "NO_ANSWER")).entry

    with pytest.raises(Refused, match=f"entry {first} was taken back already"):
        desk.confirm.take_back(first, "wrong_key")
    desk.confirm.take_back(second, "wrong_key")
    holds(desk)


def test_an_action_said_to_be_done_already_stands_open_again(desk, lead_id):
    """It was started and answered in one; its question is open, and the rep has the lease."""
    touch = open_touch(desk, lead_id)
    given = Given("yes", "BUSY", already="now")
    done = desk.block.already_done(touch.id, given, out_of_turn="supervisor_asked")

    desk.confirm.take_back(done.entry, "wrong_key")

    question = desk.block.open_question()
    assert (question.touch.id, question.outcome) == (touch.id, "")
    assert the_lead(desk, lead_id).lease_rep_id == desk.identity.id
    desk.confirm.answer(question.id, Given("yes", "NO_ANSWER"))
    holds(desk)


def test_a_no_can_be_taken_back(desk, lead_id):
    """The touch that a no put back into the queue is started again."""
    started = start(desk, lead_id)
    before = tables(desk)
    done = answer(desk, started, word="no", reason="tool_down")

    desk.confirm.take_back(done.entry, "wrong_key")

    assert tables(desk) == before
    holds(desk)


def test_a_block_that_is_taken_back_is_ended_and_stays_on_record(desk, lead_id):
    """The number may be called again, and that it was blocked, and who lifted it, is kept."""
    a_lead(desk, "Tom Weiss", email="tom@kestrel.example")
    done = call(desk, lead_id, "DO_NOT_CALL")
    assert one(desk, DoNotCall).removed_at is None

    desk.confirm.take_back(done.entry, "wrong_key")

    block = one(desk, DoNotCall)
    assert (block.removed_at, block.removed_by) == (MONDAY, desk.identity.id)
    (lifted,) = log(desk, "dnc.removed")
    assert lifted["codes"] == {"by_answer": 1}
    assert not the_lead(desk, lead_id).calls_opt_out
    holds(desk)


def _reply(desk, lead_id):
    desk.leads.sign(lead_id, "reply")


def _defer(desk, lead_id):
    touch = open_touch(desk, lead_id)
    desk.block.defer(touch.id, TUESDAY, "needs_preparation")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (_defer, "Dana Reyes defers Jane Okafor"),
        (_reply, "Dana Reyes takes note of what was done by Jane Okafor"),
    ],
)
def test_what_was_built_on_it_stops_taking_back(desk, lead_id, act, words):
    """The refusal says who did what since and in which entry, and nothing is changed."""
    done = call(desk, lead_id, "BUSY")
    act(desk, lead_id)
    before = tables(desk)

    with pytest.raises(Refused, match=words) as caught:
        desk.confirm.take_back(done.entry, "wrong_key")

    assert str(caught.value).startswith(f"entry {done.entry} cannot be taken back: since then")
    assert tables(desk) == before


def test_a_later_touch_of_the_lead_stops_taking_back(desk, lead_id):
    """Once something later was started and answered, the earlier answer stands."""
    done = call(desk, lead_id, "BUSY")
    call(desk, lead_id, "NO_ANSWER")

    with pytest.raises(Refused, match="since then: Dana Reyes starts call Jane Okafor"):
        desk.confirm.take_back(done.entry, "wrong_key")


def test_a_lead_that_changed_hands_stops_taking_back(life):
    """What a colleague has now is not changed under their hands."""
    lead = a_lead(life.dana, offer="contact-us")
    done = call(life.dana, lead, "BUSY")
    life.mira.distribution.assign(lead, "ali")

    with pytest.raises(Refused, match="Mira Sand assigns Jane Okafor"):
        life.dana.confirm.take_back(done.entry, "wrong_key")


def test_an_email_that_left_stops_taking_back(life):
    """Whoever has read "We are set for Tuesday" cannot be told that nothing was agreed."""
    lead = a_lead(life.dana, offer="contact-us")
    done = call(life.dana, lead, "MEETING", at=TUESDAY)
    shown = life.dana.mail.preview(lead, template=done.email_offer)
    life.dana.mail.hand_over(lead, shown.template, shown.subject, shown.body)

    with pytest.raises(Refused, match="since then: Dana Reyes e-mail"):
        life.dana.confirm.take_back(done.entry, "wrong_key")


def test_a_memo_builds_on_nothing(desk, lead_id):
    """A note about the lead is kept, and the answer can still be taken back."""
    done = call(desk, lead_id, "BUSY")
    desk.block.note(lead_id, "has a new assistant")

    desk.confirm.take_back(done.entry, "wrong_key")

    assert [event.note for event in rows(desk, HistoryEvent, kind="note")] == [
        "has a new assistant"
    ]
    holds(desk)


def test_another_question_is_answered_first(desk, lead_id):
    """Two questions of one rep do not stand open."""
    done = call(desk, lead_id, "BUSY")
    start(desk, a_lead(desk, "Tom Weiss", email="tom@kestrel.example", phone="+13125550155"))

    with pytest.raises(Refused, match="answer first: Call Tom Weiss"):
        desk.confirm.take_back(done.entry, "wrong_key")


def test_who_gave_it_takes_it_back(desk, other, lead_id):
    """A colleague's answer, an entry that is none and a reason that nobody knows are refused."""
    done = call(desk, lead_id, "BUSY")

    with pytest.raises(Refused, match="another rep's answer"):
        other.confirm.take_back(done.entry, "wrong_key")
    with pytest.raises(NotFound, match="entry 1 is no answer"):
        desk.confirm.take_back(1, "wrong_key")
    with pytest.raises(Refused, match="known are wrong_key, misheard, said_since"):
        desk.confirm.take_back(done.entry, "because")


def test_an_answer_that_lacks_something_leaves_the_first_as_it_was(desk, lead_id):
    """Taking back and answering anew is one: where the second is refused, the first stands."""
    done = call(desk, lead_id, "BUSY")
    after = tables(desk)

    with pytest.raises(Refused, match="needs a time"):
        desk.confirm.again(done.entry, "wrong_key", Given("yes", "CALLBACK"))

    assert tables(desk) == after
    assert log(desk, "action.taken_back") == []


def test_a_row_changed_with_sql_is_not_washed_clean(desk, lead_id):
    """What does not go back to what it was is refused, and said."""
    done = call(desk, lead_id, "BUSY")
    with closing(sqlite3.connect(desk.settings.folder / "leadtui.db")) as connection:
        connection.execute("UPDATE lead SET city = 'Golden'")
        connection.commit()

    with pytest.raises(Refused, match="cannot be taken back whole"):
        desk.confirm.take_back(done.entry, "wrong_key")


def test_what_rows_were_is_not_forged(desk, lead_id):
    """Images that were changed behind the log's back write nothing, also where the answer made its
    own obligation."""
    touch = open_touch(desk, lead_id)
    given = Given("yes", "BUSY", already="now")
    done = desk.block.already_done(touch.id, given, out_of_turn="supervisor_asked")
    with closing(sqlite3.connect(desk.settings.folder / "leadtui.db")) as connection:
        forged = json.dumps(["lead", lead_id, {"full_name": "Somebody Else", "fit": 99}])
        said = "UPDATE beforeimage SET images = json_insert(images, '$[#]', json(?)) WHERE seq = ?"
        connection.execute(said, (forged, done.entry))
        connection.commit()

    with pytest.raises(Refused, match="behind leadtui's back"):
        desk.confirm.take_back(done.entry, "wrong_key")

    assert the_lead(desk, lead_id).full_name != "Somebody Else"


def test_a_block_stands_after_half_an_hour(desk, lead_id, clock):
    """A wrong key is seen at once; what was asked for last week is a supervisor's to lift."""
    done = call(desk, lead_id, "DO_NOT_CALL")
    clock.advance(minutes=31)

    with pytest.raises(Refused, match="a supervisor takes the number off"):
        desk.confirm.take_back(done.entry, "wrong_key")

    assert one(desk, DoNotCall).removed_at is None


CHAIN = st.lists(st.sampled_from(list(OUTCOMES)), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A floor that every example works on, each with a lead of its own."""
    opened = a_desk(a_floor(tmp_path_factory.mktemp("mixed") / "floor"))
    yield opened
    opened.close()


@settings(max_examples=examples(30))
@drawn(chain=CHAIN)
def test_any_chain_of_wrong_keys_ends_as_the_last_alone(shared, chain):
    """However often it is taken back, what stands is what the last answer by itself comes to."""
    number = f"+1303555{len(rows(shared, Touch)) % 10_000:04}"
    name = f"Jane {number}"
    lead = a_lead(shared, name, offer="contact-us", phone=number, email=f"{number}@x.example")
    started = start(shared, lead, dial=Dial(acknowledge=True))
    open_ = tables(shared)

    for outcome in chain:
        done = answer(shared, started, outcome, **OUTCOMES[outcome])
        shared.confirm.take_back(done.entry, "wrong_key")
        assert tables(shared) == open_
    answer(shared, started, chain[-1], **OUTCOMES[chain[-1]])

    holds(shared)
