"""The queue's SQL is the formula of ``cadence/ranking.py``, on both engines, out of one covering
index."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, select

from leadtui.cadence.ranking import priority, tier_of
from leadtui.desk.calls.queueing import rank_facts
from leadtui.store import order, queue
from leadtui.store.engine.database import open_store
from leadtui.store.engine.tables import CallingClass, Company, Lead, Rep, Touch
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.text import fold
from tests.conftest import examples
from tests.engines import START

NOW = START + timedelta(hours=3)
NOW_BM = 700_000
TONIGHT = NOW.replace(hour=23, minute=59, second=59, microsecond=999_999)
LEADS = 40
CLASSES = 4
MINE, OTHER = 1, 2
STAGES = (100, 70, 60, 40, 10)

AROUND_NOW = st.sampled_from(
    [-90_000, -3_600, -901, -900, -899, -60, -1, 0, 1, 299, 300, 301, 3_600, 30_000, 90_000]
)
SECONDS = AROUND_NOW | st.integers(-400_000, 400_000)
BUSINESS = st.sampled_from([-961, -960, -959, -481, -480, -479, -1, 0, 1, 60, 480]) | st.integers(
    -2_000, 2_000
)
AGES = st.sampled_from(
    [0, 60, 61, 120, 121, 180, 181, 1_800, 1_801, 3_600, 3_601, 90_000, 90_001, 176_400, 176_401]
)


@st.composite
def a_touch(draw):
    """The columns of one touch that its place depends on."""
    first = draw(st.booleans())
    minutes = draw(st.sampled_from([5, 60, 61, 240, 960])) if first else None
    call = draw(st.booleans())
    return {
        "due": draw(SECONDS),
        "due_bm": NOW_BM - draw(BUSINESS),
        "promised": draw(st.booleans()),
        "first": first,
        "sla_minutes": minutes,
        "sla_due_bm": NOW_BM - draw(BUSINESS | st.sampled_from([-15, -16, -60, -61, -240]))
        if first
        else None,
        "inquiry_at": NOW - timedelta(seconds=draw(AGES | st.integers(0, 400_000)))
        if first
        else None,
        "fit": draw(st.sampled_from([0, 32, 40, 100]) | st.integers(0, 100)),
        "stage_weight": draw(st.sampled_from(STAGES)),
        "parts_tried": draw(st.integers(0, 15)),
        "call": call,
        "calling_class_id": draw(st.none() | st.integers(1, CLASSES)) if call else None,
        "held_until": draw(st.sampled_from([None, None, None, -60, 0, 60, 200_000])),
        "state": draw(st.sampled_from(["open"] * 8 + ["waiting", "started", "done"])),
        "system": draw(st.sampled_from([False] * 8 + [True])),
        "rep_id": draw(st.sampled_from([MINE] * 8 + [OTHER, None])),
    }


PLACES = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from("01239"),
        st.sampled_from([0, 29, 30, 31, 135, 239, 240, 241, 600, 9999]),
    ),
    min_size=CLASSES,
    max_size=CLASSES,
)


def a_moment(classes) -> queue.Moment:
    """The present, with what each calling class says of it; class 0 does not exist."""
    places = queue.Places(
        "0" + "".join(str(int(blocked)) for blocked, _, _ in classes),
        "9" + "".join(part for _, part, _ in classes),
        "9999" + "".join(f"{closes:04}" for _, _, closes in classes),
    )
    return queue.Moment(MINE, NOW, NOW_BM, TONIGHT, places)


def lay(store) -> None:
    """People, leads and calling classes for touches to point to."""
    with Session(store._writer) as session:
        for login in ("mine", "other"):
            session.add(Rep(name=login, name_key=login, login=login, created_at=START))
        session.add(Company(name="Kestrel", name_key="kestrel", created_at=START))
        for number in range(1, CLASSES + 1):
            session.add(CallingClass(key=str(number), zones=[]))
        session.flush()
        for number in range(1, LEADS + 1):
            name = f"Lead {number}"
            session.add(
                Lead(
                    full_name=name,
                    name_key=fold(name),
                    company_id=1,
                    created_at=START,
                    updated_at=START,
                )
            )
        session.commit()


def fill(store, touches) -> None:
    """These touches and no others, one a lead; ids are given in another order than leads."""
    rows = []
    for place, touch in enumerate(touches):
        held = touch["held_until"]
        moments = {
            "due": NOW + timedelta(seconds=touch["due"]),
            "held_until": None if held is None else NOW + timedelta(seconds=held),
        }
        flags = {name: int(touch[name]) for name in ("promised", "first", "call", "system")}
        lead = 1 + (place * 7) % LEADS
        rows.append(
            Touch(
                lead_id=lead,
                channel="call",
                title="",
                created_at=START,
                **{**touch, **moments, **flags},
            )
        )
    with Session(store._writer) as session:
        session.connection().execute(text("DELETE FROM touch"))
        session.add_all(rows)
        session.commit()


def mine(session) -> list[Touch]:
    """The open touches of this rep, as rows."""
    wanted = select(Touch).where(Touch.rep_id == MINE, Touch.state == "open", Touch.system == 0)
    return list(session.exec(wanted).all())


def is_free(touch: Touch, classes) -> bool:
    """Whether nothing holds a touch now."""
    held = touch.held_until is not None and touch.held_until > NOW
    blocked = (
        touch.call and touch.calling_class_id is not None and classes[touch.calling_class_id - 1][0]
    )
    return not held and (not blocked or bool(touch.promised))


def compare(store, touches, classes) -> None:
    """The engine's order, tiers, figures, held list and counts are Python's."""
    fill(store, touches)
    moment = a_moment(classes)
    with store.read() as session:
        found = mine(session)
        today = [touch for touch in found if touch.due <= TONIGHT]
        ranks = {
            touch.id: priority(rank_facts(touch, moment), NOW)
            for touch in today
            if is_free(touch, classes)
        }
        held = {touch.id for touch in today} - set(ranks)
        place = {
            touch.id: (-round(ranks[touch.id].p, 6), touch.due, touch.lead_id)
            for touch in today
            if touch.id in ranks
        }
        wanted = sorted(ranks, key=place.__getitem__)

        assert queue.due(session, moment, 1_000) == wanted
        assert queue.due(session, moment, 3) == wanted[:3]
        ranked = queue.ranked(session, moment, 1_000)
        assert [(id_, tier) for id_, tier, _ in ranked] == [
            (id_, ranks[id_].tier) for id_ in wanted
        ]
        assert all(abs(p - ranks[id_].p) < 1e-9 for id_, _, p in ranked)
        assert set(queue.held(session, moment)) == held
        assert queue.counts(session, moment) == (len(wanted), len(held), len(found) - len(today))
        lines = queue.rows(session, moment, [touch.id for touch in found])
        assert {id_: row[-1] for id_, row in lines.items()} == {
            touch.id: tier_of(rank_facts(touch, moment), NOW) for touch in found
        }
        assert all(
            tier_of(rank_facts(touch, moment), NOW) == 4
            for touch in found
            if touch.due > TONIGHT and late(touch)
        )


def late(touch: Touch) -> bool:
    """Nothing but its time decides about this touch."""
    return not touch.first and touch.due_bm >= NOW_BM - 960


@pytest.fixture(scope="module")
def sqlite_floor(tmp_path_factory):
    """One SQLite store for all examples of this module."""
    store = open_store(
        f"sqlite:///{tmp_path_factory.mktemp('queue') / 'leadtui.db'}", create=True, now=START
    )
    lay(store)
    yield store
    store.dispose()


@settings(max_examples=examples(100))
@given(touches=st.lists(a_touch(), max_size=LEADS), classes=PLACES)
def test_the_order_in_sql_is_the_order_of_the_formula(sqlite_floor, touches, classes):
    """Whatever the touches, SQLite ranks, holds and counts them as the formula does."""
    compare(sqlite_floor, touches, classes)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(touches=st.lists(a_touch(), max_size=LEADS), classes=PLACES)
def test_both_engines_rank_alike(engine_url, touches, classes):
    """The same on a real PostgreSQL, whose numbers and divisions are others."""
    stores = STORES.setdefault(engine_url, [])
    if not stores:
        stores.append(open_store(engine_url, create=True, now=START))
        lay(stores[0])
    compare(stores[0], touches, classes)


STORES: dict[str, list] = {}


@pytest.fixture(autouse=True)
def _closed():
    yield
    for stores in STORES.values():
        for store in stores:
            store.dispose()
    STORES.clear()


PLAIN = {
    "promised": False,
    "first": False,
    "due_bm": NOW_BM + 500,
    "sla_minutes": None,
    "sla_due_bm": None,
    "inquiry_at": None,
    "fit": 0,
    "stage_weight": 60,
    "parts_tried": 0,
    "call": False,
    "calling_class_id": None,
    "held_until": None,
    "state": "open",
    "system": False,
    "rep_id": MINE,
}
CALM = [(False, "1", 9999)] * CLASSES


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_of_later_touches_cover_each_once(store, size):
    """Keyset pages of any size meet every touch after today once, in order of due and id, though
    many are due at once."""
    lay(store)
    fill(store, [{**PLAIN, "due": 86_400 * (1 + number // 6)} for number in range(LEADS)])
    moment, seen, after = a_moment(CALM), [], None

    with store.read() as session:
        while page := queue.later(session, moment, size, after):
            assert len(page) <= size
            seen += page
            after = (page[-1][1], page[-1][0])
        wanted = sorted((to_micros(touch.due), touch.id) for touch in mine(session))

    assert [(due, id_) for id_, due in seen] == wanted
    assert len(seen) == LEADS


def test_the_last_instant_of_the_day_is_today_and_the_next_is_later(store):
    """No touch is in both parts of the order, and none in neither."""
    lay(store)
    edge = TONIGHT - NOW
    fill(
        store,
        [
            {**PLAIN, "due": edge.total_seconds()},
            {**PLAIN, "due": (edge + timedelta(microseconds=1)).total_seconds()},
        ],
    )
    moment = a_moment(CALM)

    with store.read() as session:
        today, later = (
            queue.due(session, moment, 9),
            [id_ for id_, _ in queue.later(session, moment, 9)],
        )
        by_due = [touch.id for touch in sorted(mine(session), key=lambda touch: touch.due)]

    assert (today, later) == (by_due[:1], by_due[1:])


def test_a_line_of_the_queue_has_what_the_list_shows(store):
    """Lines come for the ids that were asked for, with names and companies; ids that are gone are
    left out."""
    lay(store)
    fill(store, [{**PLAIN, "due": 0}, {**PLAIN, "due": 60}])

    with store.read() as session:
        ids = [touch.id for touch in mine(session)]
        found = queue.rows(session, a_moment(CALM), [*ids, 10**9])
        assert queue.rows(session, a_moment(CALM), []) == {}

    assert set(found) == set(ids)
    assert {(row[2], row[4]) for row in found.values()} == {
        ("Lead 1", "Kestrel"),
        ("Lead 8", "Kestrel"),
    }
    assert {from_micros(row[8]) for row in found.values()} == {NOW, NOW + timedelta(seconds=60)}


@pytest.mark.parametrize("name", ["DUE", "EXPLAIN", "LATER", "HELD", "TODAY_COUNTS", "LATER_COUNT"])
def test_sqlite_reads_the_covering_index_and_never_the_table(sqlite_floor, name):
    """A million touches cost one walk over a part of one index."""
    bound = {**a_moment(CALM).parameters(), "limit": 60, "after": 0, "last": 0}
    statement = getattr(order, name)

    with sqlite_floor.read() as session:
        wanted = {key: bound[key] for key in re.findall(r":(\w+)", statement)}
        plan = [
            row[-1]
            for row in session.connection().execute(text(f"EXPLAIN QUERY PLAN {statement}"), wanted)
        ]

    reads = [line for line in plan if line.startswith(("SEARCH", "SCAN")) and "ranked" not in line]
    assert reads
    assert all(
        re.search(r"USING COVERING INDEX touch_queue \(rep_id=\?", line) for line in reads
    ), plan


def test_a_page_of_later_touches_begins_where_the_last_one_ended(sqlite_floor):
    """The index is entered at the keyset, so that the last page of a million costs what the first
    does."""
    bound = {"rep": MINE, "limit": 60, "after": 0, "last": 0}

    with sqlite_floor.read() as session:
        plan = [
            row[-1]
            for row in session.connection().execute(
                text(f"EXPLAIN QUERY PLAN {order.LATER}"), bound
            )
        ]

    assert len(plan) == 1
    assert "due" in plan[0]
    assert ">" in plan[0]
