"""The calling policy (``calling.toml``, ``calling/legal-hours.toml``)."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType

from leadtui.cadence.model import REGISTERS, CallingPolicy, LegalHours, Reason
from leadtui.cadence.reading._answers import OVERRIDE, read_reason
from leadtui.cadence.reading._codes import place_help
from leadtui.cadence.reading._policy import figure, read_week
from leadtui.cadence.reading._readers import WEEK_KEYS, WEEKDAYS, Reader
from leadtui.cadence.reading._tables import rows_of, unique
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import quoted

_REGION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?")

CALLING = "calling.toml"
LEGAL = "calling/legal-hours.toml"
CALLED = Table(
    CALLING,
    "",
    "the file",
    "Whom the floor calls. A law for consumers alone blocks a call to a business too, unless the "
    "floor calls businesses only: then it asks for a second look.",
    (
        Key(
            "calls",
            "text",
            "businesses, consumers or both",
            '"both"',
            default="both",
            one_of=("both", "businesses", "consumers"),
        ),
    ),
)
PREFERRED = Table(
    CALLING,
    "[preferred]",
    "[preferred]",
    "When calls are planned, on the clock of the person called; outside it a call asks for a "
    "second look.",
    WEEK_KEYS,
)
CALL_LIMITS = Table(
    CALLING,
    "[limits]",
    "[limits]",
    "How often a lead is called.",
    (
        figure("max_attempts_24h", "attempts to one number in 24 hours", 3, 1, 100),
        figure("min_minutes_between", "between attempts to one lead", 120, 0, 10_000),
        figure("override_min_chars", "how long the reason of an override is", 10, 0, 1000),
    ),
)
CONSENT = Table(
    CALLING,
    "[consent]",
    "[consent]",
    "Where a call needs a recorded consent, beside the rows of legal-hours.toml that say so.",
    (Key("needs", "texts", "countries, two letters each", '["DE"]'),),
)
SCREENING = Table(
    CALLING,
    "[screening]",
    "[screening]",
    "Countries with national lists against which numbers are held.",
    (Key("GB", "number", "a country, and for how many days an answer counts", "28", free=True),),
)
LISTS = Table(
    CALLING,
    "[screening.registers]",
    "[registers]",
    "The lists of a country, as the columns of their answers are called.",
    (Key("GB", "texts", "a country and its lists", '["TPS", "CTPS"]', free=True),),
)
HOURS = Table(
    LEGAL,
    "",
    "the file",
    "When the law lets people be called: a starting point, not legal advice. A floor checks the "
    "rows of the places that it calls, corrects them and dates each; `leadtui doctor` lists those "
    "that nobody checked for 180 days.",
    (
        Key("dated", "date", "when the file was last checked", "2026-11-01"),
        Key("disclaimer", "text", "for whoever reads it", '"Not legal advice."'),
    ),
)
_ROW_KEYS = (
    Key(
        "code",
        "texts",
        "a country, a country and region, or all (`*`); the narrowest counts",
        '["US-UT"]',
        needed=True,
    ),
    Key("rule", "text", "what people read where it holds", '"US-UT hours"', needed=True),
    Key("statute", "text", "the law, named in the verdict", '"Utah Code § 13-25a-103(3)"'),
    Key("checked", "date", "when somebody last held the row against it", "2026-11-27"),
    Key("since", "date", "in force from; before it the wider row counts", "2026-01-01"),
    Key(
        "week",
        "week",
        "open hours by weekday; a day that is left out is closed",
        '{ mon = ["08:00-20:00"], sat = ["09:00-12:00"] }',
    ),
    Key("holidays", "flag", "the region's public holidays are open too", "false", default=True),
    Key("source", "text", "where the row comes from, for its reader", '"a cautious default"'),
)
_BINDING_KEYS = (
    Key("business", "flag", "it binds calls to businesses too", "false", default=True),
    Key("national_holidays", "flag", "the whole country's are open too", "false", default=True),
    Key(
        "work",
        "week",
        "the working week, where it is not Monday to Friday; preferred hours follow it",
        '{ sun = ["00:00-24:00"], mon = ["00:00-24:00"] }',
    ),
    Key("consent", "flag", "a call needs a recorded consent", "true", default=False),
    Key("number_cap", "number", "attempts to one number in 24 hours", "3", low=1, high=100),
    Key(
        "person_cap",
        "number",
        "attempts to one person in 24 hours, by any number",
        "3",
        low=1,
        high=100,
    ),
)
REGION = Table(
    LEGAL,
    "[[region]]",
    "a region",
    "Hours outside which a call is blocked.",
    (*_ROW_KEYS, *_BINDING_KEYS),
)
WARN_REGION = Table(
    LEGAL,
    "[[warn_region]]",
    "a region",
    "Hours outside which a call asks for a second look.",
    _ROW_KEYS,
)
TABLES = (
    *(CALLED, PREFERRED, CALL_LIMITS, CONSENT, SCREENING, LISTS, OVERRIDE),
    *(HOURS, REGION, WARN_REGION),
)


def read_calling(reader: Reader, legal: Reader) -> tuple[CallingPolicy, tuple[Reason, ...]]:
    """The policy, and its override codes as reasons of the kind ``override``."""
    limits, consent, screening = (
        reader.sub("limits"),
        reader.sub("consent"),
        reader.sub("screening"),
    )
    registers, override = screening.sub("registers"), reader.sub("override")
    codes: dict[str, Reason] = {}
    for row in rows_of(override, OVERRIDE):
        reason = read_reason(row, OVERRIDE)
        unique(row, "code", reason.code, codes)
        unique(row, "key", reason.key, [other.key for other in codes.values()])
        codes.setdefault(reason.code, reason)
    policy = CallingPolicy(
        legal=MappingProxyType(_regions(legal, REGION)),
        warn_hours=MappingProxyType(_regions(legal, WARN_REGION)),
        preferred=MappingProxyType(read_week(reader, "preferred")),
        **limits.all(CALL_LIMITS),
        calls=reader.value(CALLED.key("calls")),
        needs_consent=_countries(consent, "needs"),
        needs_screening=MappingProxyType(
            {
                name: screening.number(name, 28, low=1)
                for name in screening.table
                if name != "registers"
            }
        ),
        registers=MappingProxyType(
            {**REGISTERS, **{name: registers.texts(name) for name in registers.table}}
        ),
        override_codes=tuple(codes),
    )
    legal.text("disclaimer")
    legal.get("dated", date, "write a date such as 2026-01-31")
    for each in (consent, registers, override, reader, legal):
        each.done()
    return policy, tuple(codes.values())


def _countries(reader: Reader, key: str) -> tuple[str, ...]:
    codes = reader.texts(key)
    for code in codes:
        if not re.fullmatch("[A-Z]{2}", code):
            reader.wrong(key, f"{quoted(code)} is no country; {place_help(code)}")
    return codes


def _regions(reader: Reader, table: Table) -> dict[str, LegalHours]:
    regions: dict[str, LegalHours] = {}
    for number, row in enumerate(rows_of(reader, table)):
        codes, rule = _row(row, table, number)
        for code in codes:
            unique(row, "code", code, regions)
            regions.setdefault(code, rule)
    return regions


def _row(row: Reader, table: Table, number: int) -> tuple[tuple[str, ...], LegalHours]:
    """The places of one rule, and the rule; what is not said binds everybody, every day."""
    said = {key.name: row.value(key) for key in table.keys if key.kind != "week"}
    codes, _ = said.pop("code"), said.pop("source")
    for code in codes:
        if code and not _REGION.fullmatch(code):
            row.refuse("code", place_help(code))
    if not any(day in (row.table.get("week") or {}) for day in WEEKDAYS):
        row.wrong(
            "week", f"{row.what} has no open hours; write week = {{ mon = ['08:00-20:00'], … }}"
        )
    week = MappingProxyType(read_week(row, "week"))
    work = MappingProxyType(read_week(row, "work") if "work" in row.table else {})
    row.done()
    return codes, LegalHours(**said, week=week, work=work, row=number)
