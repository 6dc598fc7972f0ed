"""What is known of the people of a floor, on the command line."""

from tests.cli.running import refused


def test_an_extension_is_set_by_a_supervisor_and_logged(run):
    """``rep set`` changes it, ``rep list`` shows it, and what was there before stands in the
    log."""
    assert (
        run("rep", "set", "dana", "--extension", "104", "--json", rep="mira").data["extension"]
        == "104"
    )
    assert "extension 105" in run("rep", "set", "dana", "--extension", "105", rep="mira").out
    listed = {one["login"]: one["extension"] for one in run("rep", "list", "--json", rep="").data}
    assert (listed["dana"], listed["ali"]) == ("105", "")
    entries = run("log", "show", "--event", "rep.set", "--json", rep="mira").data
    assert len(entries) == 2
    assert (
        run("rep", "set", "dana", "--extension", "", "--json", rep="mira").data["extension"] == ""
    )


def test_what_cannot_be_an_extension_is_refused(run):
    """Not a rep's to set, nobody else's, digits only, and something must be set."""
    assert "supervisor" in refused(run("rep", "set", "dana", "--extension", "104"))
    run("rep", "set", "ali", "--extension", "104", rep="mira")
    assert "Ali Haddad's already" in refused(
        run("rep", "set", "dana", "--extension", "104", rep="mira"), 2
    )
    assert "like 104" in refused(run("rep", "set", "dana", "--extension", "SIP/104", rep="mira"), 2)
    assert "nothing to set" in refused(run("rep", "set", "dana", rep="mira"), 2)
    assert "nobody on this floor" in refused(
        run("rep", "set", "zoe", "--extension", "9", rep="mira"), 2
    )
    assert "copies" in refused(run("rep", "set", "dana", "--copies", "each", rep="mira"), 2)


def test_somebody_is_added_with_an_extension(run):
    """In one command."""
    run("rep", "add", "Zoe Lund", "--login", "zoe", "--extension", "120", rep="")
    assert (
        next(one for one in run("rep", "list", "--json", rep="").data if one["login"] == "zoe")[
            "extension"
        ]
        == "120"
    )


def test_a_lead_that_is_somebodys_already_is_not_given_again(run):
    """It is said, and neither the lead nor the log changes."""
    owner = run("lead", "show", "1", "--json").data["owner"]
    before = run("log", "show", "--json", rep="").data[0]["seq"]

    assert f"{owner}'s already" in run("assign", "1", "--to", owner, rep="mira").out
    assert run("log", "show", "--json", rep="").data[0]["seq"] == before


def test_one_endless_name_leaves_the_other_columns_where_they_are(run):
    """In a pipe as on a terminal every column of every row is there."""
    run("lead", "edit", "1", "--name", "N" * 20_000)

    lines = run("queue").out.splitlines()
    row = next(line for line in lines if "NNNN" in line)
    assert max(map(len, lines)) <= 160
    assert "…" in row
    assert "call" in row
    assert row.rstrip().endswith("clear")
