"""The commands of enforcement, as a supervisor and a rep type them, on one floor."""

import json

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from leadtui.cli import common
from leadtui.cli.tree import build
from leadtui.errors import LeadtuiError
from tests.builders import MONDAY, a_desk, a_floor, a_lead

LEADS = (
    "First Name,Last Name,Company,Email,Phone,Country\nTom,Weiss,Kestrel "
    "Freight,tom@kestrel.example,+13125550110,US\n"
)
NEAR = LEADS.replace(
    "Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550110",
    "Bo,Miles,B,jane@brightwater.example,+13035550177",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """``leadtui …`` on a demo floor whose clock stands."""
    monkeypatch.setenv("LEADTUI_NOW", MONDAY.isoformat())
    desk = a_desk(a_floor(tmp_path / "floor"))
    a_lead(desk)
    desk.close()
    app = build()
    common.remember("", "", "")

    def invoke(*words: str, rep: str = "mira"):
        common.remember("", "", "")
        return CliRunner().invoke(app, ["--floor", str(tmp_path / "floor"), "--rep", rep, *words])

    yield invoke
    common.remember("", "", "")


def data(result):
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.output)


def refused(result):
    assert isinstance(result.exception, LeadtuiError), (result.output, result.exception)
    return str(result.exception)


def test_every_command_is_there_and_explains_itself():
    """The tree builds, and each command has a sentence."""
    command = get_command(build())
    for name in ("backup", "batch", "calls", "doctor", "notice", "samples", "training"):
        done = CliRunner().invoke(build(), [name, "--help"])
        assert done.exit_code == 0, done.output
        assert command.commands[name].help


def test_a_notice_from_publishing_to_the_start_it_held_up(run):
    """A rep reads it by command, and the list says so."""
    made = data(run("notice", "publish", "--title", "New script", "--body", "Use it.", "--json"))
    assert made["waiting"] == ["Dana Reyes", "Ali Haddad"]
    assert "supervisor" in refused(
        run("notice", "publish", "--title", "x", "--body", "y", rep="dana")
    )
    read = run("notice", "ack", rep="dana")
    assert "Use it." in read.output
    assert "leadtui notice ack 1 --yes" in read.output
    assert data(run("notice", "list", "--json"))[0]["read"] == []
    assert "number" in refused(run("notice", "ack", "--yes", rep="dana"))
    assert "Acknowledged." in run("notice", "ack", "1", "--yes", rep="dana").output
    listed = data(run("notice", "list", "--json"))
    assert [one["name"] for one in listed[0]["read"]] == ["Dana Reyes"]
    assert "you have read every notice" in refused(run("notice", "ack", rep="dana"))


def test_training(run):
    """Several names, with or without commas."""
    made = data(
        run("training", "record", "--topic", "Objections", "--attended", "dana, ali", "--json")
    )
    assert made["attended"] == ["Dana Reyes", "Ali Haddad"]
    assert data(run("training", "list", "--json"))["overdue"] is None
    assert "Objections" in run("training", "list").output


def test_an_import_is_listed_reviewed_and_taken_back(run, tmp_path):
    """And what cannot be is said."""
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "near.csv").write_text(NEAR)
    from leadtui.desk.intake.files.importing import import_file
    from leadtui.desk.intake.files.options import ImportOptions
    from leadtui.opening.bootstrap import open_desk

    desk = open_desk(str(tmp_path / "floor"), "", "mira")
    for name in ("leads.csv", "near.csv"):
        import_file(desk.context, tmp_path / name, ImportOptions())
    desk.close()
    assert [one["batch"] for one in data(run("batch", "list", "--json"))] == [2, 1]
    assert data(run("batch", "undo", "1", "--json")) == {"batch": 1, "removed": 1, "restored": 0}
    assert "taken back" in run("batch", "list").output
    near = data(run("batch", "review", "--json"))[0]
    assert "lead 1" in run("batch", "review").output
    decide = ("batch", "review", str(near["question"]), "--same", "1", "--alike", "--json")
    done = data(run(*decide))
    assert (done["lead"], done["left"], done["alike"]["decided"]) == (1, 0, 0)
    assert "say like which" in refused(run("batch", "review", "--alike"))
    assert "say what it is" in refused(run("batch", "review", str(near["question"])))
    assert "No near duplicate" in run("batch", "review").output


def test_leads_are_merged_and_erased(run, tmp_path):
    """What stays is said."""
    desk = a_desk(tmp_path / "floor")
    other = a_lead(desk, "J. Okafor", phone="+13035550177", email="jo@brightwater.example")
    desk.close()
    assert data(run("lead", "merge", "1", str(other), "--json"))["moved"]["phones"] == 1
    run("dnc", "add", "+13035550142", "--reason", "asked on the phone")
    erased = data(run("lead", "erase", "1", "--reason", "asked by letter of 20 November", "--json"))
    assert erased["leads"] == [1, other]
    assert data(run("log", "verify", "--deep", "--json"))["ok"]
    assert "personal texts in the log" in run("log", "retention", "--older-than", "90d").output


def test_samples_and_calls_begin_empty(run, tmp_path):
    """With a sentence, not an error."""
    assert data(run("samples", "--json")) == {"week": "2026-W47", "samples": []}
    assert "not drawn" in refused(run("samples", "sign", "3", "--finding", "in order"))
    cdr = tmp_path / "cdr.csv"
    cdr.write_text("Number,Begin\n+13035550142,2026-11-23 10:40:20\n")
    assert data(run("calls", "import", str(cdr), "--map", "at=Begin", "--json"))["new"] == 1
    found = data(run("calls", "check", "--json"))
    assert (found["without_record"], found["without_confirmation"][0]["name"]) == (
        [],
        "Jane Okafor",
    )
    assert "Records without a confirmation: 1" in run("calls", "check").output


def test_a_floor_is_shared_only_with_a_group_that_is_there(tmp_path):
    """Nothing is made for one that is not."""
    common.remember("", "", "")
    done = CliRunner().invoke(
        build(), ["init", str(tmp_path / "mine"), "--group", "no-such-group-here"]
    )
    assert "no such group" in refused(done)
    assert not (tmp_path / "mine").exists()
