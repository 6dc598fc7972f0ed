"""An import that is killed has brought in everything or nothing; the same file again changes nothing."""

import random
import time
from contextlib import closing
from pathlib import Path

from leadtui.store.rows import Rows
from tests.faults import checks, programs
from tests.faults.conftest import rounds

ROWS = 400


def a_file() -> bytes:
    """Leads of a show, none of whom the floor knows."""
    lines = ["First Name,Last Name,Company,Email,Phone,Country,State"]
    lines += [
        f"Ann{n},Vary{n},Firm {n},ann{n}@firm{n}.example,+1 312 555 {n:04},US,IL" for n in range(1000, 1000 + ROWS)
    ]
    return "\n".join(lines).encode()


def counted(folder: Path) -> tuple[int, int, int, int]:
    """Leads, responses, batches and import entries."""
    with closing(Rows(f"sqlite:///{folder / 'leadtui.db'}")) as rows:
        return tuple(
            rows.value(f"SELECT count(*) FROM {table}")
            for table in ("lead", "response", "importbatch", 'log WHERE body LIKE \'%"event":"import"%\'')
        )


def test_kills_during_an_import(folder: Path):
    """At any moment between reading and the end; the file is then brought in once, and a second time changes nothing."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    before = counted(folder)
    whole = (before[0] + ROWS, before[1] + ROWS, before[2] + 1, before[3] + 1)
    killed = done = 0
    while killed < rounds(30) and not done:
        ours, theirs = programs.pipe()
        process = programs.start(programs.bring_in, folder, theirs, a_file())
        theirs.close()
        told = []
        wanted = dice.choice(("reading", "matching", "writing", "writing", "writing"))
        while not told or (told[-1][0] != wanted and told[-1][0] != "done"):
            assert ours.poll(60)
            told.append(ours.recv())
        time.sleep(dice.uniform(0.0, 0.35))
        process.kill()
        process.join(30)
        done = counted(folder) == whole
        assert done or counted(folder) == before
        checks.looked_at(folder)
        killed += 1

    for number in range(2):
        found = bring_in(folder)
        assert found == (0 if done or number else ROWS)
        assert counted(folder) == whole
    print(f"{killed} kills")


def bring_in(folder: Path) -> int:
    """Import the file to the end; how many were new."""
    ours, theirs = programs.pipe()
    process = programs.start(programs.bring_in, folder, theirs, a_file())
    theirs.close()
    last = ("", 0)
    while last[0] != "done":
        assert ours.poll(60)
        last = ours.recv()
    process.join(30)
    return int(last[1])
