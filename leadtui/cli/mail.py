"""E-mail without a screen: the message of a touch looked at and handed over; and the outbox: send
what waits, see where it stands, say what became of a message nobody is sure about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import JSON, TOUCH, command, emit, iso, open_desk, picked, say, table
from leadtui.errors import WrongUse
from leadtui.files import read_text

if TYPE_CHECKING:
    from leadtui.desk.audit.copies import Copied, CopyLine
    from leadtui.desk.core.views import Mailed
    from leadtui.desk.messages.mailing import OutboxLine, Run

TEMPLATE: str = typer.Option(
    "", "--template", metavar="NAME", help="Another e-mail of the playbook."
)
EVERY = 30.0
"""Seconds between two rounds of ``mail send``."""


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    mail = typer.Typer(help="E-mail, and the outbox.", no_args_is_help=True)
    command(mail, "show", rep=True)(show)
    command(mail, "send", rep=True)(send)
    command(mail, "status", rep=True)(status)
    command(mail, "retry", rep=True)(retry)
    command(mail, "resolve", rep=True)(resolve)
    app.add_typer(mail, name="mail")


def show(touch: int = TOUCH, template: str = TEMPLATE, json: bool = JSON) -> None:
    """The finished message of a touch as it would leave now; nothing is sent."""
    with open_desk() as desk:
        found = desk.mail.preview(desk.block.lead_of(touch), touch, template)
    if json:
        emit(
            {
                "touch": touch,
                "lead": found.lead_id,
                **picked(found, "template wording to subject body transport sends missing"),
                "not_ours": found.not_ours,
                "others": [{"template": name, "title": title} for name, title in found.others],
            }
        )
        return
    say(f"To: {found.to}", f"Subject: {found.subject}", "")
    say(*found.body.splitlines(), "")
    if found.missing:
        say(f"It cannot leave yet, it lacks: {', '.join(found.missing)}. Write it whole: --text.")
    if found.not_ours:
        say(f"It cannot leave: {found.not_ours}.")
    others = ", ".join(name for name, _ in found.others)
    say(f"From {found.template}" + (f"; others fit too (--template): {others}" if others else ""))


def send(
    touch: int | None = typer.Argument(
        None, metavar="[TOUCH]", help="Hand over this touch's message, once it is started."
    ),
    template: str = TEMPLATE,
    subject: str = typer.Option("", "--subject", metavar="T", help="Another subject (TOUCH)."),
    text: Path | None = typer.Option(
        None, "--text", metavar="FILE", help="The message as you have written it (TOUCH)."
    ),
    once: bool = typer.Option(False, "--once", help="One round, then stop."),
    json: bool = typer.Option(False, "--json", help="One JSON document; means --once."),
) -> None:
    """Send what is due: the system's e-mails and the messages that wait; without --once, until
    Ctrl+C. With TOUCH: hand over the message of that started touch, and nothing else."""
    if touch is not None:
        if once:
            raise WrongUse("--once is for the outbox; leave it out beside a touch")
        _send_one(touch, template, subject, text, json=json)
    elif template or subject or text:
        raise WrongUse("--template, --subject and --text need the touch whose message they are for")
    else:
        _send_waiting(once=once, json=json)


def _send_one(touch: int, template: str, subject: str, text: Path | None, *, json: bool) -> None:
    body = read_text(text, "name a text file with --text") if text else ""
    with open_desk() as desk:
        shown = desk.mail.preview(desk.block.lead_of(touch), touch, template)
        done = desk.mail.hand_over(
            shown.lead_id,
            shown.template,
            subject or shown.subject,
            body or shown.body,
            touch_id=touch,
            wording=shown.wording,
        )
        asked = desk.block.open_question()
    if json:
        emit(_mailed(done))
        return
    where = f" ({done.path})" if done.path else ""
    say(f"message {done.email} to {shown.to}: {done.state}{where}")
    if done.state == "drafted":
        say(done.draft, "Send it from there, then say so: did you press send?")
    if asked is not None and asked.touch.id == touch and asked.touch.action == "e-mail":
        say("Answer for it with 'leadtui confirm'.")
    elif done.state == "drafted":
        say(f"leadtui mail resolve {done.email} --sent, or --not-sent")


def _send_waiting(*, once: bool, json: bool) -> None:
    import time

    with open_desk() as desk:
        desk.fall_due()
        run = desk.mail.send_waiting()
        copied = desk.copy(hurry=True)
        if json:
            emit({**picked(run, "sent failed later unknown given"), "why": run.words})
            return
        say(_run_line(run))
        if copied.messages or copied.words:
            say(_copies_line(copied))
        try:
            while not once:
                time.sleep(EVERY)
                desk.fall_due()
                run = desk.mail.send_waiting()
                copied = desk.copy()
                if run.sent or run.failed or run.unknown or run.given or run.words:
                    say(_run_line(run))
                if copied.messages:
                    say(_copies_line(copied))
        except KeyboardInterrupt:
            say("stopped; what waits is kept")


def status(
    all_: bool = typer.Option(False, "--all", help="Everybody's, and what was sent."),
    json: bool = JSON,
) -> None:
    """Where the messages stand: what needs a look first."""
    with open_desk() as desk:
        copies = desk.audit.copies()
        counts = desk.mail.counts(everybody=all_)
        states = tuple(counts) if all_ or json else ("unknown", "failed", "sending", "queued")
        lines = desk.mail.outbox(states=states, everybody=all_, limit=50)
    if json:
        emit(
            {
                "counts": counts,
                "messages": [_as_data(line) for line in lines],
                "copies": [_copies_data(line) for line in copies],
            }
        )
        return
    say(
        " · ".join(f"{state} {number}" for state, number in counts.items() if number)
        or "The outbox is empty."
    )
    if lines:
        table(
            ("message", "state", "to", "lead", "subject", "words"),
            (
                (str(line.id), line.state, line.to, line.lead, line.subject, line.words)
                for line in lines
            ),
            right=(0,),
        )
    if counts["unknown"]:
        say(
            "Unknown: look for it in your sent mail, then 'leadtui mail resolve MESSAGE "
            "--sent' or '--not-sent'."
        )
    for line in copies:
        if line.words:
            say(f"Copies to {line.rep} wait: {line.words}")


def retry(
    message: int = typer.Argument(..., help="The message's number, from 'mail status'."),
    json: bool = JSON,
) -> None:
    """Try a failed message again, now."""
    with open_desk() as desk:
        done = desk.mail.retry(message)
        words = next(
            (line.words for line in desk.mail.outbox(everybody=True) if line.id == message), ""
        )
    if json:
        emit(_mailed(done))
    else:
        say(f"message {message}: {done.state}{f' ({words})' if words else ''}")
    if done.state in {"failed", "cancelled"}:
        raise typer.Exit(1)


def resolve(
    message: int = typer.Argument(..., help="The message's number, from 'mail status'."),
    sent: bool = typer.Option(
        ..., "--sent/--not-sent", help="What your sent mail or the lead says."
    ),
    json: bool = JSON,
) -> None:
    """Say whether a message nobody is sure about, or a draft, was sent; a message that was not is
    sent in the next round, a draft is over."""
    with open_desk() as desk:
        done = desk.mail.resolve(message, sent)
    if json:
        emit(_mailed(done))
    else:
        again = "goes out again in the next round" if done.state == "queued" else "was not sent"
        say(f"message {message}: {'counts as sent' if sent else again}")


def _run_line(run: Run) -> str:
    said = [
        f"{run.sent} sent",
        f"{run.failed} failed",
        f"{run.later} to try later",
        f"{run.unknown} unknown",
        f"{run.given} given to their reps",
    ]
    shown = [part for part in said if not part.startswith("0 ")] or ["nothing to send"]
    return ", ".join(shown) + (f"; {run.words}" if run.words else "")


def _copies_line(copied: Copied) -> str:
    said = f"{copied.messages} copies to supervisors" if copied.messages else ""
    return "; ".join(filter(None, (said, copied.words)))


def _copies_data(line: CopyLine) -> dict[str, object]:
    return {
        **picked(line, "to rep kind upto tries"),
        "next_try_at": iso(line.again_at),
        "words": line.words,
    }


def _mailed(done: Mailed) -> dict[str, object]:
    return {"message": done.email, **picked(done, "state path message_id")}


def _as_data(line: OutboxLine) -> dict[str, object]:
    return {
        "message": line.id,
        "state": line.state,
        "lead": line.lead_id,
        **picked(line, "to subject template transport message_id path tries at next_try_at words"),
    }
