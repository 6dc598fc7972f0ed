"""The program is told to go, or its window is gone: the obligation is kept, the terminal restored,
the code is 128 + n."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults import checks, programs, terminal
from tests.faults.terminal import LEAVES


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_keeps_the_obligation_and_restores_the_terminal(folder: Path, number: int):
    """Over the open question, with a memo that was kept; the program runs as it is installed."""
    with terminal.on(folder, executed=number == signal.SIGTERM) as term:
        term.asking()
        term.memo("left with clerk")
        term.send("\t")
        term.until(lambda: "left with clerk" in checks.looked_at(folder).drafts.values())
        assert LEAVES not in term.raw

        assert term.end(number) == 128 + number
        assert LEAVES in term.raw
        assert "\x1b[?25h" in term.raw.rpartition(LEAVES)[2] or "\x1b[?25h" in term.raw[-200:]
        assert "Traceback" not in term.raw

    assert tuple(checks.looked_at(folder).drafts.values()) == ("left with clerk",)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_a_write_waits_for_the_database(folder: Path, number: int):
    """The answer that waits for another program's lock is not given, and leaving does not wait for
    it."""
    with terminal.on(folder) as term:
        term.asking()
        ours, theirs = programs.pipe()
        holder = programs.start(programs.hold, folder, theirs)
        assert ours.poll(30)
        term.send("y")
        term.until("saving")

        assert term.end(number) == 128 + number
        assert LEAVES in term.raw
        holder.kill()
        holder.join(30)

    assert len(checks.looked_at(folder).open) == 1


def test_a_closed_window_ends_the_program(folder: Path):
    """Nothing is left running, and the question is asked at the next start."""
    with terminal.on(folder) as term:
        term.asking()
        pid = term.pid
        term.close()
        assert term.ended() == 128 + signal.SIGHUP
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    assert len(checks.looked_at(folder).open) == 1
    with terminal.on(folder) as term:
        term.asked()
