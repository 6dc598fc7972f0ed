"""The phone system's export as rows: which column is which, and a line as a call, or why it is
none.

The file is read like a file of leads: any delimiter and encoding, messy numbers and times."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from leadtui.errors import LeadtuiError, WrongUse
from leadtui.sheets.cells import letters, no_value, one_line, plain
from leadtui.sheets.dates import TimeReading, column_order, read_time
from leadtui.sheets.incoming import Rejection
from leadtui.sheets.phones import PhoneNumberRead, read_phones
from leadtui.sheets.reading import Row, Table, read_table
from leadtui.text import catalogue, words

CATALOGUE: dict[str, str] = catalogue("""
number: Number, Phone Number, Phone, External Number, Called Number, Dialed Number, Destination,
    Destination Number, dst, To, Callee, Called Party, Called, B Number, Remote Number, Customer
    Number, Rufnummer, Zielrufnummer, Numéro
caller: From, Caller, Calling Number, Calling Party, Caller ID, src, Source, A Number, ANI
extension: Extension, Ext, Agent Extension, Device, Nebenstelle, Durchwahl, Poste
rep: Rep, Agent, Agent Name, User, User Name, Username, Employee, Owner, Operator, Benutzer,
    Mitarbeiter
at: Start Time, Start, Started At, Call Start, Call Start Time, Call Date, calldate, Date/Time,
    Datetime, Timestamp, Date, Begin, Beginn, Datum
time: Time, Time of Day, Uhrzeit, Heure
seconds: Duration, Seconds, Call Duration, Talk Time, billsec, Duration (s), Duration Seconds,
    Length, Dauer, Durée
direction: Direction, Call Direction, Call Type, Type, Richtung, Sens
external_id: ID, Call ID, Unique ID, uniqueid, UUID, Record ID, Session ID, Call UUID, linkedid
""")
"""Our field -> the headers that mean it, the better ones first."""

FIELDS = tuple(CATALOGUE)
_KNOWN: dict[str, tuple[str, int]] = {}
for _field, _names in CATALOGUE.items():
    for _rank, _name in enumerate((_field, *_names.split(","))):
        _KNOWN.setdefault(letters(_name), (_field, _rank))

_OUT = ("out", "dial", "placed", "ausgehend", "sortant", "abgehend")
_IN = ("inbound", "incoming", "received", "eingehend", "entrant", "ankommend", "missed")
INNER = 6
"""A number within the house has so many digits at most."""
LONGEST = 7 * 86_400
"""Seconds: nothing that is longer is a call."""
_WITHHELD = frozenset(
    words(
        "anonymous withheld private privatenumber restricted blocked unbekannt unterdruckt masque"
    )
)
_OUTSIDE_LINE = re.compile(r"[09][\s,-]*(\+?[\d\s().-]{7,})")
"""The digit that asks for an outside line stands before the number in many exports."""
_INNER = re.compile(r"(?<!\d)\d{1,8}(?!\d)")
_UNITS = re.compile(
    r"(?:(\d+)\s*h(?:ours?|rs?|)\.?\s*)?(?:(\d+)\s*m(?:in(?:utes?|s)?|)\.?\s*)?(?:(\d+(?:[.,]\d+)?)\s*s(?:ec(?:onds?|s)?|)\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the phone system; ``rep`` as the file says it."""

    external_id: str
    number: str
    extension: str
    rep: str
    at: datetime
    seconds: int
    direction: str
    """``out``, ``in`` or ``internal``."""


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """``--map our=theirs`` as folded header -> our field."""
    checked: dict[str, str] = {}
    for our, theirs in mapping.items():
        field = our.strip().casefold().replace(" ", "_").replace("-", "_")
        if field not in CATALOGUE:
            raise WrongUse(
                f"--map {our}={theirs}: {our!r} is no field of a call; they are {', '.join(FIELDS)}"
            )
        checked[letters(theirs)] = field
    return checked


def read_calls(
    data: bytes,
    where: str,
    mapping: Mapping[str, str],
    *,
    zone: tzinfo,
    country: str,
    dates: str = "",
    encoding: str = "",
) -> tuple[list[Call], list[Rejection]]:
    """The calls of a file, and the lines that are none. Raises ``LeadtuiError`` where columns are
    missing."""
    named = check_mapping(mapping)
    table = read_table(
        data, where, lambda header: letters(header) in named or letters(header) in _KNOWN, encoding
    )
    columns = _columns(table, named)
    if missing := [name for name in ("number", "at") if name not in columns]:
        seen = ", ".join(filter(None, map(one_line, table.header)))
        raise LeadtuiError(
            f"{where}: no column for {' and '.join(missing)} was found among {seen}; name it "
            f"with --map {missing[0]}=…"
        )
    times = ((row.line, plain(row.cells[columns["at"]])) for row in table.rows)
    order = column_order(times, where, table.header[columns["at"]], dates)
    reader = _Reader(columns, TimeReading(order, zone), country)
    calls: list[Call] = []
    rejections = [Rejection(one.line, "", "", one.reason, one.cells) for one in table.broken]
    for row in table.rows:
        found = reader.read(row)
        if isinstance(found, Call):
            calls.append(found)
        else:
            rejections.append(found)
    return calls, sorted(rejections, key=lambda one: one.line)


def _columns(table: Table, named: Mapping[str, str]) -> dict[str, int]:
    """Field -> column: what was named, else the best known header."""
    found: dict[str, tuple[int, int]] = {}
    folded = [letters(header) for header in table.header]
    for theirs, field in named.items():
        if theirs not in folded:
            raise WrongUse(
                "--map names a column that the file does not have; it has "
                f"{', '.join(table.header)}"
            )
        found[field] = (-1, folded.index(theirs))
    for index, header in enumerate(folded):
        if header in _KNOWN and header not in named:
            field, rank = _KNOWN[header]
            if field not in found or rank < found[field][0]:
                found[field] = (rank, index)
    return {field: index for field, (_, index) in found.items()}


class _Reader:
    """Reads lines under one file's columns."""

    def __init__(self, columns: Mapping[str, int], times: TimeReading, country: str) -> None:
        self.columns, self.times, self.country = columns, times, country

    def read(self, row: Row) -> Call | Rejection:
        """The call of a line, or why it is none."""
        cells = {field: plain(row.cells[index]) for field, index in self.columns.items()}
        direction, said, inner = _sides(cells)
        stamp = cells["at"]
        if "time" in cells and ":" not in stamp:
            stamp = f"{stamp} {cells['time']}"
        at = read_time(stamp, self.times)
        if at is None:
            return Rejection(row.line, "at", stamp, "no time that can be read", row.cells)
        number = ""
        if direction != "internal":
            found = self._number(said)
            if isinstance(found, str):
                return Rejection(row.line, "number", said, found, row.cells)
            number = found.number
        length = seconds_of(cells.get("seconds", ""))
        if length is None:
            return Rejection(
                row.line, "seconds", cells["seconds"], "no duration that can be read", row.cells
            )
        rep = cells.get("rep", "")
        made = cells.get("external_id", "") or _fingerprint(
            number or said, inner, rep, at[0], length, direction
        )
        return Call(made, number, inner_of(inner), rep, at[0], length, direction)

    def _number(self, said: str) -> PhoneNumberRead | str:
        """The number outside of the house, or why there is none."""
        if letters(said) in _WITHHELD:
            return "the caller's number was withheld"
        phones = read_phones(said, self.country)
        if not phones.numbers and (line := _OUTSIDE_LINE.fullmatch(said)):
            phones = read_phones(line[1], self.country)
        if phones.numbers:
            return phones.numbers[0]
        return phones.problems[0][1] if phones.problems else "no number"


def _sides(cells: Mapping[str, str]) -> tuple[str, str, str]:
    """Direction, the number outside of the house, and the extension within; told from the numbers
    where no column does."""
    called, caller = cells["number"], cells.get("caller", "")
    inner = cells.get("extension", "")
    direction = direction_of(cells.get("direction", ""))
    if direction == "internal" or (_short(called) and (_short(caller) or no_value(caller))):
        return "internal", called, inner
    if direction == "in" or _short(called):
        if no_value(caller) and letters(caller) not in _WITHHELD:
            return "in", called, inner
        return "in", caller, inner or (called if _short(called) else "")
    return "out", called, inner or (caller if _short(caller) else "")


def _short(number: str) -> bool:
    """Whether this can be a number within the house only."""
    return 0 < sum(map(str.isdigit, number)) <= INNER and not number.startswith("+")


def inner_of(text: str) -> str:
    """An extension as it is compared: ``104`` of ``SIP/104-0000a3f2`` or ``ext. 104``."""
    found = _INNER.search(text)
    return found[0] if found else text


def direction_of(text: str) -> str:
    """``out`` (also where nothing is said), ``in`` or ``internal``."""
    word = letters(text)
    if word in {"internal", "intern", "interne", "internalcall"}:
        return "internal"
    if word.startswith(_OUT):
        return "out"
    return "in" if word == "in" or word.startswith(_IN) else "out"


def seconds_of(text: str) -> int | None:
    """Seconds of ``83``, ``83.4``, ``1:23``, ``0:01:23`` or ``1m 23s``; 0 for nothing, ``None`` for
    no duration."""
    found = None if len(text) > 40 else _seconds(text)
    return found if found is not None and found <= LONGEST else None


def _seconds(text: str) -> int | None:
    if no_value(text):
        return 0
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return round(float(text.replace(",", ".")))
    if re.fullmatch(r"\d+(?::[0-5]?\d){1,2}(?:[.,]\d+)?", text):
        total = 0
        for part in re.split(r"[.,]", text)[0].split(":"):
            total = total * 60 + int(part)
        return total
    found = _UNITS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
    return round(hours * 3600 + minutes * 60 + seconds)


def _fingerprint(*parts: object) -> str:
    """What a call is known by where the phone system gives it no number."""
    return "h:" + hashlib.sha256("\x1e".join(map(str, parts)).encode()).hexdigest()[:40]
