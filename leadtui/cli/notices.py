"""Notices and training: what changed in the process, who has read it, and who was taught."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, command, emit, iso, open_desk, picked, say, table

if TYPE_CHECKING:
    from leadtui.desk.playbook.notices import NoticeView
    from leadtui.desk.playbook.training import TrainingView


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    notice = typer.Typer(
        help="Changes of the process that every rep acknowledges.", no_args_is_help=True
    )
    command(notice, "publish", rep=True)(publish)
    command(notice, "list", rep=True)(list_)
    command(notice, "ack", rep=True)(ack)
    app.add_typer(notice, name="notice")
    training = typer.Typer(help="Training sessions, every two weeks.", no_args_is_help=True)
    command(training, "record", rep=True)(record)
    command(training, "list", rep=True)(sessions)
    app.add_typer(training, name="training")


def publish(
    title: str = typer.Option("", "--title", help="What it is about, in a line."),
    body: str = typer.Option("", "--body", help="What changes, and from when."),
    diff: bool = typer.Option(
        False, "--diff", help="Add what changes in the playbook, line by line."
    ),
    json: bool = JSON,
) -> None:
    """Publish a notice; every rep reads it before the next call. Supervisors only."""
    with open_desk() as desk:
        made = desk.process.publish(title, body, with_diff=diff)
    if json:
        emit(_as_data(made))
        return
    say(
        f"Notice {made.id} is published; {len(made.waiting)} reps will read it before their "
        "next call."
    )


def list_(json: bool = JSON) -> None:
    """Every notice, who has read it and who has not."""
    with open_desk() as desk:
        found = desk.process.all_notices()
        zone = desk.zone
    if json:
        emit([_as_data(one) for one in found])
        return
    if not found:
        say("No notice was published yet.")
        return
    rows = (
        (
            str(one.id),
            f"{one.published_at.astimezone(zone):%d %b %Y %H:%M}",
            one.title,
            ", ".join(name for name, _ in one.read) or "nobody",
            ", ".join(one.waiting) or "nobody",
        )
        for one in found
    )
    table(("notice", "published", "title", "read by", "waits for"), rows, right=(0,))


def ack(
    notice: int = typer.Argument(
        0, metavar="[NOTICE]", help="Its number (default: show the oldest you have not read)."
    ),
    yes: bool = typer.Option(False, "--yes", help="It was shown, and you have read it."),
    json: bool = JSON,
) -> None:
    """Show a notice; then, with its number and --yes, acknowledge that you have read it."""
    from leadtui.errors import WrongUse

    if yes and not notice:
        raise WrongUse(
            "--yes needs the notice's number; 'leadtui notice ack' shows the oldest you have "
            "not read"
        )
    with open_desk() as desk:
        found = desk.process.notice(notice or None)
        if yes:
            desk.notices.acknowledge(found.id)
        unread = {one.id for one in desk.notices.unread()}
    if json:
        emit(
            {
                "notice": found.id,
                **picked(found, "title body diff"),
                "unread": len(unread),
                "acknowledged": found.id not in unread,
            }
        )
    elif yes:
        say(f"Acknowledged. {len(unread)} more to read." if unread else "Acknowledged.")
    else:
        _show(found, unread=found.id in unread)


def _show(found: NoticeView, *, unread: bool) -> None:
    from leadtui.text import clean

    say(f"Notice {found.id}: {found.title}")
    for part in filter(None, (found.body, found.diff)):
        print(clean(part, 20_000, newlines=True))
    if unread:
        say("", f"When you have read it: leadtui notice ack {found.id} --yes")


def record(
    topic: str = typer.Option(..., "--topic", help="What was trained."),
    attended: list[str] = typer.Option(
        ..., "--attended", metavar="NAME", help="Who was there; once for each."
    ),
    at: str = typer.Option(
        "", "--at", metavar="TIME", help="When it began: ISO 8601, or a date (default: now)."
    ),
    json: bool = JSON,
) -> None:
    """Record a training session that took place. Supervisors only."""
    names = [name.strip() for word in attended for name in word.split(",") if name.strip()]
    with open_desk() as desk:
        held = instant(at, desk.settings.zone, "--at") if at else None
        made = desk.process.record_training(topic, names, held)
    if json:
        emit(_session(made))
        return
    absent = f"; absent: {', '.join(made.absent)}" if made.absent else ""
    say(f"Training {made.id} is recorded: {len(made.attended)} attended{absent}.")


def sessions(json: bool = JSON) -> None:
    """Every training session and who was there; says when the next is overdue."""
    with open_desk() as desk:
        found, late, zone = (desk.process.trainings(), desk.process.training_overdue(), desk.zone)
    if json:
        emit({"overdue": late or None, "sessions": [_session(one) for one in found]})
        return
    if found:
        rows = (
            (
                f"{one.at.astimezone(zone):%d %b %Y}",
                one.topic,
                ", ".join(one.attended),
                ", ".join(one.absent) or "nobody",
            )
            for one in found
        )
        table(("held", "topic", "attended", "absent"), rows)
    say(late[:1].upper() + late[1:] + "." if late else "The next training is not due yet.")


def instant(said: str, zone: str, option: str) -> datetime:
    """A time as it is typed: ISO 8601 with its zone, or a date or time on the floor's clock."""
    from zoneinfo import ZoneInfo

    from leadtui.errors import WrongUse

    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise WrongUse(
            f"{option} {said!r} is no time; write 2026-11-23T15:00:00Z, or 2026-11-23"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def _as_data(one: NoticeView) -> dict[str, Any]:
    return {
        **picked(one, "id title body diff published_at by"),
        "read": [{"name": name, "at": iso(at)} for name, at in one.read],
        "waiting": list(one.waiting),
    }


def _session(one: TrainingView) -> dict[str, Any]:
    return picked(one, "id at topic attended absent")
