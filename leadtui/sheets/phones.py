"""Telephone numbers as exhibitors' files hold them, to E.164 with the extension apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
)

from leadtui.sheets.cells import letters, no_value, one_line, plain
from leadtui.text import words

_LABEL = re.compile(
    r"(?:p|t|m|ph|tel|phone|telephone|telefon|mobile|mobil|cell|office|work|direct|fon)\s*[.:]+\s*",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_POINT_ZERO = re.compile(r"\+?\d{7,15}\.0+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){2,}")
_BETWEEN = re.compile(
    r"[;|\n]+|:::|\s/\s|,\s+|\s+(?:or|and|oder|und|ou|et|y|o|&)\s+|\s&\s", re.IGNORECASE
)
_SLASH = re.compile(r"(?<=\d)\s*[/,]\s*(?=[+(\d])")
_EXTENSION = re.compile(
    r"[\s,;/-]*(?:\(\s*)?(?:\bextension|\bextn?\b\.?|\bext\.?|\be?xt\.?|\bpostes?\b|\bdw\b\.?|\bdurchwahl|\bapp(?:arat)?\b\.?|\bnst\.?|\banexo|"
    r"\binterno|(?<![^\W\d_])x+|#)\s*[:.=]?\s*#?(?:(\d{1,7})((?:(?:[\s/,;&+x#-]|or|and|oder|und|ext\.?)+\d{1,7})*))?\s*\)?\s*$",
    re.IGNORECASE,
)
"""One that is written and left empty is none; of several the first counts."""
_BEFORE = re.compile(r"[^\d+(]*[^\W\d_][^\d+(]*")
_BEHIND = re.compile(r"[\s,;/(\[]+([^\W\d_]\D*)$")
_MOBILE = frozenset(words("mobile mobil mob cell cellphone handy portable movil m c"))
_PLAIN = _MOBILE | frozenset(words("office work home direct main tel phone telephone o w h d buro"))
"""Words beside a number that say nothing about whose it is."""
_AMERICAN = re.compile(
    r"(\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ "
    r".-]?(\d{4})(?:\.0+|\s?(?:x|ext\.?|#)\s?(\d{1,6}))?"
)
_SPACED = re.compile(r"(?:1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}")
CODE = "write it with its country's code"
_ABROAD = re.compile(r"\(?00[ .-]?(\d*)\)?")
_IMPOSSIBLE = {
    ValidationResult.INVALID_COUNTRY_CODE: "no country has this code",
    ValidationResult.TOO_SHORT: "too short",
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "no number has this length",
}


@dataclass(frozen=True, slots=True)
class PhoneNumberRead:
    """A number: E.164, extension, kind (``work``, ``mobile``), the text it came from, and whether
    it is assigned.

    A possible number that the numbering plan does not assign is kept, with ``valid`` false."""

    number: str
    extension: str = ""
    kind: str = "work"
    raw: str = ""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class PhonesRead:
    """What a cell held: numbers, and what of it was no number, with the reason."""

    numbers: tuple[PhoneNumberRead, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    asides: tuple[tuple[str, str], ...] = ()
    """``(text, what it held beside its number)`` for what was left out of a number that was
    read."""


_NONE = PhonesRead()


def read_phones(cell: str, region: str, kind: str = "work", dial: str = "") -> PhonesRead:
    """Every number of a cell. ``region`` (ISO 3166) reads numbers without a country code; ``dial``
    is a country code that stands in a column of its own."""
    text = plain(cell)
    if (
        (usual := _AMERICAN.fullmatch(text))
        and not dial
        and (region in ("US", "CA") or text.startswith("+"))
        and (read := _american(usual, kind, text))
    ):
        return read
    if no_value(text):
        return _NONE
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("–", "-").replace("‐", "-")
    numbers: list[PhoneNumberRead] = []
    problems: list[tuple[str, str]] = []
    asides: list[tuple[str, str]] = []
    for part in _parts(text):
        found, aside = _read(part, region, kind, dial)
        if isinstance(found, str):
            problems.append((part, found))
        elif all(found.number != other.number for other in numbers):
            numbers.append(found)
        if aside and not isinstance(found, str):
            asides.append((part, aside))
    return PhonesRead(tuple(numbers), tuple(problems), tuple(asides))


def _american(found: re.Match[str], kind: str, raw: str) -> PhonesRead | None:
    """The most usual number of all, without the parser: the same result (a test compares them) in a
    tenth of its time. Nothing for what is assigned to nobody."""
    national = found[2] + found[3] + found[4]
    number = f"+1{national}"
    valid = bool(_assigned()(national)) or phonenumbers.is_valid_number(phonenumbers.parse(number))
    if not valid:
        return None
    return PhonesRead((PhoneNumberRead(number, found[5] or "", kind, raw),))


@lru_cache(maxsize=1)
def _assigned() -> Callable[[str], object]:
    """Whether a national number is a landline or mobile number of the United States."""
    metadata = PhoneMetadata.metadata_for_region("US")
    pattern = (
        metadata.fixed_line.national_number_pattern if metadata and metadata.fixed_line else None
    )
    return re.compile(pattern or "(?!)").fullmatch


def _parts(text: str) -> list[str]:
    """The numbers of a cell as texts; what is too short to be a number stays with the one before
    it."""
    parts: list[str] = []
    for rough in _BETWEEN.split(text):
        halves = _SLASH.split(rough)
        split = (
            halves if len(halves) > 1 and all(_digits(half) >= 7 for half in halves) else [rough]
        )
        for part in split:
            if parts and _digits(part) < 6:
                parts[-1] += f" {part}"
            elif part.strip():
                parts.append(part)
    return [one_line(part) for part in parts] if len(parts) > 1 else [one_line(text)]


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _read(text: str, region: str, kind: str, dial: str) -> tuple[PhoneNumberRead | str, str]:
    """The number, or why it is none; and what was left out of it."""
    raw = text
    while label := _LABEL.match(text):
        text = text[label.end() :]
    text = plain(text)
    if scientific := _SCIENTIFIC.fullmatch(text):
        text = _unfolded(scientific)
        if not text:
            return "a spreadsheet has cut off its last digits", ""
    elif _POINT_ZERO.fullmatch(text):
        text = text.partition(".")[0]
    elif _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    text, extension, said = _alone(text)
    if any(map(str.isalpha, text)):
        return "letters stand in it" if _digits(text) else "no telephone number", ""
    if "fax" in letters(said):
        return "a fax", ""
    number = _parse(_with_country(text, region, dial), region)
    if isinstance(number, str):
        return number, ""
    valid = phonenumbers.is_valid_number(number)
    word = letters(said)
    if said and not valid and word not in _PLAIN:
        return "letters stand in it", ""
    read = PhoneNumberRead(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        extension or number.extension or "",
        "mobile" if word in _MOBILE else kind,
        raw,
        valid,
    )
    return read, "" if word in _PLAIN else said


def _alone(text: str) -> tuple[str, str, str]:
    """A number without words; its extension; what stood beside it and is neither."""
    extension, beside = "", []
    for _ in range(2):  # an extension before the word as well as behind it
        if not extension and (found := _EXTENSION.search(text)):
            text, extension = text[: found.start()], found[1] or ""
            beside.append((found[2] or "").strip(" /,;&-x"))
        if found := _BEHIND.search(text):
            text = text[: found.start()]
            beside.append(found[1].strip(" )]"))
    if found := _BEFORE.match(text):
        text = text[found.end() :]
        beside.append(found[0].strip(" :,;-"))
    return text, extension, ", ".join(filter(None, beside))


def _unfolded(found: re.Match[str]) -> str:
    """The digits of a number in scientific notation, or nothing where some of them are lost."""
    digits, power = found[1] + (found[2] or ""), int(found[3])
    return digits if len(digits) == power + 1 else ""


def _with_country(text: str, region: str, dial: str) -> str:
    text = text.strip()
    if (abroad := _ABROAD.match(text)) and not (region == "AU" and abroad[1].startswith("11")):
        return f"+{abroad[1]}{text[abroad.end() :]}"
    code = dial.strip().lstrip("+").removeprefix("00").removesuffix(".0").replace("-", "")
    if code.isdigit() and not text.startswith("+"):
        bare = re.sub(r"\D", "", text)
        # a number that already begins with its code is longer than any national one
        return f"+{bare}" if bare.startswith(code) and len(bare) > 10 else f"+{code}{text}"
    return text


def _parse(text: str, region: str) -> PhoneNumber | str:
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return (
                "no country has this code"
                if text.startswith("+")
                else f"no country code, and the country is unknown; {CODE}"
            )
        return "no telephone number"
    if elsewhere := _elsewhere(text, number, region):
        return elsewhere
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict in _IMPOSSIBLE:
        return f"impossible: {_IMPOSSIBLE[verdict]}"
    if verdict == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return "impossible: the area code is missing"
    return number


def _elsewhere(text: str, number: PhoneNumber, region: str) -> str:
    """Why a number without a country code is none of ``region``, where its form says so."""
    if text.startswith("+") or not region:
        return ""
    american = bool(_SPACED.fullmatch(text.strip()))
    if not american and not phonenumbers.is_valid_number(number) and _is_abroad(text):
        return f"no number of {region}, and with a + before it one of elsewhere; {CODE}"
    if phonenumbers.country_code_for_region(region) == 1:
        abroad = re.match(r"\D*0(?!0|11)", text)
        return f"begins with 0, as no number of {region} does; {CODE}" if abroad else ""
    if american and not phonenumbers.is_valid_number(number):
        return f"looks like a number of the United States or Canada, not of {region}; {CODE}"
    return ""


def _is_abroad(text: str) -> bool:
    """Whether the digits are a number of the world by themselves."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + re.sub(r"\D", "", text)))
    except NumberParseException:
        return False
