"""Drafts, links and files: whole or not there, opened by the system's program, honest when that
fails."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from leadtui.errors import LeadtuiError, NotSaved, Refused
from leadtui.mail import opener as opening
from leadtui.mail.opener import open_with_system, run_detached
from leadtui.mail.passwords import find_password, password_file
from leadtui.mail.transports import Draft, Files, Mailto, keep, mailto, transport_of
from leadtui.settings import MailSettings
from tests.mail.letters import a_message


def no_opener(target: str) -> None:
    """A machine without a mail program."""
    raise LeadtuiError("this machine has no program")


def test_a_draft_is_written_and_opened(tmp_path):
    """The rep's mail program gets the file."""
    opened: list[str] = []
    delivery = Draft(tmp_path / "outbox", opened.append).hand_over(a_message(), "000001")

    assert delivery.state == "drafted"
    assert opened == [delivery.path]
    assert Path(delivery.path).read_bytes().startswith(b"X-Unsent: 1\r\nFrom: Dana Reyes")
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["000001.eml"]


def test_a_draft_that_nothing_opens_is_there_all_the_same(tmp_path):
    """The rep is told where it is."""
    delivery = Draft(tmp_path, no_opener).hand_over(a_message(), "000001")

    assert delivery.state == "drafted"
    assert delivery.path in delivery.words


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_fails_the_message(tmp_path):
    """No file, no draft, and the reason."""
    tmp_path.chmod(0o500)
    assert Draft(tmp_path / "outbox", no_opener).hand_over(a_message(), "1").state == "failed"


def test_a_place_that_is_taken_fails_the_message(tmp_path):
    """A file where the folder should be is not replaced."""
    (tmp_path / "outbox").write_text("mine")
    delivery = Files(tmp_path / "outbox").hand_over(a_message(), "1")

    assert delivery.state == "failed"
    assert "cannot be written" in delivery.words
    assert (tmp_path / "outbox").read_text() == "mine"


def test_a_mailto_link_carries_everything():
    """Percent-encoded, so that no character of a lead's ends the link."""
    opened: list[str] = []
    message = a_message(subject="A & B? 100 %", body="Zoé & co,\nline 2 = #2\n")
    delivery = Mailto(opened.append).hand_over(message, "")
    link = urlsplit(opened[0])

    assert delivery.state == "drafted"
    assert (link.scheme, link.path) == ("mailto", "jane@brightwater.example")
    assert parse_qs(link.query) == {
        "subject": ["A & B? 100 %"],
        "body": ["Zoé & co,\r\nline 2 = #2"],
    }
    assert Mailto(no_opener).hand_over(message, "").state == "failed"


def test_a_mailto_link_that_would_be_cut_is_refused():
    """Before anything is on record."""
    message = a_message(body="é" * 2000)
    with pytest.raises(Refused, match="too long for a mailto link") as caught:
        Mailto(no_opener).check(message)
    assert caught.value.code == "too_long"
    assert len(mailto(a_message())) < 300


def test_files_are_for_demo_floors(tmp_path):
    """On a real floor a message in a folder has reached nobody."""
    settings = MailSettings(transport="file")
    with pytest.raises(Refused) as caught:
        transport_of(settings, tmp_path, is_demo=False)
    assert caught.value.code == "not_demo"
    assert transport_of(settings, tmp_path, is_demo=True).sends


@pytest.mark.parametrize("name", ["draft", "mailto"])
def test_a_floor_has_its_transport(tmp_path, name):
    """By the word in its settings."""
    assert transport_of(MailSettings(transport=name), tmp_path, is_demo=False).name == name


def test_a_file_appears_whole(tmp_path):
    """Whoever looks while messages are written sees none in part."""
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.extend(path.stat().st_size for path in tmp_path.glob("*.eml"))

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(20):
        keep(tmp_path / f"{number}.eml", b"x" * 300_000)
    done.set()
    watcher.join()

    assert set(seen) <= {300_000}
    assert not list(tmp_path.glob(".*"))


def test_a_file_replaces_nothing(tmp_path):
    """Neither a file of that name nor what a link of that name points to."""
    (tmp_path / "a.eml").write_text("mine")
    (tmp_path / "b.eml").symlink_to(tmp_path / "target")
    for name in ("a.eml", "b.eml"):
        with pytest.raises(NotSaved):
            keep(tmp_path / name, b"new")

    assert (tmp_path / "a.eml").read_text() == "mine"
    assert not (tmp_path / "target").exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_file_system_without_links_still_replaces_nothing(tmp_path, monkeypatch):
    """Some have none; the file gets its name all the same, if it is free."""

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "not here")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "a.eml").write_text("mine")
    with pytest.raises(NotSaved):
        keep(tmp_path / "a.eml", b"new")
    assert keep(tmp_path / "b.eml", b"new").read_bytes() == b"new"


# -- opening ---------------------------------------------------------------------------------------


def test_a_program_runs_apart_and_silent(tmp_path, capfd):
    """It neither writes on the terminal nor reads from it, and its failure is said."""
    script = tmp_path / "loud.py"
    script.write_text(
        "import sys; print('noise'); print('noise', file=sys.stderr); assert not "
        "sys.stdin.read(); "
        "sys.exit(3)"
    )
    with pytest.raises(LeadtuiError, match="ended with code 3"):
        run_detached([sys.executable, str(script)])
    assert capfd.readouterr() == ("", "")


def test_a_program_that_stays_is_left_alone(tmp_path, monkeypatch):
    """A mail program may run for hours."""
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    run_detached([sys.executable, "-c", "import time; time.sleep(0.5)"])


def test_a_program_that_is_missing_is_named():
    """What cannot be started is said in one sentence."""
    with pytest.raises(LeadtuiError, match=r"no-such-program: it cannot be started"):
        run_detached(["no-such-program"])


@pytest.mark.skipif(sys.platform != "linux", reason="this is how Linux opens links")
def test_without_program_or_desktop_it_is_said(monkeypatch, tmp_path):
    """Over SSH there is nobody to open a window for."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LeadtuiError, match="no program that opens links"):
        open_with_system("tel:+13035550142")
    log = tmp_path / "log"
    (tmp_path / "xdg-open").write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n')
    (tmp_path / "xdg-open").chmod(0o755)
    with pytest.raises(LeadtuiError, match="no desktop"):
        open_with_system("tel:+13035550142")
    monkeypatch.setenv("DISPLAY", ":0")
    open_with_system("tel:+13035550142; rm -rf /")
    assert log.read_text() == "tel:+13035550142; rm -rf /\n"


# -- passwords -------------------------------------------------------------------------------------


def test_a_password_comes_from_the_environment_or_a_private_file(monkeypatch, tmp_path):
    """A file that others can read is refused, and no message repeats a password."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(LeadtuiError, match="there is no password for dana"):
        find_password("dana", "mail.example")
    path = password_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("dana@mail.example s3cret of mine\n")
    path.chmod(0o644)
    if os.name == "posix":
        with pytest.raises(LeadtuiError, match="others can read") as caught:
            find_password("dana", "mail.example")
        assert "s3cret" not in str(caught.value)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert find_password("dana", "mail.example") == "s3cret of mine"
    monkeypatch.setenv("LEADTUI_SMTP_PASSWORD", "other")
    assert find_password("dana", "mail.example") == "other"


@pytest.mark.parametrize("kept", ["dana@mail.example s3cret\n", "s3cret\n", ""])
def test_a_password_goes_to_the_server_it_was_kept_for_alone(monkeypatch, tmp_path, kept):
    """Settings that name another server, or user, get nothing but the line to write."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = password_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept)
    path.chmod(0o600)
    for user, host in (("dana", "mail.theirs.example"), ("eve", "mail.example")):
        with pytest.raises(LeadtuiError, match=f"the line '{user}@{host} PASSWORD'") as refused:
            find_password(user, host)
        assert "s3cret" not in str(refused.value)


def test_a_password_comes_from_the_keyring(monkeypatch, tmp_path):
    """Under the program's name, user and host."""
    import keyring

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(keyring, "get_password", lambda service, entry: f"{service}:{entry}")
    assert find_password("dana", "mail.example") == "leadtui:dana@mail.example"


def test_without_the_keyring_extra_the_other_places_are_named(monkeypatch, tmp_path):
    """What is missing, and the command that brings it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(LeadtuiError, match=r"pip install 'leadtui\[keyring\]'") as caught:
        find_password("dana", "mail.example")
    assert caught.value.exit_code == 1
    assert str(password_file()) in str(caught.value)
    assert "LEADTUI_SMTP_PASSWORD" in str(caught.value)


def test_mail_loads_no_smtp_until_it_sends():
    """A floor with drafts does not pay for what it does not use."""
    code = (
        "import sys, leadtui.mail.transports; print('aiosmtplib' in sys.modules or "
        "'keyring' in "
        "sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "False\n"
    )
