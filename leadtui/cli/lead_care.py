"""What is done with leads as such: see what is not known of them, make two one, erase a person,
see what is kept how long."""

from __future__ import annotations

import re
from datetime import timedelta

import typer

from leadtui.cli.common import JSON, LEAD, command, emit, iso, open_desk, picked, say
from leadtui.errors import WrongUse
from leadtui.opening import completing

DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def add_to(group: typer.Typer) -> None:
    """Add the commands to ``leadtui lead``."""
    command(group, "merge", rep=True)(merge)
    command(group, "erase", rep=True)(erase)
    command(group, "incomplete", rep=True)(incomplete)
    command(group, "enrich", rep=True)(enrich)


def incomplete(
    of: str = typer.Option(
        "", "--of", metavar="REP", help="Of one rep's.", autocompletion=completing.REP
    ),
    limit: int = typer.Option(20, "--limit", min=1, max=10_000, help="How many to list."),
    json: bool = JSON,
) -> None:
    """What the playbook wants to know of every lead and nobody does, the leads first that somebody
    works on today."""
    with open_desk() as desk:
        found, zone = desk.leads.incomplete(of, limit), desk.zone
    if json:
        gaps = "lead name company rep fit lacks share"
        emit(
            {
                "wanted": list(found.wanted),
                "reps": [picked(one, "rep leads share") for one in found.reps],
                "leads": [picked(one, gaps) | {"due": iso(one.due)} for one in found.first],
            }
        )
        return
    if not found.wanted:
        say("The playbook wants nothing of every lead: write must_have in [data] of playbook.toml.")
        return
    say(
        *(
            f"{one.rep or 'nobody'}: {one.share:.0%} of {', '.join(found.wanted)} is known of "
            f"{one.leads:,} leads"
            for one in found.reps
        )
    )
    for one in found.first:
        due = f"{one.due.astimezone(zone):%a %d %b}" if one.due else "nothing due"
        who = " · ".join(filter(None, (one.name, one.company, one.rep)))
        say(f"{one.lead:>6}  {due:<11}  fit {one.fit:>3}  {who}: {', '.join(one.lacks)}")
    if found.first:
        say("Fill in with: leadtui lead edit ID --title …")


def enrich(
    lead: list[int] = typer.Argument(
        None, help="Leads to ask about.", autocompletion=completing.LEADS
    ),
    first: int = typer.Option(
        0, "--first", metavar="N", min=0, help="The first N of 'leadtui lead incomplete'."
    ),
    json: bool = JSON,
) -> None:
    """Fill in what is not known of leads with the program that [data] enrich names; what is known
    is never replaced."""
    if bool(lead) == bool(first):
        raise WrongUse("name the leads to ask about, or say --first N")
    done = []
    with open_desk() as desk:
        asked = lead or [gap.lead for gap in desk.leads.incomplete("", first).first]
        for one in desk.leads.enrich(tuple(asked)):
            done.append({"lead": one.lead, "filled": list(one.filled), "left": dict(one.left)})
            if not json:
                left = "; ".join(f"{name}: {why}" for name, why in one.left.items())
                say(
                    f"Lead {one.lead}: {', '.join(one.filled) or 'nothing new'}"
                    f"{f'; left out: {left}' if left else ''}"
                )
    if json:
        emit(done)


def merge(
    lead: int = typer.Argument(..., help="The lead that stays.", autocompletion=completing.LEADS),
    other: int = typer.Argument(
        ..., help="The lead that becomes part of it.", autocompletion=completing.LEADS
    ),
    json: bool = JSON,
) -> None:
    """Make two leads one: everything of the second goes to the first. Supervisors only."""
    with open_desk() as desk:
        done = desk.leads.merge(lead, other)
    if json:
        emit({"lead": done.lead, "merged": done.other, "moved": done.moved})
        return
    moved = (
        ", ".join(f"{count} {kind}" for kind, count in done.moved.items() if count) or "nothing new"
    )
    say(f"Lead {other} is part of lead {lead} now: {moved}.")


def erase(
    lead: int = LEAD,
    reason: str = typer.Option(..., "--reason", metavar="T", help="Why, and who asked for it."),
    json: bool = JSON,
) -> None:
    """Erase a person; there is no way back. Supervisors only."""
    with open_desk() as desk:
        done = desk.leads.erase(lead, reason)
    if json:
        emit(
            {
                **picked(done, "leads texts images files kept_files"),
                "kept_on_do_not_call": list(done.blocked),
                "rejected_rows": done.rejected,
                "entry": done.entry,
            }
        )
        return
    say(f"Lead {lead} is erased; entry {done.entry} says so, and the log still holds.")
    if done.blocked:
        say(f"Kept on do-not-call, so that nobody calls again: {', '.join(done.blocked)}.")
    say(
        "Numbers and addresses are kept as keyed hashes alone: a later file brings them in blocked."
    )
    say(
        *(
            f"Not deleted, since it is outside the floor's folder: {path}"
            for path in done.kept_files
        )
    )
    say("Backups, and files that were imported, still hold the person: erase them there too.")


def retention(
    older_than: str = typer.Option("1y", "--older-than", metavar="SPAN", help="90d, 6m, 1y …"),
    json: bool = JSON,
) -> None:
    """What is kept of people that is older than a span: to decide whom to erase."""
    with open_desk() as desk:
        found = desk.leads.retention(span(older_than))
        zone = desk.zone
    if json:
        emit(picked(found, "before log_texts oldest messages leads"))
        return
    since = f", the oldest of {found.oldest.astimezone(zone):%d %b %Y}" if found.oldest else ""
    say(f"From before {found.before.astimezone(zone):%d %b %Y}:")
    say(
        f"  {found.log_texts:,} personal texts in the log{since}",
        f"  {found.messages:,} e-mails with their addresses",
    )
    say(f"  {len(found.leads):,} closed leads that nothing was heard of since")
    if found.leads:
        shown = ", ".join(map(str, found.leads[:20])) + (" …" if len(found.leads) > 20 else "")
        say(f"Erase with: leadtui lead erase ID --reason T   ({shown})")


def span(text: str) -> timedelta:
    """``90d``, ``6m``, ``1y``."""
    found = re.fullmatch(r"\s*(\d{1,4})\s*([dwmy])\w*\s*", text.lower())
    if not found:
        raise WrongUse(f"--older-than {text!r} is no span; write 90d, 6m or 1y")
    return timedelta(days=int(found[1]) * DAYS[found[2]])
