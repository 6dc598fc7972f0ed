"""The first page, read by the driver alone, is the page that the queue's own use cases give."""

import json
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from leadtui.clock import FixedClock
from leadtui.opening.early import EarlyDesk
from leadtui.opening.hours import hold
from leadtui.settings import load_settings
from leadtui.store import first_page as module
from leadtui.store.engine import migrations
from leadtui.store.engine.tables import CallingClass, Touch
from leadtui.store.first_page import FirstPage, first_page
from tests.builders import MONDAY, a_desk, a_floor, a_lead

PLACES = [
    ("US", "CO", "+13035550142"),
    ("US", "AL", "+12055550142"),
    ("DE", "", "+493012345678"),
    ("GB", "", "+442079460123"),
    ("JP", "", "+81312345678"),
    ("US", "CA", "+12125550142"),
]


@pytest.fixture(scope="module")
def floor(tmp_path_factory) -> Path:
    """A floor with some dozens of leads in many places."""
    folder = a_floor(tmp_path_factory.mktemp("first") / "floor", now=MONDAY - timedelta(days=20))
    desk = a_desk(folder, now=MONDAY - timedelta(days=19))
    for number in range(40):
        country, region, phone = PLACES[number % len(PLACES)]
        a_lead(
            desk,
            f"Lead {number}",
            phone=phone,
            country=country,
            region=region,
            email=f"lead{number}@example.com",
            offer=("trade-show", "trial", "white-paper", "contact-us")[number % 4],
        )
    desk.close()
    return folder


def shuffle(desk, seed: int, now: datetime) -> None:
    """Other due times, promises, agreements and holds for every open touch."""
    dice = random.Random(seed)
    with desk.context.write(now) as unit:
        classes = unit.session.exec(select(CallingClass.id)).all()
        touches = unit.session.exec(select(Touch)).all()
        for touch in touches:
            touch.state = "waiting"
        unit.session.flush()
        for touch in {touch.lead_id: touch for touch in touches}.values():
            due = now + timedelta(
                minutes=dice.choice(
                    (-9000, -600, -61, -1, 0, 3, 5, 30, 300, 700, 900, 2000, 90_000)
                )
            )
            touch.state = dice.choice(("open", "open", "open", "waiting", "done"))
            touch.due, touch.due_bm = (
                due,
                desk.context.business_clock(desk.context.playbook(unit.session)).minutes_at(due),
            )
            touch.promised, touch.first = int(dice.random() < 0.2), int(dice.random() < 0.4)
            touch.sla_minutes = dice.choice((5, 60, 480)) if touch.first else None
            touch.sla_due_bm = touch.due_bm + dice.randrange(-500, 500) if touch.first else None
            touch.inquiry_at = (
                now - timedelta(minutes=dice.randrange(5000)) if touch.first else None
            )
            touch.fit, touch.parts_tried = dice.randrange(101), dice.randrange(16)
            touch.stage_weight = dice.choice((100, 70, 60, 40, 10))
            touch.call, touch.system = int(dice.random() < 0.7), int(dice.random() < 0.05)
            touch.calling_class_id = dice.choice([None, *classes])
            touch.held_until = dice.choice(
                (None, None, None, now + timedelta(hours=1), now - timedelta(hours=1))
            )
            touch.rep_id = dice.choice((1, 1, 1, 2))
        unit.log("shuffled")


def read(
    folder: Path, cache: Path, now: datetime = MONDAY, login: str = "dana", **more
) -> FirstPage | None:
    """The first page of a floor's own database."""
    settings = load_settings(folder)
    return first_page(
        folder / "leadtui.db",
        settings.zone,
        settings.country,
        login,
        lambda _demo, _last: now,
        cache=cache,
        **more,
    )


def never() -> None:
    """A desk that nobody must ask for."""
    raise AssertionError("the real desk was asked")


def early(folder: Path, page: FirstPage, now: datetime, build=never) -> EarlyDesk:
    """A desk with this first page."""
    return EarlyDesk(page, load_settings(folder), FixedClock(now), build)


@pytest.mark.parametrize("seed", range(16))
def test_order_rows_counts_and_header_are_the_queues(floor, tmp_path, seed):
    """On any floor at any time of the day the first page shows what the real desk would."""
    now = MONDAY + timedelta(minutes=random.Random(seed).randrange(-2000, 4000), seconds=seed)
    desk = a_desk(floor, now=now)
    shuffle(desk, seed, now)
    hold(desk, tmp_path)

    page = read(floor, tmp_path, now)
    assert page is not None
    shown = early(floor, page, now)

    expected = desk.block.first_page()
    assert len(expected.ids) > 5
    assert shown.block.first_page() == expected
    assert shown.block.rows(expected.ids) == desk.block.rows(expected.ids)
    assert shown.block.counts() == desk.block.counts()
    assert shown.block.header() == desk.block.header()
    assert shown.block.open_question() is None
    assert (shown.identity, shown.is_demo, shown.now()) == (desk.identity, True, now)
    desk.close()


def test_a_short_page_has_more_behind_it(floor, tmp_path):
    """With a small limit the page ends where the queue's own page would."""
    desk = a_desk(floor)
    shuffle(desk, 99, MONDAY)
    hold(desk, tmp_path)
    for limit in (1, 5, 12):
        page = read(floor, tmp_path, limit=limit)
        assert page is not None
        assert early(floor, page, MONDAY).block.first_page(limit) == desk.block.first_page(limit)
    desk.close()


def test_an_open_question_is_left_to_the_real_desk(tmp_path):
    """Who has something to answer is asked by the real desk, and never shown a free queue."""
    folder = a_floor(tmp_path / "floor")
    desk = a_desk(folder)
    a_lead(desk)
    hold(desk, tmp_path)
    desk.block.start(desk.block.first_page().ids[0])
    page = read(folder, tmp_path)
    assert page is not None
    shown = early(folder, page, MONDAY, lambda: desk)
    assert shown.block.open_question() == desk.block.open_question()
    assert shown.ready
    desk.close()


def test_what_the_page_does_not_know_waits_for_the_real_desk(floor, tmp_path):
    """Any other use case, with its arguments and its errors, is the real desk's."""
    desk = a_desk(floor)
    hold(desk, tmp_path)
    page = read(floor, tmp_path)
    assert page is not None
    shown = early(floor, page, MONDAY, lambda: desk)
    assert shown.block.order(7) == desk.block.order(7)
    assert shown.block is desk.block
    broken = early(floor, page, MONDAY)
    with pytest.raises(AssertionError, match="the real desk was asked"):
        broken.block.lead(1)
    desk.close()


@pytest.fixture
def ready(tmp_path) -> tuple[Path, Path]:
    """A small floor of its own whose hours are kept, and the cache."""
    folder = a_floor(tmp_path / "floor")
    desk = a_desk(folder)
    a_lead(desk)
    hold(desk, tmp_path / "cache")
    desk.close()
    assert read(folder, tmp_path / "cache") is not None
    return folder, tmp_path / "cache"


def change(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "leadtui.db") as connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE meta SET value = 'another' WHERE key = 'playbook'",
        "INSERT INTO migration (number, name, at) VALUES (99, 'newer', 0)",
        (
            "INSERT INTO callingclass (id, key, zones, country, region, number_country, "
            "number_region) "
            "VALUES (77, 'x', '[]', '', '', '', '')"
        ),
        "PRAGMA application_id = 1",
        "UPDATE rep SET login = 'somebody' WHERE login = 'dana'",
        "DROP TABLE touch",
    ],
)
def test_whatever_is_new_or_odd_is_left_to_the_ordinary_way(ready, sql):
    """Another playbook, schema, class, program or person: there is no first page, and nothing is
    raised."""
    folder, cache = ready
    change(folder, sql)
    assert read(folder, cache) is None


def test_hours_that_do_not_reach_to_now_are_not_used(ready):
    """Neither before they begin nor after they end."""
    folder, cache = ready
    assert read(folder, cache, MONDAY + timedelta(days=9)) is None
    assert read(folder, cache, MONDAY - timedelta(days=2)) is None


def test_a_missing_or_damaged_file_is_no_first_page(ready, tmp_path):
    """A missing database, a missing cache, and a cache with anything else in it."""
    folder, cache = ready
    nothing = lambda path, where: first_page(
        path, "America/Chicago", "US", "dana", lambda *_: MONDAY, cache=where
    )
    assert nothing(tmp_path / "none.db", cache) is None
    assert nothing(folder / "leadtui.db", tmp_path / "empty") is None
    kept = next(cache.glob("hours-*.json"))
    whole = kept.read_text()
    for text in ("", "[]", "{}", "null", whole[:100], json.dumps({**json.loads(whole), "more": 1})):
        kept.write_text(text)
        assert nothing(folder / "leadtui.db", cache) is None


def test_on_a_real_floor_nobody_works_as_somebody_else(tmp_path):
    """--rep opens another's page on a demo floor alone."""
    folder = a_floor(tmp_path / "floor", demo=False)
    desk = a_desk(folder)
    hold(desk, tmp_path)
    desk.close()
    assert read(folder, tmp_path, rep="ali") is None
    page = read(folder, tmp_path, rep="dana")
    assert page is not None
    assert page.person.login == "dana"


def test_hours_are_kept_once_and_renewed_in_time(ready):
    """They are left alone while they reach far enough, and worked out anew when they do not."""
    folder, cache = ready
    kept = next(cache.glob("hours-*.json"))
    first = kept.stat().st_mtime_ns
    for days, renewed in ((1, False), (3, True)):
        desk = a_desk(folder, now=MONDAY + timedelta(days=days))
        hold(desk, cache)
        desk.close()
        assert (kept.stat().st_mtime_ns != first) is renewed


def test_the_statements_are_for_the_newest_schema():
    """A new migration must be looked at here too."""
    assert migrations.STEPS[-1].number == module.SCHEMA


def test_reading_it_loads_nothing_heavy():
    """No ORM, no Textual, no playbook: that is what it is for."""
    code = (
        "import sys, leadtui.store.first_page, leadtui.opening.early, "
        "leadtui.opening.bootstrap, "
        "leadtui.opening.hours; "
        "print(sorted({m.partition('.')[0] for m in sys.modules} & "
        "{'sqlalchemy', 'sqlmodel', 'pydantic', 'textual', 'holidays', 'phonenumbers', "
        "'typer'}), "
        "'leadtui.cadence.model' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[] False"


def test_demo_and_last_entry_reach_the_clock(ready):
    """The clock of a demo floor never stands behind its log."""
    folder, cache = ready
    said = []

    def now_of(is_demo: bool, last: datetime | None) -> datetime:
        said.append((is_demo, last))
        return MONDAY

    first_page(folder / "leadtui.db", "America/Chicago", "US", "dana", now_of, cache=cache)
    assert said == [(True, MONDAY.astimezone(UTC))]
