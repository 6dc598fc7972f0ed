"""One table of a playbook file, read key by key: what is wrong is noted with its line, and reading
goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import Any

from leadtui.cadence import conditions
from leadtui.cadence.model import EMPTY, Condition, Exit, Hours, Span, When
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import Place, listed, quoted, suggestion
from leadtui.cadence.spans import (
    SPAN_HELP,
    WHEN_HELP,
    clock_meant,
    read_clock,
    read_span,
    read_when,
    span_meant,
    when_meant,
)
from leadtui.errors import PlaybookError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_KEYS = tuple(
    Key(day, "hours", "open hours of that day, local; left out it is closed", '["09:00-17:00"]')
    for day in WEEKDAYS
)

_ABSENT: Mapping[str, Any] = MappingProxyType(
    {
        "text": "",
        "choice": "",
        "texts": (),
        "number": 0,
        "flag": False,
        "hours": (),
        "dates": (),
        "mapping": EMPTY,
        "when": Condition(),
        "exit": Exit(),
    }
)
"""What a key that is left out comes to, by its kind; nothing for the others."""


class Retired(PlaybookError):
    """A key that an older version knew and nothing reads: a mistake in a draft alone."""


class Unfinished(PlaybookError):
    """What has still to be written before the playbook can run, and harms no other part of it."""


@dataclass(slots=True)
class Reader:
    """A TOML table named ``what`` in messages; every key asked for is known, ``done`` refuses the
    others."""

    table: Mapping[str, Any]
    place: Place
    what: str
    problems: list[PlaybookError]
    known: dict[str, None] = field(default_factory=dict)

    def wrong(self, key: str, message: str) -> None:
        """Note a problem at ``key``."""
        self.problems.append(self.place.at(key).error(message))

    def done(self) -> None:
        """Refuse what was never asked for."""
        for key in self.table:
            if key not in self.known:
                self.wrong(
                    key, f"unknown key {quoted(key)} in {self.what}; {suggestion(key, self.known)}"
                )

    def retired(self, key: str, instead: str) -> None:
        """Note a key that an older version knew; playbooks that run already may hold it."""
        if key in self.table:
            self.known[key] = None
            place = self.place.at(key)
            message = f"'{key}' in {self.what} does nothing any more; {instead}"
            self.problems.append(Retired(place.file, place.where(), message))

    def get(
        self, key: str, kinds: type | tuple[type, ...], help_: str, *, needed: bool = False
    ) -> Any:
        """The value of ``key`` if it is of these kinds, else ``None``."""
        self.known[key] = None
        value = self.table.get(key)
        if value is None:
            if needed:
                self.wrong(key, f"{self.what} has no '{key}'; {help_}")
        elif not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            self.refuse(key, help_)
        else:
            return value
        return None

    def refuse(self, key: str, help_: str) -> None:
        """Note that the value of ``key`` is not what it must be."""
        self.wrong(key, f"{key} = {quoted(self.table[key])} is not right in {self.what}; {help_}")

    def text(
        self, key: str, *, needed: bool = False, one_of: Collection[str] = (), default: str = ""
    ) -> str:
        """A text; a needed one is not blank, and ``one_of`` lists all that is allowed."""
        value = self.get(
            key,
            str,
            f"write {listed(one_of)}" if one_of else "write a text in quotes",
            needed=needed,
        )
        if value is None:
            return default
        if needed and not value.strip():
            self.refuse(key, "write a text that is not empty")
        elif one_of and value not in one_of:
            self.refuse(key, suggestion(value, one_of))
            return default
        return str(value)

    def name(self, key: str) -> str:
        """A needed short name that may stand in a file name, a command or a chart."""
        value = self.text(key, needed=True)
        if value.strip() and not is_name(value):
            self.refuse(key, "use letters, digits, '-' and '_' only")
        return value

    def texts(
        self, key: str, *, needed: bool = False, one_of: Collection[str] = ()
    ) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self.get(key, (str, list), 'write a list such as ["one", "two"]', needed=needed)
        if value is None:
            return ()
        values = [value] if isinstance(value, str) else value
        for one in values:
            if not isinstance(one, str):
                self.refuse(key, 'write a list such as ["one", "two"]')
                return ()
            if one_of and one not in one_of:
                self.wrong(
                    key,
                    (
                        f"{quoted(one)} is not right in '{key}' of {self.what}; "
                        f"{suggestion(one, one_of)}"
                    ),
                )
        return tuple(values)

    def number(
        self, key: str, default: int = 0, *, needed: bool = False, low: int = 0, high: int = 10**9
    ) -> int:
        """A whole number between ``low`` and ``high``."""
        help_ = (
            f"write a whole number from {low} to {high}"
            if high < 10**9
            else f"write a whole number from {low} up"
        )
        value = self.get(key, int, help_, needed=needed)
        if value is None:
            return default
        if not low <= value <= high:
            self.refuse(key, help_)
            return default
        return int(value)

    def flag(self, key: str, *, default: bool = False, needed: bool = False) -> bool:
        """True or false."""
        value = self.get(key, bool, "write true or false", needed=needed)
        return default if value is None else bool(value)

    def span(self, key: str) -> Span | None:
        """A length of time."""
        value = self.get(key, str, SPAN_HELP)
        span = None if value is None else read_span(value)
        if value is not None and span is None:
            self.refuse(key, meant(span_meant(value)) or SPAN_HELP)
        return span

    def due(self, key: str) -> When:
        """A needed due time."""
        value = self.get(key, str, WHEN_HELP, needed=True)
        when = None if value is None else read_when(value)
        if value is not None and when is None:
            self.refuse(key, meant(when_meant(value)) or WHEN_HELP)
        return when or When()

    def exit(self, key: str) -> Exit:
        """One cadence, several in order, or ``{ close = "reason" }``."""
        value = self.get(
            key, (str, list, dict), 'write a cadence, a list of cadences or { close = "reason" }'
        )
        if isinstance(value, dict):
            inside = self.sub(key)
            inside.what = f"'{key}'"
            close = inside.text("close", needed=True)
            inside.done()
            return Exit(close=close)
        return Exit(tuple(dict.fromkeys(self.texts(key)))) if value else Exit()

    def dates(self, key: str) -> tuple[date, ...]:
        """A list of days."""
        help_ = "write dates such as [2026-12-24]"
        found = self.get(key, list, help_) or ()
        if all(isinstance(day, date) for day in found):
            return tuple(found)
        self.refuse(key, help_)
        return ()

    def clock(self, key: str) -> time | None:
        """A time of the day, as text or as a TOML time."""
        help_ = "write a time of the day such as '09:00'"
        value = self.get(key, (str, time), help_)
        if value is None or isinstance(value, time):
            return value
        clock = read_clock(value)
        if clock is None:
            self.refuse(key, meant(clock_meant(value)) or help_)
        return clock

    def when(self, key: str = "when") -> Condition:
        """A condition; without one everything matches."""
        self.known[key] = None
        if key not in self.table:
            return Condition()
        return conditions.read(self.table[key], self.place.at(key), self.problems)

    def sub(self, key: str) -> Reader:
        """A table inside this one; an empty one where there is none."""
        value = self.get(key, dict, f"write it as a table, [{key}]")
        return Reader(value or {}, self.place.at(key), f"[{key}]", self.problems)

    def all(self, keys: Table) -> dict[str, Any]:
        """Every key of a table that has a name of its own; what else stands here is refused."""
        values = {key.name: self.value(key) for key in keys.keys if not key.free}
        self.done()
        return values

    def value(self, key: Key) -> Any:
        """One key as its table says."""
        name, needed = key.name, key.needed
        self.known[name] = None
        if name not in self.table and not needed:
            return _ABSENT.get(key.kind) if key.default is None else key.default
        found: Any
        match key.kind:
            case "text" | "choice":
                found = self.text(name, needed=needed, one_of=key.one_of) or key.default or ""
            case "texts":
                found = self.texts(name, needed=needed, one_of=key.one_of)
            case "number":
                low, high = key.low, key.high
                found = self.number(name, key.default or 0, needed=needed, low=low, high=high)
            case "flag":
                found = self.flag(name, needed=needed)
            case "date":
                found = self.get(name, date, "write a date such as 2026-01-31")
            case _:
                found = getattr(self, key.kind)(name)
        return found

    def rows(self, key: str, what: str) -> Iterator[Reader]:
        """The elements of an array of tables, each called ``what``."""
        help_ = f"write [[{key}]] above each"
        for number, row in enumerate(self.get(key, list, help_) or ()):
            if isinstance(row, dict):
                yield Reader(row, self.place.at(key, number), what, self.problems)
            else:
                self.refuse(key, help_)

    def mapping(self, key: str) -> Mapping[str, str]:
        """A table of texts."""
        inside = self.sub(key)
        return MappingProxyType({name: inside.text(name) for name in inside.table})

    def week(self) -> dict[int, tuple[Hours, ...]]:
        """This table's ``mon`` to ``sun`` as weekday -> open hours; a day that is left out is
        closed."""
        return {number: self.hours(day) for number, day in enumerate(WEEKDAYS)}

    def hours(self, key: str) -> tuple[Hours, ...]:
        """Windows such as ``["09:00-12:00", "13:00-17:00"]``, in order and apart."""
        windows: list[Hours] = []
        for text in self.texts(key):
            start, end = (read_clock(part) for part in (*text.split("-", 1), "")[:2])
            if (
                start is None
                or end is None
                or start >= end
                or (windows and start < windows[-1].end)
            ):
                self.refuse(key, "write hours in order such as ['09:00-12:00', '13:00-17:00']")
                return ()
            windows.append(Hours(start, end))
        return tuple(windows)


def meant(right: str) -> str:
    """The question whether it is that; empty where nobody can tell."""
    return f"did you mean '{right}'?" if right else ""


def is_name(text: str) -> bool:
    """Whether a name needs no quoting anywhere."""
    return text.replace("-", "a").replace("_", "a").isalnum() and text.isascii()
