"""How much time must lie between two touches of a channel, unless the cadence itself sets them
closer."""

from __future__ import annotations

from leadtui.cadence.model import Cadence, Channel, Span, Unit, When

_SECONDS = {
    Unit.MINUTES: 60,
    Unit.HOURS: 3_600,
    Unit.DAYS: 86_400,
    Unit.BUSINESS_DAYS: 86_400,
    Unit.WEEKS: 604_800,
    Unit.MONTHS: 2_419_200,
}
"""The least that a unit can last; exact enough to compare with gaps of hours."""

_gaps: dict[int, tuple[Cadence, tuple[int, ...]]] = {}


def gap_before(cadence: Cadence, index: int) -> int:
    """Seconds that must pass between the last touch of the step's channel and this step."""
    entry = _gaps.get(id(cadence))
    if entry is None or entry[0] is not cadence:
        if len(_gaps) >= 512:  # what is kept cannot lend its id to another cadence
            _gaps.clear()
        entry = _gaps[id(cadence)] = (cadence, _all_gaps(cadence))
    return entry[1][index]


def _all_gaps(cadence: Cadence) -> tuple[int, ...]:
    """The gap before each step: the channel's ``min_gap``, or less where the steps are written
    closer together.

    The first touch of a channel is compared with the start: what follows an inquiry within minutes
    is wanted then, whenever the last touch of another cadence was."""
    gaps: list[int] = []
    last: dict[Channel, tuple[str, int]] = {}
    root, position = "start", 0
    for step in cadence.steps:
        if step.at.anchor == "previous":
            position += _length(step.at.offset)
        else:
            root, position = _position(step.at, cadence)
        usual = cadence.min_gap.get(step.channel)
        gap = _length(usual) if usual else 0
        before_root, before = last.get(step.channel, ("start", 0))
        gaps.append(min(gap, max(0, position - before)) if before_root == root else gap)
        last[step.channel] = (root, position)
    return tuple(gaps)


def _position(when: When, cadence: Cadence) -> tuple[str, int]:
    """Seconds from a root: the start, or a date that only the lead knows."""
    root, position = when.anchor, _length(when.offset)
    for _ in range(8):
        given = cadence.dates.get(root)
        if given is None:
            break
        root, position = given.anchor, position + _length(given.offset)
    return root, position


def _length(span: Span) -> int:
    return span.amount * _SECONDS[span.unit]
