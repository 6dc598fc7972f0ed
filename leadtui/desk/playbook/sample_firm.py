"""The invented firm of the default playbook: what still speaks for it, and must not leave a real
floor in its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from leadtui.errors import PlaybookError
from leadtui.settings import SAMPLE_ADDRESS

GENERAL = frozenset(("trial_length", "reference_title"))
"""Constants of the default playbook that any firm may have alike."""
DO = (
    "put your own there ('leadtui playbook edit playbook'), then 'leadtui playbook activate --move'"
)


@cache
def shipped() -> Mapping[str, str]:
    """Constant of the default playbook (``docs_link``, ``vendor`` …) -> its value."""
    text = (files("leadtui") / "data" / "playbook" / "playbook.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {**table["fields"], **{name: table[name] for name in ("name", "vendor", "product")}}


def spoken(text: str) -> str:
    """The first words of ``text`` that are the sample firm's; empty where there are none."""
    found = _sayings().search(text)
    return found[0] if found else ""


def remnants(contents: Mapping[str, str]) -> tuple[PlaybookError, ...]:
    """Every line of a playbook that still speaks for the sample firm; comments speak to nobody."""
    return tuple(
        PlaybookError(file, number, f"this still speaks for the sample firm: {said}")
        for file, text in sorted(contents.items())
        for number, line in enumerate(text.splitlines(), 1)
        if not (file.endswith(".toml") and line.lstrip().startswith("#"))
        if (said := spoken(line))
    )


@cache
def _sayings() -> re.Pattern[str]:
    values = {value for name, value in shipped().items() if name not in GENERAL}
    values.add(SAMPLE_ADDRESS)
    longest_first = sorted(values, key=len, reverse=True)
    words = [*map(re.escape, longest_first), r"[^\s\"<>]*halyard[^\s\"<>]*"]
    return re.compile("|".join(words), re.IGNORECASE)
