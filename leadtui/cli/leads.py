"""One lead: find it, show it, add what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli import lead_care, lead_life
from leadtui.cli.common import (
    JSON,
    LEAD,
    command,
    emit,
    iso,
    open_desk,
    picked,
    said_phone,
    say,
    table,
)
from leadtui.opening import completing

if TYPE_CHECKING:
    from leadtui.desk.core.views import CameWith, LeadView
    from leadtui.desk.desk import Desk


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="One lead.", no_args_is_help=True)
    for name, function in (
        ("find", find),
        ("show", show),
        ("respond", respond),
        ("consent", consent),
        ("zone", zone),
    ):
        command(group, name, rep=True)(function)
    lead_care.add_to(group)
    lead_life.add_to(group)
    app.add_typer(group, name="lead")


def find(
    text: str = typer.Argument(..., help="A part of a name, company, e-mail or number."),
    json: bool = JSON,
) -> None:
    """Find leads."""
    with open_desk() as desk:
        found = desk.leads.find(text)
    if json:
        emit(
            [
                {
                    **picked(row, "id name title company owner status stage emails"),
                    "phones": [phone.number for phone in row.phones],
                }
                for row in found
            ]
        )
        return
    if not found:
        say(f"Nobody matches {text!r}.")
        return
    table(
        ("id", "name", "title", "company", "rep", "status"),
        ((str(row.id), row.name, row.title, row.company, row.owner, row.status) for row in found),
        right=(0,),
    )


def show(lead: int = LEAD, json: bool = JSON) -> None:
    """Everything about one lead."""
    with open_desk() as desk:
        found = desk.block.lead(lead)
        data = _lead(desk, found)
        lacks = data["lacks"]
        zone_ = desk.zone
        history = desk.block.history(lead, 20)
    if json:
        emit(data)
        return
    say(
        f"{found.name}{', ' + found.title if found.title else ''} · {found.company}",
        f"  {found.place}",
    )
    say(*(f"  {said_phone(phone)}" for phone in found.phones))
    flagged = dict(said.split(": ", 1) for said in found.flagged)
    say(
        *(
            f"  {address}" + (f" ({flagged[address]})" if address in flagged else "")
            for address in found.emails
        )
    )
    say(f"  rep {found.owner or 'nobody'} · {found.stage} · score {found.score} · {found.status}")
    if lacks:
        own = {"email": "an e-mail address of their own"} if flagged else {}
        say(f"  not known yet: {', '.join(own.get(name, name) for name in lacks)}")
    say(
        *(f"  in {words}" for words in found.enrolments),
        *(f"  answered {words}" for words in found.responses),
        *(line for response in found.came_with for line in _came(response)),
        *(f"  kit {kit.words}" for kit in found.kits),
    )
    following = data["next"]
    if following:
        say(f"  next: {following['action']}, {following['local']}")
    say(
        *(
            f"  {line.at.astimezone(zone_):%d %b %H:%M}  {line.kind}  {line.words}  {line.who}"
            for line in history
        )
    )


def _came(response: CameWith) -> list[str]:
    """What came with a response, a line each."""
    scanned = f"scanned by {response.scanned_by}" if response.scanned_by else ""
    head = ", ".join(filter(None, (response.rating, scanned)))
    return [
        *([f"  came with {head}"] if head else []),
        *(f"  note: {line}" for line in response.notes.splitlines()),
        *(f"  {name}: {said}" for name, said in (*response.qualifiers, *response.other)),
    ]


def _lead(desk: Desk, found: LeadView) -> dict[str, Any]:

    following = desk.leads.next_of(found.id)
    return {
        **picked(found, "id name title company company_facts place zones"),
        "phones": [
            {
                "number": p.number,
                "extension": p.extension,
                "kind": p.kind,
                "status": p.status,
                "verdict": p.gate.verdict,
                "rule": p.gate.rule,
                "law": p.gate.law,
                "next_allowed": iso(p.gate.next_allowed),
            }
            for p in found.phones
        ],
        **picked(found, "emails owner status stage"),
        "flagged": dict(said.split(": ", 1) for said in found.flagged),
        "lacks": list(desk.leads.lacking(found.id)),
        "scores": {"score": found.score, "fit": found.fit_score, "engagement": found.engagement},
        "responses": list(found.responses),
        "came_with": [
            {
                **picked(response, "response offer source event at rating scanned_by notes"),
                "qualifiers": dict(response.qualifiers),
                "other": dict(response.other),
            }
            for response in found.came_with
        ],
        "kits": [
            {**picked(kit, "kit label version way state why"), "at": iso(kit.at)}
            for kit in found.kits
        ],
        "enrolments": list(found.enrolments),
        "qualification": {fit.key: picked(fit, "answer said source by") for fit in found.fit},
        "next": {
            "touch": following[0],
            "action": following[1].action,
            "due": iso(following[1].due),
            "local": following[1].local,
        }
        if following
        else None,
        "history": [
            {"at": iso(line.at), "kind": line.kind, "who": line.who, "words": line.words}
            for line in desk.block.history(found.id, 200)
        ],
    }


def respond(
    lead: int = LEAD,
    offer: str = typer.Option(
        ..., "--offer", metavar="O", help="What they accepted.", autocompletion=completing.OFFERS
    ),
    source: str = typer.Option("", "--source", metavar="S", help="Where it came from."),
    json: bool = JSON,
) -> None:
    """Add another response of a lead; a stronger one takes the place of what runs."""
    with open_desk() as desk:
        found = desk.intake.respond(lead, offer, source=source)
        data = _lead(desk, desk.block.lead(lead))
    if json:
        emit(
            {
                "response": found,
                "lead": lead,
                "next": data["next"],
                "enrolments": data["enrolments"],
            }
        )
        return
    say(f"Response {found} was added; in {', '.join(data['enrolments'])}.")


def consent(
    lead: int = LEAD,
    note: str = typer.Option(..., "--note", help="When and how they agreed to be called."),
) -> None:
    """Record that a lead agreed to be called."""
    with open_desk() as desk:
        desk.leads.consent(lead, note)
    say(f"Lead {lead} may be called; the note is kept.")


def zone(
    lead: int = LEAD,
    name: str = typer.Argument(..., help="The time zone they are in, like America/Denver."),
    note: str = typer.Option(..., "--note", help="How you know."),
) -> None:
    """Record the time zone that a lead confirmed."""
    with open_desk() as desk:
        desk.block.confirm_zone(lead, name, note)
    say(f"Lead {lead} is called by the clock of {name}.")
