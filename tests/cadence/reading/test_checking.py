"""Everything that is wrong with a playbook, at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.errors import PlaybookError
from tests.cadence.books import FILES, changed, files


def said(book: dict[str, str]) -> list[str]:
    """The problems as people read them."""
    return [str(problem) for problem in problems(book)]


def test_a_right_playbook_has_no_problem():
    """The small playbook of these tests passes."""
    assert said(files()) == []


def step(**keys: str) -> str:
    """A step as TOML, with raw values."""
    return "\n[[step]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def with_step(**keys: str) -> dict[str, str]:
    """The playbook with one more step, from line 37 of the trial."""
    words = {
        "id": '"extra"',
        "channel": '"task"',
        "at": '"start + 30 days"',
        "title": '"Extra"',
        **keys,
    }
    return files({"cadences/trial.toml": FILES["cadences/trial.toml"] + step(**words)})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"id": '"call-1"'},
            (
                "38: step id 'call-1' stands in line 19 too, so this step is never reached; "
                "choose another"
            ),
        ),
        (
            {"when": '{ offer = "trial", not = { offer = "tri*" } }'},
            "42: step 'extra' is never reached: its condition cannot hold; mend 'when'",
        ),
        (
            {"channel": '"email"'},
            "37: the e-mail step 'extra' has no template; write email = \"…\"",
        ),
        (
            {"channel": '"letter"'},
            "37: the letter step 'extra' has no template; write letter = \"…\"",
        ),
        (
            {"email": '"welcom"'},
            "42: step 'extra' names the missing email 'welcom'; did you mean 'welcome'?",
        ),
        (
            {"script": '"zzz"'},
            "42: step 'extra' names the missing script 'zzz'; allowed is 'first-call'",
        ),
        (
            {"at": '"trial_end + 1 day"'},
            "40: step 'extra' waits for the unknown date 'trial_end'; did you mean 'trial_ends'?",
        ),
        (
            {"at": '"start + 3 hours"'},
            "40: step 'extra' falls due before step 'call-1' above it; move it up",
        ),
        (
            {"at": '"previous - 3 hours"'},
            "40: step 'extra' falls due before the step it follows; count forwards from 'previous'",
        ),
        (
            {"at": '"start + 900 hours"', "at_time": '"09:00"'},
            "42: at_time of step 'extra' needs a time in days; write days or longer in 'at'",
        ),
        ({"by": '"system"'}, "42: the system cannot do the task step 'extra'; write by = 'rep'"),
        (
            {"when": '{ persona = "c-level" }'},
            "42: no lead can have persona = 'c-level'; did you mean 'c_level'?",
        ),
    ],
)
def test_a_step_that_cannot_run_is_named(keys, message):
    """Twice the same id, an impossible condition, missing texts, times that do not fit."""
    assert said(with_step(**keys)) == [f"cadences/trial.toml:{message}"]


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (
            "cadences/trial.toml",
            'on_finish = "nurture"\n',
            "",
            (
                "cadences/trial.toml:1: the cadence has no on_finish, so its leads would be "
                "dropped; name what "
                "follows"
            ),
        ),
        (
            "cadences/trial.toml",
            'on_exhausted = ["nurture"]',
            'on_exhausted = ["nuture"]',
            (
                "cadences/trial.toml:5: on_exhausted leads to 'nuture', which is no cadence; did "
                "you mean 'nurture'?"
            ),
        ),
        (
            "activity-tree.toml",
            '\n[[rule]]\ncadence = "nurture"\n',
            "",
            (
                "activity-tree.toml:1: the last rule does not match everything; add a [[rule]] "
                "without 'when' below it"
            ),
        ),
        (
            "activity-tree.toml",
            'cadence = "trial"',
            'cadence = "trail"',
            (
                "activity-tree.toml:3: the rule leads to 'trail', which is no cadence; did you "
                "mean 'trial'?"
            ),
        ),
        (
            "activity-tree.toml",
            'offer = "trial"',
            'offer = "trail"',
            "activity-tree.toml:2: no lead can have offer = 'trail'; did you mean 'trial'?",
        ),
        (
            "activity-tree.toml",
            '[[rule]]\ncadence = "nurture"',
            (
                '[[rule]]\nwhen = { offer = "tr*" }\ncadence = "trial"\n[[rule]]\nwhen = { '
                'offer = "trial" }\n'
                'cadence = "trial"\n[[rule]]\ncadence = "nurture"'
            ),
            (
                "activity-tree.toml:8: the rule is never reached, since the one in line 5 matches "
                "first; move it up"
            ),
        ),
        (
            "personas.toml",
            'titles = ["*"]',
            'titles = ["other"]',
            (
                "personas.toml:9: the last persona does not fit every title; end with name = "
                "'other' and titles = "
                "['*']"
            ),
        ),
        (
            "dispositions.toml",
            "retries = 1",
            'escalate_after = 2\nescalate_to = "NO_ANSER"',
            (
                "dispositions.toml:15: escalate_to of BUSY names 'NO_ANSER', which is no "
                "disposition; did you mean "
                "'NO_ANSWER'?"
            ),
        ),
        (
            "calling/legal-hours.toml",
            'code = "*"',
            'code = "GB"',
            (
                "calling/legal-hours.toml:1: no legal hours stand for the other countries; add a "
                "[[region]] with code = '*'"
            ),
        ),
        (
            "emails/welcome.md",
            "$docs_link",
            "$doc_link",
            "emails/welcome.md:8: no lead has the field '$doc_link'; did you mean 'docs_link'?",
        ),
        (
            "emails/welcome.md",
            "$$0",
            "$0",
            "emails/welcome.md:8: a dollar sign stands alone; write '$$' for a dollar",
        ),
        (
            "emails/welcome.md",
            "Your $product",
            "Your $prodct",
            "emails/welcome.md:3: no lead has the field '$prodct'; did you mean 'product'?",
        ),
        (
            "emails/welcome.md",
            'cadences = ["trial"]',
            'variant_of = "welcom"',
            "emails/welcome.md:4: the text is a variant of 'welcom', which is missing; take it out",
        ),
        (
            "scripts/first-call.md",
            "## Open",
            "## Begin",
            (
                "scripts/first-call.md:4: the script does not begin with '## Open'; put that "
                "heading first"
            ),
        ),
        (
            "scripts/first-call.md",
            "## Voicemail",
            "## C: no time\n\nLater.\n\n## D: angry\n\nSorry.\n\n## Voicemail",
            "scripts/first-call.md:20: a script has at most three branches; take the fourth out",
        ),
        (
            "cadences/trial.toml",
            '"start + 14 days"',
            '"strat + 14 days"',
            (
                "cadences/trial.toml:8: trial_ends is counted from the unknown date 'strat'; did "
                "you mean 'start'?"
            ),
        ),
        (
            "cadences/nurture.toml",
            '"silent"',
            '"gone silent"',
            (
                "cadences/nurture.toml:5: close = 'gone silent' is no reason code; use letters, "
                "digits, '-' and '_' "
                "only"
            ),
        ),
        (
            "sla.toml",
            "minutes = 240",
            "minutes = 240\n[[rule]]\nwhen = { not = {} }\nminutes = 5",
            "sla.toml:5: the rule can never match: its condition cannot hold; mend 'when'",
        ),
        (
            "scoring.toml",
            '">= 200"',
            '">= 200", not = { employees = ">= 200" }',
            (
                "scoring.toml:4: the rule 'Large' can never match: its condition cannot hold; "
                "mend 'when'"
            ),
        ),
        (
            "personas.toml",
            '"cio"]',
            '"*"]',
            (
                "personas.toml:4: the persona 'c_level' fits every title, so those below are "
                "never reached; move it "
                "down"
            ),
        ),
        (
            "dispositions.toml",
            'delay = "30 minutes"\n',
            "",
            (
                "dispositions.toml:13: BUSY retries without a pause; write a 'delay' such as '30 "
                "minutes'"
            ),
        ),
        (
            "playbook.toml",
            'mon = ["09:00-17:00"]',
            "",
            (
                "playbook.toml:6: the floor is never open; write hours such as mon = "
                "['09:00-17:00'] under "
                "[business_hours]"
            ),
        ),
        (
            "objections/price.md",
            "Compared with what?\n",
            "",
            "objections/price.md:4: the text is empty; write it below the front matter",
        ),
        (
            "objections/price.md",
            "'Too expensive'",
            "'Too expensive'\ncadences = ['trail']",
            (
                "objections/price.md:3: the text is for 'trail', which is no cadence; did you "
                "mean 'trial'?"
            ),
        ),
        (
            "scripts/first-call.md",
            "## B: got",
            "## C: got",
            "scripts/first-call.md:12: branch C is out of order; call it 'B'",
        ),
    ],
)
def test_what_only_the_whole_shows(path, old, new, message):
    """References, order and reach are checked across files."""
    assert message in said(changed(path, old, new))


def test_missing_and_strange_files_are_named():
    """What is not there and what nobody reads are both said, with the name that was meant."""
    book = files({"sla.toml": None, "email/new.md": "x", "README.md": "Our process"})

    assert said(book) == [
        "email/new.md: nothing in a playbook is read from this file; did you mean 'emails/new.md'?",
        "sla.toml: the file is missing; add it with a [[rule]] for each agreed response time",
    ]


def test_all_problems_come_at_once():
    """A person mends a playbook in one go: each file says what is wrong with it, in the order of
    its lines."""
    book = with_step(id='"call-1"', email='"nothing"', colour='"red"')
    book["offers.toml"] += "colour = 1\n"

    assert said(book) == [
        (
            "cadences/trial.toml:38: step id 'call-1' stands in line 19 too, so this step is "
            "never reached; choose "
            "another"
        ),
        (
            "cadences/trial.toml:42: step 'call-1' names the missing email 'nothing'; allowed is "
            "'welcome'"
        ),
        (
            "cadences/trial.toml:43: unknown key 'colour' in a step; allowed is 'id', "
            "'channel', 'by', 'at', "
            "'title', "
            "'on_closed_day', 'day_part', 'at_time', 'email', 'script', 'letter', 'when', "
            "'until_contact' or "
            "'required_before'"
        ),
        (
            "offers.toml:6: unknown key 'colour' in an offer; allowed is 'key', 'label', "
            "'at_once' or "
            "'strength'"
        ),
    ]


@pytest.mark.parametrize(
    ("path", "right", "wrong", "said_of_it"),
    [
        ("calling/legal-hours.toml", "dated", "datde", "1: unknown key 'datde' in the file"),
        ("calling/legal-hours.toml", "sat", "sta", "5: unknown key 'sta' in [week]"),
        (
            "calling/legal-hours.toml",
            "holidays",
            "hollidays",
            "9: unknown key 'hollidays' in a region",
        ),
        ("calling.toml", "mon", "mno", "2: unknown key 'mno' in [preferred]"),
        ("calling.toml", "limits", "limit", "3: unknown key 'limit' in the file"),
        (
            "calling.toml",
            "max_attempts_24h",
            "max_attempt_24h",
            "4: unknown key 'max_attempt_24h' in [limits]",
        ),
        ("calling.toml", "needs", "neds", "6: unknown key 'neds' in [consent]"),
        ("calling.toml", "codes", "code", "10: unknown key 'code' in [override]"),
    ],
)
def test_a_misspelt_key_of_the_calling_hours_does_not_pass(path, right, wrong, said_of_it):
    """Hours and limits that nobody reads would let calls through; the right key is named."""
    told = said(files({path: FILES[path].replace(right, wrong, 1)}))
    assert f"{path}:{said_of_it}; did you mean {right!r}?" in told


def test_an_unreadable_file_is_one_problem():
    """A slip in a file does not bring a row of complaints about what it would have held."""
    assert said(files({"cadences/trial.toml": "name ="})) == [
        "cadences/trial.toml:1: this is not TOML; put the text in quotes"
    ]


@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 700),
    st.integers(0, 20),
    st.text(alphabet='[]{}="\n.a1$+#', max_size=6),
)
def test_the_check_never_fails_and_agrees_with_the_reader(path, start, length, instead):
    """Whatever a file says, the answer is a list; and what the check lets pass loads."""
    book = files({path: FILES[path][:start] + instead + FILES[path][start + length :]})
    found = problems(book)

    assert all(isinstance(problem, PlaybookError) for problem in found)
    assert not any("\n" in str(problem) for problem in found)
    if not found:
        load(book)
