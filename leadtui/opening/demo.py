"""A demo floor: sample leads from a trade show, two reps, and a week of calls made through the same
use cases.

Nothing is painted: every figure on a demo's screens comes from touches that were started, dialed
and confirmed under the rules, on a clock that was moved through the week."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.core.context import Context
from leadtui.desk.core.people import os_login, rep_view
from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.intake.responding import respond
from leadtui.desk.playbook.files import sample
from leadtui.errors import LeadtuiError, Refused
from leadtui.settings import load_settings
from leadtui.store import floor, leads
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import Actor
from leadtui.text import words

SAMPLE = "midwest-it-expo-2026.csv"
EVENT = "Midwest IT Expo"
ZONE = ZoneInfo("America/Chicago")
OUTCOMES = (
    ("NO_ANSWER", 40),
    ("VOICEMAIL", 20),
    ("GATEKEEPER", 9),
    ("TALKED", 9),
    ("BUSY", 6),
    ("CALLBACK", 5),
    ("MEETING", 3),
    ("NOT_NOW", 3),
    ("NOT_INTERESTED", 3),
    ("WRONG_NUMBER", 2),
)
NOTES = {
    "NO_ANSWER": ("rang out", "rang eight times", ""),
    "VOICEMAIL": ("left the short message", "named the plan they asked about"),
    "GATEKEEPER": ("Ms. Byrne at the front desk", "assistant takes messages until noon"),
    "TALKED": (
        "wants the runbook first",
        "asks what the failback takes",
        "compares with their cloud backup",
    ),
    "CALLBACK": ("in a meeting, asked for another time",),
    "MEETING": ("20 minutes with their storage lead",),
    "NOT_NOW": ("budget is set in spring",),
    "NOT_INTERESTED": ("signed with somebody else in June",),
    "WRONG_NUMBER": ("number not in service",),
}
SESSIONS = (
    # day of November 2026, slices of the day (from, to), calls per rep in each
    (17, ((9.6, 11.0), (11.0, 13.0), (13.5, 15.2), (15.2, 17.0)), 3),
    (18, ((9.3, 11.0), (11.0, 13.0), (13.5, 16.8)), 4),
    (19, ((9.2, 12.0), (13.0, 16.8)), 5),
    (20, ((9.0, 12.0), (13.0, 16.5)), 5),
    (23, ((9.0, 10.3),), 4),
)


def demo_people() -> tuple[NewRep, ...]:
    """The maker's login is the first rep."""
    return (
        NewRep("Dana Reyes", os_login(), "rep", "dana.reyes@halyard.example", "+1 312 555 0150"),
        NewRep("Ali Haddad", "ali", "rep", "ali.haddad@halyard.example", "+1 312 555 0151"),
        NewRep("Mira Sand", "mira", "supervisor", "mira.sand@halyard.example", "+1 312 555 0152"),
    )


def make_demo(
    folder: Path, *, leads: int = 60, seed: int = 7, database: str = "", history: bool = True
) -> None:
    """Make a demo floor; with ``history`` a week of work stands behind it."""
    begin = datetime(2026, 11, 16, 9, 0, tzinfo=ZONE).astimezone(UTC)
    make_floor(
        folder,
        demo_people(),
        begin,
        name="Halyard inside sales",
        zone=str(ZONE),
        demo=True,
        database=database,
    )
    if not history:
        return
    settings = load_settings(folder)
    store = open_store(settings.database_url, durable=False)
    try:
        clock = FixedClock(begin)
        desks = [desk_of(store, folder, login, clock) for login in (demo_people()[0].login, "ali")]
        _live(desks, clock, sample_rows(leads, seed), random.Random(seed))
    finally:
        store.dispose()


def desk_of(store: Store, folder: Path, login: str, clock: FixedClock) -> Desk:
    """A demo rep's desk on a clock that is moved by hand."""
    with store.read() as session:
        person = floor.rep_by_login(session, login)
        if person is None:
            raise LeadtuiError(f"this demo floor has no {login!r}")
        identity = rep_view(person)
    actor = Actor(
        identity.id, identity.name, login, identity.role, "demo", "demo", "demo", login, "demo"
    )
    return Desk(Context(store, clock, load_settings(folder), actor, identity, is_demo=True))


# -- the leads -------------------------------------------------------------------------------------


def sample_rows(count: int, seed: int) -> list[dict[str, str]]:
    """``count`` leads as rows of the event's app: the sample file's, then invented ones."""
    rows = list(csv.DictReader(io.StringIO(sample(SAMPLE).decode("utf-8-sig"))))
    people = [row for row in rows if row["Scanned At"]]
    if count == 60:
        return people
    kept: list[dict[str, str]] = []
    known: set[str] = set()
    for row in people:
        known.add(row["Email"] or row["Badge ID"])
        if len(known) > count:
            break
        kept.append(row)
    return kept + list(_invented(max(0, count - 60), people[0], random.Random(seed)))


_FIRST = words("Ava Ben Carla Dev Elena Finn Gita Hugo Iris Jonas Kemal Lena Marco Nora")
_LAST = words("Abbott Baptiste Castell Dahl Eriksen Foster Grewal Holm Ivers Jensen Kovac")
_FIRM = words("""
    Amber Birch Cedar Dover Ember Falcon Garnet Heron Indigo Juniper Kestrel Linden Maple Nickel
    Osprey Pewter Quarry Raven Sable Topaz Umber Violet Walnut Yarrow Zephyr
""")
_PLACE = words("""
    bank bridge brook cliff crest dale field ford gate glen grove haven hill lake mead mere mill
    point port ridge
""")
_KIND = words("""
    Foods Freight Clinics Credit Tools Steel Paper Energy Schools Insurance Labs Logistics Dairy
    Hotels Press
""")
_PLACES = (
    ("Chicago", "IL", "312"),
    ("Denver", "CO", "303"),
    ("Seattle", "WA", "206"),
    ("Boston", "MA", "617"),
    ("Phoenix", "AZ", "602"),
    ("Columbus", "OH", "614"),
    ("Dallas", "TX", "214"),
    ("Madison", "WI", "608"),
)
_TITLES = (
    "CIO",
    "IT Manager",
    "Systems Administrator",
    "VP Operations",
    "Network Engineer",
    "Infrastructure Lead",
)


def _invented(count: int, pattern: dict[str, str], dice: random.Random) -> Iterator[dict[str, str]]:
    """Rows beyond the sample's: invented people, numbers from the range that is kept for
    fiction."""
    for number in range(count):
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        firm = f"{_FIRM[number % 25]}{_PLACE[number // 25 % 20]} {_KIND[number // 500 % 15]}"
        domain = firm.split(maxsplit=1)[0].lower()
        city, state, area = dice.choice(_PLACES)
        yield dict.fromkeys(pattern, "") | {
            "Badge ID": f"MIE26-9{number:05}",
            "First Name": first,
            "Last Name": last,
            "Company": firm,
            "Job Title": dice.choice(_TITLES),
            "Email": f"{first.lower()}.{last.lower()}{number}@{domain}.example",
            "Phone": f"+1 {area} 555 01{number % 100:02}",
            "City": city,
            "State/Region": state,
            "Country": "USA",
            "Employees": str(dice.choice((45, 120, 300, 900, 2500))),
            "Rating": dice.choice(("hot", "warm", "warm", "cold")),
            "Scanned At": f"11/{17 + number % 2}/2026 {9 + number % 3}:{number % 60:02} AM",
        }


def export(rows: list[dict[str, str]], until: datetime) -> bytes:
    """What the event's app exports at ``until``: everybody scanned so far, as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if _scanned(row) <= until)
    return out.getvalue().encode()


def _scanned(row: dict[str, str]) -> datetime:
    return datetime.strptime(row["Scanned At"], "%m/%d/%Y %I:%M %p").replace(tzinfo=ZONE)


# -- the week --------------------------------------------------------------------------------------


def _live(
    desks: list[Desk], clock: FixedClock, rows: list[dict[str, str]], dice: random.Random
) -> None:
    """Through the week: what the event's app exports comes in, then both reps work for a while, and
    again."""
    before = b""
    for day, slices, calls in SESSIONS:
        start = datetime(2026, 11, day, tzinfo=ZONE)
        for first, last in slices:
            clock.at = max(clock.at, (start + timedelta(hours=first)).astimezone(UTC))
            data = export(rows, clock.at)
            if data != before and data.count(b"\n") > 1:
                name = f"{EVENT} {clock.at.astimezone(ZONE):%d %b %H-%M}.csv"
                options = ImportOptions(
                    offer="trade-show",
                    source="Trade show",
                    event=EVENT,
                    event_zone=str(ZONE),
                    name=name,
                )
                import_file(desks[0].context, data, options)
            before = data
            _work(desks, clock, (start + timedelta(hours=last)).astimezone(UTC), calls, dice)
    _promise(desks[0], clock)
    _fresh(desks[0], clock)


def _work(
    desks: list[Desk], clock: FixedClock, until: datetime, calls: int, dice: random.Random
) -> None:
    """Both reps take the first of their queues until the session ends."""
    pause = (until - clock.at) / (calls * len(desks) + 1)
    for turn in range(calls * len(desks)):
        desk = desks[turn % len(desks)]
        clock.at += pause * dice.uniform(0.6, 1.0)
        desk.tick()
        _one(desk, clock, dice)


def _one(desk: Desk, clock: FixedClock, dice: random.Random) -> None:
    """One touch: the first that can be done, as a rep would."""
    for row in desk.block.top(3):
        if row.due > clock.at:
            continue
        try:
            question = desk.block.start(row.touch_id).question
        except Refused:
            continue
        clock.advance(seconds=dice.randint(5, 25))
        if row.action == "call":
            _call(desk, clock, row.lead_id, question.id, dice)
        elif row.action == "e-mail":
            _mail(desk, clock, row.lead_id, question.id, row.touch_id, dice)
        else:
            desk.confirm.shown(question.id)
            clock.advance(seconds=dice.randint(3, 9))
            desk.confirm.answer(question.id, Given("yes", note="looked up and done"))
        return


def _call(desk: Desk, clock: FixedClock, lead_id: int, question: int, dice: random.Random) -> None:
    lead = desk.block.lead(lead_id)
    phone = next((phone for phone in lead.phones if phone.gate.verdict != "blocked"), None)
    if phone is None:
        clock.advance(seconds=8)
        reason = desk.block.reasons("not_dialed")[0].code
        desk.confirm.answer(question, Given("yes", outcome="NOT_DIALED", reason=reason))
        return
    desk.block.dial(question, phone.id, acknowledge=True)
    outcome = dice.choices([code for code, _ in OUTCOMES], [weight for _, weight in OUTCOMES])[0]
    clock.advance(
        seconds=dice.randint(25, 40) if outcome in {"NO_ANSWER", "BUSY"} else dice.randint(60, 420)
    )
    desk.confirm.shown(question)
    clock.advance(seconds=dice.randint(4, 12))
    given = Given("yes", outcome=outcome, note=dice.choice(NOTES.get(outcome, ("",))))
    ahead = clock.at.astimezone(ZONE).replace(
        hour=dice.choice((10, 11, 14)), minute=30
    ) + timedelta(days=3)
    if outcome in {"MEETING", "NOT_NOW"}:
        ahead += timedelta(days=7)
    if outcome in {"CALLBACK", "TALKED", "MEETING", "NOT_NOW"}:
        given = replace(given, at=ahead.astimezone(UTC), next_action="call: go through the runbook")
    if outcome == "NOT_INTERESTED":
        given = replace(given, reason=desk.block.reasons("not_interested")[0].code)
    desk.confirm.answer(question, given)


def _mail(
    desk: Desk, clock: FixedClock, lead_id: int, question: int, touch_id: int, dice: random.Random
) -> None:
    try:
        shown = desk.mail.preview(lead_id, touch_id)
        desk.mail.hand_over(
            lead_id,
            shown.template,
            shown.subject,
            shown.body,
            obligation_id=question,
            touch_id=touch_id,
            wording=shown.wording,
        )
    except Refused:
        reason = desk.block.reasons("no")[0].code
        desk.confirm.answer(question, Given("no", reason=reason))
        return
    desk.confirm.shown(question)
    clock.advance(seconds=dice.randint(3, 8))
    desk.confirm.answer(question, Given("yes"))


def _promise(desk: Desk, clock: FixedClock) -> None:
    """Somebody asked on Monday morning to be called back at 10:45."""
    clock.at = max(clock.at, datetime(2026, 11, 23, 10, 20, tzinfo=ZONE).astimezone(UTC))
    with desk.context.store.read() as session:
        found = [lead for lead in leads.find(session, "Okafor") if lead.status == "open"]
    lead_id = next((int(lead.id or 0) for lead in found if lead.owner_id == desk.identity.id), 0)
    if not lead_id:
        return
    question = desk.block.inbound(lead_id).question.id
    clock.advance(seconds=45)
    desk.confirm.shown(question)
    clock.advance(seconds=6)
    later = datetime(2026, 11, 23, 10, 45, tzinfo=ZONE).astimezone(UTC)
    desk.confirm.answer(
        question, Given("yes", outcome="CALLBACK", note="asks to be called at 10:45", at=later)
    )


def _fresh(desk: Desk, clock: FixedClock) -> None:
    """Two who scanned last week ask for more, minutes ago."""
    own = [row.lead_id for row in desk.block.top(40) if row.action != "data fix"]
    for lead_id, offer, minute in zip(own[-2:], ("contact-us", "trial"), (31, 38), strict=False):
        clock.at = max(clock.at, datetime(2026, 11, 23, 10, minute, tzinfo=ZONE).astimezone(UTC))
        respond(desk.context, lead_id, offer, source="Web site")
