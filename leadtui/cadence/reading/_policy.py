"""The floor's figures (``playbook.toml``) and the calling policy (``calling.toml``,
``calling/legal-hours.toml``)."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import Any

from leadtui.cadence.model import CallingPolicy, FloorRules, LegalHours, Reason
from leadtui.cadence.reading._readers import WEEKDAYS, Reader
from leadtui.cadence.reading._tables import read_reason, unique
from leadtui.cadence.sources.places import quoted

_REGION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?")

LIMITS = MappingProxyType(
    {
        "mql_score": (60, 0, 1000),
        "half_life_days": (30, 1, 3650),
        "silent_days": (365, 1, 3650),
        "max_deferrals": (2, 0, 100),
        "max_voicemails": (2, 0, 100),
        "out_of_turn_after": (3, 1, 1000),
        "spread_minutes": (15, 0, 480),
    }
)
"""Limit -> default, lowest and highest."""


def read_floor(reader: Reader) -> FloorRules:
    """``playbook.toml``."""
    vendor, product = reader.text("vendor", needed=True), reader.text("product", needed=True)
    fields = reader.mapping("fields")
    for name in fields:
        if not (name.isascii() and name.isidentifier() and name.islower()):
            reader.sub("fields").wrong(
                name, f"a text cannot name the field {quoted(name)}; use small letters and '_'"
            )
    limits, calendar, take_over = (
        reader.sub("limits"),
        reader.sub("calendar"),
        reader.sub("take_over"),
    )
    figures = {
        name: limits.number(name, default, low=low, high=high)
        for name, (default, low, high) in LIMITS.items()
    }
    limits.done()
    floor = FloorRules(
        name=reader.text("name", needed=True),
        vendor=vendor,
        product=product,
        fields=MappingProxyType({**fields, "vendor": vendor, "product": product}),
        business_hours=MappingProxyType(_week(reader, "business_hours")),
        business_holidays_worked=calendar.texts("holidays_worked"),
        popups=MappingProxyType(_popups(reader.sub("popups"))),
        take_over_minutes=take_over.number("after_minutes", 120, low=5, high=10_000),
        take_over_by=_roles(take_over),
        raw=MappingProxyType(dict(reader.table)),
        **figures,
    )
    for each in (calendar, take_over, reader):
        each.done()
    return floor


def _roles(reader: Reader) -> tuple[str, ...]:
    roles = reader.texts("by") or ("supervisor",)
    if not set(roles) <= {"rep", "supervisor"}:
        reader.refuse("by", "write the roles that may take a lead over: 'supervisor', 'rep'")
    return roles


def _popups(reader: Reader) -> dict[str, Any]:
    popups = {
        "due": reader.flag("due", default=True),
        "callback_minutes_before": reader.number("callback_minutes_before", 2, high=120),
        "idle_seconds": reader.number("idle_seconds", 20, low=1, high=3600),
        "settle_seconds": reader.number("settle_seconds", 2, high=60),
        "notice_wait_minutes": reader.number("notice_wait_minutes", 60, high=1440),
    }
    reader.done()
    return popups


def _week(reader: Reader, key: str) -> dict[int, Any]:
    inside = reader.sub(key)
    week = inside.week()
    inside.done()
    return week


def read_calling(reader: Reader, legal: Reader) -> tuple[CallingPolicy, tuple[Reason, ...]]:
    """The policy, and its override codes as reasons of the kind ``override``."""
    limits, consent, screening = (
        reader.sub("limits"),
        reader.sub("consent"),
        reader.sub("screening"),
    )
    override = reader.sub("override")
    codes: dict[str, Reason] = {}
    for row in override.rows("codes", "an override code"):
        reason = read_reason(row, "override")
        unique(row, "code", reason.code, codes)
        unique(row, "key", reason.key, [other.key for other in codes.values()])
        codes.setdefault(reason.code, reason)
        row.done()
    dated = legal.get("dated", date, "write a date such as 2026-01-31")
    policy = CallingPolicy(
        legal=MappingProxyType(_regions(legal, "region")),
        warn_hours=MappingProxyType(_regions(legal, "warn_region")),
        preferred=MappingProxyType(_week(reader, "preferred")),
        max_attempts_24h=limits.number("max_attempts_24h", 3, low=1, high=100),
        min_minutes_between=limits.number("min_minutes_between", 120, high=10_000),
        needs_consent=_countries(consent, "needs"),
        needs_screening=MappingProxyType(
            {name: screening.number(name, 28, low=1) for name in screening.table}
        ),
        override_codes=tuple(codes),
        override_min_chars=limits.number("override_min_chars", 10, high=1000),
        dated=dated,
    )
    legal.text("disclaimer")
    for each in (limits, consent, override, reader, legal):
        each.done()
    return policy, tuple(codes.values())


def _countries(reader: Reader, key: str) -> tuple[str, ...]:
    codes = reader.texts(key)
    if not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
        reader.refuse(key, "write countries as two capital letters, such as 'DE'")
    return codes


def _regions(reader: Reader, key: str) -> dict[str, LegalHours]:
    regions: dict[str, LegalHours] = {}
    for row in reader.rows(key, "a region"):
        code = row.text("code", needed=True)
        unique(row, "code", code, regions)
        if code and not _REGION.fullmatch(code):
            row.refuse(
                "code", "write a country, a country and region, or all: 'US', 'US-AL' or '*'"
            )
        regions.setdefault(
            code,
            LegalHours(
                week=MappingProxyType(_week(row, "week")),
                holidays=row.flag("holidays", default=True),
                rule=row.text("rule", needed=True),
            ),
        )
        row.text("source")
        if not any(day in (row.table.get("week") or {}) for day in WEEKDAYS):
            row.wrong(
                "week", f"{row.what} has no open hours; write week = {{ mon = ['08:00-20:00'], … }}"
            )
        row.done()
    return regions
