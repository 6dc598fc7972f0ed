"""Which column of a file became which field, and which of those that became none look as if they
should."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from leadtui.sheets.headers import Columns
from leadtui.sheets.reading import Table, looks_like

_LOOK = 200
"""So many filled cells of a column are looked at."""
LIKE = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "scanned_at": "dates",
    "consent": "a consent or an opt-out",
}
"""What a column looks like, in words."""
_CONSENT = re.compile(
    r"consent|opt[ -]?(?:in|out)|opted|allow|permission|do not|don't|gdpr|dsgvo|unsubscri|subscri|"
    r"newsletter|einwillig|agree",
    re.IGNORECASE,
)


def fields_of(columns: Columns) -> tuple[tuple[str, str], ...]:
    """``(column, our field)`` in the order of the file; the field is empty for what is only kept
    beside the lead."""
    named = {index: field for field, places in columns.fields.items() for index in places}
    named |= dict.fromkeys(columns.qualifiers, "qualifiers")
    return tuple((label, named.get(index, "")) for index, label in enumerate(columns.labels))


def resembling(table: Table, columns: Columns) -> Iterator[tuple[int, str]]:
    """The columns that became no field and look like something that is one, each with that: a
    field, or ``consent`` for what could be an opt-out as well."""
    for index in columns.extra:
        filled = [row.cells[index] for row in islice(table.rows, 5_000) if row.cells[index].strip()]
        kinds = Counter(map(looks_like, filled[:_LOOK]))
        kind, count = next(iter(kinds.most_common(1)), ("", 0))
        if kind and count * 2 > min(len(filled), _LOOK):
            yield index, kind
        elif filled and _CONSENT.search(columns.labels[index]):
            yield index, "consent"


def overlooked(table: Table, columns: Columns) -> Iterator[str]:
    """A sentence for each of them."""
    for index, kind in resembling(table, columns):
        label = columns.labels[index]
        option = f'--map "{kind}={label}"'
        if kind == "consent":
            option = f'--map "do_not_call={label}" or --map "email_opt_out={label}"'
        yield f"column {label!r} became no field and looks like {LIKE[kind]} ({option})"
