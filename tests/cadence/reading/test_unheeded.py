"""What a playbook says without effect: keys that were retired, promises nobody keeps yet, rules for
places that do not exist."""

import pytest

from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.reading.unheeded import unheeded, unrouted
from tests.cadence.books import FILES, changed

REGION = """
[[region]]
code = "%s"
rule = "a rule of the test"
week = { mon = ["10:00-16:00"] }
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "playbook.toml",
            "[business_hours]",
            "[limits]\nmax_voicemails = 3\n[business_hours]",
            "playbook.toml:7: 'max_voicemails' in [limits] does nothing any more; write",
        ),
        (
            "reasons.toml",
            'key = "1"',
            'key = "1"\nblocker = true',
            "reasons.toml:6: 'blocker' in a reason does nothing any more; take it out;",
        ),
    ],
)
def test_a_retired_key_is_a_mistake_in_a_draft_and_none_in_what_runs(file, old, new, said):
    """A floor may run a playbook that an older version has activated."""
    book = changed(file, old, new)
    (problem,) = problems(book)
    assert str(problem).startswith(said)
    assert load(book).hash


def test_a_mistake_beside_a_retired_key_is_still_refused():
    """Passing one over passes nothing else over."""
    book = changed("reasons.toml", 'key = "1"', 'key = "1"\nblocker = true\nkye = 1')
    with pytest.raises(Exception, match="unknown key 'kye'"):
        load(book)


def test_what_nothing_acts_on_is_told_and_no_mistake():
    """The distribution rules, the figures of a stage, and what a step is required before."""
    book = FILES | {
        "stages.toml": FILES["stages.toml"] + "usual_days = 3\n",
        "cadences/trial.toml": FILES["cadences/trial.toml"] + 'required_before = "discount"\n',
    }
    assert problems(book) == ()
    told = {(note.file, note.message.partition(";")[0]) for note in unheeded(load(book))}
    assert told == {
        ("routing.toml", "nothing acts on this file yet"),
        ("stages.toml", "nothing acts on 'usual_days' yet"),
        ("cadences/trial.toml", "nothing acts on 'required_before' yet"),
    }


def test_a_playbook_without_such_promises_has_no_notes():
    """Nothing is told where nothing is said."""
    assert unheeded(load(FILES | {"routing.toml": ""})) == ()


def test_what_a_step_is_required_before_must_exist():
    """A misspelt milestone is named with the known one."""
    book = FILES | {
        "cadences/trial.toml": FILES["cadences/trial.toml"] + 'required_before = "dicsount"\n'
    }
    (problem,) = problems(book)
    assert "required before 'dicsount'" in str(problem)
    assert "'discount'" in str(problem)


def test_the_calls_a_day_are_what_the_playbook_says():
    """The figure beside the day's calls can be set."""
    book = changed(
        "playbook.toml", "[business_hours]", "[limits]\ncalls_a_day = 35\n[business_hours]"
    )
    assert load(book).floor.calls_a_day == 35


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("GB = 28", "gb = 28", "'gb' is no country or region that a lead can be in; did you"),
        ("GB = 28", "UK = 28", "did you mean 'GB'?"),
        ('needs = ["DE"]', 'needs = ["DE", "UK"]', "did you mean 'GB'?"),
    ],
)
def test_a_calling_rule_for_a_place_that_does_not_exist_is_a_mistake(old, new, said):
    """It would switch the rule off without a word."""
    (problem,) = problems(changed("calling.toml", old, new))
    assert said in str(problem)


@pytest.mark.parametrize("code", ["UK", "US-XX"])
def test_hours_of_a_place_that_does_not_exist_are_a_mistake(code):
    """A country and a state."""
    file = "calling/legal-hours.toml"
    (problem,) = problems(FILES | {file: FILES[file] + REGION % code})
    assert f"'{code}' is no country or region" in str(problem)


@pytest.mark.parametrize("code", ["GB", "US-NY", "CA-QC", "DE-BY", "ES-MD"])
def test_a_calling_rule_may_name_any_real_place(code):
    """A country, or a region of one."""
    file = "calling/legal-hours.toml"
    assert problems(FILES | {file: FILES[file] + REGION % code}) == ()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ('to = "hopper"', True),
        ('to = "rep:dana"', True),
        ('to = "team:one"\n[[rule]]\nto = "team:two"', True),
        ('when = { offer = "trial" }\nto = "team:one"\n[[rule]]\nto = "hopper"', False),
    ],
)
def test_whoever_brings_leads_in_hears_that_rules_are_not_followed(rules, told):
    """Where they would give leads to others than they get now."""
    book = FILES | {"routing.toml": f"[[rule]]\n{rules}\n"}
    assert bool(unrouted(load(book))) is told
