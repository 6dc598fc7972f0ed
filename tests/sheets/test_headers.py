"""Columns are known by the headers seen in the wild, and by what --map says."""

import pytest

from leadtui.errors import WrongUse
from leadtui.sheets.headers import CATALOGUE, FIELDS, check_mapping, find_columns, is_known

WILD = {
    "external_id": "Badge ID, Record ID, Lead ID, referenceId, Account Id, Order #, Attendee "
    "#, Barcode #, Registration "
    "ID, "
    "lead_id, id, Index",
    "full_name": (
        "Name, Full Name, Attendee name, Customer Name, Contact Name, Client Name, "
        "Lead Name, Nom, "
        "Nombre"
    ),
    "first_name": "First Name, First, first_name, firstname, firstName, FIRST  NAME",
    "last_name": "Last Name, Last, last_name, lastname",
    "company": "Company, Company Name, Attendee company, Institution, Associated Company, "
    "Account Name, Organization, "
    "Entreprise, Empresa",
    "title": "Title, Job Title, contact_title, Job Level",
    "email": "Email, E-mail, Email Address, Attendee email, Email 1, Email 2, User Email, Correo",
    "phone": "Phone, Phone Number, Phone 1, Phone 2, workPhone, Telefono, Téléphone",
    "mobile": "Mobile, Cell Phone, mobilePhone, mobile_without_country_code",
    "country_code": "country_code",
    "street": "Address, address1",
    "city": "City",
    "region": "State, State/Region, Mailing State/Province",
    "postal_code": "ZIP, Postal Code",
    "country": "Country, Attendee country, Country/Region",
    "scanned_at": (
        "Scanned At, Scan time, created_time, Created Time, lead_created_at, Order "
        "Date, Date, Create "
        "Date"
    ),
    "scanned_by": "Scanned by, Assigned Rep, Lead Owner, Sales Rep, Contact owner",
    "notes": "Notes, Scan note, Comments, Description, crm_note",
    "rating": "Rating, Lead Score, stars",
    "qualifiers": "Qualifiers, Answers",
    "source": "Lead Source, LeadSource, Source, Original Source",
    "event": "Event Name, event_name, campaign_name",
    "consent": "Shared fields, Email consent version",
    "status": "Lead Status, Attendee Status, Status",
}


@pytest.mark.parametrize(
    ("field", "header"),
    [(field, name) for field, names in WILD.items() for name in names.split(", ")],
)
def test_headers_seen_in_the_wild(field, header):
    """Any case, spaces, underscores."""
    for form in (
        header,
        header.upper(),
        header.replace(" ", "_"),
        f" {header}: ",
        header.replace(" ", ""),
    ):
        assert find_columns([form]).fields == {field: (0,)}


def test_no_header_means_two_fields():
    """The catalogue names each header once."""
    assert {field for field in CATALOGUE if not is_known(field, {})} == set()
    assert len(FIELDS) == len(set(FIELDS))


def test_qualifiers_are_known_by_their_form():
    """``f_*`` and anything that ends in a question mark."""
    assert find_columns(["f_budget", "Which products?", "Notes?", "Booth"]).qualifiers == (0, 1, 2)


def test_the_better_header_wins():
    """A badge id is more than a running number, whatever their order."""
    columns = find_columns(["Index", "Job Level", "Badge ID", "Job Title", "Email 2", "Email"])
    assert columns.fields == {"external_id": (2, 0), "title": (3, 1), "email": (4, 5)}


def test_duplicate_and_blank_headers_get_names():
    """Every column can be named, so that nothing of it is lost."""
    assert find_columns(["Email", "", "email", "Booth", "Booth", "Booth (2)"]).labels == (
        "Email",
        "column 2",
        "email (2)",
        "Booth",
        "Booth (2)",
        "Booth (2) (2)",
    )


def test_mapping_beats_the_catalogue():
    """``--map our=theirs`` in their words, folded like any header."""
    mapping = check_mapping({"company": "Wo?", "first": "Rufname", "notes": "Company"}.items())
    columns = find_columns(["Rufname", "wo?", "Company"], mapping)
    assert columns.fields == {"first_name": (0,), "company": (1,), "notes": (2,)}


def test_a_column_can_be_no_field_at_all():
    """``--map none=…`` leaves it beside the lead; so it can several."""
    mapping = check_mapping([("none", "Status"), ("none", "Score"), ("title", "Rolle")])
    columns = find_columns(["Status", "Score", "Rolle"], mapping)
    assert (columns.fields, columns.extra) == ({"title": (2,)}, (0, 1))


def test_mapping_to_an_unknown_field_is_refused_with_the_list():
    """The list is in the message."""
    with pytest.raises(WrongUse, match=r"full_name.*company.*email"):
        check_mapping({"fullname!": "X"}.items())


def test_mapping_of_a_missing_column_is_refused():
    """The headers that exist are in the message."""
    with pytest.raises(WrongUse, match="Name, Email"):
        find_columns(["Name", "Email"], check_mapping({"company": "Firm"}.items()))
