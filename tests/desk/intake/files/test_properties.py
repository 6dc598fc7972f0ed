"""What holds for any file of leads: every row is counted once, and the same file twice changes
nothing."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from leadtui.store.engine.database import open_store
from leadtui.store.engine.tables import Lead, Matter, Phone, Response
from tests.conftest import examples
from tests.desk.intake.files.conftest import laid
from tests.sheets.files import NOW

HEAD = ["Badge ID", "Name", "Company", "Email", "Phone", "Scan time", "Notes", "Rating", "Booth"]
rows = st.lists(
    st.tuples(
        st.sampled_from(["", "B1", "B2"]),
        st.sampled_from(
            ["", "Ann Lee", "Ann Leee", "ANN LEE", "Bob Lee", "Lee, Ann", "Zoltan Brandt", "Ann"]
        ),
        st.sampled_from(["", "Acme", "Acme Inc.", "ACME GmbH", "Acmee", "Bolt"]),
        st.sampled_from(
            ["", "ann@x.example", "ANN@x.example", "bob@x.example", "info@x.example", "x@", "n/a"]
        ),
        st.sampled_from(
            ["", "312-555-0142", "(312) 555-0142 x9", "415-555-0101", "1.55512E+10", "12"]
        ),
        st.sampled_from(["", "2026-11-05 10:00", "2026-11-05 09:00", "2026-09-01", "soon"]),
        st.sampled_from(["", "wants a demo", "has Linux"]),
        st.sampled_from(["", "Hot", "3", "cold"]),
        st.sampled_from(["", "A12", "=1+1"]),
    ),
    max_size=9,
)


def row(name="", email="", phone=""):
    """A row that says no more than this."""
    return ("", name, "", email, phone, "", "", "", "")


ANN, ANNS, BOBS, LINE = "Ann", "ann@x.example", "bob@x.example", "312-555-0142"


def written(lines):
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *lines])
    return out.getvalue()


def fresh(folder: Path):
    """A floor on SQLite; hypothesis makes many."""
    return laid(
        open_store(f"sqlite:///{folder / f'{time.monotonic_ns()}.db'}", create=True, now=NOW)
    )


@pytest.mark.timeout(600)
@settings(max_examples=examples(25), phases=[Phase.explicit, Phase.generate])
@given(rows, rows, st.sampled_from(["", "Lakeside Week"]))
@example(
    [row(ANN, ANNS, LINE), row("Ann Lee", BOBS)], [row(ANN, "", LINE), row(ANN, BOBS, LINE)], ""
)
def test_every_row_is_counted_once_and_nothing_happens_twice(
    tmp_path_factory, first, second, event
):
    """Two files and both again: sums hold (the floor checks them), the repetition finds everything
    unchanged."""
    floor = fresh(tmp_path_factory.mktemp("floors"))
    try:
        for lines in (first, second):
            report = floor.bring(written(lines), event=event)
            assert report.rows == sum(any(cell for cell in line) for line in lines)
            before = floor.state()
            emptied = [line for each in lines for line in (each, [], [""] * len(HEAD))]
            for text in map(written, (lines, [*lines, []], lines[::-1], emptied)):
                again = floor.bring(text, event=event)
                assert floor.state() == before
                assert (again.unchanged, again.rejected) == (
                    again.rows - again.rejected,
                    report.rejected,
                )
        known = {one.id for one in floor.all(Lead)}
        assert {one.lead_id for one in floor.all(Response)} == known
        assert {one.lead_id for one in floor.all(Phone)} <= known
        assert all(set(one.data["leads"]) <= known for one in floor.all(Matter))
    finally:
        floor.context.store.dispose()


IMPORT = """
import sys
from pathlib import Path
from leadtui.store.engine.database import open_store
from tests.desk.intake.files.conftest import floor_on
floor = floor_on(open_store(sys.argv[1]))
print("ready", flush=True)
floor.bring(Path(sys.argv[2]).read_bytes(), progress=lambda *step: print(*step, flush=True))
"""


def test_killed_half_way(tmp_path):
    """Whenever the process dies, the floor has all of the file or nothing of it, and the file can
    be imported again."""
    url = f"sqlite:///{tmp_path / 'leadtui.db'}"
    floor = laid(open_store(url, create=True, now=NOW))
    lines = [
        (
            f"B{i}",
            f"Ann{i} Lee{i}",
            f"Acme {i}",
            f"a{i}@x.example",
            f"312-555-{i:04}",
            "",
            "n",
            "Hot",
            "",
        )
        for i in range(3000)
    ]
    file = tmp_path / "leads.csv"
    file.write_text(written(lines))
    seen = set()
    rounds = 20 if os.environ.get("LEADTUI_FAULT_ROUNDS") else 3
    stops = ("matching 3000", "writing 0", "writing 3000")
    for number in range(rounds):
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(IMPORT), url, str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parents[4],
        ) as process:
            next(line for line in process.stdout if line.startswith(stops[number % 3]))
            time.sleep(0.02 * (number // 3))
            process.kill()
        seen.add(len(floor.all(Lead)))
    assert seen <= {0, 3000}
    report = floor.bring(file.read_bytes())
    assert (report.new, report.unchanged) in {(3000, 0), (0, 3000)}
    floor.context.store.dispose()
