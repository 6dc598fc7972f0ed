"""Countries, states and postal codes as people write them, to ISO 3166 codes (the names stand in
``places.txt``)."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from leadtui.sheets.cells import letters, one_line

_CODED = ("US", "CA", "AU", "DE")
"""Countries whose regions are kept as codes."""
_TWO_LANGUAGES = re.compile(r"\s*[/|]\s*|\s+[-–]\s+")
"""What stands between names of one country, as in ``Belgique/België``."""
_ZIP = re.compile(r"(\d{3,5})(?:\.0+)?(?:\s*[-–\s]\s*(\d{4}))?")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Folded name -> country code, and country -> folded name -> region code."""
    countries: dict[str, str] = {}
    regions: dict[str, dict[str, str]] = {}
    text = files("leadtui.sheets").joinpath("places.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        code, *names = line.split("|")
        country, _, region = code.partition("-")
        table, value = (regions.setdefault(country, {}), region) if region else (countries, country)
        for name in (value, *names):
            table.setdefault(letters(name), value)
    return countries, regions


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country's name, synonym or code; empty when it is none."""
    known = _tables()[0]
    for form in (
        text,
        text.replace("&", " and "),
        re.sub(r"\(.*?\)", "", text),
        text.partition(",")[0],
    ):
        if code := known.get(letters(form)):
            return code
    said = {known.get(letters(part), "") for part in _TWO_LANGUAGES.split(text)}
    return said.pop() if len(said) == 1 else ""


@lru_cache(maxsize=4096)
def region_code(text: str, country: str) -> str:
    """The code of a state or province where we keep codes (US, CA, AU, DE); elsewhere the text as
    it came."""
    if country not in _CODED:
        return one_line(text)
    short = re.sub(
        rf"^{country}\s*[-:/]\s*|\s*\(.*?\)|\s+{country}$", "", text.strip(), flags=re.IGNORECASE
    )
    codes = _tables()[1][country]
    return str(codes.get(letters(short)) or codes.get(letters(text)) or one_line(text))


@lru_cache(maxsize=4096)
def country_of_region(text: str, home: str) -> str:
    """The country a state stands for when the row names none: by code only at home, by its full
    name anywhere.

    ``home`` is the floor's country. Codes of Canada and the United States do not overlap, so one is
    home to both."""
    regions, folded = _tables()[1], letters(text)
    homes: tuple[str, ...] = ("US", "CA") if home in ("US", "CA") else (home,)
    for country in (*homes, "US", "CA"):
        code = regions.get(country, {}).get(folded)
        if code and (country in homes or (len(folded) > 3 and folded != "washington")):
            return country
    return ""


@lru_cache(maxsize=8192)
def postal_code(text: str, country: str) -> str:
    """A postal code; in the United States with the leading zeros that a spreadsheet took, as
    ``02139`` or ``02139-1234``."""
    flat: str = one_line(text).upper()
    if flat.endswith(".0") and flat[:-2].isdigit():
        flat = flat[:-2]
    if country == "DE" and flat.isdigit() and len(flat) == 4:
        return flat.zfill(5)
    if country != "US":
        return flat
    if flat.isdigit() and 7 <= len(flat) <= 9:
        return f"{flat.zfill(9)[:5]}-{flat[-4:]}"
    if found := _ZIP.fullmatch(flat):
        return str(found[1]).zfill(5) + (f"-{found[2]}" if found[2] else "")
    return flat


@lru_cache(maxsize=256)
def country_name(code: str) -> str:
    """A country's English name; the code itself where it is none."""
    text = files("leadtui.sheets").joinpath("places.txt").read_text(encoding="utf-8")
    return next(
        (line.split("|")[2] for line in text.splitlines() if line.startswith(f"{code}|")), code
    )
