"""The hopper on the command line: whoever is nobody's is listed, pulled, and told of."""

from tests.builders import PEOPLE, a_desk, a_floor, a_lead
from tests.cli.running import Line, refused


def without_reps(tmp_path, capsys, monkeypatch):
    """A floor whose only person is a supervisor, with two leads; a command line on it."""
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-23T16:40:30Z")
    floor = a_floor(tmp_path / "floor", people=(PEOPLE[2],))
    desk = a_desk(floor, "mira")
    a_lead(desk, "Tom Weiss", owner=0, phone="+13125550110", email="tom@x.example", rating="cold")
    a_lead(desk, owner=0, offer="contact-us")
    desk.close()
    return Line(floor, capsys)


def test_the_hopper_is_listed_and_pulled(tmp_path, capsys, monkeypatch):
    """The hottest first; ``pull`` takes it, and what somebody has is refused with their name."""
    run = without_reps(tmp_path, capsys, monkeypatch)
    first, second = run("hopper", "--json", rep="mira").data
    assert first == {
        "lead": 2,
        "name": "Jane Okafor",
        "company": "Brightwater Mutual",
        "since": "2026-11-23T16:40:00Z",
        "deadline": "2026-11-23T16:45:00Z",
        "why": "no rep yet",
    }
    assert second["lead"] == 1
    assert "Jane Okafor  Brightwater Mutual  Mon 23 Nov 10:40" in run("hopper", rep="mira").out
    said = run("--rep", "mira", "rep", "add", "Dana Reyes", "--login", "dana", rep="").out
    assert "2 leads wait in the hopper" in said
    assert "leadtui hopper pull" in said
    pulled = run("hopper", "pull", "--json", rep="dana").data
    assert pulled == {"lead": 2, "owner": "Dana Reyes", "touches": 1}
    assert "Jane Okafor (lead 2) is Dana Reyes's already" in refused(
        run("hopper", "pull", 2, rep="mira")
    )
    assert run("assign", 1, "--to", "dana", rep="mira").code == 0
    assert run("hopper", "--json", rep="dana").data == []
    assert "every open lead has an owner" in run("hopper", rep="dana").out
    assert "nobody waits in the hopper" in refused(run("hopper", "pull", rep="dana"))
    again = run("--rep", "mira", "rep", "add", "Ali Haddad", "--login", "ali", "--json", rep="")
    assert again.data["hopper"] == 0
