"""Who is who: the operating system's login, the person it belongs to, and what each role may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.desk.core.logins import os_login
from leadtui.desk.core.views import RepView
from leadtui.errors import LeadtuiError, Nobody, Refused, WrongUse
from leadtui.mail.addresses import checked
from leadtui.settings import COPIES
from leadtui.store import floor
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import clean, fold

__all__ = [
    "ROLES",
    "Changes",
    "add_rep",
    "list_reps",
    "named",
    "os_login",
    "rep_view",
    "require",
    "resolve",
    "set_rep",
]

LONGEST_NAME = 200
ROLES = ("rep", "supervisor", "marketer")
_EXTENSION = re.compile(r"\d{1,8}")
_LOGIN = re.compile(r"\w[\w.@\\+$-]{0,62}")
"""A login of an operating system or of PostgreSQL, with or without its domain."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is set about a person; ``None`` leaves it as it is, and an empty text takes it away."""

    email: str | None = None
    phone: str | None = None
    team: str | None = None
    extension: str | None = None
    copies: str | None = None
    capacity: int | None = None


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
        extension=str(rep.settings.get("extension", "")),
        copies=str(rep.settings.get("copies", "")),
        capacity=rep.capacity,
    )


def resolve(session: Any, word: str, *, is_demo: bool) -> Rep:
    """The person who works: the login's own, or on a demo floor whoever is named. On PostgreSQL the
    login is the server's, and the operating system's counts on a demo floor alone.

    Raises ``LeadtuiError`` for a login that the floor does not know, or working as somebody else,
    and ``WrongUse`` for an unknown name."""
    served = floor.server_login(session)
    login = served or os_login()
    own = floor.rep_by_login(session, login)
    if own is None and served and is_demo:
        own = floor.rep_by_login(session, os_login())
    if not word:
        if own is None:
            raise LeadtuiError(
                f"your login {login!r} belongs to nobody on this floor; ask a supervisor for "
                "'leadtui rep "
                "add'"
            )
        return own
    found = named(session, word, "--rep")
    if not is_demo and (own is None or found.id != own.id):
        raise Refused(
            "not_you",
            f"--rep {word!r}: you are logged in as {login!r}; working as somebody else is refused",
        )
    return found


def require(context: Context, what: str, *roles: str) -> None:
    """Refuse, and log the refusal, unless the one who acts has one of ``roles``."""
    if context.identity.role in roles:
        return
    with context.write() as unit:
        unit.log(Event.REFUSED, codes={Code.WHAT: what, Code.RULE: "role", Code.NEEDS: list(roles)})
    raise Refused(
        "role", f"{what} is for a {' or '.join(roles)}; you are a {context.identity.role}"
    )


def named(session: Any, word: str, option: str = "") -> Rep:
    """The one person of that login, name or first name, given with ``option`` of a command.

    Raises ``Nobody`` where there is none and ``WrongUse`` for more than one.
    """
    found, said = floor.find_rep(session, word), f"{option} {word!r}".strip()
    if not found:
        names = ", ".join(rep.name for rep in floor.reps(session))
        raise Nobody(f"{said}: nobody on this floor has that name; known are {names}")
    if len(found) > 1:
        raise WrongUse(f"{said} fits {', '.join(rep.name for rep in found)}; name one by login")
    return found[0]


def checked_name(said: str, where: str) -> str:
    """A person's name as it is kept. Raises ``WrongUse`` for an empty one and what cannot be
    shown."""
    name = " ".join(said.split())
    if not name or len(name) > LONGEST_NAME or clean(name, LONGEST_NAME) != name:
        raise WrongUse(
            f"{where} {said[:40]!r} is no name; write one of 1 to {LONGEST_NAME} characters "
            "that can be read, like 'Dana "
            "Reyes'"
        )
    return name


def checked_login(said: str, where: str = "--login") -> str:
    """A login as it is kept. Raises ``WrongUse`` for what can be none."""
    if not _LOGIN.fullmatch(said):
        raise WrongUse(
            f"{where} {said[:40]!r} is no login; write what 'whoami' says in their account, "
            "like dana"
        )
    return said


def add_rep(
    context: Context,
    name: str,
    login: str,
    *,
    role: str,
    email: str,
    phone: str,
    team: str,
    extension: str = "",
) -> RepView:
    """Add a person; supervisors only."""
    require(context, "adding people", "supervisor")
    name, login = checked_name(name, "the name"), checked_login(login.strip())
    if role not in ROLES:
        raise WrongUse(f"--role {role!r} is unknown; choose one of {', '.join(ROLES)}")
    with context.write() as unit:
        if floor.rep_by_login(unit.session, login) is not None:
            raise LeadtuiError(f"login {login!r} is taken; each login belongs to one person")
        settings = {"extension": _extension(unit.session, extension, None)} if extension else {}
        rep = Rep(
            name=name,
            name_key=fold(name),
            login=login,
            email=email,
            phone=phone,
            role=role,
            team=team,
            settings=settings,
            created_at=unit.now,
        )
        unit.session.add(rep)
        unit.session.flush()
        floor.admit_login(unit, login, role)
        unit.log(
            Event.REP_ADDED,
            subjects={"rep": rep.id},
            after={"role": role, "login": login, "team": team},
        )
    return rep_view(rep)


def set_rep(context: Context, word: str, changes: Changes) -> RepView:
    """Change what is known of a person; supervisors only. The log says what was set, and from what
    to what."""
    require(context, "changing people", "supervisor")
    with context.write() as unit:
        rep = named(unit.session, word)
        before = rep_view(rep)
        phone = rep.phone
        if changes.email is not None:
            rep.email = checked(changes.email) if changes.email else ""
        if changes.phone is not None:
            rep.phone = changes.phone.strip()
        if changes.team is not None:
            rep.team = changes.team.strip() or rep.team
        if changes.capacity is not None:
            rep.capacity = changes.capacity
        said = {"copies": _copies(rep, changes.copies), "extension": changes.extension}
        if changes.extension:
            said["extension"] = _extension(unit.session, changes.extension, rep.id)
        kept = {
            **rep.settings,
            **{name: value for name, value in said.items() if value is not None},
        }
        rep.settings = {name: value for name, value in kept.items() if value != ""}
        after = rep_view(rep)
        pairs = [
            (name, str(getattr(before, name)), str(getattr(after, name)))
            for name in ("email", "team", "extension", "copies", "capacity")
        ]
        differing = [
            (name, old, new)
            for name, old, new in [*pairs, ("phone", phone, rep.phone)]
            if old != new
        ]
        if differing:
            words = "; ".join(
                f"{name}: {old or 'none'} -> {new or 'none'}" for name, old, new in differing
            )
            unit.log(
                Event.REP_SET,
                subjects={"rep": rep.id},
                codes={Code.SET: [one[0] for one in differing]},
                private=words,
            )
    return after


def _copies(rep: Rep, said: str | None) -> str | None:
    if said is None:
        return None
    if rep.role != "supervisor":
        raise WrongUse(
            f"--copies: {rep.name} is a {rep.role}; copies of confirmations go to supervisors"
        )
    if said not in {*COPIES, "floor"}:
        raise WrongUse(
            f"--copies {said!r} is unknown; choose one of {', '.join(COPIES)}, or floor for "
            "the floor's own"
        )
    return "" if said == "floor" else said


def _extension(session: Any, said: str, rep_id: int | None) -> str:
    """An extension as it is kept: digits, and nobody else's."""
    if not _EXTENSION.fullmatch(said.strip()):
        raise WrongUse(f"--extension {said!r} is no extension; write its digits, like 104")
    for rep in floor.reps(session):
        if rep.id != rep_id and rep.settings.get("extension") == said.strip():
            raise WrongUse(
                f"--extension {said} is {rep.name}'s already; each belongs to one person"
            )
    return said.strip()


def list_reps(context: Context) -> tuple[RepView, ...]:
    """Everybody on the floor."""
    with context.store.read() as session:
        return tuple(rep_view(rep) for rep in floor.reps(session))
