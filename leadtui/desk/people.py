"""Who is who: the operating system's login, the person it belongs to, and what each role may do."""

from __future__ import annotations

from typing import Any

from leadtui.desk.context import Context
from leadtui.desk.logins import os_login
from leadtui.desk.views import RepView
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.store import floor
from leadtui.store.tables import Rep
from leadtui.text import fold

__all__ = ["ROLES", "add_rep", "list_reps", "os_login", "rep_view", "require", "resolve"]

ROLES = ("rep", "supervisor", "marketer")


def rep_view(rep: Rep) -> RepView:
    """A person as a read model."""
    return RepView(
        id=int(rep.id or 0),
        name=rep.name,
        login=rep.login,
        role=rep.role,
        team=rep.team,
        email=rep.email,
        away_until=rep.away_until,
        active=rep.active,
    )


def resolve(session: Any, word: str, *, is_demo: bool) -> Rep:
    """The person who works: the login's own, or on a demo floor whoever is named.

    Raises ``LeadtuiError`` for a login that the floor does not know, an unknown name, or working as somebody else.
    """
    login = os_login()
    own = floor.rep_by_login(session, login)
    if not word:
        if own is None:
            raise LeadtuiError(
                f"your login {login!r} belongs to nobody on this floor; ask a supervisor for 'leadtui rep add'"
            )
        return own
    found = floor.find_rep(session, word)
    if not found:
        names = ", ".join(rep.name for rep in floor.reps(session))
        raise LeadtuiError(f"--rep {word!r}: nobody on this floor has that name; known are {names}")
    if len(found) > 1:
        raise WrongUse(f"--rep {word!r} fits {', '.join(rep.name for rep in found)}; name one by login")
    if not is_demo and (own is None or found[0].id != own.id):
        raise Refused("not_you", f"--rep {word!r}: you are logged in as {login!r}; working as somebody else is refused")
    return found[0]


def require(context: Context, what: str, *roles: str) -> None:
    """Refuse, and log the refusal, unless the one who acts has one of ``roles``."""
    if context.identity.role in roles:
        return
    with context.write() as unit:
        unit.log("refused", codes={"what": what, "rule": "role", "needs": list(roles)})
    raise Refused("role", f"{what} is for a {' or '.join(roles)}; you are a {context.identity.role}")


def add_rep(context: Context, name: str, login: str, *, role: str, email: str, phone: str, team: str) -> RepView:
    """Add a person; supervisors only."""
    require(context, "adding people", "supervisor")
    if role not in ROLES:
        raise WrongUse(f"--role {role!r} is unknown; choose one of {', '.join(ROLES)}")
    with context.write() as unit:
        if floor.rep_by_login(unit.session, login) is not None:
            raise LeadtuiError(f"login {login!r} is taken; each login belongs to one person")
        rep = Rep(
            name=name, name_key=fold(name), login=login, email=email, phone=phone, role=role, team=team,
            created_at=unit.now,
        )  # fmt: skip
        unit.session.add(rep)
        unit.session.flush()
        floor.admit_login(unit, login, role)
        unit.log("rep.added", subjects={"rep": rep.id}, after={"role": role, "login": login, "team": team})
    return rep_view(rep)


def list_reps(context: Context) -> tuple[RepView, ...]:
    """Everybody on the floor."""
    with context.store.read() as session:
        return tuple(rep_view(rep) for rep in floor.reps(session))
