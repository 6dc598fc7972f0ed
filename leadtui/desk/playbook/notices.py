"""Notices: what changed in the process, published by a supervisor and acknowledged by every rep
before the next call.

A notice holds up every start but an inbound call. While a promised callback or a new hot response
is due, it can wait for as long as the playbook says (``[popups] notice_wait_minutes``), counted
from its publication."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.cadence.diffing import Change, diff
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.door import Door
from leadtui.errors import LeadtuiError, NotFound, Refused, WrongUse
from leadtui.store import floor
from leadtui.store import notices as rows
from leadtui.store.engine.tables import Acknowledgement, Notice
from leadtui.store.engine.vocabulary import Code, Event


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice, and who has read it."""

    id: int
    title: str
    body: str
    diff: str
    """What changed in the playbook, a line each; may be empty."""
    published_at: datetime
    by: str
    read: tuple[tuple[str, datetime], ...]
    """(name, when), in the order of reading."""
    waiting: tuple[str, ...]
    """Reps who have not read it yet."""


class Notices(Door):
    """What a rep does with notices; the screens' door."""

    def unread(self) -> tuple[NoticeView, ...]:
        """What the one who is logged in has still to read, oldest first."""
        with self.context.store.read() as session:
            names = _names(session)
            found = rows.unread(session, self.context.identity.id)
            return tuple(_view(row, {}, names, ()) for row in found)

    def acknowledge(self, notice_id: int, seconds: float | None = None) -> None:
        """Say that one has read a notice; ``seconds`` is how long it stood on a screen. Saying it
        twice changes nothing."""
        me = self.context.identity.id
        with self.context.write() as unit:
            if unit.session.get(Notice, notice_id) is None:
                raise NotFound(f"there is no notice {notice_id}; 'leadtui notice list' has them")
            if rows.has_read(unit.session, notice_id, me):
                return
            unit.session.add(Acknowledgement(notice_id=notice_id, rep_id=me, at=unit.now))
            shown = None if seconds is None else round(seconds * 1000)
            unit.log(
                Event.NOTICE_ACKNOWLEDGED,
                subjects={"notice": notice_id, "rep": me},
                codes={Code.SHOWN_MS: shown},
            )


def publish(context: Context, title: str, body: str, *, with_diff: bool = False) -> NoticeView:
    """Publish a notice; supervisors only. ``with_diff`` adds what changes in the playbook.

    Raises ``WrongUse`` for an empty notice, and ``Refused`` where nothing changes in the playbook.
    """
    people.require(context, "publishing a notice", "supervisor")
    changes = "\n".join(changes_of(context)) if with_diff else ""
    title, body = title.strip(), body.strip()
    if with_diff and not changes:
        raise Refused(
            "notice", "the playbook has not changed, and its drafts do not differ; leave --diff out"
        )
    title = title or ("The playbook changes" if changes else "")
    if not title or not (body or changes):
        raise WrongUse("a notice needs a title and a text: --title T --body B, or --diff")
    with context.write() as unit:
        notice = Notice(
            title=title,
            body=body,
            diff=changes,
            playbook_hash=unit.playbook_hash,
            published_at=unit.now,
            published_by=context.identity.id,
        )
        unit.session.add(notice)
        unit.session.flush()
        digest = hashlib.sha256(f"{title}\0{body}\0{changes}".encode()).hexdigest()
        unit.log(Event.NOTICE_PUBLISHED, subjects={"notice": notice.id}, hashes={"text": digest})
    return next(one for one in listed(context) if one.id == notice.id)


def changes_of(context: Context) -> tuple[str, ...]:
    """What the drafts would change where they differ from the running playbook, else what the last
    activation changed."""
    from leadtui.desk.playbook.activating import difference

    folder = context.settings.folder / "playbook"
    if folder.is_dir():
        found = difference(context, folder)
        if found.changes:
            return tuple(map(_sentence, found.changes))
    with context.store.read() as session:
        running = context.running_hash(session)
        before = next((one for one in rows.last_versions(session) if one != running), "")
        if not before:
            return ()
        changed = diff(context.playbook(session, before), context.playbook(session))
    return tuple(map(_sentence, changed))


def _sentence(change: Change) -> str:
    return f"{change.kind} {change.name}: {change.text}"


def listed(context: Context) -> tuple[NoticeView, ...]:
    """Every notice with who has read it and who has not, newest first."""
    with context.store.read() as session:
        names, read = _names(session), rows.readers(session)
        reps = [rep for rep in floor.reps(session) if rep.role == "rep" and rep.active]
        views = []
        for row in rows.all_notices(session):
            done = read.get(int(row.id or 0), {})
            waiting = tuple(
                rep.name
                for rep in reps
                if rep.id not in done
                and rep.created_at <= row.published_at
                and rep.id != row.published_by
            )
            views.append(_view(row, done, names, waiting))
    return tuple(views)


def find(context: Context, notice_id: int | None) -> NoticeView:
    """A notice by number, or the oldest one that the one who asks has not read. Raises
    ``LeadtuiError``."""
    if notice_id is None:
        waiting = Notices(context).unread()
        if not waiting:
            raise LeadtuiError("you have read every notice; 'leadtui notice list' has them all")
        return waiting[0]
    found = next((one for one in listed(context) if one.id == notice_id), None)
    if found is None:
        raise NotFound(f"there is no notice {notice_id}; 'leadtui notice list' has them")
    return found


def _names(session: Any) -> dict[int | None, str]:
    return {rep.id: rep.name for rep in floor.reps(session)}


def _view(
    row: Notice, read: dict[int, datetime], names: dict[int | None, str], waiting: tuple[str, ...]
) -> NoticeView:
    return NoticeView(
        id=int(row.id or 0),
        title=row.title,
        body=row.body,
        diff=row.diff,
        published_at=row.published_at,
        by=names.get(row.published_by, ""),
        read=tuple((names.get(rep_id, ""), at) for rep_id, at in read.items()),
        waiting=waiting,
    )
