"""Rules that follow a date of the lead or something it does: read, checked, compared."""

from datetime import UTC, datetime, timedelta

import pytest

from leadtui.cadence.conditions import parse
from leadtui.cadence.diffing import diff
from leadtui.cadence.model import Channel, ScoreRule
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.scoring import Engagement, Sign, score, warmth
from leadtui.desk.playbook.files import default_files
from tests.cadence.books import FILES

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
RULE = """[[rule]]
name = "Budget"
at = "budget_month - 1 month"
cadence = "trial"
"""


def said(text):
    return [
        str(problem)
        for problem in problems({**FILES, "events.toml": text})
        if problem.file == "events.toml"
    ]


def test_a_rule_is_read_whole():
    """A date with its span, a condition and a touch come out as written."""
    text = (
        '[[rule]]\nname = "Look"\nsign = ["click"]\nwhen = { score = ">= 5" }\ntouch = '
        '"call"\ntitle = '
        '"Call"\n'
    )
    (rule,) = load({**FILES, "events.toml": text}).events
    assert (rule.name, rule.signs, rule.channel, rule.title, rule.at) == (
        "Look",
        ("click",),
        Channel.CALL,
        "Call",
        None,
    )


def test_a_playbook_without_rules_is_in_order():
    """Nobody needs the file."""
    assert not [problem for problem in problems(FILES) if problem.file == "events.toml"]
    assert load(FILES).events == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("trial", "tria"), "which is no cadence; did you mean 'trial'?"),
        (
            ("budget_month", "budget_moth"),
            "the unknown date 'budget_moth'; did you mean 'budget_month'?",
        ),
        (('at = "budget_month - 1 month"\n', ""), "write either 'at' or 'sign'"),
        (('at = "budget_month - 1 month"', 'sign = "clack"'), "did you mean 'click'?"),
        (('cadence = "trial"\n', ""), "write either 'cadence' or 'touch'"),
        (('cadence = "trial"', 'touch = "call"'), "has no 'title'"),
        (('name = "Budget"\n', ""), "has no 'name'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(change, words):
    """Each mistake is one sentence that names the nearest known word."""
    assert any(words in problem for problem in said(RULE.replace(*change)))


def test_a_changed_rule_is_told():
    """The notice of a change names the rule."""
    old = load({**FILES, "events.toml": RULE})
    new = load({**FILES, "events.toml": RULE.replace("1 month", "2 months")})
    assert [(change.kind, change.name, change.what) for change in diff(old, new)] == [
        ("event rule", "Budget", "changed")
    ]


def test_the_default_playbook_has_rules_for_dates_and_for_signs():
    """The shipped file passes the check and covers both."""
    book = load(default_files())
    assert problems(default_files()) == ()
    assert {bool(rule.at) for rule in book.events} == {True, False}


# -- engagement ------------------------------------------------------------------------------------


def rules(*pairs):
    return tuple(
        ScoreRule(f"r{number}", "engagement", parse(when), points)
        for number, (when, points) in enumerate(pairs)
    )


CLICK = rules(({"sign": "click"}, 10))


def test_points_are_whole_when_earned_and_halve_with_the_half_life():
    """Ten points are ten at once, five a half-life later, and nothing in the end."""
    warm, causes = warmth(CLICK, {}, [Sign(NOW, {"sign": "click"})], 30)
    worth = Engagement(0, warm, 30)
    assert causes == (("r0", 10, NOW),)
    assert [worth(NOW + timedelta(days=days)) for days in (0, 1, 30, 60, 300)] == [10, 10, 5, 3, 0]


def test_many_signs_are_one_curve():
    """Eight clicks on eight days are worth the sum of what each is still worth."""
    signs = [Sign(NOW + timedelta(days=day), {"sign": "click"}) for day in range(8)]
    warm, _ = warmth(CLICK, {}, signs, 30)
    then = NOW + timedelta(days=40)
    exact = sum(10 * 0.5 ** ((then - sign.at) / timedelta(days=30)) for sign in signs)
    assert Engagement(0, warm, 30)(then) == round(exact)


def test_one_rule_counts_once_a_day():
    """Ten clicks of one day are one sign of interest."""
    signs = [Sign(NOW + timedelta(minutes=minute), {"sign": "click"}) for minute in range(10)]
    assert Engagement(0, warmth(CLICK, {}, signs, 30)[0], 30)(NOW + timedelta(minutes=10)) == 10


def test_what_is_known_of_a_project_does_not_fade():
    """A rule that asks for nothing that happened at a moment stands apart."""
    both = rules(({"project": "yes"}, 15), ({"offer": "webinar"}, 20))
    facts = {"project": "yes", "offer": "webinar"}
    assert score(both, "engagement", facts, NOW)[0] == 15
    warm, _ = warmth(
        both, facts, [Sign(NOW, {"offer": "webinar"}), Sign(NOW, {"sign": "click"})], 30
    )
    assert Engagement(15, warm, 30)(NOW) == 35


@pytest.mark.parametrize(
    "when",
    [
        {"any": [{"title": "*CIO*"}, {"sign": "click"}]},
        {"not": {"sign": "open"}},
        {"any": [{"title": "*CIO*"}, {"not": {"any": [{"sign": "open"}]}}]},
    ],
)
def test_what_happened_at_a_moment_fades_however_deep_it_is_asked_for(when):
    """A sign inside any or not is a sign: it is worth points then, and does not stand for ever."""
    deep = rules((when, 20))
    facts = {"title": "Clerk", "sign": "click"}
    assert score(deep, "engagement", facts, NOW) == (0, ())
    assert warmth(deep, facts, [Sign(NOW, {"sign": "click"})], 30)[1] == (("r0", 20, NOW),)


def test_the_whole_score_is_kept_between_its_ends():
    """Engagement is at most 100 and at least 0, whatever the fit."""
    high = warmth(rules(({"offer": "demo"}, 900)), {}, [Sign(NOW, {"offer": "demo"})], 30)[0]
    assert Engagement(50, high, 30, plus=40)(NOW) == 140
    assert Engagement(-5, None, 30, plus=40)(NOW) == 40


def test_points_that_cancel_out_leave_nothing():
    """A sign against interest takes away, and never below nothing."""
    rows = rules(({"sign": "click"}, 10), ({"sign": "open"}, -30))
    assert (
        warmth(rows, {}, [Sign(NOW, {"sign": "click"}), Sign(NOW, {"sign": "open"})], 30)[0] is None
    )
