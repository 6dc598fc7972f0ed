"""Tasks to mend what is known of a lead: what they are called, and when they are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from leadtui.desk.core.facts import LeadSheet
from leadtui.store import lifecycle
from leadtui.store.engine.tables import Touch

FIX = "data_fix"
"""The kind of such a task."""
CONSENT, SCREENING = "consent", "screening"
"""What waiting does not lift, as the held list says it."""
FIND_NUMBER, FIND_ADDRESS = "Find a telephone number", "Find an e-mail address"
FIND_PLACE = "Find a postal address"
MEMO = 10
"""Characters of a memo that says what was done."""


def has_place(sheet: LeadSheet) -> bool:
    """Whether a letter would find them."""
    return bool(sheet.lead.street.strip() and sheet.lead.city.strip())


FOUND: Mapping[str, Callable[[LeadSheet], object]] = {
    FIND_NUMBER: LeadSheet.usable_phones,
    FIND_ADDRESS: LeadSheet.usable_addresses,
    FIND_PLACE: has_place,
}
"""Title -> whether it is done, whoever did it."""


def lift_title(rule: str) -> str:
    """What is asked of a person so that a lead can be called that no waiting makes callable."""
    if rule.endswith(SCREENING):
        return "Have their number screened (leadtui dnc ask), or reach them in writing"
    if rule.endswith(CONSENT):
        return "Record that they agreed to calls (leadtui lead consent), or reach them in writing"
    return FIND_NUMBER


def fixes_of(
    skipped: Iterable[tuple[str, str]], asked: Iterable[str], *, has_numbers: bool
) -> list[str]:
    """The titles of the tasks that steps passed over ask for, ``(step, reason)`` each, beside those
    that are ``asked``; where a number was ended its outcome has asked for another already."""
    known, wanted = list(asked), []
    for _, reason in skipped:
        if "no phone" in reason and not (has_numbers and known):
            title = FIND_NUMBER
        elif "no e-mail" in reason:
            title = FIND_ADDRESS
        else:
            continue
        if title not in known:
            known.append(title)
            wanted.append(title)
    return wanted


def is_undone(session: Any, sheet: LeadSheet, touch: Touch, memo: str) -> bool:
    """Whether this is a task to mend a lead's data, nothing was mended since it was asked, and no
    memo says what was done instead."""
    if touch.kind != FIX or len(memo.strip()) >= MEMO:
        return False
    found = FOUND.get(touch.title)
    mended = lifecycle.mended(session, sheet.lead, touch.created_at)
    return not (mended or (found is not None and found(sheet)))


def what_to_do(sheet: LeadSheet, touch: Touch) -> str:
    """What is said of a task that nobody has done."""
    return (
        f"{touch.title!r}: nothing was mended since it was asked; type in what you found (n on the "
        f"call panel, 'leadtui lead edit {sheet.id} …'), say in the memo what you did ({MEMO} "
        "characters), or answer no"
    )
