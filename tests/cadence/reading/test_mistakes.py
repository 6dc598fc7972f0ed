"""What a newcomer gets wrong in a playbook: each is told with its file and line and what to write,
and one mistake is not told as ten."""

import pytest

from leadtui.cadence.reading.checking import problems
from tests.cadence.books import FILES as SMALL

TREE, TRIAL, NURTURE = "activity-tree.toml", "cadences/trial.toml", "cadences/nurture.toml"
WELCOME, SCRIPT, OUTCOMES = "emails/welcome.md", "scripts/first-call.md", "dispositions.toml"
FLOOR, CALLING, LEGAL = "playbook.toml", "calling.toml", "calling/legal-hours.toml"
GOALS = 'goals = ["evaluate", "warm-up", "g-a", "g-b"]\n[fields]'
FILES = {**SMALL, FLOOR: SMALL[FLOOR].replace("[fields]", GOALS)}
WHEN = '{ offer = "trial", employees = ">= 200" }'
AT = '"start + 24 hours"'
CALLS = "".join(
    f'[[step]]\nid = "more-{n}"\nchannel = "call"\nat = "start + {n} hours"\ntitle = "Again"\n\n'
    for n in (25, 26, 27, 28)
)


LATE = (
    '[[step]]\nid = "late"\nchannel = "call"\nat = "start + 3 days"\nat_time = "21:00"\n'
    'title = "Late"\n\n'
)


def files(changes):
    """The small playbook, with goals, and files replaced; ``None`` takes one out."""
    return {path: text for path, text in {**FILES, **changes}.items() if text is not None}


# (file, what stood there, what somebody writes, what is said); the line is that of what is written
CONDITIONS = [
    (TREE, WHEN, '{ offer = "trail" }', "did you mean 'trial'?"),
    (TREE, WHEN, '{ ofer = "trial" }', "did you mean 'offer'?"),
    (TREE, WHEN, '{ employees = "200+" }', "write a number, '>= 200'"),
    (TREE, WHEN, '{ employees = "=> 200" }', "write a number, '>= 200'"),
    (TREE, WHEN, '{ employees = "more than 200" }', "write a number, '>= 200'"),
    (TREE, WHEN, '{ company_size = ">= 200" }', "did you mean 'employees'?"),
    (TREE, WHEN, '{ job_title = "*admin*" }', "did you mean 'title'?"),
    (TREE, WHEN, '{ country = "United States" }', "did you mean 'US'?"),
    (TREE, WHEN, '{ country = "USA" }', "did you mean 'US'?"),
    (TREE, WHEN, '{ country = "UK" }', "did you mean 'GB'?"),
    (TREE, WHEN, '{ country = ["US", "Germany"] }', "did you mean 'DE'?"),
    (TREE, WHEN, '{ country = "XQ" }', "two letters"),
    (TREE, WHEN, '{ region = "Illinois" }', "did you mean 'IL'?"),
    (TREE, WHEN, '{ region = "illinios" }', "did you mean 'IL'?"),
    (TREE, WHEN, '{ region = "US-IL" }', "did you mean 'IL'?"),
    (TREE, WHEN, '{ country = "US", region = "XX" }', "'XX' is no region"),
    (TREE, WHEN, '{ not = { region = "New York" } }', "did you mean 'NY'?"),
    (TREE, WHEN, '{ persona = "C-level" }', "did you mean 'c_level'?"),
    (TREE, WHEN, '{ stage = "enquiry" }', "did you mean 'inquiry'?"),
    (TREE, WHEN, '{ project = "maybe" }', "allowed is 'yes'"),
    (TREE, WHEN, '{ language = "german" }', "two letters"),
    (TREE, WHEN, '{ rating = "hott" }', "did you mean 'hot'?"),
    (TREE, WHEN, '{ sign = "clicks" }', "did you mean 'click'?"),
    (TREE, WHEN, '{ inquiry_at = "last 7 days" }', "write 'within 6 months'"),
    (TREE, WHEN, '{ consent = "yes" }', "write true or false"),
    (TREE, WHEN, '{ score = "80..20" }', "put the smaller number first"),
    (TREE, WHEN, '{ title = "^chief.*" }', "'*' stands for anything"),
    (TREE, WHEN, '{ attempts = ">= 2" }', "has no attempts yet"),
    (TREE, WHEN, '{ cadence = "trial" }', "has no cadence yet"),
    (TREE, WHEN, '{ segment = "large accounts" }', "keeps no segments"),
    (TREE, WHEN, '{ not = { segment = "banks" } }', "keeps no segments"),
    (TREE, WHEN, '{ webinar_topic = "failover" }', "write event ="),
    (TREE, WHEN, '"trial"', "is not a condition"),
    (TREE, 'cadence = "trial"', 'cadence = "trail"', "did you mean 'trial'?"),
    (
        TREE,
        'cadence = "nurture"',
        'when = { offer = "trial" }\ncadence = "nurture"',
        "without 'when'",
    ),
    (TREE, 'cadence = "trial"', 'cadance = "trial"', "did you mean 'cadence'?"),
]
STEPS = [
    (TRIAL, 'channel = "call"', 'chanel = "call"', "did you mean 'channel'?"),
    (TRIAL, 'channel = "call"', 'channel = "phone"', "did you mean 'call'?"),
    (TRIAL, 'channel = "email"\nby', 'channel = "e-mail"\nby', "did you mean 'email'?"),
    (TRIAL, 'channel = "email"\nby', 'channel = "mail"\nby', "did you mean 'email'?"),
    (TRIAL, 'channel = "call"', 'channel = "linkedin"', "did you mean 'social'?"),
    (TRIAL, 'by = "system"', 'by = "automatic"', "did you mean 'system'?"),
    (TRIAL, 'channel = "call"', 'channel = "call"\nby = "sales"', "did you mean 'rep'?"),
    (TRIAL, AT, '"start + 24 hrs"', "did you mean 'start + 24 hours'?"),
    (TRIAL, AT, '"start + 1 working day"', "did you mean 'start + 1 business day'?"),
    (TRIAL, AT, '"start + 2 workdays"', "did you mean 'start + 2 business days'?"),
    (TRIAL, AT, '"start + 1 year"', "did you mean 'start + 12 months'?"),
    (TRIAL, AT, '"24 hours"', "did you mean 'start + 24 hours'?"),
    (TRIAL, AT, '"24 hours after start"', "did you mean 'start + 24 hours'?"),
    (TRIAL, AT, '"start+24h"', "did you mean 'start + 24 hours'?"),
    (TRIAL, AT, '"2 days before trial_ends"', "did you mean 'trial_ends - 2 days'?"),
    (TRIAL, AT, '"day 3"', "write an anchor and a span"),
    (TRIAL, AT, '"strat + 24 hours"', "did you mean 'start'?"),
    (TRIAL, '"trial_ends - 2', '"trial_end - 2', "did you mean 'trial_ends'?"),
    (TRIAL, '"start + 14 days"', '"14 days"', "did you mean 'start + 14 days'?"),
    (TRIAL, AT, '"previous - 1 day"', "count forwards"),
    (TRIAL, 'script = "first-call"', 'day_part = "evening"', "did you mean 'late'?"),
    (TRIAL, 'script = "first-call"', 'day_part = "noon"', "did you mean 'midday'?"),
    (TRIAL, '"previous"\ntitle', '"before"\ntitle', "did you mean 'previous'?"),
    (TRIAL, '"previous"\ntitle', '"skip"\ntitle', "allowed is 'next'"),
    (TRIAL, '"09:00"', '"9am"', "did you mean '09:00'?"),
    (TRIAL, '"09:00"', '"2.30 pm"', "did you mean '14:30'?"),
    (TRIAL, 'id = "last-note"', 'id = "call-1"', "stands in line 19 too"),
    (TRIAL, 'id = "call-1"', 'id = "call 1"', "letters, digits"),
    (TRIAL, 'script = "first-call"', 'script = "first-cal"', "did you mean 'first-call'?"),
    (TRIAL, 'email = "welcome"\nuntil', 'email = "welcome.md"\nuntil', "did you mean 'welcome'?"),
    (TRIAL, 'channel = "call"', 'channel = "call"\nby = "system"', "write by = 'rep'"),
    (TRIAL, "until_contact = true", 'until_contact = "true"', "write true or false"),
    (TRIAL, "until_contact = true", 'until_contact = "contact"', "write true or false"),
    (TRIAL, "until_contact = true", 'required_before = "discounts"', "did you mean 'discount'?"),
    (
        TRIAL,
        '[[step]]\nid = "last-note"',
        (
            '[[step]]\nid = "twice-1"\nchannel = "call"\nat = "start + 50 hours"\ntitle = "A"\n\n'
            '[[step]]\nid = "twice-2"\nchannel = "call"\nat = "start + 50 hours"\ntitle = "B"\n\n'
            '[[step]]\nid = "last-note"'
        ),
        "at the same moment",
    ),
    (TRIAL, 'email = "welcome"\nuntil', 'email = "welcome"\nscript = "first-call"\nuntil', "reads"),
    (TRIAL, "[dates]", '[dates]\ndemo_at = "start + 2 days"', "choose another name"),
    (TRIAL, 'at_time = "09:00"', 'at_time = "09:00"\nday_part = "late"', "names the hour already"),
    (TRIAL, 'title = "First call"', 'titel = "First call"', "did you mean 'title'?"),
    (TRIAL, "when = { eng", "if = { eng", "did you mean 'when'?"),
    (TRIAL, 'script = "first-call"', 'email = "welcome"', "sends no email"),
    (
        TRIAL,
        '[[step]]\nid = "last-note"',
        LATE + '[[step]]\nid = "last-note"',
        "outside the preferred hours",
    ),
    (TRIAL, '[[step]]\nid = "last-note"', CALLS + '[[step]]\nid = "last-note"', None),
]
CADENCES = [
    (TRIAL, 'on_finish = "nurture"', 'on_finish = "nuture"', "did you mean 'nurture'?"),
    (TRIAL, 'on_finish = "nurture"', 'on_finsh = "nurture"', "did you mean 'on_finish'?"),
    (TRIAL, 'on_finish = "nurture"', 'on_finish = "close"', '{ close = "reason" }'),
    (TRIAL, 'on_finish = "nurture"', 'on_finish = "none"', '{ close = "reason" }'),
    (TRIAL, 'goal = "evaluate"', 'goal = "evalute"', "did you mean 'evaluate'?"),
    (TRIAL, 'goal = "evaluate"', 'goal = "warmup"', "did you mean 'warm-up'?"),
    (TRIAL, 'goal = "evaluate"', 'max_attempts = "6"\ngoal = "evaluate"', "a whole number"),
    (TRIAL, 'goal = "evaluate"', 'max_attempts = 0\ngoal = "evaluate"', "a whole number"),
    (TRIAL, 'goal = "evaluate"', 'days = []\ngoal = "evaluate"', "name the weekdays"),
    (TRIAL, 'goal = "evaluate"', 'days = ["sat"]\ngoal = "evaluate"', "no step would ever come"),
    (TRIAL, "[dates]", '[min_gap]\ncalls = "2 hours"\n[dates]', "did you mean 'call'?"),
    (TRIAL, "[dates]", '[min_gap]\ncall = "2 hrs"\n[dates]', "did you mean '2 hours'?"),
    (NURTURE, 'stage = "nurture"', 'stage = "nuturing"', "did you mean 'nurture'?"),
    (NURTURE, 'name = "nurture"', 'name = "Nurture"', "write name = 'nurture'"),
    (NURTURE, '{ close = "silent" }', "{ close = true }", "write a text in quotes"),
    (NURTURE, '{ close = "silent" }', '{ closed = "silent" }', "did you mean 'close'?"),
    (NURTURE, 'letter = "hello"', 'letter = "helo"', "did you mean 'hello'?"),
]
LISTS = [
    ("offers.toml", "at_once = true", 'at_once = "yes"', "write true or false"),
    ("offers.toml", "strength = 40", "strenght = 40", "did you mean 'strength'?"),
    ("offers.toml", 'key = "trial"', 'key = "free trial"', "letters, digits"),
    ("personas.toml", 'titles = ["*"]', 'titles = ["manager"]', "does not fit every title"),
    ("stages.toml", '"marketing"', '"markting"', "did you mean 'marketing'?"),
    ("scoring.toml", "points = 20", "points = 0", "gives no points"),
    (OUTCOMES, "retries = 1", "max_per_cadence = 0", "a whole number"),
    ("qualification.toml", 'passes = ["yes"]\n[[', "passes = []\n[[", "no answer qualifies"),
    ("stages.toml", 'key = "mql"', 'key = "mq1"', "rename 'mq1'"),
    (
        "qualification.toml",
        '[[question]]\nprofile = "bant"',
        (
            'mapped_from = ["Active project?"]\n\n[[question]]\nprofile = "ours"\nkey = "budget"\n'
            'label = "Is there a budget?"\nshort = "budget"\nanswers = { yes = "Yes", no = "No" }\n'
            'passes = ["yes"]\nmapped_from = ["active project?"]\n\n[[question]]\nprofile = "bant"'
        ),
        "answers 'project' already",
    ),
    ("sla.toml", "minutes = 240", 'minutes = "4 hours"', "a whole number"),
    ("sla.toml", "minutes = 240", "hours = 4", "has no 'minutes'"),
    ("scoring.toml", "points = 20", 'points = "20"', "a whole number"),
    ("scoring.toml", 'part = "fit"', 'part = "interest"', "did you mean 'engagement'?"),
    ("routing.toml", '"team:inside"', '"inside"', "write 'team:name'"),
    ("routing.toml", '"round_robin"', '"round robin"', "did you mean 'round_robin'?"),
    ("qualification.toml", 'passes = ["yes"]\n[[', 'passes = ["y"]\n[[', "allowed is 'yes'"),
    ("reasons.toml", 'kind = "no"', 'kind = "not interested"', "did you mean 'not_interested'?"),
    ("reasons.toml", 'key = "1"', 'key = "11"', "the one key"),
    ("routing.toml", '"team:inside"', '"hopper"', "how a team shares its leads"),
    ("sla.toml", FILES["sla.toml"], "# later", "add a [[rule]]"),
    ("offers.toml", FILES["offers.toml"], "# later", "add an [[offer]]"),
    (OUTCOMES, '["retry", "step"]', '["data_fix"]', "write data_fix ="),
    (OUTCOMES, '["retry", "step"]', '["callback"]', "requires = ['at']"),
    (
        "qualification.toml",
        'passes = ["yes"]\n[[',
        'words = { yess = "ja" }\npasses = ["yes"]\n[[',
        "'yes'",
    ),
    ("qualification.toml", 'profile = "bant"', 'profile = "ourss"', "did you mean 'ours'?"),
    ("scoring.toml", '{ employees = ">= 200" }', '{ sign = "click" }', "'engagement'"),
    (OUTCOMES, 'key = "2"', 'key = "1"', "used twice"),
    (OUTCOMES, 'key = "2"', 'key = "c"', "is a key of the screens"),
    (OUTCOMES, 'code = "BUSY"', 'code = "NO_ANSWER"', "used twice"),
    (OUTCOMES, 'delay = "30 minutes"', 'delay = "30 min"', "did you mean '30 minutes'?"),
    (OUTCOMES, '["retry", "step"]', '["again", "step"]', "did you mean 'retry'?"),
    (OUTCOMES, '["retry", "step"]', '["email", "step"]', "names no 'email'"),
    (OUTCOMES, "retries = 1", 'requires = ["notes"]', "did you mean 'note'?"),
    (OUTCOMES, "retries = 1", 'ends = "call"', "did you mean 'calls'?"),
    (OUTCOMES, "retries = 1", 'enters = ["nurturing"]', "did you mean 'nurture'?"),
    (OUTCOMES, "retries = 1", 'closing_reasons = ["notime"]', "did you mean 'no_time'?"),
]
PLACES_AND_TIMES = [
    (CALLING, 'mon = ["08:30-17:30"]', 'monday = ["08:30-17:30"]', "did you mean 'mon'?"),
    (CALLING, 'mon = ["08:30-17:30"]', 'mon = ["8:30 am - 5:30 pm"]', "'09:00-12:00'"),
    (CALLING, 'mon = ["08:30-17:30"]', 'mon = ["05:00-07:30"]', "nobody may be called anywhere"),
    (FLOOR, "[fields]", "[take_over]\nby = []\n[fields]", "nobody could take a lead over"),
    (CALLING, 'mon = ["08:30-17:30"]', 'mon = ["17:30-08:30"]', "hours in order"),
    (CALLING, "max_attempts_24h = 3", "max_attempts = 3", "did you mean 'max_attempts_24h'?"),
    (CALLING, 'needs = ["DE"]', 'needs = ["Germany"]', "did you mean 'DE'?"),
    (CALLING, 'needs = ["DE"]', 'needs = ["de"]', "did you mean 'DE'?"),
    (CALLING, "GB = 28", '[screening.registers]\nIE = ["NDD"]', "IE = 28 under [screening]"),
    (CALLING, "GB = 28", "UK = 28", "did you mean 'GB'?"),
    (LEGAL, '"US-AL"', '"US-Alabama"', "did you mean 'US-AL'?"),
    (LEGAL, '"US-AL"', '"Alabama"', "did you mean 'US-AL'?"),
    (LEGAL, '"US-AL"', '"US-ZZ"', "no country or region"),
    (LEGAL, "holidays = false", "holiday = false", "did you mean 'holidays'?"),
    (FLOOR, "[business_hours]", "[busines_hours]", "did you mean 'business_hours'?"),
    (FLOOR, "[fields]", '[calendar]\nholidays_worked = ["Thanksgving"]\n[fields]', "Thanksgiving"),
    (FLOOR, "[fields]", '[calendar]\nholidays_worked = ["27.11.2026"]\n[fields]', "2026-11-27"),
    (FLOOR, "[fields]", '[calendar]\nholidays_worked = ["2026-11-31"]\n[fields]', "is no day"),
    (FLOOR, "[fields]", "[limits]\ncalls_per_day = 40\n[fields]", "did you mean 'calls_a_day'?"),
    (FLOOR, "[fields]", '[take_over]\nby = ["manager"]\n[fields]', "did you mean 'supervisor'?"),
    (FLOOR, "[fields]", '[languages]\nGermany = "de"\n[fields]', "did you mean 'DE'?"),
    (FLOOR, "[fields]", '[languages]\nDE = "german"\n[fields]', "two letters"),
    (FLOOR, "docs_link =", "docs-link =", "small letters and '_'"),
]
TEXTS = [
    (WELCOME, "$first_name", "$firstname", "did you mean 'first_name'?"),
    (WELCOME, "$first_name", "{{first_name}}", "write $first_name"),
    (WELCOME, "$first_name", "{first_name}", "write $first_name"),
    (WELCOME, "$first_name", "%first_name%", "write $first_name"),
    (WELCOME, "$first_name", "<first_name>", "write $first_name"),
    (WELCOME, "$first_name", "[First Name]", "write $first_name"),
    (WELCOME, "$$0", "$0", "write '$$' for a dollar"),
    (WELCOME, 'subject = "Your $product trial"\n', "", "no subject"),
    (WELCOME, 'cadences = ["trial"]', 'cadences = ["trail"]', "did you mean 'trial'?"),
    (WELCOME, 'cadences = ["trial"]', 'variant_of = "welcom"', "which is missing"),
    (WELCOME, 'cadences = ["trial"]', 'language = "german"', "two letters"),
    (SCRIPT, "## Open", "## Opening", "## Open"),
    (SCRIPT, "## B: got stuck", "## C: got stuck", "call it 'B'"),
]
TOML = [
    (TRIAL, 'title = "First call"', 'title = "First call', "close the quote"),
    (TRIAL, 'title = "First call"', "title = “First call”", "straight quotes"),
    (TRIAL, 'title = "First call"', "title = First call", "put the text in quotes"),
    (TRIAL, 'title = "First call"', 'title: "First call"', "write '=' and not ':'"),
    (TRIAL, 'title = "First call"', 'title "First call"', "write '=' between"),
    (TRIAL, 'title = "First call"', 'title = "A "first" call"', 'write \\" for a quote'),
    (TRIAL, 'title = "First call"', 'title = "C:\\calls"', "write \\\\ for a backslash"),
    (TRIAL, 'title = "First call"', 'title = "First call" // ours', "begins with '#'"),
    (TRIAL, 'title = "First call"', "title =", "write a value after '='"),
    (TRIAL, 'title = "First call"', 'title = "A"\ntitle = "B"', "'title' stands twice"),
    (TRIAL, "until_contact = true", "until_contact = True", "write true or false in small letters"),
    (TRIAL, "until_contact = true", "until_contact = yes", "write true or false"),
    (TRIAL, '[[step]]\nid = "call-1"', '[step]\nid = "call-1"', "write [[step]]"),
    (TRIAL, '[[step]]\nid = "call-1"', '[[step]\nid = "call-1"', "close it with ']]'"),
    (TRIAL, "[dates]", "[dates", "close it with ']'"),
    (TRIAL, '"start + 24 hours"', "start + 24 hours", "put the text in quotes"),
    (TREE, WHEN, '{ offer = "trial" employees = 5 }', "a comma"),
    (TREE, WHEN, '{ offer = "trial"', "close it with '}'"),
    (OUTCOMES, '["retry", "step"]', '["retry" "step"]', "a comma"),
    (OUTCOMES, '["retry", "step"]', '["retry", "step"', "close it with ']'"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [*CONDITIONS, *STEPS, *CADENCES, *LISTS, *PLACES_AND_TIMES, *TEXTS, *TOML],
    ids=lambda value: None,
)
def test_a_mistake_is_told_where_it_stands_and_what_to_write(file, old, new, said):
    """One sentence at its line; what follows from it is not told as well."""
    assert old in FILES[file]
    text = FILES[file].replace(old, new, 1)
    found = problems(files({file: text}))
    said = said or "the gate allows 3"
    right = [one for one in found if said in one.message]

    assert right, [str(one) for one in found]
    assert right[0].file == file
    assert len(found) <= 3, [str(one) for one in found]
    start = FILES[file][: FILES[file].index(old)].count("\n") + 1
    if new:
        assert start - 3 <= right[0].line <= start + new.count("\n") + 1, str(right[0])


def step_at_once(name, follows):
    """A cadence that takes no time."""
    return (
        f'name = "{name}"\ntitle = "T"\ngoal = "g-{name}"\non_finish = "{follows}"\n'
        f'[[step]]\nid = "one"\nchannel = "task"\nat = "start"\ntitle = "Now"\n'
    )


def test_cadences_that_lead_to_each_other_in_no_time_are_refused():
    """Two, or one to itself; one that takes a day may come again."""
    entered = FILES[TREE].replace('cadence = "nurture"', 'cadence = "a"')
    tree = {TREE: entered}
    two = {"cadences/a.toml": step_at_once("a", "b"), "cadences/b.toml": step_at_once("b", "a")}
    (found,) = problems(files({**tree, **two}))
    assert str(found).startswith("cadences/a.toml:4: ")
    assert "'a', 'b' and 'a' again in no time" in str(found)
    (alone,) = problems(files({**tree, "cadences/a.toml": step_at_once("a", "a")}))
    assert "'a' and 'a' again in no time" in str(alone)
    daily = step_at_once("a", "a").replace('"start"', '"start + 1 day"')
    assert problems(files({**tree, "cadences/a.toml": daily})) == ()


def test_a_cadence_of_calls_that_leads_to_itself_is_refused():
    """Nobody is called for ever; a letter may come again."""
    call = FILES[TRIAL].replace('when = { engagement = ">= 20" }\n', "")
    (found,) = problems(
        files({TRIAL: call.replace('on_finish = "nurture"', 'on_finish = "trial"')})
    )
    assert str(found).startswith("cadences/trial.toml:4: a lead goes through 'trial' and 'trial'")
    assert "is called each time" in str(found)
    again = FILES[NURTURE].replace('{ close = "silent" }', '"nurture"')
    assert problems(files({NURTURE: again})) == ()


def test_a_cadence_that_nothing_leads_to_is_told():
    """By its first line, with what would lead to it."""
    (found,) = problems(
        files(
            {"cadences/extra.toml": step_at_once("extra", "nurture").replace("g-extra", "evaluate")}
        )
    )
    assert str(found).startswith("cadences/extra.toml:1: nothing leads to this cadence")
    assert "activity-tree.toml" in str(found)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("cadence/trial.toml", "did you mean 'cadences/trial.toml'?"),
        ("trial.toml", "did you mean 'cadences/trial.toml'?"),
        ("emails/welcome2.txt", "did you mean 'emails/welcome2.md'?"),
        ("disposition.toml", "did you mean 'dispositions.toml'?"),
        ("mails/hello.md", "did you mean 'emails/hello.md'?"),
    ],
)
def test_a_file_in_the_wrong_place_is_told(file, said):
    """With where it belongs."""
    (found,) = problems(files({file: 'title = "x"\n'}))
    assert (found.file, said in found.message) == (file, True), str(found)


def test_a_cadence_under_another_name_is_one_mistake():
    """Its file and its name differ: what names it is right by the one and wrong by the other."""
    book = files({TRIAL: None, "cadences/trail.toml": FILES[TRIAL]})
    (found,) = problems(book)
    assert str(found).startswith("cadences/trail.toml:1: name = 'trial'")


@pytest.mark.parametrize("text", ["---\ntitle = 'x'\n---\nHello\n", "title = 'x'\nHello\n"])
def test_a_text_without_its_fences_is_told_how_to_begin(text):
    """Dashes are no fence here."""
    (found,) = problems(files({"objections/price.md": text}))
    assert "'+++'" in found.message


@pytest.mark.parametrize("at", ["trial_ends + 2 days", "start + 16 days"])
def test_a_note_that_comes_after_the_day_it_speaks_of_is_told(at):
    """Unless it says that the day is over."""
    step = FILES[TRIAL].replace("trial_ends - 2 business days", at)
    text = FILES[WELCOME].replace(
        "the documentation", "your trial ends $trial_ends; the documentation"
    )
    (found,) = problems(files({TRIAL: step, WELCOME: text}))
    assert str(found).startswith(
        "cadences/trial.toml:30: step 'last-note' falls due after trial_ends"
    )
    over = text.replace("ends $trial_ends", "ended $trial_ends")
    assert problems(files({TRIAL: step, WELCOME: over})) == ()


def test_a_date_that_comes_too_early_puts_its_step_before_the_others():
    """A trial of an hour ends before its first call."""
    (found,) = problems(files({TRIAL: FILES[TRIAL].replace("start + 14 days", "start + 1 hours")}))
    assert "step 'last-note' falls due before step 'welcome' above it" in str(found)


def test_a_text_that_is_for_another_cadence_is_told_where_it_is_used():
    """Each step that names it, with what would make it right."""
    text = FILES[WELCOME].replace('cadences = ["trial"]', 'cadences = ["nurture"]')
    found = problems(files({WELCOME: text}))
    assert {one.file for one in found} == {TRIAL}
    assert all("is for 'nurture'; name another, or add 'trial'" in one.message for one in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "nurturing"', 'key = "warm"', "no stage is called 'nurturing'"),
        ('pipeline = "sales"', 'pipeline = "marketing"', "no stage is of sales"),
    ],
)
def test_a_stage_that_leads_are_put_in_is_missed(old, new, said):
    """What the program calls by itself has to be there."""
    (found,) = problems(files({"stages.toml": FILES["stages.toml"].replace(old, new)}))
    assert (found.file, said in found.message) == ("stages.toml", True), str(found)
