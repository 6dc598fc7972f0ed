"""What a change of the playbook changes, in words."""

import pytest

from leadtui.cadence.diffing import Change, diff
from leadtui.cadence.reading.loading import load
from tests.cadence.books import FILES, changed, files


def told(book: dict[str, str]) -> list[str]:
    """The differences from the small playbook, as people read them."""
    return [change.text for change in diff(load(files()), load(book))]


def test_comments_and_layout_are_no_change():
    """What means the same is the same, though its hash differs."""
    book = {
        path: f"# note\n\n{text}" if path.endswith(".toml") else text
        for path, text in FILES.items()
    }

    assert told(files()) == []
    assert load(book).hash != load(files()).hash
    assert told(book) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "text"),
    [
        (
            "cadences/trial.toml",
            "start + 24 hours",
            "start + 1 business day",
            "The step 'call-1' of trial: at was start + 24 hours and is start + 1 business day.",
        ),
        (
            "cadences/trial.toml",
            "until_contact = true",
            "until_contact = false",
            "The step 'last-note' of trial: until contact was yes and is no.",
        ),
        (
            "cadences/trial.toml",
            'when = { engagement = ">= 20" }\n',
            "",
            "The step 'call-1' of trial: when was engagement = \">= 20\" and is always.",
        ),
        (
            "cadences/trial.toml",
            'goal = "evaluate"',
            'goal = "buy"\nmax_attempts = 4',
            "The cadence 'trial': goal was 'evaluate' and is 'buy'; max attempts was 6 and is 4.",
        ),
        (
            "cadences/nurture.toml",
            '{ close = "silent" }',
            '"trial"',
            "The cadence 'nurture': on finish was closed (silent) and is trial.",
        ),
        (
            "emails/welcome.md",
            "Hello $first_name,",
            "Dear $first_name,\nI hope all is well.",
            "The e-mail 'welcome': text changed (2 lines new, 1 gone).",
        ),
        (
            "dispositions.toml",
            '"30 minutes"',
            '"1 hour"',
            "The disposition 'BUSY': delay was 30 minutes and is 1 hour.",
        ),
        (
            "activity-tree.toml",
            ">= 200",
            ">= 100",
            (
                'In the activity tree, the rule \'offer = "trial", employees = ">= 100" → trial\' '
                "is new, number 1 of 2."
            ),
        ),
        (
            "playbook.toml",
            'mon = ["09:00-17:00"]',
            'mon = ["08:00-16:00"]\ntue = ["08:00-16:00"]',
            (
                "The floor 'rules': business hours Mon was 09:00-17:00 and is 08:00-16:00; "
                "business hours Tue was nothing and is 08:00-16:00."
            ),
        ),
        (
            "calling/legal-hours.toml",
            "holidays = false",
            "holidays = true",
            (
                "The calling 'policy': legal US-AL was Mon 08:00-20:00; no holidays and is "
                "Mon 08:00-20:00."
            ),
        ),
        (
            "sla.toml",
            "minutes = 240",
            "minutes = 60",
            (
                'In the response time, the rule \'offer = "trial" → 240 minutes from the planned '
                "time' is gone."
            ),
        ),
    ],
)
def test_a_change_is_a_sentence(path, old, new, text):
    """What was, and what is."""
    assert text in told(changed(path, old, new))


def test_things_come_and_go():
    """A new cadence, a text that is gone, a step that moved."""
    steps = FILES["cadences/trial.toml"].split("\n[[step]]")
    book = files(
        {
            "cadences/trial.toml": "\n[[step]]".join([steps[0], steps[1], steps[3], steps[2]]),
            "cadences/other.toml": FILES["cadences/nurture.toml"].replace(
                '"nurture"', '"other"', 1
            ),
            "objections/price.md": None,
        }
    )

    assert diff(load(files()), load(book)) == (
        Change("cadence", "other", "added", "The cadence 'other' is new.", "other"),
        Change("cadence", "trial", "changed", "The steps of trial come in another order.", "trial"),
        Change("objection", "price", "removed", "The objection 'price' is gone."),
    )
    assert [change.what for change in diff(load(book), load(files()))] == [
        "removed",
        "changed",
        "added",
    ]
