"""One table of a playbook file, read key by key: what is wrong is noted with its line, and reading
goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from leadtui.cadence import conditions
from leadtui.cadence.model import Condition, Hours, Span, When
from leadtui.cadence.sources.places import Place, listed, quoted, suggestion
from leadtui.cadence.spans import SPAN_HELP, WHEN_HELP, read_clock, read_span, read_when
from leadtui.errors import PlaybookError

E = TypeVar("E", bound=StrEnum)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E | None:
        """One of an enumeration; needed where there is no default, and ``None`` where it is
        wrong."""
        value = self.text(key, needed=default is None, one_of=[str(member) for member in kind])
        return kind(value) if value else default

    def span(self, key: str) -> Span | None:
        """A length of time."""
        value = self.get(key, str, SPAN_HELP)
        span = None if value is None else read_span(value)
        if value is not None and span is None:
            self.refuse(key, SPAN_HELP)
        return span

    def due(self, key: str) -> When:
        """A needed due time."""
        value = self.get(key, str, WHEN_HELP, needed=True)
        when = None if value is None else read_when(value)
        if value is not None and when is None:
            self.refuse(key, WHEN_HELP)
        return when or When()

    def clock(self, key: str) -> time | None:
        """A time of the day, as text or as a TOML time."""
        help_ = "write a time of the day such as '09:00'"
        value = self.get(key, (str, time), help_)
        if value is None or isinstance(value, time):
            return value
        clock = read_clock(value)
        if clock is None:
            self.refuse(key, help_)
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

    def rows(self, key: str, what: str) -> Iterator[Reader]:
        """The elements of an array of tables, each called ``what``."""
        help_ = f"write [[{key}]] above each"
        for number, row in enumerate(self.get(key, list, help_) or ()):
            if isinstance(row, dict):
                yield Reader(row, self.place.at(key, number), what, self.problems)
            else:
                self.refuse(key, help_)

    def mapping(self, key: str) -> dict[str, str]:
        """A table of texts."""
        inside = self.sub(key)
        return {name: inside.text(name) for name in inside.table}

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


def is_name(text: str) -> bool:
    """Whether a name needs no quoting anywhere."""
    return text.replace("-", "a").replace("_", "a").isalnum() and text.isascii()
