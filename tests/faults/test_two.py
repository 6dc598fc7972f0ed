"""Two processes want the same: one holds it, the other is told."""

from pathlib import Path

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from tests.builders import MONDAY, a_desk
from tests.faults import checks, programs
from tests.faults.conftest import rounds

Found = tuple[bool, object, str]


def race(folder: Path, *ways: tuple[str, str, int]) -> list[Found]:
    """Each ``(login, way, number)`` at the same instant: what came of it, the winners first."""
    line = programs.barrier(len(ways))
    runs = []
    for way in ways:
        ours, theirs = programs.pipe()
        runs.append((programs.start(programs.race, folder, theirs, line, *way), ours))
    found = []
    for process, ours in runs:
        assert ours.poll(60)
        found.append(ours.recv())
        process.join(30)
    return sorted(found, key=lambda one: not one[0])


@pytest.fixture
def touches(folder: Path) -> dict[int, int]:
    """Touch -> lead, of what is due, best first."""
    desk = a_desk(folder, clock=FixedClock(MONDAY))
    rows = desk.block.rows(desk.block.first_page(20).ids)
    desk.close()
    return {row.touch_id: row.lead_id for row in rows}


def settle(folder: Path, word: str = "yes") -> None:
    """Answer what is open; a ``no`` puts the touch back."""
    for login in ("dana", "ali"):
        desk, _ = programs.desk_at_work(folder, login)
        while (question := desk.block.open_question()) is not None:
            reason = desk.block.reasons("no")[0].code if word == "no" else ""
            desk.confirm.answer(
                question.id, Given(word, "NO_ANSWER" if word == "yes" else "", reason=reason)
            )
        desk.close()


@pytest.mark.parametrize("same", [True, False])
def test_one_rep_at_two_desks(folder: Path, touches: dict[int, int], same: bool):
    """The same touch, or two: one is started, the other desk is told what to answer first."""
    order = list(touches)
    for number in range(rounds(20)):
        first, second = order[number % 9], order[number % 9 + (0 if same else 1)]
        won, lost = race(folder, ("dana", "touch", first), ("dana", "touch", second))
        assert (won[0], lost[0]) == (True, False)
        assert lost[1] == "question_open"
        assert "answer first: Call Lead" in lost[2]
        assert len(checks.looked_at(folder).open) == 1
        settle(folder, "no")


def test_two_reps_and_one_lead(folder: Path, touches: dict[int, int]):
    """Its owner starts the touch while another calls it: one holds the lead, the other sees who."""
    order = list(touches)
    for number in range(rounds(20)):
        touch = order[number % len(order)]
        won, lost = race(folder, ("dana", "touch", touch), ("ali", "call", touches[touch]))
        assert (won[0], lost[0]) == (True, False)
        seen = checks.looked_at(folder)
        assert len(seen.open) == 1
        assert lost[1] == "held_by"
        assert ("Dana Reyes has this lead open" in lost[2]) != (
            "Ali Haddad has this lead open" in lost[2]
        ), lost
        settle(folder)


def test_the_phone_is_answered_whoever_has_the_lead_open(folder: Path, touches: dict[int, int]):
    """It rings at a colleague's at the instant in which its owner starts: the call is taken; the
    start may be refused."""
    order = list(touches)
    for number in range(rounds(20)):
        touch = order[number % len(order)]
        found = race(folder, ("dana", "touch", touch), ("ali", "inbound", touches[touch]))
        refused = [one for one in found if not one[0]]
        assert len(checks.looked_at(folder).open) == 2 - len(refused)
        assert all(
            one[1] == "held_by" and "Ali Haddad has this lead open" in one[2] for one in refused
        ), refused
        settle(folder)
