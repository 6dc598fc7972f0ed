"""One row of a table to an incoming lead, or to the reason why it cannot be one; every cell is used
or kept."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from leadtui.desk.intake.files.options import ReadingRules
from leadtui.sheets import cells as cell
from leadtui.sheets.dates import TimeReading, column_order, read_time
from leadtui.sheets.fields import (
    granted,
    rating_scale,
    read_count,
    read_emails,
    read_money,
    read_name,
    read_rating,
    refused,
)
from leadtui.sheets.headers import FIELDS, SEVERAL, Columns
from leadtui.sheets.incoming import IncomingLead, Rejection
from leadtui.sheets.phones import PhoneNumberRead, read_phones
from leadtui.sheets.places import country_code, country_of_region, postal_code, region_code
from leadtui.sheets.reading import Row, Table
from leadtui.sheets.remarks import Remarks
from leadtui.text import words

_TOTALS = frozenset(
    words("""
    total totals grandtotal subtotal sum summe gesamt count records rows leads totalleads
    totalrecords totalrows recordcount somme totalattendees attendees totalscans scans
""")
)
_STATEMENTS = ("consent", "call_consent", "do_not_call", "email_opt_out")
_FIGURE = re.compile(r"[\d.,:%$€£ -]*")
_REFUNDED = ("refunded", "remboursé", "rückerstattet", "erstattet", "reembolsado")
_PIECES = re.compile(r"\s*[;|\n]+\s*")
_PAIR = re.compile(r"([^:=]{1,80}\??)\s*[:=]\s*(.+)", re.DOTALL)
_WHOLE_NUMBER = re.compile(r"\d+")
_SINGLE = tuple(name for name in FIELDS if name not in SEVERAL)


class RowReader:
    """Reads the rows of one table; ``remarks`` gathers what was odd and did not cost the row.

    Raises ``LeadtuiError`` at once where the order of day and month cannot be told.
    """

    def __init__(self, table: Table, columns: Columns, rules: ReadingRules, where: str) -> None:
        self.columns, self.rules, self.remarks = columns, rules, Remarks()
        self.where = {name: columns.fields[name] for name in _SINGLE if name in columns.fields}
        self.said = "\x1e".join((rules.offer, rules.event, *columns.labels))
        self.time_column = self._filled(table, "scanned_at")
        order = "mdy"
        if self.time_column is not None:
            index = self.time_column
            times = ((row.line, row.cells[index]) for row in table.rows)
            order = column_order(times, where, columns.labels[index], rules.dates)
        self.times = TimeReading(order, rules.zone)
        rated = self.where.get("rating")
        self.scale = rating_scale(row.cells[rated[0]] for row in table.rows) if rated else 5
        self.naive = 0
        self._read: dict[str, tuple[datetime, bool] | None] = {}

    def _filled(self, table: Table, name: str) -> int | None:
        """The best column of a field that holds anything at all."""
        return next(
            (
                index
                for index in self.where.get(name, ())
                if any(row.cells[index].strip() for row in table.rows)
            ),
            None,
        )

    def read(self, row: Row) -> IncomingLead | Rejection:
        """The lead that a row stands for, or why it stands for none."""
        texts = [cell.plain(text) for text in row.cells]
        if is_total(texts):
            return Rejection(
                row.line, "", next(filter(None, texts)), "a line of totals, no lead", row.cells
            )
        return _OneRow(self, row, texts).read()

    def time_of(self, text: str) -> tuple[datetime, bool] | None:
        """``read_time`` under this file's rules; many people are scanned in the same minute."""
        if text not in self._read:
            self._read[text] = read_time(text, self.times)
        return self._read[text]

    def finish(self) -> list[str]:
        """The remarks on the whole file, as sentences."""
        if self.naive and not self.rules.zone_given:
            self.remarks.say(
                f"{self.naive} scan times carry no zone and were read as {self.rules.zone}; "
                "say --event-zone if the event was elsewhere"
            )
        return self.remarks.sentences()


def is_total(texts: list[str]) -> bool:
    """Whether a row is a footer such as ``Total, , , 245``: a word for a total, and nothing beside
    it but figures."""
    filled = [text for text in texts if text]
    if not filled or len(filled[0]) > 40 or not all(map(_FIGURE.fullmatch, filled[1:])):
        return False
    return cell.letters(filled[0]).strip("0123456789") in _TOTALS


class _OneRow:
    """The work on one row: takes cells, and notes which of them said nothing that a field could
    hold."""

    def __init__(self, reader: RowReader, row: Row, texts: list[str]) -> None:
        self.reader, self.row, self.texts = reader, row, texts
        self.columns, self.rules = reader.columns, reader.rules
        self.extra: dict[str, str] = {}
        self.blame: tuple[str, str] = ("", "")

    def read(self) -> IncomingLead | Rejection:
        status = self._one("status")
        if status and status.casefold().startswith(_REFUNDED):
            return self._rejection("status", status, "refunded: no lead")
        name = read_name(self._name("full_name"), self._name("first_name"), self._name("last_name"))
        company = cell.one_line(self._name("company"))
        country, region = self._place()
        emails = self._emails()
        phones = self._phones(country or self.rules.country)
        if not emails and not phones and not (name.full and company):
            missing = "neither an e-mail address nor a telephone number, nor a name with a company"
            reason = f"{self.blame[1]}; {missing}" if self.blame[1] else missing
            label, value = self.blame[0].partition("\0")[::2]
            return Rejection(self.row.line, label, value, reason, self.row.cells)
        self._keep_rest(status)
        money = self._revenue()
        return IncomingLead(
            line=self.row.line,
            digest=self._digest(),
            external_id=cell.one_line(self._one("external_id").removesuffix(".0")),
            full_name=name.full or (emails[0] if emails else phones[0].number),
            first_name=name.first,
            last_name=name.last,
            company=company,
            title=cell.one_line(self._name("title")),
            emails=emails,
            phones=phones,
            street=cell.one_line(
                ", ".join(filter(None, (self._one("street"), self._one("street2"))))
            ),
            city=cell.one_line(self._one("city")),
            region=region,
            country=country,
            postal_code=postal_code(self._one("postal_code"), country),
            website=self._one("website"),
            industry=cell.one_line(self._one("industry")),
            employees=self._employees(),
            revenue_minor=money[0] if money else None,
            currency=money[1] if money else self.rules.currency,
            inquiry_at=self._time(),
            scanned_by=cell.one_line(self._one("scanned_by")),
            notes=self._notes(),
            rating=self._rating(),
            source=cell.one_line(self._one("source")) or self.rules.source,
            event=cell.one_line(self._one("event")) or self.rules.event,
            calls_consent=any(map(granted, self._all("call_consent"))),
            calls_opt_out=any(map(refused, self._all("do_not_call"))),
            emails_opt_out=any(map(refused, self._all("email_opt_out"))),
            qualifiers=self._qualifiers(),
            extra=self.extra,
        )

    def _all(self, name: str) -> list[str]:
        return [
            self.texts[index] for index in self.columns.fields.get(name, ()) if self.texts[index]
        ]

    def _one(self, name: str) -> str:
        """The first filled cell of a field; a second one that says something else is kept beside
        it."""
        columns = self.reader.where.get(name)
        if columns is None:
            return ""
        chosen = ""
        for index in columns:
            text = self.texts[index]
            if text and not chosen:
                chosen = text
            elif text and text != chosen:
                self.extra[self.columns.labels[index]] = text
        return chosen

    def _name(self, name: str) -> str:
        text = self._one(name)
        return "" if cell.says_nothing(text) else text

    def _rejection(self, name: str, value: str, reason: str) -> Rejection:
        label = self.columns.labels[self.columns.fields[name][0]]
        return Rejection(self.row.line, label, value, reason, self.row.cells)

    def _odd(self, index: int, value: str, reason: str, then: str) -> None:
        """A cell that could not be read as meant: remarked, and kept with the response as it is."""
        label = self.columns.labels[index]
        self.extra[label] = self.texts[index]
        self.blame = self.blame if self.blame[1] else (f"{label}\0{value}", reason)
        self.reader.remarks.add(self.row.line, label, value, reason, then)

    def _place(self) -> tuple[str, str]:
        text, region = self._one("country"), self._one("region")
        country = country_code(text) if text else ""
        if not text:
            code = self._one("country_code")
            country = country_code(code) if code.isalpha() else ""
        elif not country and not cell.no_value(text):
            self._odd(
                self.columns.fields["country"][0],
                text,
                "no country we know",
                "the country was left empty",
            )
        if not country and region:
            country = country_of_region(region, self.rules.country)
        return country, region_code(region, country) if region else ""

    def _emails(self) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for index in self.columns.fields.get("email", ()):
            if not self.texts[index]:
                continue
            good, bad = read_emails(self.texts[index])
            if found:
                known = set(map(cell.key, found))
                good = tuple(address for address in good if cell.key(address) not in known)
            found += good
            for value, reason in bad:
                self._odd(index, value, reason, "it was left out")
        return found

    def _phones(self, region: str) -> tuple[PhoneNumberRead, ...]:
        dial = self._one("country_code")
        dial = "" if dial.isalpha() else dial
        found: list[PhoneNumberRead] = []
        for kind, name in (("work", "phone"), ("mobile", "mobile")):
            for index in self.columns.fields.get(name, ()):
                if not self.texts[index]:
                    continue
                read = read_phones(self.texts[index], region, kind, dial)
                for number in read.numbers:
                    if all(number.number != other.number for other in found):
                        found.append(number)
                    if not number.valid:
                        self.reader.remarks.add(
                            self.row.line,
                            self.columns.labels[index],
                            number.raw,
                            "possible, but not assigned to anybody",
                            "it was kept, marked",
                        )
                for value, reason in read.problems:
                    self._odd(index, value, reason, "the number was left out")
        return tuple(found)

    def _time(self) -> datetime | None:
        index = self.reader.time_column
        if index is None or not self.texts[index] or cell.no_value(self.texts[index]):
            return None
        read = self.reader.time_of(self.texts[index])
        if read is None:
            self._odd(
                index,
                self.texts[index],
                "no date we can read",
                "the time of the import stands for it",
            )
            return None
        self.reader.naive += not read[1]
        if read[0] > self.rules.now.astimezone(UTC):
            self._odd(
                index,
                self.texts[index],
                "lies in the future",
                "the time of the import stands for it",
            )
            return None
        return read[0]

    def _rating(self) -> str:
        text = self._one("rating")
        rating = read_rating(text, self.reader.scale) if text else ""
        if text and rating != text.casefold():
            self.extra[self.columns.labels[self.columns.fields["rating"][0]]] = text
        return rating

    def _employees(self) -> int | None:
        text = self._one("employees")
        if text and not _WHOLE_NUMBER.fullmatch(text):
            self.extra[self.columns.labels[self.columns.fields["employees"][0]]] = text
        count = read_count(text) if text else None
        if count is None and text and not cell.no_value(text):
            self._odd(
                self.columns.fields["employees"][0],
                text,
                "no number of people",
                "kept as it is, without a number",
            )
        return count

    def _revenue(self) -> tuple[int, str] | None:
        text = self._one("revenue")
        if not text:
            return None
        self.extra[self.columns.labels[self.columns.fields["revenue"][0]]] = text
        return read_money(text, self.rules.currency)

    def _notes(self) -> str:
        notes = [
            cell.many_lines(text) for text in self._all("notes") if not cell.says_nothing(text)
        ]
        return "\n".join(dict.fromkeys(notes)) if len(notes) > 1 else "".join(notes)

    def _keep_rest(self, status: str) -> None:
        labels = self.columns.labels
        for index in self.columns.extra:
            if self.texts[index]:
                self.extra[labels[index]] = self.texts[index]
        for name in _STATEMENTS:
            for index in self.columns.fields.get(name, ()):
                if self.texts[index]:
                    self.extra[labels[index]] = self.texts[index]
        if status:
            self.extra[labels[self.columns.fields["status"][0]]] = status

    def _qualifiers(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for index in self.columns.qualifiers:
            if self.texts[index]:
                label = self.columns.labels[index]
                asked = label[2:].replace("_", " ") if label[:2].casefold() == "f_" else label
                found[asked] = _several(self.texts[index])
        for index in self.columns.fields.get("qualifiers", ()):
            pieces = [piece for piece in _PIECES.split(self.texts[index].strip()) if piece]
            pairs = [pair for piece in pieces if (pair := _PAIR.fullmatch(piece))]
            if pieces and len(pairs) == len(pieces):
                found.update({pair[1].strip(): pair[2].strip() for pair in pairs})
            elif pieces:
                found[self.columns.labels[index]] = _several(self.texts[index])
        return found

    def _digest(self) -> str:
        said = self.reader.said + "\x1f".join(self.texts)
        return hashlib.blake2b(said.encode(errors="replace"), digest_size=8).hexdigest()


def _several(text: str) -> str | list[str]:
    """One answer as text, several (by ``;``, ``|`` or line) as a list."""
    if ";" not in text and "|" not in text and "\n" not in text:
        return text
    pieces = [piece for piece in _PIECES.split(text.strip()) if piece]
    return pieces if len(pieces) > 1 else text
