"""What runs in processes of its own: the program on a terminal, its commands, and workers that are
killed.

The processes are forked from one server that has loaded everything, so a round costs hundredths of
a second."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import event

import leadtui.app
import leadtui.desk.floor.doctor
import leadtui.mail.transports
import leadtui.opening.bootstrap
import leadtui.opening.demo
import leadtui.screens.call.call
import leadtui.screens.call.mail_preview
import leadtui.screens.question.question
from leadtui.cli import main
from leadtui.cli.tree import build
from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import make_floor
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import LeadtuiError, Refused
from leadtui.settings import load_settings
from leadtui.store import floor
from leadtui.store.engine.database import open_store
from tests.builders import MONDAY, PEOPLE, a_desk, a_lead

NOW = "2026-11-23T16:42:00Z"
"""What the clock of a demo floor says when the program starts: Monday, 10:42 in Chicago."""
LOADED = (leadtui, build)

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([__name__])


def start(target: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """A process that runs ``target``."""
    process = _server.Process(target=target, args=arguments, kwargs=options, daemon=True)
    process.start()
    return process


def pipe() -> tuple[Connection, Connection]:
    """``(to read, to write)``: what was written is there even if the writer is killed the moment
    after."""
    return _server.Pipe(duplex=False)


def barrier(parties: int) -> Any:
    """A line at which processes wait for one another."""
    return _server.Barrier(parties)


# -- the program -----------------------------------------------------------------------------------


def on_terminal(
    tty: str,
    words: tuple[str, ...],
    *,
    executed: bool | tuple[str, ...],
    env: dict[str, str] | None = None,
    file_size: int = 0,
) -> None:
    """``leadtui WORDS`` on a terminal that it controls; ``executed`` as a new program (by that
    command), else in this process."""
    os.login_tty(os.open(tty, os.O_RDWR | os.O_NOCTTY))
    for name in ("COLUMNS", "LINES"):  # the size is the terminal's own
        os.environ.pop(name, None)
    os.environ.update({"TERM": "xterm-256color", "LEADTUI_NOW": NOW}, **(env or {}))
    if file_size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, resource.RLIM_INFINITY))
    if executed:
        command = (sys.executable, "-m", "leadtui") if executed is True else executed
        os.execvp(command[0], [*command, *words])
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)
    main(list(words))


def command(
    folder: Path, *words: str, env: dict[str, str] | None = None, powers: bool = True
) -> tuple[int, str]:
    """Run a command of the program on a floor: (exit code, what it printed)."""
    with tempfile.TemporaryDirectory() as place:
        said = Path(place) / "said"
        process = start(_command, said, (*words, "--floor", str(folder)), env or {}, powers)
        process.join(60)
        assert process.exitcode is not None, f"{words} does not end"
        return process.exitcode, said.read_text(encoding="utf-8")


def _command(said: Path, words: tuple[str, ...], env: dict[str, str], powers: bool) -> None:
    with said.open("w", encoding="utf-8") as file:
        for each in (1, 2):
            os.dup2(file.fileno(), each)
    os.environ.update({"LEADTUI_NOW": NOW}, **env)
    if not powers:
        give_up_powers()
    main(list(words))


def give_up_powers() -> None:
    """Root keeps its name and files, but permissions bind it from here like anybody else."""
    if os.getuid() != 0:
        return
    import ctypes

    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")


# -- a rep without a screen ------------------------------------------------------------------------


def work(folder: Path, tell: Connection, seed: int) -> None:
    """A rep who calls and calls: what the desk acknowledged is told before the next thing is
    done."""
    desk, clock = desk_at_work(folder)
    dice = random.Random(seed)
    question = desk.block.open_question()
    while question is not None:
        tell.send(("asked", question.id))
        _cannot_pass(desk)
        tell.send(("confirmed", question.id, answer(desk, question.id, "after the kill")))
        question = desk.block.open_question()
    tell.send(("free", 0))
    while True:
        clock.advance(seconds=dice.randint(5, 60))
        if not _one(desk, tell, dice):
            clock.advance(hours=dice.choice((1, 12)))
            a_lead(
                desk,
                f"Lead Fresh{dice.random()}",
                phone=f"+1303555{dice.randrange(10**4):04}",
                email="",
            )


def desk_at_work(folder: Path, login: str = "dana") -> tuple[Desk, FixedClock]:
    """A desk on a clock that goes on from the log's last entry, and that is moved by hand."""
    store = open_store(load_settings(folder).database_url)
    with store.read() as session:
        last = floor.last_entry_at(session)
    store.dispose()
    clock = FixedClock(max(MONDAY, last or MONDAY))
    return a_desk(folder, login, clock=clock), clock


def _cannot_pass(desk: Desk) -> None:
    """While a question is open nothing else can be started, by whatever way."""
    for touch_id in desk.block.first_page(3).ids[:1]:
        try:
            desk.block.start(touch_id, out_of_turn="supervisor_asked")
        except Refused as refused:
            if refused.code == "question_open":
                continue
            raise
        raise AssertionError("a question was passed")


def _one(desk: Desk, tell: Connection, dice: random.Random) -> bool:
    """One touch from start to answer; false where nothing is due now."""
    row = next((row for row in desk.block.top(1) if row.due <= desk.now()), None)
    if row is None:
        return False
    question = desk.block.start(row.touch_id, out_of_turn="supervisor_asked").question.id
    tell.send(("started", question))
    if row.action == "call":
        phone = desk.block.lead(row.lead_id).phones[0]
        with suppress(Refused):
            desk.block.dial(question, phone.id, acknowledge=True)
            tell.send(("dialed", question))
    if row.action == "e-mail":
        mail = desk.mail.preview(row.lead_id, row.touch_id)
        desk.mail.hand_over(
            row.lead_id,
            mail.template,
            mail.subject or "A word",
            mail.body or "Hello",
            obligation_id=question,
        )
        tell.send(("mailed", question))
    desk.confirm.shown(question)
    note = f"note {dice.random()}"
    desk.confirm.keep(question, note=note)
    tell.send(("kept", question, note))
    caller = (
        row.lead_id if dice.random() < 0.2 else dice.randint(1, 30)
    )  # sometimes who is being asked about
    if dice.random() < 0.1:
        other = desk.block.inbound(caller).question.id
        tell.send(("started", other))
        tell.send(("confirmed", other, answer(desk, other, "they rang")))
    tell.send(("confirmed", question, answer(desk, question, note)))
    return True


def answer(desk: Desk, question: int, note: str = "") -> int:
    """Yes, and nobody answered the telephone, or the message went some other way; the log entry
    that says so."""
    asked = desk.block.open_question()
    given = (
        Given("yes", "NO_ANSWER", note)
        if asked.channel == "call"
        else Given("yes", note=note, elsewhere=True)
    )
    return desk.confirm.answer(question, given).entry


def stop_at_commit(folder: Path, tell: Connection, way: str) -> None:
    """Start what is due first, or answer what is open; everything is written, and the commit waits
    until the kill."""
    desk, _ = desk_at_work(folder)
    question = desk.block.open_question()
    touch = desk.block.first_page(1).ids[0]

    def wait(_connection: Any) -> None:
        tell.send(("at the commit", 0))
        Event().wait()

    event.listen(desk.context.store._writer, "commit", wait)
    if way == "start":
        desk.block.start(touch, out_of_turn="supervisor_asked")
    else:
        answer(desk, question.id if question else 0)


# -- others ----------------------------------------------------------------------------------------


def hold(folder: Path, tell: Connection) -> None:
    """Another program that keeps the database for itself until it is killed."""
    import signal

    from leadtui.store.engine.sqlite import driver

    connection = driver().connect(str(folder / "leadtui.db"), timeout=30)
    connection.isolation_level = None
    connection.execute("BEGIN EXCLUSIVE")
    tell.send("held")
    signal.pause()


def bring_in(folder: Path, tell: Connection, data: bytes) -> None:
    """Import a file; told as soon as the rows are being written."""
    desk, _ = desk_at_work(folder)

    def progress(what: str, done: int, _of: int) -> None:
        tell.send((what, done))

    found = import_file(
        desk.context, data, ImportOptions(offer="trade-show", name="show.csv"), progress=progress
    )
    tell.send(("done", found.new))


def race(folder: Path, tell: Connection, line: Any, login: str, way: str, number: int) -> None:
    """Start something at the same instant as another process: a touch, a call outside the queue, or
    one coming in."""
    desk, _ = desk_at_work(folder, login)
    desk.block.first_page(1)
    begin = {
        "touch": lambda: desk.block.start(number, out_of_turn="supervisor_asked"),
        "call": lambda: desk.block.start_call(number),
        "inbound": lambda: desk.block.inbound(number),
    }[way]
    line.wait(30)
    try:
        started = begin()
    except LeadtuiError as error:
        tell.send((False, getattr(error, "code", ""), str(error)))
    else:
        tell.send((True, started.question.id, ""))


def lay(folder: Path) -> None:
    """Make a floor, and not from a copy."""
    make_floor(folder, PEOPLE, MONDAY, name="Test floor", zone="America/Chicago", demo=True)
