"""How much may come, from whom: posts a minute by token and address, and how many wait."""

from __future__ import annotations

import hashlib
from collections import Counter
from ipaddress import ip_address
from time import monotonic

MINUTE = 60
Counts = dict[tuple[str, str], int]
"""``(token, why)`` -> how many posts were refused."""
KEPT = 20_000
"""So many pairs of token and address are counted in a minute; others have to wait for the next."""
NETWORK = 8
"""Bytes of an IPv6 address that one customer has to themselves from there on."""


class Limits:
    """Counts the posts of the running minute; ``rate`` 0 counts nothing. Who tries tokens that are
    none is counted by address alone, and takes nobody else's place."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._minute = -1
        self._counts: dict[tuple[bytes, str], int] = {}

    def refuses(self, token: str, address: str) -> int:
        """0 for a post that may come in, else the seconds after which it may."""
        if not self.rate:
            return 0
        now = monotonic()
        if (minute := int(now // MINUTE)) != self._minute:
            self._minute, self._counts = minute, {}
        if self._counts.get(_pair("", address), 0) < self.rate and self._count(token, address):
            return 0
        return max(1, int((minute + 1) * MINUTE - now))

    def unknown(self, token: str, address: str) -> None:
        """A post that came in had a token of nobody's."""
        if self.rate:
            self._counts.pop(_pair(token, address), None)
            self._count("", address)

    def _count(self, token: str, address: str) -> bool:
        """Whether there was still room for one more."""
        pair = _pair(token, address)
        count = self._counts.get(pair, 0) + 1
        if count > self.rate or (count == 1 and len(self._counts) >= KEPT):
            return False
        self._counts[pair] = count
        return True


class Refusals:
    """Counts what is refused until somebody puts it on record; of tokens that are tried out no more
    than ``KEPT``."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, token: str, why: str) -> None:
        """One more."""
        pair = (token, why)
        self._counts[pair if pair in self._counts or len(self._counts) < KEPT else ("", why)] += 1

    def take(self) -> Counts:
        """All of them, and begin anew."""
        found, self._counts = self._counts, Counter()
        return dict(found)

    def put_back(self, counts: Counts) -> None:
        """What could not be put on record."""
        self._counts.update(counts)


def _pair(token: str, address: str) -> tuple[bytes, str]:
    said = token.encode(errors="replace")
    return hashlib.sha256(said).digest()[:8] if token else b"", network(address)


def network(address: str) -> str:
    """An address, or of IPv6 the network that one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else found.packed[:NETWORK].hex()
