"""Whom nobody may call: the blocks; and people who were erased, known again by keyed hashes of
their numbers and addresses, which say nothing to who has not the floor's key."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection, Iterable, Sequence

from sqlmodel import Session, col, select

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import DoNotCall, EmailAddress, Lead, Phone, Rep, Suppression
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.floor import get_meta, set_meta

KEY = "suppression_key"
"""The fact of ``meta`` that keys the hashes; there is none until somebody is erased."""
MARK = "#"
"""Begins a hash where a number stands otherwise."""

CALLS, EMAILS = "calls", "emails"


def number_word(number: str, last_name_key: str = "") -> str:
    """What is hashed of a number, or of a number with a last name."""
    return f"number:{number}|{last_name_key}"


def address_word(address_key: str) -> str:
    """What is hashed of an e-mail address."""
    return f"email:{address_key}"


def key_of(session: Session) -> bytes:
    """The floor's key; empty where nobody was erased yet."""
    return bytes.fromhex(get_meta(session, KEY))


def make_key(unit: Unit) -> bytes:
    """The floor's key, made where there is none."""
    key = key_of(unit.session)
    if not key:
        key = os.urandom(32)
        set_meta(unit, KEY, key.hex())
        unit.session.flush()
    return key


def digest(key: bytes, word: str) -> str:
    """The keyed hash of a word."""
    return MARK + hmac.new(key, word.encode(), hashlib.sha256).hexdigest()


def hidden(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """Hash -> number, as an erased person's number stands on do-not-call."""
    key = key_of(session)
    return {digest(key, number_word(one)): one for one in numbers} if key else {}


def suppressed(session: Session, words: Collection[str]) -> dict[str, set[str]]:
    """Word -> the channels that are closed to whoever it belongs to; only those that are known."""
    key = key_of(session) if words else b""
    if not key:
        return {}
    by_digest = {digest(key, word): word for word in words}
    found: dict[str, set[str]] = {}
    for piece in pieces(by_digest):
        rows = session.exec(
            select(Suppression.digest, Suppression.channel).where(
                col(Suppression.digest).in_(piece), col(Suppression.lifted_at).is_(None)
            )
        )
        for known, channel in rows:
            found.setdefault(by_digest[known], set()).add(channel)
    return found


def suppressed_addresses(session: Session, address_keys: Collection[str]) -> set[str]:
    """Those of these address keys that nobody may write to."""
    words = {address_word(one): one for one in address_keys}
    found = suppressed(session, words)
    return {words[word] for word, channels in found.items() if EMAILS in channels}


def keep(unit: Unit, words: Iterable[str], channels: Sequence[tuple[str, str]]) -> int:
    """Keep words as hashes, each with ``(channel, source)``; how many rows."""
    key = make_key(unit)
    rows = [
        Suppression(digest=digest(key, word), channel=channel, source=source, since=unit.now)
        for word in dict.fromkeys(words)
        for channel, source in channels
    ]
    unit.session.add_all(rows)
    unit.session.flush()
    return len(rows)


def lift(unit: Unit, words: Iterable[str], channel: str) -> int:
    """End what is kept of these words for a channel: the person asked for it; how many rows."""
    key = key_of(unit.session)
    if not key:
        return 0
    found = unit.session.exec(
        select(Suppression).where(
            col(Suppression.digest).in_([digest(key, word) for word in words]),
            Suppression.channel == channel,
            col(Suppression.lifted_at).is_(None),
        )
    ).all()
    for row in found:
        row.lifted_at, row.lifted_by = unit.now, unit.actor.rep_id
    return len(found)


def _shared(session: Session, leads: Sequence[int]) -> set[str]:
    """Numbers and address keys that others, who are there, have too."""
    others = col(Lead.status).not_in(("erased", "merged")) & col(Lead.id).not_in(leads)
    found: set[str] = set()
    for column, owner in (
        (Phone.number, Phone.lead_id),
        (EmailAddress.address_key, EmailAddress.lead_id),
    ):
        mine = select(column).where(col(owner).in_(leads))
        theirs = select(column).join(Lead, col(Lead.id) == col(owner)).where(others)
        found |= set(session.scalars(mine)) & set(
            session.scalars(theirs.where(col(column).in_(mine)))
        )
    return found


def keep_people(unit: Unit, leads: Sequence[int], blocked: Sequence[str]) -> int:
    """Keep these people's numbers and addresses as keyed hashes, as closed as they were; how many.

    What others have too stays as it is: a switchboard is not closed to a whole company."""
    session = unit.session
    key, others = make_key(unit), _shared(session, leads)
    mine = select(col(Phone.number)).where(col(Phone.lead_id).in_(leads))
    numbers = set(session.scalars(mine)) - others
    for row in session.scalars(select(DoNotCall).where(col(DoNotCall.number).in_(numbers))):
        row.number = digest(key, number_word(row.number))
    for number in sorted(numbers - set(blocked)):
        hashed = digest(key, number_word(number))
        session.add(
            DoNotCall(
                number=hashed,
                reason="erased",
                requested_at=unit.now,
                added_at=unit.now,
                added_by=unit.actor.rep_id,
            )
        )
    rows = session.scalars(select(Lead).where(col(Lead.id).in_(leads))).all()
    calls = "opted_out" if any(lead.calls_opt_out for lead in rows) else "erased"
    emails = "opted_out" if any(lead.emails_opt_out for lead in rows) else "erased"
    channels = ((CALLS, "do_not_call" if blocked else calls), (EMAILS, emails))
    keep(unit, _words(session, leads, others), channels)
    return len(numbers)


def _words(session: Session, leads: Sequence[int], others: set[str]) -> list[str]:
    """By what these people are known again: an address, or a number with their last name."""
    addresses = session.scalars(
        select(col(EmailAddress.address_key)).where(col(EmailAddress.lead_id).in_(leads))
    )
    lines = session.execute(
        select(col(Phone.number), col(Lead.last_name_key))
        .join(Lead, col(Lead.id) == col(Phone.lead_id))
        .where(col(Phone.lead_id).in_(leads))
    )
    found = [address_word(one) for one in addresses if one not in others]
    return found + [number_word(*line) for line in lines if line[1]]


# -- do-not-call -----------------------------------------------------------------------------------


def active(session: Session, number: str) -> DoNotCall | None:
    """The block on a number, if any."""
    return session.exec(
        select(DoNotCall).where(
            col(DoNotCall.number).in_([number, *hidden(session, [number])]),
            col(DoNotCall.removed_at).is_(None),
        )
    ).first()


def all_active(session: Session) -> list[DoNotCall]:
    """Every block, oldest first."""
    return list(
        session.exec(
            select(DoNotCall).where(col(DoNotCall.removed_at).is_(None)).order_by(col(DoNotCall.id))
        ).all()
    )


def name_of(session: Session, rep_id: int | None) -> str:
    """Who that is; empty for nobody."""
    rep = session.get(Rep, rep_id) if rep_id else None
    return rep.name if rep else ""
