"""Everything that is wrong with a playbook, at once: what ``load`` would refuse and what only the
whole shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from leadtui.cadence.gate.zones import is_place
from leadtui.cadence.model import REGISTERS, Condition, Playbook
from leadtui.cadence.reading._check_cadences import cadence_problems, known_dates
from leadtui.cadence.reading._check_texts import template_problems
from leadtui.cadence.reading._check_ways import way_problems
from leadtui.cadence.reading._codes import (
    holiday_problems,
    place_help,
    wrong_country,
    wrong_language,
    wrong_region,
)
from leadtui.cadence.reading._events import event_problems
from leadtui.cadence.reading._kits import kit_problems
from leadtui.cadence.reading._not_toml import NotToml
from leadtui.cadence.reading._proofs import implies, never, text_tests
from leadtui.cadence.reading._readers import WEEKDAYS, Unfinished
from leadtui.cadence.reading.attachments import FOLDER as ATTACHMENTS
from leadtui.cadence.reading.loading import FILES, OPTIONAL, read
from leadtui.cadence.reading.templates import FOLDERS, split
from leadtui.cadence.scoring import SIGNS
from leadtui.cadence.sources.folding import fold, like
from leadtui.cadence.sources.places import Place, nearest, quoted, suggestion
from leadtui.errors import PlaybookError

__all__ = ["known_dates", "problems"]

FACTS = {"fit": "technical_fit"}
"""Questions whose answer conditions know by another word."""

RATINGS = ("hot", "warm", "cold", "")
"""What a badge may be rated; empty where it was not."""

OWN_STAGES = {
    "nurturing": "a lead is in it until it has the points",
    "mql": "a lead that goes to a rep is in it",
}
"""Stages by which the program calls what becomes of leads, and when."""

LATER = frozenset({"attempts", "contacts", "cadence"})
"""What is not known of a lead before it is in a cadence."""

NOT_KEPT = {
    "segment": "the floor keeps no segments, so nobody is in {}; write out whom it means, such as "
    "employees = '>= 200'",
    "webinar_topic": "no response says what a webinar was about, so nobody matches {}; write "
    "event = '…'",
}
"""Fields that no lead has a value of, and what to write in their place."""

FREE = frozenset({"title", "company", "industry", "city", "source", "event"})
"""Fields that compare with whatever people wrote."""
_REGEX = re.compile(r"^\^|\$$|\.\*|\\[bdsw]")

_IGNORED = (".md", ".txt", "")
"""Files beside the playbook, such as a README, that are nobody's mistake."""


def problems(files: Mapping[str, str]) -> tuple[PlaybookError, ...]:
    """Every problem of the playbook in ``files``, by file and line; none means that it can be
    run."""
    found: list[PlaybookError] = []
    playbook = read(files, found)
    unreadable = {problem.file for problem in found if isinstance(problem, NotToml)}
    mistaken = {(problem.file, problem.line) for problem in found}
    more = [
        problem
        for problem in _whole(files, playbook)
        if problem.file not in unreadable
        and (problem.file, problem.line) not in mistaken
        and not (unreadable and isinstance(problem, Unfinished))
    ]
    unique = {str(problem): problem for problem in (*found, *more)}
    return tuple(sorted(unique.values(), key=lambda problem: (problem.file, problem.line)))


def _whole(files: Mapping[str, str], playbook: Playbook) -> Iterator[PlaybookError]:
    """What shows only when all files are read."""
    yield from _files(files)
    yield from _empty(playbook)
    playbook = _under_both_names(playbook)
    yield from _tree(playbook)
    for name in ("activity-tree", "sla", "routing"):
        yield from _first_match(playbook, name)
    yield from _too_early(playbook)
    yield from _scoring(playbook)
    yield from _stages(playbook)
    yield from _personas(playbook)
    yield from _dispositions(playbook)
    yield from _hours(playbook)
    yield from _places(playbook)
    yield from holiday_problems(playbook, _place(playbook, "playbook.toml"))
    for cadence in playbook.cadences.values():
        yield from cadence_problems(playbook, cadence)
    yield from way_problems(playbook)
    for template in playbook.templates.values():
        yield from template_problems(playbook, template)
    yield from event_problems(playbook, known_dates(playbook))
    yield from kit_problems(playbook)
    yield from _words(playbook)


_NAME = re.compile(r"""^name\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


def _under_both_names(playbook: Playbook) -> Playbook:
    """Where a cadence calls itself otherwise than its file that is one mistake: whatever leads to
    it is right by either name."""
    called = {}
    for cadence in playbook.cadences.values():
        name = _NAME.search(playbook.files[cadence.file])
        if name and name[1] not in playbook.cadences:
            called[name[1]] = cadence
    return replace(playbook, cadences={**playbook.cadences, **called}) if called else playbook


def _place(playbook: Playbook, file: str) -> Place:
    return Place(file, (), playbook.files.get(file, ""))


def _files(files: Mapping[str, str]) -> Iterator[PlaybookError]:
    """Missing files, and files that nothing reads."""
    for file, content in FILES.items():
        if (
            file not in files and file not in OPTIONAL and file != "playbook.toml"
        ):  # whose absence stops the reading already
            yield PlaybookError(file, 0, f"the file is missing; add it with {content}")
    folders = ("cadences", *FOLDERS)
    for file in files:
        path = PurePosixPath(file)
        if file in FILES or (
            len(path.parts) == 2 and path.parts[0] in folders and _suffix(path) == path.suffix
        ):
            continue
        if len(path.parts) == 2 and path.parts[0] == ATTACHMENTS:
            continue
        if len(path.parts) == 1 and path.suffix in _IGNORED:
            continue
        places = [
            *FILES,
            *(f"{folder}/{path.stem}{_suffix(PurePosixPath(folder, 'x'))}" for folder in folders),
        ]
        hint = (
            f"did you mean '{near}'?"
            if (near := nearest(file, places))
            else "move it out of the playbook"
        )
        yield PlaybookError(file, 0, f"nothing in a playbook is read from this file; {hint}")


def _empty(playbook: Playbook) -> Iterator[PlaybookError]:
    """Files that are there and say nothing; those that need a last rule are asked for it."""
    for file in ("offers", "sla", "scoring", "routing", "stages", "qualification", "reasons"):
        if (text := playbook.files.get(f"{file}.toml")) is not None and "[[" not in text:
            yield PlaybookError(
                f"{file}.toml", 1, f"nothing stands in this file; add {FILES[f'{file}.toml']}"
            )


def _suffix(path: PurePosixPath) -> str:
    return ".toml" if path.parts[0] == "cadences" else ".md"


def _tree(playbook: Playbook) -> Iterator[PlaybookError]:
    place = _place(playbook, "activity-tree.toml")
    if not place.text:
        return
    if not playbook.tree:
        yield place.error(
            "the activity tree has no rule; end it with a [[rule]] that has a cadence and no 'when'"
        )
    elif playbook.tree[-1].when.tests:
        message = "the last rule does not match everything; add a [[rule]] without 'when' below it"
        yield PlaybookError(place.file, playbook.tree[-1].line, message)
    for number, rule in enumerate(playbook.tree):
        if rule.cadence and rule.cadence not in playbook.cadences:
            hint = suggestion(rule.cadence, playbook.cadences)
            message = f"the rule leads to {quoted(rule.cadence)}, which is no cadence; {hint}"
            yield place.at("rule", number, "cadence").error(message)


def _first_match(playbook: Playbook, name: str) -> Iterator[PlaybookError]:
    """Rules of a list in which the first match wins that can never be reached."""
    conditions = _rules(playbook)[f"{name}.toml"]
    place = _place(playbook, f"{name}.toml")
    for number, condition in enumerate(conditions):
        here = place.at("rule", number)
        if never(condition):
            yield here.at("when").error(
                "the rule can never match: its condition cannot hold; mend 'when'"
            )
            continue
        for earlier in range(number):
            if implies(condition, conditions[earlier]):
                line = place.at("rule", earlier).where()
                yield here.error(
                    f"the rule is never reached, since the one in line {line} matches first; "
                    "move it up"
                )
                break


def _too_early(playbook: Playbook) -> Iterator[PlaybookError]:
    """Rules for a lead that comes in which ask for what comes later."""
    for file in ("activity-tree.toml", "routing.toml"):
        for number, condition in enumerate(_rules(playbook)[file]):
            for test in condition.tests:
                field = getattr(test, "field", "")
                if field in LATER:
                    yield (
                        _place(playbook, file)
                        .at("rule", number, "when")
                        .error(
                            f"a lead that comes in has no {field} yet, so the rule is never meant; "
                            "take it out, or ask it in 'when' of a step"
                        )
                    )


def _scoring(playbook: Playbook) -> Iterator[PlaybookError]:
    place = _place(playbook, "scoring.toml")
    for number, rule in enumerate(playbook.scoring):
        if never(rule.when):
            message = (
                f"the rule {quoted(rule.name)} can never match: its condition cannot "
                "hold; mend 'when'"
            )
            yield place.at("rule", number, "when").error(message)
        if not rule.points:
            message = (
                f"the rule {quoted(rule.name)} gives no points; write how many, or take it out"
            )
            yield place.at("rule", number, "points").error(message)
        if rule.part == "fit" and any(field == "sign" for field, _ in text_tests(rule.when)):
            message = f"the rule {quoted(rule.name)} can never match: a sign is engagement, not fit"
            yield place.at("rule", number, "part").error(f"{message}; write part = 'engagement'")


def _stages(playbook: Playbook) -> Iterator[PlaybookError]:
    """The stages that leads are put in by what happens to them, and not by anybody."""
    place, known = _place(playbook, "stages.toml"), [stage.key for stage in playbook.stages]
    if not known:
        return
    for key, when in OWN_STAGES.items():
        if key not in known:
            near = nearest(key, known)
            here = place.at("stage", known.index(near), "key") if near else place
            hint = f"rename '{near}'" if near else f'add a [[stage]] with key = "{key}"'
            yield here.error(f"no stage is called '{key}', and {when}; {hint}")
    if not any(stage.pipeline == "sales" for stage in playbook.stages):
        yield place.error(
            "no stage is of sales, and a lead that is accepted is in one; add a [[stage]] with "
            'pipeline = "sales"'
        )


def _personas(playbook: Playbook) -> Iterator[PlaybookError]:
    place = _place(playbook, "personas.toml")
    if not place.text:
        return
    if not playbook.personas or "*" not in playbook.personas[-1].titles:
        place = place.at("persona", max(len(playbook.personas) - 1, 0), "titles")
        yield place.error(
            "the last persona does not fit every title; end with name = 'other' and titles = ['*']"
        )
    for number, persona in enumerate(playbook.personas[:-1]):
        if "*" in persona.titles:
            message = (
                f"the persona {quoted(persona.name)} fits every title, so those below "
                "are never reached; move it "
                "down"
            )
            yield place.at("persona", number, "titles").error(message)


def _dispositions(playbook: Playbook) -> Iterator[PlaybookError]:
    place = _place(playbook, "dispositions.toml")
    emails = [template.id for template in playbook.templates.values() if template.kind == "email"]
    reasons = list(dict.fromkeys(reason.code for reason in playbook.reasons))
    for number, one in enumerate(playbook.dispositions.values()):
        here = place.at("disposition", number)
        named: list[tuple[str, tuple[str, ...], Collection[str], str]] = [
            ("enters", one.enters, playbook.cadences, "cadence"),
            ("enters_at", one.enters_at, playbook.cadences, "cadence"),
            ("closing_reasons", one.closing_reasons, reasons, "reason"),
            ("escalate_to", (one.escalate_to,), playbook.dispositions, "disposition"),
            ("email", (one.email,), emails, "e-mail"),
        ]
        for key, values, allowed, what in named:
            for value in values:
                if value and value not in allowed:
                    message = (
                        f"{key} of {one.code} names {quoted(value)}, which is no "
                        f"{what}; {suggestion(value, allowed)}"
                    )
                    yield here.at(key).error(message)
        if bool(one.escalate_after) != bool(one.escalate_to):
            yield here.error(
                f"{one.code} escalates in part; write both 'escalate_after' and "
                "'escalate_to', or "
                "none"
            )
        if "email" in one.then and not one.email:
            yield here.at("then").error(
                f"{one.code} offers an e-mail and names no 'email'; write email = \"…\""
            )
        if "data_fix" in one.then and not one.data_fix:
            yield here.at("then").error(
                f'{one.code} asks for a task without a title; write data_fix = "…"'
            )
        if "callback" in one.then and "at" not in one.requires and one.default_date is None:
            yield here.at("then").error(
                f"{one.code} promises a call and no time is asked for; write requires = ['at']"
            )
        if one.retries and one.delay is None:
            yield here.at("retries").error(
                f"{one.code} retries without a pause; write a 'delay' such as '30 minutes'"
            )
    if place.text and not playbook.dispositions:
        yield place.error("there is no outcome of a call; add a [[disposition]]")


def _hours(playbook: Playbook) -> Iterator[PlaybookError]:
    """Hours without which nobody could ever be called."""
    if "playbook.toml" in playbook.files and not any(playbook.floor.business_hours.values()):
        place = _place(playbook, "playbook.toml").at("business_hours")
        yield place.error(
            "the floor is never open; write hours such as mon = ['09:00-17:00'] under "
            "[business_hours]"
        )
    if "calling.toml" in playbook.files and not any(playbook.calling.preferred.values()):
        place = _place(playbook, "calling.toml").at("preferred")
        yield place.error(
            "there are no preferred hours; write hours such as mon = ['08:30-17:30'] under "
            "[preferred]"
        )
    yield from _unlawful(playbook)
    if "calling/legal-hours.toml" in playbook.files and "*" not in playbook.calling.legal:
        place = _place(playbook, "calling/legal-hours.toml")
        yield place.error(
            "no legal hours stand for the other countries; add a [[region]] with code = '*'"
        )


def _unlawful(playbook: Playbook) -> Iterator[PlaybookError]:
    """Preferred hours of a day in which no law lets anybody be called."""
    place, laws = _place(playbook, "calling.toml"), playbook.calling.legal.values()
    for day, wanted in playbook.calling.preferred.items():
        lawful = [hours for law in laws for hours in law.week.get(day, ())]
        both = ((mine, hours) for mine in wanted for hours in lawful)
        meet = any(mine.start < hours.end and hours.start < mine.end for mine, hours in both)
        if wanted and lawful and not meet:
            yield place.at("preferred", WEEKDAYS[day]).error(
                "in these hours nobody may be called anywhere (calling/legal-hours.toml); write "
                "hours of the day such as '08:30-17:30'"
            )


def _places(playbook: Playbook) -> Iterator[PlaybookError]:
    """Places that no lead is ever in, so that their rule would be switched off."""
    policy, calling = playbook.calling, _place(playbook, "calling.toml")
    hours, screening = _place(playbook, "calling/legal-hours.toml"), calling.at("screening")
    own_registers = [code for code in policy.registers if code not in REGISTERS]
    named = [
        *((screening.at(code), code) for code in policy.needs_screening),
        *((screening.at("registers", code), code) for code in own_registers),
        *((calling.at("consent", "needs"), code) for code in policy.needs_consent),
        *((hours.at("region", row.row, "code"), code) for code, row in policy.legal.items()),
        *(
            (hours.at("warn_region", row.row, "code"), code)
            for code, row in policy.warn_hours.items()
        ),
    ]
    for code in own_registers:
        if is_place(code) and code not in policy.needs_screening:
            yield screening.at("registers", code).error(
                f"registers of {quoted(code)} stand here and no number is screened; write "
                f"{code} = 28 under [screening]"
            )
    for place, code in named:
        if code != "*" and not is_place(code):
            said = f"{quoted(code)} is no country or region that a lead can be in"
            yield place.error(f"{said}; {place_help(code)}")
    languages = _place(playbook, "playbook.toml").at("languages")
    for country, language in playbook.floor.languages.items():
        if len(country) != 2 or not is_place(country):
            said = f"{quoted(country)} is no country; {place_help(country)}"
            yield languages.at(country).error(said)
        elif wrong := wrong_language(language):
            yield languages.at(country).error(wrong)


def _words(playbook: Playbook) -> Iterator[PlaybookError]:
    """Words in conditions that no lead will ever have, such as an offer nobody makes."""
    words: dict[str, Collection[str]] = {
        "offer": playbook.offers,
        "persona": [persona.name for persona in playbook.personas],
        "stage": [*(stage.key for stage in playbook.stages), "recycled"],
        "cadence": playbook.cadences,
        "rating": RATINGS,
        "sign": SIGNS,
        **{
            FACTS.get(question.key, question.key): (*question.answers, "")
            for question in playbook.questions
        },
    }
    for place, condition in _conditions(playbook):
        yield from map(place.error, _wrong_codes(condition))
        for field, patterns in text_tests(condition):
            for pattern in patterns:
                if field in FREE and _REGEX.search(pattern):
                    yield place.error(
                        f"{field} = {quoted(pattern)} is written as a regular expression; '*' "
                        "stands for anything, and the rest for itself"
                    )
            if field in NOT_KEPT:
                yield place.error(NOT_KEPT[field].format(quoted(" or ".join(patterns))))
            known = words.get(field, ())
            for pattern in patterns:
                if known and not any(like(pattern, fold(word)) for word in known):
                    hint = suggestion(pattern, [word for word in known if word])
                    yield place.error(f"no lead can have {field} = {quoted(pattern)}; {hint}")


def _wrong_codes(condition: Condition) -> Iterator[str]:
    """Countries and regions by other words than their codes."""
    tests = text_tests(condition)
    named = [one.upper() for field, patterns in tests if field == "country" for one in patterns]
    for field, patterns in tests:
        for pattern in patterns:
            wrong = ""
            if field == "country":
                wrong = wrong_country(pattern)
            elif field == "region":
                wrong = wrong_region(pattern, named)
            elif field == "language" and "*" not in pattern:
                wrong = wrong_language(pattern)
            if wrong:
                yield wrong


def _conditions(playbook: Playbook) -> Iterator[tuple[Place, Condition]]:
    """Every condition of the playbook and where it stands."""
    for file, conditions in _rules(playbook).items():
        for number, condition in enumerate(conditions):
            yield _place(playbook, file).at("rule", number, "when"), condition
    for number, kit in enumerate(playbook.kits.values()):
        yield _place(playbook, "kits.toml").at("kit", number, "when"), kit.when
    for cadence in playbook.cadences.values():
        for number, step in enumerate(cadence.steps):
            yield _place(playbook, cadence.file).at("step", number, "when"), step.when
    for template in playbook.templates.values():
        yield (
            Place(template.file, ("when",), split(playbook.files[template.file])[0]),
            template.when,
        )


def _rules(playbook: Playbook) -> dict[str, list[Condition]]:
    """File -> the conditions of its rules, in order."""
    return {
        "activity-tree.toml": [rule.when for rule in playbook.tree],
        "sla.toml": [rule.when for rule in playbook.sla],
        "scoring.toml": [rule.when for rule in playbook.scoring],
        "routing.toml": [rule.when for rule in playbook.routing],
        "events.toml": [rule.when for rule in playbook.events],
    }
