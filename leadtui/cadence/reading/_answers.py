"""What people answer: the outcomes of a call, the questions of the qualification, and reasons."""

from __future__ import annotations

from leadtui.cadence.model import Consent, Disposition, Question, Reason
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading._tables import by_key, rows_of, unique
from leadtui.cadence.sources.folding import fold
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import nearest, quoted, suggestion

REASON_KINDS = (
    *("no", "partly", "defer", "out_of_turn", "override", "reject"),
    *("not_interested", "unqualified", "not_dialed", "done", "qualified"),
)
ENDS = ("", "pause", "cadence", "calls")
THEN = (
    *("step", "retry", "callback", "next_action", "meeting", "opportunity"),
    *("nurture", "close", "recycle", "data_fix", "refer", "email"),
)
REQUIRES = ("note", "at", "next", "reason", "colleague", "gatekeeper")

DISPOSITION = Table(
    "dispositions.toml",
    "[[disposition]]",
    "a disposition",
    "The outcomes of a call, in the order of the keys; what follows an outcome stands here and "
    "nowhere else.",
    (
        Key("key", "text", "the one key that chooses it; no key of a screen", '"3"', needed=True),
        Key("code", "name", "its name in commands, log and reports", '"VOICEMAIL"', needed=True),
        Key("label", "text", "what people read", '"Left voicemail"', needed=True),
        Key("contact", "flag", "somebody was talked to", "false", needed=True),
        Key("attempt", "flag", "counts as an attempt", "true", default=True),
        Key(
            "ends",
            "text",
            "what ends: the cadence until a date (pause), the cadence, or its calls",
            '"pause"',
            one_of=ENDS,
        ),
        Key(
            "then",
            "texts",
            "what follows, in this order",
            '["email", "step"]',
            one_of=THEN,
            default=("step",),
        ),
        Key("delay", "span", "the next call is not due before", '"30 minutes"'),
        Key("retries", "number", "how often `delay` is granted before the next step", "1"),
        Key("avoid_part", "flag", "the next call is in another part of the day", "true"),
        Key(
            "max_per_cadence", "number", "no longer offered after so many in a cadence", "2", low=1
        ),
        Key("escalate_after", "number", "so many of them count as another outcome", "2"),
        Key("escalate_to", "text", "the code of that outcome", '"NOT_INTERESTED"'),
        Key("requires", "texts", "what the rep must say", '["at"]', one_of=REQUIRES),
        Key(
            "blocks",
            "text",
            "what nobody may call any more: the number, or every number of the person",
            '"number"',
            one_of=("", "number", "person"),
        ),
        Key("sure", "flag", "asks again before it is taken", "true"),
        Key("enters", "texts", "cadences that begin now", '["monthly-letter"]'),
        Key("enters_at", "texts", "cadences that begin at the date named", '["not-now"]'),
        Key("closing_reasons", "texts", "reasons that close the lead", '["opted_out"]'),
        Key("default_date", "span", "the date where none is named, from now", '"90 days"'),
        Key("data_fix", "text", "the title of the task for `data_fix`", '"Find a number"'),
        Key("email", "text", "the e-mail offered for `email`", '"after-voicemail"'),
        Key("close_reason", "text", "why a lead that it closes is closed", '"referred"'),
    ),
)
QUALIFICATION = Table(
    "qualification.toml",
    "",
    "the file",
    "What is asked of a lead before it counts as an opportunity.",
    (Key("profile", "text", "the profile that is asked; else the first", '"recovery"', free=True),),
)
QUESTION = Table(
    "qualification.toml",
    "[[question]]",
    "a question",
    "The questions of each profile, in order.",
    (
        Key("profile", "text", "the profile it belongs to", '"recovery"'),
        Key("key", "name", "its name in conditions", '"project"', needed=True),
        Key("label", "text", "the question", '"Is there a real project?"', needed=True),
        Key("short", "text", "one word for it", '"project"', needed=True),
        Key(
            "answers",
            "mapping",
            "each answer and what people read; `unknown` is none",
            '{ yes = "Yes", no = "No" }',
            needed=True,
        ),
        Key("passes", "texts", "the answers that qualify", '["yes"]', needed=True),
        Key("warns", "texts", "the answers that ask for a reason at *Qualified*", '["no"]'),
        Key("stops", "texts", "the answers that no opportunity can come of", '["no"]'),
        Key("names", "texts", "the answers that are whole only with a name", '["yes"]'),
        Key(
            "mapped_from",
            "texts",
            "headers of files and fields of forms that answer it",
            '["Active project?"]',
        ),
        Key("words", "mapping", "what forms say for an answer", '{ yes = "yes|ja|oui" }'),
    ),
)
CONSENT = Table(
    "qualification.toml",
    "[[consent]]",
    "a consent",
    "What a web form asks leave for; the wording is kept with each yes.",
    (
        Key("key", "name", "its name in the log", '"phone"', needed=True),
        Key(
            "channel",
            "text",
            "by what they may be reached",
            '"call"',
            needed=True,
            one_of=("call", "email"),
        ),
        Key(
            "wording",
            "text",
            "what stands beside the box, word for word",
            '"Yes, you may call me about my inquiry."',
            needed=True,
        ),
        Key("mapped_from", "texts", "fields of forms that say yes", '["ok_call"]', needed=True),
    ),
)
_REASON_KEYS = (
    Key("code", "name", "its name in commands and the log", '"ran_out_of_time"', needed=True),
    Key("label", "text", "what people read", '"Ran out of time"', needed=True),
    Key("key", "text", "the one key that chooses it", '"1"', needed=True),
)
REASON = Table(
    "reasons.toml",
    "[[reason]]",
    "a reason",
    "Reasons that are given with one key, each for one kind of question.",
    (
        Key("kind", "text", "what it is a reason for", '"no"', needed=True, one_of=REASON_KINDS),
        *_REASON_KEYS,
    ),
)
OVERRIDE = Table(
    "calling.toml",
    "[[override.codes]]",
    "an override code",
    "Why a call may be made in spite of a rule that can be overridden.",
    _REASON_KEYS,
)
TABLES = (DISPOSITION, QUALIFICATION, QUESTION, CONSENT, REASON)

SCREEN_KEYS = frozenset("ABCLUacdefmnopqy?[]")
"""Keys of the call and of the question: an outcome that claimed one could never be chosen."""


def read_dispositions(reader: Reader) -> dict[str, Disposition]:
    """``dispositions.toml``, by code."""
    keys: dict[str, None] = {}

    def disposition(row: Reader) -> Disposition:
        one = Disposition(**row.all(DISPOSITION))
        unique(row, "key", one.key, keys)
        if len(one.key) > 1:
            row.refuse("key", "write the one key that chooses it")
        if one.key in SCREEN_KEYS:
            free = ", ".join(sorted(set("gijkstvz") - set(keys)))
            row.refuse("key", f"{one.key} is a key of the screens; take a free one: {free}")
        keys[one.key] = None
        return one

    return by_key(reader, DISPOSITION, "code", disposition)


def read_questions(reader: Reader) -> tuple[Question, ...]:
    """``qualification.toml``: the questions of the profile that it chooses (the first question's if
    none)."""
    profiles: dict[str, dict[str, Question]] = {}
    heard: dict[tuple[str, str], Question] = {}
    for row in rows_of(reader, QUESTION):
        profile, question = _question(row)
        if profile not in profiles and (near := nearest(profile, profiles)):
            row.refuse("profile", f"did you mean '{near}'?")
        known = profiles.setdefault(profile, {})
        unique(row, "key", question.key, known)
        known.setdefault(question.key, question)
        for header in question.mapped_from:
            first = heard.setdefault((profile, fold(header)), question)
            if first is not question:
                row.wrong(
                    "mapped_from",
                    f"{quoted(header)} answers {quoted(first.key)} already, and one answer is no "
                    f"answer to two questions; take it out of one of them",
                )
    chosen = reader.text("profile", one_of=tuple(profiles), default=next(iter(profiles), ""))
    return tuple(profiles.get(chosen, {}).values())


def _question(row: Reader) -> tuple[str, Question]:
    """Its profile, and the question itself."""
    said = row.all(QUESTION)
    answers = said["answers"]
    if not answers:
        row.wrong(
            "answers", 'a question has no \'answers\'; write answers = { yes = "Yes", no = "No" }'
        )
    if answers and not said["passes"] and "passes" in row.table:
        row.wrong("passes", f"no answer qualifies; name one of {quoted(next(iter(answers)))} …")
    for key in ("passes", "warns", "stops", "names"):
        row.texts(key, one_of=tuple(answers))
    for answer in said["stops"]:
        if answer in said["passes"]:
            row.wrong("stops", f"{quoted(answer)} passes and stops; take it out of one")
    for answer in said["words"]:
        if answers and answer not in answers:
            hint = suggestion(answer, answers)
            row.wrong("words", f"'words' speak of {quoted(answer)}, which is no answer; {hint}")
    return said.pop("profile"), Question(**said)


def read_consents(reader: Reader) -> tuple[Consent, ...]:
    """``qualification.toml``: what forms ask leave for; a key stands once."""
    found: dict[str, Consent] = {}
    for row in rows_of(reader, CONSENT):
        consent = Consent(**row.all(CONSENT))
        unique(row, "key", consent.key, found)
        found.setdefault(consent.key, consent)
    return tuple(found.values())


def read_reasons(reader: Reader) -> tuple[Reason, ...]:
    """``reasons.toml``; codes and keys are unique within a kind."""
    reasons: dict[tuple[str, str], Reason] = {}
    keys: dict[str, dict[str, None]] = {}
    for row in rows_of(reader, REASON):
        reason = read_reason(row, REASON)
        unique(row, "code", reason.code, [code for kind, code in reasons if kind == reason.kind])
        unique(row, "key", reason.key, keys.setdefault(reason.kind, {}))
        keys[reason.kind][reason.key] = None
        reasons.setdefault((reason.kind, reason.code), reason)
    return tuple(reasons.values())


def read_reason(row: Reader, table: Table) -> Reason:
    """One reason code; those of the calling policy are of the kind ``override``."""
    row.retired("blocker", "take it out; reasons are counted by their codes")
    reason = Reason(**{"kind": "override", **row.all(table)})
    if len(reason.key) > 1:
        row.refuse("key", "write the one key that chooses it")
    return reason
