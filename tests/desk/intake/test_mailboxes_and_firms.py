"""Mailboxes that several read are kept, marked, and make nobody somebody else; what is not known of
a firm is taken from others of its domain."""

import pytest

from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads.completeness import lacking, of_leads
from leadtui.desk.leads.editing import edit
from leadtui.store.engine.tables import Company, EmailAddress, HistoryEvent, Lead
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.desk.acting import one, rows
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

KERN = """Name,Email,Company,Industry,Employees,Country
Ada Kern,ada@kern.example,Kern AG,Logistics,250,US
"""


@pytest.fixture
def desk(engine_url, tmp_path):
    """Dana's desk, on either engine."""
    opened = a_desk(a_floor(tmp_path / "floor", database=engine_url), now=MONDAY)
    yield opened
    opened.close()


def bring(desk, text, **options):
    said = ImportOptions(**{"name": "list.csv", "offer": "webinar", **options})
    return import_file(desk.context, text.encode(), said)


def borrowed(desk, lead_id):
    return [row.note for row in rows(desk, HistoryEvent, lead_id=lead_id, kind="borrowed")]


def test_a_role_address_is_kept_marked_and_said(desk):
    """In the run's remarks, on the card, and among what is not known of the person."""
    report = bring(desk, "Name,Email,Country\nAda Kern,info@kern.example,US\n")
    assert (
        "line 2, Email 'info@kern.example': a role address, which is nobody's own; it was kept, "
        "marked"
    ) in report.warnings
    lead = one(desk, Lead, full_name="Ada Kern")
    assert desk.block.lead(lead.id).flagged == ("info@kern.example: role address",)
    assert "email" in lacking(desk.context, lead.id)
    gap = next(gap for gap in of_leads(desk.context).first if gap.lead == lead.id)
    assert "email" in gap.lacks
    edit(desk.context, lead.id, {"email": "ada@kern.example"})
    assert "email" not in lacking(desk.context, lead.id)


def test_a_disposable_address_is_none_by_which_somebody_is_reached(desk):
    """It is kept and marked, and a better one is wanted."""
    lead = a_lead(desk, email="jane@mailinator.com")
    assert desk.block.lead(lead).flagged == ("jane@mailinator.com: disposable address",)
    assert "email" in lacking(desk.context, lead)


def test_what_is_typed_in_says_so(desk):
    """Whoever types in a mailbox of several people hears it at once."""
    lead = a_lead(desk)
    done = edit(desk.context, lead, {"email": "info@brightwater.example"})
    assert done.notes == (
        "info@brightwater.example is a role address, which is nobody's own; it was kept, marked",
    )


def test_nobody_becomes_somebody_else_by_a_mailbox(desk):
    """A row without a name in it, and one with another name, wait for a person; the same name in
    the same mailbox is the same person."""
    bring(desk, "Name,Email,Notes\nAda Kern,info@kern.example,first\n")
    nameless = bring(desk, "Name,Email,Notes\n,info@kern.example,second\n")
    other = bring(desk, "Name,Email,Notes\nBo Lind,info@kern.example,third\n")
    same = bring(desk, "Name,Email,Notes\nAda Kern,info@kern.example,fourth\n")
    assert (nameless.review, other.review, same.updated) == (1, 1, 1)
    assert len(rows(desk, Lead)) == 1


def test_a_firm_is_taken_from_others_of_the_domain(desk):
    """Who comes in without one works where the others of the domain do, and it says from whom."""
    bring(desk, KERN)
    report = bring(desk, "Name,Email\nBo Lind,bo@kern.example\nCy Orth,cy@gmail.com\n")
    bo, cy, ada = (one(desk, Lead, full_name=name) for name in ("Bo Lind", "Cy Orth", "Ada Kern"))
    assert (bo.company_id, cy.company_id) == (ada.company_id, None)
    assert borrowed(desk, bo.id) == [
        f"company Kern AG from lead {ada.id}, who writes from kern.example too"
    ]
    assert (
        "what was not known of the firms of 1 lead was taken from others of the same domain; each "
        "says from whom ('leadtui lead show')"
    ) in report.warnings


def test_facts_are_filled_in_where_empty_and_never_replaced(desk):
    """Of a firm under another name of the same domain; what it has of its own stays."""
    bring(desk, KERN)
    bring(desk, "Name,Email,Company,Industry\nBo Lind,bo@kern.example,Kern Spedition,Freight\n")
    firm = one(desk, Company, name="Kern Spedition")
    assert (firm.industry, firm.employees, firm.country) == ("Freight", 250, "US")
    assert one(desk, Company, name="Kern AG").industry == "Logistics"


def test_where_the_others_disagree_nothing_is_taken(desk):
    """Two firms of one domain: whose somebody is, only a person can say."""
    bring(desk, KERN)
    bring(desk, "Name,Email,Company\nBo Lind,bo@kern.example,Lind Werke\n")
    bring(desk, "Name,Email\nCy Orth,cy@kern.example\n")
    cy = one(desk, Lead, full_name="Cy Orth")
    assert (cy.company_id, borrowed(desk, cy.id)) == (None, [])


def test_free_mail_says_nothing_of_a_firm(desk):
    """Whoever has an address where everybody can have one gets nobody's employer."""
    bring(desk, KERN.replace("kern.example", "gmail.com"))
    bring(desk, "Name,Email\nBo Lind,bo@gmail.com\n")
    assert one(desk, Lead, full_name="Bo Lind").company_id is None


def test_an_import_taken_back_gives_back_what_it_filled_in(tmp_path):
    """The firm of somebody who was there is as empty as before."""
    floor = a_floor(tmp_path / "floor")
    mira = a_desk(floor, "mira", now=MONDAY)
    bring(mira, "Name,Email,Company\nAda Kern,ada@kern.example,Kern Werke\n")
    report = bring(mira, KERN.replace("Ada Kern,ada@", "Bo Lind,bo@"))
    again = bring(mira, "Name,Email,Notes\nAda Kern,ada@kern.example,came again\n", offer="demo")
    firm = one(mira, Company, name="Kern Werke")
    assert firm.industry == "Logistics"
    mira.intake.undo(again.batch)
    firm = one(mira, Company, name="Kern Werke")
    assert (firm.industry, firm.employees) == ("", None)
    mira.intake.undo(report.batch)
    assert len(rows(mira, EmailAddress)) == 1
    mira.close()
