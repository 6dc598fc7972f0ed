"""The compliance log on the command line: what it prints, its JSON, and its exit codes."""

import json
from contextlib import contextmanager

import pytest
import typer
from typer.testing import CliRunner

from leadtui.cli import log
from leadtui.errors import LeadtuiError
from leadtui.store.engine.database import open_store
from leadtui.store.engine.sqlite import driver
from tests.engines import START
from tests.floors import HOUR, a_desk, a_touch, confirm, lay, start


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The desk that every command of these tests opens, on a worked floor."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    lay(store, demo=False)
    confirm(
        store, start(store, a_touch(store), START + HOUR), START + HOUR, note="rang \x1b[31mout"
    )
    found = a_desk(store, tmp_path, now=START + 2 * HOUR)

    @contextmanager
    def opened(**_):
        yield found

    monkeypatch.setattr(log, "open_desk", opened)
    yield found
    found.supervise.close()
    store.dispose()


@pytest.fixture
def run(desk):
    """Run a log command; a refusal comes back as its exception."""
    app = typer.Typer()
    log.register(app)

    def invoke(*arguments):
        return CliRunner().invoke(app, ["log", *map(str, arguments)])

    return invoke


def test_verify_as_json(run):
    """The documented keys, and 0 for a log that holds."""
    done = run("verify", "--json")
    said = json.loads(done.stdout)

    assert done.exit_code == 0
    assert said.keys() >= {"ok", "entries", "head", "first_bad", "damage", "witnesses"}
    assert (said["ok"], said["entries"], said["first_bad"], said["damage"]) == (True, 7, None, None)


def test_verify_names_the_first_bad_entry_and_ends_with_one(run, desk):
    """A damaged log is said in a sentence, and scripts see it by the exit code."""
    connection = driver().connect(desk.context.store.path)
    connection.executescript("DROP TRIGGER log_no_delete; DELETE FROM log WHERE seq = 3")
    connection.close()

    done, data = run("verify"), run("verify", "--json")

    assert (done.exit_code, data.exit_code) == (1, 1)
    assert done.stdout.startswith("BAD (gap). Entry 3: entry 3 is missing; ")
    assert json.loads(data.stdout)["first_bad"] == 3


def test_verify_deep_says_which_row_disagrees(run, desk):
    """--deep compares the tables; without it the chain alone is checked."""
    connection = driver().connect(desk.context.store.path)
    connection.execute("UPDATE obligation SET answer = 'no'")
    connection.commit()
    connection.close()

    assert run("verify").exit_code == 0
    done = run("verify", "--deep")

    assert done.exit_code == 1
    assert "obligation 1: answer is 'no', and entry 7 says 'yes'" in done.stdout


def test_the_head_goes_out_and_comes_back_as_a_witness(run, tmp_path):
    """What log head --json prints is what witness add takes."""
    done = run("head", "--json")
    (tmp_path / "head.json").write_text(done.stdout)

    assert set(json.loads(done.stdout)) == {"log_id", "seq", "hash", "seen_at"}
    assert "witness 1 of this log" in run("witness", "add", tmp_path / "head.json").stdout
    assert json.loads(run("verify", "--json").stdout)["witnesses"] == 1


def test_show_lists_and_opens_entries(run):
    """Newest first; one entry whole with its memo, without a control character."""
    listed = json.loads(run("show", "--rep", "dana", "--json").stdout)
    whole = run("show", listed[0]["seq"])

    assert [line["event"] for line in listed][:2] == ["action.confirmed", "touch.started"]
    assert run("show", "--event", "nothing").stdout == "No entry fits.\n"
    assert "rang" in whole.stdout
    assert "\x1b" not in whole.stdout
    assert (
        json.loads(run("show", "--since", "2026-11-23T16:00:00Z", "--json").stdout)[-1]["event"]
        == "touch.started"
    )


def test_correct_adds_an_entry(run):
    """The new entry's number comes back, and the old one names it."""
    made = json.loads(run("correct", 7, "--note", "she did answer after all", "--json").stdout)

    assert made == {"entry": 8, "corrects": 7}
    assert json.loads(run("show", 7, "--json").stdout)["corrections"] == [8]


def test_export_writes_once(run, tmp_path):
    """A second export to the same name is refused."""
    first = run("export", tmp_path / "log.jsonl")
    second = run("export", tmp_path / "log.jsonl")

    assert "7 entries, without personal texts" in first.stdout
    assert isinstance(second.exception, LeadtuiError)
    assert "rang" not in (tmp_path / "log.jsonl").read_text()


def test_exceptions_are_printed_with_their_share_and_the_peers(run, desk):
    """For people a line each with the newest entries; for programs every entry, n and the peers'
    figure; nothing is said, too."""
    empty, none = run("exceptions"), run("exceptions", "--rep", "ali", "--json")
    assert empty.stdout.startswith("Nothing stands out in today (")
    assert json.loads(none.stdout) == []
    store, at = desk.context.store, START + HOUR
    first = start(store, a_touch(store, at=at), at)
    seq = confirm(store, first, at, outcome="TALKED", contact=1, dialed_ms=4000)

    lines, said = run("exceptions", "--period", "all"), run("exceptions", "--json")

    assert f"1 contact within seconds · 100 % of 1, peers –  {seq}" in lines.stdout
    (found,) = json.loads(said.stdout)
    assert (found["kind"], found["rep"], found["entries"]) == ("brief", "Dana Reyes", [seq])
    assert found["of"] == {"value": 1, "share": 1.0, "n": 1}
    assert found["peers"] == {"value": 0, "share": None, "n": 0}
    assert isinstance(run("exceptions", "--period", "someday").exception, LeadtuiError)
