"""What waits too long on this floor, and for whom: leads, the hopper, touches, letters, questions,
answers, messages, signatures, notices, training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.audit import samples
from leadtui.desk.audit.findings import ANSWERS, ERROR, NOTE, OWNERS, POWER, WARNING, Finding, few
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import FOREVER
from leadtui.desk.core.words import channel_word, leads_wait, said_moment, said_span
from leadtui.desk.distribution.hopper import Hopper
from leadtui.desk.intake import batches
from leadtui.desk.messages import kits
from leadtui.desk.messages.delivery import STALE
from leadtui.desk.planning.front import NO_NUMBER
from leadtui.desk.planning.mending import CONSENT, SCREENING, lift_title
from leadtui.desk.playbook import notices, training
from leadtui.store import floor, health, leads, lifecycle

OPEN_FOR = timedelta(days=1)
UNREAD_FOR = timedelta(days=3)
SIGN_WITHIN = timedelta(days=7)
BUSINESS_DAY = 480
"""Business minutes."""
OVERDUE_FOR, UNPRINTED_FOR = 30, 10
"""So many business days behind its time a touch is forgotten, and a letter holds up what follows
it."""

DECIDE = {
    "near_duplicate": "leadtui batch review {id}, then --new or --same LEAD",
    "email_unknown": (
        "leadtui mail status --all; then 'leadtui mail resolve MESSAGE --sent' or '--not-sent'"
    ),
    "no_next_step": (
        "leadtui lead show {lead}; then 'leadtui lead respond {lead} --offer …' "
        "or 'leadtui call "
        "{lead}'"
    ),
    "owner_away": (
        "its owner is away and nobody is there: 'leadtui assign {lead} --to …', or 'leadtui rep "
        "back'"
    ),
    "recycled": (
        "leadtui lead show {lead}; then 'leadtui lead respond {lead} --offer …' gives "
        "it a next step"
    ),
}
"""Kind of a question -> what decides it."""

LIFT = {
    CONSENT: "record the consent with 'leadtui lead consent', where there is one",
    SCREENING: "leadtui dnc ask; then 'leadtui dnc screened' with the answer",
    NO_NUMBER: "find a number, or let the e-mails do",
}
"""What lifts a block that waiting does not."""

LOOK = (
    "leadtui lead show {lead}; talk to its owner, or give it to another with 'leadtui "
    "assign {lead} --to …'"
)


def waiting(context: Context) -> Iterator[Finding]:
    """Every finding about what is left lying."""
    yield from _people(context)
    yield from _imports(context)
    yield from _leads(context)
    yield from _hopper(context)
    yield from _held(context)
    yield from _overdue(context)
    yield from _letters(context)
    yield from _kits(context)
    yield from _answers(context)
    yield from _questions(context)
    yield from _mail(context)
    yield from _copies(context)
    yield from _samples(context)
    yield from _notices(context)
    if due := training.overdue(context):
        do = "hold one, then 'leadtui training record --topic … --attended NAME'"
        yield Finding(WARNING, due, "training", do)


def _imports(context: Context) -> Iterator[Finding]:
    """Files that are half in, or half taken back."""
    for one in batches.listed(context):
        if half := one.half():
            what, _, do = half.partition(": ")
            yield Finding(WARNING, what, f"import {one.id}", do)


def _people(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        bare = [rep for rep in floor.reps(session) if not rep.name.strip() or not rep.login.strip()]
    for rep in bare:
        lacks = " and no ".join(
            word for word, said in (("name", rep.name), ("login", rep.login)) if not said.strip()
        )
        do = (
            "add them with 'leadtui rep add NAME --login LOGIN', and give their leads over "
            "with 'leadtui "
            "assign'"
        )
        yield Finding(WARNING, f"somebody has no {lacks}", f"person {rep.id}", do, rank=POWER)


def _leads(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        bare = leads.without_next_step(session)
    for lead_id in bare:
        do = (
            f"leadtui lead show {lead_id}; 'leadtui lead respond {lead_id} --offer …' gives "
            "it a next step"
        )
        kind = "open leads for which nothing is planned"
        yield Finding(
            ERROR, "nothing is planned for this open lead", f"lead {lead_id}", do, kind, OWNERS
        )


def _hopper(context: Context) -> Iterator[Finding]:
    """Who is nobody's: past the deadline each is an error, before it they are told as one."""
    now = context.now()
    places = Hopper(context).places()
    late = [place for place in places if place.deadline < now]
    for place in late:
        words = (
            f"{place.name} waits in the hopper for {said_span(now - place.since)} "
            f"({place.why}), past the deadline {_when(context, place.deadline)}"
        )
        do = (
            f"leadtui assign {place.lead_id} --to REP; or a rep takes it with 'leadtui hopper "
            f"pull {place.lead_id}'"
        )
        many = "leads past their deadline in the hopper"
        yield Finding(ERROR, words, f"lead {place.lead_id}", do, many, OWNERS)
    if waiting := len(places) - len(late):
        first = min(place.deadline for place in places if place.deadline >= now)
        words = f"{leads_wait(waiting)} in the hopper, the first until {_when(context, first)}"
        yield Finding(NOTE, words, "hopper", "leadtui hopper; then 'leadtui hopper pull'")


def _held(context: Context) -> Iterator[Finding]:
    """Leads that no waiting makes callable: the calls still held, and those that were passed over
    and asked about."""
    titles = {lift_title(kind): kind for kind in (CONSENT, SCREENING, NO_NUMBER)}
    with context.store.read() as session:
        held = health.held_for_good(session, FOREVER)
        asked = health.waiting_fixes(session, tuple(titles))
    for rule, number, lead in held:
        words = f"{_leads_are(number)} held and not called ({rule}): waiting does not lift that"
        do = f"leadtui lead show {lead}, and so on ('h' in the call block); {LIFT[_kind(rule)]}"
        yield Finding(WARNING, words, f"lead {lead}", do)
    for title, number, lead in asked:
        words = f"calls to {number} lead{'s' if number > 1 else ''} were passed over: {title}"
        do = f"leadtui lead show {lead}; {LIFT[titles[title]]}"
        yield Finding(WARNING, words, f"lead {lead}", do)


def _kind(rule: str) -> str:
    return next((kind for kind in LIFT if rule.endswith(kind)), NO_NUMBER)


def _leads_are(number: int) -> str:
    return "1 lead is" if number == 1 else f"{number} leads are"


def _overdue(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        found = health.overdue(session, _days_ago(context, session, OVERDUE_FOR))
    for touch_id, lead_id, name, rep, channel, due in found:
        words = (
            f"{channel_word(channel)} {name}, {rep}'s, is overdue since {_when(context, due)}: "
            f"more than {OVERDUE_FOR} business days"
        )
        do = f"ask {rep} to start or defer it, or 'leadtui assign {lead_id} --to …'"
        many = f"touches overdue for more than {OVERDUE_FOR} business days"
        yield Finding(WARNING, words, f"touch {touch_id}", do, many)


def _letters(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        before = _days_ago(context, session, UNPRINTED_FOR)
        held = lifecycle.letters(session, before, None)
    for touch in held:
        words = (
            f"a letter is due since {_when(context, touch.due)} and not in the post; "
            f"what follows it in {touch.cadence or 'its cadence'} waits"
        )
        do = "leadtui letter print --due, post it, then confirm its step in the call block"
        many = f"letters not in the post for more than {UNPRINTED_FOR} business days"
        yield Finding(WARNING, words, f"lead {touch.lead_id}", do, many)


def _kits(context: Context) -> Iterator[Finding]:
    """What people asked for and have not got in the time that the playbook promises."""
    for kit in kits.late(context):
        how = "packed" if kit.way == "post" else "e-mailed"
        words = f"the kit {kit.kit} for {kit.name} was to be {how} until {_when(context, kit.due)}"
        do = (
            f"leadtui letter print, pack it, then 'leadtui kit done {kit.id}'"
            if kit.way == "post"
            else f"leadtui kit list says why; then 'leadtui kit send {kit.id}', or 'kit drop'"
        )
        where, many = f"lead {kit.lead_id}", "kits that are late"
        yield Finding(WARNING, words + (f" ({kit.why})" if kit.why else ""), where, do, many)


def _days_ago(context: Context, session: Any, days: int) -> datetime:
    """The moment so many business days ago."""
    business = context.business_clock(context.playbook(session))
    return business.at(business.minutes_at(context.now()) - days * BUSINESS_DAY)


def _answers(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        old = health.old_obligations(session, context.now() - OPEN_FOR)
    for number, name, started in old:
        words = f"an action of {name} is not answered for since {_when(context, started)}"
        do = f"ask {name} to open leadtui and answer: it asks first"
        yield Finding(
            WARNING, words, f"obligation {number}", do, "actions nobody has answered for", ANSWERS
        )


def _questions(context: Context) -> Iterator[Finding]:
    now = context.now()
    with context.store.read() as session:
        open_ = health.open_matters(session, now, now - OPEN_FOR)
    for number, kind, lead_id, asked, late in open_:
        words = (
            f"a question to a supervisor ({kind.replace('_', ' ')}) is open since "
            f"{_when(context, asked)}"
        )
        do = DECIDE.get(kind, LOOK).format(id=number, lead=lead_id or "LEAD")
        many = (
            "questions to a supervisor that are past their deadline"
            if late
            else "questions to a supervisor"
        )
        more = ", past its deadline" if late else ""
        yield Finding(WARNING, words + more, f"question {number}", do, many)


def _mail(context: Context) -> Iterator[Finding]:
    now = context.now()
    with context.store.read() as session:
        stuck = health.stuck_emails(session, now - STALE, now - OPEN_FOR)
    advice = {
        "failed": "leadtui mail status --all; then 'leadtui mail retry MESSAGE'",
        "unknown": (
            "look into the sent mail; then 'leadtui mail resolve MESSAGE --sent' or '--not-sent'"
        ),
        "sending": "leadtui mail send --once; what hung is then asked about",
        "queued": "leadtui mail send --once, and leave 'leadtui mail send' running",
    }
    words = {"queued": "waiting for more than a day", "sending": "stuck on the way"}
    for state, ids in stuck.items():
        count = f"{len(ids)} e-mail{'s are' if len(ids) > 1 else ' is'} {words.get(state, state)}"
        yield Finding(WARNING, count, f"messages {few(ids)}", advice[state])


def _copies(context: Context) -> Iterator[Finding]:
    from leadtui.desk.audit.copies import standing

    for line in standing(context):
        if line.words:
            tries = f" after {line.tries} tries" if line.tries > 1 else ""
            words = f"copies to {line.rep} do not leave{tries}: {line.words}"
            yield Finding(
                WARNING,
                words,
                "copies",
                "mend [mail] in leadtui.toml, then 'leadtui mail send --once'",
            )


def _samples(context: Context) -> Iterator[Finding]:
    now = context.now()
    with context.store.read() as session:
        unsigned = health.unsigned_samples(session)
    for week, entries, drawn in unsigned:
        old = drawn < now - SIGN_WITHIN
        words = (
            f"{len(entries)} sample{'s' if len(entries) > 1 else ''} of {week} wait for a "
            "supervisor's "
            "signature"
        )
        do = (
            f"leadtui samples --week {week}; then 'leadtui samples sign {entries[0]} "
            "--finding …' for "
            "each"
        )
        yield Finding(WARNING if old else NOTE, words, f"entries {few(entries)}", do, rank=ANSWERS)
    for week in samples.undrawn(context):
        do = f"leadtui samples --week {week}, as a supervisor: it draws and lists them"
        severity = NOTE if week == samples.last_week(context) else WARNING
        yield Finding(
            severity, f"the samples of {week} were never drawn", "samples", do, rank=ANSWERS
        )


def _notices(context: Context) -> Iterator[Finding]:
    for notice in notices.listed(context):
        if notice.waiting:
            old = notice.published_at < context.now() - UNREAD_FOR
            words = (
                f"not read by {few(list(notice.waiting))} since "
                f"{_when(context, notice.published_at)}: {notice.title}"
            )
            do = (
                f"their next call block begins with it; or 'leadtui notice ack {notice.id} "
                "--yes' in their "
                "account"
            )
            yield Finding(WARNING if old else NOTE, words, f"notice {notice.id}", do)


def _when(context: Context, at: datetime) -> str:
    return said_moment(at, context.zone, context.now())
