"""An import that is killed has brought in everything or nothing; the same file again changes
nothing."""

import random
import shutil
import time
from contextlib import closing
from pathlib import Path

from leadtui.store.engine.rows import Rows
from tests.faults import checks, programs
from tests.faults.conftest import rounds

ROWS = 400


def a_file() -> bytes:
    """Leads of a show, none of whom the floor knows."""
    lines = ["First Name,Last Name,Company,Email,Phone,Country,State"]
    lines += [
        f"Ann{n},Vary{n},Firm {n},ann{n}@firm{n}.example,+1 312 555 {n:04},US,IL"
        for n in range(1000, 1000 + ROWS)
    ]
    return "\n".join(lines).encode()


def counted(folder: Path) -> tuple[int, int, int, int]:
    """Leads, responses, batches and import entries."""
    with closing(Rows(f"sqlite:///{folder / 'leadtui.db'}")) as rows:
        return tuple(
            rows.value(f"SELECT count(*) FROM {table}")
            for table in (
                "lead",
                "response",
                "importbatch",
                'log WHERE body LIKE \'%"event":"import"%\'',
            )
        )


def test_kills_during_an_import(laid: Path, folder: Path):
    """At any moment between reading and the end; the file is then brought in once, and a second
    time changes nothing."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    before = counted(folder)
    whole = (before[0] + ROWS, before[1] + ROWS, before[2] + 1, before[3] + 1)
    in_time = 0
    for _ in range(rounds(30)):
        killed(folder, dice)
        done = counted(folder) == whole
        assert done or counted(folder) == before
        checks.looked_at(folder)
        in_time += not done
        if done:
            assert bring_in(folder) == 0
            assert counted(folder) == whole
            shutil.rmtree(folder)
            shutil.copytree(laid, folder)

    assert [bring_in(folder), bring_in(folder)] == [ROWS, 0]
    assert counted(folder) == whole
    checks.looked_at(folder)
    print(f"{rounds(30)} kills, {in_time} of them before the end; never a part of the file")


def killed(folder: Path, dice: random.Random) -> None:
    """An import that is killed while it reads, matches or writes."""
    ours, theirs = programs.pipe()
    process = programs.start(programs.bring_in, folder, theirs, a_file())
    theirs.close()
    wanted, what = dice.choice(("reading", "matching", "writing", "writing", "writing")), ""
    while what not in {wanted, "done"}:
        assert ours.poll(60)
        what, _ = ours.recv()
    time.sleep(dice.uniform(0.0, 0.4))
    process.kill()
    process.join(30)
    ours.close()


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
