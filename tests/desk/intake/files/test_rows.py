"""A row becomes a lead or a reason, and no cell of it is lost."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.errors import LeadtuiError
from leadtui.sheets.cells import seen
from leadtui.sheets.incoming import IncomingLead, Rejection
from tests.sheets.files import one, read

HEAD = (
    "Badge ID,First Name,Last Name,Company,Job "
    "Title,Email,Phone,City,State,ZIP,Country,Scanned At,Notes,Rating"
)


def test_a_whole_row():
    """Every field finds its place."""
    lead = one(
        f"{HEAD},Budget?,f_project,Booth\n"
        "B-17,Ann,Lee,Acme Inc.,CIO,Ann@X.example,312-555-0142 x9,Boston,Mass.,2139,USA,"
        "2026-11-05 10:00,wants a demo,Hot,Yes,DR;Backup,A12\n"
    )
    assert (lead.external_id, lead.full_name, lead.first_name, lead.last_name) == (
        "B-17",
        "Ann Lee",
        "Ann",
        "Lee",
    )
    assert (lead.company, lead.title, lead.emails) == ("Acme Inc.", "CIO", ("Ann@X.example",))
    assert [(item.number, item.extension, item.kind) for item in lead.phones] == [
        ("+13125550142", "9", "work")
    ]
    assert (lead.city, lead.region, lead.postal_code, lead.country) == (
        "Boston",
        "MA",
        "02139",
        "US",
    )
    assert lead.inquiry_at == datetime(2026, 11, 5, 16, tzinfo=UTC)
    assert (lead.notes, lead.rating) == ("wants a demo", "hot")
    assert lead.qualifiers == {"Budget?": "Yes", "project": ["DR", "Backup"]}
    assert lead.extra == {"Booth": "A12"}


def test_several_columns_of_one_kind():
    """Two addresses, a landline and a mobile number, two notes."""
    lead = one(
        "Name,Email 1,Email "
        "2,Phone,Mobile,Notes,Comments\nAnn,a@x.example,b@x.example,3125550142,4155550101,n,c\n"
    )
    assert lead.emails == ("a@x.example", "b@x.example")
    assert [(item.number, item.kind) for item in lead.phones] == [
        ("+13125550142", "work"),
        ("+14155550101", "mobile"),
    ]
    assert lead.notes == "n\nc"


def test_the_second_best_column_is_kept_beside():
    """Nothing in the file is lost."""
    lead = one("Name,Email,Badge ID,Index\nAnn,a@x.example,B1,7\n")
    assert lead.external_id == "B1"
    assert lead.extra == {"Index": "7"}


@pytest.mark.parametrize(
    ("cells", "label", "reason"),
    [
        ("Ann,,,", "", "neither an e-mail address nor a telephone number"),
        (",x@,,", "Email", "no e-mail address"),
        (",,1.55512E+10,", "Phone", "last digits"),
        (",,,Acme", "", "neither"),
    ],
)
def test_a_row_without_identity_is_rejected(cells, label, reason):
    """Neither e-mail nor phone, nor name with company."""
    found = one(f"Name,Email,Phone,Company\n{cells}\n")
    assert isinstance(found, Rejection)
    assert (found.line, found.field) == (2, label)
    assert reason in found.reason
    assert found.cells == tuple(cells.split(","))


@pytest.mark.parametrize("cells", ["Ann,,,Acme", ",a@x.example,,", ",,312-555-0142,"])
def test_one_identity_is_enough(cells):
    """And a lead without a name is shown by its address or number."""
    lead = one(f"Name,Email,Phone,Company\n{cells}\n")
    assert isinstance(lead, IncomingLead)
    assert lead.full_name in ("Ann", "a@x.example", "+13125550142")


def test_a_spoilt_number_keeps_its_row():
    """The number is left out, its text kept, and it is said."""
    rows, remarks = read("Name,Email,Phone\nAnn,a@x.example,1.55512E+10\n")
    assert rows[0].phones == ()
    assert rows[0].extra == {"Phone": "1.55512E+10"}
    assert remarks == [
        (
            "line 2, Phone '1.55512E+10': a spreadsheet has cut off its last digits; the number "
            "was left out"
        )
    ]


def test_refunded_is_no_lead():
    """Other statuses are kept."""
    rows, _ = read(
        "Name,Email,Attendee Status\nAnn,a@x.example,Refunded\nBob,b@x.example,Attending\n"
    )
    assert (rows[0].field, rows[0].value, rows[0].reason) == (
        "Attendee Status",
        "Refunded",
        "does not come, or is out: no lead",
    )
    assert rows[1].extra == {"Attendee Status": "Attending"}


@pytest.mark.parametrize(
    "row",
    ["Total,,,245", "TOTAL: 245,,,", "Grand Total,,245,$3", "Total leads 245,,,", "Records,245,,"],
)
def test_totals_are_no_leads(row):
    """A footer is listed, never called."""
    rows, _ = read(f"Name,Company,Email,Phone\nAnn,Acme,a@x.example,\n{row}\n")
    assert rows[1].reason == "a line of totals, no lead"


def test_somebody_called_total():
    """A word alone is no footer."""
    assert isinstance(one("Name,Company\nTotal,Energies\n"), IncomingLead)


def test_the_rows_country_reads_its_numbers():
    """And the floor's where the row has none; a state alone tells the country."""
    rows, _ = read(
        "Name,Phone,State,ZIP,Country\nAnn,030 "
        "1234567,,,Germany\nBob,312-555-0142,,,\nCy,312-555-0142,MA,2139,\n"
    )
    assert [row.phones[0].number for row in rows] == [
        "+49301234567",
        "+13125550142",
        "+13125550142",
    ]
    assert [(row.country, row.region, row.postal_code) for row in rows] == [
        ("DE", "", ""),
        ("", "", ""),
        ("US", "MA", "02139"),
    ]


def test_unknown_country_is_said_and_kept():
    """The lead is not lost over it."""
    rows, remarks = read("Name,Email,Country\nAnn,a@x.example,Atlantis\n")
    assert (rows[0].country, rows[0].extra) == ("", {"Country": "Atlantis"})
    assert "Atlantis" in remarks[0]


def test_times_without_a_zone_take_the_events():
    """Without --event-zone the floor's zone is taken, and said."""
    text = "Name,Email,Scan time\nAnn,a@x.example,2026-11-05 10:00\n"
    rows, remarks = read(text, zone=ZoneInfo("Europe/Berlin"))
    assert rows[0].inquiry_at == datetime(2026, 11, 5, 9, tzinfo=UTC)
    assert remarks == []
    _, remarks = read(text, zone_given=False)
    assert "America/Chicago" in remarks[0]
    assert "--event-zone" in remarks[0]


def test_times_that_cannot_be():
    """Unreadable ones and those in the future are told, kept, and stand for nothing."""
    rows, remarks = read("Name,Email,Scan time\nAnn,a@x.example,soon\nBob,b@x.example,2031-01-01\n")
    assert [row.inquiry_at for row in rows] == [None, None]
    assert [row.extra["Scan time"] for row in rows] == ["soon", "2031-01-01"]
    assert len(remarks) == 2


def test_what_is_split_doubled_or_long_ago_is_said():
    """With what to do: addresses in one cell, a column name that stands twice, the year 1."""
    rows, remarks = read(
        "Name,Email,email,Scan time\nAnn,a@x.example; b@x.example,c@x.example,0001-01-01\n"
    )
    assert rows[0].emails == ("a@x.example", "b@x.example", "c@x.example")
    assert rows[0].inquiry_at is None
    said = "\n".join(remarks)
    assert "two columns are called 'email': the second is 'email (2)'" in said
    assert "2 addresses in one cell; each was kept" in said
    assert "lies before 1990" in said


def test_ambiguous_dates_stop_before_the_first_row():
    """One question for the file."""
    with pytest.raises(LeadtuiError, match="--dates dmy"):
        read("Name,Email,Scan time\nAnn,a@x.example,03/04/2026\n")
    assert one(
        "Name,Email,Scan time\nAnn,a@x.example,03/04/2026\n", dates="dmy"
    ).inquiry_at == datetime(2026, 4, 3, 5, tzinfo=UTC)


def test_qualifiers_as_questions_and_answers():
    """One column may hold them all."""
    lead = one(
        'Name,Email,Answers\nAnn,a@x.example,"Budget?: yes | Project?: DR site; Also: Zerto"\n'
    )
    assert lead.qualifiers == {"Budget?": "yes", "Project?": "DR site", "Also": "Zerto"}
    assert one("Name,Email,Qualifiers\nAnn,a@x.example,DR;Backup\n").qualifiers == {
        "Qualifiers": ["DR", "Backup"]
    }


def test_opt_outs_are_kept():
    """What a lead refused elsewhere is refused here."""
    lead = one("Name,Email,Do Not Call,Email Opt Out,Call consent?\nAnn,a@x.example,TRUE,no,yes\n")
    assert (lead.calls_opt_out, lead.emails_opt_out, lead.calls_consent) == (True, False, True)


def test_a_forced_text_cell():
    """One leading apostrophe comes off, a Dutch one stays."""
    lead = one("First Name,Last Name,Phone,Company\nGerard,'t Hooft,'+13125550142,'=Acme\n")
    assert (lead.last_name, lead.phones[0].number, lead.company) == (
        "'t Hooft",
        "+13125550142",
        "=Acme",
    )


def test_remarks_of_one_kind_are_cut():
    """A thousand bad numbers do not fill the screen, and are counted."""
    _, remarks = read(
        "Name,Email,Phone\n" + "".join(f"A{i},a{i}@x.example,12\n" for i in range(1000))
    )
    assert len(remarks) == 51
    assert "950 more rows" in remarks[-1]


@pytest.mark.parametrize(
    ("head", "cell", "calls", "mails"),
    [
        ("Do not allow Phone Calls", "Do Not Allow", True, False),
        ("Do not allow Phone Calls", "Allow", False, False),
        ("HasOptedOutOfEmail", "1", False, True),
        ("HasOptedOutOfEmail", "0", False, False),
        ("Do Not Contact", "x", True, True),
        ("Do Not Contact", "no", False, False),
        ("Werbesperre", "ja", True, True),
        ("Newsletter", "no", False, True),
        ("Newsletter", "", False, False),
        ("Email Opt-In", "2026-05-01 10:00", False, False),
        ("Subscription Status", "unsubscribed", False, True),
        ("Subscription Status", "Subscribed", False, False),
        ("Ne pas appeler", "oui", True, False),
    ],
)
def test_opt_outs_however_they_are_asked(head, cell, calls, mails):
    """Refused where the column says no in any form; a doubt is the lead's."""
    lead = one(f"Name,Email,{head}\nAnn Lee,a@x.example,{cell}\n")
    assert (lead.calls_opt_out, lead.emails_opt_out) == (calls, mails)


HEADERS = [
    "Name",
    "Email",
    "Phone",
    "Company",
    "Notes",
    "Booth",
    "Rating",
    "Country",
    "State",
    "Scan time",
    "Budget?",
    "Status",
]
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@given(
    st.lists(st.lists(words, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=5)
)
def test_every_cell_is_used_or_kept(rows):
    """Whatever the cells, a row is a lead that holds them all, or a rejection that does."""
    rows = [[cell.replace('"', "'") for cell in row] for row in rows]
    text = "\t".join(HEADERS) + "\n" + "".join("\t".join(row) + "\n" for row in rows)
    found, _ = read(text, dates="mdy")
    filled = [row for row in rows if any(row)]
    assert len(found) == len(filled)
    for item, row in zip(found, filled, strict=True):
        if isinstance(item, Rejection):
            assert any(item.cells)
            continue
        said = dict(zip(HEADERS, row, strict=True))
        booth = seen(said["Booth"])[0].strip()
        assert item.extra.get("Booth", "") == booth or booth.startswith(("'", '="'))
        assert (
            not said["Country"]
            or item.country
            or "Country" in item.extra
            or len(said["Country"]) < 14
        )
        assert not said["Phone"] or item.phones or "Phone" in item.extra or len(said["Phone"]) < 14
