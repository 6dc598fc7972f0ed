"""What to say and to write without a screen: script, objections, fit, a touch's message."""

from leadtui.store.engine.tables import Touch
from tests.builders import a_desk
from tests.cli.running import refused


def first(run):
    """The first line of Dana's queue."""
    return run("queue", "--json").data[0]


def an_email_step(run, demo):
    """The first touch becomes an e-mail of the inquiry, not started yet."""
    touch = first(run)["touch"]
    desk = a_desk(demo, "dana")
    with desk.context.write() as unit:
        row = unit.session.get(Touch, touch)
        row.channel, row.call, row.template = "email", 0, "inquiry-missed"
        unit.log("test")
    desk.close()
    return touch


def test_a_script_is_said_and_read(run):
    """For a person, and as one document; a lead without one says so."""
    lead = first(run)["lead"]
    data = run("script", lead, "--json").data
    assert data.keys() == {"id", "title", "opening", "closing", "voicemail", "branches"}
    assert "$" not in data["opening"]
    said = run("script", lead).out
    assert data["opening"].splitlines()[0] in said
    assert "Voicemail:" in said
    assert "no lead 999" in refused(run("script", 999))


def test_objections_are_found_by_their_words(run):
    """All of them, or those with the words; none is said."""
    lead = first(run)["lead"]
    every = run("objections", lead, "--json").data
    some = run("objections", lead, "--find", "linux", "--json").data
    assert len(every) > len(some) >= 1
    assert all("linux" in f"{one['objection']} {one['answer']}".lower() for one in some)
    assert "No objection has the words" in run("objections", lead, "--find", "zebra").out


def test_fit_is_read_and_answered(run):
    """The same refusals as the screen's; an answer is kept with who gave it."""
    lead = first(run)["lead"]
    before = {one["key"]: one for one in run("fit", lead, "--json").data}
    key = next(name for name, one in before.items() if one["choices"])
    answer = next(iter(before[key]["choices"]))
    refused(run("fit", lead, "--set", key), 2)
    assert "answer one of" in refused(run("fit", lead, "--set", f"{key}=zebra"))
    after = {one["key"]: one for one in run("fit", lead, "--set", f"{key}={answer}", "--json").data}
    assert (after[key]["answer"], after[key]["by"]) == (answer, "Dana Reyes")


def test_a_touchs_message_is_shown_and_sent_once_it_is_started(run, demo):
    """Showing sends nothing; sending needs the start, and the question follows."""
    touch = an_email_step(run, demo)
    shown = run("mail", "show", touch, "--json").data
    assert (shown["touch"], shown["missing"]) == (touch, [])
    assert "$" not in shown["body"]
    assert shown["subject"] in run("mail", "show", touch).out
    assert "leadtui start" in refused(run("mail", "send", touch))

    run("start", touch, "--out-of-turn", "supervisor_asked")
    sent = run("mail", "send", touch, "--json").data
    assert sent["state"] in {"sent", "drafted"}
    assert "not sent" in refused(run("mail", "send", touch))
    assert run("confirm", "--yes").code == 0


def test_a_message_of_ones_own_words_is_sent_as_written(run, demo, tmp_path):
    """From a file; what speaks of the outbox does not go with a touch."""
    touch = an_email_step(run, demo)
    run("start", touch, "--out-of-turn", "supervisor_asked")
    words = tmp_path / "words.txt"
    words.write_text("Hello $first_name", encoding="utf-8")
    assert "still lacks" in refused(run("mail", "send", touch, "--text", words))
    refused(run("mail", "send", touch, "--once"), 2)
    refused(run("mail", "send", "--template", "inquiry-missed"), 2)
    words.write_text("A word in my own words.", encoding="utf-8")
    said = run("mail", "send", touch, "--text", words, "--subject", "A word").out
    assert "leadtui confirm" in said
