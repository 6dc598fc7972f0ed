"""The floor's figures (``playbook.toml``)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from leadtui.cadence.model import MUST_HAVE, FloorRules
from leadtui.cadence.reading._readers import WEEK_KEYS, Reader
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import quoted

FILE = "playbook.toml"
ROLES = ("supervisor", "rep")


def figure(name: str, about: str, default: int, low: int, high: int) -> Key:
    return Key(name, "number", about, str(default), default=default, low=low, high=high)


FLOOR = Table(
    FILE,
    "",
    "the file",
    "Whose process it is, and the figures that hold for all of it.",
    (
        Key("name", "text", "the floor", '"Halyard Continuity"', needed=True),
        Key("vendor", "text", "the firm, `$vendor` in texts", '"Halyard"', needed=True),
        Key("product", "text", "`$product` in texts", '"Halyard Failover"', needed=True),
        Key(
            "goals",
            "texts",
            "every goal that a cadence may have; without it any word will do",
            '["evaluate", "first-conversation"]',
        ),
        Key("fields", "mapping", "constants for texts, by field", '{ demo_link = "https://…" }'),
        Key("languages", "mapping", "country and the language of its leads", '{ DE = "de" }'),
    ),
)
BUSINESS = Table(
    FILE,
    "[business_hours]",
    "[business_hours]",
    "The floor's own hours, in its zone; response times are counted in them.",
    WEEK_KEYS,
)
CALENDAR = Table(
    FILE,
    "[calendar]",
    "[calendar]",
    "Days on which the floor works all the same.",
    (
        Key(
            "holidays_worked",
            "texts",
            "public holidays, by name or date",
            '["Columbus Day", "2026-11-27"]',
        ),
    ),
)
LIMITS = Table(
    FILE,
    "[limits]",
    "[limits]",
    "Figures of the whole floor.",
    (
        figure("mql_score", "the score that brings a lead out of nurture", 60, 0, 1000),
        figure("half_life_days", "engagement halves in this time", 30, 1, 3650),
        figure("silent_days", "so long without a sign of life: retired", 365, 1, 3650),
        figure("max_deferrals", "how often a touch can be put off", 2, 0, 100),
        figure("calls_a_day", "what a rep is asked for", 60, 1, 1000),
        figure("out_of_turn_after", "so many lines may be taken without a reason", 3, 1, 1000),
        figure("spread_minutes", "how far apart touches stand after an absence", 15, 0, 480),
    ),
)
KNOWLEDGE = (
    *("phone", "email", "title", "company", "country", "region", "city", "postal_code", "street"),
    *("language", "website", "industry", "employees", "revenue"),
)
"""What a floor may want to know of every lead; the last four are its company's."""
DATA = Table(
    FILE,
    "[data]",
    "[data]",
    "What is to be known of every lead: `leadtui lead incomplete` lists where it is not.",
    (
        Key(
            "must_have",
            "texts",
            "these fields; none for no such list",
            '["phone", "email", "title"]',
            default=MUST_HAVE,
            one_of=KNOWLEDGE,
        ),
    ),
)
TAKE_OVER = Table(
    FILE,
    "[take_over]",
    "[take_over]",
    "When a started action that nobody answers for can be taken over.",
    (
        figure("after_minutes", "since its rep last did something to it", 120, 5, 10_000),
        Key(
            "by",
            "texts",
            "whose right it is",
            '["supervisor"]',
            default=("supervisor",),
            one_of=ROLES,
        ),
    ),
)
POPUPS = Table(
    FILE,
    "[popups]",
    "[popups]",
    "What comes up by itself, and when.",
    (
        Key("due", "flag", "what falls due comes up", "true", default=True),
        figure("callback_minutes_before", "how early a promise comes up", 2, 0, 120),
        figure("idle_seconds", "so long without a key before anything else does", 20, 1, 3600),
        figure("settle_seconds", "so long without a key before a promise does", 2, 0, 60),
        figure("notice_wait_minutes", "how long a notice may wait for calls", 60, 0, 1440),
    ),
)


TABLES = (FLOOR, BUSINESS, CALENDAR, LIMITS, DATA, TAKE_OVER, POPUPS)


def read_floor(reader: Reader) -> FloorRules:
    """``playbook.toml``."""
    limits, take_over = reader.sub("limits"), reader.sub("take_over")
    limits.retired(
        "max_voicemails", "write 'max_per_cadence' in the outcome's row of dispositions.toml"
    )
    taken = take_over.all(TAKE_OVER)
    if not taken["by"]:
        take_over.refuse("by", "write ['supervisor'], or nobody could take a lead over")
    given: dict[str, Any] = {
        "business_hours": MappingProxyType(read_week(reader, "business_hours")),
        "business_holidays_worked": reader.sub("calendar").all(CALENDAR)["holidays_worked"],
        "popups": MappingProxyType(reader.sub("popups").all(POPUPS)),
        "take_over_minutes": taken["after_minutes"],
        "take_over_by": taken["by"],
        **reader.sub("data").all(DATA),
        **limits.all(LIMITS),
    }
    said = reader.all(FLOOR)
    for name in said["fields"]:
        if not (name.isascii() and name.isidentifier() and name.islower()):
            reader.sub("fields").wrong(
                name, f"a text cannot name the field {quoted(name)}; use small letters and '_'"
            )
    own = {"vendor": said["vendor"], "product": said["product"]}
    return FloorRules(**{**said, "fields": MappingProxyType({**said["fields"], **own})}, **given)


def read_week(reader: Reader, key: str) -> dict[int, Any]:
    inside = reader.sub(key)
    week = inside.week()
    inside.done()
    return week
