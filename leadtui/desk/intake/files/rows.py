"""One row of a table to an incoming lead, or to the reason why it cannot be one; every cell is used
or kept."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from leadtui.desk.intake.files.no_leads import is_away, is_test, is_total
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
from leadtui.sheets.mailboxes import SAID, kind_of
from leadtui.sheets.phones import CODE, PhoneNumberRead, read_phones
from leadtui.sheets.places import country_code, country_of_region, postal_code, region_code
from leadtui.sheets.reading import Row, Table, looks_like
from leadtui.sheets.remarks import Remarks
from leadtui.text import words

_STATEMENTS = words(
    "consent call_consent do_not_call email_opt_out do_not_contact email_opt_in status test"
)
_FLAGS = {("do_not_call", "yes"), ("email_opt_out", "yes")}
"""Statements that say no more than the lead itself does afterwards."""
_PIECES = re.compile(r"\s*[;|\n]+\s*")
_PAIR = re.compile(r"([^:=]{1,80}\??)\s*[:=]\s*(.+)", re.DOTALL)
_ADVERTISED = re.compile(r"^[lz]:(?=\w)")
"""What stands before ids and postal codes in a list of lead ads, so that they stay text."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it nobody can have answered an offer of a floor that is at work now."""
_WHOLE_NUMBER = re.compile(r"\d+")
_SINGLE = tuple(name for name in FIELDS if name not in SEVERAL)


class RowReader:
    """Reads the rows of one table; ``remarks`` gathers what was odd and did not cost the row.

    Raises ``LeadtuiError`` at once where the order of day and month cannot be told.
    """

    def __init__(self, table: Table, columns: Columns, rules: ReadingRules, where: str) -> None:
        self.columns, self.rules, self.remarks = columns, rules, Remarks()
        self.where = {name: columns.fields[name] for name in _SINGLE if name in columns.fields}
        self.stated = {name: columns.fields[name] for name in _STATEMENTS if name in columns.fields}
        self.said = "\x1e".join((rules.offer, rules.event, *columns.labels, *rules.beside))
        self.time_column = self._filled(table, "scanned_at")
        order = "mdy"
        if self.time_column is not None:
            index = self.time_column
            times = ((row.line, row.cells[index]) for row in table.rows)
            order = column_order(times, where, columns.labels[index], rules.dates)
        self.times = TimeReading(order, rules.zone)
        rated = self.where.get("rating")
        self.scale = rating_scale(row.cells[rated[0]] for row in table.rows) if rated else 5
        names = [name.strip() for name in table.header]
        self.doubled = [
            (name, label)
            for place, (name, label) in enumerate(zip(names, columns.labels, strict=False))
            if name and name.casefold() in map(str.casefold, names[:place])
        ]
        """Columns whose names stand twice in the header, each with what it is called here."""
        self.naive = self.foreign = 0
        """Scan times without a zone; numbers without a country's code that are none of ours."""
        self._cleaned: dict[str, list[int]] = {}
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
        texts, odd = self._texts(row)
        if is_total(texts):
            return Rejection(
                row.line, "", next(filter(None, texts)), "a line of totals, no lead", row.cells
            )
        return _OneRow(self, row, texts, odd=odd).read()

    def _texts(self, row: Row) -> tuple[list[str], bool]:
        """The cells without what nobody sees, and without HTML; and whether they may have held
        any."""
        whole = "".join(row.cells)
        if whole.isascii() and "<" not in whole and "&" not in whole:
            return [cell.plain(text) for text in row.cells], False
        texts = []
        for text in row.cells:
            clean, what = cell.seen(text)
            if what:
                self._cleaned.setdefault(what, []).append(row.line)
            texts.append(cell.plain(clean))
        return texts, True

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
        if self.foreign:
            self.remarks.say(
                f"{self.foreign} numbers without a country's code are none of "
                f"{self.rules.country}; say --country where the list is from elsewhere "
                "('--country DE'), or write each with its country's code"
            )
        for name, label in self.doubled:
            self.remarks.say(
                f"two columns are called {name!r}: the second is {label!r} here; where it is "
                "something else, name it otherwise in the list, or say --map with its number"
            )
        for what, lines in self._cleaned.items():
            self.remarks.say(f"taken out of {len(lines)} cells: {what}, first on line {lines[0]}")
        return self.remarks.sentences()


class _OneRow:
    """The work on one row: takes cells, and notes which of them said nothing that a field could
    hold."""

    def __init__(self, reader: RowReader, row: Row, texts: list[str], *, odd: bool) -> None:
        self.reader, self.row, self.texts, self.odd = reader, row, texts, odd
        self.columns, self.rules = reader.columns, reader.rules
        self.extra: dict[str, str] = {}
        self.blame: tuple[str, str] = ("", "")

    def read(self) -> IncomingLead | Rejection:
        stated = self.reader.stated
        for status in self._all("status") if "status" in stated else ():
            if is_away(status):
                return self._rejection("status", status, "does not come, or is out: no lead")
        offer = self.texts[self.columns.offer] if self.columns.offer is not None else ""
        if offer and offer != self.rules.offer:
            label = self.columns.labels[self.columns.offer or 0]
            reason = f"answered another offer; import it with --offer {offer}"
            return Rejection(self.row.line, label, offer, reason, self.row.cells)
        name = read_name(self._name("full_name"), self._name("first_name"), self._name("last_name"))
        company = cell.one_line(self._name("company"))
        country, region, home = self._place()
        emails = self._emails()
        if is_test(self.texts if self.odd else (), self._all("test") if stated else (), emails):
            value = next(iter(emails), "")
            return Rejection(self.row.line, "", value, "an advertiser's test data", self.row.cells)
        phones = self._phones(home)
        if not emails and not phones and not (name.full and company):
            missing = "neither an e-mail address nor a telephone number, nor a name with a company"
            reason = f"{self.blame[1]}; {missing}" if self.blame[1] else missing
            label, value = self.blame[0].partition("\0")[::2]
            return Rejection(self.row.line, label, value, reason, self.row.cells)
        self._keep_rest()
        money = self._revenue()
        yes, calls, mails = self._wishes() if stated else (False, False, False)
        return IncomingLead(
            line=self.row.line,
            digest=self._digest(),
            external_id=cell.one_line(
                _ADVERTISED.sub("", self._one("external_id")).removesuffix(".0")
            ),
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
            postal_code=postal_code(_ADVERTISED.sub("", self._one("postal_code")), country),
            website=self._one("website"),
            industry=cell.one_line(self._one("industry")),
            employees=self._employees(),
            revenue_minor=money[0] if money else None,
            currency=money[1] if money else self.rules.currency,
            inquiry_at=self._time(),
            scanned_by=self._scanned_by(),
            notes=self._notes(),
            rating=self._rating(),
            source=cell.one_line(self._one("source")) or self.rules.source,
            event=cell.one_line(self._one("event")) or self.rules.event,
            calls_consent=yes,
            calls_opt_out=calls,
            emails_opt_out=mails,
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

    def _wishes(self) -> tuple[bool, bool, bool]:
        """Whether calls are consented to, calls refused, e-mails refused: by an opt-out that says
        so, or an opt-in that says anything but yes, or since when."""
        shut = any(map(refused, self._all("do_not_contact")))
        asked = [text for text in self._all("email_opt_in") if looks_like(text) != "scanned_at"]
        mails = any(map(refused, self._all("email_opt_out"))) or not all(map(granted, asked))
        calls = any(map(refused, self._all("do_not_call")))
        return any(map(granted, self._all("call_consent"))), shut or calls, shut or mails

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

    def _place(self) -> tuple[str, str, str]:
        """Country and region, and in which country numbers without a code are at home."""
        text, region = self._one("country"), self._one("region")
        country, unknown = country_code(text) if text else "", False
        if not text:
            code = self._one("country_code")
            country = country_code(code) if code.isalpha() else ""
        elif not country and not cell.no_value(text):
            unknown = True
            self._odd(
                self.columns.fields["country"][0],
                text,
                "no country we know",
                "the country was left empty",
            )
        if not country and region and not unknown:
            country = country_of_region(region, self.rules.country)
        home = country or ("" if unknown else self.rules.country)
        return country, region_code(region, country) if region else "", home

    def _emails(self) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for index in self.columns.fields.get("email", ()):
            if not self.texts[index]:
                continue
            good, bad = read_emails(cell.bare(self.texts[index]))
            if len(good) > 1:
                label, text = self.columns.labels[index], self.texts[index]
                then = "each was kept, and the first is written to: put the right one first"
                self.reader.remarks.add(
                    self.row.line, label, text, f"{len(good)} addresses in one cell", then
                )
            if found:
                known = set(map(cell.key, found))
                good = tuple(address for address in good if cell.key(address) not in known)
            found += good
            for address in good:
                if kind := kind_of(address):
                    label, then = self.columns.labels[index], "it was kept, marked"
                    self.reader.remarks.add(self.row.line, label, address, SAID[kind], then)
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
                read = read_phones(cell.bare(self.texts[index]), region, kind, dial)
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
                    self.reader.foreign += reason.endswith(CODE)
                    self._odd(index, value, reason, "the number was left out")
                for value, beside in read.asides:
                    reason = f"{beside!r} stands beside the number"
                    self._odd(index, value, reason, "only the number was taken")
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
        off = "lies in the future" if read[0] > self.rules.now.astimezone(UTC) else ""
        if read[0] < EARLIEST:
            off = f"lies before {EARLIEST.year}, when nobody can have asked; correct it in the list"
        if off:
            self._odd(index, self.texts[index], off, "the time of the import stands for it")
            return None
        return read[0]

    def _scanned_by(self) -> str:
        """Of several who scanned it the first; all of them are kept with the response."""
        names = _several(self._one("scanned_by"))
        if isinstance(names, str):
            return cell.one_line(names)
        self.extra[self.columns.labels[self.columns.fields["scanned_by"][0]]] = "; ".join(names)
        return names[0]

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

    def _keep_rest(self) -> None:
        labels = self.columns.labels
        for index in self.columns.extra:
            if self.texts[index]:
                self.extra[labels[index]] = self.texts[index]
        for name, places in self.reader.stated.items():
            for index in places:
                if self.texts[index] and (name, self.texts[index]) not in _FLAGS:
                    self.extra[labels[index]] = self.texts[index]
        for index in self.columns.fields.get("scanned_at", ()):
            if self.texts[index] and index != self.reader.time_column:
                self.extra[labels[index]] = self.texts[index]

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
