"""Scan times: which number is the day and which the month is asked of the whole column, never
guessed for one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadtui.errors import LeadtuiError, WrongUse
from leadtui.sheets.cells import letters, no_value, one_line

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})\b\.?")
_DAY_NAME = re.compile(
    r"^[^\W\d]{2,10}\.?,\s*(?=\d)|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE
)
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?([^\W\d]{3,10})\.?,?[\s-]+(?:de\s+)?(\d{4}|\d{2})\b"
)
_MONTH_DAY = re.compile(r"([^\W\d]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_CLOCK = re.compile(
    r"(?:T|at|um|,)?\s*(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:Uhr)?\s*([ap])?\.?(?:m\.?)?"
    r"\s*(Z|UTC|GMT|[ECMP][SD]T|CEST|CET|BST|\(?(?:UTC|GMT)?\s*[+-]\d{2}:?\d{2}\)?)?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.0)?")
_ZONES = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "BST": 1,
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene janv jän jänner",
            "feb february februar fevrier febrero fevr fev",
            "mar march marz mars marzo mrz maerz",
            "apr april avril abril avr abr",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio juil",
            "aug august aout agosto ago",
            "sep sept september septembre septiembre",
            "oct october oktober octobre octubre okt",
            "nov november novembre noviembre",
            "dec december dezember decembre diciembre dez dic",
        ),
        1,
    )
    for name in map(letters, names.split())
}
ORDERS = ("dmy", "mdy")


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How the times of a file are read: ``order`` is ``dmy`` or ``mdy``, ``zone`` stands for those
    without one."""

    order: str
    zone: tzinfo


def zone_named(name: str, option: str) -> tzinfo:
    """The IANA zone ``name``, or a refusal that names the option it came by."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongUse(
            f"{option} {name!r} is no time zone; write one like America/Chicago or Europe/Berlin"
        ) from None


def column_order(cells: Iterable[tuple[int, str]], where: str, column: str, given: str = "") -> str:
    """``dmy`` or ``mdy`` for a column of ``(line, cell)``: what ``given`` says, else what the
    column itself proves.

    Raises ``LeadtuiError`` with a question where the column proves nothing, or both."""
    if given and given not in ORDERS:
        raise WrongUse(f"--dates {given!r} is unknown; write dmy (31/12/2026) or mdy (12/31/2026)")
    if given:
        return given
    proof: dict[str, tuple[int, str]] = {}
    doubt: tuple[int, str] | None = None
    for line, cell in cells:
        found = _NUMBERS.match(_DAY_NAME.sub("", cell))
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            proof.setdefault("dmy", (line, cell))
        elif second > 12 >= first:
            proof.setdefault("mdy", (line, cell))
        elif first != second and found[2] != ".":
            doubt = doubt or (line, cell)
    ask = "say which with --dates dmy (day first) or --dates mdy (month first)"
    if len(proof) == 2 and doubt:
        (day, day_cell), (month, month_cell) = proof["dmy"], proof["mdy"]
        raise LeadtuiError(
            f"{where}: {column!r} holds {day_cell!r} (line {day}) and {month_cell!r} (line "
            f"{month}); {ask}"
        )
    if doubt and not proof:
        raise LeadtuiError(
            f"{where}: {column!r} on line {doubt[0]}, {doubt[1]!r}, can be read in two ways; {ask}"
        )
    return next(iter(proof), "mdy")


def read_time(cell: str, reading: TimeReading) -> tuple[datetime, bool] | None:
    """The instant of a cell (aware, UTC) and whether it named its zone itself; ``None`` when it is
    no time."""
    text = one_line(cell)
    if no_value(text):
        return None
    try:
        return _number(text, reading.zone) or _written(_DAY_NAME.sub("", text), reading)
    except (ValueError, OverflowError):
        return None


def _number(text: str, zone: tzinfo) -> tuple[datetime, bool] | None:
    """Seconds or milliseconds since 1970, or a spreadsheet's days since 1899-12-30."""
    if _EPOCH.fullmatch(text):
        seconds = int(text.removesuffix(".0"))
        return datetime.fromtimestamp(seconds / 1000 if seconds >= 10**11 else seconds, UTC), True
    if not _SERIAL.fullmatch(text):
        return None
    days = float(text.replace(",", "."))
    if not 25_569 < days < 73_051:  # 1970 to 2100
        return None
    naive = datetime(1899, 12, 30) + timedelta(seconds=round(days * 86_400))  # noqa: DTZ001 - the zone comes next
    return _aware(naive, zone), False


def _written(text: str, reading: TimeReading) -> tuple[datetime, bool] | None:
    found, year, month, day = _date(text, reading.order)
    if found is None:
        return None
    rest = text[found.end() :].strip()
    clock = _CLOCK.fullmatch(rest) if rest else None
    if rest and clock is None:
        return None
    hour = minute = second = micro = 0
    if clock:
        hour, minute, second = int(clock[1]), int(clock[2] or 0), int(clock[3] or 0)
        micro = int((clock[4] or "0")[:6].ljust(6, "0"))
        if clock[5]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if clock[5].lower() == "p" else 0)
        elif clock[2] is None:
            return None
    naive = datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001 - the zone comes next
    named = _offset(clock[6]) if clock and clock[6] else None
    return _aware(naive, named or reading.zone), named is not None


def _date(text: str, order: str) -> tuple[re.Match[str] | None, int, int, int]:
    if found := _ISO.match(text):
        return found, int(found[1]), int(found[2]), int(found[3])
    if found := _NUMBERS.match(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        day_first = second <= 12 and (found[2] == "." or order == "dmy" or first > 12)
        return (found, year, second, first) if day_first else (found, year, first, second)
    if (found := _DAY_MONTH.match(text)) and (month := _MONTHS.get(letters(found[2]))):
        return found, _year(found[3]), month, int(found[1])
    if (found := _MONTH_DAY.match(text)) and (month := _MONTHS.get(letters(found[1]))):
        return found, int(found[3]), month, int(found[2])
    return None, 0, 0, 0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _offset(text: str) -> tzinfo:
    name = text.strip("() ").upper()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    sign, digits = name[-6:], re.sub(r"\D", "", name)
    hours, minutes = int(digits[:2]), int(digits[2:])
    return timezone((-1 if "-" in sign else 1) * timedelta(hours=hours, minutes=minutes))


def _aware(naive: datetime, zone: tzinfo) -> datetime:
    """UTC. A local time that does not exist moves forward, one that exists twice means the first
    (``fold`` 0)."""
    return naive.replace(tzinfo=zone).astimezone(UTC)
