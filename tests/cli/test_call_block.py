"""The call block without a screen: the same rules, the documented JSON, exit codes 0, 1 and 2."""

import re
from datetime import datetime

import pytest

from leadtui.store.engine.tables import Touch
from tests.builders import a_desk
from tests.cli.running import refused

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def first(run):
    """The first line of Dana's queue."""
    return run("queue", "--json").data[0]


def test_the_queue_as_json(run):
    """Every documented key, ranks from 1, times in UTC, best first."""
    lines = run("queue", "--json").data

    assert [line["rank"] for line in lines] == [1, 2, 3, 4, 5]
    for line in lines:
        assert line.keys() >= {
            "rank",
            "lead",
            "touch",
            "action",
            "why",
            "due",
            "priority",
            "verdict",
            "rule",
            "next_allowed",
        }
        assert ISO.fullmatch(line["due"])
        assert line["verdict"] in {"clear", "warn", "blocked"}
        assert line["next_allowed"] is None
    assert [line["priority"] for line in lines] == sorted(
        (line["priority"] for line in lines), reverse=True
    )


def test_the_queue_for_people(run):
    """Counts, a table, and how many lines were asked for."""
    ran = run("queue", "--limit", "2")

    assert ran.code == 0
    assert ran.err == ""
    head, titles, *lines = ran.out.splitlines()
    assert head == "Due 5 · Held 0 · Later 0"
    assert titles.split()[:3] == ["#", "touch", "why"]
    assert len(lines) == 2


def test_what_is_held_says_until_when(run, monkeypatch):
    """At night nothing is due; the held list names the rule and the next minute, with the
    documented keys."""
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-24T05:00:00Z")

    assert "Nothing is due" in run("queue").out
    held = run("queue", "--held", "--json").data
    assert {line["verdict"] for line in held} == {"blocked"}
    assert {line["next_allowed"] for line in held} == {"2026-11-24T15:00:00Z"}
    assert held[0].keys() >= {
        "rank",
        "lead",
        "touch",
        "action",
        "why",
        "due",
        "priority",
        "verdict",
        "rule",
    }
    assert "Okafor" in run("queue", "--held").out


def test_a_round_of_work(run):
    """next, start, confirm: what each prints, and what it does."""
    line = run("next", "--json").data
    assert line == {**first(run), "rank": 1}

    started = run("start", line["touch"], "--json").data
    assert started.keys() == {"touch", "lead", "action", "started"}
    assert (started["touch"], started["lead"], started["action"]) == (
        line["touch"],
        line["lead"],
        "call",
    )
    assert ISO.fullmatch(started["started"])

    question = run("next", "--json").data
    assert (question["touch"], question["dialed"]) == (line["touch"], True)
    assert "Did you complete this action?" in run("next").out

    done = run("confirm", "--yes", "--outcome", "voicemail", "--note", "rang", "--json").data
    assert done.keys() == {"entry", "outcome", "next"}
    assert done["outcome"] == "VOICEMAIL"
    assert isinstance(done["entry"], int)
    assert done["next"].keys() >= {"action", "due"}
    assert ISO.fullmatch(done["next"]["due"])
    assert first(run)["touch"] != line["touch"] or first(run)["action"] == "e-mail"


def test_a_callback_is_in_the_leads_zone(run):
    """ "tomorrow 3pm" in Denver is 22:00 UTC."""
    run("start", first(run)["touch"])
    done = run("confirm", "--yes", "--outcome", "CALLBACK", "--at", "tomorrow 3pm", "--json").data

    assert done["next"] == {
        "action": "call",
        "due": "2026-11-24T22:00:00Z",
        "local": "Tue 24 Nov 15:00 Denver",
    }


def test_an_agreed_action_needs_what_and_when(run):
    """--next and --on go together."""
    run("start", first(run)["touch"])
    refused(run("confirm", "--yes", "--outcome", "TALKED"))
    refused(run("confirm", "--yes", "--outcome", "TALKED", "--next", "e-mail the plan"))
    done = run(
        "confirm",
        "--yes",
        "--outcome",
        "TALKED",
        "--next",
        "e-mail the plan",
        "--on",
        "wed 10:00",
        "--json",
    ).data

    assert done["next"]["action"] == "e-mail"
    assert done["next"]["due"] == "2026-11-25T17:00:00Z"


def test_a_time_that_means_two_is_asked_and_not_guessed(run):
    """The choices stand in the sentence, and nothing was confirmed."""
    run("start", first(run)["touch"])
    said = refused(run("confirm", "--yes", "--outcome", "CALLBACK", "--at", "tomorrow 8"), 2)

    assert "08:00" in said
    assert "20:00" in said
    assert "question" in run("next", "--json").data


def test_a_closed_hour_is_said_when_it_is_promised(run):
    """Thanksgiving is kept as it was agreed, and the rep is told."""
    run("start", first(run)["touch"])
    kept = run("confirm", "--yes", "--outcome", "CALLBACK", "--at", "thu 3pm", "--json")
    assert kept.data["next"]["due"].startswith("2026-11-26")
    assert "Thanksgiving" in kept.err


def test_a_colleague_comes_with_number_and_address(run):
    """One that cannot be read is refused before anybody is a lead."""
    run("start", first(run)["touch"])
    answer = ("confirm", "--yes", "--outcome", "REFERRED", "--colleague", "Bob Lee")
    bad = refused(run(*answer, "--colleague-phone", "303 555"))
    assert "303 555" in bad
    assert "@" in refused(run(*answer, "--colleague-email", "bob@lee"))
    reached = ("--colleague-phone", "303 555 0188", "--colleague-email", "bob@lee.example")
    assert run(*answer, *reached).code == 0
    (bob,) = run("lead", "find", "Bob Lee", "--json").data
    assert (bob["phones"], bob["emails"]) == (["+13035550188"], ["bob@lee.example"])


def test_no_and_partly(run):
    """A no with its reason puts it back; a partly needs a note."""
    touch = first(run)["touch"]
    run("start", touch)
    assert "ran_out_of_time" in refused(run("confirm", "--no"))
    assert run("confirm", "--no", "--reason", "ran_out_of_time").code == 0
    assert first(run)["touch"] == touch

    run("start", touch, "--ack")  # it was dialed a moment ago
    refused(run("confirm", "--partly", "--outcome", "NO_ANSWER"))
    assert run("confirm", "--partly", "--outcome", "NO_ANSWER", "--note", "cut off").code == 0


def test_a_second_start_is_refused(run):
    """Until the question is answered, with the question in the sentence."""
    run("start", first(run)["touch"])

    for words in (
        ("start", first(run)["touch"]),
        ("call", "2"),
        ("done", first(run)["touch"], "--outcome", "NO_ANSWER"),
    ):
        assert "answer first: Call" in refused(run(*words))


def test_out_of_turn(run):
    """The fifth of the queue needs a code."""
    fifth = run("queue", "--json").data[4]["touch"]

    assert "same_company" in refused(run("start", fifth))
    assert run("start", fifth, "--out-of-turn", "same_company", "--json").data["touch"] == fifth


def test_a_warning_and_a_block_are_answered_by_options(run, monkeypatch):
    """--ack for a warning; a code and a reason for a block."""
    touch = first(run)["touch"]
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-24T01:00:00Z")
    assert "acknowledge" in refused(run("start", touch, "--out-of-turn", "supervisor_asked"))
    monkeypatch.setenv("LEADTUI_NOW", "2026-11-24T05:00:00Z")
    words = ("start", touch, "--out-of-turn", "supervisor_asked")
    assert "override code" in refused(run(*words, "--ack"))
    assert "10 characters" in refused(run(*words, "--override", "supervisor", "--reason", "short"))
    assert run(*words, "--override", "supervisor", "--reason", "Mira allowed it today").code == 0


def test_deferring(run):
    """Twice with a reason; the third time the supervisor is asked, and the command says so."""
    touch = first(run)["touch"]
    for _ in range(2):
        moved = run(
            "defer", touch, "--to", "tomorrow 10:00", "--reason", "needs_preparation", "--json"
        ).data
        assert moved == {"touch": touch, "deferred": True, "due": "2026-11-24T17:00:00Z"}

    again = run("defer", touch, "--to", "thu 10:00", "--reason", "needs_preparation", "--json").data
    assert again == {"touch": touch, "deferred": False, "due": "2026-11-24T17:00:00Z"}
    said = refused(run("defer", touch, "--to", "tomorrow 10:00", "--reason", "needs_preparation"))
    assert "your supervisor has been asked" in said
    assert "needs_preparation" in refused(
        run("defer", touch, "--to", "thu 10:00", "--reason", "later"), 2
    )


def test_already_done(run):
    """One command starts and answers."""
    line = first(run)
    done = run(
        "done", line["touch"], "--outcome", "NO_ANSWER", "--at", "an hour ago", "--json"
    ).data

    assert done["outcome"] == "NO_ANSWER"
    assert "question" not in run("next", "--json").data


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("blursday the 40th", "that is no time; write it like"),
        ("1 jan 1900 10:00", "that is no time"),
        ("2020-01-01 10:00", "before this lead was here"),
        ("2090-01-01T10:00:00", "still to come"),
    ],
)
def test_when_it_was_done_is_a_time(run, at, words):
    """What is claimed stands in the log, and can be wrong but not nonsense."""
    touch = first(run)["touch"]
    assert words in refused(run("done", touch, "--outcome", "NO_ANSWER", "--at", at), 2)


def test_a_call_that_nobody_planned(run):
    """For a lead by id; inbound beside an open question."""
    started = run("call", 2, "--json").data
    assert started.keys() == {"touch", "lead", "action", "started"}
    assert run("call", 3, "--inbound").code == 0
    refused(run("call", 4, "--inbound"))


def test_each_rep_has_a_queue_of_their_own(run):
    """--rep says whose, on a demo floor; by first name, full name or login."""
    for word in ("ali", "Ali", "Ali Haddad", "ALI HADDAD"):
        lines = run("queue", "--json", rep=word).data
        assert len(lines) == 1
    assert "belongs to another rep" in refused(run("start", lines[0]["touch"]))


def test_an_empty_queue_is_no_error_and_next_says_it(run):
    """Mira is a supervisor: nothing is hers."""
    assert run("queue", "--json", rep="mira").data == []
    assert "nothing is due" in refused(run("next", rep="mira"))


def test_people(run):
    """rep list has the documented keys; rep add is for supervisors."""
    people = run("rep", "list", "--json", rep="").data
    assert {person["login"] for person in people} >= {"dana", "ali", "mira"}
    assert people[0].keys() >= {"name", "login", "team", "away_until"}
    assert "Dana Reyes" in run("rep", "list", rep="").out

    added = run("rep", "add", "Kim Vo", "--login", "kim", "--json", rep="").data
    assert (added["name"], added["role"]) == ("Kim Vo", "rep")
    assert "taken" in refused(run("rep", "add", "Kim Vo", "--login", "kim", rep=""))
    refused(run("rep", "add", "Lou", "--login", "lou", "--role", "king", rep=""), 2)


def test_a_branch_is_simulated_on_the_lead_s_clock(run):
    """A time without a zone is the lead's; days off move, interest skips, and all is told."""
    words = ("playbook", "simulate", "nurture-12-month", "--start", "2026-11-23T09:00")
    where = ("--region", "CO", "--engagement", "5", "--away", "2026-11-24..2026-11-30")
    said = run(*words, *where, rep="")
    assert said.code == 0
    lines = said.out.splitlines()
    assert "passed over" in lines[1]
    assert "engagement" in lines[1]
    assert "Then finished: enters monthly-letter and quarterly-note." in lines
    first = run(*words, "--region", "CO", "--json", rep="").data[0]
    assert first["local"].endswith("T09:00:00-07:00")
    assert first["needs"] == 'engagement = ">= 10"'
    refused(run(*words, "--away", "2026-11-30..2026-11-24", rep=""), 2)
    refused(run(*words, "--outcome", "intro-call", rep=""), 2)


@pytest.mark.parametrize("cadence", ["trial", "inquiry", "nurture-12-month"])
def test_a_cadence_is_simulated_before_it_runs(run, cadence):
    """Each step with its date in UTC and on the lead's clock, and why it moved."""
    words = (
        "playbook",
        "simulate",
        cadence,
        "--start",
        "2026-11-20T21:00:00Z",
        "--country",
        "us",
        "--zone",
        "America/Denver",
    )
    steps = run(*words, "--json", rep="").data

    assert steps
    for step in steps:
        assert step.keys() >= {"step", "channel", "by", "planned", "local", "moved_because"}
        assert ISO.fullmatch(step["planned"])
        assert datetime.fromisoformat(step["local"]) == datetime.fromisoformat(step["planned"])
    assert run(*words, rep="").out.count("\n") > len(steps)


def test_the_playbook_is_checked_and_shown(run, demo):
    """In order as it ships; a typo is named with file, line and the nearest word."""
    first, note, *_ = run("playbook", "check", rep="").out.splitlines()
    assert (first, note[:12]) == ("The playbook is in order.", "routing.toml")
    said = run("playbook", "check", "--json", rep="").data
    assert (said["ok"], said["problems"]) == (True, [])
    assert {one["file"] for one in said["notes"]} >= {"routing.toml", "stages.toml"}
    assert "First call: is it running?" in run("playbook", "show", "trial", rep="").out
    assert "trial" in refused(run("playbook", "show", "trail", rep=""))

    path = demo / "playbook" / "cadences" / "trial.toml"
    path.write_text(path.read_text().replace('channel = "call"', 'chanel = "call"', 1))
    ran = run("playbook", "check", rep="")
    assert (ran.code, ran.out) == (1, "")
    assert re.search(
        r"^cadences/trial\.toml:\d+: unknown key 'chanel' .*did you mean 'channel'\?$",
        ran.err,
        re.MULTILINE,
    )
    assert "Traceback" not in ran.err
    again = run("playbook", "check", "--json", rep="")
    assert again.code == 1
    assert '"ok": false' in again.out


def test_a_third_deferral_to_the_same_time_says_that_nothing_moved(run):
    """The same words three times: the third is told from the first two by what happened, not by the
    time."""
    touch = first(run)["touch"]
    words = ("defer", touch, "--to", "tomorrow 10:00", "--reason", "lead_unavailable")
    assert "Put off to Tue 24 Nov 10:00" in run(*words).out
    assert "Put off to Tue 24 Nov 10:00" in run(*words).out
    assert run(*words).out.startswith("Not put off")


def test_wrong_answers_end_with_two(run):
    """A reason nobody knows is wrong use; a reason that is missing is a refusal."""
    run("start", first(run)["touch"])
    refused(run("confirm", "--no", "--reason", "bored"), 2)
    refused(run("confirm", "--no"), 1)
    refused(run("confirm", "--yes"), 1)
    refused(run("confirm", "--yes", "--outcome", "MAYBE"), 2)
    assert run("confirm", "--no", "--reason", "ran_out_of_time").code == 0


def test_an_email_that_was_not_sent_here_needs_elsewhere(run, demo):
    """A yes alone is refused; no outcome of a call goes with it."""
    desk = a_desk(demo, "dana")
    with desk.context.write() as unit:
        touch = unit.session.get(Touch, first(run)["touch"])
        touch.channel, touch.call, touch.template = "email", 0, "inquiry-missed"
        unit.log("test")
    desk.close()
    run("start", touch.id, "--out-of-turn", "supervisor_asked")
    assert "WRONG_NUMBER" in refused(run("confirm", "--yes", "--outcome", "WRONG_NUMBER"), 2)
    assert "--elsewhere" in refused(run("confirm", "--yes"), 1)
    assert run("confirm", "--yes", "--elsewhere").code == 0


def test_a_wrong_key_is_taken_back_and_another_answer_given(run):
    """The entry that ``confirm`` names is taken back by it; the new answer has its own."""
    touch = first(run)["touch"]
    run("start", str(touch), "--ack")
    said = run("confirm", "--yes", "--outcome", "BUSY")
    wrong = re.search(r"leadtui confirm --again (\d+)", said.out).group(1)

    right = run("confirm", "--again", wrong, "--yes", "--outcome", "NO_ANSWER", "--json").data

    assert (right["outcome"], right["entry"] > int(wrong)) == ("NO_ANSWER", True)
    shown = run("log", "show", "--event", "action.taken_back", "--json").data
    assert [line["words"].split(" · ")[1:] for line in shown] == [["busy", "wrong key"]]
    assert "was taken back already" in refused(run("confirm", "--again", wrong, "--no"))


def test_an_answer_taken_back_alone_asks_again(run):
    """Without another answer the question stands open, and says how it is answered."""
    touch = first(run)["touch"]
    run("start", str(touch), "--ack")
    entry = run("confirm", "--yes", "--outcome", "BUSY", "--json").data["entry"]

    ran = run("confirm", "--again", str(entry), "--why", "misheard")

    assert ran.out.startswith("Did you complete this action?")
    assert run("next", "--json").data["touch"] == touch
    assert "is no answer" in refused(run("confirm", "--again", "1"))
    assert run("confirm", "--yes", "--outcome", "NO_ANSWER").code == 0
