"""Log entries in words: what the feed, the lists and ``log show`` say of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from leadtui.desk.core.views import FeedLine
from leadtui.store.engine.entries import WEB
from leadtui.store.engine.micros import dated, from_micros
from leadtui.store.engine.vocabulary import Code, Event

Raw = tuple[int, int, str, str]
"""seq, at, recorded_by, body, as ``store.supervising`` reads them."""

CHANNELS = {"email": "e-mail"}
VERBS: Mapping[str, str] = {
    Event.ACTION_TAKEN_BACK: "takes back:",
    Event.TOUCH_STARTED: "starts",
    Event.CALL_DIALED: "dials",
    Event.GATE_OVERRIDE: "override",
    Event.GATE_ACKNOWLEDGED: "warning acknowledged",
    Event.TOUCH_DEFERRED: "defers",
    Event.EMAIL_HANDED_OVER: "e-mail handed over",
    Event.EMAIL_STATE: "e-mail",
    Event.DNC_ADDED: "do not call",
    Event.DNC_REMOVED: "off do-not-call",
    Event.LEAD_CLOSED: "closes",
    Event.LEAD_NOTE: "memo",
    Event.LEAD_FIT: "fit answered",
    Event.LEAD_MERGED: "merges",
    Event.LEAD_ERASED: "erases",
    Event.PERSON_ERASED: "personal texts erased",
    Event.LEAD_ASSIGNED: "assigns",
    Event.LEAD_PULLED: "takes from the hopper",
    Event.LEAD_TAKEN_OVER: "takes over",
    Event.TOUCH_GIVEN_BACK: "gives back",
    Event.CLOCK_ACCEPTED: "says that the clock is right, far ahead of the log",
    Event.CLOCK_SETTLED: "sets the log's time back to the clock's",
    Event.CLOCK_STEP: "clock went back",
    Event.REFUSED: "refused",
    Event.FLOOR_MADE: "floor made",
    Event.REP_ADDED: "rep added",
    Event.SETTINGS_CHANGED: "works with other settings (leadtui.toml)",
    Event.REP_SET: "changes what is known of a person",
    Event.COPIES_SENT: "copies to supervisors",
    Event.PLAYBOOK_ACTIVATED: "playbook activated",
    Event.IMPORT: "import",
    Event.RESPONSE_ADDED: "response of",
    Event.REP_AWAY: "away",
    Event.ENROLMENT_RESUMED: "cadence resumed:",
    Event.ENTRY_CORRECTED: "corrects",
    Event.QUESTION_SHOWN: "is asked",
    Event.QUESTION_DRAFTED: "types",
    Event.POPUP_SHOWN: "is asked about",
    Event.POPUP_ANSWERED: "answers the pop-up about",
    Event.NOTICE_PUBLISHED: "publishes a notice",
    Event.NOTICE_ACKNOWLEDGED: "has read a notice",
    Event.TRAINING_RECORDED: "records a training",
    Event.ROWS_RETOLD: "every row is told anew",
    Event.SAMPLE_DRAWN: "sample drawn",
    Event.SAMPLE_SIGNED: "signs a sample",
    Event.BACKUP_MADE: "backup",
    Event.IMPORT_UNDONE: "takes an import back",
    Event.IMPORT_PART: "goes on with an import",
    Event.IMPORT_PART_UNDONE: "goes on taking an import back",
    Event.NEAR_DUPLICATE_ANSWERED: "near duplicate",
    Event.CALLS_IMPORTED: "call records imported",
    Event.LEAD_SIGN: "takes note of what was done by",
    Event.LEAD_DATE: "sets a date of",
    Event.LEAD_EDITED: "changes",
    Event.LEAD_ACCEPTED: "accepts",
    Event.LEAD_REJECTED: "sends back to marketing",
    Event.LEADS_EXPORTED: "exports leads",
    Event.LETTER_PRINTED: "prints a letter to",
    Event.LETTER_REFUSED: "no postal address of",
    Event.KIT_SENT: "sends a kit to",
    Event.KIT_DROPPED: "drops a kit for",
    Event.KIT_PRINTED: "prints the slip of a kit for",
    Event.KIT_STUCK: "cannot send a kit to",
    Event.KIT_SWITCHED: "sends a kit another way to",
    Event.EVENT_DUE: "a dated rule for",
    Event.REP_BACK: "back",
    Event.TOUCH_PROMISED: "a promise comes up:",
    Event.TOUCH_MOVED: "moved by an absence, or its end:",
    Event.TOUCH_COVERED: "goes to the cover:",
    Event.TOUCH_UNCOVERED: "is asked who keeps a promise:",
    Event.TOUCH_RETURNED: "comes back from the cover:",
    Event.TOUCH_DEFERRAL_ASKED: "asks again to put off",
    Event.TOUCH_DONE: "the system is done with a step for",
    Event.TOUCH_RELEASED: "hands the system's step to the rep:",
    Event.TOUCH_SKIPPED: "skips a step for",
    Event.ADDRESS_BOUNCED: "an e-mail address is dead:",
    Event.CALLS_MATCHED: "call records matched again",
    Event.DNC_IMPORTED: "do-not-call list imported",
    Event.TOUCH_REHELD: "looks again at which calls are held",
    Event.DNC_REHELD: "looks again at leads whose numbers were screened",
    Event.SCREENING_ASKED: "writes out numbers to be screened",
    Event.SCREENING_BROUGHT: "brings the answer of a screening",
    Event.DNC_SHARED: "do not call, by a shared number:",
    Event.LEAD_CONSENT: "consent to calls of",
    Event.LEAD_OPPORTUNITY: "makes an opportunity of",
    Event.WEB_FORM: "web form",
    Event.WEB_EVENT: "on the web",
    Event.WEB_PRUNED: "forgets old posts from the web",
    Event.WEB_REFUSED: "refuses posts from the web",
    Event.WEB_SOURCE_MADE: "lets a web form post",
    Event.WEB_SOURCE_REVOKED: "takes a web form's token away",
}
QUIET = frozenset(
    (
        Event.QUESTION_SHOWN,
        Event.QUESTION_DRAFTED,
        Event.EMAIL_HANDED_OVER,
        Event.POPUP_SHOWN,
        Event.TOUCH_GIVEN_BACK,
        Event.TOUCH_PROMISED,
        Event.IMPORT_PART,
        Event.IMPORT_PART_UNDONE,
        Event.WEB_EVENT,
        Event.WEB_PRUNED,
    )
)
"""Steps on the way to what another entry tells; listed with a lead's entries, left out of the
feed."""

ALARMING = frozenset(
    (
        *(Event.ACTION_TAKEN_BACK, Event.CLOCK_STEP, Event.DNC_REMOVED),
        *(Event.CLOCK_ACCEPTED, Event.CLOCK_SETTLED),
        *(Event.GATE_OVERRIDE, Event.PERSON_ERASED, Event.REFUSED),
        Event.SETTINGS_CHANGED,
    )
)
FAST = timedelta(seconds=3)
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its body parsed; missing parts are empty."""

    seq: int
    at: int
    recorded_by: str
    event: str
    actor: int | None
    subjects: Mapping[str, Any]
    codes: Mapping[Code, Any]
    after: Mapping[str, Any]
    hashes: Mapping[str, Any]
    front: str = ""
    """The front end through which it was done."""

    @property
    def lead_id(self) -> int | None:
        """The lead it is about."""
        found = self.subjects.get("lead")
        return found if isinstance(found, int) else None

    @property
    def answered_in(self) -> timedelta | None:
        """Seconds from the question, or where none was shown from the dial, to the answer."""
        found = self.codes.get(Code.SECONDS_MS)
        if found is None:
            found = self.codes.get(Code.DIALED_MS)
        return timedelta(milliseconds=found) if isinstance(found, int) and found < DAY_MS else None

    @property
    def alarming(self) -> bool:
        """Whether the feed should make it stand out."""
        if self.event == Event.ACTION_CONFIRMED:
            hasty = (
                self.answered_in is not None
                and self.answered_in < FAST
                and bool(self.codes.get(Code.CONTACT))
            )
            return self.codes.get(Code.ANSWER) != "yes" or hasty
        return self.event in ALARMING or (
            self.event == Event.TOUCH_DEFERRED and _many(self.codes.get(Code.DEFERRALS))
        )


def parse(raw: Raw) -> Entry:
    """An entry from its stored form; a body that is no JSON object is shown as damaged, not
    hidden."""
    seq, stamp, who, body = raw
    at = stamp if dated(stamp) else 0
    try:
        said = json.loads(body)
    except (ValueError, TypeError, RecursionError):
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
        str(said.get("front", "")),
    )


def words_of(entry: Entry, lead: str = "") -> str:
    """What happened, in one line: ``call Jane Okafor · no answer``."""
    codes, about = entry.codes, f" {lead}" if lead else ""
    if entry.event == Event.ACTION_CONFIRMED:
        return _confirmed(codes, about)
    verb = VERBS.get(entry.event, entry.event.replace(".", " ").replace("_", " "))
    extra: Any = ""
    match entry.event:
        case Event.ACTION_TAKEN_BACK:
            verb = f"takes back: {channel(codes)}"
            extra = _joined(
                plain(codes.get(Code.OUTCOME) or codes.get(Code.ANSWER)),
                plain(codes.get(Code.REASON)),
            )
        case Event.TOUCH_STARTED:
            turn = codes.get(Code.OUT_OF_TURN)
            verb, extra = f"starts {channel(codes)}", f"out of turn: {plain(turn)}" if turn else ""
        case Event.GATE_OVERRIDE:
            verb, extra = f"override: {plain(codes.get(Code.CODE))}", plain(codes.get(Code.RULE))
        case Event.CALL_DIALED | Event.GATE_ACKNOWLEDGED:
            extra = plain(codes.get(Code.RULE))
        case Event.TOUCH_DEFERRED:
            extra = _joined(plain(codes.get(Code.REASON)), _times(codes.get(Code.DEFERRALS)))
        case Event.REFUSED:
            extra = _joined(plain(codes.get(Code.WHAT)), plain(codes.get(Code.RULE)))
        case Event.TOUCH_SKIPPED | Event.TOUCH_RELEASED:
            extra = plain(codes.get(Code.WHY))
        case Event.EMAIL_HANDED_OVER | Event.EMAIL_STATE:
            extra = plain(entry.after.get("email") or codes.get(Code.TEMPLATE))
        case Event.REP_ADDED:
            both = "a supervisor who calls too" if entry.after.get("calls") else ""
            extra = both or plain(entry.after.get("role"))
        case Event.ENTRY_CORRECTED:
            extra = f"entry {entry.subjects.get('entry')}"
        case _:
            extra = (
                _of_a_kit(entry)
                or _of_the_web(entry)
                or plain(codes.get(Code.REASON) or codes.get(Code.CODE))
            )
    return f"{verb}{about}" + (f" · {extra}" if extra else "")


def channel(codes: Mapping[Code, Any]) -> str:
    """The channel as people say it."""
    found = str(codes.get(Code.CHANNEL) or "action")
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
            who=source_of(entry) or reps.get(entry.actor or 0, entry.recorded_by),
            words=words_of(entry, leads.get(entry.lead_id or 0, "")),
            event=entry.event,
            lead_id=entry.lead_id,
            alarming=entry.alarming,
        )
        for entry in entries
    )


def source_of(entry: Entry) -> str:
    """The source that did it, where the web did: whose login the server has did nothing."""
    name = entry.codes.get(Code.NAME) if entry.front == WEB else ""
    return f"source {name}" if name else ""


def _of_a_kit(entry: Entry) -> str:
    if not entry.event.startswith("kit."):
        return ""
    how = entry.codes.get(Code.CHANNEL) or entry.codes.get(Code.WHY)
    return _joined(str(entry.codes.get(Code.NAME) or ""), plain(how))


def _of_the_web(entry: Entry) -> str:
    if not entry.event.startswith("web."):
        return ""
    if entry.event == Event.WEB_REFUSED:
        counted = f"{entry.codes.get(Code.OF)} of {entry.codes.get(Code.NAME)}"
        return _joined(counted, plain(entry.codes.get(Code.WHY)))
    what = (entry.codes.get(code) for code in (Code.OFFER, Code.KIND))
    return _joined(*map(plain, what)) or str(entry.codes.get(Code.NAME) or "")


def _confirmed(codes: Mapping[Code, Any], about: str) -> str:
    answer, outcome = codes.get(Code.ANSWER), plain(codes.get(Code.OUTCOME))
    if answer == "yes":
        return f"{channel(codes)}{about}" + (f" · {outcome}" if outcome else " · done")
    why = _joined(outcome if answer == "partly" else "", plain(codes.get(Code.REASON)))
    return f"{str(answer or '?').upper()}: {channel(codes)}{about}" + (f" · {why}" if why else "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _many(count: Any) -> bool:
    return isinstance(count, int) and count > 2


def _times(count: Any) -> str:
    return f"{count} times" if isinstance(count, int) and count > 1 else ""
