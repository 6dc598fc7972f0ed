"""A lead's leave to be called or written to: recorded with its words, and how a row of a web form
carries it until it is known whose it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from leadtui.cadence.model import Consent
from leadtui.desk.core.context import Context
from leadtui.desk.planning.planning import Planning
from leadtui.sheets.incoming import IncomingLead
from leadtui.store import leads
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

HEADER = "Consent: "
"""Under this and the playbook's key a response keeps the words of a consent."""


def worded(consent: Consent, where: str) -> str:
    """What is kept of a yes: the wording, and where and when it was given."""
    return f"“{consent.wording}” (yes: {where})"


def record(
    context: Context,
    unit: Unit,
    lead_id: int,
    row: IncomingLead,
    *,
    subjects: Mapping[str, Any] | None = None,
    source: Mapping[Code, Any] | None = None,
) -> None:
    """Record the consents that a row carries, now that it is a lead's."""
    for consent in context.playbook(unit.session).consents:
        said = row.extra.get(f"{HEADER}{consent.key}", "")
        if not said.startswith(worded(consent, "")[:-1]):
            continue
        consent_in(
            context,
            unit,
            lead_id,
            said,
            channel=consent.channel,
            subjects=subjects,
            codes={**(source or {}), Code.CHANNEL: consent.channel, Code.KIND: consent.key},
            hashes={"wording": hashlib.sha256(consent.wording.encode()).hexdigest()},
        )


def consent_in(
    context: Context,
    unit: Unit,
    lead_id: int,
    note: str,
    *,
    channel: str = "call",
    subjects: Mapping[str, Any] | None = None,
    codes: Mapping[Code, Any] | None = None,
    hashes: dict[str, Any] | None = None,
) -> None:
    """Record it inside the caller's transaction. A leave to write e-mails takes no opt-out back: a
    form does not prove who filled it in."""
    planning = Planning(context, unit)
    sheet = planning.sheet(lead_id)
    called = channel == "call"
    sheet.lead.calls_consent = sheet.lead.calls_consent or called
    stands = not called and sheet.lead.emails_opt_out
    said = f"{note}; they had opted out of e-mail, which stands" if stands else note
    leads.add_event(unit, lead_id, "consent", code=channel, note=said)
    unit.log(
        Event.LEAD_CONSENT,
        subjects={"lead": lead_id, **(subjects or {})},
        after={"calls_consent": True} if called else None,
        codes=codes,
        hashes=hashes,
        private=note,
    )
    planning.settle(sheet)
