"""Words of a floor and of its playbook, for completion and for ``--help``: quick, and silent where
there is no floor. What cannot be read is not offered; the command itself says what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from leadtui.settings import find_floor, load_settings
from leadtui.store.engine.known_words import KnownWords, Pairs


class Offering:
    """What can be said on one floor, which is found as for every command."""

    def __init__(self, floor: str = "", database: str = "", rep: str = "") -> None:
        self.rep = rep
        self.known: KnownWords | None = None
        self._tables: dict[str, dict[str, Any]] = {}
        with suppress(Exception):
            if (folder := find_floor(floor)) is not None:
                self.known = KnownWords(load_settings(folder, database).database_url)

    def reps(self) -> Pairs:
        """Logins, with name and role."""
        return self._asked(lambda known: known.reps())

    def leads(self, begun: str = "") -> Pairs:
        """Ids of leads."""
        return self._asked(lambda known: known.leads(begun))

    def touches(self, begun: str = "") -> Pairs:
        """Ids of what the rep has to do."""
        from leadtui.desk.core.logins import os_login

        return self._asked(lambda known: known.touches(self.rep or os_login(), begun))

    def outcomes(self) -> Pairs:
        """Codes of the outcomes of a call, in the order of their keys."""
        return _pairs(self._table("dispositions.toml").get("disposition", ()))

    def outcome_keys(self) -> Pairs:
        """The key of each outcome on the call panel, with its code."""
        rows = self._table("dispositions.toml").get("disposition", ())
        return _pairs(rows, word="key", meaning="code")

    def reasons(self, kind: str) -> Pairs:
        """Codes of the reasons of one kind."""
        reasons = self._table("reasons.toml").get("reason", ())
        return _pairs(reason for reason in reasons if reason.get("kind") == kind)

    def overrides(self) -> Pairs:
        """Codes with which a blocked call may be made all the same."""
        return _pairs(self._table("calling.toml").get("override", {}).get("codes", ()))

    def offers(self) -> Pairs:
        """What a lead can have answered."""
        return _pairs(self._table("offers.toml").get("offer", ()), word="key")

    def _asked(self, ask: Callable[[KnownWords], Pairs]) -> Pairs:
        with suppress(Exception):
            if self.known is not None:
                return ask(self.known)
        return ()

    def _table(self, name: str) -> dict[str, Any]:
        """A file of the running playbook, else of the one that ships with the program."""
        if name not in self._tables:
            self._tables[name] = _parsed(self.known, name)
        return self._tables[name]


def _parsed(known: KnownWords | None, name: str) -> dict[str, Any]:
    with suppress(Exception):
        if known is not None:
            return tomllib.loads(known.playbook_file(name))
    from importlib.resources import files

    shipped = files("leadtui") / "data" / "playbook" / name
    return tomllib.loads(shipped.read_text(encoding="utf-8"))


def _pairs(rows: Iterable[dict[str, Any]], *, word: str = "code", meaning: str = "label") -> Pairs:
    return tuple((str(row[word]), str(row[meaning])) for row in rows)
