"""The outbox on the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from leadtui.cli import common, mail
from leadtui.errors import NotFound, Refused
from tests.builders import a_desk, a_floor, a_lead


@pytest.fixture
def run(tmp_path):
    """`leadtui mail …` as Dana on a demo floor with one trial lead."""
    desk = a_desk(a_floor(tmp_path / "floor"))
    a_lead(desk, offer="trial")
    desk.close()
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    mail.register(app)
    common.remember("", "", "")

    def invoke(*words: str):
        where = ("--floor", str(tmp_path / "floor"), "--rep", "dana")
        return CliRunner().invoke(app, ["mail", *words, *where])

    yield invoke
    common.remember("", "", "")


def test_the_outbox_is_sent_and_listed(run):
    """For people, and as one JSON document."""
    assert run("status").output == "The outbox is empty.\n"
    assert run("send", "--once").output == "1 sent\n"
    assert json.loads(run("send", "--json").output) == {
        "sent": 0,
        "failed": 0,
        "later": 0,
        "unknown": 0,
        "given": 0,
        "why": "",
    }
    found = json.loads(run("status", "--json").output)

    assert found["counts"]["sent"] == 1
    assert (found["messages"][0]["state"], found["messages"][0]["to"]) == (
        "sent",
        "jane@brightwater.example",
    )
    assert "Jane Okafor" in run("status", "--all").output


def test_only_what_failed_or_is_unknown_can_be_decided(run):
    """Each refusal says why; a decision must be said."""
    run("send", "--once")

    assert isinstance(run("retry", "1").exception, Refused)
    assert isinstance(run("retry", "7").exception, NotFound)
    assert isinstance(run("resolve", "1", "--not-sent").exception, Refused)
    assert run("resolve", "1").exit_code == 2
