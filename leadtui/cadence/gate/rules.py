"""Which rows of the calling policy speak of a place on a day: hours, working week, and whom a row
binds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time

from leadtui.cadence.calendar import is_holiday
from leadtui.cadence.model import CallingPolicy, Hours, LegalHours

ANY_STATE = "-*"
"""What stands for the state in a code where nobody knows it."""
NO_WEEK: Mapping[int, tuple[Hours, ...]] = {}
ALWAYS = LegalHours(week={day: (Hours(time.min, time.max),) for day in range(7)}, rule="no rule")


class Rules:
    """The rows of one policy, by ``CC-RR``, ``CC`` or ``CC-*`` (somewhere in a country)."""

    def __init__(self, policy: CallingPolicy) -> None:
        self.policy = policy
        self.with_states = frozenset(code[:2] for code in policy.legal if "-" in code)
        self._rules: dict[tuple[str, date], tuple[tuple[str, LegalHours], ...]] = {}
        self._work: dict[str, Mapping[int, tuple[Hours, ...]]] = {}
        self._laws: dict[tuple[str, int], tuple[LegalHours, ...]] = {}

    def rules_of(self, code: str, day: date) -> tuple[tuple[str, LegalHours], ...]:
        """The rules under which a code is called on a day, each with its own code: one, but for
        ``CC-*``."""
        found = self._rules.get((code, day))
        if found is None:
            codes = [code]
            if code.endswith(ANY_STATE):
                country = code.removesuffix(ANY_STATE)
                states = (each for each in self.policy.legal if each.startswith(f"{country}-"))
                codes = [country, *states]
            found = tuple((each, self.rule_of(each, day)) for each in codes)
            self._rules[code, day] = found
        return found

    def rule_of(self, code: str, day: date) -> LegalHours:
        """The legal hours of ``CC-RR``, else of ``CC``, else of everywhere; the first in force."""
        return next((rule for rule in self._rows(code) if _in_force(rule, day)), ALWAYS)

    def law_of(self, code: str, ordinal: int) -> tuple[LegalHours, ...]:
        """Every row in force on a day that speaks of a code and binds, the narrowest first."""
        key = (code, ordinal)
        found = self._laws.get(key)
        if found is None:
            day = date.fromordinal(ordinal)
            states: tuple[LegalHours, ...] = ()
            if code.endswith(ANY_STATE):
                states = tuple(rule for _, rule in self.rules_of(code, day))
            rows = (*states, *self._rows(code))
            found = self._laws[key] = tuple(
                row for row in rows if _in_force(row, day) and not self.only_warns(row)
            )
        return found

    def cap_of(self, code: str, ordinal: int) -> int:
        """The fewest attempts in 24 hours to which a law holds a call, however it counts; 0 for
        none."""
        law = self.law_of(code, ordinal)
        caps = (cap for row in law for cap in (row.number_cap, row.person_cap) if cap)
        return min(caps, default=0)

    def _rows(self, code: str) -> Iterator[LegalHours]:
        chain = dict.fromkeys((code, code.partition("-")[0], "*"))
        return (row for each in chain if (row := self.policy.legal.get(each)) is not None)

    def courtesy_of(self, code: str, day: date) -> LegalHours | None:
        """The hours outside which a call there asks for a second look, and is no breach."""
        warn = self.policy.warn_hours
        rule = warn.get(code) or warn.get(code.partition("-")[0])
        return rule if rule and _in_force(rule, day) else None

    def only_warns(self, rule: LegalHours) -> bool:
        """Whether a rule is no law for whom this floor calls, but a second look."""
        return self.policy.calls == "businesses" and not rule.business

    def wanted(self, code: str, day: date) -> tuple[Hours, ...]:
        """The local hours in which the floor wants to call on a day."""
        own, work = self.policy.preferred, self.work_of(code)
        if not work:
            return own.get(day.weekday(), ())
        usual = own.get(day.weekday()) or next(filter(None, own.values()), ())
        both = ((mine, theirs) for mine in usual for theirs in work.get(day.weekday(), ()))
        shared = (Hours(max(a.start, b.start), min(a.end, b.end)) for a, b in both)
        return tuple(hours for hours in shared if hours.start < hours.end)

    def work_of(self, code: str) -> Mapping[int, tuple[Hours, ...]]:
        """The working week of a region; empty where it is Monday to Friday."""
        found = self._work.get(code)
        if found is None:
            found = next((rule.work for rule in self._rows(code) if rule.work), NO_WEEK)
            self._work[code] = found
        return found

    def weeks(self, codes: Iterable[str]) -> tuple[str, ...]:
        """One code for each working week among these."""
        return tuple(dict.fromkeys(code if self.work_of(code) else "" for code in codes))

    def is_weekend(self, code: str, day: date) -> bool:
        """Whether nobody works in a region on this day of the week."""
        work = self.work_of(code)
        return not work.get(day.weekday()) if work else day.weekday() >= 5


def banned_holiday(code: str, rule: LegalHours, day: date) -> str:
    """The holiday on which a rule forbids calls, or ``""``."""
    if not rule.holidays:
        return holiday_at(code, day)
    return "" if rule.national_holidays else holiday_at(code[:2], day)


def _in_force(rule: LegalHours, day: date) -> bool:
    return rule.since is None or rule.since <= day


def holiday_at(code: str, day: date) -> str:
    """The public holiday of a ``CC-RR`` or ``CC`` on a day, or ``""``."""
    country, _, region = code.partition("-")
    return is_holiday(country, region, day)
