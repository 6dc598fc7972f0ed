"""What a text promises and nobody keeps: told by file and line, and not in the default playbook."""

from collections import Counter

import pytest

from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.reading.promises import promises
from leadtui.desk.playbook.files import default_files
from tests.cadence.books import FILES

EMAIL = "emails/welcome.md"
STORIES = (
    "reference_story_link",
    "insurance_story_link",
    "hospital_story_link",
    "factory_story_link",
)


def notes(book):
    """What is told of the texts of a playbook that is in order."""
    assert problems(book) == ()
    return [note for note in promises(load(book)) if note.file != "playbook.toml"]


def with_line(line, file=EMAIL):
    """The small playbook with one line more in a text."""
    return FILES | {file: FILES[file] + f"\n{line}\n"}


@pytest.mark.parametrize(
    "line",
    [
        "Would tomorrow at 10 work?",
        "I called a moment ago.",
        "You wrote to us a few days ago.",
        "Tuesday or Thursday?",
        "By Friday, then.",
        "Before winter, look at the pipes.",
        "Something from last spring.",
        "I will call this afternoon.",
        "I will call in two days.",
        "Passt es Ihnen morgen um 10?",
        "Ich habe Sie gestern nicht erreicht.",
        "Gern auch am Donnerstag.",
        "I tried to call you today.",
        "The calendar invitation is on its way.",
        "You can end it with one click.",
        "The table is attached.",
        "On the back you find a table.",
        "Die Kalendereinladung folgt.",
        "I have called you about it.",
        "I just tried to reach you.",
        "Ich habe versucht, Sie anzurufen.",
        "Ich habe Sie zweimal angerufen.",
    ],
)
def test_a_day_without_calendar_and_a_thing_that_is_not_made_are_told_by_line(line):
    """Both languages that leadtui knows days in."""
    note, *_ = notes(with_line(line))
    assert note.file == EMAIL
    assert with_line(line)[EMAIL].splitlines()[note.line - 1] == line


@pytest.mark.parametrize(
    "line",
    [
        "Would $next_workday at 10 work?",
        "Test it on a Tuesday, on every Wednesday, or on Sundays.",
        "Guten Morgen!",
        "A click, a coffee, and the springs of a bed.",
        "Your trial ends on $trial_ends.",
        "When shall I call you? $missed_line",
    ],
)
def test_a_day_of_the_calendar_and_any_weekday_are_no_such_thing(line):
    """What is always true may stand."""
    assert notes(with_line(line)) == []


def test_what_is_spoken_may_speak_of_today():
    """A call is heard on the day on which it is made; an e-mail is read on another."""
    file = next(name for name in FILES if name.startswith("scripts/"))
    assert notes(with_line("What can I do for you today?", file)) == []
    (note,) = notes(with_line("Shall I call tomorrow?", file))
    assert note.file == file


def test_a_language_says_which_texts_it_lacks():
    """A text with a twin is not among them; without languages nothing is told."""
    told = [note for note in promises(load(FILES)) if note.file == "playbook.toml"]
    assert told == []
    words = FILES["playbook.toml"] + '[languages]\nDE = "de"\n'
    twin = FILES[EMAIL].replace("+++\n", "+++\nvariant_of = 'welcome'\nlanguage = 'de'\n", 1)
    book = FILES | {"playbook.toml": words}
    (before,) = [note for note in promises(load(book)) if note.file == "playbook.toml"]
    (after,) = [
        note
        for note in promises(load(book | {"emails/welcome-de.md": twin}))
        if note.file == "playbook.toml"
    ]
    assert "welcome" in before.message
    assert "welcome" not in after.message
    assert before.line == book["playbook.toml"].splitlines().index("[languages]") + 1


def test_the_default_playbook_promises_nothing_that_is_not_so():
    """Every text of it, in every language."""
    assert [str(note) for note in notes(default_files())] == []


def test_no_customer_is_told_of_twice_on_the_way_from_a_badge_to_a_contract():
    """Each story stands in one e-mail of the cadences that follow one another."""
    book = load(default_files())
    way = ("trade-show", "post-demo", "opportunity", "negotiation")
    sent = [step.email for name in way for step in book.cadences[name].steps if step.email]
    told = Counter(
        story
        for email in sent
        for story in STORIES
        if f"${story}" in book.templates[f"email/{email}"].body
    )
    assert max(told.values()) == 1
