"""What one person has chosen for their own screens: theme, clock, bell and keys, in a file of their
configuration folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadtui.settings import Place, nearest, read_toml

FILE = "screen.toml"
THEMES = ("dark", "light")
CLOCKS = ("12", "24")
TWELVE = frozenset(("AU", "CA", "CO", "EG", "IN", "MX", "MY", "NZ", "PH", "PK", "SA", "US"))
"""Countries in which most people say 4 pm (Unicode CLDR, hour cycle h12)."""
KNOWN = {"theme": THEMES, "clock": CLOCKS, "bell": ("true", "false"), "keys": ()}


@dataclass(frozen=True, slots=True)
class Preferences:
    """``theme`` and ``clock`` are empty where nothing was chosen; ``keys`` is binding id -> keys,
    ``place`` says where they stand."""

    theme: str = ""
    clock: str = ""
    bell: bool = True
    keys: dict[str, str] = field(default_factory=dict)
    place: Place = field(default_factory=lambda: Place(Path(FILE), ""))

    def twelve(self, country: str) -> bool:
        """Whether hours are said as ``4:00 pm``: as chosen, else as in the floor's country."""
        return self.clock == "12" if self.clock else country in TWELVE


def preferences_file() -> Path:
    """``screen.toml`` in the user's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("leadtui", appauthor=False) / FILE


def load_preferences() -> Preferences:
    """What the user's file says; without a file nothing is chosen.

    Raises ``LeadtuiError`` with file and line."""
    path = preferences_file()
    if not path.exists():
        return Preferences()
    table, place = read_toml(path)
    for key, value in table.items():
        if key not in KNOWN:
            place.refuse("", key, f"unknown key{nearest(key, KNOWN)}")
        if key != "keys" and str(value).lower() not in KNOWN[key]:
            place.refuse("", key, f"{value!r} is unknown; choose one of {', '.join(KNOWN[key])}")
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        place.refuse("", "keys", 'write a section [keys] with lines like queue.find = "f"')
    chosen = dict(_flat(keys))
    for binding, key in chosen.items():
        if not isinstance(key, str) or not key.strip():
            place.refuse("keys", binding, 'must be a key in quotes, like "f2" or "x,ctrl+x"')
    clock, theme = (str(table.get(name, "")) for name in ("clock", "theme"))
    return Preferences(theme, clock, str(table.get("bell", True)).lower() == "true", chosen, place)


def keep_theme(theme: str) -> None:
    """Write the chosen theme into the user's file, whose other lines stay as they are; a folder
    that cannot be written keeps nothing."""
    path, line = preferences_file(), f'theme = "{theme}"'
    with suppress(OSError, UnicodeDecodeError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        head, section, rest = before.partition("[keys]")
        kept = re.sub(r"(?m)^\s*theme\s*=.*\n?", "", head)
        draft = path.with_suffix(".part")
        draft.write_text(f"{line}\n{kept}{section}{rest}", encoding="utf-8")
        draft.replace(path)


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """``queue.find = "f"`` is a table in a table for TOML; here it is one id."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
