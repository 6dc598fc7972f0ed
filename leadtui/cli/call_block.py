"""The call block without a screen, under the same rules: for scripts, screen readers and tests."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import (
    ACK,
    JSON,
    LEAD,
    OUT_OF_TURN,
    OVERRIDE,
    TOUCH,
    WHY,
    command,
    emit,
    iso,
    open_desk,
    picked,
    said_phone,
    say,
    table,
)
from leadtui.desk.core.words import said_moment
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.opening import completing
from leadtui.text import clean, words

if TYPE_CHECKING:
    from leadtui.desk.calls.when import When
    from leadtui.desk.core.views import Confirmed, OpenQuestion, Started
    from leadtui.desk.desk import Desk


LINE = words("""
    rank lead touch action why due priority tier verdict rule next_allowed name company step
""")
"""The keys of a line of the queue; of ``next`` all are null where nothing is due."""


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "queue", rep=True)(queue)
    command(app, "next", rep=True)(next_touch)
    command(app, "start", rep=True)(start)
    command(app, "confirm", rep=True)(confirm)
    command(app, "defer", rep=True)(defer)
    command(app, "done", rep=True)(done)
    command(app, "call", rep=True)(call)


def _tick_to_read(desk: Desk) -> None:
    """Do what fell due by itself before the queue is shown; not by the clock of a demo floor that
    was set for this look alone, since the log would keep that time."""
    if not (desk.is_demo and os.environ.get("LEADTUI_NOW")):
        desk.tick()


def queue(
    limit: int = typer.Option(20, "--limit", min=1, help="How many lines."),
    held: bool = typer.Option(
        False, "--held", help="What cannot be done now, by which rule and until when."
    ),
    json: bool = JSON,
) -> None:
    """The order of the call block."""
    with open_desk() as desk:
        _tick_to_read(desk)
        if held:
            _print_held(desk, json=json)
            return
        rows = desk.block.top(limit)
        lines = [_line(desk, rank, row) for rank, row in enumerate(rows, 1)]
        if json:
            emit(lines)
            return
        counts, zone, now = desk.block.counts(), desk.zone, desk.now()
    say(f"Due {counts.due} · Held {counts.held} · Later {counts.later}")
    if not lines:
        say("Nothing is due. 'leadtui queue --held' shows what cannot be called now.")
        return
    table(
        ("#", "touch", "why", "lead", "company", "do", "due", "may I?"),
        (
            (
                str(line["rank"]),
                str(line["touch"]),
                line["why"],
                row.name,
                row.company,
                row.action,
                said_moment(row.due, zone, now),
                line["verdict"],
            )
            for line, row in zip(lines, rows, strict=True)
        ),
        right=(0, 1),
    )


def _line(desk: Desk, rank: int, row: Any) -> dict[str, Any]:
    verdict, rule, allowed = "clear", "", None
    if row.action == "call":
        lead = desk.block.lead(row.lead_id)
        gate = lead.phones[0].gate if lead.phones else None
        if gate is not None:
            verdict, rule, allowed = gate.verdict, gate.rule, gate.next_allowed
    explained = desk.block.explain(row.touch_id)
    return {
        "rank": rank,
        "lead": row.lead_id,
        "touch": row.touch_id,
        **picked(row, "action why due"),
        "priority": round(explained.priority, 4),
        "tier": row.tier,
        "verdict": verdict,
        "rule": rule if verdict != "clear" else "",
        "next_allowed": iso(allowed),
        **picked(row, "name company step"),
    }


def _print_held(desk: Desk, *, json: bool) -> None:
    rows = desk.block.held()
    if json:
        emit(
            [
                {
                    "rank": None,
                    "lead": row.lead_id,
                    "touch": row.touch_id,
                    "action": row.action,
                    "why": "held",
                    "due": iso(row.due),
                    "priority": None,
                    "verdict": "blocked",
                    **picked(row, "rule next_allowed name company"),
                }
                for row in rows
            ]
        )
        return
    if not rows:
        say("Nothing is held.")
        return
    zone, now = desk.zone, desk.now()
    table(
        ("touch", "lead", "company", "rule", "there it is", "may be called"),
        (
            (
                str(row.touch_id),
                row.name,
                row.company,
                row.rule,
                row.local,
                said_moment(row.next_allowed, zone, now) if row.next_allowed else "not by waiting",
            )
            for row in rows
        ),
        right=(0,),
    )


def next_touch(json: bool = JSON) -> None:
    """What to do next: the open question first, else the first of the queue."""
    with open_desk() as desk:
        _tick_to_read(desk)
        question = desk.block.open_question()
        if question is not None:
            _print_question(question, json=json)
            return
        rows = desk.block.top(1)
        if not rows:
            if not json:
                raise NotFound(
                    "nothing is due; 'leadtui queue --held' shows what cannot be called now"
                )
            emit(dict.fromkeys(LINE))
            return
        line = _line(desk, 1, rows[0])
        if json:
            emit(line)
            return
        lead = desk.block.lead(rows[0].lead_id)
    say(
        (
            f"{line['action']}  {lead.name}{', ' + lead.title if lead.title else ''} · "
            f"{lead.company}   "
            f"({line['why']})"
        ),
        *(said_phone(phone) for phone in lead.phones),
        f"leadtui start {line['touch']}",
    )


def _print_question(question: OpenQuestion, *, json: bool) -> None:
    if json:
        emit(
            {
                "question": question.id,
                "touch": question.touch.id,
                "lead": question.touch.lead_id,
                "action": question.touch.action,
                "started": iso(question.started_at),
                "dialed": question.dialed,
            }
        )
        return
    say(
        question.asks,
        f"  {question.action_line}  ({question.origin})",
        *([f"  {question.drafted}"] if question.drafted else []),
        (
            "answer with: leadtui confirm --yes --outcome CODE, --partly --note …, or --no "
            "--reason CODE"
        ),
    )


def start(
    touch: int = TOUCH,
    ack: bool = ACK,
    out_of_turn: str = OUT_OF_TURN,
    override: str = OVERRIDE,
    reason: str = WHY,
    json: bool = JSON,
) -> None:
    """Start a touch; a call is dialed with it, so the calling rules are asked here."""
    from leadtui.desk.calls.starting import Dial

    with open_desk() as desk:
        started = desk.block.start(touch, out_of_turn=out_of_turn, dial=Dial(ack, override, reason))
    _print_started(started, json=json)


def _print_started(started: Started, *, json: bool) -> None:
    if json:
        emit(picked(started, "touch lead action started"))
        return
    say(f"Started: {started.question.action_line}", "Answer for it with 'leadtui confirm'.")


def call(
    lead: int = LEAD,
    inbound: bool = typer.Option(False, "--inbound", help="They called."),
    ack: bool = ACK,
    override: str = OVERRIDE,
    reason: str = WHY,
    json: bool = JSON,
) -> None:
    """Start a call that nobody planned; it is dialed with it, so the calling rules are asked
    here."""
    from leadtui.desk.calls.starting import Dial

    with open_desk() as desk:
        started = (
            desk.block.inbound(lead)
            if inbound
            else desk.block.start_call(lead, dial=Dial(ack, override, reason))
        )
    _print_started(started, json=json)


def confirm(
    yes: bool = typer.Option(False, "--yes", help="I did it."),
    partly: bool = typer.Option(False, "--partly", help="I did a part of it; say what in --note."),
    no: bool = typer.Option(False, "--no", help="I did not; say why in --reason."),
    outcome: str = typer.Option(
        "",
        "--outcome",
        metavar="CODE",
        help="What the call came to.",
        autocompletion=completing.OUTCOME,
    ),
    note: str = typer.Option("", "--note", metavar="T", help="The memo."),
    at: str = typer.Option(
        "", "--at", metavar="TIME", help="Callback or meeting, in the lead's zone: 'tomorrow 3pm'."
    ),
    next_action: str = typer.Option(
        "", "--next", metavar="ACTION", help="What is to be done next."
    ),
    on: str = typer.Option("", "--on", metavar="TIME", help="When the next action is due."),
    reason: str = typer.Option(
        "", "--reason", metavar="R", help="A reason code.", autocompletion=completing.REASON
    ),
    colleague: str = typer.Option("", "--colleague", metavar="NAME", help="Whom they named."),
    colleague_phone: str = typer.Option("", "--colleague-phone", metavar="N", help="Their number."),
    colleague_email: str = typer.Option("", "--colleague-email", metavar="A", help="Their e-mail."),
    elsewhere: bool = typer.Option(
        False,
        "--elsewhere",
        help="With --yes to an e-mail: I sent it without leadtui (this is kept).",
    ),
    again: int = typer.Option(
        0,
        "--again",
        metavar="ENTRY",
        help="Take an answer of yours back; with --yes, --partly or --no give another.",
    ),
    why: str = typer.Option(
        "wrong_key",
        "--why",
        metavar="CODE",
        help="Why it is taken back: wrong_key, misheard or said_since.",
    ),
    json: bool = JSON,
) -> None:
    """Answer: did you complete this action?"""
    from leadtui.desk.answers.given import Given

    chosen = [word for word, said in (("yes", yes), ("partly", partly), ("no", no)) if said]
    if len(chosen) > 1 or not (chosen or again):
        raise WrongUse("give exactly one of --yes, --partly and --no")
    with open_desk() as desk:
        if not chosen:
            desk.confirm.take_back(again, why)
            question = desk.block.open_question()
            if question is not None:
                _print_question(question, json=json)
            return
        lead_id, question_id = _answered_for(desk, again)
        when = _when(desk, at or on, lead_id)
        given = Given(
            answer=chosen[0],
            outcome=outcome.upper(),
            note=note,
            at=when.at if when else None,
            next_action=next_action,
            reason=reason,
            colleague=colleague,
            colleague_phone=colleague_phone,
            colleague_email=colleague_email,
            elsewhere=elsewhere,
        )
        done_now = (
            desk.confirm.again(again, why, given)
            if again
            else desk.confirm.answer(question_id, given)
        )
        desk.tick()
    _say_closed(when)
    _print_confirmed(done_now, json=json)


def _answered_for(desk: Desk, again: int) -> tuple[int, int]:
    """The lead that an answer is about, and its open question: 0 for an answer given again."""
    if again:
        return desk.confirm.given(again).lead_id, 0
    question = desk.block.open_question()
    if question is None:
        raise Refused(
            "no_question", "there is nothing to confirm; 'leadtui next' says what to start"
        )
    return question.touch.lead_id, question.id


def _print_confirmed(found: Confirmed, *, json: bool) -> None:
    following = (
        {"action": found.next.action, "due": iso(found.next.due), "local": found.next.local}
        if found.next
        else None
    )
    if json:
        emit({"entry": found.entry, "outcome": found.outcome, "next": following})
        return
    after = (
        f"next: {found.next.action}, {found.next.local}"
        if found.next
        else "nothing else is planned for this lead"
    )
    say(f"Kept as entry {found.entry}; {after}.")
    say(f"A wrong key? leadtui confirm --again {found.entry}")
    if found.email_offer:
        say(f"An e-mail fits now: {found.email_offer}")


def _when(desk: Desk, text: str, lead_id: int) -> When | None:
    from leadtui.desk.calls.when import Ambiguous

    if not text:
        return None
    found = desk.block.parse_when(text, lead_id)
    if isinstance(found, Ambiguous):
        choices = ", ".join(option.words for option in found.options)
        raise Refused(
            "when", f"{text!r}: {found.question} it may mean {choices}; say it more exactly"
        )
    return found


def _say_closed(when: When | None) -> None:
    """Beside the answer: what was promised lies where nobody should be called."""
    if when is not None and when.closed:
        words = f"{when.shown} is kept, but closed then: {when.closed}"
        print(clean(words), file=sys.stderr)


def defer(
    touch: int = TOUCH,
    to: str = typer.Option(..., "--to", metavar="TIME", help="Until when: 'tomorrow 10:00'."),
    reason: str = typer.Option(
        ..., "--reason", metavar="R", help="A reason code.", autocompletion=completing.REASON
    ),
    json: bool = JSON,
) -> None:
    """Put a touch off, with a reason; the third time a supervisor is asked."""
    with open_desk() as desk:
        lead_id = desk.block.lead_of(touch)
        when = _when(desk, to, lead_id)
        if when is None:
            raise WrongUse("--to needs a time, like 'tomorrow 10:00'")
        following = desk.block.defer(touch, when.at, reason)
    _say_closed(when if following.deferred else None)
    if json:
        emit({"touch": touch, "deferred": following.deferred, "due": iso(following.due)})
        return
    say(
        f"Put off to {following.local}."
        if following.deferred
        else (
            f"Not put off: that was done too often already. It stays due {following.local}; "
            "your supervisor is "
            "asked."
        )
    )


def done(
    touch: int = TOUCH,
    at: str = typer.Option("", "--at", metavar="TIME", help="When it was done (default: now)."),
    outcome: str = typer.Option(
        "",
        "--outcome",
        metavar="CODE",
        help="For a call: what it came to.",
        autocompletion=completing.OUTCOME,
    ),
    note: str = typer.Option("", "--note", metavar="T", help="The memo."),
    out_of_turn: str = OUT_OF_TURN,
    json: bool = JSON,
) -> None:
    """Say that a due action was already done; the claimed and the recorded time are both kept."""
    from leadtui.desk.answers.given import Given

    with open_desk() as desk:
        given = Given(answer="yes", outcome=outcome.upper(), note=note, already=at or "now")
        found = desk.block.already_done(touch, given, out_of_turn=out_of_turn)
    _print_confirmed(found, json=json)
