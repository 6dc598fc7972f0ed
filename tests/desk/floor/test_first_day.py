"""What a newcomer is asked before a floor of their own is made, and what they get wrong."""

import os
import pwd
from dataclasses import replace

import pytest

from leadtui.desk.core.people import os_login
from leadtui.desk.floor.first_day import STEPS, beginning, plan
from leadtui.errors import LeadtuiError
from leadtui.opening.bootstrap import open_desk
from leadtui.opening.first_day import begin, tried

ANSWERS = {
    "name": "Ed Stone",
    "number": "(312) 555-0100",
    "email": "ed@acme.com",
    "vendor": "Acme Ltd",
    "product": "Acme One",
    "address": "1 Main St, Springfield, IL 62701, USA",
    "zone": "chicago",
    "country": "",
}
LEADS = "Name,Company,Email,Phone\nJane Okafor,Brightwater,jane@brightwater.com,+1 303 555 0142\n"


def words(tmp_path, **said):
    """What somebody has typed when the last step comes."""
    given = ANSWERS | {"zone": "America/Chicago"} | said
    return beginning(tmp_path / "floor", given) | {k: v for k, v in given.items() if not v}


def blank(**said):
    return {"leads": "", "supervisor": "", "login": "", **said}


def test_one_person_is_rep_and_supervisor_and_the_log_says_so(tmp_path):
    """Their leads are theirs at once, and whatever a supervisor may do they may."""
    file = tmp_path / "leads.csv"
    file.write_text(LEADS, encoding="utf-8")
    made = plan(words(tmp_path, **blank(leads=str(file))))
    assert tried(made) == "1 rows: 1 lead"
    assert not (tmp_path / "floor").exists()

    assert begin(made).remarks == ("1 rows: 1 lead",)
    desk = open_desk(str(made.folder))
    assert desk.block.lead(1).owner == "Ed Stone"
    assert (
        desk.floor.add_rep("Kim", "kim", role="rep", email="", phone="", team="inside").role
        == "rep"
    )
    told = [line.words for line in desk.supervise.feed()]
    desk.close()
    assert "rep added · a supervisor who calls too" in told


@pytest.mark.parametrize(
    ("step", "said", "why"),
    [
        (0, {"name": " "}, "Your name"),
        (0, {"number": "call me"}, "Your number"),
        (0, {"number": "12"}, "Your number"),
        (0, {"number": ""}, "Your number"),
        (0, {"email": "Ed <ed@acme.com>"}, "no e-mail address"),
        (1, {"vendor": ""}, "Firm"),
        (1, {"product": "\x1b[31m"}, "Product"),
        (1, {"address": ""}, "Address"),
        (1, {"zone": "berlin"}, "did you mean Europe/Berlin"),
        (1, {"zone": "Mars"}, "no time zone"),
        (1, {"country": "Narnia"}, "no country"),
        (2, {"docs_link": "acme"}, "no link"),
        (2, {"support_email": "acme"}, "no e-mail address"),
        (2, {"support_phone": "ring us"}, "Support phone"),
        (3, {"leads": "/nowhere/leads.csv"}, "cannot be read"),
        (3, {"leads": "/dev/null"}, "no file"),
        (4, {"supervisor": "Mira", "login": ""}, "Login"),
        (4, {"supervisor": "", "login": "mira"}, "Name"),
        (4, {"supervisor": "Mira", "login": "mira", "group": ""}, "Group"),
        (4, {"supervisor": "Mira", "login": "mira", "group": "nosuchgroup"}, "no such group"),
        (4, {"supervisor": "Mira", "login": "mira", "database": "postgresql:///x"}, "PostgreSQL"),
        (5, {"folder": " "}, "Folder"),
    ],
)
def test_what_a_newcomer_gets_wrong_is_said_where_it_stands(tmp_path, step, said, why):
    """One sentence, with how to write it; nothing is made."""
    with pytest.raises(LeadtuiError) as wrong:
        STEPS[step].check(words(tmp_path) | blank() | said)

    assert why in str(wrong.value)
    assert not (tmp_path / "floor").exists()


def test_numbers_zones_and_countries_are_kept_in_one_form(tmp_path):
    """As typed by people, they are read by the country that was named."""
    kept = STEPS[0].check(words(tmp_path, number="030 901820", country="DE"))
    assert kept["number"] == "+4930901820"
    assert STEPS[1].check(ANSWERS | {"zone": "Europe/Berlin"})["country"] == "DE"
    assert (
        STEPS[1].check(ANSWERS | {"zone": "Europe/Berlin", "country": "Austria"})["country"] == "AT"
    )


def test_a_file_that_was_dropped_on_the_terminal_is_found(tmp_path):
    """Terminals put it in quotes."""
    file = tmp_path / "my leads.csv"
    file.write_text(LEADS, encoding="utf-8")

    assert STEPS[3].check({"leads": f" '{file}' "})["leads"] == str(file)


def test_an_own_login_is_no_other_supervisor(tmp_path):
    """Whoever names themselves is told how to say that."""
    with pytest.raises(LeadtuiError, match="leave name and login empty"):
        STEPS[4].check({"supervisor": "Me", "login": os_login(), "group": "x"})


def test_an_account_that_is_not_there_or_not_in_the_group_is_no_supervisor(tmp_path):
    """They could not open the floor."""
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    with pytest.raises(LeadtuiError, match="no such account"):
        STEPS[4].check({"supervisor": "Mira", "login": "no-such-account", "group": group})
    stranger = next(
        entry.pw_name
        for entry in pwd.getpwall()
        if entry.pw_gid != os.getgid() and entry.pw_name not in grp.getgrgid(os.getgid()).gr_mem
    )
    with pytest.raises(LeadtuiError, match="not in the group"):
        STEPS[4].check({"supervisor": "Mira", "login": stranger, "group": group})


@pytest.mark.parametrize(
    "text", ["", "Name,Email\n", "Fruit,Colour\napple,red\n", "Name,Email\n,\n,\n"]
)
def test_a_file_without_a_single_lead_is_said_before_anything_is_made(tmp_path, text):
    """With the reason; the step can be filled in anew."""
    file = tmp_path / "leads.csv"
    file.write_text(text, encoding="utf-8")
    made = plan(words(tmp_path, **blank(leads=str(file))))

    with pytest.raises(LeadtuiError) as wrong:
        tried(made)
    assert "leads.csv" in str(wrong.value)
    assert not made.folder.exists()


@pytest.mark.parametrize("there", ["leadtui.toml", "leadtui.db"])
def test_a_folder_that_is_taken_is_refused_before_anything_is_made(tmp_path, there):
    """By a floor, or by what a killed attempt left."""
    (tmp_path / "floor").mkdir()
    (tmp_path / "floor" / there).write_text("", encoding="utf-8")

    with pytest.raises(LeadtuiError, match="name another folder"):
        plan(words(tmp_path) | blank())


def test_the_sample_leads_are_due_now_on_a_floor_of_ones_own(tmp_path):
    """Whatever day their show was: they count as scanned when the floor was made."""
    made = plan(words(tmp_path) | blank(leads="Sample"))
    (said,) = begin(made).remarks
    desk = open_desk(str(made.folder))
    counts = desk.block.counts()
    desk.close()

    assert "60 leads" in said
    assert counts.due + counts.held + counts.later == 60


def test_a_floor_that_cannot_bring_its_leads_in_stands_all_the_same(tmp_path):
    """What failed is said; the floor is not lost."""
    made = replace(plan(words(tmp_path) | blank()), leads=str(tmp_path / "gone.csv"))
    begun = begin(made)

    assert "gone.csv" in begun.remarks[0]
    assert (begun.folder / "leadtui.toml").exists()
