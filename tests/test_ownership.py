"""Settings run programs and carry passwords, so they count only where nobody else wrote them; and a
floor that is found is said whose it is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from leadtui.errors import LeadtuiError
from leadtui.settings import find_floor, load_settings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")
needs_root = pytest.mark.skipif(
    os.name == "posix" and os.getuid() != 0, reason="files of other accounts are made by root"
)
STRANGER, MAKER, ME, GROUP = 61_001, 61_002, 61_003, 61_004
SETTINGS = '[calls]\ndial = "steal {number}"\n'


@pytest.fixture
def place():
    """A folder that other accounts may enter, which pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="leadtui-place-") as made:
        folder = Path(made).resolve()
        folder.chmod(0o755)
        yield folder


def a_folder(place, owner=-1, mode=0o755):
    """A floor's folder with settings in it."""
    folder = place / "floor"
    folder.mkdir()
    settings = folder / "leadtui.toml"
    settings.write_text(SETTINGS)
    settings.chmod(0o644)
    if owner >= 0:
        os.chown(settings, owner, GROUP)
        os.chown(folder, owner, GROUP)
    folder.chmod(mode)
    return folder


def loaded_by(user, folder, words="load_settings(Path(sys.argv[1])).dial", cwd=None):
    """What an account of the machine is told when it opens the floor: a line, or the refusal."""
    code = f"""
import grp, os, pwd, sys
import platformdirs.unix
from pathlib import Path
from leadtui.errors import LeadtuiError
from leadtui.settings import load_settings, find_floor
import leadtui.ownership
os.chdir(sys.argv[3])
os.setgroups([{GROUP}]); os.setgid({GROUP}); os.setuid(int(sys.argv[2]))
try:
    print({words})
except LeadtuiError as error:
    print(error)
"""
    command = [sys.executable, "-c", code, str(folder), str(user), str(cwd or "/")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def test_settings_of_ones_own_count(place):
    """A file and a folder that only I can write."""
    assert load_settings(a_folder(place)).dial == "steal {number}"


@pytest.mark.parametrize(
    ("what", "mode", "do"),
    [
        ("floor/leadtui.toml", 0o646, "chmod go-w"),
        ("floor/leadtui.toml", 0o666, "chmod go-w"),
        ("floor", 0o777, "chmod +t"),
        (".", 0o777, "chmod +t"),
    ],
)
def test_settings_that_others_could_write_are_refused(place, what, mode, do):
    """The file, its folder, or the one above it: with the command that mends it."""
    folder = a_folder(place)
    (place / what).chmod(mode)
    with pytest.raises(LeadtuiError, match="would run as you") as refused:
        load_settings(folder)
    assert do in str(refused.value)
    assert str((place / what).resolve()) in str(refused.value)


def test_a_folder_in_which_each_keeps_their_own_will_do(place):
    """The sticky bit is what keeps a shared folder's files their owners'."""
    folder = a_folder(place, mode=0o1777)
    assert load_settings(folder).dial == "steal {number}"


def test_a_pipe_in_place_of_the_settings_waits_for_nobody(place):
    """It is refused at once."""
    folder = place / "floor"
    folder.mkdir()
    os.mkfifo(folder / "leadtui.toml")
    with pytest.raises(LeadtuiError, match="no file"):
        load_settings(folder)


@needs_root
def test_a_shared_floors_settings_are_its_makers(place):
    """Who works on it gets them; what a colleague put in their place, whoever links to it, does
    not count."""
    folder = a_folder(place, MAKER, 0o3770)
    settings = folder / "leadtui.toml"
    assert loaded_by(ME, folder) == "steal {number}\n"

    os.chown(settings, STRANGER, GROUP)
    assert "account 61001's, who is not the floor's maker (account 61002)" in loaded_by(ME, folder)
    assert "account 61001's" in loaded_by(MAKER, folder)

    settings.rename(place / "elsewhere.toml")
    settings.symlink_to(place / "elsewhere.toml")
    assert "account 61001's" in loaded_by(ME, folder)


@needs_root
@pytest.mark.parametrize("change", ["mv leadtui.toml theirs.toml", "rm -f leadtui.toml"])
def test_a_colleague_cannot_take_the_settings_away(place, change):
    """The folder is the group's to write in, and still no other can replace the maker's file."""
    folder = a_folder(place, MAKER, 0o3770)
    words = f"os.system('cd {folder} && {change} 2>/dev/null')"
    assert loaded_by(STRANGER, folder, words) != "0\n"
    assert (folder / "leadtui.toml").read_text() == SETTINGS
    folder.chmod(0o2770)
    assert "chmod +t" in loaded_by(ME, folder)


@needs_root
def test_a_folder_that_stands_in_a_strangers_is_refused(place):
    """Its owner can put another floor there."""
    folder = a_folder(place, MAKER)
    os.chown(place, STRANGER, GROUP)
    assert "who can put another floor into it" in loaded_by(ME, folder)


@needs_root
def test_a_floor_that_is_found_is_said_whose_it_is(place):
    """One's own without a word, a shared one by its maker's name, anybody else's not at all."""
    folder = a_folder(place, STRANGER)
    below = folder / "below"
    below.mkdir()
    below.chmod(0o755)
    find = "find_floor()"
    assert loaded_by(STRANGER, folder, find, below) == f"{folder}\n"
    assert f"account 61001's and not shared with you; name it with --floor {folder}" in loaded_by(
        ME, folder, find, below
    )
    folder.chmod(0o3775)
    told = loaded_by(ME, folder, find, below)
    assert f"leadtui: this is account 61001's floor {folder}" in told
    assert told.startswith(f"{folder}\n")


def test_what_was_named_is_not_asked_about(place, monkeypatch):
    """Who says which floor knows whose it is."""
    folder = a_folder(place)
    monkeypatch.chdir("/")
    assert find_floor(str(folder)) == folder
