"""Who a lead is and what the playbook gives such a lead: persona, cadence, agreed response time,
texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leadtui.cadence.conditions import fold, like, matches
from leadtui.cadence.model import Persona, Playbook, Template

OTHER = "other"
"""The persona of a title that no pattern fits."""


def persona_of(title: str, personas: Iterable[Persona]) -> str:
    """The first persona with a pattern that fits the whole title; case and the width of blanks do
    not count."""
    whole = " ".join(fold(title).split())
    for persona in personas:
        if any(like(fold(pattern), whole) for pattern in persona.titles):
            return persona.name
    return OTHER


def choose_cadence(playbook: Playbook, facts: Mapping[str, Any], now: datetime) -> str:
    """The cadence of the first rule of the activity tree that matches; empty only if the tree has
    no last rule."""
    return next((rule.cadence for rule in playbook.tree if matches(rule.when, facts, now)), "")


def sla_minutes(playbook: Playbook, facts: Mapping[str, Any], now: datetime) -> tuple[int, bool]:
    """The agreed first-touch time in business minutes, and whether it counts from the planned time;
    0 is none."""
    for rule in playbook.sla:
        if matches(rule.when, facts, now):
            return rule.minutes, rule.from_planned
    return 0, False


def matching_templates(
    playbook: Playbook, kind: str, cadence: str, facts: Mapping[str, Any], now: datetime
) -> tuple[Template, ...]:
    """The texts of a kind that fit the lead in this cadence, best first.

    Texts made for the cadence (it names them, or they name it) go before texts for all; among these
    those in the lead's language, then the one with more conditions, then by id. A variant without
    cadences of its own has its original's."""
    used, language = _used(playbook, kind, cadence), language_of(playbook, facts)
    ranked = []
    for template in playbook.templates.values():
        if template.kind != kind or template.language not in ("", language):
            continue
        if not matches(template.when, facts, now):
            continue
        own = {template.id, template.variant_of} & used or cadence in _cadences(playbook, template)
        if own or not _cadences(playbook, template):
            ranked.append((not own, *_rank(template), template))
    return tuple(template for *_, template in sorted(ranked, key=lambda row: row[:4]))


def variants(
    playbook: Playbook, kind: str, ident: str, facts: Mapping[str, Any], now: datetime
) -> tuple[Template, ...]:
    """The text ``ident`` and its variants that fit the lead, best first: the lead's language first,
    then more conditions, then by id."""
    language = language_of(playbook, facts)
    found = [
        template
        for template in playbook.templates.values()
        if template.kind == kind
        and ident in (template.id, template.variant_of)
        and template.language in ("", language)
        and matches(template.when, facts, now)
    ]
    return tuple(sorted(found, key=_rank))


def script_for(
    playbook: Playbook, ident: str, cadence: str, facts: Mapping[str, Any], now: datetime
) -> Template | None:
    """What is said in a call whose step names the script ``ident`` (or none): its variant that fits
    best, itself, or the best that fits the cadence."""
    fitting = matching_templates(playbook, "script", cadence, facts, now)
    variant = next((text for text in fitting if ident and text.variant_of == ident), None)
    return variant or playbook.templates.get(f"script/{ident}") or next(iter(fitting), None)


def language_of(playbook: Playbook, facts: Mapping[str, Any]) -> str:
    """The language a lead is written to in: its own, else its country's; empty for the playbook's
    own."""
    by_country = playbook.floor.languages.get(facts.get("country", ""), "")
    return str(facts.get("language", "") or by_country)


def _rank(template: Template) -> tuple[bool, int, str]:
    """Best first: in the lead's language (others are left out before), more conditions, by id."""
    return not template.language, -len(template.when.tests), template.id


def _used(playbook: Playbook, kind: str, cadence: str) -> set[str]:
    steps = playbook.cadences[cadence].steps if cadence in playbook.cadences else ()
    named = {
        "email": [s.email for s in steps],
        "script": [s.script for s in steps],
        "letter": [s.letter for s in steps],
    }
    return set(named.get(kind, ())) - {""}


def _cadences(playbook: Playbook, template: Template) -> tuple[str, ...]:
    original = playbook.templates.get(f"{template.kind}/{template.variant_of}")
    return template.cadences or (original.cadences if original else ())
