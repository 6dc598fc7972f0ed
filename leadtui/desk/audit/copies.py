"""The supervisors' copies: every confirmation by e-mail, at once or once a day by rep.

The queue is the log itself: how far each supervisor's copies have come stands with the floor's
facts, one cursor a supervisor. A copy is on record as on its way before it is handed over, so that
of several programs one sends it; a server that is not there puts it off, and what a crash
interrupts may have left and is told in the log, not sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from leadtui.desk.audit.copy_texts import Parcel, written
from leadtui.desk.core.context import Context
from leadtui.desk.log.telling import parse
from leadtui.errors import LeadtuiError
from leadtui.mail.handing import Delivery
from leadtui.mail.message import Letter, Message, build, new_message_id
from leadtui.mail.transports import Transport
from leadtui.store import floor
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import clean

KEY = "copies."
"""Before the supervisor's id: the key of the fact that says how far their copies have come."""
AT_ONCE = 50
"""So many copies leave in one round."""
STALE = timedelta(minutes=3)
"""Longer than any transport takes: a copy that is still on its way then has nobody who sends it."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))
"""How long to wait after the first, second … try in vain; the last one again and again, since
copies never expire."""
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class _State:
    """How far the copies to one supervisor have come. Times are microseconds since the epoch, 0 for
    none."""

    seq: int
    """Entries up to here were copied."""
    upto: int = 0
    """Entries up to here are on their way."""
    since: int = 0
    """When they were handed over."""
    tries: int = 0
    """How often they could not leave."""
    again: int = 0
    """Not before then are they tried again."""
    words: str = ""
    """Why they could not leave."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a round did."""

    messages: int = 0
    words: str = ""
    """Why something waits, if it does."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """Where the copies to one supervisor stand."""

    rep: str
    to: str
    kind: str
    """``each`` or ``daily``."""
    upto: int
    """The last entry of the log that was copied; 0 before the first round."""
    tries: int
    again_at: datetime | None
    words: str
    """Why they wait; empty where nothing is in the way."""


def send_copies(
    context: Context,
    transport: Callable[[], Transport],
    *,
    hurry: bool = False,
    going: Callable[[], bool] = lambda: True,
) -> Copied:
    """One round of copies to every supervisor who gets them; ``hurry`` tries what would wait for
    its next try now.

    ``going`` is asked before each message; once it says no, the rest is left to a later round.
    Blocks for as long as the transport takes (SMTP: 45 s a message at most); call it in a worker.
    """
    expecting = _expecting(context)
    if not expecting:
        return Copied()
    way = transport()
    if not way.sends:
        return Copied(
            words=(
                f'copies cannot leave by themselves with [mail] transport = "{way.name}"; use smtp'
            )
        )
    log = Rows(context.store.url)
    sent, words = 0, ""
    doing = _Doing(context, way, log, going, hurry)
    try:
        for rep, kind in expecting:
            if not rep.email:
                words = (
                    f"{rep.name} has no e-mail address; copies wait until 'leadtui rep "
                    "set' gives one"
                )
                continue
            found, down = _Round(doing, rep, kind).run(AT_ONCE - sent)
            sent, words = sent + found.messages, found.words or words
            if down or sent >= AT_ONCE:
                break
    finally:
        log.close()
    return Copied(sent, words)


def standing(context: Context) -> tuple[CopyLine, ...]:
    """Where the copies to each supervisor who gets them stand."""
    found = []
    with context.store.read() as session:
        for rep in floor.reps(session):
            if (kind := kind_of(context, rep)) != "off":
                state = _state(floor.get_meta(session, f"{KEY}{rep.id}")) or _State(0)
                again = from_micros(state.again) if state.again else None
                words = state.words if rep.email else "no e-mail address"
                found.append(
                    CopyLine(rep.name, rep.email, kind, state.seq, state.tries, again, words)
                )
    return tuple(found)


def kind_of(context: Context, rep: Rep) -> str:
    """``off``, ``each`` or ``daily``: as the supervisor was set, else as the floor is."""
    if rep.role != "supervisor" or not rep.active:
        return "off"
    return str(rep.settings.get("copies") or context.settings.mail.copies)


def _expecting(context: Context) -> list[tuple[Rep, str]]:
    """Who gets copies, and how; for whoever gets none any more, the place in the log is
    forgotten."""
    with context.store.read() as session:
        people = [(rep, kind_of(context, rep)) for rep in floor.reps(session)]
        gone = [
            rep
            for rep, kind in people
            if kind == "off" and floor.get_meta(session, f"{KEY}{rep.id}")
        ]
    if gone:
        with context.write() as unit, unit.untracked():
            for rep in gone:
                floor.set_meta(unit, f"{KEY}{rep.id}", "")
    return [(rep, kind) for rep, kind in people if kind != "off"]


def _state(said: str) -> _State | None:
    return _State(**json.loads(said)) if said else None


@dataclass(frozen=True, slots=True)
class _Doing:
    """What a round works with."""

    context: Context
    transport: Transport
    log: Rows
    going: Callable[[], bool]
    hurry: bool


class _Round:
    """One round through what one supervisor was not sent yet."""

    def __init__(self, doing: _Doing, rep: Rep, kind: str) -> None:
        self.doing, self.context, self.log = doing, doing.context, doing.log
        self.rep, self.kind = rep, kind
        self.key = f"{KEY}{rep.id}"

    def run(self, limit: int) -> tuple[Copied, bool]:
        """Send parcel after parcel until nothing is left or something is in the way; and whether
        that is the server."""
        sent = 0
        state = self._begin()
        while state is not None and sent < limit and self.doing.going():
            parcel, last = self._parcel(state)
            if not parcel.entries:
                if last - state.seq > PAGE // 4 or (last > state.seq and self.kind == "daily"):
                    self._keep(state, replace(state, seq=last))
                break
            try:
                message = self._message(parcel)
            except LeadtuiError as error:
                self._settle(state, Delivery("later", str(error)))
                return Copied(sent, str(error)), False
            claimed = replace(state, upto=last, since=to_micros(self.context.now()))
            if not self._keep(state, claimed):
                break  # another program is at it
            delivery = self.doing.transport.hand_over(
                message, f"copy-{last:08}-{message.message_id[1:9]}"
            )
            state = self._settle(claimed, delivery)
            if delivery.state == "later":
                return Copied(sent, delivery.words), delivery.server_down
            sent += delivery.state == "sent"
        return Copied(sent), False

    # -- state -------------------------------------------------------------------------------------

    def _begin(self) -> _State | None:
        """Where the last round ended, if there is something to do now. The first round starts at
        the log's end.

        What hung is given up and told."""
        now = self.context.now()
        with self.context.store.read() as session:
            state = _state(floor.get_meta(session, self.key))
        if state is None:
            self._keep(None, _State(queries.last_seq(self.log)))
            return None
        if state.upto and from_micros(state.since) < now - STALE:
            return self._settle(
                state, Delivery("unknown", "leadtui stopped while this copy was being sent")
            )
        if state.upto or (state.again > to_micros(now) and not self.doing.hurry):
            return None
        return state

    def _keep(self, known: _State | None, after: _State) -> bool:
        """Go on from a known state to the next; not where another program was faster."""
        with self.context.write() as unit, unit.untracked():
            if _state(floor.get_meta(unit.session, self.key)) != known:
                return False
            floor.set_meta(unit, self.key, json.dumps(asdict(after)))
        return True

    def _settle(self, known: _State, delivery: Delivery) -> _State | None:
        """What became of a copy; one that has to wait is not done. ``None`` where another program
        has given it up."""
        with self.context.write() as unit:
            if _state(floor.get_meta(unit.session, self.key)) != known:
                return None
            if delivery.state == "later":
                wait = BACKOFF[min(known.tries, len(BACKOFF) - 1)]
                words = clean(delivery.words, 300)
                after = _State(known.seq, 0, 0, known.tries + 1, to_micros(unit.now + wait), words)
            else:
                after = _State(known.upto)
                codes = {
                    Code.FROM: known.seq + 1,
                    Code.UPTO: known.upto,
                    Code.KIND: self.kind,
                    Code.STATE: delivery.state,
                }
                subjects = {"rep": self.rep.id}
                private = f"{self.rep.email} {delivery.words}".strip()
                unit.log(Event.COPIES_SENT, subjects=subjects, codes=codes, private=private)
            with unit.untracked():
                floor.set_meta(unit, self.key, json.dumps(asdict(after)))
        return after

    # -- messages ----------------------------------------------------------------------------------

    def _parcel(self, state: _State) -> tuple[Parcel, int]:
        """What the next message tells, one entry or everything up to last midnight; and the last
        entry looked at."""
        last = queries.last_seq(self.log)
        parcel = Parcel(digest=self.kind == "daily")
        if parcel.digest:
            last = queries.seq_before(
                self.log, to_micros(self.context.start_of_day(self.context.now()))
            )
        after = state.seq
        while after < last:
            page = queries.after(self.log, after, min(PAGE, last - after))
            if not page:
                break
            for entry in map(parse, page):
                parcel.add(entry)
                if parcel.entries and not parcel.digest:
                    return parcel, entry.seq
            after = page[-1][0]
        return parcel, last

    def _message(self, parcel: Parcel) -> Message:
        subject, body = written(self.context, self.log, parcel)
        settings = self.context.settings
        sender = settings.mail.sender or self.context.identity.email
        letter = Letter(
            self.rep.email,
            subject,
            body,
            new_message_id(sender),
            self.context.now(),
            sender,
            settings.name,
        )
        message = build(letter)
        self.doing.transport.check(message)
        return message
