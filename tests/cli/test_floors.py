"""A floor of one's own by command, and its texts in one's own editor."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from leadtui.settings import load_settings
from tests.cli.running import Line, around, refused

FIRM = (
    "--vendor", "Acme Ltd", "--product", "Acme One", "--postal-address", "1 Main St, Springfield",
)  # fmt: skip


@pytest.fixture
def line(tmp_path, capsys):
    """A command line on a floor that is made as the test says."""
    leadtui = Line(tmp_path / "own", capsys)
    return lambda *words, **more: leadtui(*words, rep="", **more)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """An editor that does with the file what a line of shell says."""

    def set_to(script):
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")
        monkeypatch.delenv("VISUAL", raising=False)

    return set_to


def test_a_floor_speaks_as_the_firm_that_was_named(line, tmp_path):
    """Its settings, its playbook, its constants; what was not named is a finding."""
    made = line(
        "init", *FIRM, "--zone", "Europe/Berlin", "--link", "docs_link=https://acme.com/docs",
        "--as", "Ed Stone", "--phone", "030 901820", "--email", "ed@acme.com", "--alone",
    )  # fmt: skip
    settings = load_settings(tmp_path / "own")
    book = (tmp_path / "own" / "playbook" / "playbook.toml").read_text(encoding="utf-8")
    found = line("playbook", "check", "--json")
    findings = json.loads(found.out)["problems"]

    assert made.code == 0
    assert "rep and its supervisor" in made.out
    assert (settings.name, settings.zone, settings.country, settings.postal_address) == (
        "Acme Ltd inside sales", "Europe/Berlin", "DE", "1 Main St, Springfield",
    )  # fmt: skip
    assert 'vendor = "Acme Ltd"' in book
    assert "https://acme.com/docs" in book
    assert found.code == 1
    assert any("quickstart_link" not in one["what"] and one["line"] == 18 for one in findings)
    assert not any(one["what"].split()[-1] == "docs.halyard.example/failover" for one in findings)
    assert line("rep", "list", "--json").data[0]["name"] == "Ed Stone"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vendor", "\x07"), "--vendor"),
        (("--zone", "Berlin"), "Europe/Berlin"),
        (("--country", "Narnia"), "--country"),
        (("--phone", "none"), "--phone"),
        (("--link", "docs_link"), "equals sign"),
        (("--link", "doc_link=https://acme.com"), "docs_link"),
        (("--link", "docs_link=acme"), "no link"),
    ],
)
def test_what_was_named_wrongly_is_refused_and_nothing_is_made(line, tmp_path, words, said):
    """With the option and how to write it."""
    assert said in refused(line("init", *words), 2)
    assert not (tmp_path / "own").exists()


def test_a_demo_and_a_folder_by_itself_may_speak_for_the_sample_firm(line, run, tmp_path):
    """Both are meant to speak for it."""
    assert run("playbook", "check", rep="").code == 0
    line("init")
    (tmp_path / "own" / "playbook").rename(tmp_path / "apart")
    assert line("playbook", "check", tmp_path / "apart").code == 0
    refused(line("playbook", "edit"))


def test_a_text_is_changed_checked_and_then_switched_on(line, editor, tmp_path):
    """What comes next is said; nothing runs differently before that."""
    line("init", *FIRM)
    editor('sed -i "s/^Hello/Good day/" "$2"')
    changed = line("playbook", "edit", "trial-day-5")

    assert changed.code == 0
    assert "emails/trial-day-5.md is saved" in changed.out
    assert "leadtui playbook activate" in changed.out
    text = (tmp_path / "own" / "playbook" / "emails" / "trial-day-5.md").read_text(encoding="utf-8")
    assert "Good day" in text
    assert line("playbook", "activate").code == 0
    assert "not changed" in line("playbook", "edit", "emails/trial-day-5.md").out


def test_a_text_that_cannot_run_is_told_and_what_runs_stays(line, editor):
    """By file and line, with the way back to it."""
    line("init", *FIRM)
    editor('printf "nonsense = 1\\n" >> "$2"')
    changed = line("playbook", "edit", "sla")

    assert changed.code == 1
    assert "sla.toml:" in changed.err
    assert "leadtui playbook edit sla" in changed.out
    assert "What runs is as it was" in changed.out


def test_an_unknown_text_brings_the_list_and_the_nearest(line):
    """Names that two folders share are asked about."""
    line("init", *FIRM)
    unknown = line("playbook", "edit", "trial-day-6")

    assert (unknown.code, unknown.out) == (1, "")
    assert "did you mean trial-day-5?" in unknown.err
    assert "emails: after-voicemail" in unknown.err
    assert "emails/not-now.md" in refused(line("playbook", "edit", "not-now"), 2)
    assert "emails/not-now.md" in line("playbook", "edit").out


@pytest.mark.parametrize(
    ("said", "why"),
    [("", "no editor is set"), ("/no/such/editor", "does not start"), ("'", "does not start")],
)
def test_without_an_editor_one_sentence_says_so(line, monkeypatch, said, why):
    """And where the file is."""
    line("init", *FIRM)
    monkeypatch.setenv("EDITOR", said)
    monkeypatch.delenv("VISUAL", raising=False)

    assert why in refused(line("playbook", "edit", "sla"))


def test_an_editor_that_fails_is_told(line, editor):
    """What it saved stands."""
    line("init", *FIRM)
    editor("exit 3")

    assert "ended with 3" in refused(line("playbook", "edit", "sla"))


def test_on_a_terminal_a_signal_ends_the_first_day_with_nothing_made(tmp_path):
    """The terminal is given back, and what begins again is said."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    own = {"XDG_DATA_HOME": str(tmp_path / "data"), "TERM": "xterm-256color"}
    asked = subprocess.Popen(
        [sys.executable, "-m", "leadtui"],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=around(own),
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while b"Your name" not in said:
        said += os.read(ours, 65_536)
    asked.send_signal(signal.SIGTERM)
    with contextlib.suppress(OSError):
        while part := os.read(ours, 65_536):
            said += part

    assert asked.wait(60) == 128 + signal.SIGTERM
    assert b"Nothing was made" in said
    assert not (tmp_path / "data").exists()
