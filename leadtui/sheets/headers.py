"""Which column is which of our fields: the headers seen in the wild, and what ``--map`` adds to
them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from leadtui.errors import WrongUse
from leadtui.sheets.cells import letters
from leadtui.text import catalogue, words

WHY = "Why rejected"
"""The column that a file of rejects carries; read again, it says nothing about the lead."""

CATALOGUE: dict[str, str] = catalogue("""
external_id: Badge ID, Badge Number, Badge, Registration ID, Registration Number, Attendee #,
    Attendee ID, Barcode #, Barcode, Record ID, Lead ID, lead_id, referenceId, Account Id,
    Contact ID, Order #, Order ID, id, Index
full_name: Full Name, Name, Attendee name, Customer Name, Contact Name, Client Name, Lead Name,
    Contact, Nom, Nom complet, Nombre, Nombre completo, Vollständiger Name, Ansprechpartner
first_name: First Name, First, fname, Given Name, Forename, Attendee first name, Prénom, Vorname,
    Nombre de pila
last_name: Last Name, Last, lname, Surname, Family Name, Attendee last name, Nom de famille,
    Nachname, Familienname, Apellido, Apellidos
company: Company, Company Name, Attendee company, Organization, Organization Name, Organisation,
    Account Name, Institution, Employer, Associated Company, Business Name, Entreprise, Société,
    Empresa, Firma, Unternehmen
title: Job Title, Title, contact_title, Attendee title, Position, Function, Role, Job Level,
    Fonction, Poste, Cargo, Funktion, Titel
email: Email, E-mail, Email Address, E-mail Address, Attendee email, Email 1, Email 2, Email 3,
    User Email, Work Email, Business Email, Contact Email, Customer Email, Correo, Correo
    electrónico, Courriel, Mail, E-Mail-Adresse
phone: Phone, Phone Number, Phone 1, Phone 2, Phone 3, Work Phone, workPhone, Business Phone,
    Office Phone, Direct Phone, Attendee phone, Contact Phone, Telephone, Telephone Number, Tel,
    Home Phone, Telefono, Teléfono, Téléphone, Telefon, Telefonnummer
mobile: Mobile, Cell Phone, mobilePhone, Mobile Phone, Mobile Number, Cell, Handy, Mobil,
    Mobiltelefon, Portable, Móvil, mobile_without_country_code, phone_without_country_code
country_code: country_code, Phone Country Code, Dial Code, Dialing Code, mobile_country_code
street: Address, address1, Address Line 1, Street, Street Address, Mailing Street, Billing
    Street, Adresse, Straße, Strasse, Dirección, Calle, Rue
street2: address2, Address Line 2, Suite, Street 2
city: City, Town, Mailing City, Billing City, Attendee city, Ville, Ciudad, Stadt, Ort
region: State, State/Region, State/Province, Mailing State/Province, Mailing State, Billing
    State/Province, Region, Province, State Code, Attendee state, Bundesland, Provincia, Estado,
    Région
postal_code: ZIP, Postal Code, Zip Code, ZIP/Postal Code, Mailing Zip/Postal Code, Mailing Postal
    Code, Postcode, PLZ, Postleitzahl, Code postal, Código postal
country: Country, Country/Region, Attendee country, Mailing Country, Billing Country, Country
    Name, Land, Pays, País
scanned_at: Scanned At, Scan time, Scan Date, Scanned, Scan Timestamp, Captured At, created_time,
    Created Time, lead_created_at, Order Date, Submitted At, Timestamp, Registration Date, Create
    Date, Created Date, Created At, Date, Datum, Fecha
scanned_by: Scanned by, Captured By, Scanned By User, Assigned Rep, Lead Owner, Sales Rep,
    Contact owner, Owner, Rep
notes: Notes, Note, Scan note, Comments, Comment, Description, crm_note, Remarks, Notizen,
    Bemerkung, Bemerkungen, Commentaires, Notas
rating: Rating, Lead Rating, Lead Score, stars, Star Rating, Score, Temperature, Bewertung
qualifiers: Qualifiers, Qualifier, Answers, Survey Answers, Qualifying Questions
source: Lead Source, LeadSource, Source, Original Source, Quelle, Origine, Origen
event: Event Name, event_name, Event, Show, Show Name, campaign_name, Campaign, Veranstaltung
consent: Shared fields, Email consent version, Consent, GDPR Consent, Marketing Consent
call_consent: Call Consent, Phone Consent, Consent to call, Consent to phone, OK to call, May we
    call
do_not_call: Do Not Call, DoNotCall, DNC, Phone Opt Out, Call Opt Out
email_opt_out: Email Opt Out, Email Opted Out, HasOptedOutOfEmail, Unsubscribed, Opted Out, Do
    Not Email, Unsubscribed from all email
status: Lead Status, Attendee Status, Order Status, Registration Status, Status
website: Website, Company Website, Web, URL, Company Domain Name, Webseite
industry: Industry, Sector, Branche, Secteur, Industria
employees: Employees, Number of Employees, No. of Employees, # Employees, Company Size, Employee
    Count, Mitarbeiter
revenue: Annual Revenue, Revenue, Company Revenue, Turnover, Umsatz
""")
"""Our field -> the headers that mean it, the better ones first; case, spaces, accents and
punctuation do not count."""

FIELDS: tuple[str, ...] = tuple(CATALOGUE)
SEVERAL = frozenset(
    words("email phone mobile notes qualifiers consent call_consent do_not_call email_opt_out")
)
"""Fields of which every column counts, in the order of the file; of the others only the best filled
one."""
_ASKED = frozenset(("call_consent", "do_not_call", "email_opt_out"))
"""Fields whose headers may end in "?" without being a qualifier."""
_SAME = {
    "first": "first_name",
    "last": "last_name",
    "name": "full_name",
    "zip": "postal_code",
    "state": "region",
    "address": "street",
    "qualifier": "qualifiers",
}
_FORM_FIELD = re.compile(r"f_\w")


def _known() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field, names in CATALOGUE.items():
        for rank, name in enumerate(names.split(",")):
            found.setdefault(letters(name), (field, rank))
        found.setdefault(letters(field), (field, 0))
    return found


_KNOWN = _known()
_WHY = letters(WHY)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which field: the first of a field is the best, only some fields take
    several."""

    labels: tuple[str, ...]
    """A name for every column, made unique: ``Email``, ``Email (2)``, ``column 4`` for a blank
    one."""
    fields: Mapping[str, tuple[int, ...]]
    qualifiers: tuple[int, ...]
    extra: tuple[int, ...]
    """Columns that mean nothing to us, or are second to a better one; kept with the response."""
    ignored: tuple[int, ...] = ()

    def has(self, *fields: str) -> bool:
        """Whether any of these fields has a column."""
        return any(field in self.fields for field in fields)


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """``--map our=theirs`` as folded header -> our field; an ``our`` that does not exist is refused
    with the list."""
    checked: dict[str, str] = {}
    for our, theirs in mapping.items():
        field = our.strip().casefold().replace(" ", "_").replace("-", "_")
        field = _SAME.get(field, field)
        if field not in CATALOGUE:
            near = get_close_matches(field, FIELDS, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise WrongUse(
                f"--map {our}={theirs}: {our!r} is no field of ours{meant}; they are "
                f"{', '.join(FIELDS)}"
            )
        checked[letters(theirs)] = field
    return checked


def is_known(header: str, mapping: Mapping[str, str]) -> bool:
    """Whether a cell is a header we know, by catalogue or by ``mapping`` (from
    ``check_mapping``)."""
    folded = letters(header)
    return folded in mapping or folded in _KNOWN or folded == _WHY


def find_columns(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """The columns of a header row. ``mapping`` comes from ``check_mapping``; a header it names must
    be there."""
    mapping = mapping or {}
    labels = _unique(header)
    folded = [letters(text) for text in header]
    missing = [theirs for theirs in mapping if theirs not in folded]
    if missing:
        raise WrongUse(
            f"--map names a column that the file does not have ({missing[0]!r}); it has: "
            f"{', '.join(labels)}"
        )
    ranked: dict[str, list[tuple[int, int]]] = {}
    qualifiers, extra, ignored = [], [], []
    for index, text in enumerate(folded):
        raw = header[index].strip()
        if text in mapping:
            ranked.setdefault(mapping[text], []).append((-1, index))
        elif text == _WHY:
            ignored.append(index)
        elif text in _KNOWN and (not raw.endswith("?") or _KNOWN[text][0] in _ASKED):
            field, rank = _KNOWN[text]
            ranked.setdefault(field, []).append((rank, index))
        elif raw.endswith("?") or _FORM_FIELD.match(raw.casefold()):
            qualifiers.append(index)
        else:
            extra.append(index)
    fields: dict[str, tuple[int, ...]] = {}
    for field, found in ranked.items():
        ordered = (
            sorted(index for _, index in found)
            if field in SEVERAL
            else [index for _, index in sorted(found)]
        )
        fields[field] = tuple(ordered)
    return Columns(labels, fields, tuple(qualifiers), tuple(sorted(extra)), tuple(ignored))


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    labels = []
    for position, raw in enumerate(header, 1):
        text = " ".join(raw.split()) or f"column {position}"
        label, count = text, 2
        while label.casefold() in taken:
            label, count = f"{text} ({count})", count + 1
        taken.add(label.casefold())
        labels.append(label)
    return tuple(labels)
