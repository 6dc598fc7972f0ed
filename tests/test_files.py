"""Files that somebody names are read whole, or refused in one sentence; nothing waits for ever."""

import os

import pytest

from leadtui.errors import LeadtuiError
from leadtui.files import keep_details, read_text, read_whole


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
