"""Log entries in words: what the feed, the lists and ``log show`` say of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from leadtui.desk.core.views import FeedLine
from leadtui.store.engine.types import from_micros

Raw = tuple[int, int, str, str]
"""seq, at, recorded_by, body, as ``store.supervising`` reads them."""

CHANNELS = {"email": "e-mail"}
VERBS = {
    "touch.started": "starts",
    "call.dialed": "dials",
    "gate.override": "override",
    "gate.acknowledged": "warning acknowledged",
    "touch.deferred": "defers",
    "touch.done_already": "says it was done already",
    "email.handed_over": "e-mail handed over",
    "email.state": "e-mail",
    "dnc.added": "do not call",
    "dnc.removed": "off do-not-call",
    "lead.closed": "closes",
    "lead.note": "memo",
    "lead.fit": "fit answered",
    "lead.merged": "merges",
    "lead.erased": "erases",
    "person.erased": "personal texts erased",
    "lead.assigned": "assigns",
    "lead.pulled": "takes from the hopper",
    "lead.taken_over": "takes over",
    "touch.given_back": "gives back",
    "clock.step": "clock went back",
    "refused": "refused",
    "floor.made": "floor made",
    "rep.added": "rep added",
    "rep.set": "changes what is known of a person",
    "copies.sent": "copies to supervisors",
    "playbook.activated": "playbook activated",
    "import.done": "import",
    "response.added": "response of",
    "rep.away": "away",
    "enrolment.resumed": "cadence resumed:",
    "enrolment.paused": "cadence paused:",
    "enrolment.ended": "cadence ended:",
    "entry.corrected": "corrects",
    "question.shown": "is asked",
    "question.drafted": "types",
    "popup.shown": "is asked about",
    "popup.answered": "answers the pop-up about",
    "notice.published": "publishes a notice",
    "notice.acknowledged": "has read a notice",
    "training.recorded": "records a training",
    "sample.drawn": "sample drawn",
    "sample.signed": "signs a sample",
    "backup.made": "backup",
    "import.undone": "takes an import back",
    "near_duplicate.answered": "near duplicate",
    "calls.imported": "call records imported",
    "lead.sign": "takes note of what was done by",
    "lead.date": "sets a date of",
    "lead.edited": "changes",
    "lead.accepted": "accepts",
    "lead.rejected": "sends back to marketing",
    "leads.exported": "exports leads",
    "letter.printed": "prints a letter to",
    "letter.refused": "no postal address of",
    "event.due": "a dated rule for",
    "rep.back": "back",
    "touch.promised": "a promise comes up:",
    "touch.moved": "moved to the first day back:",
    "touch.covered": "goes to the cover:",
    "touch.returned": "comes back from the cover:",
}
QUIET = frozenset(
    (
        "question.shown",
        "question.drafted",
        "email.handed_over",
        "popup.shown",
        "touch.given_back",
        "touch.promised",
    )
)
"""Steps on the way to what another entry tells; listed with a lead's entries, left out of the
feed."""

ALARMING = frozenset(("gate.override", "clock.step", "refused", "person.erased", "dnc.removed"))
FAST = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its body parsed; missing parts are empty."""

    seq: int
    at: int
    recorded_by: str
    event: str
    actor: int | None
    subjects: Mapping[str, Any]
    codes: Mapping[str, Any]
    after: Mapping[str, Any]
    hashes: Mapping[str, Any]

    @property
    def lead_id(self) -> int | None:
        """The lead it is about."""
        found = self.subjects.get("lead")
        return found if isinstance(found, int) else None

    @property
    def answered_in(self) -> timedelta | None:
        """Seconds from the question, or where none was shown from the dial, to the answer."""
        found = self.codes.get("seconds_ms")
        if found is None:
            found = self.codes.get("dialed_ms")
        return timedelta(milliseconds=found) if isinstance(found, int) else None

    @property
    def alarming(self) -> bool:
        """Whether the feed should make it stand out."""
        if self.event == "action.confirmed":
            hasty = (
                self.answered_in is not None
                and self.answered_in < FAST
                and bool(self.codes.get("contact"))
            )
            return self.codes.get("answer") != "yes" or hasty
        return self.event in ALARMING or (
            self.event == "touch.deferred" and int(self.codes.get("deferrals") or 0) > 2
        )


def parse(raw: Raw) -> Entry:
    """An entry from its stored form; a body that is no JSON object is shown as damaged, not
    hidden."""
    seq, stamp, who, body = raw
    at = stamp if type(stamp) is int else 0
    try:
        said = json.loads(body)
    except (ValueError, TypeError):
        said = None
    if not isinstance(said, dict):
        said = {"event": "damaged"}
    parts = (said.get(name) for name in ("subjects", "codes", "after", "hashes"))
    subjects, codes, after, hashes = (part if isinstance(part, dict) else {} for part in parts)
    actor = said.get("actor")
    return Entry(
        seq,
        at,
        who,
        str(said.get("event", "")),
        actor if isinstance(actor, int) else None,
        subjects,
        codes,
        after,
        hashes,
    )


def words_of(entry: Entry, lead: str = "") -> str:
    """What happened, in one line: ``call Jane Okafor · no answer``."""
    codes, about = entry.codes, f" {lead}" if lead else ""
    if entry.event == "action.confirmed":
        return _confirmed(codes, about)
    verb = VERBS.get(entry.event, entry.event.replace(".", " ").replace("_", " "))
    extra: Any = ""
    match entry.event:
        case "touch.started":
            turn = codes.get("out_of_turn")
            verb, extra = f"starts {channel(codes)}", f"out of turn: {plain(turn)}" if turn else ""
        case "gate.override":
            verb, extra = f"override: {plain(codes.get('code'))}", plain(codes.get("rule"))
        case "call.dialed" | "gate.acknowledged":
            extra = plain(codes.get("rule"))
        case "touch.deferred":
            extra = _joined(plain(codes.get("reason")), _times(codes.get("deferrals")))
        case "refused":
            extra = _joined(plain(codes.get("what")), plain(codes.get("rule")))
        case "email.handed_over" | "email.state":
            extra = plain(entry.after.get("email") or codes.get("template"))
        case "entry.corrected":
            extra = f"entry {entry.subjects.get('entry')}"
        case _:
            extra = plain(codes.get("reason") or codes.get("code"))
    return f"{verb}{about}" + (f" · {extra}" if extra else "")


def channel(codes: Mapping[str, Any]) -> str:
    """The channel as people say it."""
    found = str(codes.get("channel") or "action")
    return CHANNELS.get(found, found)


def plain(code: Any) -> str:
    """A code in words: ``NO_ANSWER`` becomes ``no answer``."""
    return str(code or "").replace("_", " ").replace(".", " ").lower()


def feed_lines(
    entries: Iterable[Entry], reps: Mapping[int, str], leads: Mapping[int, str]
) -> tuple[FeedLine, ...]:
    """Entries as lines of the feed."""
    return tuple(
        FeedLine(
            seq=entry.seq,
            at=from_micros(entry.at),
            who=reps.get(entry.actor or 0, entry.recorded_by),
            words=words_of(entry, leads.get(entry.lead_id or 0, "")),
            event=entry.event,
            lead_id=entry.lead_id,
            alarming=entry.alarming,
        )
        for entry in entries
    )


def _confirmed(codes: Mapping[str, Any], about: str) -> str:
    answer, outcome = codes.get("answer"), plain(codes.get("outcome"))
    if answer == "yes":
        return f"{channel(codes)}{about}" + (f" · {outcome}" if outcome else " · done")
    why = _joined(outcome if answer == "partly" else "", plain(codes.get("reason")))
    return f"{str(answer or '?').upper()}: {channel(codes)}{about}" + (f" · {why}" if why else "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _times(count: Any) -> str:
    return f"{count} times" if isinstance(count, int) and count > 1 else ""
