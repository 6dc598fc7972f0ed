"""Disks that are full, locked, read-only or damaged: a clear sentence, nothing lost, and on it goes
when it can."""

import os
import random
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadtui.store.engine.sqlite import driver
from tests.faults import checks, programs, terminal
from tests.faults.conftest import FULL
from tests.faults.terminal import QUESTION, Terminal

MEMO = "left with clerk"
SAID = "the database is damaged"


def refused_and_then_saved(term: Terminal, folder: Path, words: str, make_room) -> None:
    """``y`` is refused with these words, the question and the memo stay; with room the same key
    saves."""
    before = checks.looked_at(folder)
    term.send("y")
    term.until(words)
    term.asked()
    assert term.says(MEMO)
    assert checks.looked_at(folder) == before

    make_room()
    term.send("y")
    term.until(lambda: not term.says(QUESTION))
    term.until("✓ Lead Number00: no answer")
    assert checks.looked_at(folder).names == ("Lead Number00",)


# -- full ------------------------------------------------------------------------------------------


def test_no_file_may_grow(folder: Path):
    """Under a limit on the size of files every write is refused visibly, and reading goes on."""
    with terminal.on(folder) as term:
        term.asking()
        term.memo(MEMO)
        term.send("\t")
        term.until(lambda: MEMO in checks.looked_at(folder).drafts.values())
        old = resource.prlimit(term.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(term.pid, resource.RLIMIT_FSIZE, (1024, old[1]))
        refused_and_then_saved(
            term,
            folder,
            "not saved: the disk is full",
            lambda: resource.prlimit(term.pid, resource.RLIMIT_FSIZE, old),
        )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes and a half, where this machine lets one be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2560k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("nothing may be mounted here; the limit on the size of files stands for it")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_the_disk_is_full(laid: Path, small_disk: Path):
    """The last byte of the disk is taken: refused, kept, and saved once there is room again."""
    folder = Path(shutil.copytree(laid, small_disk / "floor"))
    filler = small_disk / "filler"
    with terminal.on(folder) as term:
        term.asking()
        term.memo(MEMO)
        term.send("\t")
        term.until(lambda: MEMO in checks.looked_at(folder).drafts.values())
        term.pump(0.5)
        fill(filler)
        refused_and_then_saved(term, folder, "not saved: the disk is full", filler.unlink)


def test_commands_on_a_full_disk(laid: Path, small_disk: Path):
    """Reading works, starting is refused in one sentence, and nothing was changed."""
    folder = Path(shutil.copytree(laid, small_disk / "floor"))
    before = checks.looked_at(folder)
    fill(small_disk / "filler")

    code, words = programs.command(folder, "start", "1", "--rep", "dana")
    assert (code, words.count("\n")) == (1, 1), words
    assert "disk is full" in words
    (small_disk / "filler").unlink()
    assert checks.looked_at(folder) == before
    assert programs.command(folder, "start", "1", "--rep", "dana")[0] == 0


def fill(path: Path) -> None:
    """Take every byte that is left."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 4096, 512, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


# -- locked ----------------------------------------------------------------------------------------


def test_the_database_is_locked(folder: Path):
    """For a minute (five seconds in the short run) another program has it: the screen lives, typed
    text stays, then it is saved. A wait of more than 30 seconds says so and keeps the question."""
    seconds = 60.0 if FULL else 5.0
    with terminal.on(folder) as term:
        term.asking()
        term.memo("left with")
        ours, theirs = programs.pipe()
        holder = programs.start(programs.hold, folder, theirs)
        assert ours.poll(30)
        end = time.monotonic() + seconds

        term.send(" clerk")
        term.until("left with clerk")
        term.send("\t")
        term.pump(0.4)
        term.send("y")
        term.until("saving")
        for width in (100, 120):
            term.resize(width, 36)
            term.until(lambda: term.says("saving") and term.says("left with clerk"))

        while time.monotonic() < end:
            clock = term.screen.text()
            term.until(lambda clock=clock: term.screen.text() != clock)
            if term.says("not saved") and term.says(terminal.ARMED):
                assert term.says("left with clerk")
                term.send("y")
                term.pump(1)
        assert holder.is_alive()
        holder.kill()
        holder.join(30)
        while term.says(QUESTION):
            term.pump(0.5)
            if term.says("not saved") and term.says(terminal.ARMED):
                term.send("y")

    seen = checks.looked_at(folder)
    assert seen.names == ("Lead Number00",)
    assert "left with clerk" in history(folder)


def history(folder: Path) -> str:
    """What is kept of the first lead, in words."""
    return programs.command(folder, "lead", "show", "1", "--rep", "dana")[1]


# -- read-only -------------------------------------------------------------------------------------


@pytest.fixture
def no_powers(folder: Path) -> Iterator[Path]:
    """A floor whose permissions bind whoever works on it; they are given back afterwards."""
    yield folder
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o700 if place.is_dir() else 0o600)


READ_ONLY = {
    "the file": (("leadtui.db", "leadtui.db-wal", "leadtui.db-shm"), 0o444, 0o700),
    "the folder": ((), 0o600, 0o555),
    "both": (("leadtui.db", "leadtui.db-wal", "leadtui.db-shm"), 0o444, 0o555),
    "nothing to read": (("leadtui.db", "leadtui.db-wal", "leadtui.db-shm"), 0o000, 0o700),
    "no settings to read": (("leadtui.toml",), 0o000, 0o700),
    "no way in": ((), 0o600, 0o000),
}


@pytest.mark.parametrize("case", READ_ONLY)
def test_what_may_not_be_written_or_read_is_said_in_one_sentence(no_powers: Path, case: str):
    """Starting is refused with a line that names the place, and nothing was changed."""
    before = checks.looked_at(no_powers)
    names, file_mode, folder_mode = READ_ONLY[case]
    for name in names:
        if (no_powers / name).exists():
            (no_powers / name).chmod(file_mode)
    no_powers.chmod(folder_mode)

    code, words = programs.command(no_powers, "start", "1", "--rep", "dana", powers=False)

    no_powers.chmod(0o700)
    assert (code, words.count("\n")) == (1, 1), words
    assert str(no_powers) in words, words
    assert "went wrong inside" not in words
    assert "cannot be" in words or "permission" in words, words
    for name in names:
        if (no_powers / name).exists():
            (no_powers / name).chmod(0o600)
    assert checks.looked_at(no_powers) == before


# -- damaged ---------------------------------------------------------------------------------------


def damage(path: Path, dice: random.Random, pages: int) -> None:
    """Overwrite some pages of the file, not the first, with what a disk might have there
    instead."""
    raw = driver().connect(str(path))
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    data = bytearray(path.read_bytes())
    for page in dice.sample(range(1, len(data) // 4096), pages):
        data[page * 4096 : (page + 1) * 4096] = dice.randbytes(4096)
    path.write_bytes(data)


def test_torn_pages_are_found_and_said(folder: Path):
    """Whatever is asked of such a file: an answer, or a sentence that names doctor and backup;
    never a crash."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    sound = (folder / "leadtui.db").read_bytes()
    for pages in (3, 20, 60):
        (folder / "leadtui.db").write_bytes(sound)
        damage(folder / "leadtui.db", dice, pages)
        for command in (("queue",), ("start", "1")):
            code, words = programs.command(folder, "--rep", "dana", *command)
            assert code == 0 or SAID in words, words
            assert code == 0 or ("leadtui doctor" in words and "backup" in words), words
        code, words = programs.command(folder, "--rep", "dana", "doctor")
        assert code == 1
        assert SAID in words, words
        assert "backup" in words


def test_writing_stops_once_damage_is_found(folder: Path):
    """One table is torn, the log is not: from the first sentence about it on nothing at all is
    written any more."""
    path = folder / "leadtui.db"
    raw = driver().connect(str(path))
    root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempt'").fetchone()[0]
    raw.close()
    with terminal.on(folder) as term:
        term.calling()
        term.pump(0.5)
        raw = driver().connect(str(path))
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        with path.open("r+b") as file:
            file.seek((root - 1) * 4096)
            file.write(random.Random(5).randbytes(4096))
        term.send("d")
        term.until(SAID)
        entries = count(folder)
        term.send("1")
        term.until(QUESTION)
        for keys in ("", "\t", "left with clerk", "\t", "y", "y"):
            term.send(keys)
            term.pump(0.4)
        assert term.says(QUESTION)
        assert term.says(SAID)
        assert term.process.is_alive()
        assert count(folder) == entries, "it was written into a damaged file"


def count(folder: Path) -> int:
    """Entries of the log."""
    raw = driver().connect(str(folder / "leadtui.db"))
    found = int(raw.execute("SELECT max(seq) FROM log").fetchone()[0])
    raw.close()
    return found


def test_a_file_that_is_no_database(folder: Path):
    """Overwritten from its first byte, it is refused by name."""
    (folder / "leadtui.db").write_bytes(os.urandom(40960))
    for words in (("queue",), ("doctor",)):
        code, said = programs.command(folder, "--rep", "dana", *words)
        assert code == 1
        assert "went wrong inside" not in said
        assert "backup" in said, said
