"""Who may have a lead: the one question that giving, taking over and pulling all ask; and who has
room for another today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.errors import Refused
from leadtui.store import hopper
from leadtui.store.engine.tables import Lead, Rep


def is_away(rep: Rep, now: datetime) -> bool:
    """Whether somebody is away at this moment."""
    return (
        rep.away_until is not None
        and (rep.away_from is None or rep.away_from <= now)
        and now <= rep.away_until
    )


def gets_leads(rep: Rep) -> bool:
    """Whether new leads are given to somebody: a rep who is there, or a supervisor who calls
    too."""
    return rep.active and (rep.role == "rep" or bool(rep.settings.get("calls")))


def room(context: Context, session: Any, rep: Rep, now: datetime) -> int:
    """How many more first touches somebody can be given today: their capacity of a day, less what
    is due already."""
    due = hopper.firsts_due(session, int(rep.id or 0), context.end_of_day(now))
    return rep.capacity - due


def full(context: Context, session: Any, rep: Rep, now: datetime) -> Refused | None:
    """Why somebody takes no more leads today; ``None`` where they may. Who gives a lead to them by
    name knows better, and is not stopped."""
    if room(context, session, rep, now) > 0:
        return None
    return Refused(
        "full",
        f"{rep.name} takes no more today: as many leads wait for their first touch as their "
        f"capacity says ({rep.capacity}); do those first, or a supervisor raises it with "
        f"'leadtui rep set {rep.login} --capacity N'",
    )


def refusal(rep: Rep, lead: Lead, now: datetime) -> Refused | None:
    """Why somebody may not have a lead now, whoever gives it; ``None`` where they may."""
    if lead.status not in {"open", "closed"}:
        return Refused("not_open", f"lead {lead.id} was {lead.status}; there is nothing to assign")
    if not rep.active:
        return Refused("away", f"{rep.name} works here no longer; name somebody who does")
    if rep.role == "marketer":
        return Refused("away", f"{rep.name} is a marketer and takes no calls; name a rep")
    if is_away(rep, now) and rep.cover_id is None:
        return Refused(
            "away",
            f"{rep.name} takes no calls now; name somebody who is there, or a cover for {rep.name}",
        )
    return None


def refuse_unfit(rep: Rep, lead: Lead, now: datetime) -> None:
    """Refuse to give a lead to somebody who may not have it."""
    if (no := refusal(rep, lead, now)) is not None:
        raise no
