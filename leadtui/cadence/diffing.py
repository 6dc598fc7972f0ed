"""What a change of the playbook changes, in words: for the notice that reps acknowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from operator import attrgetter
from typing import Any

from leadtui.cadence.flow import DAYS
from leadtui.cadence.model import (
    Cadence,
    Condition,
    Exit,
    Hours,
    LegalHours,
    Playbook,
    RoutingRule,
    SlaRule,
    Span,
    Template,
    TreeRule,
    When,
)
from leadtui.cadence.reading.attachments import FOLDER, read_ticket
from leadtui.cadence.spans import span_text, when_text

Rule = TreeRule | SlaRule | RoutingRule

_UNSAID = frozenset({"line", "file", "hash", "raw", "source"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``what`` is ``added``, ``removed`` or ``changed``."""

    kind: str
    """``cadence``, ``step``, ``email`` … the word for the thing."""
    name: str
    what: str
    text: str
    """The difference as a sentence."""
    cadence: str = ""
    """The cadence whose enrolments it can move, if any."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an enrolment stands: the index of its next step, and the ids that it is past and that
    stand after it or, for a later version, nowhere."""

    next_step: int
    passed: frozenset[str] = frozenset()


def carried(old: Cadence, new: Cadence, at: Standing, renamed: Mapping[str, str]) -> Standing:
    """The same place in another version, by the ids of steps: ``renamed`` is old id -> new id.

    What is done stays done and what is waited for is waited for, wherever it stands now; a new
    step is asked for only where nothing below it was done."""
    past = {renamed.get(step.id, step.id) for step in old.steps[: at.next_step]}
    past |= {renamed.get(ident, ident) for ident in at.passed}
    waited = {renamed.get(step.id, step.id) for step in old.steps[at.next_step :]} - past
    ids = [step.id for step in new.steps]
    last = max((index for index, ident in enumerate(ids) if ident in past), default=-1)
    open_ = [
        index
        for index, ident in enumerate(ids)
        if ident in waited or (ident not in past and index > last)
    ]
    first = open_[0] if open_ else len(ids)
    over = (past | set(ids[first:])) - set(ids[:first]) - {ids[index] for index in open_}
    return Standing(first, frozenset(over))


def gone(old: Cadence, new: Cadence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of steps that the new version does not have, and of those that the old one had
    not."""
    before, after = [step.id for step in old.steps], [step.id for step in new.steps]
    return (
        tuple(ident for ident in before if ident not in after),
        tuple(ident for ident in after if ident not in before),
    )


def diff(old: Playbook, new: Playbook) -> tuple[Change, ...]:
    """All differences in meaning from ``old`` to ``new``; comments and layout are none."""
    return tuple(_all(old, new))


def _all(old: Playbook, new: Playbook) -> Iterator[Change]:
    yield from _cadences(old, new)
    yield from _rules("activity tree", old.tree, new.tree)
    yield from _rules("response time", old.sla, new.sla)
    yield from _rules("routing", old.routing, new.routing)
    for kind in ("email", "letter", "script", "objection"):
        texts = [
            [text for text in book.templates.values() if text.kind == kind] for book in (old, new)
        ]
        yield from _keyed(kind, texts[0], texts[1], attrgetter("id"))
    yield from _named("disposition", old.dispositions, new.dispositions)
    yield from _named("offer", old.offers, new.offers)
    yield from _keyed("persona", old.personas, new.personas, attrgetter("name"))
    yield from _keyed("stage", old.stages, new.stages, attrgetter("key"))
    yield from _keyed("question", old.questions, new.questions, attrgetter("key"))
    yield from _keyed("consent", old.consents, new.consents, attrgetter("key"))
    yield from _keyed(
        "reason", old.reasons, new.reasons, lambda reason: f"{reason.kind}/{reason.code}"
    )
    yield from _keyed("scoring rule", old.scoring, new.scoring, attrgetter("name"))
    yield from _keyed("event rule", old.events, new.events, attrgetter("name"))
    yield from _named("kit", old.kits, new.kits)
    yield from _attachments(old, new)
    yield from _named("floor", {"rules": old.floor}, {"rules": new.floor})
    yield from _named("calling", {"policy": old.calling}, {"policy": new.calling})


def _attachments(old: Playbook, new: Playbook) -> Iterator[Change]:
    """Files that go with an e-mail: another file under the same name is another thing that leaves
    the house."""
    before, after = (
        {file: text for file, text in book.files.items() if file.startswith(f"{FOLDER}/")}
        for book in (old, new)
    )
    for file in dict.fromkeys((*before, *after)):
        name = file.removeprefix(f"{FOLDER}/")
        if file not in after:
            yield Change("attachment", name, "removed", f"The attachment '{name}' is gone.")
        elif file not in before:
            yield Change("attachment", name, "added", f"The attachment '{name}' is new.")
        elif before[file] != after[file]:
            sizes = [read_ticket(text).size for text in (before[file], after[file])]
            said = f"another file ({sizes[0]:,} bytes before, {sizes[1]:,} now)"
            yield Change("attachment", name, "changed", f"The attachment '{name}' is {said}.")


def _cadences(old: Playbook, new: Playbook) -> Iterator[Change]:
    yield from _named("cadence", old.cadences, new.cadences)
    for name in old.cadences.keys() & new.cadences.keys():
        yield from _steps(old.cadences[name], new.cadences[name])


def _steps(old: Cadence, new: Cadence) -> Iterator[Change]:
    before, after = ({step.id: step for step in cadence.steps} for cadence in (old, new))
    for change in _named("step", before, after, f" of {new.name}"):
        yield Change(change.kind, f"{new.name}/{change.name}", change.what, change.text, new.name)
    if [one for one in before if one in after] != [one for one in after if one in before]:
        yield Change(
            "cadence",
            new.name,
            "changed",
            f"The steps of {new.name} come in another order.",
            new.name,
        )


def _keyed(
    kind: str, old: Iterable[Any], new: Iterable[Any], key: Callable[[Any], str]
) -> Iterator[Change]:
    return _named(kind, {key(one): one for one in old}, {key(one): one for one in new})


def _named(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], of: str = ""
) -> Iterator[Change]:
    """Differences between things with names."""
    word = {"email": "e-mail"}.get(kind, kind)
    for name in dict.fromkeys((*old, *new)):
        cadence = name if kind == "cadence" else ""
        if name not in new:
            yield Change(kind, name, "removed", f"The {word} '{name}'{of} is gone.", cadence)
        elif name not in old:
            yield Change(kind, name, "added", f"The {word} '{name}'{of} is new.", cadence)
        elif differences := list(_differences(old[name], new[name])):
            yield Change(
                kind,
                name,
                "changed",
                f"The {word} '{name}'{of}: {'; '.join(differences)}.",
                cadence,
            )


def _differences(old: Any, new: Any) -> Iterator[str]:
    """Field by field; steps are told on their own."""
    for one in fields(new):
        if one.name in _UNSAID or (isinstance(new, Cadence) and one.name == "steps"):
            continue
        before, after = getattr(old, one.name), getattr(new, one.name)
        if _same(before, after):
            continue
        label = one.name.replace("_", " ")
        if one.name == "days":
            before, after = (tuple(DAYS[day] for day in days) for days in (before, after))
        if isinstance(new, Template) and one.name == "body":
            yield _lines(before, after)
        elif isinstance(after, Mapping):
            yield from (f"{label} {text}" for text in _entries(before, after))
        else:
            yield f"{label} was {_say(before)} and is {_say(after)}"


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, Condition) and isinstance(after, Condition):
        return before.tests == after.tests
    return bool(before == after)


def _entries(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        name = DAYS[key] if isinstance(key, int) else str(key)
        if key not in after:
            yield f"{name} is gone"
        elif key not in before:
            yield f"{name} is new ({_say(after[key])})"
        elif before[key] != after[key]:
            yield f"{name} was {_say(before[key])} and is {_say(after[key])}"


def _lines(before: str, after: str) -> str:
    one, other = before.splitlines(), after.splitlines()
    kept = sum(
        block.size
        for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    )
    return f"text changed ({len(other) - kept} lines new, {len(one) - kept} gone)"


def _rules(kind: str, old: Sequence[Rule], new: Sequence[Rule]) -> Iterator[Change]:
    """Differences between lists in which the order counts."""
    before, after = [_rule(rule) for rule in old], [_rule(rule) for rule in new]
    gone, fresh = (
        [rule for rule in before if rule not in after],
        [rule for rule in after if rule not in before],
    )
    for rule in gone:
        yield Change(kind, rule, "removed", f"In the {kind}, the rule '{rule}' is gone.")
    for rule in fresh:
        place = after.index(rule) + 1
        yield Change(
            kind,
            rule,
            "added",
            f"In the {kind}, the rule '{rule}' is new, number {place} of {len(after)}.",
        )
    if [rule for rule in before if rule in after] != [rule for rule in after if rule in before]:
        yield Change(kind, "order", "changed", f"In the {kind}, the rules come in another order.")


def _rule(rule: Rule) -> str:
    if isinstance(rule, TreeRule):
        result = rule.cadence
    elif isinstance(rule, SlaRule):
        result = (
            f"{rule.minutes} minutes from "
            f"{'the planned time' if rule.from_planned else 'the inquiry'}"
        )
    else:
        result = f"{rule.to} ({rule.method})"
    return f"{rule.when.source or 'everything else'} → {result}"


def _say(value: Any) -> str:
    """A value in words."""
    text = str(value)
    match value:
        case None | "" | ():
            text = "nothing"
        case bool():
            text = "yes" if value else "no"
        case Span():
            text = f"{'-' if value.amount < 0 else ''}{span_text(value)}"
        case When():
            text = when_text(value)
        case Condition():
            text = value.source or "always"
        case Exit():
            text = " and ".join(value.cadences) or (
                f"closed ({value.close})" if value.close else "nothing"
            )
        case Hours():
            text = f"{value.start:%H:%M}-{value.end:%H:%M}"
        case LegalHours():
            week = "; ".join(
                f"{DAYS[day]} {_say(hours)}" for day, hours in value.week.items() if hours
            )
            text = f"{week}{'' if value.holidays else '; no holidays'}"
        case Mapping():
            text = ", ".join(f"{key} {_say(one)}" for key, one in value.items()) or "nothing"
        case tuple() | list():
            text = ", ".join(_say(one) for one in value)
        case str():
            text = f"'{value}'"
    return text
