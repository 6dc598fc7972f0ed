"""The same conditions in SQL: which leads match, judged by the database alike on both engines.

One translation of the tests of ``cadence.conditions`` over a lead, its company, its newest response
and its live enrolments. As in Python a missing fact makes a test false, so that ``Not`` of it is
true; a property-based test holds the two against each other. Texts compare on their twins, codes on
their ASCII lower case, numbers are whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil, floor
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import Session, col

from leadtui.cadence.conditions import AnyOf, BoolIs, DateIs, Not, NumberIs, TextIs, cutoff
from leadtui.cadence.model import Condition
from leadtui.cadence.scoring import HIGHEST, LEVELS
from leadtui.store.engine.micros import to_micros
from leadtui.store.engine.tables import Company, Enrolment, Lead, Response

MOST, LEAST = 2**63 - 1, -(2**63)
STATUSES = ("open", "closed")
"""Merged and erased leads match nothing: they are nobody any more."""
NEVER = -(2**61)
"""Stands for the past of an interest that never was."""

Clause = ColumnElement[bool]


class answer_of(GenericFunction[str]):  # noqa: N801 - spelled as it stands in SQL
    """The answer to one question in the JSON of ``lead.qualification``; NULL without one."""

    type = String()
    inherit_cache = True


@compiles(answer_of, "sqlite")
def _answer_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    column, key = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_extract({column}, '$.' || {key} || '.answer')"


@compiles(answer_of, "postgresql")
def _answer_postgres(element: Any, compiler: Any, **kw: Any) -> str:
    column, key = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST({column} AS json) -> {key} ->> 'answer')"


def leads_matching(
    session: Session,
    condition: Condition,
    now: datetime,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[int]:
    """The ids of the leads that match, in order; ``after`` and ``limit`` cut a page out of them."""
    found = (
        _ids(select(col(Lead.id)), condition, now)
        .where(col(Lead.id) > after)
        .order_by(col(Lead.id))
    )
    return [int(row[0]) for row in session.connection().execute(found.limit(limit))]


def count_matching(session: Session, condition: Condition, now: datetime) -> int:
    """How many leads match."""
    return int(
        session.connection().execute(_ids(select(func.count()), condition, now)).scalar_one()
    )


def _ids(what: Select[Any], condition: Condition, now: datetime) -> Select[Any]:
    joined = what.select_from(Lead).outerjoin(Company, col(Company.id) == col(Lead.company_id))
    joined = joined.outerjoin(Response, col(Response.id) == _newest())
    return joined.where(col(Lead.status).in_(STATUSES), clause(condition, now))


def clause(condition: Condition, now: datetime) -> Clause:
    """A condition as SQL over the joined rows: true or false, never NULL."""
    return and_(true(), *(_test(test, now) for test in condition.tests))


def _test(test: Any, now: datetime) -> Clause:
    match test:
        case Not(condition):
            return not_(clause(condition, now))
        case AnyOf(conditions):
            return or_(false(), *(clause(one, now) for one in conditions))
        case TextIs(field, patterns):
            return _text(field, patterns)
        case NumberIs(field):
            return _number(_NUMBERS[field](now), test) if field in _NUMBERS else false()
        case DateIs(field):
            column = _DATES.get(field)
            if column is None:
                return false()
            older = type_coerce(column, BigInteger) < to_micros(cutoff(test, now))
            return and_(column.is_not(None), older if test.older else not_(older))
        case BoolIs(field, value):
            column = _FLAGS.get(field)
            return false() if column is None else and_(column.is_not(None), column.is_(value))
    return false()


# -- texts -----------------------------------------------------------------------------------------

_TWINS: dict[str, Any] = {
    "title": col(Lead.title_key),
    "city": col(Lead.city_key),
    "region": col(Lead.region_key),
    "company": col(Company.name_key),
    "industry": col(Company.industry_key),
    "source": col(Response.source_key),
    "event": col(Response.event_key),
}
_CODES: dict[str, Any] = {
    "persona": col(Lead.persona),
    "country": col(Lead.country),
    "language": col(Lead.language),
    "stage": col(Lead.stage),
    "offer": col(Response.offer),
    "rating": col(Response.rating),
}
_ANSWERS = {"technical_fit": "fit", "project": "project", "budget": "budget", "rivals": "rivals"}
"""Field -> question."""


def _text(field: str, patterns: tuple[str, ...]) -> Clause:
    if field == "cadence":
        live = select(col(Enrolment.id)).where(
            col(Enrolment.lead_id) == col(Lead.id), col(Enrolment.state) != "ended"
        )
        return (
            live.where(_like(func.lower(col(Enrolment.cadence)), patterns)).correlate(Lead).exists()
        )
    if field in _TWINS:
        return _like(_TWINS[field], patterns)
    if field in _CODES:
        return _like(func.lower(_CODES[field]), patterns)
    if field in _ANSWERS:
        return _like(func.lower(answer_of(col(Lead.qualification), _ANSWERS[field])), patterns)
    return false()


def _like(column: Any, patterns: tuple[str, ...]) -> Clause:
    """Whether a text that is there matches one of the folded patterns."""
    patterns = tuple(
        pattern for pattern in patterns if "\0" not in pattern
    )  # which no stored text can hold
    plain = [pattern for pattern in patterns if "*" not in pattern]
    tests: list[Clause] = [column.in_(plain)] if plain else []
    for pattern in patterns:
        if "*" in pattern:
            escaped = (
                pattern.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace("*", "%")
            )
            tests.append(column.like(escaped, escape="\\"))
    return and_(column.is_not(None), column != "", or_(false(), *tests))


# -- numbers, dates, flags -------------------------------------------------------------------------


def engagement(now: datetime) -> ColumnElement[int]:
    """A lead's points of engagement at ``now``: the instant at which they are one, against the
    table of levels."""
    left = func.coalesce(type_coerce(col(Lead.warm_at), BigInteger) - to_micros(now), NEVER)
    levels = [
        (left >= literal_column(str(level), BigInteger) * col(Lead.half_life), points)
        for points, level in reversed(tuple(enumerate(LEVELS, 1)))
    ]
    points = col(Lead.engagement) + case(*levels, else_=0)
    return case((points > HIGHEST, HIGHEST), (points < 0, 0), else_=points)


_NUMBERS: dict[str, Callable[[datetime], Any]] = {
    "employees": lambda _now: col(Company.employees),
    "revenue": lambda _now: col(Company.revenue_minor),
    "fit": lambda _now: col(Lead.fit),
    "engagement": engagement,
    "score": lambda now: col(Lead.fit) + engagement(now),
    "attempts": lambda _now: _live(Enrolment.attempts),
    "contacts": lambda _now: _live(Enrolment.contacts),
    "responses": lambda _now: _responses(),
}
_DATES: dict[str, Any] = {
    "inquiry_at": col(Response.inquiry_at),
    "created_at": col(Lead.created_at),
    "last_contact_at": col(Lead.last_contact_at),
}
_FLAGS: dict[str, Any] = {
    "consent": col(Lead.calls_consent),
    "existing_customer": col(Company.existing_customer),
}


def _number(column: Any, test: NumberIs) -> Clause:
    """A test of a whole number: its ends as the whole numbers that still pass, so that no engine
    rounds."""
    low, high = LEAST, MOST
    if test.low is not None:
        low = max(low, ceil(test.low) if test.include_low else floor(test.low) + 1)
    if test.high is not None:
        high = min(high, floor(test.high) if test.include_high else ceil(test.high) - 1)
    if test.field == "revenue":  # asked in units, kept in hundredths
        low, high = max(LEAST, low * 100), min(MOST, high * 100 + 99)
    if low > min(high, MOST) or high < LEAST:
        return false()
    tests: list[Clause] = [column.is_not(None)]
    if low > LEAST:
        tests.append(column >= literal_column(str(low), BigInteger))
    if high < MOST:
        tests.append(column <= literal_column(str(high), BigInteger))
    return and_(*tests)


def _live(column: Any) -> Any:
    """A figure of a lead's enrolments that are not over, summed."""
    found = select(func.coalesce(func.sum(column), 0)).where(
        col(Enrolment.lead_id) == col(Lead.id), col(Enrolment.state) != "ended"
    )
    return found.correlate(Lead).scalar_subquery()


def _newest() -> Any:
    """The id of a lead's newest response."""
    row = aliased(Response)
    found = select(col(row.id)).where(col(row.lead_id) == col(Lead.id))
    return (
        found.order_by(col(row.inquiry_at).desc(), col(row.id).desc())
        .limit(1)
        .correlate(Lead)
        .scalar_subquery()
    )


def _responses() -> Any:
    row = aliased(Response)
    return (
        select(func.count(col(row.id)))
        .where(col(row.lead_id) == col(Lead.id))
        .correlate(Lead)
        .scalar_subquery()
    )
