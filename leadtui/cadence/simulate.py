"""A cadence from its start to its end for one lead before anybody lives through it: nobody answers,
but where an outcome is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from leadtui.cadence.calendar import zone_info
from leadtui.cadence.dispositions import decide, unanswered
from leadtui.cadence.model import (
    Answer,
    Cadence,
    Channel,
    Effect,
    EnrolmentState,
    Exit,
    LeadFacts,
    Planned,
    Playbook,
)
from leadtui.cadence.schedule import Calendar, performed, plan_next
from leadtui.cadence.sources.places import suggestion
from leadtui.errors import NotFound, WrongUse

LONGEST = 500
"""So many touches are shown of a cadence whose outcomes order one after another."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One touch, the outcome that was given for it, and what that brings besides the next step."""

    planned: Planned
    outcome: str = ""
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """Every step of a cadence: the touches, what was passed over after the last of them, and how it
    ends."""

    turns: tuple[Turn, ...]
    skipped: tuple[tuple[str, str], ...]
    end: str


def simulate(
    playbook: Playbook, cadence_name: str, start: datetime, lead: LeadFacts, calendar: Calendar
) -> tuple[Planned, ...]:
    """Each touch that one cadence would ask for, every call unanswered; see ``course``."""
    turns = course(playbook, cadence_name, start, lead, calendar, {}).turns
    return tuple(turn.planned for turn in turns)


def course(
    playbook: Playbook,
    cadence_name: str,
    start: datetime,
    lead: LeadFacts,
    calendar: Calendar,
    outcomes: Mapping[str, str],
) -> Course:
    """Each touch that one cadence would ask for, done when it is due.

    ``start`` is aware; ``outcomes`` is step id -> code, for the first time that step is called for.
    Raises ``NotFound`` for another cadence, ``WrongUse`` for a step or an outcome that is none."""
    cadence = playbook.cadences.get(cadence_name)
    if cadence is None:
        raise NotFound(
            f"The playbook has no cadence {cadence_name}; it has "
            f"{', '.join(sorted(playbook.cadences))}."
        )
    _refuse_unknown(playbook, cadence, outcomes)
    # What an older enrolment of the lead gave it, this one gives anew.
    dates = {k: at for k, at in lead.dates.items() if k not in cadence.dates or at >= start}
    lead = replace(lead, dates=dates)
    return _Run(playbook, cadence, start, lead, calendar, dict(outcomes)).whole()


def _refuse_unknown(playbook: Playbook, cadence: Cadence, outcomes: Mapping[str, str]) -> None:
    calls = [step.id for step in cadence.steps if step.channel is Channel.CALL]
    for step, code in outcomes.items():
        if step not in calls:
            hint = suggestion(step, calls)
            raise WrongUse(f"--outcome {step}={code}: {cadence.name} has no such call; {hint}")
        if code not in playbook.dispositions:
            hint = suggestion(code, playbook.dispositions)
            raise WrongUse(f"--outcome {step}={code}: there is no such outcome; {hint}")


@dataclass
class _Run:
    """One lead on its way through one cadence."""

    playbook: Playbook
    cadence: Cadence
    start: datetime
    lead: LeadFacts
    calendar: Calendar
    outcomes: dict[str, str]
    turns: list[Turn] = field(default_factory=list)
    end: str = ""

    def whole(self) -> Course:
        state, now = EnrolmentState(self.cadence.name, self.start), self.start
        nobody = unanswered(self.playbook.dispositions)
        other_part = nobody is not None and nobody.avoid_part
        while len(self.turns) < LONGEST:
            planned = plan_next(self.cadence, state, self.lead, self.calendar, now)
            if not isinstance(planned, Planned):
                end = f"{planned.reason}: {_exit_words(planned.exit)}"
                return Course(tuple(self.turns), planned.skipped, end)
            code, now = self.outcomes.pop(planned.step.id, ""), planned.due
            if not code:
                self.turns.append(Turn(planned))
                state = performed(self.cadence, state, planned, now, other_part=other_part)
                continue
            reached = replace(state, next_step=planned.index)
            after, now = self._answered(planned, code, reached)
            if after is None:
                left = self.cadence.steps[planned.index + 1 :]
                over = tuple((step.id, f"the cadence is {self.end}") for step in left)
                return Course(tuple(self.turns), over, self.end)
            state = after
        return Course(tuple(self.turns), (), f"more than {LONGEST} touches")

    def _answered(
        self, planned: Planned, code: str, state: EnrolmentState
    ) -> tuple[EnrolmentState | None, datetime]:
        """A call with its outcome, and what that orders, which nobody answers either; the state
        after all of it, and when that is."""
        nobody = unanswered(self.playbook.dispositions)
        after: EnrolmentState | None = state
        now, turn = planned.due, planned
        while after is not None and len(self.turns) < LONGEST:
            found = decide(
                code,
                Answer(code),
                self.cadence,
                after,
                self.playbook,
                self.lead,
                self.calendar,
                now,
            )
            self.turns.append(Turn(turn, code, tuple(_words(found.effects, planned.zone))))
            after = found.state
            why = next((one.reason for one in found.effects if one.kind == "end"), code)
            self.end = why if why in {"finished", "exhausted"} else f"ended by {code}"
            ordered = next((one for one in found.effects if one.kind == "plan_touch"), None)
            if after is None or ordered is None or ordered.due is None:
                break
            now = ordered.due
            channel = ordered.channel or Channel.CALL
            step = replace(planned.step, title=ordered.title, channel=channel)
            turn = replace(planned, step=step, due=now, moved_because=(), skipped=())
            if channel is not Channel.CALL or nobody is None:
                self.turns.append(Turn(turn))
                return replace(after, ordered_by="", previous_at=now, retries=0), now
            code = nobody.code
        return after, now


def _words(effects: tuple[Effect, ...], zone: str) -> Iterator[str]:
    """What an outcome brings, for people."""
    for effect in effects:
        local = effect.due.astimezone(zone_info(zone)) if effect.due else None
        when = f" on {local:%a %d %b %H:%M}" if local else ""
        said = {
            "enrol": f"enters {effect.cadence}{when}",
            "plan_touch": f"{effect.title}{when}",
            "close": f"the lead is closed ({effect.reason})",
            "end_calls": "calls end",
            "block_number": "the number is marked wrong",
            "block_person": "nobody may call any more",
            "data_fix": f"a task: {effect.title}",
            "offer_email": f"the e-mail {effect.email} is offered",
            "opportunity": "an opportunity is opened",
            "meeting": f"a meeting{when}",
            "refer": "a colleague is added",
            "recycle": "back to marketing",
        }.get(effect.kind)
        if said:
            yield said


def _exit_words(end: Exit) -> str:
    if end.cadences:
        return f"enters {' and '.join(end.cadences)}"
    return f"the lead is closed ({end.close})" if end.close else "nothing follows"
