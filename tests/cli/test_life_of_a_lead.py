"""The commands about a lead's life: what they print as JSON, and how they refuse."""

import json

import pytest

from leadtui.cli import main
from tests.builders import a_floor
from tests.cli.running import refused


@pytest.fixture
def floor(tmp_path, monkeypatch):
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-23T16:40:00Z")
    return a_floor(tmp_path / "floor")


@pytest.fixture
def leadtui(floor, capsys):
    """Run a command as somebody; returns ``(exit code, JSON or text, errors)``."""

    def run(*words, rep="dana"):
        with pytest.raises(SystemExit) as ended:
            main(["--floor", str(floor), "--rep", rep, *words])
        said = capsys.readouterr()
        return (
            ended.value.code,
            json.loads(said.out) if "--json" in words and said.out else said.out,
            said.err,
        )

    return run


@pytest.fixture
def lead(leadtui):
    code, data, said = leadtui(
        "lead",
        "add",
        "Jane Okafor",
        "--offer",
        "trade-show",
        "--email",
        "jane@b.example",
        "--phone",
        "303 555 0142",
        "--country",
        "US",
        "--region",
        "CO",
        "--company",
        "Brightwater",
        "--json",
    )
    assert code == 0, said
    assert data["kind"] == "new"
    assert data["next"]["action"] == "call"
    return str(data["lead"])


def test_signs_dates_and_points(leadtui, lead):
    """Each answers with what comes next."""
    code, data, _ = leadtui("lead", "sign", lead, "--kind", "click", "--json")
    assert (code, data["kind"], set(data)) == (
        0,
        "click",
        {"lead", "kind", "score", "engagement", "paused", "entered", "asked", "next"},
    )
    _, data, _ = leadtui("lead", "score", lead, "--json")
    assert "Clicked a link in an e-mail" in [cause["rule"] for cause in data["causes"]]
    _, data, _ = leadtui(
        "lead", "sign", lead, "--kind", "out-of-office", "--until", "2026-12-04", "--json"
    )
    assert data["paused"] == 1
    code, data, _ = leadtui("lead", "date", lead, "budget_month", "2027-03-01", "--json")
    assert data["date"] == "2027-03-01T16:00:00Z"
    assert leadtui("lead", "sign", lead, "--kind", "wink")[0] == 2


def test_editing_accepting_and_sending_back(leadtui, lead):
    """What changed, where it stands, and one sentence where it is refused."""
    _, data, _ = leadtui("lead", "edit", lead, "--title", "CTO", "--json")
    assert data["changed"] == ["title"]
    _, data, _ = leadtui("lead", "reject", lead, "--reason", "no_project", "--json")
    assert data["entered"] == "nurture-12-month"
    _, data, _ = leadtui("lead", "accept", lead, "--json")
    assert data["pipeline"] == "sales"
    code, _, err = leadtui("lead", "reject", lead, "--reason", "bored")
    assert code == 2
    assert "needs a reason" in err


def test_segments_and_export(leadtui, lead, tmp_path):
    """Who matches, as a count, a list and a file."""
    assert leadtui("segment", "count", "--when", 'country = "US"', "--json")[1]["leads"] == 1
    assert leadtui("segment", "list", "--when", 'country = "DE"', "--json")[1] == []
    code, _, err = leadtui("segment", "count", "--when", 'county = "US"')
    assert code == 2
    assert "did you mean 'country'" in err
    assert "Jane Okafor" in leadtui("lead", "export")[1]
    assert (
        leadtui("lead", "export", "--out", str(tmp_path / "leads.csv"), "--json")[1]["leads"] == 1
    )


def test_absence_and_assigning(leadtui, lead):
    """A supervisor sends away and assigns; a rep does neither for others."""
    _, data, _ = leadtui(
        "rep",
        "away",
        "dana",
        "--from",
        "2026-11-23",
        "--until",
        "2026-11-27",
        "--cover",
        "ali",
        "--json",
        rep="mira",
    )
    assert (data["cover"], data["covered"]) == ("Ali Haddad", 1)
    assert "Dana Reyes is back.\n  1 leads" in leadtui("rep", "back", "dana", rep="mira")[1]
    assert leadtui("assign", lead, "--to", "ali")[0] == 1
    _, data, _ = leadtui("assign", lead, "--to", "ali", "--json", rep="mira")
    assert (data["owner"], data["before"]) == ("Ali Haddad", "Dana Reyes")
    assert leadtui("rep", "away", "dana", "--from", "soon", "--until", "later", rep="mira")[0] == 2


def test_no_letter_is_due(leadtui, lead):
    """Nothing is printed, and that is said."""
    assert leadtui("letter", "print", "--due", "--json")[1] == {
        "folder": None,
        "letters": [],
        "refused": [],
    }
    assert leadtui("letter", "print", "--format", "docx")[0] == 2


def test_a_lead_is_taken_over_when_the_playbook_allows_it(run, monkeypatch):
    """Too early is refused with the time; afterwards the lead is the other rep's, and the question
    stays."""
    first = run("next", "--json").data
    run("start", first["touch"], "--ack", "--json")
    assert "you can take it over from" in refused(
        run("lead", "take", first["lead"], "--reason", "she waits for us", rep="mira")
    )
    assert "supervisor" in refused(
        run("lead", "take", first["lead"], "--reason", "she waits for us", rep="ali")
    )
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-23T18:41:30Z")
    taken = run(
        "lead",
        "take",
        first["lead"],
        "--reason",
        "she waits for us",
        "--to",
        "ali",
        "--json",
        rep="mira",
    ).data
    assert (taken["owner"], taken["before"], taken["next"]["touch"]) == (
        "Ali Haddad",
        "Dana Reyes",
        first["touch"],
    )
    assert "answer first" in refused(run("start", first["touch"]))
    assert (
        run("confirm", "--yes", "--outcome", "NO_ANSWER", "--json").data["outcome"] == "NO_ANSWER"
    )


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("meeting", "2036-11-20T10:00:00Z"),
        ("meeting", "2001-12-31T10:00:00Z"),
        ("meeting", "9999-12-31T23:59:00-12:00"),
        ("meeting", "2026-12-31"),
        ("out-of-office", "2099-01-01"),
        ("out-of-office", "9999-12-31"),
        ("out-of-office", "2001-12-31"),
    ],
)
def test_a_sign_reaches_neither_back_nor_years_ahead(leadtui, lead, kind, until):
    """One sentence that names the option; wrong use, for everybody."""
    for rep in ("dana", "mira"):
        code, said, err = leadtui("lead", "sign", lead, "--kind", kind, "--until", until, rep=rep)
        assert (code, said) == (2, "")
        assert err.startswith("leadtui: --until:")
        assert err.count("\n") == 1


def test_what_came_with_a_lead_is_told(leadtui, tmp_path):
    """Note, rating, answers and other columns, for people and for programs."""
    file = tmp_path / "leads.csv"
    file.write_text(
        "Full Name,Email,Rating,Scanned by,Notes,Also looking at?,Booth\n"
        "Uma Reed,uma@reed.example,warm,Ali Haddad,Mind the dog.,Twinsite,Hall 4\n"
    )
    leadtui("import", str(file))
    lead = str(leadtui("lead", "find", "Uma", "--json", rep="mira")[1][0]["id"])
    data = leadtui("lead", "show", lead, "--json", rep="mira")[1]
    (came,) = data["came_with"]
    assert (came["notes"], came["rating"], came["scanned_by"]) == (
        "Mind the dog.",
        "warm",
        "Ali Haddad",
    )
    assert (came["qualifiers"], came["other"]) == (
        {"Also looking at?": "Twinsite"},
        {"Booth": "Hall 4"},
    )
    assert data["qualification"]["rivals"]["said"] == "Twinsite"
    text = leadtui("lead", "show", lead, rep="mira")[1]
    for words in ("note: Mind the dog.", "Also looking at?: Twinsite", "Booth: Hall 4"):
        assert words in text
