"""CadenceML files become playbook files that pass the check, whatever stands in them."""

import json
import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.model import Cadence, Channel, OnClosedDay, Playbook, Span, Unit
from leadtui.cadence.reading._readers import Unfinished
from leadtui.cadence.reading.cadenceml import convert
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.simulate import simulate
from leadtui.errors import PlaybookError
from tests.cadence.books import files
from tests.cadence.processes import a_cadence, a_calendar, a_lead, a_step, utc, with_cadences

TWO = """
Seven touches:
  eligible_days: [2, 3, 4, 5] # no Mondays
  holiday_region: no
  holidays:
    - "Mar 14, 2017"
  cadence:
    1:
      - channel: email
        title: Intro email
        notes: Ask for a referral
      - channel: call
        title: Intro call
    3:
      - channel: call
        title: Day 3 (PM) follow-up
        notes: Leave a voicemail
      - channel: call
        title: Day 3 (AM) follow-up
    2:
      - {channel: meeting, title: Show it}
      - {channel: deadline, title: Offer ends}
      - {channel: social, title: Say hello, notes: Be short}
8x8:
  cadence:
    1:
      channel: task
      title: Research
"""


def wrong(book: dict[str, str]) -> list[str]:
    """What is wrong with the playbook, besides what has still to be written."""
    return [str(one) for one in problems(book) if not isinstance(one, Unfinished)]


def merged(text: str, name: str = "found.yml") -> Playbook:
    """The playbook with the converted files, loaded; it has no problem."""
    book = files(dict(convert(text, name, exit_to="nurture")))
    assert wrong(book) == []
    return load(book)


def only(text: str) -> Cadence:
    """The one cadence that a text with the name `x` becomes."""
    return merged(text).cadences["x"]


def test_every_channel_and_day_is_kept():
    """Days become business days in order, meetings demos, deadlines tasks, AM and PM two times of a
    day."""
    book = merged(TWO)
    cadence = book.cadences["seven-touches"]

    assert [(step.id, step.channel, step.at.offset) for step in cadence.steps] == [
        ("day-1-email", Channel.EMAIL, Span(0, Unit.BUSINESS_DAYS)),
        ("day-1-call", Channel.CALL, Span(0, Unit.BUSINESS_DAYS)),
        ("day-2-meeting", Channel.DEMO, Span(1, Unit.BUSINESS_DAYS)),
        ("day-2-deadline", Channel.TASK, Span(1, Unit.BUSINESS_DAYS)),
        ("day-2-social", Channel.SOCIAL, Span(1, Unit.BUSINESS_DAYS)),
        ("day-3-call", Channel.CALL, Span(2, Unit.BUSINESS_DAYS)),
        ("day-3-call-2", Channel.CALL, Span(2, Unit.BUSINESS_DAYS)),
    ]
    morning, afternoon = cadence.steps[5:]
    assert (morning.day_part, morning.at_time.hour) == (None, 9)
    assert (afternoon.day_part, afternoon.at_time.hour) == (None, 14)
    assert cadence.steps[3].on_closed_day is OnClosedDay.PREVIOUS
    assert cadence.max_attempts == 3
    assert [step.channel for step in book.cadences["8x8"].steps] == [Channel.TASK]


def test_notes_are_what_the_rep_reads():
    """Notes of a call are its script, and other steps show theirs too; of an e-mail they stand
    beside the text, which somebody has to write."""
    book = merged(TWO)
    email = book.templates["email/seven-touches-day-1-email"]

    assert (email.note, email.body, email.subject) == ("Ask for a referral", "", "")
    assert (
        book.templates["script/seven-touches-day-3-call-2"].body == "## Open\n\nLeave a voicemail"
    )
    assert book.templates["script/seven-touches-day-1-call"].body == "## Open\n\nIntro call"
    assert "Be short" in book.templates["script/seven-touches-day-2-social"].body
    assert "script/seven-touches-day-2-meeting" not in book.templates


def test_an_email_without_a_text_keeps_the_playbook_from_running():
    """Its note is told to whoever writes it; written, it passes."""
    made = dict(convert(TWO, "found.yml", exit_to="nurture"))
    name = "emails/seven-touches-day-1-email.md"
    (said,) = [str(one) for one in problems(files(made)) if one.file == name]
    assert "the text is empty; write it and a subject; its note says: 'Ask for a referral'" in said
    fence, front, _ = made[name].split("+++\n")
    made[name] = f'{fence}+++\n{front}subject = "Hello"\n+++\nHello $first_name\n'
    assert name not in {one.file for one in problems(files(made))}


def test_its_days_are_kept():
    """Other weekdays and days of its own; what cannot be kept is in the description."""
    cadence = merged(TWO).cadences["seven-touches"]

    assert cadence.days == (1, 2, 3, 4)
    assert cadence.days_off == (date(2017, 3, 14),)
    assert "the holidays of 'no'" in cadence.description
    assert merged(TWO).cadences["8x8"].description.count(".") == 1
    odd = merged(TWO.replace("[2, 3, 4, 5]", "[5, 6]").replace("Mar 14, 2017", "Boxing day"))
    said = odd.cadences["seven-touches"].description
    assert "Nothing is done on Saturday before" in said
    assert "It also closed on Boxing day, which is no date" in said


def test_a_cadence_without_mondays_skips_them():
    """Its steps and its business days; a day off of its own too."""
    cadence = replace(
        a_cadence(
            a_step("email", "start + 1 business day", "one"),
            a_step("call", "start + 2 business days", "two"),
        ),
        days=(1, 2, 3, 4),
        days_off=(date(2026, 11, 24),),
    )
    book = with_cadences(cadence)
    came = simulate(book, "test", utc("2026-11-20 15:00"), a_lead(), a_calendar())
    assert [f"{touch.due:%a %d}" for touch in came] == ["Wed 25", "Fri 27"]


@pytest.mark.parametrize(
    "hostile",
    [
        "$rep_email and ${unknown} cost $5 $$ $",
        "+++\ntitle = 'mine'\n+++\n## D: fourth\n## Open\n# x",
        '"""\n[[step]]\nid = "evil"',
        "\\u0000 \\",
        "\x85\u2028\u202e",
        "{{ x }} ' \" ` <b>",
    ],
)
def test_hostile_text_stays_text(hostile):
    """No field, heading, front matter or TOML comes out of a title or a note."""
    quoted = json.dumps(hostile)
    text = "x:\n  cadence:\n    1:\n" + "".join(
        f"      - {{channel: {channel}, title: {quoted}, notes: {quoted}}}\n"
        for channel in ("email", "call", "task")
    )
    cadence = only(text)

    assert [step.id for step in cadence.steps] == ["day-1-email", "day-1-call", "day-1-task"]


@given(st.text(max_size=80), st.text(max_size=120), st.text(max_size=30))
def test_any_text_converts(title, notes, name):
    """Whatever the texts are, the files pass the check and can be written as UTF-8."""
    table = {
        name: {
            "cadence": {
                "1": [
                    {"channel": "email", "title": title, "notes": notes},
                    {"channel": "call", "title": title, "notes": notes},
                ]
            }
        }
    }
    made = convert(json.dumps(table), "stranger.yml", exit_to="nurture")

    assert wrong(files(dict(made))) == []
    for path, text in made.items():
        assert text.encode()
        assert path.isascii()


@given(
    st.dictionaries(
        st.integers(1, 60),
        st.lists(
            st.sampled_from(["call", "email", "meeting", "task", "social"]), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_step_is_there_in_the_order_of_days(days):
    """No step is lost or made up, and none comes before a step of an earlier day."""
    table = {
        "x": {
            "cadence": {
                day: [{"channel": one, "title": "t"} for one in channels]
                for day, channels in days.items()
            }
        }
    }
    steps = only(json.dumps(table)).steps

    assert [step.at.offset.amount for step in steps] == sorted(
        day - 1 for day, channels in days.items() for _ in channels
    )


def test_names_are_free_and_safe():
    """Two names that look alike get numbers; a name without letters takes the file's."""
    made = convert(
        (
            '"A b": {cadence: {1: {channel: task}}}\n"a-B": {cadence: {1: {channel: '
            'task}}}\n"日本": {cadence: {1: '
            "{channel: task}}}"
        ),
        "../My file.yml",
    )

    assert sorted(made) == ["cadences/a-b-2.toml", "cadences/a-b.toml", "cadences/my-file.toml"]
    assert tomllib.loads(made["cadences/my-file.toml"])["title"] == "日本"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: the file is empty; write a name and 'cadence:' with days below it"),
        ("- a\n- b", "1: a CadenceML file is not a list of 'key: value' lines; write it as one"),
        ("just words", "1: a CadenceML file is not a list of 'key: value' lines; write it as one"),
        (
            "x: {cadence: {}}",
            "1: the cadence 'x' has no step; write a channel and a title below a day",
        ),
        ("x: {cadance: {}}", "1: unknown key 'cadance' in a cadence; did you mean 'cadence'?"),
        (
            "x:\n  holidays: []",
            "2: the cadence 'x' has no days; write 'cadence:' with days below it",
        ),
        (
            "x:\n  cadence:\n    0: {channel: call}",
            "3: '0' is not a day; write a number from 1 to 1000",
        ),
        (
            "x:\n  cadence:\n    soon: {channel: call}",
            "3: 'soon' is not a day; write a number from 1 to 1000",
        ),
        (
            "x:\n  cadence:\n    1:\n      - channel: phone",
            "4: a step of day 1 has the channel 'phone'; did you mean 'call'?",
        ),
        (
            "x:\n  cadence:\n    1:\n      - chanel: call",
            "4: unknown key 'chanel' in a step; did you mean 'channel'?",
        ),
        (
            "x:\n  cadence:\n    1: {channel: call}\n    1: {channel: call}",
            "4: '1' stands in line 3 too; join the two",
        ),
        (
            "x: {eligible_days: [0], cadence: {1: {channel: call}}}",
            "1: '0' is not a day of the week; write 1 (Monday) to 7 (Sunday)",
        ),
        (
            "x: {cadence: {1: {channel: [call]}}}",
            "1: 'channel' of a step is not a single value; write one text",
        ),
        (
            "a: &a [1]\nb: *a",
            "2: the file repeats a part by an alias ('*name'); write the part out",
        ),
        ("x: " + "[" * 5000, "1: the file nests deeper than 12 levels; make it flatter"),
        (
            "x: [1",
            (
                "1: this is not YAML (expected ',' or ']', but got '<stream end>'); mend this "
                "place first"
            ),
        ),
        (
            "a: 1\n---\nb: 2",
            "2: this is not YAML (but found another document); mend this place first",
        ),
        ("x: \x00", "0: the file holds characters that YAML does not allow; take them out"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(text, message):
    """What is wrong, where, and what to do."""
    with pytest.raises(PlaybookError) as caught:
        convert(text, "found.yml")

    assert f"{caught.value.line}: {caught.value.message}" == message


def test_size_is_bounded():
    """Neither a huge file nor endless parts are taken apart."""
    for text in (
        "#" * 1_000_001,
        "[" + "1," * 120_000 + "1]",
        "\n".join(f"k{n}: {n}" for n in range(60_000)),
    ):
        with pytest.raises(PlaybookError, match="split it"):
            convert(text, "found.yml")


@given(st.text(alphabet="x: -\n[]{}&*!|>'\"1#%@\t", max_size=40))
def test_any_file_is_converted_or_refused(text):
    """A stranger's file never fails in a way that has no sentence."""
    try:
        made = convert(text, "found.yml")
    except PlaybookError:
        return
    assert made


def test_tags_build_nothing():
    """A tag that asks for a Python object is a text like any other."""
    made = convert(
        (
            "x: {cadence: {1: {channel: !!python/name:os.system call, title: "
            "!!python/object/apply:os.system ls}}}"
        ),
        "f.yml",
    )

    assert tomllib.loads(made["cadences/x.toml"])["step"][0]["title"] == "ls"
