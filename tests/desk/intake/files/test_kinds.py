"""Files of every kind that marketing gets, each with what every row of it comes to: nobody is lost,
and whatever was left out is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store.engine.database import open_store
from leadtui.store.engine.tables import Company, EmailAddress, Lead, Phone, Response
from tests.desk.intake.files.conftest import Floor, laid
from tests.sheets.files import NOW


def laid_in(folder):
    """A floor on SQLite."""
    return laid(open_store(f"sqlite:///{folder / 'leadtui.db'}", create=True, now=NOW))


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """One floor for all files: nobody is in two of them."""
    floor = laid_in(tmp_path_factory.mktemp("kinds"))
    yield floor
    floor.context.store.dispose()


@dataclass
class Kind:
    """A file, what its rows come to by line, and what is said of it."""

    text: str
    came_to: dict[int, str]
    said: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    before: str = ""


def came_to(report: Any) -> dict[int, str]:
    """Line -> what its row came to."""
    return {one.line: one.came_to for one in report.outcomes} | {
        one.line: "rejected" for one in report.reasons
    }


def everything_said(report: Any) -> str:
    """All sentences of a report."""
    reasons = [f"{one.field} {one.value} {one.reason}" for one in report.reasons]
    return "\n".join([*report.warnings, *reasons, *(one.why for one in report.outcomes)])


LINE = "First Name,Last Name,Company,Title,Email,Phone\n"

KINDS = {
    # -- nobody is lost by likeness ----------------------------------------------------------------
    "two people, one mailbox": Kind(
        LINE + "Tom,Abel,Quarry One,Owner,shop@quarryone.example,\n"
        "Rita,Abel,Quarry One,Finance,shop@quarryone.example,\n"
        "Tom,Abel,Quarry One,,shop@quarryone.example,\n",
        {2: "new", 3: "review", 4: "merged"},
        ("the same shared mailbox, another name: line 2, Tom Abel",),
    ),
    "sisters on one line": Kind(
        LINE + "Paula,Moss,Moss Bros,,,312-555-1001\nPaulina,Moss,Moss Bros,,,312-555-1001\n",
        {2: "new", 3: "review"},
    ),
    "a colleague on a line that is known": Kind(
        LINE + "Max,Pohl,Pohl Works,Buyer,,312-555-1002\n",
        {2: "review"},
        ("the same telephone number", "Mia Pohl"),
        before=LINE + "Mia,Pohl,Pohl Works,CIO,mia@pohl.example,312-555-1002\n",
    ),
    "an initial in one's own mailbox": Kind(
        LINE + "Nora,Quist,Quist AB,,nora@quist.example,\nN.,Quist,Quist AB,,nora@quist.example,\n",
        {2: "new", 3: "merged"},
    ),
    "namesakes in one company": Kind(
        "Badge ID,Name,Company,Title\nn1,Jo Smith,Namesake Ltd,CIO\n"
        "n2,Jo Smith,Namesake Ltd,Driver\nn3,Jo Smith,Namesake Ltd,\n",
        {2: "new", 3: "review", 4: "review"},
        ("the same name and company, another title",),
    ),
    "one name in two spellings": Kind(
        "Name,Email\nJörg Möller,joerg@moeller.example\nJoerg Moeller,joerg@moeller.example\n",
        {2: "new", 3: "merged"},
        ("kept with the response, not the lead: Full Name",),
    ),
    "father and son": Kind(
        "Name,Email\nJohn Reed Sr.,reed@reedfarm.example\nJohn Reed Jr.,reed@reedfarm.example\n",
        {2: "new", 3: "review"},
    ),
    "a marriage, or a colleague": Kind(
        "Name,Email\nEva Stein,eva@steinbruch.example\nEva Holm,eva@steinbruch.example\n",
        {2: "new", 3: "review"},
    ),
    "a scan without a name comes first": Kind(
        LINE + ",,Delta Mills,,,312-555-1003\n"
        "Ash,Bell,Delta Mills,,ash@deltamills.example,312-555-1003\n"
        "Cam,Dorn,Delta Mills,,cam@deltamills.example,312-555-1003\n",
        {2: "review", 3: "new", 4: "new"},
        ("somebody else: line 3, Ash Bell",),
    ),
    "numbered branches": Kind(
        "Name,Company,Email\n"
        + "".join(f"Ira Cole,Store {i},ira.cole.buying{i}@chainstore.example\n" for i in range(4)),
        dict.fromkeys(range(2, 6), "new"),
    ),
    "plants with a letter": Kind(
        "Name,Company\nUwe Lenz,Plant A\nUwe Lenz,Plant B\n", {2: "new", 3: "new"}
    ),
    # -- columns -----------------------------------------------------------------------------------
    "columns that hold contacts": Kind(
        "Full Name,E-Adr,Fon,Rep mail,Newsletter allowed\n"
        "Per Dahl,per@dahl.example,+46 8 555 010 01,us@ours.example,no\n",
        {2: "rejected"},
        (
            "'E-Adr' became no field and looks like e-mail addresses",
            'looks like telephone numbers (--map "phone=Fon")',
            "'Newsletter allowed' became no field and looks like a consent",
        ),
    ),
    "a word of a row that is a header elsewhere": Kind(
        "Ad,Prospect Email,Prospect Phone,Device\n"
        "k1,kim@ternfield.example,+1 312 555 1004,Mobile\n"
        "k2,lou@ternfield.example,+1 312 555 1005,Tablet\n",
        {2: "new", 3: "new"},
    ),
    "the header again, and another one": Kind(
        "Name,Company,Email\nAbe Linn,Linn Co,abe@linn.example\nName,Company,Email\n"
        "Bea Linn,Linn Co,bea@linn.example\nEmail,Name,Company\ncid@linn.example,Cid,Linn\n",
        {2: "new", 3: "rejected", 4: "new", 5: "rejected", 6: "rejected"},
        ("the header again", "below another header (line 5)"),
    ),
    "no header, columns by number": Kind(
        "Ana Lund,Lund AS,ana@lund.example,312-555-1006\n"
        "Bo Lund,Lund AS,bo@lund.example,312-555-1007\n",
        {1: "new", 2: "new"},
        options={
            "mapping": (
                ("full_name", "column 1"),
                ("company", "column 2"),
                ("email", "column 3"),
                ("phone", "column 4"),
            )
        },
    ),
    "a title above, totals below": Kind(
        "Leads of the autumn fair\n\nName,Email\nOle Berg,ole@bergen.example\nTotal,1\n",
        {4: "new", 5: "rejected"},
        ("stands above the header", "a line of totals"),
    ),
    # -- cells -------------------------------------------------------------------------------------
    "words behind numbers": Kind(
        "Name,Company,Phone,Country\nUte Falk,Falk KG,030 901821 (Anna),Germany\n"
        "Ulf Falk,Falk KG,1-800-FLOWERS,US\nUdo Falk,Falk KG,312-555-1008 ext.,US\n",
        {2: "new", 3: "new", 4: "new"},
        ("'Anna' stands beside the number", "letters stand in it"),
    ),
    "numbers of elsewhere": Kind(
        "Name,Company,Phone\nJan Rieder,Rieder GmbH,06131 555011\n",
        {2: "new"},
        ("begins with 0, as no number of US does", "say --country"),
    ),
    "what cannot be seen, and HTML": Kind(
        "Name,Email,Notes\nLia Fox,lia@foxden.example\u200b,<p>wants &amp; needs</p>\n",
        {2: "new"},
        ("invisible characters", "HTML"),
    ),
    "JSON in cells": Kind(
        "name,emails,contact_numbers,company\n"
        'Wim Fisk,"[{""label"": ""work"", ""value"": ""wim@fisk.example""}]",'
        '"[{""value"": ""+1 312 555 1009""}]",Fisk\n',
        {2: "new"},
    ),
    "a country nobody knows, with a state of ours": Kind(
        "Name,Email,Country,State,Phone\nFay Six,fay@six.example,Freedonia,RI,312-555-1010\n",
        {2: "new"},
        ("no country we know", "the country is unknown"),
    ),
    "an advertiser's test, and who does not come": Kind(
        "full_name,work_email,Attendee Status\n<test lead: dummy data for full_name>,a@b.example,\n"
        "Ida Roth,ida@roth.example,Cancelled\nIlo Roth,ilo@roth.example,Checked In\n",
        {2: "rejected", 3: "rejected", 4: "new"},
        ("test data", "does not come"),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_each_row_comes_to(ground: Floor, name: str):
    """And what is said of it; a dry run says the same and changes nothing."""
    kind = KINDS[name]
    if kind.before:
        ground.bring(kind.before)
    before = len(ground.all(Lead))
    dry = ground.bring(kind.text, dry_run=True, **kind.options)
    assert (came_to(dry), len(ground.all(Lead))) == (kind.came_to, before)
    report = ground.bring(kind.text, **kind.options)
    assert came_to(report) == kind.came_to
    for sentence in kind.said:
        assert sentence in everything_said(report)
        assert sentence in everything_said(dry)


def test_what_the_cells_came_to(tmp_path):
    """The kinds above, looked at in the rows: numbers kept right, addresses without marks."""
    ground = laid_in(tmp_path)
    for kind in KINDS.values():
        for text in filter(None, (kind.before, kind.text)):
            ground.bring(text, **kind.options)
    numbers = {one.number: (one.extension, one.raw) for one in ground.all(Phone)}
    addresses = {one.address for one in ground.all(EmailAddress)}
    assert {"+4930901821", "+13125551008", "+13125551009"} <= set(numbers)
    assert not [number for number in numbers if number.startswith(("+1800", "+16131", "+1613"))]
    assert {"lia@foxden.example", "wim@fisk.example"} <= addresses
    leads = {one.full_name: one for one in ground.all(Lead)}
    assert (leads["Fay Six"].country, leads["Mia Pohl"].title) == ("", "CIO")
    assert "wants & needs" in [one.notes for one in ground.all(Response)]
    ground.context.store.dispose()


EXPORTS = {
    "HubSpot": (
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,"
            "Website URL,Company Name,Country/Region,State/Region,Unsubscribed from all email"
        ),
        (
            "9,Ula,Reye,ula@brightfolds.example,312-555-1101,312-555-1102,CIO,brightfolds.example,"
            "Brightfolds,United States,Illinois,true"
        ),
    ),
    "Salesforce": (
        (
            "Lead ID,FirstName,LastName,Company / Account,Email,Phone,MobilePhone,Title,Website,"
            "MailingCountry,MailingState,HasOptedOutOfEmail"
        ),
        (
            "00Q1,Ula,Reye,Sf Co,ula@sforce.example,312-555-1103,312-555-1104,CIO,sforce.example,"
            "USA,IL,1"
        ),
    ),
    "Dynamics": (
        (
            "(Do Not Modify) Lead,First Name,Last Name,Company Name,Email Address 1,Business Phone,"
            "Mobile Phone,Job Title,Website,Address 1: Country/Region,Address 1: State/Province,"
            "Do not allow Emails"
        ),
        (
            "x,Ula,Reye,Dyna Co,ula@dyna.example,312-555-1105,312-555-1106,CIO,dyna.example,"
            "United States,Illinois,Do Not Allow"
        ),
    ),
    "Outlook": (
        (
            "First Name,Last Name,Company,Job Title,Business State,Business Country/Region,"
            "Business Phone,Mobile Phone,E-mail Address,Web Page,Opted Out"
        ),
        (
            "Ula,Reye,Outl Co,CIO,IL,United States of America,312-555-1107,312-555-1108,"
            "ula@outl.example,outl.example,yes"
        ),
    ),
    "Google": (
        (
            "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Value,"
            "Mobile 1 - Value,Organization 1 - Name,Organization 1 - Title,Website 1 - Value,"
            "Address 1 - Region,Address 1 - Country,Opt Out"
        ),
        (
            "Ula Reye,Ula,Reye,Work,ula@goog.example,312-555-1109,312-555-1110,Goog Co,CIO,"
            "goog.example,IL,US,x"
        ),
    ),
    "Apollo": (
        (
            "First Name,Last Name,Title,Company,Email,Email Status,Work Direct Phone,Mobile Phone,"
            "Website,State,Country,Company State,Company Country,Unsubscribed"
        ),
        (
            "Ula,Reye,CIO,Apo Co,ula@apo.example,Verified,312-555-1111,312-555-1112,apo.example,"
            "Illinois,United States,Texas,United States,true"
        ),
    ),
    "Cvent": (
        (
            "Confirmation Number,First Name,Last Name,Email Address,Company Name,Title,Work State,"
            "Work Country,Work Phone,Mobile Phone,Company Website,Email Opt Out"
        ),
        "XQ,Ula,Reye,ula@cvent.example,Cv Co,CIO,IL,USA,312-555-1113,312-555-1114,cvent.example,Y",
    ),
    "Eventbrite": (
        (
            "Order #,First Name,Last Name,Email,Purchaser Email,Attendee Status,Home State,"
            "Home Country,Work Phone,Cell Phone,Job Title,Company,Website,Do Not Email"
        ),
        (
            "90,Ula,Reye,ula@brite.example,boss@brite.example,Attending,IL,US,312-555-1115,"
            "312-555-1116,CIO,Brite Co,brite.example,1"
        ),
    ),
    "Facebook": (
        (
            "id,campaign_name,first_name,last_name,work_email,work_phone_number,mobile_number,"
            "company_name,job_title,company_website,state,country,opt_out"
        ),
        (
            "l:7,Pumps,Ula,Reye,ula@fbook.example,p:+13125551117,p:+13125551118,Fb Co,CIO,"
            "fbook.example,IL,US,yes"
        ),
    ),
    "Dynamics in German": (
        (
            "(Nicht ändern) Lead,Vorname,Nachname,Firmenname,E-Mail,Telefon (geschäftlich),"
            "Mobiltelefon,Position,Website,Land/Region,Bundesland/Kanton,Telefonanrufe nicht "
            "zulassen,E-Mails nicht zulassen,Bundesland/Region"
        ),
        (
            "x,Ula,Reye,Quarzbau,ula@dynade.example,312-555-1131,312-555-1132,CIO,dynade.example,"
            "USA,,Zulassen,Nicht zulassen,Illinois"
        ),
    ),
    "Outlook in German": (
        (
            "Vorname,Nachname,Firma,Position,Region geschäftlich,Land/Region geschäftlich,"
            "Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,Webseite,Abgemeldet"
        ),
        (
            "Ula,Reye,Kupferhof,CIO,IL,USA,312-555-1133,312-555-1134,ula@outlde.example,"
            "outlde.example,ja"
        ),
    ),
    "Outlook in French": (
        (
            "Prénom,Nom,Société,Fonction,Région (bureau),Pays/Région (bureau),Téléphone (bureau),"
            "Tél. mobile,Adresse de messagerie,Site web,Désabonné"
        ),
        (
            "Ula,Reye,Verrerie Est,CIO,IL,USA,312-555-1135,312-555-1136,ula@outlfr.example,"
            "outlfr.example,oui"
        ),
    ),
    "HubSpot in Spanish": (
        (
            "ID de registro,Nombre,Apellidos,Correo,Número de teléfono,Número de móvil,"
            "Nombre de la empresa,Cargo,Estado/región,País o región,Sitio web,Dado de baja"
        ),
        (
            "9,Ula,Reye,ula@hubes.example,312-555-1137,312-555-1138,Molino Azul,CIO,Illinois,USA,"
            "hubes.example,sí"
        ),
    ),
    "LinkedIn": (
        (
            "Lead ID,Form name,First Name,Last Name,Work email,Phone number,Mobile phone,Job title,"
            "Company name,Company website,State/Province,Country/Region,Do not email"
        ),
        (
            "li,Pump,Ula,Reye,ula@linked.example,312-555-1119,312-555-1120,CIO,Li,linked.example,"
            "IL,United States,yes"
        ),
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_the_exports_of_other_systems_are_known_by_their_headers(ground: Floor, system: str):
    """Name, title, company, both numbers, the person's own place, and that no mail is to go."""
    head, row = EXPORTS[system]
    assert ground.bring(f"{head}\n{row}\n").new == 1
    lead = ground.all(Lead)[-1]
    (address,) = (one for one in ground.all(EmailAddress) if one.lead_id == lead.id)
    kinds = sorted(one.kind for one in ground.all(Phone) if one.lead_id == lead.id)
    assert (lead.full_name, lead.title, lead.region, lead.country) == (
        "Ula Reye",
        "CIO",
        "IL",
        "US",
    )
    assert (kinds, lead.emails_opt_out) == (["mobile", "work"], True)
    firm = next(one for one in ground.all(Company) if one.id == lead.company_id)
    assert firm.website == address.address.partition("@")[2]


def test_an_older_list_does_not_overwrite_what_is_newer(ground: Floor):
    """Title, company and place stay; what it says stands with its response, and it says so."""
    head = "Name,Company,Title,Email,City,State,Country,Event,Scanned At\n"
    now = "Lea Corb,Corb Steel,CIO,lea@corb.example,Chicago,IL,US,,2026-11-10 10:00-06:00\n"
    old = "Lea Corb,Mill Ltd,Intern,lea@corb.example,Boston,MA,US,Old Show,2019-05-04 10:00-05:00\n"
    ground.bring(head + now)
    lead = ground.all(Lead)[-1].model_dump()
    report = ground.bring(head + old)
    assert came_to(report) == {2: "updated"}
    assert "kept with the response, not the lead: Job Title" in everything_said(report)
    after = ground.all(Lead)[-1]
    same = ("title", "company_id", "city", "region", "country", "full_name")
    assert [getattr(after, name) for name in same] == [lead[name] for name in same]
    response = ground.all(Response)[-1]
    assert (response.inquiry_at.year, response.extra["Job Title (as given)"]) == (2019, "Intern")
    assert "Mill Ltd" not in [one.name for one in ground.all(Company)]


def test_in_one_file_the_newest_scan_says_who_somebody_is(ground: Floor):
    """Whatever the order of its rows; the older scan's title is kept beside it."""
    head = "Name,Company,Title,Email,Scanned At\n"
    old = "Gus Pell,Old Pell,Intern,gus@pell.example,2019-05-04 10:00-05:00\n"
    new = "Gus Pell,Pell AG,CIO,gus@pell.example,2026-11-10 10:00-06:00\n"
    assert ground.bring(head + old + new).merged == 1
    lead = ground.all(Lead)[-1]
    assert lead.title == "CIO"
    extras = [one.extra for one in ground.all(Response) if one.lead_id == lead.id]
    assert "Intern" in [one.get("Job Title (as given)") for one in extras]
    assert "Old Pell" in [one.get("Company (as given)") for one in extras]


def test_another_country_takes_nothing_of_the_old_address(ground: Floor):
    """No state and no postal code of the one that was left."""
    ground.bring("Name,Email,City,State,ZIP,Country\nKit Vale,kit@vale.example,Reno,NV,89501,US\n")
    ground.bring("Name,Email,City,Country\nKit Vale,kit@vale.example,Wien,Austria\n")
    lead = ground.all(Lead)[-1]
    assert (lead.city, lead.region, lead.postal_code) == ("Wien", "", "")


def test_what_was_corrected_by_hand_is_not_undone_by_a_list_without_dates(ground: Floor):
    """It says that it was changed by hand."""
    from leadtui.store.leads import add_event

    ground.bring("Name,Email,Title\nHal Venn,hal@venn.example,Buyer\n")
    lead_id = ground.all(Lead)[-1].id
    with ground.context.write() as unit:
        lead = unit.session.get(Lead, lead_id)
        lead.title = "Head of Purchasing"
        add_event(unit, lead_id, "edited", note="title, phone")
        unit.log("lead.edited")
    report = ground.bring("Name,Email,Title\nHal Venn,hal@venn.example,Clerk\n")
    assert "changed by hand since: Job Title" in everything_said(report)
    assert ground.all(Lead)[-1].title == "Head of Purchasing"


def test_a_file_is_read_anew_under_another_map_or_country(ground: Floor):
    """What was not understood the first time comes in, to the same leads."""
    text = "Name,Email,Rufnr\nIda Kern,ida@kern.example,030 901822\n"
    assert ground.bring(text).new == 1
    again = ground.bring(text, mapping=(("phone", "Rufnr"),), country="Germany")
    assert (again.updated, ground.all(Phone)[-1].number) == (1, "+4930901822")
    assert ground.bring(text, mapping=(("phone", "Rufnr"),), country="Germany").unchanged == 1


def test_a_row_of_data_is_no_header(ground: Floor):
    """It is refused with the numbers of the columns, also where the map names its cells."""
    text = "Ana Lind,Lind AS,ana@lind.example,312-555-1006\n"
    with pytest.raises(LeadtuiError, match='--map "email=column 3" --map "phone=column 4"'):
        ground.bring(text)
    with pytest.raises(LeadtuiError, match="the first row is data"):
        ground.bring(text, mapping=(("full_name", "Ana Lind"), ("email", "ana@lind.example")))


def test_several_columns_of_one_field_are_all_read_or_refused(ground: Floor):
    """Addresses, numbers and notes may be several; a title may not."""
    text = "Who,Firm,A,B,C,D\nIvy Lark,Lark,ivy@lark.example,i2@lark.example,one,two\n"
    maps = [("full_name", "Who"), ("email", "A"), ("email", "B"), ("notes", "C"), ("notes", "D")]
    assert ground.bring(text, mapping=tuple(maps)).new == 1
    assert {one.address for one in ground.all(EmailAddress)[-2:]} == {
        "ivy@lark.example",
        "i2@lark.example",
    }
    assert ground.all(Response)[-1].notes == "one\ntwo"
    with pytest.raises(WrongUse, match="title takes one column"):
        ground.bring(text, mapping=(("title", "C"), ("title", "D")))
    with pytest.raises(WrongUse, match="cannot be"):
        ground.bring(text, mapping=(("email", "A"), ("phone", "A")))
    with pytest.raises(WrongUse, match="no country we know"):
        ground.bring(text, country="Freedonia")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('Name;Email\nAmy Ross;amy@ross.example\n"Ross; Cy";cy@\n', {}),
        ("Name\tEmail\nAva Ross\tava@ross.example\nCleo\tcleo@\n", {}),
        (
            "Abe Ross,abe@ross.example\nCal Ross,cal@\n",
            {"mapping": (("full_name", "column 1"), ("email", "column 2"))},
        ),
    ],
)
def test_rejects_are_in_the_dialect_of_their_file(ground: Floor, tmp_path, text, options):
    """So that they can be corrected where the list is kept, and imported in the same way."""
    target = tmp_path / "rejects.csv"
    assert ground.bring(text, rejects=target, **options).rejected == 1
    mended = target.read_text(encoding="utf-8-sig").replace("@", f"@{len(text)}.example", 1)
    assert ground.bring(mended, **options).new == 1


def test_a_dry_run_writes_no_rejects(ground: Floor, tmp_path):
    """So that the same line works without --dry-run."""
    text = "Name,Email\nJoy Lake,joy@lakes.example\nMo Lake,bad@\n"
    target = tmp_path / "rejects.csv"
    ground.bring(text, rejects=target, dry_run=True)
    assert not target.exists()
    ground.bring(text, rejects=target)
    assert target.exists()
