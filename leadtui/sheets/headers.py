"""Which column is which of our fields: the headers seen in the wild, and what ``--map`` adds to
them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from leadtui.errors import WrongUse
from leadtui.sheets.cells import letters, plain
from leadtui.text import catalogue, words

WHY = "Why rejected"
"""The column that a file of rejects carries; read again, it says nothing about the lead."""
OWN = "leadtui "
"""What the headers begin with that an export adds of its own: no import takes them for the
lead's."""

CATALOGUE: dict[str, str] = catalogue("""
external_id: Badge ID, Badge Number, Badge, Registration ID, Registration Number, Attendee #,
    Attendee ID, Barcode #, Barcode, Record ID, Lead ID, lead_id, referenceId, Account Id, Contact
    ID, Confirmation Number, Order #, Order ID, id, Index, ID de registro, Datensatz-ID,
    Bestell-Nr., N° de commande, Nº de pedido
full_name: Full Name, Name, Attendee name, Customer Name, Contact Name, Client Name, Lead Name,
    Contact, Nom, Nom complet, Nombre, Nombre completo, Vollständiger Name, Ansprechpartner,
    Kontaktname, Vor- und Nachname, Nom du contact, Nombre del contacto, Nome, Nome completo, Nome e
    cognome, Naam, Volledige naam, Imię i nazwisko, ФИО, 姓名, 氏名
first_name: First Name, First, fname, Given Name, Forename, Attendee first name, Prénom, Vorname,
    Nombre de pila, Voornaam, Imię, Имя, Förnamn, Fornavn, Jméno
last_name: Last Name, Last, lname, Surname, Family Name, Attendee last name, Nom de famille,
    Nachname, Familienname, Apellido, Apellidos, Achternaam, Cognome, Sobrenome, Nazwisko, Фамилия,
    Efternamn, Etternavn, Efternavn, Příjmení
company: Company, Company Name, Attendee company, Organization, Organization Name, Organisation,
    Account Name, Company / Account, Institution, Employer, Associated Company, Business Name,
    Entreprise, Société, Empresa, Firma, Unternehmen, Firmenname, Unternehmensname, Name des
    Unternehmens, Firma/Account, Accountname, Nom de l'entreprise, Nom de la société, Nom du compte,
    Raison sociale, Compañía, Nombre de la empresa, Nombre de la cuenta, Azienda, Nome azienda,
    Società, Ragione sociale, Nome da empresa, Bedrijf, Bedrijfsnaam, Organisatie, Nazwa firmy,
    Företag, Компания, 公司, 公司名称, 会社名
title: Job Title, Title, contact_title, Attendee title, Position, Function, Role, Job Level,
    Fonction, Poste, Cargo, Funktion, Titel, Berufsbezeichnung, Jobbezeichnung, Stellenbezeichnung,
    Jobtitel, Beruf, Titre, Titre du poste, Intitulé du poste, Intitulé de poste, Puesto, Puesto de
    trabajo, Ruolo, Qualifica, Posizione, Functie, Functietitel, Stanowisko, Должность, 职位, 役職
email: Email, E-mail, Email Address, E-mail Address, Attendee email, Email 1, Email 2, Email 3, User
    Email, Work Email, Business Email, Contact Email, Customer Email, Emails, Secondary Email,
    Tertiary Email, Correo, Correo electrónico, Courriel, Mail, E-Mail-Adresse, Adresse e-mail,
    Adresse électronique, Adresse de messagerie, Adresse mail, Dirección de correo electrónico,
    Indirizzo e-mail, Posta elettronica, E-mailadres, Endereço de e-mail, Adres e-mail, E-post, Эл.
    почта, Электронная почта, 电子邮件, 邮箱, メールアドレス
phone: Phone, Phone Number, Phone 1, Phone 2, Phone 3, Work Phone, workPhone, Business Phone, Office
    Phone, Direct Phone, Attendee phone, Contact Phone, Telephone, Telephone Number, Tel, Home
    Phone, Phones, Phone Numbers, Contact Number, Contact Numbers, Telefono, Teléfono, Téléphone,
    Telefon, Telefonnummer, Telefon-Nr., Rufnummer, Festnetz, Durchwahl, Tél., Numéro de téléphone,
    N° de téléphone, Tél. fixe, Téléphone fixe, Número de teléfono, Teléfono fijo, Numero di
    telefono, Telefoon, Telefoonnummer, Telefone, Número de telefone, Numer telefonu, Телефон, 电话,
    電話番号
mobile: Mobile, Cell Phone, mobilePhone, Mobile Phone, Mobile Number, Cell, Handy, Mobil, Cell
    Number, Mobile Phone Number, Cell Phone Number, WhatsApp Phone Number, Car Phone, Mobiltelefon,
    Portable, Móvil, mobile_without_country_code, phone_without_country_code, Mobilnummer,
    Mobilfunknummer, Handynummer, Tél. mobile, Téléphone mobile, Téléphone portable, Tél. portable,
    Numéro de portable, Numéro de téléphone mobile, Número de móvil, Teléfono móvil, Número de
    teléfono móvil, Celular, Cellulare, Telefono cellulare, Telemóvel, Mobiel, Mobiel nummer,
    Telefon komórkowy, Мобильный телефон, 手机, 携帯電話
country_code: country_code, Phone Country Code, Dial Code, Dialing Code, mobile_country_code
street: Address, address1, Address Line 1, Street, Street Address, Mailing Street, Billing Street,
    Street Line 1, Formatted, Adresse, Straße, Strasse, Dirección, Calle, Rue, Anschrift, Straße und
    Hausnummer, Indirizzo, Adres, Straat, Endereço, Ulica, 地址, 住所
street2: address2, Address Line 2, Suite, Street 2
city: City, Town, Mailing City, Billing City, Attendee city, Ville, Ciudad, Stadt, Ort, Localité,
    Città, Plaats, Woonplaats, Cidade, Miasto, Localidad, Población, Город, 城市
region: State, State/Region, State/Province, Mailing State/Province, Mailing State, Billing
    State/Province, Region, Province, State Code, Attendee state, Bundesland, Provincia, Estado,
    Région, Bundesland/Provinz, Bundesland/Region, Kanton, État/Région, État/Province,
    Estado/Región, Estado/Provincia, Regione, Provincie, Województwo
postal_code: ZIP, Postal Code, Zip Code, ZIP/Postal Code, Mailing Zip/Postal Code, Mailing Postal
    Code, Postcode, Post Code, PLZ, Postleitzahl, Code postal, Código postal, CAP, CEP, Kod
    pocztowy, 邮编, 郵便番号
country: Country, Country/Region, Attendee country, Mailing Country, Billing Country, Country Name,
    Land, Pays, País, Land/Region, Pays/Région, País/Región, País o región, Paese, Nazione, Kraj,
    Страна, 国家, 国
scanned_at: Scanned At, Scan time, Scan Date, Scanned, Scan Timestamp, Captured At, created_time,
    Created Time, lead_created_at, Order Date, Submitted At, Timestamp, Registration Date, Create
    Date, Created Date, Created At, Created On, Creation Date, Scan Date/Time, Connected On, Date,
    Datum, Fecha, Erstellt am, Erstellungsdatum, Zeitstempel, Bestelldatum, Anmeldedatum,
    Registrierungsdatum, Gescannt am, Créé le, Date de création, Date de commande, Date
    d'inscription, Horodatage, Fecha de creación, Fecha de registro, Fecha del pedido, Marca
    temporal, Data di creazione, Data de criação, Aanmaakdatum, Data utworzenia
scanned_by: Scanned by, Captured By, Scanned By User, Assigned Rep, Lead Owner, Sales Rep, Contact
    owner, Owner, Rep, Gescannt von, Lead-Besitzer, Lead-Inhaber, Kontaktinhaber, Propriétaire du
    contact, Propietario del contacto
notes: Notes, Note, Scan note, Lead Retrieval Notes, Comments, Comment, Description, Message,
    crm_note, Remarks, Notizen, Bemerkung, Bemerkungen, Commentaires, Notas, Notiz, Anmerkung,
    Anmerkungen, Kommentar, Kommentare, Beschreibung, Nachricht, Commentaire, Remarque, Remarques,
    Comentario, Comentarios, Observaciones, Commenti, Notities, Opmerkingen, Uwagi, Комментарий,
    备注, 備考
rating: Rating, Lead Rating, Lead Score, stars, Star Rating, Score, Temperature, Bewertung
qualifiers: Qualifiers, Qualifier, Answers, Survey Answers, Qualifying Questions
source: Lead Source, LeadSource, Source, Original Source, Original Traffic Source, Quelle, Origine,
    Origen, Lead-Quelle, Herkunft, Origine de la piste, Source du lead, Origen del lead, Fuente,
    Fonte, Bron
event: Event Name, event_name, Event, Show, Show Name, campaign_name, Campaign, Veranstaltung,
    Veranstaltungsname, Kampagnenname, Kampagne, Événement, Nom de l'événement, Nom de la campagne,
    Evento, Nombre del evento, Campaña
consent: Shared fields, Email consent version, Consent, GDPR Consent, Marketing Consent
call_consent: Call Consent, Phone Consent, Consent to call, Consent to phone, OK to call, May we
    call
do_not_call: Do Not Call, DoNotCall, DNC, Phone Opt Out, Call Opt Out, Opted Out of Calls, No Calls,
    No Phone Calls, Do not allow Phone Calls, Do Not Phone, Do Not Telephone, Nicht anrufen, Keine
    Anrufe, Ne pas appeler, No llamar, Telefonanrufe nicht zulassen, Anrufe nicht zulassen, Keine
    Telefonanrufe, Telefonsperre, Ne pas autoriser les appels téléphoniques, Ne pas téléphoner, No
    permitir llamadas telefónicas, No permitir llamadas, Non chiamare, Niet bellen
email_opt_out: Email Opt Out, Email Opted Out, HasOptedOutOfEmail, Unsubscribed, Email Unsubscribed,
    Opted Out, Opt Out, Do Not Email, Do Not Mail, Do not allow Emails, Do not allow Bulk Emails, No
    Emails, Opted Out of Email, Unsubscribed from all email, Keine E-Mails, Keine Werbung, Ne pas
    envoyer d'e-mails, No enviar correos, E-Mails nicht zulassen, E-Mail nicht zulassen,
    Massen-E-Mails nicht zulassen, E-Mail-Opt-Out, Abmeldung von E-Mail, Abmeldung von E-Mails,
    Abgemeldet, Von allen E-Mails abgemeldet, Ne pas autoriser les e-mails, Ne pas autoriser les
    courriers électroniques, Désabonné, Désinscrit, Désinscrit de tous les e-mails, No permitir
    correo electrónico, No permitir correos electrónicos, Dado de baja, Non inviare e-mail,
    Disiscritto, Niet mailen, Uitgeschreven
do_not_contact: Do Not Contact, No Contact, Contact Opt Out, Opted Out of All, Unsubscribed from
    all, Suppressed, Werbesperre, Kontaktsperre, Ne pas contacter, No contactar
email_opt_in: Email Opt In, Email Opted In, Opt In, Opted In, Subscribed, Email Subscription,
    Subscription Status, Email Subscription Status, Newsletter, OK to email, May we email
status: Lead Status, Attendee Status, Order Status, Registration Status, Status, Leadstatus,
    Teilnehmerstatus, Bestellstatus, Anmeldestatus, Statusgrund, Status Reason, Statut, Statut du
    participant, Statut du lead, Estado del lead, Estado del asistente, Stato
test: Is Test, Test Lead, Is Test Lead
website: Website, Website URL, Web Page, Company Website, Web, URL, Company Domain Name, Webseite,
    Internetseite, Homepage, Site web, Site internet, Sitio web, Página web, Sito web, Strona www
industry: Industry, Sector, Branche, Secteur, Industria, Secteur d'activité, Settore, Sektor
employees: Employees, Number of Employees, No. of Employees, # Employees, Company Size, Employee
    Count, Mitarbeiter, Anzahl der Mitarbeiter, Anzahl Mitarbeiter, Mitarbeiterzahl, Beschäftigte,
    Unternehmensgröße, Effectif, Nombre d'employés, Empleados, Número de empleados, Dipendenti,
    Numero di dipendenti, Aantal medewerkers
revenue: Annual Revenue, Revenue, Company Revenue, Turnover, Umsatz, Jahresumsatz, Chiffre
    d'affaires, Ingresos anuales, Fatturato, Omzet
""")
"""Our field -> the headers that mean it, the better ones first; case, spaces, accents and
punctuation do not count."""

FIELDS: tuple[str, ...] = tuple(CATALOGUE)
KEPT = "none"
"""What ``--map`` says of a column that is to become no field: it is kept with the response."""
SEVERAL = frozenset(
    words(
        "email phone mobile notes qualifiers consent call_consent do_not_call email_opt_out "
        "do_not_contact email_opt_in status test"
    )
)
"""Fields of which every column counts, in the order of the file; of the others only the best filled
one."""
_ASKED = frozenset(words("call_consent do_not_call email_opt_out do_not_contact email_opt_in"))
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
_FAMILIES = frozenset(
    words(
        "email phone mobile first_name last_name title street street2 city region postal_code "
        "country"
    )
)
"""Fields whose headers may say whose or where: ``Lead Email``, ``Work City``."""
_WHOSE = re.compile(
    "(?:(?P<person>attendee|contact|lead|customer|client|guest|registrant|visitor|person|prospect|"
    "delegate|participant|primary|your)|main|preferred|work|business|office|home|mailing|billing|"
    "personal|other|alternate|corporate|direct|company|organi[sz]ation|account|address)(?=.)"
)
_WHERE = re.compile(
    "(?<=.)(?:geschaftlich|beruflich|privat|bureau|domicile|professionnel|trabajo|particular|"
    "ufficio|abitazione|zakelijk)$"
)
"""Where a number or an address is, in exports of other languages: ``Telefon geschäftlich``."""
_DIGITS = re.compile(r"\d+")
_BESIDE = re.compile(r"\(.*?\)")


def header_field(header: str) -> tuple[str, int] | None:
    """Our field for a header and how good it is (0 best), or nothing."""
    folded = letters(header)
    if found := _KNOWN.get(folded):
        return found
    plainer = letters(_BESIDE.sub("", header)) if "(" in header else folded
    plainer = _WHERE.sub("", plainer.removesuffix("value"))
    unnumbered = _DIGITS.sub("", plainer)
    for text in (plainer, unnumbered) if unnumbered != plainer else (plainer,):
        found = _KNOWN.get(text) or _of_family(text)
        if found:
            return found[0], found[1] + _SECOND
    return None


def _of_family(text: str) -> tuple[str, int] | None:
    """``leademail`` as ``email``, ``workcity`` as ``city``; whose a name is must be a person."""
    people = True
    while whose := _WHOSE.match(text):
        text, people = text[whose.end() :], people and bool(whose["person"])
        found = _KNOWN.get(text)
        if found and (found[0] in _FAMILIES or (people and text in ("name", "fullname"))):
            return found
    return None


def _known() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field, names in CATALOGUE.items():
        for rank, name in enumerate(names.split(",")):
            found.setdefault(letters(name), (field, rank))
        found.setdefault(letters(field), (field, 0))
    return found


_KNOWN = _known()
_SECOND = 100
"""What makes a header of a family worse than one that is known as a whole."""
_WHY, _OWN, OFFER = letters(WHY), letters(OWN), letters(f"{OWN}Offer")


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
    offer: int | None = None
    """Where an export of ours says to which offer each row answered."""


def check_mapping(mapping: Iterable[tuple[str, str]]) -> dict[str, str]:
    """``--map our=theirs`` as folded header -> our field.

    Refused: an ``our`` that does not exist (with the list), one that takes a single column given
    twice, and a column that should be two fields."""
    checked: dict[str, str] = {}
    for our, theirs in mapping:
        field = our.strip().casefold().replace(" ", "_").replace("-", "_")
        field = _SAME.get(field, field)
        if field not in CATALOGUE and field != KEPT:
            near = get_close_matches(field, FIELDS, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise WrongUse(
                f"--map {our}={theirs}: {our!r} is no field of ours{meant}; they are "
                f"{', '.join(FIELDS)}; {KEPT} is no field at all"
            )
        folded = letters(theirs)
        if checked.get(folded, field) != field:
            raise WrongUse(f"--map: column {theirs!r} cannot be {checked[folded]} and {field}")
        if field not in (*SEVERAL, KEPT) and folded not in checked and field in checked.values():
            raise WrongUse(
                f"--map {our}={theirs}: {field} takes one column; several may be "
                f"{', '.join(sorted(SEVERAL))}"
            )
        checked[folded] = field
    return checked


def is_known(header: str, mapping: Mapping[str, str]) -> bool:
    """Whether a cell is a header we know, by catalogue or by ``mapping`` (from
    ``check_mapping``)."""
    folded = letters(header)
    return folded in mapping or folded == _WHY or header_field(header) is not None


def find_columns(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """The columns of a header row. ``mapping`` comes from ``check_mapping``; a header it names must
    be there."""
    mapping = mapping or {}
    labels = _unique(header)
    folded = [letters(text) for text in header]
    numbered = [f"column{place}" for place in range(1, len(folded) + 1)]
    missing = [theirs for theirs in mapping if theirs not in (*folded, *numbered)]
    if missing:
        raise WrongUse(
            f"--map names a column that the file does not have ({missing[0]!r}); it has: "
            f"{', '.join(labels)}"
        )
    ranked: dict[str, list[tuple[int, int]]] = {}
    qualifiers, extra, ignored = [], [], []
    for index, text in enumerate(folded):
        raw = header[index].strip()
        known = header_field(raw)
        said = mapping.get(text) or mapping.get(numbered[index])
        if said == KEPT:
            extra.append(index)
        elif said:
            ranked.setdefault(said, []).append((-1, index))
        elif text == _WHY or text.startswith(_OWN):
            ignored.append(index)
        elif known and (not raw.endswith("?") or known[0] in _ASKED):
            field, rank = known
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
    offer = folded.index(OFFER) if OFFER in folded else None
    return Columns(labels, fields, tuple(qualifiers), tuple(sorted(extra)), tuple(ignored), offer)


def qualifier_header(asked: str) -> str:
    """The header under which ``find_columns`` takes the answers to ``asked`` for a qualifier's."""
    known = _KNOWN.get(letters(asked), ("",))[0] == "qualifiers"
    return asked if known or asked.endswith("?") else f"f_{asked}"


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    labels = []
    for position, raw in enumerate(header, 1):
        text = " ".join(plain(raw).split()) or f"column {position}"
        label, count = text, 2
        while label.casefold() in taken:
            label, count = f"{text} ({count})", count + 1
        taken.add(label.casefold())
        labels.append(label)
    return tuple(labels)
