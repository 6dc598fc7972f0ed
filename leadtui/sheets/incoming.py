"""What a row of a file came to: a lead to be, or the reason why it cannot be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadtui.sheets.phones import PhoneNumberRead

ROWS = "#rows"
"""The key in a response's ``extra`` under which the fingerprints of its rows stand; it is not for
showing."""


@dataclass(frozen=True, slots=True)
class IncomingLead:
    """A row that can become a lead; texts are clean, numbers E.164, times aware UTC, countries ISO
    3166."""

    line: int
    digest: str
    """A fingerprint of what the row said, to know it again."""
    external_id: str = ""
    full_name: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    title: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[PhoneNumberRead, ...] = ()
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    website: str = ""
    industry: str = ""
    employees: int | None = None
    revenue_minor: int | None = None
    currency: str = "USD"
    inquiry_at: datetime | None = None
    scanned_by: str = ""
    notes: str = ""
    rating: str = ""
    source: str = ""
    event: str = ""
    calls_consent: bool = False
    calls_opt_out: bool = False
    emails_opt_out: bool = False
    qualifiers: Mapping[str, Any] = field(default_factory=dict)
    """Header or question -> the answer, a list where several were given."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Header -> cell, for every cell that is in no field above, and for those that could not be
    read as meant."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot become a lead: where, which field and value are to blame, and why."""

    line: int
    field: str
    value: str
    reason: str
    cells: tuple[str, ...] = ()
