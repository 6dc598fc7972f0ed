"""The SQL of an import: who is known already, looked up by batches of keys, and rows by the hundred
thousand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, SQLModel, col

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import (
    Company,
    EmailAddress,
    HistoryEvent,
    ImportBatch,
    Lead,
    Matter,
    Phone,
    Response,
    Touch,
)
from leadtui.store.engine.types import Json, UtcDateTime, to_micros
from leadtui.store.engine.unit_of_work import Unit

_LEAD: Any = Lead.__table__.c  # type: ignore[attr-defined]
_COMPANY: Any = Company.__table__.c  # type: ignore[attr-defined]
_PHONE: Any = Phone.__table__.c  # type: ignore[attr-defined]
_RESPONSE: Any = Response.__table__.c  # type: ignore[attr-defined]
_EMAIL: Any = EmailAddress.__table__.c  # type: ignore[attr-defined]
_EVENT: Any = HistoryEvent.__table__.c  # type: ignore[attr-defined]
_WHO = frozenset(("name", "title", "company", "street", "city", "region", "postal_code", "country"))
NEAR = "near_duplicate"
LEFT, BACK = "left", "back"
"""What stands in the counts of a batch that is half in (rows that are left) or half taken back (the
last lead that was)."""


@dataclass(slots=True)
class KnownPerson:
    """A lead as identity looks at it."""

    lead_id: int
    full_name: str
    name_key: str
    last_key: str
    title_key: str
    company: str
    emails: set[str] = field(default_factory=set)
    """Address keys."""
    numbers: set[str] = field(default_factory=set)
    """E.164."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the rows of a file could be known by."""

    emails: Sequence[str]
    numbers: Sequence[str]
    names: Sequence[str]
    companies: Sequence[int]
    """Ids."""


def known_people(session: Session, keys: Keys) -> list[KnownPerson]:
    """Every lead that shares an address, a number, a name or a company with the file; merged ones
    as their survivor."""
    return _people(session, _survivors(session, sharing(session, keys)))


def sharing(session: Session, keys: Keys) -> set[int]:
    """The ids of every lead that shares any of these keys, merged and erased ones too."""
    found: set[int] = set()
    if session.execute(select(_LEAD.id).limit(1)).first() is None:
        return found
    for column, target, values in (
        (_EMAIL.address_key, _EMAIL.lead_id, keys.emails),
        (_PHONE.number, _PHONE.lead_id, keys.numbers),
        (_LEAD.name_key, _LEAD.id, keys.names),
        (_LEAD.company_id, _LEAD.id, keys.companies),
    ):
        for chunk in pieces(values):
            found.update(row[0] for row in session.execute(select(target).where(column.in_(chunk))))
    return found


def _survivors(session: Session, ids: set[int]) -> list[int]:
    """The leads that ``ids`` are today: a merged one is who it was merged into, an erased one
    nobody."""
    rest, living = set(ids), set()
    for _ in range(20):  # a chain of merges is short, and must end even where it is a circle
        moved: set[int] = set()
        for chunk in pieces(sorted(rest)):
            rows = session.execute(
                select(_LEAD.id, _LEAD.status, _LEAD.merged_into).where(_LEAD.id.in_(chunk))
            )
            for lead_id, status, into in rows:
                if status == "merged" and into is not None:
                    moved.add(into)
                elif status in {"open", "closed"}:
                    living.add(lead_id)
        rest = moved - living
        if not rest:
            break
    return sorted(living)


def _people(session: Session, ids: list[int]) -> list[KnownPerson]:
    people: dict[int, KnownPerson] = {}
    who = (_LEAD.id, _LEAD.full_name, _LEAD.name_key, _LEAD.last_name_key, _LEAD.title_key)
    lead = (*who, _COMPANY.name)
    joined = Lead.__table__.outerjoin(Company.__table__, _COMPANY.id == _LEAD.company_id)  # type: ignore[attr-defined]
    for chunk in pieces(ids):
        for row in session.execute(select(*lead).select_from(joined).where(_LEAD.id.in_(chunk))):
            people[row[0]] = KnownPerson(row[0], row[1], row[2], row[3], row[4], row[5] or "")
        for owner, address in session.execute(
            select(_EMAIL.lead_id, _EMAIL.address_key).where(_EMAIL.lead_id.in_(chunk))
        ):
            people[owner].emails.add(address)
        for owner, number in session.execute(
            select(_PHONE.lead_id, _PHONE.number).where(_PHONE.lead_id.in_(chunk))
        ):
            people[owner].numbers.add(number)
    return list(people.values())


def companies_like(session: Session, starts: Sequence[str]) -> list[tuple[int, str]]:
    """``(id, name_key)`` of the companies whose folded name begins like that (four characters), or
    with "the"."""
    found: list[tuple[int, str]] = []
    for chunk in pieces([*starts, "the "]):
        rows = session.execute(
            select(_COMPANY.id, _COMPANY.name_key).where(
                func.substr(_COMPANY.name_key, 1, 4).in_(chunk)
            )
        )
        found.extend((row[0], row[1]) for row in rows)
    return sorted(found)


def leads_by_id(session: Session, ids: Sequence[int]) -> dict[int, Lead]:
    """The leads with these ids, for changing."""
    found: dict[int, Lead] = {}
    for chunk in pieces(ids):
        rows = session.scalars(select(Lead).where(_LEAD.id.in_(chunk)))
        found.update((int(lead.id or 0), lead) for lead in rows)
    return found


def responses_of(session: Session, ids: Sequence[int]) -> dict[int, list[Response]]:
    """The responses of these leads, oldest first."""
    found: dict[int, list[Response]] = {}
    for chunk in pieces(ids):
        rows = session.scalars(
            select(Response).where(col(Response.lead_id).in_(chunk)).order_by(col(Response.id))
        )
        for response in rows:
            found.setdefault(response.lead_id, []).append(response)
    return found


def edited_at(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When who these leads are was last changed by hand, where it was."""
    found: dict[int, datetime] = {}
    for chunk in pieces(ids):
        rows = session.execute(
            select(_EVENT.lead_id, _EVENT.at, _EVENT.note)
            .where(_EVENT.lead_id.in_(chunk), _EVENT.kind.in_(("edited", "enriched")))
            .order_by(_EVENT.id)
        )
        found.update({lead: at for lead, at, note in rows if _WHO & set(note.split(", "))})
    return found


def extras_of(session: Session, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """``extra`` of every response of these leads."""
    for chunk in pieces(ids):
        yield from session.scalars(select(_RESPONSE.extra).where(_RESPONSE.lead_id.in_(chunk)))


def asked_digests(session: Session) -> set[str]:
    """The fingerprints of the rows that stand, or stood, in a question about near duplicates."""
    rows = session.scalars(select(col(Matter.data)).where(col(Matter.kind) == NEAR))
    return {digest for data in rows for digest in data.get("digests", ())}


def earlier_batch(session: Session, sha256: str) -> ImportBatch | None:
    """The newest import of the same file that was not taken back."""
    return session.scalars(
        select(ImportBatch)
        .where(col(ImportBatch.sha256) == sha256, col(ImportBatch.undone_at).is_(None))
        .order_by(col(ImportBatch.id).desc())
    ).first()


def taught(session: Session, most: int) -> list[Any]:
    """Of the newest imports that were not taken back: id, file's name and digest, time, what its
    columns were and what was said beside them."""
    table = ImportBatch.__table__  # type: ignore[attr-defined]
    found = session.execute(
        select(table.c.id, table.c.file_name, table.c.sha256, table.c.at, table.c.counts)
        .where(table.c.undone_at.is_(None))
        .order_by(table.c.id.desc())
        .limit(most)
    )
    return [one for one in found if "columns" in one.counts and "said" in one.counts]


def channels_of(session: Session, responses: Sequence[int]) -> Counter[str]:
    """How many touches were planned for these responses, by channel."""
    found: Counter[str] = Counter()
    for chunk in pieces(responses):
        asked = select(col(Touch.channel)).where(col(Touch.response_id).in_(chunk))
        found.update(session.scalars(asked))
    return found


def calls_due(session: Session, until: datetime) -> int:
    """How many calls of reps stand in front and are due by then."""
    asked = select(func.count()).where(
        col(Touch.state) == "open",
        col(Touch.system) == 0,
        col(Touch.channel) == "call",
        col(Touch.due) <= until,
    )
    return int(session.execute(asked).scalar_one())


def cost_of(session: Session, batch_id: int) -> int:
    """What the responses of a batch cost, in minor units."""
    found = select(func.coalesce(func.sum(_RESPONSE.cost_minor), 0))
    return int(session.execute(found.where(_RESPONSE.batch_id == batch_id)).scalar_one())


def companies_by_id(session: Session, ids: Sequence[int]) -> dict[int, Company]:
    """The companies with these ids, for changing."""
    found: dict[int, Company] = {}
    for chunk in pieces(ids):
        found.update(
            (int(firm.id or 0), firm)
            for firm in session.scalars(select(Company).where(_COMPANY.id.in_(chunk)))
        )
    return found


WEB = "web"
"""Among the counts of a batch: a web form brought it in, and no file."""


def close_batch(unit: Unit, batch_id: int, counts: Mapping[str, Any]) -> None:
    """Say in the batch what it came to; no before-image, since the batch itself is new."""
    table = ImportBatch.__table__  # type: ignore[attr-defined]
    unit.connection.execute(
        table.update().where(table.c.id == batch_id).values(counts=dict(counts))
    )


class Bulk:
    """Rows of one table, written by the driver's ``executemany``; columns that are not named get
    the model's defaults.

    An ORM insert of a hundred thousand leads takes ten times as long and holds them all in memory.
    """

    def __init__(self, model: type[SQLModel], columns: str, **same: Any) -> None:
        """``columns`` (with spaces between) are those that ``add`` gives, in order; ``same`` are
        values all rows share."""
        self.table = model.__table__  # type: ignore[attr-defined]
        self.columns = columns.split()
        self.rows: list[tuple[Any, ...]] = []
        self.add = self.rows.append
        blank = model()
        rest = [
            column.key for column in self.table.columns if column.key not in {"id", *self.columns}
        ]
        self.same = {name: same.get(name, getattr(blank, name, None)) for name in rest}

    def write(self, unit: Unit) -> list[int]:
        """Insert the rows and return their ids, in the order in which they were added."""
        if not self.rows:
            return []
        connection = unit.connection
        before = connection.execute(
            select(func.coalesce(func.max(self.table.c.id), 0))
        ).scalar_one()
        quote = connection.dialect.identifier_preparer.quote
        kinds = self.table.columns
        said = {name: _made(kinds[name].type)(value) for name, value in self.same.items()}
        plain = {name: text for name, value in said.items() if (text := _literal(value))}
        bound = tuple(value for name, value in said.items() if name not in plain)
        names = [*self.columns, *(name for name in said if name not in plain), *plain]
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        marks = [mark] * (len(names) - len(plain)) + list(plain.values())
        sql = (
            f"INSERT INTO {quote(self.table.name)} ({', '.join(map(quote, names))}) VALUES "
            f"({', '.join(marks)})"
        )
        connection.exec_driver_sql(sql, self._values(bound))
        self.rows.clear()
        # Writers take turns on both engines, so that the new ids are those above, in the order of
        # the rows.
        ids = connection.execute(
            select(self.table.c.id).where(self.table.c.id > before).order_by(self.table.c.id)
        )
        made = list(ids.scalars())
        unit.changes.made(self.table.name, made)
        return made

    def _values(self, bound: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows as the driver takes them: times as microseconds, JSON as text."""
        made = [
            (place, _made(self.table.columns[name].type)) for place, name in enumerate(self.columns)
        ]
        special = [(place, make) for place, make in made if make is not _same]
        if not special:
            return [row + bound for row in self.rows]
        values = []
        for row in self.rows:
            cells = list(row)
            for place, make in special:
                cells[place] = make(cells[place])
            values.append((*cells, *bound))
        return values


def change_rows(
    unit: Unit, model: type[SQLModel], columns: str, rows: Iterable[tuple[int, tuple[Any, ...]]]
) -> None:
    """Give rows other values past the ORM, ``(id, values of columns)`` each; without before-images,
    since what undoes the use case deletes them whole."""
    table: Any = model.__table__  # type: ignore[attr-defined]
    names, wanted = columns.split(), list(rows)
    if not wanted:
        return
    unit.changes.about_to(table.name, (key for key, _ in wanted))
    connection = unit.connection
    quote = connection.dialect.identifier_preparer.quote
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    said = ", ".join(f"{quote(name)} = {mark}" for name in names)
    make = [_made(table.columns[name].type) for name in names]
    connection.exec_driver_sql(
        f"UPDATE {quote(table.name)} SET {said} WHERE id = {mark}",
        [
            (*(to(value) for to, value in zip(make, values, strict=True)), key)
            for key, values in wanted
        ],
    )


def _literal(value: Any) -> str:
    """A default as it may stand in the statement itself, where it costs nothing a row; anything
    else is bound."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).upper()
    return (
        f"'{value}'"
        if value in {"", "{}", "[]"}
        or (isinstance(value, str) and value.isalpha() and value.isascii())
        else ""
    )


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
"""What ``dump_json`` makes anew each time."""


def _made(kind: Any) -> Callable[[Any], Any]:
    """How a value of this column type goes to the driver."""
    if isinstance(kind, UtcDateTime):
        return _instant
    return _json if isinstance(kind, Json) else _same


def _instant(value: datetime | None) -> int | None:
    return None if value is None else to_micros(value)


def _json(value: Any) -> str:
    return _ENCODER.encode(value) if value else ("[]" if isinstance(value, list) else "{}")


def _same(value: Any) -> Any:
    return value


LOCAL = "".join(map(chr, range(33, 64))) + "".join(map(chr, range(91, 127)))
"""What may stand before the ``@`` of a folded address: what is cut off leaves the domain, in words
that both engines know."""


def without_facts(session: Session, lead_ids: Sequence[int]) -> list[tuple[int, str]]:
    """``(lead, address)`` of those of these leads who have no firm, or one of which something is
    not known; the first address of each that works."""
    unknown = or_(
        col(Lead.company_id).is_(None),
        col(Company.industry) == "",
        col(Company.employees).is_(None),
        col(Company.country) == "",
    )
    found: dict[int, str] = {}
    for chunk in pieces(lead_ids):
        rows = session.execute(
            select(col(EmailAddress.lead_id), col(EmailAddress.address_key))
            .join(Lead, col(Lead.id) == col(EmailAddress.lead_id))
            .outerjoin(Company, col(Company.id) == col(Lead.company_id))
            .where(col(Lead.id).in_(chunk), col(EmailAddress.status) == "ok", unknown)
            .order_by(col(EmailAddress.id).desc())
        )
        found.update((lead_id, address) for lead_id, address in rows)
    return list(found.items())


def firms_at(session: Session, domains: Sequence[str]) -> list[tuple[str, int, Company]]:
    """``(address, lead, firm)`` of everybody there who writes from one of these domains and has a
    firm, those first that came first."""
    behind = func.ltrim(col(EmailAddress.address_key), LOCAL)
    found: list[tuple[str, int, Company]] = []
    for chunk in pieces([f"@{domain}" for domain in domains]):
        rows = session.execute(
            select(col(EmailAddress.address_key), col(EmailAddress.lead_id), Company)
            .join(Lead, col(Lead.id) == col(EmailAddress.lead_id))
            .join(Company, col(Company.id) == col(Lead.company_id))
            .where(behind.in_(chunk), col(Lead.status).in_(("open", "closed")))
            .order_by(col(EmailAddress.id))
        )
        found.extend((address, lead_id, firm) for address, lead_id, firm in rows)
    return found
