"""Leads added, changed and exported by hand, under the same rules as a file."""

import csv
import io

import pytest

from leadtui.desk.distribution.absence import send_away
from leadtui.desk.distribution.assigning import assign
from leadtui.desk.intake.adding import Known, add
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads.editing import edit
from leadtui.desk.leads.exporting import export
from leadtui.desk.planning.segments import read_when
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.store.engine.tables import EmailAddress, Lead, Matter, Phone, Response
from tests.builders import a_lead
from tests.desk.acting import log

JANE = {
    "name": "Jane Okafor",
    "email": "jane@brightwater.example",
    "phone": "(303) 555-0142",
    "country": "USA",
    "region": "Colorado",
    "company": "Brightwater Mutual",
    "title": "CIO",
}

AGAIN = {"name": "Jane Okafor", "email": "JANE@brightwater.example"}


def test_a_lead_typed_in_is_read_like_a_row_of_a_file(life):
    """Number, country and state come out as codes, and the first call is planned."""
    found = add(life.context, "contact-us", JANE)
    lead = life.lead(found.lead_id)
    assert (found.kind, lead.country, lead.region, lead.persona) == ("new", "US", "CO", "c_level")
    assert [phone.number for phone in life.rows(Phone)] == ["+13035550142"]
    assert life.front(found.lead_id).channel == "call"
    assert life.live(found.lead_id) == {"inquiry": "active"}


def test_somebody_who_is_known_is_named_before_anything_is_joined(life):
    """By hand a colleague's lead is no silent answer: who it is, whose and in what state is said,
    and nothing is changed."""
    first = add(life.context, "white-paper", JANE)
    assign(life.mira.context, first.lead_id, "ali")
    before = life.rows(Lead), life.rows(Response), log(life.mira)

    with pytest.raises(Known) as caught:
        add(life.context, "demo", AGAIN)

    words = f"lead {first.lead_id}, Jane Okafor of Brightwater Mutual (Ali Haddad's, open)"
    assert str(caught.value) == (
        f"they are there already: {words}; nothing was changed. To add this to that lead say "
        f"--join {first.lead_id}"
    )
    assert (life.rows(Lead), life.rows(Response), log(life.mira)) == before
    with pytest.raises(Known):
        add(life.context, "demo", AGAIN, join=first.lead_id + 1)


def test_nobody_new_is_joined_to_whom_was_named(life):
    """A lead that is named and is not who was typed is refused."""
    first = add(life.context, "demo", JANE)
    with pytest.raises(WrongUse, match="this is not that lead"):
        add(
            life.context,
            "demo",
            {"name": "Bo Lind", "email": "bo@kestrel.example"},
            join=first.lead_id,
        )
    assert len(life.rows(Lead)) == 1


def test_a_file_says_which_leads_were_there(life):
    """Each with its line, its owner and its state."""
    first = add(life.context, "demo", JANE)
    assign(life.mira.context, first.lead_id, "ali")
    file = b"Name,Email,Company\nJane Okafor,jane@brightwater.example,\nBo,bo@x.example,X\n"

    found = import_file(life.context, file, ImportOptions(name="show.csv"))

    assert (found.new, found.updated) == (1, 1)
    (said,) = found.warnings
    assert said == (
        f"1 lead was there already: line 2 is lead {first.lead_id}, Jane Okafor of Brightwater "
        "Mutual (Ali Haddad's, open)"
    )


def test_somebody_who_is_known_gets_another_response(life):
    """The same e-mail address is the same person, where it was said that it is."""
    first = add(life.context, "white-paper", JANE)
    life.later(days=3)
    second = add(life.context, "demo", AGAIN, join=first.lead_id)
    assert (second.lead_id, second.kind) == (first.lead_id, "updated")
    assert [row.offer for row in life.rows(Response)] == ["white-paper", "demo"]


def test_a_near_duplicate_is_refused_with_its_name(life):
    """Nothing is merged and nothing added while that is open."""
    first = add(life.context, "demo", JANE)
    with pytest.raises(Refused, match=f"looks like lead {first.lead_id}"):
        add(
            life.context,
            "demo",
            {**JANE, "name": "Jane Okafo", "email": "jo@brightwater.example", "phone": ""},
        )
    assert len(life.rows(Lead)) == 1
    assert life.rows(Matter) == []


@pytest.mark.parametrize(
    ("offer", "said", "words"),
    [
        ("demo", {"name": "Jane"}, "neither an e-mail address nor a telephone number"),
        ("demu", JANE, "--offer 'demu' is unknown"),
        ("demo", {**JANE, "shoe": "9"}, "unknown field shoe"),
        ("demo", {**JANE, "phone": "303 555"}, "--phone '303 555': .*leave it empty"),
        ("demo", {**JANE, "email": "jane@here"}, "--email 'jane@here': no e-mail address"),
    ],
)
def test_what_cannot_be_a_lead_is_refused(life, offer, said, words):
    """With the same words as a file's rejects."""
    with pytest.raises(WrongUse, match=words):
        add(life.context, offer, said)
    assert life.rows(Lead) == []


def test_new_leads_go_to_who_is_there(life):
    """Distribution passes an absent rep over, and not one who leaves in two weeks."""
    from datetime import date

    send_away(life.mira.context, "dana", date(2026, 12, 7), date(2026, 12, 11))
    send_away(life.mira.context, "ali", date(2026, 11, 23), date(2026, 11, 27))
    for number in range(3):
        add(life.context, "trial", {"name": f"Lead Nr{number}", "email": f"l{number}@example.com"})
    assert {lead.owner_id for lead in life.rows(Lead)} == {life.dana.identity.id}


# -- changing --------------------------------------------------------------------------------------


def test_a_correction_is_followed_by_everything_that_depends_on_it(life):
    """Zone, persona and score are those of the new facts at once."""
    lead = a_lead(life.dana, title="Buyer", region="CO", phone="+18005550142")
    before = life.dana.block.lead(lead)
    changed = edit(
        life.context,
        lead,
        {"title": "CIO", "region": "New York", "employees": "1,200", "industry": "Banking"},
    )
    after = life.dana.block.lead(lead)
    assert set(changed.changed) == {"title", "region", "employees", "industry"}
    assert (life.lead(lead).persona, life.lead(lead).region) == ("c_level", "NY")
    assert after.fit_score > before.fit_score
    assert after.zones == ("America/New_York",)
    with life.context.store.read() as session:
        from leadtui.store.conditions_sql import leads_matching

        assert leads_matching(
            session, read_when('title = "cio", region = "ny"'), life.clock.at
        ) == [lead]


def test_a_change_of_a_colleague_s_lead_is_told(life):
    """Whoever hears of it keeps it; the answer names whose lead it is, and the supervisor sees it,
    though not of somebody who has a touch of the lead."""
    lead = a_lead(life.dana)
    assert edit(life.ali.context, lead, {"city": "Boulder"}).owner == "Dana Reyes"
    today = life.clock.at.date()
    send_away(life.mira.context, "dana", today, today, "ali")
    assert edit(life.ali.context, lead, {"city": "Denver"}).owner == ""
    assert edit(life.context, lead, {"title": "CTO"}).owner == ""
    found = life.mira.supervise.exceptions("all")
    told = [line.words for line in found if line.kind == "colleague"]
    assert told == ["1 change of a colleague's lead"]


def test_numbers_and_addresses_are_added_to_what_is_there(life):
    """A second telephone number, and one that was wrong and is right after all."""
    lead = a_lead(life.dana)
    with life.context.write() as unit:
        unit.session.get(Phone, 1).status = "wrong"
        unit.log("test")
    assert edit(
        life.context,
        lead,
        {"phone": "303 555 0142", "mobile": "+1 303 555 0199", "email": "j@b.example"},
    )
    assert {phone.number: phone.status for phone in life.rows(Phone)} == {
        "+13035550142": "ok",
        "+13035550199": "ok",
    }
    assert [row.address for row in life.rows(EmailAddress)] == [
        "jane@brightwater.example",
        "j@b.example",
    ]
    assert edit(life.context, lead, {"email": "j@b.example"}).changed == ()


def test_another_company_is_another_company(life):
    """The colleagues stay where they are."""
    lead, other = (
        a_lead(life.dana),
        a_lead(life.dana, "Bo Lind", phone="", email="bo@brightwater.example"),
    )
    edit(life.context, lead, {"company": "Acme"})
    assert life.dana.block.lead(lead).company == "Acme"
    assert life.dana.block.lead(other).company == "Brightwater Mutual"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"phone": "12"},
        {"email": "nobody"},
        {"country": "Atlantis"},
        {"employees": "many"},
        {"name": " "},
        {"x": "y"},
        {"language": "Ænglisc"},
    ],
)
def test_what_cannot_be_read_changes_nothing(life, said):
    """One sentence that says why."""
    lead = a_lead(life.dana)
    with pytest.raises(WrongUse):
        edit(life.context, lead, {"title": "CTO", **said} if said else {})
    assert life.lead(lead).title == "CIO"


# -- exporting -------------------------------------------------------------------------------------


def test_an_export_is_safe_and_an_import_reads_it_back(life, tmp_path):
    """A formula is only text, and the same leads are found again."""
    a_lead(life.dana, "=1+1 Park", email="park@example.com", phone="")
    a_lead(life.dana, "Bo Lind", email="bo@example.com", phone="+13035550143")
    text, count = export(life.context, read_when(""))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (count, [row["Full Name"] for row in rows]) == (2, ["'=1+1 Park", "Bo Lind"])
    assert rows[1]["Phone"] == "'+13035550143"
    report = import_file(life.context, text.encode(), ImportOptions(offer="trade-show"))
    assert (report.new, report.rejected, report.review) == (0, 0, 0)
    assert len(life.rows(Lead)) == 2


def test_an_export_takes_who_matches_and_writes_over_nothing(life, tmp_path):
    """A rep's own leads, in a new file, and the log knows."""
    a_lead(life.dana, "Ada Park", email="a@example.com", offer="trial")
    a_lead(life.dana, "Bo Lind", email="b@example.com", phone="+13035550143")
    a_lead(life.ali, "Cy Bell", email="c@example.com", phone="+13035550144", offer="trial")
    file = tmp_path / "out.csv"
    assert export(life.context, read_when('offer = "trial"'), file) == ("", 1)
    assert export(life.mira.context, read_when('offer = "trial"'))[1] == 2
    with pytest.raises(LeadtuiError, match="exists already"):
        export(life.context, read_when(""), file)
    assert any("leads.exported" in row.body for row in life.rows_of_log())
