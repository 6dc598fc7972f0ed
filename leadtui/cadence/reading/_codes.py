"""Names that people write where a code belongs: of countries, states, languages and holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache

from leadtui.cadence.calendar import holidays_of
from leadtui.cadence.gate.zones import WHOLE, is_place
from leadtui.cadence.model import Playbook
from leadtui.cadence.sources.folding import fold
from leadtui.cadence.sources.places import Place, nearest, quoted
from leadtui.errors import PlaybookError

CODED = ("US", "CA", "AU", "DE")
"""Countries whose leads have their region as a code."""
YEARS = (2026, 2027, 2028)
"""Whose holidays are known by name; other years have hardly any other."""
_OTHERS = {"uk": "GB", "greatbritain": "GB", "england": "GB", "usa": "US", "america": "US"}


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", fold(text))


@cache
def _countries() -> Mapping[str, str]:
    from holidays.registry import COUNTRIES  # 0.1 s, and only where a code is wrong

    names = {_letters(name): codes[1] for name, codes in COUNTRIES.items()}
    return names | {codes[2].lower(): codes[1] for codes in COUNTRIES.values()} | _OTHERS


@cache
def _regions(country: str) -> Mapping[str, str]:
    import holidays

    aliases: Mapping[str, str] = holidays.country_holidays(country).subdivisions_aliases
    return {_letters(name): code for name, code in aliases.items()}


def country_meant(text: str) -> str:
    """The code of a country's name, or of a code that is written otherwise; empty for none."""
    if is_place(text.upper()) and len(text) == 2:
        return text.upper()
    known, said = _countries(), _letters(text)
    near = get_close_matches(said, known, n=1, cutoff=0.85)
    return known.get(said) or (known[near[0]] if near else "")


def region_meant(text: str, countries: Sequence[str] = CODED) -> tuple[str, str]:
    """Country and code of a region's name (``Illinois``, ``US-IL``); empty for none."""
    country, _, short = text.upper().partition("-")
    if short and country in WHOLE and is_place(f"{country}-{short}"):
        return country, short
    said = _letters(text.partition("-")[2] if short and country in CODED else text)
    names = {name: (one, code) for one in countries for name, code in _regions(one).items()}
    near = get_close_matches(said, names, n=1, cutoff=0.85) if len(said) > 3 else []
    return names.get(said) or (names[near[0]] if near else ("", ""))


def place_help(code: str) -> str:
    """What to write for a country, or a country and region, that is none."""
    country, short = region_meant(code)
    if right := f"{country}-{short}" if short else country_meant(code):
        return f"did you mean '{right}'?"
    return "write such as 'GB' or 'US-CA'"


def wrong_country(text: str) -> str:
    """What is wrong with a country in a condition; empty for a code or a pattern."""
    if "*" in text or is_place(text.upper()):
        return ""
    right = country_meant(text)
    hint = f"did you mean '{right}'?" if right else "write it as two letters such as 'US'"
    return f"no lead can have country = {quoted(text)}; {hint}"


def wrong_region(text: str, countries: Sequence[str]) -> str:
    """What is wrong with a region in a condition about these countries (none: any); only where
    regions are codes can it be told."""
    coded = [one for one in countries if one in CODED] if countries else list(CODED)
    if (
        "*" in text
        or not text
        or any(is_place(f"{one}-{text.upper()}") for one in WHOLE & {*coded})
    ):
        return ""
    if "DE" in coded and text.upper() in _regions("DE").values():
        return ""
    if right := region_meant(text, coded)[1]:
        return f"no lead can have region = {quoted(text)}; did you mean '{right}'?"
    if countries and WHOLE.issuperset(countries):
        return (
            f"{quoted(text.upper())} is no region of {' or '.join(countries)}; write such as 'IL'"
        )
    return ""


def wrong_language(code: str) -> str:
    """What is wrong with a language; empty for a code."""
    if re.fullmatch(r"[a-z]{2}", code):
        return ""
    return f"{quoted(code)} is no language; write two letters such as 'de'"


def holiday_problems(playbook: Playbook, place: Place) -> Iterator[PlaybookError]:
    """Days on which the floor is to work and that no calendar has."""
    for number, word in enumerate(playbook.floor.business_holidays_worked):
        if wrong := _wrong_holiday(playbook, word.strip()):
            yield place.at("calendar", "holidays_worked", number).error(wrong)


def _wrong_holiday(playbook: Playbook, word: str) -> str:
    if re.fullmatch(r"[\d\s./-]+", word):
        return _wrong_day(word)
    codes = {
        "US",
        *playbook.floor.languages,
        *playbook.calling.needs_consent,
        *playbook.calling.legal,
    }
    names: set[str] = set()
    for countries in ({code[:2] for code in codes if code != "*"}, codes - {"*"}):
        names |= {
            part.strip().removesuffix(" (observed)")
            for code in sorted(countries)
            for year in YEARS
            for name in holidays_of(code[:2], code[3:], year).values()
            for part in name.split(";")
        }
        if fold(word).removesuffix(" (observed)") in map(fold, names):
            return ""
    near = nearest(word, names)
    hint = f"did you mean '{near}'?" if near else "write its name or a date such as '2026-12-24'"
    return f"{quoted(word)} is no public holiday; {hint}"


def _wrong_day(word: str) -> str:
    try:
        date.fromisoformat(word)
    except ValueError:
        parts = [int(part) for part in re.findall(r"\d+", word)]
        if len(parts) == 3 and parts[2] > 31:
            parts.reverse()
        try:
            right = date(*parts).isoformat()
        except (TypeError, ValueError):
            return f"{quoted(word)} is no day; write a date such as '2026-12-24'"
        return f"{quoted(word)} is no date; did you mean '{right}'?"
    return ""
