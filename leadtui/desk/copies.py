"""The supervisor's copies: every confirmation by e-mail, at once or once a day by rep.

The queue is the log itself: how far copies were made stands with the floor's facts. A message that may have left is not
sent again: what a crash interrupts is told in the log, where every confirmation stands anyway.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.context import Context
from leadtui.desk.telling import Entry, parse, words_of
from leadtui.mail.message import Letter, Message, build, new_message_id
from leadtui.mail.transports import Delivery, Transport
from leadtui.store import floor
from leadtui.store import supervising as queries
from leadtui.store.rows import Rows
from leadtui.store.types import from_micros, to_micros

KEY = "copies"
AT_ONCE = 50
"""So many copies leave in one round."""

STALE = timedelta(minutes=3)
"""Longer than any transport takes: a copy that is still on its way then has nobody who sends it."""

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class _State:
    """How far copies were made."""

    seq: int
    """Entries up to here were copied."""
    upto: int = 0
    """Entries up to here are being copied; 0 for none."""
    done: tuple[str, ...] = field(default=())
    """Addresses that have them."""
    now: str = ""
    """The address they are being sent to."""
    since: int = 0

    def text(self) -> str:
        """As it is kept."""
        return json.dumps([self.seq, self.upto, list(self.done), self.now, self.since])


def _state(said: str) -> _State:
    seq, upto, done, now, since = json.loads(said)
    return _State(seq, upto, tuple(done), now, since)


@dataclass(frozen=True, slots=True)
class Copied:
    """What a round did."""

    messages: int = 0
    words: str = ""
    """Why it ended early, if it did."""


def send_copies(context: Context, transport: Transport) -> Copied:
    """One round of copies to every supervisor with an address; does nothing where ``[mail] copies`` is off."""
    kind = context.settings.mail.copies
    if kind == "off":
        return Copied()
    if not transport.sends:
        return Copied(words=f'copies cannot leave by themselves with [mail] transport = "{transport.name}"; use smtp')
    to = _supervisors(context)
    if not to:
        return Copied(words="no supervisor has an e-mail address; copies wait")
    log = Rows(context.store.url)
    try:
        return _Round(context, transport, log, to, kind).run()
    finally:
        log.close()


def _supervisors(context: Context) -> tuple[str, ...]:
    with context.store.read() as session:
        people = floor.reps(session)
    return tuple(rep.email for rep in people if rep.role == "supervisor" and rep.active and rep.email)


@dataclass
class _Round:
    """One round through what was not copied yet."""

    context: Context
    transport: Transport
    log: Rows
    to: tuple[str, ...]
    kind: str

    def run(self) -> Copied:
        """Copy parcel after parcel, each to everybody, until nothing is left or the server is not there."""
        sent = 0
        state = self._begin()
        while state is not None and sent < AT_ONCE:
            entries = self._parcel(state)
            if not entries:
                break
            state = replace(state, upto=entries[-1].seq)
            for address in self.to:
                if address in state.done:
                    continue
                message = self._message(entries, address)
                if not self._claim(state, address):
                    return Copied(sent, "another program is sending copies")
                delivery = self.transport.hand_over(message, f"copy-{state.upto:08}-{message.message_id[1:9]}")
                state = self._settle(state, address, delivery)
                if delivery.state == "later":
                    return Copied(sent, delivery.words)
                sent += delivery.state == "sent"
            state = _State(state.upto)
            self._keep(state)
        return Copied(sent)

    # -- state ---------------------------------------------------------------------------------------------------

    def _begin(self) -> _State | None:
        """Where the last round ended; what hung is given up and told. The first round starts at the log's end."""
        with self.context.store.read() as session:
            said = floor.get_meta(session, KEY)
        if not said:
            self._keep(_State(queries.last_seq(self.log)))
            return None
        state = _state(said)
        if state.now and from_micros(state.since) < self.context.now() - STALE:
            delivery = Delivery("unknown", "leadtui stopped while this copy was being sent")
            state = self._settle(state, state.now, delivery)
        return None if state.now else state

    def _claim(self, state: _State, address: str) -> bool:
        """Say, before it leaves, that a copy is on its way; not where another program is at it."""
        with self.context.write() as unit, unit.untracked():
            known = _state(floor.get_meta(unit.session, KEY))
            if known.now or known.seq != state.seq:
                return False
            claimed = replace(state, now=address, since=to_micros(unit.now))
            floor.set_meta(unit, KEY, claimed.text())
        return True

    def _settle(self, state: _State, address: str, delivery: Delivery) -> _State:
        """What became of a copy; one that has to wait is not done."""
        done = state.done if delivery.state == "later" else (*state.done, address)
        after = replace(state, done=done, now="", since=0)
        with self.context.write() as unit:
            with unit.untracked():
                floor.set_meta(unit, KEY, after.text())
            if delivery.state != "later":
                codes = {"from": state.seq + 1, "upto": state.upto, "kind": self.kind, "state": delivery.state}
                unit.log("copies.sent", codes=codes, private=f"{address} {delivery.words}".strip())
        return after

    def _keep(self, state: _State) -> None:
        with self.context.write() as unit, unit.untracked():
            floor.set_meta(unit, KEY, state.text())

    # -- messages ------------------------------------------------------------------------------------------------

    def _parcel(self, state: _State) -> list[Entry]:
        """The confirmations of the next message: one, or everything up to last midnight."""
        if state.upto:
            return self._confirmed(state.seq, state.upto, 1 << 40)
        last = queries.last_seq(self.log)
        if self.kind == "daily":
            last = queries.seq_before(self.log, to_micros(self.context.start_of_day(self.context.now())))
        return self._confirmed(state.seq, last, 1 << 40 if self.kind == "daily" else 1)

    def _confirmed(self, after: int, last: int, limit: int) -> list[Entry]:
        found: list[Entry] = []
        while after < last and len(found) < limit:
            page = queries.after(self.log, after, min(PAGE, last - after))
            if not page:
                break
            found += [entry for entry in map(parse, page) if entry.event == "action.confirmed"]
            after = page[-1][0]
        return found[:limit]

    def _message(self, entries: Sequence[Entry], address: str) -> Message:
        subject, body = self._text(entries)
        settings = self.context.settings
        sender = settings.mail.sender or self.context.identity.email
        letter = Letter(address, subject, body, new_message_id(sender), self.context.now(), sender, settings.name)
        message = build(letter)
        self.transport.check(message)
        return message

    def _text(self, entries: Sequence[Entry]) -> tuple[str, str]:
        with self.context.store.read() as session:
            reps: dict[Any, str] = {rep.id: rep.name for rep in floor.reps(session)}
        leads = queries.lead_names(self.log, (entry.lead_id for entry in entries if entry.lead_id is not None))
        memos = queries.private_texts(self.log, [entry.seq for entry in entries])
        by_rep: dict[str, list[str]] = {}
        for entry in entries:
            who = reps.get(entry.actor, entry.recorded_by)
            by_rep.setdefault(who, []).append(self._line(entry, leads, memos.get(entry.seq, "")))
        foot = "\nEvery line is an entry of the compliance log; 'leadtui log show ENTRY' has it whole.\n"
        parts = [f"{who}: {len(lines)} confirmed\n\n" + "\n".join(lines) + "\n" for who, lines in by_rep.items()]
        if self.kind == "each":
            words = words_of(entries[0], leads.get(entries[0].lead_id or 0, ""))
            return f"{next(iter(by_rep))}: {words}", "\n".join(parts) + foot
        first, last = (self._local(one) for one in (entries[0], entries[-1]))
        days = f"{first:%d %b}" if first.date() == last.date() else f"{first:%d %b} to {last:%d %b}"
        return f"{len(entries)} confirmations of {days}", "\n".join(parts) + foot

    def _line(self, entry: Entry, leads: dict[int, str], memo: str) -> str:
        words = words_of(entry, leads.get(entry.lead_id or 0, ""))
        return f"  {self._local(entry):%H:%M}  {words}  [{entry.seq}]" + (f"\n         {memo}" if memo else "")

    def _local(self, entry: Entry) -> datetime:
        return from_micros(entry.at).astimezone(self.context.zone)
