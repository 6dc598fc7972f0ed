"""The default playbook's texts, read with nothing but tomllib and string.Template: what a rep would
stumble over."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest

PLAYBOOK = Path(__file__).parents[2] / "data" / "playbook"
LEAD_FIELDS = {
    *("first_name", "last_name", "full_name", "title", "company", "city", "country", "industry", "product", "vendor"),
    *("rep_name", "rep_first_name", "rep_email", "rep_phone", "offer", "event", "trial_ends", "meeting_at"),
    *("callback_at", "last_touch_day", "postal_address", "opt_out_line", "yes_call_me_line", "greeting"),
    *("inquiry_day", "next_workday", "second_workday", "missed_line"),
}
SIGNATURE = "$rep_name\n$vendor\n$postal_address\n$opt_out_line"
NURTURE = ("nurture-12-month", "weekly-nurture", "monthly-letter", "quarterly-note")
OBJECTIONS = {
    *("no-time", "send-me-something", "have-a-solution", "no-budget", "not-the-right-person", "we-use-linux"),
    *("price", "bad-timing", "covered-by-cloud"),
}
CADENCES = {
    *("trial", "inquiry-tail", "white-paper", "demo-executive", "demo-technical", "post-demo", "inquiry", "trade-show"),
    *("nurture-12-month", "weekly-nurture", "monthly-letter", "quarterly-note", "negotiation", "post-sale", "not-now"),
    "opportunity",
}
LETTERS_THEN_NOTES = ["monthly-letter", "quarterly-note"]
SUBJECT_MAX = 60
VOICEMAIL_MAX = 50  # words; under 20 seconds when spoken calmly


def toml(name: str) -> dict[str, Any]:
    """A file of the playbook as a table."""
    return tomllib.loads((PLAYBOOK / name).read_text(encoding="utf-8"))


def front_and_body(path: Path) -> tuple[dict[str, Any], str]:
    """A template's front matter and its text."""
    empty, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    assert empty == ""
    return tomllib.loads(front), body.strip()


def texts(kind: str) -> list[Path]:
    """All templates of a kind."""
    return sorted((PLAYBOOK / kind).glob("*.md"))


def cadences() -> dict[str, dict[str, Any]]:
    """All cadences by file name."""
    return {path.stem: toml(f"cadences/{path.name}") for path in sorted((PLAYBOOK / "cadences").glob("*.toml"))}


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step with its cadence."""
    for name, cadence in cadences().items():
        for step in cadence["step"]:
            yield name, step


def step(cadence: str, ident: str) -> dict[str, Any]:
    """One step by its id."""
    return next(found for found in cadences()[cadence]["step"] if found["id"] == ident)


def sections(body: str) -> dict[str, str]:
    """A script's sections by heading."""
    heads = re.split(r"^## (.+)$", body, flags=re.MULTILINE)[1:]
    return dict(zip(heads[::2], heads[1::2], strict=True))


def constants() -> dict[str, str]:
    """The fields that are the same for every lead."""
    playbook = toml("playbook.toml")
    return {"vendor": playbook["vendor"], "product": playbook["product"], **playbook["fields"]}


def rendered(text: str) -> str:
    """A text with its constants, and plausible values for the rest."""
    long_values = dict.fromkeys(LEAD_FIELDS, "Brightwater Mutual") | {"trial_ends": "Wednesday, December 30"}
    long_values |= {"meeting_at": "Wednesday, December 30, 10:30 a.m. Central"}
    long_values |= {"missed_line": "I have called you a few times and did not reach you."}
    long_values |= {"inquiry_day": "on Wednesday", "next_workday": "Wednesday", "second_workday": "Thursday"}
    return Template(text).substitute(long_values | constants())


ALL_TEXTS = [path for kind in ("emails", "scripts", "letters", "objections") for path in texts(kind)]


@pytest.mark.parametrize("path", ALL_TEXTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_text_names_only_fields_that_exist(path):
    front, body = front_and_body(path)
    text = Template(front.get("subject", "") + "\n" + body)

    assert text.is_valid()
    assert set(text.get_identifiers()) <= LEAD_FIELDS | set(constants())
    assert set(front) <= {"title", "subject", "when", "variant_of", "wording", "cadences", "language"}
    assert front["title"]
    assert set(front.get("cadences", [])) <= CADENCES


@pytest.mark.parametrize("path", texts("emails"), ids=lambda path: path.stem)
def test_an_email_is_short_asks_once_and_ends_with_who_and_how_to_stop(path):
    front, body = front_and_body(path)
    said = body.removesuffix(SIGNATURE).replace("$yes_call_me_line", "")

    assert len(rendered(front["subject"])) <= SUBJECT_MAX
    assert body.endswith("\n\n" + SIGNATURE)
    assert body.startswith("$greeting,\n\n" if front.get("language") else "Hello $first_name,\n\n")
    assert 60 <= len(rendered(said).split()) <= 130
    assert "?" in said


@pytest.mark.parametrize("cadence", NURTURE)
def test_every_nurture_email_offers_a_call(cadence):
    used = {step["email"] for step in cadences()[cadence]["step"] if "email" in step}
    bodies = [front_and_body(path) for path in texts("emails")]
    of_cadence = [
        body
        for path, (front, body) in zip(texts("emails"), bodies, strict=True)
        if path.stem in used or front.get("variant_of") in used
    ]

    assert len(of_cadence) >= len(used) > 0
    assert all("\n\n$yes_call_me_line\n\n$rep_name" in body for body in of_cadence)


CALL_SCRIPTS = sorted({step["script"] for _, step in steps() if step["channel"] == "call"})


@pytest.mark.parametrize("path", texts("scripts"), ids=lambda path: path.stem)
def test_a_script_opens_with_a_reason_has_three_branches_at_most_and_closes(path):
    front, body = front_and_body(path)
    parts = sections(body)
    branches = [head for head in parts if re.match(r"[A-Z]: ", head)]

    assert next(iter(parts)) == "Open"
    assert [head[0] for head in branches] == list("ABC")[: len(branches)]
    assert parts["Close"].strip()
    assert set(parts) - set(branches) <= {"Open", "Close", "Voicemail"}
    if path.stem in CALL_SCRIPTS or front.get("variant_of") in CALL_SCRIPTS:
        assert len(rendered(parts["Voicemail"]).replace("Brightwater Mutual", "Brightwater").split()) <= VOICEMAIL_MAX
        assert ("$rep_name" if front.get("language") else "$rep_first_name") in parts["Open"]


def test_every_referenced_text_exists_and_every_text_is_used():
    wanted = {
        (kind, step[key])
        for _, step in steps()
        for key, kind in (("email", "emails"), ("script", "scripts"), ("letter", "letters"))
        if key in step
    }
    there = {(path.parent.name, path.stem): front_and_body(path)[0] for path in ALL_TEXTS}

    assert wanted <= set(there)
    for (kind, ident), front in there.items():
        offered = kind == "objections" or front.get("cadences")
        assert offered or (kind, ident) in wanted, ident
        if "variant_of" in front:
            assert (kind, front["variant_of"]) in there
            assert {"when", "wording", "language"} & set(front)
        elif kind in ("scripts", "letters"):
            assert (kind, ident) in wanted, ident


def test_nothing_is_named_twice():
    for name, cadence in cadences().items():
        assert cadence["name"] == name
        assert max(Counter(step["id"] for step in cadence["step"]).values()) == 1, name
    for file, table, key in (
        ("offers.toml", "offer", "key"),
        ("personas.toml", "persona", "name"),
        ("stages.toml", "stage", "key"),
        ("scoring.toml", "rule", "name"),
    ):
        assert max(Counter(row[key] for row in toml(file)[table]).values()) == 1, file
    reasons = toml("reasons.toml")["reason"]
    assert max(Counter((row["kind"], row["code"]) for row in reasons).values()) == 1
    assert max(Counter((row["kind"], row["key"]) for row in reasons).values()) == 1
    titles = Counter((path.parent, front_and_body(path)[0]["title"]) for path in ALL_TEXTS)
    assert [title for title, times in titles.items() if times > 1] == []
    bodies = Counter(front_and_body(path)[1] for path in ALL_TEXTS)
    assert max(bodies.values()) == 1


def test_the_objections_a_rep_meets_have_an_answer():
    assert {path.stem for path in texts("objections")} >= OBJECTIONS


def test_the_monthly_letter_has_two_wordings_each_month():
    letters = [step["email"] for step in cadences()["monthly-letter"]["step"] if step["channel"] == "email"]
    fronts = {path.stem: front_and_body(path)[0] for path in texts("emails")}

    assert len(letters) == 12
    for ident in letters:
        other = next(front for front in fronts.values() if front.get("variant_of") == ident)
        assert (fronts[ident]["wording"], other["wording"]) == ("a", "b")
        assert fronts[ident]["subject"] != other["subject"]


def test_every_cadence_has_goal_exits_and_a_place_in_the_order():
    all_cadences = cadences()
    assert set(all_cadences) == CADENCES
    for name, cadence in all_cadences.items():
        assert {"title", "goal", "description", "strength", "stage", "on_finish", "on_exhausted"} <= set(cadence), name
        for exit_ in (cadence["on_finish"], cadence["on_exhausted"]):
            names = [exit_] if isinstance(exit_, str) else exit_
            assert isinstance(names, dict) or set(names) <= CADENCES, name
    assert all_cadences["monthly-letter"]["goal"] != all_cadences["quarterly-note"]["goal"]


@pytest.mark.parametrize("name", ["monthly-letter", "quarterly-note"])
def test_a_cadence_that_starts_over_ends_with_something_that_is_never_skipped(name):
    """Without a step that needs neither phone nor e-mail, a lead who has neither would go round in
    no time."""
    cadence = cadences()[name]

    assert cadence["on_finish"] == name
    assert cadence["step"][-1]["channel"] == "task"
    assert "when" not in cadence["step"][-1]


def test_the_tree_and_the_exits_lead_everywhere():
    tree = toml("activity-tree.toml")["rule"]
    reached = {rule["cadence"] for rule in tree} | {"not-now", "opportunity"}  # these two: entered by an outcome
    for cadence in cadences().values():
        for exit_ in (cadence["on_finish"], cadence["on_exhausted"]):
            reached |= set() if isinstance(exit_, dict) else {exit_} if isinstance(exit_, str) else set(exit_)

    assert reached == CADENCES
    assert "when" not in tree[-1]
    assert all("when" in rule for rule in tree[:-1])


def test_exits_are_the_agreed_ones():
    all_cadences = cadences()
    for name in ("white-paper", "post-demo", "trade-show"):
        assert all_cadences[name]["on_finish"] == all_cadences[name]["on_exhausted"] == LETTERS_THEN_NOTES
    assert all_cadences["trial"]["on_exhausted"] == "inquiry-tail"
    assert all_cadences["inquiry-tail"]["on_finish"] == all_cadences["inquiry-tail"]["on_exhausted"] == "weekly-nurture"
    assert all_cadences["demo-executive"]["on_finish"] == all_cadences["demo-technical"]["on_finish"] == "post-demo"
    assert "monthly-letter" in all_cadences["weekly-nurture"]["on_finish"]


def timing(name: str) -> list[tuple[str, str]]:
    """Channel and planned time of each step."""
    return [(step["channel"], step["at"]) for step in cadences()[name]["step"]]


def test_trial_timing():
    assert timing("trial") == [
        ("email", "start"),
        ("call", "start + 24 hours"),
        ("call", "start + 72 hours"),
        ("email", "start + 5 days"),
        ("email", "trial_ends - 2 days"),
    ]
    assert cadences()["trial"]["dates"] == {"trial_ends": "start + 14 days"}
    assert step("trial", "welcome")["by"] == "system"
    assert step("trial", "day-5-note")["on_closed_day"] == "next"
    assert step("trial", "expiry-note")["on_closed_day"] == "previous"


def test_inquiry_timing():
    calls = [step for step in cadences()["inquiry"]["step"] if step["channel"] == "call"]

    assert cadences()["inquiry"]["max_attempts"] == len(calls) == 7
    assert calls[0]["at"] == "start"
    assert [call["at"] for call in calls[3:]] == [
        "start + 2 days",
        "start + 3 days",
        "start + 10 days",
        "start + 11 days",
    ]
    assert all(call["day_part"] == "other" and call["until_contact"] for call in calls[1:])
    assert [channel for channel, _ in timing("inquiry")] == [
        *("call", "email", "call", "call", "call", "email", "call", "call", "call"),
    ]


def test_trade_show_timing():
    assert timing("trade-show") == [
        ("call", "start"),
        ("email", "previous"),
        ("call", "previous + 45 minutes"),
        ("call", "start + 1 day"),
        ("email", "start + 3 days"),
        ("call", "start + 4 days"),
        ("call", "start + 7 days"),
        ("email", "previous"),
        ("call", "start + 13 days"),
        ("email", "start + 14 days"),
    ]


def test_nurture_has_something_every_month():
    months = [
        int(match[1]) for _, at in timing("nurture-12-month") if (match := re.fullmatch((r"start \+ (\d+) " r"months?"), at))
    ]
    assert months == list(range(1, 13))
    assert step("nurture-12-month", "m6-letter")["channel"] == "letter"


def test_a_discount_waits_for_the_reference():
    assert step("negotiation", "ask-reference")["required_before"] == "discount"


def test_reps_read_plain_american_english():
    """Words and signs that make a text sound like an advertisement, or like no one in
    particular."""
    banned = re.compile(
        r"\b(synerg|leverag|cutting.edge|world.class|best.in.class|game.chang|seamless|reach " r"out|touch base|circle " r"back|"
        r"just checking in|hope this (e-?mail )?finds|revolution|empower|solutions? " r"provider|robust|mission.critical|"
        r"organis|realis(e|ing)|colour|favour)",
        re.IGNORECASE,
    )
    for path in ALL_TEXTS:
        body = path.read_text(encoding="utf-8")
        assert not banned.search(body), (path.name, banned.search(body))
        assert not set(body) & set("\u2013\u2014\u2018\u2019\u201c\u201d"), path.name
