"""Who is there already, as whoever adds somebody is told of them: who, whose, in what state, and by
what evidence a row is theirs or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadtui.desk.intake.files.joining import AS_GIVEN, otherwise
from leadtui.desk.intake.files.options import Outcome
from leadtui.store import floor
from leadtui.store import importing as rows_of
from leadtui.store.engine.tables import Company

if TYPE_CHECKING:
    from leadtui.desk.intake.files.identity import Match, Person

SHOWN = 10
_NAMED = 3
"""So many of those somebody may be are named."""


def described(session: Any, lead_ids: Sequence[int]) -> dict[int, str]:
    """Lead -> "lead 7, Jane Okafor of Brightwater Mutual (Ali Haddad's, open)"."""
    names = {rep.id: rep.name for rep in floor.reps(session)}
    found = {}
    for lead_id, lead in rows_of.leads_by_id(session, lead_ids).items():
        company = session.get(Company, lead.company_id) if lead.company_id else None
        firm = f" of {company.name}" if company else ""
        owner = f"{names[lead.owner_id]}'s" if lead.owner_id in names else "nobody's"
        state = f"{lead.status}, {lead.closed_reason}" if lead.closed_reason else lead.status
        found[lead_id] = f"lead {lead_id}, {lead.full_name}{firm} ({owner}, {state})"
    return found


def said_of(session: Any, people: Sequence[Person]) -> list[str]:
    """What an import says of the leads that its rows turned out to be; empty where they are
    none."""
    if not people:
        return []
    few = people[:SHOWN]
    words = described(session, [int(one.lead_id or 0) for one in few])
    each = [f"line {one.rows[0].line} is {words[int(one.lead_id or 0)]}" for one in few]
    more = f"; and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
    are = (
        "1 lead was there already"
        if len(people) == 1
        else f"{len(people)} leads were there already"
    )
    return [f"{are}: {'; '.join(each)}{more}"]


def outcome(line: int, kind: str, person: Person, found: Match, *, dry_run: bool) -> Outcome:
    """What a row came to, and why: whom it was joined to, is near to, or was told apart from."""
    others = found.near or found.beside or ((found.person,) if found.person else ())
    why = "the same telephone number, somebody else" if found.beside else found.why
    if why:
        named = [_named(one, line) for one in others[:_NAMED]]
        more = [f"{len(others) - _NAMED} more"] if len(others) > _NAMED else []
        why = f"{why}: {'; '.join([*named, *more])}"
    row = next(one for one in person.rows if one.line == line)
    apart = otherwise(row, person.known)
    if why and apart and kind in ("updated", "merged"):
        kept = ", ".join(name.removesuffix(AS_GIVEN) for name in apart)
        since = " changed by hand since" if person.edited else ""
        why += f"; kept with the response, not the lead{since}: {kept}"
    lead = person.lead_id if person.is_known or not dry_run else None
    return Outcome(line, "unchanged" if person.idle else kind, lead, why)


def _named(person: Person, line: int) -> str:
    first = min((row.line for row in person.rows if row.line != line), default=0)
    where = f"line {first}" if first and not person.is_known else f"lead {person.lead_id}"
    return f"{where}, {person.full_name}"
