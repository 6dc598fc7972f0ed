"""What somebody's settings say is in the log from the first thing they write with them."""

import json
from datetime import timedelta

from leadtui.desk.floor.doctor import examine
from leadtui.store.engine.rows import Rows
from tests.builders import MONDAY, a_desk, a_floor, a_lead, store_of


def told(desk):
    """Every such entry: who, the digest, the personal text."""
    rows = Rows(store_of(desk).url)
    found = rows.all(
        "SELECT l.body, p.text FROM log l JOIN log_private p ON p.seq = l.seq WHERE l.body LIKE ?",
        ('%"event":"settings.changed"%',),
    )
    rows.close()
    bodies = [(json.loads(body), text) for body, text in found]
    return [(body["actor"], body["hashes"]["settings"], text) for body, text in bodies]


def written(floor, login):
    """Somebody opens the floor anew and writes twice."""
    desk = a_desk(floor, login)
    for _ in range(2):
        desk.block.note(1, "asked for June")
    found = told(desk)
    desk.close()
    return found


def test_a_change_of_the_settings_is_an_entry_of_whoever_works_with_them(tmp_path):
    """Once for each change and person; comments and the floor's place change nothing."""
    floor = a_floor(tmp_path / "floor")
    dana = a_desk(floor)
    a_lead(dana)
    dana.close()
    settings = floor / "leadtui.toml"
    settings.write_text(settings.read_text() + "\n# looked at\n")
    assert written(floor, "dana") == []

    settings.write_text(settings.read_text().replace('dial = "copy"', 'dial = "mine {number}"'))
    ((actor, digest, text),) = written(floor, "dana")
    assert (actor, len(digest)) == (1, 64)
    assert "mine {number}" in text
    assert [one[0] for one in written(floor, "mira")] == [1, 3]
    assert [one[0] for one in written(floor, "dana")] == [1, 3]

    mira = a_desk(floor, "mira")
    lines = [one for one in mira.supervise.feed() if "other settings" in one.words]
    assert [(one.who, one.alarming) for one in lines] == [("Mira Sand", True), ("Dana Reyes", True)]
    assert [one.what for one in examine(mira.context).findings if one.severity == "error"] == []
    mira.close()


def test_it_waits_until_the_logs_time_is_settled(tmp_path):
    """An entry between a clock that was ahead and the one that settles it would be a step back."""
    floor = a_floor(tmp_path / "floor")
    dana = a_desk(floor, now=MONDAY + timedelta(days=3))
    a_lead(dana)
    dana.close()
    settings = floor / "leadtui.toml"
    settings.write_text(settings.read_text().replace('dial = "copy"', 'dial = "mine {number}"'))
    dana = a_desk(floor)
    dana.block.note(1, "asked for June")
    assert told(dana) == []
    dana.close()

    dana = a_desk(floor, now=MONDAY + timedelta(days=4))
    dana.block.note(1, "asked for June")
    assert len(told(dana)) == 1
    dana.close()
