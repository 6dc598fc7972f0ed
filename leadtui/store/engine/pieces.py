"""Long lists in pieces, since a statement takes only so many values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 1_000


def pieces(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``, in order."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
