"""The call block: everything a rep does between the first key and the last, behind one door."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from leadtui.cadence.gate.calling import closed_at
from leadtui.desk.answers.confirming import Confirming
from leadtui.desk.answers.given import Given
from leadtui.desk.answers.questions import open_question
from leadtui.desk.calls.deferring import defer
from leadtui.desk.calls.panels import call_panel, objections_of, script_of
from leadtui.desk.calls.queueing import Queueing
from leadtui.desk.calls.starting import Dial, Starting
from leadtui.desk.calls.when import Ambiguous, When, parse_when
from leadtui.desk.core import lead_views
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import call_facts, sheet_of
from leadtui.desk.core.views import (
    CallPanel,
    Confirmed,
    Dialed,
    GateView,
    HistoryLine,
    LeadView,
    OpenQuestion,
    OutcomeKey,
    PutOff,
    ReasonView,
    ScriptView,
    Started,
)
from leadtui.desk.core.words import channel_word, said_at
from leadtui.errors import NotFound, Refused
from leadtui.store import leads
from leadtui.store.engine.tables import Phone, Touch
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import letters


class CallBlock(Queueing):
    """The rep's use cases; the queue's reads are inherited."""

    def __init__(self, context: Context, rep_id: int | None = None) -> None:
        super().__init__(context, rep_id)
        self._starting = Starting(context, self)

    def open_question(self) -> OpenQuestion | None:
        """What was started and not answered; asked first at every start and after every action."""
        return open_question(self.context)

    def start(self, touch_id: int, *, out_of_turn: str = "", dial: Dial | None = None) -> Started:
        """Start a touch: from here it is an obligation. Raises ``Refused`` with the rule as its
        code."""
        return self._starting.start(touch_id, out_of_turn=out_of_turn, dial=dial)

    def start_call(self, lead_id: int, *, dial: Dial | None = None) -> Started:
        """Start a call that nobody planned; with ``dial`` it is placed on record at once."""
        return self._starting.call(lead_id, dial=dial)

    def inbound(self, lead_id: int) -> Started:
        """Take an inbound call; allowed while one question is open."""
        return self._starting.call(lead_id, inbound=True)

    def dial(
        self,
        obligation_id: int,
        phone_id: int,
        *,
        acknowledge: bool = False,
        override: str = "",
        reason: str = "",
    ) -> Dialed:
        """Put a dial on record. Raises ``Refused`` with code ``warn`` or ``blocked``."""
        return self._starting.dial(obligation_id, phone_id, Dial(acknowledge, override, reason))

    def place_call(self, number: str, extension: str) -> str:
        """Hand a number to the telephone; what the rep should know (``dialing.place_call``)."""
        from leadtui.desk.calls.dialing import place_call

        return place_call(self.context.settings, number, extension=extension)

    def defer(self, touch_id: int, to: datetime, reason: str) -> PutOff:
        """Put a touch off, or ask the supervisor where that was done too often; the touch is
        returned as it stands."""
        touch, deferred = defer(self._starting, touch_id, to, reason)
        with self.context.store.read() as session:
            zone = sheet_of(self.context, session, touch.lead_id).zone
        return PutOff(
            channel_word(touch.channel),
            touch.due,
            said_at(touch.due, zone, self.context.now()),
            deferred=deferred,
        )

    def already_done(self, touch_id: int, given: Given, *, out_of_turn: str = "") -> Confirmed:
        """Start and answer a touch in one transaction: it was done before anybody asked."""
        with self.context.write() as unit:
            obligation = self._starting.begin(unit, touch_id, out_of_turn)
            return Confirming(self.context).carry(unit, int(obligation.id or 0), given)

    def lead_of(self, touch_id: int) -> int:
        """Whose touch this is."""
        with self.context.store.read() as session:
            touch = session.get(Touch, touch_id)
        if touch is None:
            raise NotFound(f"there is no touch {touch_id}; 'leadtui queue' lists yours")
        return int(touch.lead_id)

    def panel(self, obligation_id: int) -> CallPanel:
        """All a rep needs for one action, on one screen."""
        return call_panel(self.context, obligation_id)

    def script(self, lead_id: int) -> ScriptView:
        """What to say in the next call with this lead."""
        return script_of(self.context, lead_id)

    def objections(self, lead_id: int) -> tuple[tuple[str, str], ...]:
        """Every objection and its answer for this lead."""
        return objections_of(self.context, lead_id)

    def lead(self, lead_id: int) -> LeadView:
        """A lead as the panes show it."""
        now = self.context.now()
        with self.context.store.read() as session:
            return lead_views.lead_view(self.context, session, lead_id, now)

    def history(self, lead_id: int, limit: int = 50) -> tuple[HistoryLine, ...]:
        """A lead's history, newest first."""
        with self.context.store.read() as session:
            return lead_views.history_of(session, self.context.playbook(session), lead_id, limit)

    def gate(self, phone_id: int) -> GateView:
        """May this number be called now?"""
        now = self.context.now()
        with self.context.store.read() as session:
            phone = session.get(Phone, phone_id)
            if phone is None:
                raise NotFound(f"there is no number {phone_id}")
            sheet = sheet_of(self.context, session, phone.lead_id)
            agreed = lead_views.promised(session, phone.lead_id)
            views = lead_views.phone_views(
                sheet, self.context.playbook(session), now, promised=agreed
            )
            return next(view.gate for view in views if view.id == phone_id)

    def reasons(self, kind: str) -> tuple[ReasonView, ...]:
        """The reason codes of one kind, each with its key."""
        with self.context.store.read() as session:
            book = self.context.playbook(session)
        return tuple(
            ReasonView(reason.code, reason.label, reason.key) for reason in book.reasons_of(kind)
        )

    def outcomes(self) -> tuple[OutcomeKey, ...]:
        """The outcome keys of the call panel."""
        with self.context.store.read() as session:
            rows = self.context.playbook(session).dispositions.values()
        return tuple(
            OutcomeKey(row.key, row.code, row.label, row.requires, row.sure) for row in rows
        )

    def parse_when(self, text: str, lead_id: int) -> When | Ambiguous:
        """A time as a rep types it, in the lead's zone; ambiguity is handed back to be asked."""
        now = self.context.now()
        with self.context.store.read() as session:
            sheet = sheet_of(self.context, session, lead_id)
            phone = next(iter(sheet.usable_phones()), None)
            facts = call_facts(sheet, phone.number if phone else "", now)
            policy = self.context.playbook(session).calling

        def closed(at: datetime) -> str:
            return closed_at(facts, policy, at)

        return parse_when(text, now, sheet.zone, self.context.settings.zone, closed)

    def answer_fit(self, lead_id: int, key: str, answer: str, name: str | None = None) -> None:
        """Record the answer to a qualification question, with when and by whom; ``name`` is whom
        or what it names, and empty takes a name out. Without one, the answer of a form that is
        given once more is confirmed in its words."""
        with self.context.write() as unit:
            book = self.context.playbook(unit.session)
            question = next((question for question in book.questions if question.key == key), None)
            if question is None:
                raise Refused("question", f"there is no qualification question {key!r}")
            if question.answers and answer not in question.answers:
                raise Refused(
                    "question", f"{question.label}: answer one of {', '.join(question.answers)}"
                )
            named = (name or "").strip()
            if named and answer not in question.names:
                raise Refused(
                    "question", f"{question.label}: {question.answers.get(answer)} names nobody"
                )
            sheet = sheet_of(self.context, unit.session, lead_id)
            before = sheet.lead.qualification.get(key, {})
            same = name is None and before.get("answer") == answer
            said = before.get("said", "") if same else named
            given = {
                "answer": answer,
                "source": "rep",
                "at": unit.now.isoformat(),
                "by": self.context.identity.name,
                **({"said": said} if said else {}),
            }
            sheet.lead.qualification = {**sheet.lead.qualification, key: given}
            choice = answer if question.answers else ""
            unit.log(
                Event.LEAD_FIT,
                subjects={"lead": lead_id},
                codes={Code.QUESTION: key, Code.ANSWER: choice},
                private=named if choice else answer,
            )
            words = question.answers.get(answer, answer)
            leads.add_event(
                unit,
                lead_id,
                "fit",
                code=question.short,
                note=f"{words}: {named}" if named else words,
            )

    def note(self, lead_id: int, text: str) -> None:
        """Keep a memo with the lead."""
        if not text.strip():
            raise Refused("note", "an empty memo was not kept")
        with self.context.write() as unit:
            sheet_of(self.context, unit.session, lead_id)
            unit.log(Event.LEAD_NOTE, subjects={"lead": lead_id}, private=text.strip())
            leads.add_event(unit, lead_id, "note", note=text.strip())

    def confirm_zone(self, lead_id: int, zone: str, note: str) -> None:
        """Keep the zone a rep confirmed with the lead; logged like an override, with a note."""
        from leadtui.desk.planning.planning import Planning

        if len(note.strip()) < 10:
            raise Refused(
                "note", "confirming a zone needs a note of 10 characters: how do you know?"
            )
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise Refused(
                "zone", f"{zone!r} is no IANA time zone; write one like America/Denver"
            ) from None
        with self.context.write() as unit:
            sheet = sheet_of(self.context, unit.session, lead_id)
            sheet.lead.confirmed_zone, sheet.lead.zones = zone, [zone]
            codes = {
                Code.CODE: "location_confirmed",
                Code.RULE: "zone",
                Code.ZONE: zone,
                Code.LETTERS: letters(note),
            }
            unit.log(
                Event.GATE_OVERRIDE, subjects={"lead": lead_id}, codes=codes, private=note.strip()
            )
            Planning(self.context, unit).settle(sheet)
