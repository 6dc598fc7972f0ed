"""Screening proves itself: an answer speaks of every number that was asked, in each register, of a
day not long ago; else it screens nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leadtui.clock import FixedClock
from leadtui.errors import LeadtuiError, Refused
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Screening, Touch
from leadtui.store.log.replay import replay
from tests.builders import a_desk, a_floor, a_lead
from tests.desk.acting import log, rows
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

AFTERNOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # 11:00 in London
TODAY = date(2026, 11, 24)
ONE, TWO = "+442079460018", "+442079460019"
HEADER = "Number,TPS,CTPS\n"
WHOLE = f"{HEADER}{ONE},N,N\n{TWO},N,Y\n"


@pytest.fixture
def clock():
    """The day before the answer: its numbers were there then."""
    return FixedClock(AFTERNOON - timedelta(days=1))


@pytest.fixture
def desks(engine_url, tmp_path, clock):
    """Dana's and Mira's desks on a floor with two British leads, once an engine."""
    folder = a_floor(tmp_path / "floor", database=engine_url)
    dana, mira = (a_desk(folder, login, clock=clock) for login in ("dana", "mira"))
    for name, number in (("Ada Wren", ONE), ("Ben Lark", TWO)):
        a_lead(dana, name, phone=number, email=f"{name[:3]}@x.example", country="GB", region="")
    clock.at = AFTERNOON
    yield dana, mira
    dana.close()
    mira.close()


def bring(desk, tmp_path, text, day=TODAY):
    """An answer in a file of its own, brought."""
    file = tmp_path / "answer.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return desk.do_not_call.bring(file, day)


def held(desk):
    """By what each lead's front is held."""
    touches = rows(desk, Touch)
    return {touch.lead_id: touch.held_rule for touch in touches if touch.state == "open"}


def test_a_whole_answer_frees_who_is_clear_and_nobody_else(desks, tmp_path):
    """One number is clear and its lead is called; the other stands in a register, and no override
    helps. Rows and log agree."""
    dana, mira = desks
    assert set(held(dana).values()) == {"GB screening"}

    found = bring(mira, tmp_path, WHOLE)

    assert (found.country, found.covered, found.listed) == ("GB", 2, 1)
    assert held(dana)[1] == ""
    first, second = (dana.block.lead(lead).phones[0] for lead in (1, 2))
    assert first.gate.verdict == "clear"
    assert (second.gate.rule, second.gate.overridable) == ("national list", False)
    (entry,) = log(dana, "screening.brought")
    assert entry["codes"] == {"place": "GB", "what": ["TPS", "CTPS"], "phones": 2, "listed": 1}
    assert entry["after"] == {"as_of": "2026-11-24"}
    assert len(entry["hashes"]["file"]) == 64
    reading = Rows(mira.context.store.url)
    assert replay(reading) == ()
    reading.close()


BAD = {
    "empty": (b"", "empty answer screens nobody"),
    "blank lines": (b"\n\n,,\n", "empty answer screens nobody"),
    "header only": (HEADER, "silent about 2 of the 2"),
    "one number left out": (f"{HEADER}{ONE},N,N\n", r"silent about 1 of the 2 .*\+442079460019"),
    "numbers alone": (f"{ONE}\n{TWO}\n", "a column for each register"),
    "another register": (f"Number,Robinson\n{ONE},N\n{TWO},N\n", "a column for each register"),
    "one register of two": (f"Number,TPS\n{ONE},N\n{TWO},N\n", "a column for each register"),
    "another country's": (f"{HEADER}+4930901820,N,N\n+498921800,N,N\n", "silent about 2 of the 2"),
    "no verdict": (f"{HEADER}{ONE},N,N\n{TWO},,N\n", "line 3: TPS says '' of this number"),
    "another word": (f"{HEADER}{ONE},N,N\n{TWO},N,maybe\n", "line 3: CTPS says 'maybe'"),
    "a line cut off": (f"{HEADER}{ONE},N,N\n{TWO},N", "line 3: CTPS says ''"),
    "two verdicts": (f"{WHOLE}{ONE},Y,N\n", "lines 2 and 4: they say different things"),
    "UTF-16": (WHOLE.encode("utf-16"), "not UTF-8"),
    "a cell without end": (f'{HEADER}"{"9" * 200_000}\n', "no CSV file"),
    "a long number": (f"{HEADER}{'9' * 90_000},N,N\n", "silent about 2 of the 2"),
    "a mangled number": (f"{HEADER}{ONE},N,N\n4.42079E+11,N,N\n", "silent about 1 of the 2"),
}


def test_an_answer_that_does_not_prove_itself_screens_nobody(desks, tmp_path):
    """What is empty, short, foreign, contradictory or no answer is refused in a sentence."""
    dana, mira = desks
    for text, sentence in BAD.values():
        with pytest.raises(LeadtuiError, match=sentence):
            bring(mira, tmp_path, text)

    assert rows(dana, Screening) == []
    assert set(held(dana).values()) == {"GB screening"}
    assert log(dana, "screening.brought") == []


def test_an_answer_is_of_a_day_not_long_ago(desks, tmp_path):
    """Neither a stale answer nor one from tomorrow counts."""
    for days, sentence in ((-29, "too old"), (1, "lies ahead")):
        with pytest.raises(LeadtuiError, match=sentence):
            bring(desks[1], tmp_path, WHOLE, TODAY + timedelta(days=days))

    assert rows(desks[0], Screening) == []


def test_a_rep_neither_asks_nor_answers(desks, tmp_path):
    """Both are a supervisor's; that a rep tried stands in the log."""
    dana, _ = desks
    with pytest.raises(Refused, match="for a supervisor"):
        bring(dana, tmp_path, WHOLE)
    with pytest.raises(Refused, match="for a supervisor"):
        dana.do_not_call.ask("GB", tmp_path / "ask.csv")

    assert len(log(dana, "refused")) == 2
    assert set(held(dana).values()) == {"GB screening"}
    assert not (tmp_path / "ask.csv").exists()


def test_what_is_asked_can_be_answered_in_other_writings(desks, tmp_path):
    """The numbers written out come back without their plus, with spaces, as of the country, twice,
    by semicolons, and beside a great many of other people."""
    _, mira = desks
    asked = tmp_path / "ask.csv"
    assert mira.do_not_call.ask("GB", asked) == 2
    assert asked.read_text(encoding="utf-8").split() == ["Number", ONE, TWO]
    others = "".join(f"44161{n:07};n;n\n" for n in range(30_000))
    text = (
        f"tel;ctps;tps\n{others}442079460018;no;No\n020 7946 0019;clear;0\n+44 20 7946 0018;n;n\n"
    )

    found = bring(mira, tmp_path, "\ufeff" + text)

    assert (found.covered, found.listed, found.strangers) == (2, 0, 30_000)


def test_a_number_is_screened_and_not_its_lead(desks, tmp_path, clock):
    """A number that comes later is not screened by the answer before it, and is said to be
    left."""
    dana, mira = desks
    three = a_lead(dana, "Cleo Rook", phone="+442079460020", email="c@x.example", country="GB")

    found = bring(mira, tmp_path, WHOLE)

    assert found.later == 1
    assert held(dana)[three] == "GB screening"
    assert dana.block.lead(three).phones[0].gate.rule == "screening missing"


def test_a_british_number_is_screened_wherever_its_lead_lives(desks):
    """What asks for screening is the number's country as much as the address's."""
    dana, _ = desks
    abroad = a_lead(dana, "Dov Kite", phone="+442079460021", email="d@x.example")

    assert held(dana)[abroad] == "GB screening"


def test_an_answer_ages_and_the_newest_one_counts(desks, tmp_path, clock):
    """After 28 days it clears nobody; a number that left the register may be called again, and an
    older answer brought later changes nothing."""
    dana, mira = desks
    bring(mira, tmp_path, WHOLE)
    clock.at = AFTERNOON + timedelta(days=29)
    assert dana.block.lead(1).phones[0].gate.rule == "screening missing"

    bring(mira, tmp_path, WHOLE.replace("N,Y", "N,N"), TODAY + timedelta(days=28))
    bring(mira, tmp_path, WHOLE, TODAY + timedelta(days=27))

    rules = {dana.block.lead(lead).phones[0].gate.rule for lead in (1, 2)}
    assert not rules & {"screening missing", "national list"}


def test_a_block_list_screens_nobody(desks, tmp_path):
    """The floor's own list is a list of numbers, and no answer of a register."""
    dana, _ = desks
    file = tmp_path / "own.csv"
    file.write_text("+442079469999\n", encoding="utf-8")

    dana.do_not_call.import_file(file)

    assert set(held(dana).values()) == {"GB screening"}
