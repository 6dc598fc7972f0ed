"""What is not known of a lead, filled in by a program of the floor's own: ``[data] enrich``."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.leads import editing
from leadtui.desk.leads.completeness import BOXES
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store import completeness

PATIENCE = 30.0
"""Seconds that the program has for one lead."""

OF_LEAD = ("title", "street", "city", "region", "postal_code", "country", "language")


@dataclass(frozen=True, slots=True)
class Enriched:
    """What became of one lead; ``left`` says of each field of the answer why it was not taken."""

    lead: int
    filled: tuple[str, ...]
    left: Mapping[str, str]


def enrich(context: Context, lead_ids: tuple[int, ...]) -> Iterator[Enriched]:
    """Ask the program about leads, one after the other; what is known already is never replaced.

    The program gets one JSON document on standard input (``lead``, ``name``, ``title``,
    ``company``, ``emails``, ``phones``, ``country``, ``region``, ``city`` and ``lacks``) and
    answers with one object of field and value. Raises ``WrongUse`` where no program is named, and
    ``LeadtuiError`` where it fails; the leads before it stay filled."""
    if not context.settings.enrich:
        raise WrongUse(
            'no program is named: write [data] enrich = "COMMAND" in leadtui.toml; it gets a lead '
            "as JSON on standard input and answers with {field: value}"
        )
    command = shlex.split(context.settings.enrich)
    for lead_id in lead_ids:
        known = _known(context, lead_id)
        yield _fill(context, lead_id, known, _answer(command, known, lead_id))


def _known(context: Context, lead_id: int) -> dict[str, Any]:
    with context.store.read() as session:
        sheet = sheet_of(context, session, lead_id)
        lead, company = sheet.lead, sheet.company
        wanted = context.playbook(session).floor.must_have
        return {
            "lead": lead_id,
            "name": lead.full_name,
            **{name: getattr(lead, name) for name in OF_LEAD},
            "company": company.name if company else "",
            "website": company.website if company else "",
            "industry": company.industry if company else "",
            "employees": company.employees if company else None,
            "revenue": company.revenue_minor if company else None,
            "emails": [one.address for one in sheet.usable_addresses()],
            "phones": [one.number for one in sheet.usable_phones()],
            "lacks": list(completeness.lacking(session, lead_id, wanted, BOXES)),
        }


def _answer(command: list[str], known: Mapping[str, Any], lead_id: int) -> Mapping[str, Any]:
    where = f"{command[0]}, asked about lead {lead_id}:"
    try:
        done = subprocess.run(
            command,
            input=json.dumps(known, ensure_ascii=False),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except OSError as error:
        raise LeadtuiError(
            f"{command[0]}: it cannot be started ({error.strerror}); check [data] enrich"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise LeadtuiError(
            f"{where} no answer in {PATIENCE:.0f} seconds; try it by hand"
        ) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1][:200]
        raise LeadtuiError(f"{where} it ended with code {done.returncode}: {said}")
    try:
        given = json.loads(done.stdout or "{}")
    except (ValueError, RecursionError) as error:
        raise LeadtuiError(f"{where} its answer is no JSON; try it by hand") from error
    if not isinstance(given, dict):
        raise LeadtuiError(f"{where} its answer is no object of field and value")
    return given


def _fill(
    context: Context, lead_id: int, known: Mapping[str, Any], given: Mapping[str, Any]
) -> Enriched:
    has = {**known, "phone": known["phones"], "mobile": known["phones"], "email": known["emails"]}
    left: dict[str, str] = {}
    filled: list[str] = []
    for name, value in given.items():
        if name not in editing.FIELDS or name == "name":
            left[name] = "no field that is filled in"
        elif has.get(name):
            left[name] = "known already"
        elif not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
            left[name] = "no text and no number"
        else:
            try:
                done = editing.edit(context, lead_id, {name: str(value)}, by_program=True)
            except WrongUse as error:
                left[name] = str(error)
            else:
                filled += done.changed
    return Enriched(lead_id, tuple(filled), left)
