"""What holds for every test: nobody's own floor, home, keyring or clock zone is touched."""

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import hypothesis
import pytest

from tests.engines import one_dialect

# Two workers on two cores make single examples slow now and then, and a database of examples would
# be left behind. A gate has to say the same of the same code: there the examples follow from the
# test; elsewhere they are new each time. A gate also takes its time: it tries every example that
# there is time for, a run by hand a share of them.
GATE = "CI" in os.environ
hypothesis.settings.register_profile(
    "leadtui", deadline=None, database=None, derandomize=GATE, max_examples=100 if GATE else 40
)
hypothesis.settings.load_profile("leadtui")


def examples(full: int) -> int:
    """So many examples at the gate, otherwise a third of them."""
    return full if GATE else max(1, full // 3)


def share(cases: Iterable[Any], by_hand: int) -> list[Any]:
    """All the cases at the gate, otherwise so many of them, from first to last.

    For cases that take one road with other words, where each costs seconds: an app of its own, a
    program of its own."""
    every = list(cases)
    if GATE or by_hand >= len(every):
        return every
    step = (len(every) - 1) / max(1, by_hand - 1)
    return [every[round(number * step)] for number in range(by_hand)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By hand a third of what the desk does on PostgreSQL too, always the same, since all workers
    have to collect alike; at the gate all of it."""
    if GATE or len(items) < FEW:
        return
    waiting = [item for item in items if _waits_for_the_gate(item.nodeid)]
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if not _waits_for_the_gate(item.nodeid)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported and collected stays to the end: the collector of garbage need not look at
    all of it again and again, a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


FEW = 500
"""Whoever asks for fewer tests than these gets all of them."""


def _waits_for_the_gate(nodeid: str) -> bool:
    again = nodeid.startswith("tests/desk/") and "postgresql" in nodeid
    return again and crc32(nodeid.encode()) % 3 > 0


def _work_in_memory() -> None:
    """By hand what tests write stays in memory where the system has a folder for that: every commit
    waits for the disk. A gate, and whoever names a TMPDIR, has the files of a disk."""
    memory = Path("/dev/shm")
    if GATE or "TMPDIR" in os.environ or not os.access(memory, os.W_OK | os.X_OK):
        return
    room = os.statvfs(memory)
    if room.f_bavail * room.f_frsize > ROOM and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def _keep_bytecode() -> None:
    """Tests and programs are compiled once, whatever the machine says: each of a thousand programs
    that tests start would compile the house again."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


ROOM = 2_000_000_000
"""Bytes that must be free there: four PostgreSQL servers and some hundred floors."""

_work_in_memory()
_keep_bytecode()

KEPT = {"LEADTUI_FAULT_ROUNDS"}


@pytest.fixture(scope="session", autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the tests, and the programs they start, a home of their own and no settings from
    outside.

    A job in the background was started to ignore Ctrl+C, and what it starts would ignore it too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("LEADTUI_") and name not in KEPT:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("TZ", "UTC")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_dialect() -> Iterator[None]:
    """Statements are compiled once a process, not once a test."""
    with one_dialect():
        yield


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own place for witnesses: floors are copies of each other, with one log
    id."""
    monkeypatch.setenv("XDG_STATE_HOME", f"{os.environ['HOME']}/state/{next(_numbers)}")


_numbers = count(1)
