"""What follows an outcome of a call: the rows of ``dispositions.toml`` interpreted field by field,
never by name.

Every outcome leaves the enrolment ended, paused until a date, or with a next touch; none leaves it
active without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leadtui.cadence.calendar import add_span, day_part, zone_info
from leadtui.cadence.model import (
    Answer,
    By,
    Cadence,
    Channel,
    Disposition,
    Effect,
    EnrolmentState,
    Finished,
    LeadFacts,
    Outcome,
    Playbook,
    Span,
    Step,
    Unit,
    When,
)
from leadtui.cadence.pace import free_again
from leadtui.cadence.schedule import Calendar, clamp_to_window, is_exhausted, plan_next
from leadtui.cadence.site import Site
from leadtui.errors import Refused

_GIVEN: Mapping[str, Callable[[Answer], object]] = {
    "note": lambda answer: answer.note.strip(),
    "at": lambda answer: answer.at,
    "next": lambda answer: answer.next_action.strip(),
    "reason": lambda answer: answer.reason,
    "colleague": lambda answer: answer.colleague.strip(),
    "gatekeeper": lambda answer: answer.colleague.strip() or answer.note.strip(),
}
_SOON = Span(1, Unit.BUSINESS_DAYS)
"""When an ordered touch is due whose date neither the rep nor the row names."""


def missing(disposition: Disposition, answer: Answer) -> tuple[str, ...]:
    """What ``requires`` still asks for; a gatekeeper's name may stand under colleague or in the
    note."""
    return tuple(
        name for name in disposition.requires if name in _GIVEN and not _GIVEN[name](answer)
    )


def offered(dispositions: Iterable[Disposition], state: EnrolmentState) -> tuple[Disposition, ...]:
    """The outcomes that can still be chosen in this enrolment: ``max_per_cadence`` takes a row
    out."""
    return tuple(
        row
        for row in dispositions
        if not row.max_per_cadence or state.counts.get(row.code, 0) < row.max_per_cadence
    )


def unanswered(dispositions: Mapping[str, Disposition]) -> Disposition | None:
    """The row of a call that nobody took: the first that is a mere attempt and orders nothing but
    the next step."""
    rows = dispositions.values()
    plain = (
        row
        for row in rows
        if row.attempt and not (row.contact or row.ends or row.blocks or row.requires)
    )
    return next((row for row in plain if row.then == ("step",) and row.delay is None), None)


def decide(
    disposition_code: str,
    answer: Answer,
    cadence: Cadence,
    state: EnrolmentState,
    playbook: Playbook,
    lead: LeadFacts,
    calendar: Calendar,
    now: datetime,
) -> Outcome:
    """What a call came to. ``state.next_step`` is the step that was called for, ``state.calls`` has
    this call too; ``now`` is aware.

    ``missing`` is asked before; what is missing all the same is replaced by the row's default. The
    state after is ``None`` when the enrolment has ended."""
    said = playbook.dispositions.get(disposition_code)
    if said is None:
        raise Refused(
            "unknown_disposition",
            f"The playbook has no outcome {disposition_code}; choose one it lists.",
        )
    calendar = calendar.of(cadence)
    count = state.counts.get(said.code, 0) + 1
    row = said
    if said.escalate_after and count >= said.escalate_after:
        row = playbook.dispositions.get(said.escalate_to, said)
    after = _counted(said, row, cadence, state, lead, now)
    if row.ends == "calls" or row.blocks == "person":
        lead = replace(lead, calls_allowed=False)
    return _Decision(said, row, answer, cadence, state, playbook, lead, calendar, now).outcome(
        after
    )


def exit_effects(finished: Finished, now: datetime) -> tuple[Effect, ...]:
    """What the end of a cadence brings: the end, then the cadences that follow or the close."""
    effects = [Effect("end", reason=finished.reason)]
    effects += [Effect("enrol", due=now, cadence=name) for name in finished.exit.cadences]
    if finished.exit.close or not finished.exit.cadences:
        effects.append(Effect("close", reason=finished.exit.close or finished.reason))
    return tuple(effects)


def _counted(
    said: Disposition,
    row: Disposition,
    cadence: Cadence,
    state: EnrolmentState,
    lead: LeadFacts,
    now: datetime,
) -> EnrolmentState:
    """The enrolment's figures after the call, before it is known what follows."""
    counts = dict(state.counts)
    for code in {said.code, row.code}:
        counts[code] = counts.get(code, 0) + 1
    after = replace(
        state,
        attempts=state.attempts + said.attempt,
        contacts=state.contacts + (said.contact or row.contact),
        counts=counts,
    )
    if said.attempt:
        part = day_part(now.astimezone(zone_info(lead.zones[0] if lead.zones else "UTC")))
        tried = after.parts_tried | {part} if part else after.parts_tried
        after = replace(
            after, last_touch={**after.last_touch, Channel.CALL: now}, parts_tried=tried
        )
    return replace(after, exhausted=is_exhausted(cadence, after))


@dataclass(frozen=True, slots=True)
class _Decision:
    """One outcome being worked out; ``row`` is the disposition that counts, ``said`` the one that
    was chosen."""

    said: Disposition
    row: Disposition
    answer: Answer
    cadence: Cadence
    before: EnrolmentState
    playbook: Playbook
    lead: LeadFacts
    calendar: Calendar
    now: datetime

    @property
    def reason(self) -> str:
        """Why the lead is closed or recycled."""
        return self.answer.reason or self.row.close_reason or self.row.code

    def outcome(self, after: EnrolmentState) -> Outcome:
        """The effects in the order in which they are carried out, and the enrolment after them."""
        row = self.row
        effects = [*self._blocks(), *self._offers(after)]
        if self._closes():
            effects += [Effect("end", reason=row.code), Effect("close", reason=self.reason)]
            return Outcome(row, None, tuple(effects))
        effects += self._consequences()
        if row.ends == "cadence" or "close" in row.then:
            effects += [Effect("end", reason=row.code), *self._enrolments()]
            return Outcome(row, None, tuple(effects))
        effects += self._enrolments()
        if row.ends == "calls":
            after = replace(after, exhausted=True)
        for follow in (self._missed, self._ordered, self._retry):
            found = follow(after)
            if found:
                return Outcome(row, found[0], (*effects, *found[1]))
        state, following = self._step(after)
        if self._writes_soon(following):
            effects = [effect for effect in effects if effect.kind != "offer_email"]
        return Outcome(row, state, (*effects, *following))

    def _blocks(self) -> list[Effect]:
        """What nobody may call any more."""
        effects = (
            [Effect(f"block_{self.row.blocks}", reason=self.row.code)] if self.row.blocks else []
        )
        return (
            [*effects, Effect("end_calls", reason=self.row.code)]
            if self.row.ends == "calls"
            else effects
        )

    def _offers(self, after: EnrolmentState) -> list[Effect]:
        """A data-fix task, and an e-mail to send now."""
        row, effects = self.row, []
        if "data_fix" in row.then:
            effects.append(Effect("data_fix", due=self.now, title=row.data_fix or row.label))
        often = row.max_per_cadence and after.counts.get(row.code, 0) > row.max_per_cadence
        if (
            "email" in row.then
            and row.email
            and self.lead.has_email
            and self.lead.emails_allowed
            and not often
        ):
            effects.append(Effect("offer_email", due=self.now, email=row.email))
        return effects

    def _writes_soon(self, following: Sequence[Effect]) -> bool:
        """Whether the next step is an e-mail within a business day: one e-mail follows a call, and
        not two. What asks for another number is asked all the same."""
        soon = self._after(self.now, _SOON)
        return not self.row.blocks and any(
            effect.kind == "plan_step" and effect.channel is Channel.EMAIL and effect.due < soon
            for effect in following
            if effect.due
        )

    def _closes(self) -> bool:
        """Whether the reason closes the lead: it says so, or nurture could only be e-mail and they
        opted out."""
        row = self.row
        mute = bool(row.closing_reasons) and "nurture" in row.then and not self.lead.emails_allowed
        return self.answer.reason in row.closing_reasons or mute

    def _consequences(self) -> list[Effect]:
        then, effects = self.row.then, []
        if "meeting" in then:
            effects.append(Effect("meeting", due=self._date(), title=self.row.label))
        if "opportunity" in then:
            effects.append(Effect("opportunity", due=self.now))
        if "refer" in then:
            effects.append(Effect("refer", due=self.now, title=self.answer.colleague))
        if "recycle" in then:
            effects.append(Effect("recycle", due=self.now, reason=self.reason))
        if "close" in then:
            effects.append(Effect("close", reason=self.reason))
        return effects

    def _enrolments(self) -> list[Effect]:
        later = self._after(self._date(), self.row.delay)
        effects = [Effect("enrol", due=self.now, cadence=name) for name in self.row.enters]
        return effects + [Effect("enrol", due=later, cadence=name) for name in self.row.enters_at]

    def _missed(self, after: EnrolmentState) -> tuple[EnrolmentState, list[Effect]] | None:
        """A touch that an outcome ordered and nobody took: again after that outcome's delay, as
        often as it says."""
        order = self.playbook.dispositions.get(after.ordered_by)
        free = not (self.said.contact or self.row.blocks or self.row.ends or after.exhausted)
        if order is None or order.delay is None or not free or after.retries >= order.retries:
            return None
        promised = "callback" in order.then
        due = self._again(after, order, promised=promised)
        effects = [
            self._touch(Channel.CALL, due, _title(order, promised=promised), promised=promised)
        ]
        if order.ends == "pause":
            effects.append(Effect("pause", due=due, reason=order.code))
        return replace(after, retries=after.retries + 1), effects

    def _ordered(self, after: EnrolmentState) -> tuple[EnrolmentState, list[Effect]] | None:
        """A callback at exactly the promised time, or a next action on an open day; the cadence
        waits for it."""
        then = self.row.then
        if "callback" not in then and "next_action" not in then:
            paused = [Effect("pause", due=self._date(), reason=self.row.code)]
            return (self._advanced(after), paused) if self.row.ends == "pause" else None
        promised, due = "callback" in then, self._date()
        channel = Channel.CALL if promised else _channel(self.answer.next_action)
        if not promised:
            due = self._clamped(due, channel, Unit.HOURS)
        title = self.answer.next_action or _title(self.row, promised=promised)
        effects = [self._touch(channel, due, title, promised=promised)]
        if self.row.ends == "pause":
            effects.append(Effect("pause", due=due, reason=self.row.code))
        return replace(self._advanced(after), ordered_by=self.row.code), effects

    def _retry(self, after: EnrolmentState) -> tuple[EnrolmentState, list[Effect]] | None:
        """The same call again after ``delay``; the gap between calls does not bind it."""
        row = self.row
        granted = "retry" in row.then and row.delay is not None and after.retries < row.retries
        if not granted or after.exhausted or row.blocks:
            return None
        order = self.playbook.dispositions.get(after.ordered_by)
        promised = order is not None and "callback" in order.then
        due = self._again(after, row, promised=promised)
        effects = [
            self._touch(Channel.CALL, due, _title(row, promised=promised), promised=promised)
        ]
        return replace(after, retries=after.retries + 1), effects

    def _step(self, after: EnrolmentState) -> tuple[EnrolmentState | None, list[Effect]]:
        """The next step, or the way out of the cadence."""
        put_off = self._after(self.now, self.row.delay) if self.row.delay else None
        state = replace(
            self._advanced(after), calls_not_before=put_off, other_part=self.row.avoid_part
        )
        planned = plan_next(self.cadence, state, self.lead, self.calendar, self.now)
        if isinstance(planned, Finished):
            return None, list(exit_effects(planned, self.now))
        return state, [
            Effect(
                "plan_step",
                due=planned.due,
                channel=planned.step.channel,
                title=planned.step.title,
                planned=planned,
            )
        ]

    def _advanced(self, after: EnrolmentState) -> EnrolmentState:
        """Past the step that was done; what an outcome ordered was no step."""
        done = 0 if self.before.ordered_by else 1
        return replace(
            after,
            next_step=after.next_step + done,
            previous_at=self.now,
            retries=0,
            ordered_by="",
            other_part=False,
        )

    def _date(self) -> datetime:
        """The date that was named, else the row's default; never in the past."""
        named = self.answer.at or self._after(self.now, self.row.default_date or _SOON)
        return max(named, self.now)

    def _after(self, moment: datetime, span: Span | None) -> datetime:
        if span is None:
            return moment
        site = Site(self.lead, self.calendar)
        return add_span(moment, span, site.zone, lambda day: not site.closed(day))

    def _again(self, after: EnrolmentState, row: Disposition, *, promised: bool) -> datetime:
        """When a call that nobody took is made again: the limit of attempts binds all but what was
        promised."""
        due = self._after(self.now, row.delay)
        most = Site(self.lead, self.calendar).most_calls(due)
        free = free_again(after.calls, most)
        return self._clamped(due if promised or free is None else max(due, free))

    def _clamped(
        self, due: datetime, channel: Channel = Channel.CALL, unit: Unit = Unit.MINUTES
    ) -> datetime:
        """Into the calling window: minutes open the next window, a time that was named keeps its
        clock."""
        step = Step("ordered", channel, By.REP, When(offset=Span(1, unit)), "")
        return clamp_to_window(due, self.lead, self.calendar, step)[0]

    def _touch(self, channel: Channel, due: datetime, title: str, *, promised: bool) -> Effect:
        return Effect(
            "plan_touch",
            due=due,
            channel=channel,
            promised=promised,
            reason=self.row.code,
            title=title,
        )


def _title(row: Disposition, *, promised: bool) -> str:
    """What an outcome ordered, as the title of its touch."""
    return "Callback" if promised else row.label.rstrip(" …")


def _channel(next_action: str) -> Channel:
    """The channel that a next action begins with (``call about the price``), else a task."""
    word = next_action.strip().casefold().replace("e-mail", "email").split(" ", 1)[0].rstrip(":,.")
    return Channel(word) if word in set(Channel) else Channel.TASK
