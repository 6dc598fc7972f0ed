"""Files that somebody names are read whole, or refused in one sentence; nothing waits for ever."""

import os

import pytest

from leadtui.errors import LeadtuiError
from leadtui.files import keep_details, read_text, read_whole
from leadtui.store.engine.database import open_store
from leadtui.store.engine.places import place_of, unchecked_server


def test_a_file_is_read_whole(tmp_path):
    """Bytes as they are; text without its mark."""
    path = tmp_path / "leads.csv"
    path.write_bytes(b"\xef\xbb\xbfName\nJane\n")
    assert read_whole(path, "name a file of leads") == b"\xef\xbb\xbfName\nJane\n"
    assert read_text(path, "name a file of leads") == "Name\nJane\n"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkfifo, "this is a pipe or a device and no file; name it"),
        (os.mkdir, "this is a folder; name it"),
        (lambda path: path.symlink_to("/dev/zero"), "this is a pipe or a device"),
        (lambda path: None, "cannot be read (No such file or directory); name it"),
        (lambda path: path.write_bytes(b"x" * 11), "this is too large (11 bytes, where 10 are"),
        (lambda path: path.write_bytes(b"caf\xe9"), "this is not UTF-8 text (byte 3)"),
    ],
)
def test_what_is_no_file_is_one_sentence(tmp_path, make, said):
    """A pipe, a folder, a device, nothing at all, too much, and another encoding."""
    path = tmp_path / "named"
    make(path)
    with pytest.raises(LeadtuiError) as refused:
        read_text(path, "name it", 10)
    assert said in str(refused.value)


def test_what_broke_is_kept_in_a_file_of_ones_own(tmp_path, monkeypatch):
    """The sentence names the file, which has the traceback and is nobody else's to read."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = keep_details(ZeroDivisionError("by zero"))
    (path,) = tmp_path.iterdir()
    assert said == f"the details are in {path}"
    assert "ZeroDivisionError: by zero" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "said",
    [
        "postgresql://dana:hunter2@db.example/floor",
        "postgresql://dana:hun@ter2@db.example:5432/floor?sslmode=require",
        "postgresql://dana@db.example/floor?password=hunter2&sslmode=require",
        "host=db.example password=hunter2 dbname=floor",
        "host=db.example password = 'hunter2 hunter2' dbname=floor",
    ],
)
def test_no_password_of_a_connection_is_kept_or_shown(tmp_path, monkeypatch, said):
    """In whichever form it stood in an error, all that is left of it are three stars."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    keep_details(LeadtuiError(f"cannot connect to {said!r}"))
    (path,) = tmp_path.iterdir()
    for shown in (path.read_text(), place_of(said)):
        assert "hun" not in shown
        assert "ter2" not in shown
        assert "db.example" in shown


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@[/floor", "postgresql://u:hunter2@h:x%/f"])
def test_a_url_that_cannot_be_read_is_not_repeated_with_its_password(url):
    """libpq's own words would."""
    with pytest.raises(LeadtuiError) as refused:
        open_store(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("rest", "host"),
    [
        ("db.example/floor", "db.example"),
        ("db.example/floor?sslmode=require", "db.example"),
        ("db.example/floor?sslmode=verify-full", ""),
        ("localhost/floor", ""),
        ("/floor?host=/run/postgresql", ""),
    ],
)
def test_a_server_whose_name_is_not_checked_is_named(rest, host):
    """Only verify-full says who answers; what stays on this machine needs none."""
    assert unchecked_server(f"postgresql://dana@{rest}") == host


@pytest.mark.parametrize("name", ["leadtui.db", "leadtui.db-wal", "leadtui.db-shm"])
def test_a_pipe_beside_the_database_stops_nobody_without_a_word(tmp_path, name):
    """Opening it would never end."""
    (tmp_path / "leadtui.db").touch()
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(LeadtuiError, match=f"{name}: this is a folder, a pipe or a device"):
        open_store(f"sqlite:///{tmp_path / 'leadtui.db'}")
