"""Answering for a call that nobody took, the whole use case, against the same statements in bare
sqlite3."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from benchmarks import Measure, against, seconds_of
from benchmarks.floors import NOW, connect, desk_on, floor_of, room
from leadtui.desk.answers.given import Given
from leadtui.desk.desk import Desk
from leadtui.desk.intake.admitting import admit
from leadtui.store.engine.tables import Lead, Phone, Response
from leadtui.store.engine.vocabulary import Event
from leadtui.text import fold

LEADS, CALLS = 100_000, 40
NO_ANSWER = Given("yes", outcome="NO_ANSWER")


def run() -> Iterator[Measure]:
    """Forty calls, each started, dialed and answered, on three equal copies: traced, replayed and
    timed."""
    source = _copy(floor_of(LEADS), "confirm")
    desk = desk_on(source)
    leads = [_new_lead(desk, number) for number in range(CALLS)]
    desk.close()
    traced, replayed, measured = (
        _copy(source, name) for name in ("traced", "replayed", "measured")
    )
    statements: list[list[str]] = []
    _calls(traced, leads, statements)
    bare = _replay(replayed, statements)
    whole = _calls(measured, leads, None)
    yield from against(
        {
            "statements of a no-answer call, bare sqlite3": tuple(bare),
            "confirm a no-answer call": tuple(whole),
        }
    )


def _copy(folder: Path, name: str) -> Path:
    return Path(shutil.copytree(folder, room() / name))


def _new_lead(desk: Desk, number: int) -> int:
    """A lead with a real enrolment, as an import leaves it."""
    with desk.context.write() as unit:
        name = f"Confirm {number}"
        lead = Lead(
            full_name=name,
            name_key=fold(name),
            first_name="Confirm",
            last_name=str(number),
            title="CIO",
            title_key="cio",
            country="US",
            region="IL",
            owner_id=desk.identity.id,
            created_at=unit.now,
            updated_at=unit.now,
        )
        unit.session.add(lead)
        unit.session.flush()
        lead_id = int(lead.id or 0)
        unit.session.add(Phone(lead_id=lead_id, number=f"+1312555{number:04}", created_at=unit.now))
        response = Response(
            lead_id=lead_id,
            offer="trade-show",
            rating="hot",
            inquiry_at=unit.now,
            recorded_at=unit.now,
        )
        unit.session.add(response)
        unit.session.flush()
        admit(desk.context, unit, [(lead_id, int(response.id or 0))])
        unit.log(Event.RESPONSE_ADDED, subjects={"lead": lead_id})
    return lead_id


def _calls(folder: Path, leads: list[int], statements: list[list[str]] | None) -> list[float]:
    """Call every lead; with ``statements``, what each call and its answer said to the database is
    put there."""
    desk = desk_on(folder, at=NOW + timedelta(minutes=20))
    heard: list[str] = []
    if statements is not None:
        _listen(desk, heard)
    seconds = []
    for lead in leads:
        question = desk.block.start_call(lead).question
        phone = desk.block.panel(question.id).lead.phones[0]
        desk.block.dial(question.id, phone.id, acknowledge=True)
        before = heard[:]
        heard.clear()
        answer = partial(desk.confirm.answer, question.id, NO_ANSWER)
        seconds.append(seconds_of(answer))
        if statements is not None:
            statements.append(before)
            statements.append(heard[:])
        heard.clear()
    desk.close()
    return seconds


def _listen(desk: Desk, heard: list[str]) -> None:
    engine = desk.context.store._writer

    def hear(sql: str) -> None:
        # A statement that fires a trigger is told twice.
        if not heard or sql != heard[-1]:
            heard.append(sql)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.set_trace_callback(hear)

    engine.dispose()


def _replay(folder: Path, statements: list[list[str]]) -> list[float]:
    connection = connect(folder)
    seconds = []
    for place, said in enumerate(statements):
        took = seconds_of(lambda said=said: [connection.execute(sql).fetchall() for sql in said])  # type: ignore[misc]
        if place % 2:
            seconds.append(took)
    connection.close()
    return seconds
