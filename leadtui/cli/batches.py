"""Imports afterwards: list them, take one back, decide near duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, command, emit, open_desk, picked, progress_bar, say, table
from leadtui.errors import WrongUse

if TYPE_CHECKING:
    from leadtui.desk.intake.files.sides import Side
    from leadtui.desk.intake.near_duplicates import NearDuplicate


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(
        help="Imports: list, take back, decide near duplicates.", no_args_is_help=True
    )
    command(group, "list", rep=True)(list_)
    command(group, "undo", rep=True)(undo)
    command(group, "review", rep=True)(review)
    app.add_typer(group, name="batch")


def list_(
    web: bool = typer.Option(False, "--web", help="What web forms brought in, a line a form."),
    json: bool = JSON,
) -> None:
    """Every import and what it came to; 'batch undo' takes one back, a web form's too."""
    with open_desk() as desk:
        found, zone = desk.intake.imports(web=web), desk.zone
    if json:
        emit(
            [
                {
                    "batch": one.id,
                    **picked(one, "file at by offer event counts undone_at left half_undone"),
                }
                for one in found
            ]
        )
        return
    if not found:
        say("No web form came in yet." if web else "Nothing was imported yet.")
        return
    rows = (
        (
            str(one.id),
            f"{one.at.astimezone(zone):%d %b %Y %H:%M}",
            one.file,
            one.by,
            ", ".join(f"{count} {kind}" for kind, count in one.counts.items() if count),
            f"taken back {one.undone_at.astimezone(zone):%d %b}" if one.undone_at else "",
        )
        for one in found
    )
    table(("batch", "at", "file", "by", "rows", ""), rows, right=(0,))
    say(*(f"{half[:1].upper()}{half[1:]}." for one in found if (half := one.half())))


def undo(
    batch: int = typer.Argument(..., help="The import, as 'leadtui batch list' numbers it."),
    json: bool = JSON,
) -> None:
    """Take an import back whole, updates included, as long as nobody has worked on its leads.
    Supervisors only."""
    with open_desk() as desk, progress_bar(shown=not json) as progress:
        done = desk.intake.undo(batch, progress=progress)
    if json:
        emit({"batch": done.batch, "removed": done.leads, "restored": done.restored})
        return
    say(
        f"Import {done.batch} is taken back: {done.leads} leads are gone, {done.restored} are "
        "as they were."
    )


def review(
    question: int = typer.Argument(0, metavar="[QUESTION]", help="The near duplicate to decide."),
    new: bool = typer.Option(False, "--new", help="It is somebody new."),
    same: int = typer.Option(0, "--same", metavar="LEAD", help="It is this lead."),
    alike: bool = typer.Option(
        False,
        "--alike",
        help="With --new or --same also all others that wait by the same evidence; with --same "
        "each is the lead it is near to.",
    ),
    json: bool = JSON,
) -> None:
    """Near duplicates side by side; with --new or --same LEAD one is decided, with --alike as well
    all that wait for the same reason."""
    if question and new == bool(same):
        raise WrongUse("say what it is: --new for somebody new, or --same LEAD")
    if not question and (new or same):
        raise WrongUse("say which: leadtui batch review QUESTION --new, or --same LEAD")
    if alike and not question:
        raise WrongUse("say like which: leadtui batch review QUESTION --new --alike")
    with open_desk() as desk, progress_bar(shown=alike and not json) as progress:
        if not question:
            _show(desk.intake.to_review(), json=json)
            return
        intake = desk.intake
        done = intake.same_as(question, same) if same else intake.accept_as_new(question)
        many = intake.decide_alike(question, new=new, progress=progress) if alike else None
    if json:
        told = (
            {}
            if many is None
            else {"alike": picked(many, "why decided unclear"), "left": many.left}
        )
        emit(picked(done, "question lead new left") | told)
        return
    kind = "a lead of its own" if done.new else "part of that lead"
    left = done.left if many is None else many.left
    say(f"It is lead {done.lead} now, {kind}. {left or 'None'} left to decide.")
    if many is not None:
        say(many.told())


def _show(found: tuple[NearDuplicate, ...], *, json: bool) -> None:
    if json:
        emit(
            [
                {
                    **picked(one, "question batch why lines due"),
                    "incoming": _side(one.incoming),
                    "leads": [_side(side) for side in one.leads],
                }
                for one in found
            ]
        )
        return
    if not found:
        say("No near duplicate waits for a decision.")
        return
    for one in found:
        say(f"{one.question}: {one.why} (line {', '.join(map(str, one.lines))})")
        sides = (one.incoming, *one.leads)
        titles = ("", "the file", *(f"lead {side.lead}" for side in one.leads))
        table(titles, ((name, *(_said(side, name) for side in sides)) for name in _LINES))
        say("")
    say(
        "Decide with: leadtui batch review QUESTION --new, or --same LEAD; with --alike also all "
        "others that wait for the same reason"
    )


_LINES = ("name", "title", "company", "place", "emails", "numbers")


def _said(side: Side, name: str) -> str:
    value = getattr(side, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _side(side: Side) -> dict[str, Any]:
    return {"lead": side.lead or None, **{name: getattr(side, name) for name in _LINES}}
