"""An import that is killed has brought in whole parts of its file: one undo takes them back, or the
same file again brings the rest, and a third time changes nothing."""

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
    """At any moment between reading and the end: what is in are whole leads, in one batch; every
    second time they are taken back, else the same file brings the rest, and then changes
    nothing."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    before = counted(folder)
    whole = (before[0] + ROWS, before[1] + ROWS, before[2] + 1, before[3] + 1)
    parts = 0
    for number in range(rounds(30)):
        killed(folder, dice)
        found = counted(folder)
        in_part = before[0] < found[0] < whole[0]
        parts += in_part
        assert found[0] - before[0] == found[1] - before[1]
        assert found == before or found[2:] == whole[2:]
        if found == before:
            continue
        checks.looked_at(folder)
        if number % 2:
            take_back(folder)
            assert counted(folder)[:2] == before[:2]
        else:
            assert bring_in(folder) == (ROWS if found != whole else 0)
            assert counted(folder) == whole
        checks.looked_at(folder)
        shutil.rmtree(folder)
        shutil.copytree(laid, folder)

    assert [bring_in(folder), bring_in(folder)] == [ROWS, 0]
    assert counted(folder) == whole
    print(f"{rounds(30)} kills, {parts} of them with a part of the file in")


def take_back(folder: Path) -> None:
    """The import is taken back by a supervisor, as far as it came."""
    desk, _ = programs.desk_at_work(folder, "mira")
    desk.intake.undo(desk.intake.imports()[0].id)
    desk.close()


def killed(folder: Path, dice: random.Random) -> None:
    """An import that is killed while it reads, matches or writes."""
    ours, theirs = programs.pipe()
    process = programs.start(programs.bring_in, folder, theirs, a_file())
    theirs.close()
    wanted, what = dice.choice(("reading", "matching", "writing", "writing", "writing")), ""
    while what not in {wanted, "done"}:
        assert ours.poll(60)
        what, _ = ours.recv()
    time.sleep(dice.uniform(0.0, 1.5))
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
