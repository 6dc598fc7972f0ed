"""What the migration does that tells every row anew, with digests of 128 bits in place of 48.

Each row is said to be found by the rule that held until then, so that one which was changed behind
the log before is still found, and not laundered by being told. Nothing else reads by that rule."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from leadtui import __version__
from leadtui.store.engine.digests import columns_of, key_of
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.types import from_micros
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Event


def migrator() -> Actor:
    """Who migrates: nobody of the floor, under the login that started the program."""
    login = getpass.getuser()
    return Actor(None, "", login, "rep", os_user=login, program=__version__)


def tell_all(unit: Unit) -> None:
    """Say every row there is in an entry of its own; nothing on a floor whose log is empty."""
    if not unit.head()[0]:
        return
    body = unit.connection.execute(text("SELECT body FROM log WHERE seq = 1")).scalar_one()
    if (json.loads(body).get("after") or {}).get("demo"):
        unit.now = from_micros(unit.head()[1])  # the floor's own clock does not move by this
    key, _ = key_of(unit.connection, make=False)
    unit.changes.accept_all(FirstRule(key))
    unit.log(Event.ROWS_RETOLD)


class FirstRule:
    """Digests as they were made until then, under one floor's key: NULL, 0 and '' had the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, table: str, row: Iterable[Any]) -> str:
        """The digest of one row of ``columns_of(table)``; columns stood in the table's order."""
        keyed = hmac.new(self._key, table.encode(), hashlib.sha256)
        values = dict(zip(columns_of(table), row, strict=True))
        names = [column.name for column in SQLModel.metadata.tables[table].columns]
        said = [
            f"\x1f{name}={'1' if values[name] is True else values[name]}"
            for name in names
            if values.get(name) and values[name] not in {"{}", "[]"}
        ]
        keyed.update("".join(said).encode("utf-8", "surrogatepass"))
        return keyed.hexdigest()[:12]
