"""Who works on what: the hopper, giving a lead to somebody else, segments, letters and kits for the
post."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, LEAD, command, emit, iso, open_desk, picked, placed, say, table
from leadtui.opening import completing

if TYPE_CHECKING:
    from leadtui.desk.messages.kits import KitLine

_WHEN = typer.Option(
    "", "--when", metavar="TOML", help='A condition: offer = "trial", country = "US".'
)


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    segments = typer.Typer(help="Everybody who matches a condition.", no_args_is_help=True)
    command(segments, "count")(count)
    command(segments, "list")(list_)
    app.add_typer(segments, name="segment")
    letters = typer.Typer(help="Letters by post.", no_args_is_help=True)
    command(letters, "print", rep=True)(print_)
    app.add_typer(letters, name="letter")
    kits = typer.Typer(help="What people asked for and are sent.", no_args_is_help=True)
    for name, function in (
        ("list", kit_list),
        ("done", kit_done),
        ("send", kit_send),
        ("drop", kit_drop),
    ):
        command(kits, name, rep=True)(function)
    app.add_typer(kits, name="kit")
    command(app, "assign", rep=True)(assign)
    group = typer.Typer(help="The leads that are nobody's, each with its deadline.")
    group.callback(invoke_without_command=True)(placed(hopper))
    command(group, "pull", rep=True)(pull)
    app.add_typer(group, name="hopper")


def count(when: str = _WHEN, json: bool = JSON) -> None:
    """How many leads match."""
    with open_desk() as desk:
        found = desk.leads.count(desk.leads.read_when(when))
    if json:
        emit({"when": when, "leads": found})
        return
    say(f"{found} leads match.")


def list_(
    when: str = _WHEN,
    limit: int = typer.Option(200, "--limit", metavar="N", min=1, help="At most so many."),
    after: int = typer.Option(0, "--after", metavar="ID", help="Go on after this lead."),
    json: bool = JSON,
) -> None:
    """The leads that match, by id."""
    with open_desk() as desk:
        ids = desk.leads.matching(desk.leads.read_when(when), after=after, limit=limit)
        found = [desk.block.lead(lead_id) for lead_id in ids]
    if json:
        emit([picked(row, "id name company owner stage status score") for row in found])
        return
    table(
        ("id", "name", "company", "rep", "stage", "points"),
        (
            (str(row.id), row.name, row.company, row.owner, row.stage, str(row.score))
            for row in found
        ),
        right=(0, 5),
    )


def print_(
    due: bool = typer.Option(
        False, "--due", help="Only what is due now; otherwise what is due within two weeks."
    ),
    out: str = typer.Option(
        "", "--out", metavar="DIR", help="The folder (default: a new one in the floor's folder)."
    ),
    format_: str = typer.Option(
        "pdf", "--format", metavar="pdf|text", help="Print-ready PDF, or plain text."
    ),
    font: str = typer.Option(
        "", "--font", metavar="FILE", help="A TrueType font for letters beyond Western European."
    ),
    json: bool = JSON,
) -> None:
    """Write the letters that are due and the slips of the kits to be packed, with a list for the
    mailing house; steps stay open until they are confirmed, kits until 'kit done'."""
    from leadtui.errors import WrongUse

    if format_ not in {"pdf", "text"}:
        raise WrongUse(f"--format {format_!r} is unknown; write pdf or text")
    with open_desk() as desk:
        found = desk.mail.print_letters(
            due_only=due,
            out=Path(out) if out else None,
            pdf=format_ == "pdf",
            font=Path(font) if font else None,
        )
    if json:
        emit(
            {
                "folder": str(found.folder) if found.folder else None,
                "letters": [
                    {
                        "touch": one.touch_id,
                        "lead": one.lead_id,
                        "kit": one.kit_id,
                        **picked(one, "name file due as_text"),
                    }
                    for one in found.letters
                ],
                "refused": [
                    {"lead": lead, "name": name, "reason": why} for lead, name, why in found.refused
                ],
            }
        )
        return
    slips = sum(one.kit_id is not None for one in found.letters)
    said = f"{len(found.letters) - slips} letters"
    said += f" and the slips of {slips} kits" if slips else ""
    say(f"{said} are in {found.folder}." if found.folder else "No letter is due.")
    if slips:
        say("What is packed and in the post: leadtui kit done KIT …")
    say(
        *(
            f"  {one.name}: as text, since no font has its characters; name one with --font"
            for one in found.letters
            if one.as_text
        )
    )
    say(*(f"  {name} (lead {lead}) {why}" for lead, name, why in found.refused))


KIT: int = typer.Argument(..., help="The kit's number, from 'kit list'.")


def kit_list(
    all_: bool = typer.Option(False, "--all", help="Those that were sent or dropped, too."),
    json: bool = JSON,
) -> None:
    """What waits to be packed or e-mailed, how late it is, and why; a rep's own leads'."""
    from leadtui.desk.core.words import said_span

    with open_desk() as desk:
        found, zone = desk.mail.kits(everything=all_), desk.zone
    if json:
        emit([_kit_data(one) for one in found])
        return
    if not found:
        say("No kit waits." if not all_ else "No kit was sent yet.")
        return
    table(
        ("kit", "lead", "name", "company", "what", "version", "way", "state", "until", "late"),
        (
            (
                str(one.id),
                str(one.lead_id),
                one.name,
                one.company,
                one.kit,
                one.version,
                {"email": "e-mail", "post": "post"}[one.way],
                one.message_state if one.state == "waiting" and one.message_state else one.state,
                f"{(one.closed_at or one.due).astimezone(zone):%d %b %H:%M}",
                said_span(one.late) if one.late else "",
            )
            for one in found
        ),
        right=(0, 1),
    )
    say(*(f"  kit {one.id}: {one.why}" for one in found if one.why))
    mail = [one for one in found if one.state == "waiting" and one.way == "email"]
    if any(one.message is None for one in mail):
        say(
            "E-mail leaves with the next round ('leadtui mail send'); where leadtui makes drafts, "
            "'leadtui kit send KIT' makes one."
        )
    post = [one for one in found if one.state == "waiting" and one.way == "post"]
    if post:
        say(
            f"{len(post)} to be packed: 'leadtui letter print' writes slips and the list, "
            "'leadtui kit done KIT …' says that they are in the post."
        )


def kit_done(
    kits: list[int] = typer.Argument(..., metavar="KIT…", help="Numbers, from 'kit list'."),
    json: bool = JSON,
) -> None:
    """These kits are packed and in the post; all of them, or none."""
    with open_desk() as desk:
        found = desk.mail.kit_done(kits)
    if json:
        emit([_kit_data(one) for one in found])
        return
    say(*(f"{one.label} ({one.version}) for {one.name} is in the post." for one in found))


def kit_send(kit: int = KIT, json: bool = JSON) -> None:
    """Hand an e-mailed kit over now; with a transport that does not send it becomes your draft."""
    with open_desk() as desk:
        found = desk.mail.send_kit(kit)
    if json:
        emit({"kit": kit, "message": found.email, **picked(found, "state path")})
        return
    say(
        f"kit {kit}, message {found.email}: {found.state}" + (f" ({found.path})" * bool(found.path))
    )
    if found.state == "drafted":
        say(f"Send it from there, then say so: leadtui mail resolve {found.email} --sent")


def kit_drop(
    kit: int = KIT,
    reason: str = typer.Option(..., "--reason", metavar="T", help="Why it is not sent."),
    json: bool = JSON,
) -> None:
    """A kit is not sent, for a reason that stands in the lead's history."""
    with open_desk() as desk:
        found = desk.mail.kit_dropped(kit, reason)
    if json:
        emit(_kit_data(found))
        return
    say(f"{found.label} for {found.name} is not sent.")


def _kit_data(one: KitLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "lead": one.lead_id,
        **picked(one, "name company rep kit label version way state"),
        "due": iso(one.due),
        "late_min": int(one.late.total_seconds() // 60) if one.late else None,
        "pieces": list(one.pieces),
        **picked(one, "address why"),
        "closed_at": iso(one.closed_at),
        **picked(one, "message message_state"),
    }


def assign(
    lead: int = LEAD,
    to: str = typer.Option(
        ...,
        "--to",
        metavar="REP",
        help="Who gets it, by name or login.",
        autocompletion=completing.REP,
    ),
    json: bool = JSON,
) -> None:
    """Give a lead to another rep, with all that is planned; supervisors only."""
    with open_desk() as desk:
        found = desk.distribution.assign(lead, to)
    if json:
        emit({"lead": lead, **picked(found, "owner before touches")})
        return
    if not found.changed:
        say(f"Lead {lead} is {found.owner}'s already; nothing was changed.")
        return
    say(f"Lead {lead} belongs to {found.owner} now; {found.touches} planned touches went along.")


def hopper(context: typer.Context, json: bool = JSON) -> None:
    """The leads that are nobody's, the hottest first; 'pull' takes one."""
    if context.invoked_subcommand is not None:
        return
    from leadtui.desk.core.words import said_moment

    with open_desk() as desk:
        found, zone, now = desk.hopper.places(), desk.zone, desk.now()
    if json:
        emit(
            [
                {"lead": one.lead_id, **picked(one, "name company since deadline why")}
                for one in found
            ]
        )
        return
    if not found:
        say("Nobody waits in the hopper: every open lead has an owner.")
        return
    lines = (
        (
            str(one.lead_id),
            one.name,
            one.company,
            said_moment(one.since, zone, now),
            said_moment(one.deadline, zone, now) + (" (past)" if one.deadline < now else ""),
            one.why,
        )
        for one in found
    )
    table(("lead", "name", "company", "since", "deadline", "why"), lines, right=(0,))


def pull(
    lead: int | None = typer.Argument(
        None, help="The lead, by id (default: the first).", autocompletion=completing.LEADS
    ),
    json: bool = JSON,
) -> None:
    """Take a lead of the hopper: it is yours, with all that is planned."""
    with open_desk() as desk:
        found = desk.hopper.pull(lead)
    if json:
        emit({"lead": found.lead_id, "owner": found.owner, "touches": found.touches})
        return
    say(
        f"{found.name} (lead {found.lead_id}) belongs to {found.owner} now; "
        f"{found.touches} planned touches went along."
    )
