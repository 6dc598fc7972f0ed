"""The rows that hold a person: emptied or deleted, and taken out of the before-images that would
bring them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlmodel import Session, col

from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import (
    Attempt,
    BeforeImage,
    CallRecord,
    Email,
    EmailAddress,
    Fulfilment,
    HistoryEvent,
    ImportBatch,
    Lead,
    Matter,
    Obligation,
    Phone,
    PlaybookVersion,
    Response,
    TextBody,
)
from leadtui.store.engine.types import dump_json
from leadtui.store.engine.unit_of_work import Unit, images_digest
from leadtui.text import fold

TAIL = 8
"""Digits at a number's end by which it is known again, however it was written."""

IMAGES: dict[str, type[Any]] = {
    "event": HistoryEvent,
    "phone": Phone,
    "emailaddress": EmailAddress,
    "response": Response,
    "email": Email,
    "obligation": Obligation,
    "question": Matter,
    "attempt": Attempt,
    "fulfilment": Fulfilment,
}
"""Tables of a lead whose before-images can hold personal values."""


def same_person(session: Session, lead_id: int) -> list[int]:
    """The lead, and those that were merged into it."""
    found, rest = [lead_id], [lead_id]
    while rest:
        rows = session.scalars(select(col(Lead.id)).where(col(Lead.merged_into).in_(rest)))
        rest = [int(one or 0) for one in rows if one not in found]
        found += rest
    return found


def overwrite_deleted(unit: Unit) -> None:
    """Let SQLite write zeros over what is deleted, instead of only forgetting where it stood."""
    if unit.connection.dialect.name == "sqlite":
        unit.connection.exec_driver_sql("PRAGMA secure_delete = ON")


def numbers_of(session: Session, leads: Sequence[int]) -> list[str]:
    """Their numbers."""
    return sorted(
        set(session.scalars(select(col(Phone.number)).where(col(Phone.lead_id).in_(leads))))
    )


@dataclass(frozen=True, slots=True)
class Traces:
    """By what people are known again in a row of a file that became no lead."""

    numbers: frozenset[str]
    """Last digits of their numbers."""
    addresses: frozenset[str]
    names: frozenset[frozenset[str]]
    """The words of each name."""

    def found_in(self, cells: Sequence[str]) -> bool:
        """Whether a row is about one of them: better one row too many than one too few."""
        folded = [fold(cell) for cell in cells]
        digits = ["".join(filter(str.isdigit, cell)) for cell in folded]
        words = {word.strip(".,;") for cell in folded for word in cell.split()}
        return (
            any(number in cell for number in self.numbers for cell in digits)
            or any(address in cell for address in self.addresses for cell in folded)
            or any(name <= words for name in self.names)
        )


def traces_of(session: Session, leads: Sequence[int]) -> Traces:
    """What these people are known by, while it is still there. A name of one word says nothing and
    is left out."""
    numbers = (number[-TAIL:] for number in numbers_of(session, leads))
    addresses = session.scalars(
        select(col(EmailAddress.address_key)).where(col(EmailAddress.lead_id).in_(leads))
    )
    names = (
        frozenset(word.strip(".,;") for word in key.split())
        for key in session.scalars(select(col(Lead.name_key)).where(col(Lead.id).in_(leads)))
    )
    return Traces(
        frozenset(number for number in numbers if len(number) == TAIL),
        frozenset(filter(None, addresses)),
        frozenset(name for name in names if len(name) > 1),
    )


def empty_rejects(unit: Unit, traces: Traces) -> int:
    """Empty the rows of imported files that became no lead and are about these people; how many."""
    count = 0
    for batch, rejects in unit.connection.execute(
        select(col(ImportBatch.id), col(ImportBatch.rejects))
    ).all():
        kept = [
            {"line": row.get("line"), "field": "", "value": "", "reason": "erased", "cells": []}
            if traces.found_in([*map(str, row.get("cells", ())), str(row.get("value", ""))])
            else row
            for row in rejects
        ]
        if kept != rejects:
            count += sum(row != old for row, old in zip(kept, rejects, strict=True))
            unit.connection.execute(
                update(ImportBatch).where(col(ImportBatch.id) == batch).values(rejects=kept)
            )
    return count


def files_of(session: Session, leads: Sequence[int]) -> list[str]:
    """Where their messages stand as files."""
    return [
        path
        for path in session.scalars(select(col(Email.path)).where(col(Email.lead_id).in_(leads)))
        if path
    ]


def row_ids(session: Session, leads: Sequence[int]) -> set[tuple[str, int]]:
    """``(table, id)`` of every row whose before-images may hold something of these people."""
    found = {("lead", lead_id) for lead_id in leads}
    for table, model in IMAGES.items():
        ids = session.scalars(select(col(model.id)).where(col(model.lead_id).in_(leads)))
        found |= {(table, int(one or 0)) for one in ids}
    return found


def empty_rows(unit: Unit, leads: Sequence[int], numbers: Sequence[str]) -> None:
    """Empty what these people said and where they can be reached; what was done, and when,
    stays."""
    run = unit.connection.execute
    calls = select(col(Attempt.id)).where(col(Attempt.lead_id).in_(leads))
    others = select(col(Phone.number)).where(col(Phone.lead_id).not_in(leads))
    ours = col(CallRecord.number).in_(numbers) & col(CallRecord.number).not_in(others)
    run(
        update(CallRecord).where(or_(col(CallRecord.attempt_id).in_(calls), ours)).values(number="")
    )
    run(update(Attempt).where(col(Attempt.lead_id).in_(leads)).values(number=""))
    run(update(HistoryEvent).where(col(HistoryEvent.lead_id).in_(leads)).values(note=""))
    run(
        update(Response)
        .where(col(Response.lead_id).in_(leads))
        .values(notes="", qualifiers={}, extra={}, external_id="", scanned_by="")
    )
    kits = update(Fulfilment).where(col(Fulfilment.lead_id).in_(leads))
    run(kits.where(col(Fulfilment.state) == "waiting").values(state="dropped"))
    run(kits.values(why=""))
    run(update(Obligation).where(col(Obligation.lead_id).in_(leads)).values(draft={}))
    run(delete(Phone).where(col(Phone.lead_id).in_(leads)))
    run(delete(EmailAddress).where(col(EmailAddress.lead_id).in_(leads)))


def empty_messages(unit: Unit, leads: Sequence[int]) -> int:
    """Take addresses off their messages, and delete the texts that nothing else uses; how many
    texts."""
    rows = unit.connection.execute(
        select(col(Email.text_hash), col(Email.subject_hash)).where(col(Email.lead_id).in_(leads))
    )
    digests = {digest for row in rows for digest in row if digest}
    unit.connection.execute(
        update(Email).where(col(Email.lead_id).in_(leads)).values(to_address="", error="", path="")
    )
    used: set[str] = set()
    for column in (Email.text_hash, Email.subject_hash):
        used.update(
            unit.connection.scalars(select(col(column)).where(col(Email.lead_id).not_in(leads)))
        )
    for files in unit.connection.scalars(select(col(PlaybookVersion.files))):
        used.update(files.values())
    gone = sorted(digests - used)
    if gone:
        unit.connection.execute(delete(TextBody).where(col(TextBody.hash).in_(gone)))
    return len(gone)


def empty_matters(unit: Unit, leads: Sequence[int], now: datetime) -> None:
    """Questions about these people are over and say nothing any more; near duplicates no longer
    name them."""
    for row in unit.session.scalars(select(Matter)):
        named = row.data.get("leads")
        if row.lead_id in leads and row.kind != "near_duplicate":
            row.data = {}
            row.answered_at, row.answer = row.answered_at or now, row.answer or "erased"
        elif row.kind == "near_duplicate" and (
            row.lead_id in leads or set(named or ()) & set(leads)
        ):
            if row.answered_at is not None:
                row.data = {"digests": row.data.get("digests", [])}
            else:
                left = [one for one in named or () if one not in leads]
                row.data = {**row.data, "leads": left}
                row.lead_id = left[0] if left else None


def forget_images(unit: Unit, ours: Iterable[tuple[str, int]]) -> tuple[int, dict[str, str]]:
    """Take these rows out of every before-image; how many images were, and entry -> the digest of
    what is left. A whole row of them is written anew."""
    wanted, count = set(ours), 0
    changed: list[tuple[int, list[Any]]] = []
    for seq, images in unit.connection.execute(
        select(col(BeforeImage.seq), col(BeforeImage.images))
    ):
        left = [image for image in images if (image[0], image[1]) not in wanted or image[2] is None]
        if len(left) < len(images):
            changed.append((seq, left))
            count += len(images) - len(left)
    for seq, left in changed:
        unit.connection.execute(delete(BeforeImage).where(col(BeforeImage.seq) == seq))
        unit.connection.execute(insert(BeforeImage).values(seq=seq, images=left))
    return count, {str(seq): images_digest(dump_json(left)) for seq, left in changed}


def old_texts(rows: Rows, before: int) -> tuple[int, int | None]:
    """Personal texts of the log from before then (microseconds): how many, and when the oldest was
    written."""
    found = rows.one(
        "SELECT count(*), min(l.at) FROM log_private p JOIN log l ON l.seq = p.seq WHERE l.at < ?",
        (before,),
    )
    return int(found[0]), found[1]


def silent_leads(session: Session, before: datetime) -> list[int]:
    """Closed leads that nothing was heard of, and nothing done with, since then."""
    found = select(col(Lead.id)).where(
        col(Lead.status) == "closed",
        func.coalesce(col(Lead.last_sign_of_life), col(Lead.created_at)) < before,
        col(Lead.updated_at) < before,
    )
    return [int(one or 0) for one in session.scalars(found.order_by(col(Lead.id)))]


def old_messages(session: Session, before: datetime) -> int:
    """Messages from before then that still have an address."""
    found = (
        select(func.count())
        .select_from(Email)
        .where(col(Email.created_at) < before, col(Email.to_address) != "")
    )
    return int(session.scalar(found) or 0)
