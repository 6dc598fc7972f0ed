"""The life of a lead: added, changed, what it does by itself, its dates, accepted or sent back, its
points."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, LEAD, command, emit, iso, open_desk, picked, say, table
from leadtui.errors import WrongUse
from leadtui.opening import completing
from leadtui.text import clean

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group of a single lead."""
    for name, function in (
        ("add", add),
        ("edit", edit),
        ("export", export),
        ("sign", sign),
        ("date", date_),
        ("accept", accept),
        ("reject", reject),
        ("score", score),
        ("take", take),
    ):
        command(group, name, rep=True)(function)


def following(desk: Desk, lead_id: int) -> dict[str, Any] | None:
    """What comes next with a lead, for programs."""
    if (found := desk.leads.following(lead_id)) is None:
        return None
    touch, thing = found
    return {"touch": touch, **picked(thing, "action due local")}


def _next_words(data: dict[str, Any] | None) -> str:
    return (
        f"next: {data['action']}, {data['local']}"
        if data
        else "a supervisor is asked what comes next"
    )


def add(
    name: str = typer.Argument(..., help="The full name."),
    offer: str = typer.Option(
        ..., "--offer", metavar="O", help="What they answered.", autocompletion=completing.OFFERS
    ),
    email: str = typer.Option("", "--email", help="E-mail address."),
    phone: str = typer.Option("", "--phone", help="Telephone number."),
    mobile: str = typer.Option("", "--mobile", help="Mobile number."),
    company: str = typer.Option("", "--company", help="Company."),
    title: str = typer.Option("", "--title", help="Job title."),
    street: str = typer.Option("", "--street", help="Street and number."),
    city: str = typer.Option("", "--city", help="City."),
    region: str = typer.Option("", "--region", help="State or province."),
    postal_code: str = typer.Option("", "--postal-code", help="ZIP or postal code."),
    country: str = typer.Option("", "--country", help="Country, by name or two letters."),
    industry: str = typer.Option("", "--industry", help="The company's industry."),
    employees: str = typer.Option("", "--employees", help="How many work there."),
    rating: str = typer.Option("", "--rating", help="hot, warm or cold."),
    notes: str = typer.Option("", "--notes", help="What they said."),
    source: str = typer.Option("", "--source", help="Where it came from."),
    event: str = typer.Option("", "--event", help="The event, if any."),
    join: int = typer.Option(
        0, "--join", metavar="LEAD", help="It is this lead, who is there: add it to them."
    ),
    json: bool = JSON,
) -> None:
    """Add a lead with what it asked for; somebody who is there is named, and joined by --join."""
    said = {
        "name": name,
        "email": email,
        "phone": phone,
        "mobile": mobile,
        "company": company,
        "title": title,
        "street": street,
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": country,
        "industry": industry,
        "employees": employees,
        "rating": rating,
        "notes": notes,
    }
    with open_desk() as desk:
        found = desk.intake.add(offer, said, source=source, event=event, join=join)
        data = following(desk, found.lead_id) if found.lead_id else None
    if json:
        emit({"lead": found.lead_id or None, **picked(found, "kind batch warnings"), "next": data})
        return
    if found.kind == "unchanged":
        say("All of this is known already; nothing was changed.")
        return
    say(
        f"Lead {found.lead_id} was {'added' if found.kind == 'new' else 'there already, and has'} "
        f"{'; ' if found.kind == 'new' else 'another response; '}{_next_words(data)}",
        *found.warnings,
    )


def edit(
    lead: int = LEAD,
    name: str | None = typer.Option(None, "--name", help="The full name."),
    title: str | None = typer.Option(None, "--title", help="Job title."),
    company: str | None = typer.Option(None, "--company", help="Company."),
    email: str | None = typer.Option(None, "--email", help="Another e-mail address."),
    phone: str | None = typer.Option(None, "--phone", help="Another telephone number."),
    mobile: str | None = typer.Option(None, "--mobile", help="Another mobile number."),
    street: str | None = typer.Option(None, "--street", help="Street and number."),
    city: str | None = typer.Option(None, "--city", help="City."),
    region: str | None = typer.Option(None, "--region", help="State or province."),
    postal_code: str | None = typer.Option(None, "--postal-code", help="ZIP or postal code."),
    country: str | None = typer.Option(None, "--country", help="Country, by name or two letters."),
    language: str | None = typer.Option(None, "--language", help="Language code: en, de …"),
    industry: str | None = typer.Option(None, "--industry", help="The company's industry."),
    employees: str | None = typer.Option(None, "--employees", help="How many work there."),
    revenue: str | None = typer.Option(
        None, "--revenue", help="The company's revenue a year: 12M."
    ),
    website: str | None = typer.Option(None, "--website", help="The company's website."),
    json: bool = JSON,
) -> None:
    """Correct what is known of a lead; an empty text takes a field back."""
    said = {
        "name": name,
        "title": title,
        "company": company,
        "email": email,
        "phone": phone,
        "mobile": mobile,
        "street": street,
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": country,
        "language": language,
        "industry": industry,
        "employees": employees,
        "revenue": revenue,
        "website": website,
    }
    with open_desk() as desk:
        found = desk.leads.edit(
            lead, {key: value for key, value in said.items() if value is not None}
        )
        data = following(desk, lead)
    if json:
        notes = list(found.notes)
        emit({"lead": lead, "changed": list(found.changed), "notes": notes, "next": data})
        return
    say(
        f"Changed: {', '.join(found.changed)}; {_next_words(data)}."
        if found.changed
        else "All of this is known already."
    )
    say(*found.notes)
    if found.owner:
        say(f"It is {found.owner}'s lead: the change stands among the supervisor's exceptions.")


def export(
    when: str = typer.Option(
        "", "--when", metavar="TOML", help='Only who matches: offer = "trial", country = "US".'
    ),
    out: str = typer.Option(
        "", "--out", metavar="FILE", help="Write to a new file instead of standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Say as JSON what was written (with --out)."),
) -> None:
    """Leads as CSV, safe for spreadsheets; a rep exports his own."""
    with open_desk() as desk:
        text, count = desk.leads.export(desk.leads.read_when(when), Path(out) if out else None)
    if not out:
        # A terminal obeys what a file only keeps.
        print(clean(text, len(text) + 1, newlines=True) if sys.stdout.isatty() else text, end="")
    elif json:
        emit({"leads": count, "file": out})
    else:
        say(f"{count} leads are in {out}.")


def sign(
    lead: int = LEAD,
    kind: str = typer.Option(
        ...,
        "--kind",
        metavar="K",
        help=(
            "reply, out-of-office, bounce, opt-out, opt-in, click, open, visit, yes-call-me "
            "or meeting."
        ),
    ),
    until: str = typer.Option(
        "", "--until", metavar="DATE", help="The last day of an absence; the time of a meeting."
    ),
    address: str = typer.Option("", "--address", metavar="A", help="The address that bounced."),
    json: bool = JSON,
) -> None:
    """Take note of what a lead did by itself."""
    with open_desk() as desk:
        found = desk.leads.sign(lead, kind, until=_until(until) if until else None, address=address)
        data = following(desk, lead)
    if json:
        emit(
            {
                "lead": lead,
                "kind": kind,
                **picked(found, "score engagement paused entered asked"),
                "next": data,
            }
        )
        return
    say(f"{found.words}; {_next_words(data)}")


def _until(text: str, where: str = "--until") -> date | datetime:
    from leadtui.clock import parse_instant

    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parse_instant(text, where=where)
    except OverflowError:
        raise WrongUse(f"{where}: {text!r} is too far from now; name a nearer time") from None


def date_(
    lead: int = LEAD,
    name: str = typer.Argument(
        ..., help="The date: event_starts, event_ends, budget_month, contract_ends, trial_ends …"
    ),
    day: str = typer.Argument(
        ..., metavar="DATE", help="2027-03-01, an instant, or 'none' to take it back."
    ),
    json: bool = JSON,
) -> None:
    """Set a date that steps and rules are counted from."""
    from leadtui.cadence.calendar import local_to_utc

    with open_desk() as desk:
        said = None if day == "none" else _until(day, "DATE")
        if said is not None and not isinstance(said, datetime):
            zones = desk.block.lead(lead).zones
            said = local_to_utc(
                datetime.combine(said, time(9)), zones[0] if zones else desk.settings.zone
            )
        moved = desk.leads.set_date(lead, name, said)
        data = following(desk, lead)
    if json:
        emit(
            {
                "lead": lead,
                "name": name,
                "date": iso(said),
                "planned_anew": list(moved),
                "next": data,
            }
        )
        return
    say(
        "; ".join(
            filter(
                None,
                [
                    f"{name} is {day}",
                    f"planned anew: {', '.join(moved)}" if moved else "",
                    _next_words(data),
                ],
            )
        )
    )


def accept(lead: int = LEAD, json: bool = JSON) -> None:
    """Accept a qualified lead: from now on it is a prospect of sales."""
    with open_desk() as desk:
        found = desk.leads.accept(lead)
        data = following(desk, lead)
    if json:
        emit({"lead": lead, "stage": found.stage, "pipeline": found.pipeline, "next": data})
        return
    say(f"Lead {lead} is accepted, as {found.stage}; {_next_words(data)}")


def reject(
    lead: int = LEAD,
    reason: str = typer.Option(
        ...,
        "--reason",
        metavar="R",
        help="A reason code of the playbook.",
        autocompletion=completing.REASON,
    ),
    json: bool = JSON,
) -> None:
    """Send a lead back to marketing, with a reason."""
    with open_desk() as desk:
        found = desk.leads.reject(lead, reason)
        data = following(desk, lead)
    if json:
        emit({"lead": lead, **picked(found, "stage pipeline entered"), "next": data})
        return
    say(f"Lead {lead} is back with marketing, in {found.entered}; {_next_words(data)}")


def score(lead: int = LEAD, json: bool = JSON) -> None:
    """A lead's points now, cause by cause."""
    with open_desk() as desk:
        found = desk.leads.score(lead)
    if json:
        causes = [picked(cause, "rule part points now at") for cause in found.causes]
        emit({"lead": lead, **picked(found, "score fit engagement"), "causes": causes})
        return
    say(f"{found.score} points: fit {found.fit}, engagement {found.engagement}")
    table(
        ("rule", "part", "points", "now", "since"),
        (
            (c.rule, c.part, str(c.points), f"{c.now:g}", f"{c.at:%d %b %Y}" if c.at else "")
            for c in found.causes
        ),
        right=(2, 3),
    )


def take(
    lead: int = LEAD,
    reason: str = typer.Option(..., "--reason", metavar="T", help="Why the lead cannot wait."),
    to: str = typer.Option(
        "", "--to", metavar="REP", help="Who gets it, by name or login; left out: you."
    ),
    json: bool = JSON,
) -> None:
    """Take a lead over whose rep left an action unanswered; when and by whom is in the playbook."""
    with open_desk() as desk:
        found = desk.distribution.take_over(lead, reason, to)
        data = following(desk, lead)
    if json:
        emit({"lead": lead, "owner": found.owner, "before": found.before, "next": data})
        return
    say(
        f"Lead {lead} belongs to {found.owner} now; {_next_words(data)}",
        f"{found.before} still answers for what was started; the answer is kept.",
    )
