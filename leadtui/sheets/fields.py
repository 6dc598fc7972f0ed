"""E-mail addresses, people's names, ratings, answers to yes and no, and figures, as they stand in
exhibitors' files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isclose

from leadtui.sheets.cells import key, letters, no_value, one_line
from leadtui.text import words

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(
    rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*@(?:{_LABEL}\.)+"
    r"(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})",
    re.IGNORECASE,
)
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,24}", re.IGNORECASE
)
_ANGLE = re.compile(r"<([^<>]*)>")
_SEVERAL = re.compile(r"[;,|\s]+|\s/\s")
_SUFFIXES = frozenset(
    words("""
    jr sr ii iii iv phd md mba esq cpa dds dvm rn pe cissp pmp msc bsc ma ba bs ms cfa cisa ret
    do
""")
)
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
_TITLES = frozenset(
    words("mr mrs ms miss mx dr prof sir herr frau mme mlle sr sra ing dipling m mag rev hon")
)
_PARTICLES = frozenset(
    words("""
    van von der den de del della di da do dos das du la le ten ter zu zum zur bin ibn al el af st
    st. mac vande vander e y 't
""")
)
_HOT = frozenset(words("hot high a aa veryhot urgent heiß heiss chaud caliente hoch sehrheiß 🔥"))
_WARM = frozenset(words("warm medium mid b lukewarm tiede tibio tibia mittel normal moderate"))
_COLD = frozenset(("cold", "low", "c", "d", "kalt", "froid", "frio", "niedrig", "cool", "verycold"))
_SCORE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:(?:/|of|out of|von|sur|de)\s*(\d+)|(%|stars?|sterne?)|pts?|points?)?",
    re.IGNORECASE,
)
_NO = frozenset(
    (
        "",
        *words(
            "0 00 no n false f off nein non nee none never allow allowed subscribed optedin"
            " zulassen autoriser permitir falsch faux falso"
        ),
    )
)
_YES = frozenset(
    words(
        "1 yes y true t on x ja oui si optedin optin consented granted given"
        " subscribed allow allowed active confirmed accepted agreed angemeldet"
    )
)
_COUNT = re.compile(r"[^\d]*(\d[\d.,' ]*)\s*(k|thousand|million|mio|m)?", re.IGNORECASE)
_MONEY = re.compile(
    r"(?P<cur>[A-Z]{3}|[$€£¥])?\s*(?P<amount>\d[\d.,' "
    r"]*)\s*(?P<unit>k|thousand|million|mio\.?|mm|mn|m|billion|bn|b)?\s*"
    r"(?P<after>[A-Z]{3}|[$€£¥])?",
    re.IGNORECASE,
)
_MINUS = re.compile(r"[-\u2212\u2013]\s*$")
MOST_PEOPLE = 10_000_000
"""More than the largest employer has, and less than what a telephone number in the wrong column
says."""
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+")
_ZEROS = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "mio": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name: as shown, and cut in two (either may be empty)."""

    full: str
    first: str
    last: str


def read_emails(cell: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The addresses of a cell, and ``(text, reason)`` for what should be one and is none."""
    text = cell.strip()
    if _PLAIN_EMAIL.fullmatch(text) and text.find("@") <= 64 and len(text) <= 254:
        return (text,), ()
    if no_value(text):
        return (), ()
    inner = _ANGLE.findall(text)
    found: list[str] = []
    bad: list[tuple[str, str]] = []
    for part in inner or _SEVERAL.split(text):
        address = (
            part.strip()
            .removeprefix("mailto:")
            .removeprefix("MAILTO:")
            .strip("\"'<>()[]{}:")
            .rstrip(".")
        )
        if _EMAIL.fullmatch(address) and address.find("@") <= 64 and len(address) <= 254:
            if address.casefold() not in map(str.casefold, found):
                found.append(address)
        elif address and "@" in address:
            bad.append((address, "no e-mail address"))
    return tuple(found), tuple(bad) if found or bad else ((text, "no e-mail address"),)


def read_name(full: str, first: str, last: str) -> Name:
    """A name from what the file has of it; capitals, suffixes (``Jr.``, ``PhD``) and particles stay
    as they are."""
    full, first, last = one_line(full), one_line(first), one_line(last)
    half = first or last
    if full and not (first and last) and not set(half.split()) <= set(re.split("[ ,]+", full)):
        # "Nom" beside "Prénom", "Nombre" beside "Apellidos": the half without a column of its own
        full, first, last = "", first or full, last or full
    if first or last:
        return Name(full or f"{first} {last}".strip(), first, last)
    if "," in full:
        full = _turned(full)
    words = full.split()
    start = 0
    while start < len(words) - 1 and letters(words[start]) in _TITLES:
        start += 1
    end = len(words)
    while (
        end - start > 1
        and letters(words[end - 1]) in _SUFFIXES
        and _suffix(words[end - 1], end - start)
    ):
        end -= 1
    core, suffixes = words[start:end], words[end:]
    if len(core) < 2:
        return Name(full, core[0] if core and not start else "", core[0] if core and start else "")
    cut = len(core) - 1
    while cut > 1 and core[cut - 1].casefold() in _PARTICLES:
        cut -= 1
    generation = [word for word in suffixes if letters(word) in _GENERATIONS]
    return Name(full, " ".join(core[:cut]), " ".join([*core[cut:], *generation]).rstrip(","))


def _suffix(word: str, words: int) -> bool:
    """``MA`` and ``Do`` are surnames too: without a third word only a mark of a suffix counts."""
    return words > 2 or "." in word or letters(word) in ("jr", "iii", "phd")


def _turned(full: str) -> str:
    """``Lee, Ann`` as ``Ann Lee``; ``Ann Lee, PhD`` as it is; ``Lee, Jr., Ann`` as ``Ann Lee
    Jr.``."""
    head, *rest = (part.strip() for part in full.split(","))
    suffixes = [
        part for part in rest if part and all(letters(word) in _SUFFIXES for word in part.split())
    ]
    given = [part for part in rest if part and part not in suffixes]
    if not given:
        return full.strip(" ,")
    turned = f"{' '.join(given)} {head}"
    return " ".join([turned, *suffixes])


def rating_scale(cells: Iterable[str]) -> int:
    """The best mark of a column of figures: 5, 10 or 100, whichever the highest one fits."""
    best = 0.0
    for cell in cells:
        if (found := _SCORE.fullmatch(cell)) and not (found[2] or found[3]):
            best = max(best, float(found[1].replace(",", ".")))
    return 5 if best <= 5 else 10 if best <= 10 else 100


@lru_cache(maxsize=1024)
def read_rating(cell: str, scale: int) -> str:
    """``hot``, ``warm``, ``cold``, or empty for what says none of them; four fifths of the scale
    are hot, half is warm."""
    text = cell.strip()
    stars = text.count("★") + text.count("⭐") + (len(text) if text and set(text) == {"*"} else 0)
    if stars:
        return _share(stars / 5)
    if (found := _SCORE.fullmatch(text)) and text:
        best = float(found[2] or (100 if found[3] == "%" else 5 if found[3] else scale))
        return _share(float(found[1].replace(",", ".")) / best) if best else ""
    folded = key(text).replace(" ", "")
    for form in (
        folded,
        letters(text),
        letters(text).removesuffix("lead"),
        letters(text.split("-")[0].split("(")[0]),
    ):
        for marks, rating in ((_HOT, "hot"), (_WARM, "warm"), (_COLD, "cold")):
            if form in marks:
                return rating
    return ""


def _share(part: float) -> str:
    return "hot" if part >= 0.8 else "warm" if part >= 0.5 else "cold"


def refused(cell: str) -> bool:
    """Whether an opt-out cell says so; any text that is no plain "no" counts, since a doubt is the
    lead's."""
    return letters(cell) not in _NO


def granted(cell: str) -> bool:
    """Whether a consent cell says yes in so many words."""
    return letters(cell) in _YES


def read_count(cell: str) -> int | None:
    """A number of people; of a range (``200-500``) or ``500+`` the lower end.

    ``None`` for what is no count of people: a negative one, parts of a person, more than any
    employer has."""
    found = _COUNT.match(cell)
    if not found or no_value(cell) or _MINUS.search(cell[: found.start(1)]):
        return None
    amount = _figure(found[1])
    if amount is None:
        return None
    amount *= _ZEROS.get((found[2] or "").lower(), 1)
    people = round(amount)
    return people if people <= MOST_PEOPLE and isclose(amount, people, abs_tol=1e-6) else None


def read_money(cell: str, currency: str) -> tuple[int, str] | None:
    """``(minor units, ISO currency)`` of an amount such as ``$5M``; ``currency`` where it names
    none."""
    found = _MONEY.match(cell)
    if not found:
        return None
    amount = _figure(found["amount"])
    sign = found["cur"] or found["after"] or ""
    code = _SIGNS.get(sign, sign.upper() if len(sign) == 3 and sign.isalpha() else currency)
    if amount is None:
        return None
    minor = round(amount * _ZEROS.get((found["unit"] or "").lower().rstrip("."), 1) * 100)
    return (minor, code) if minor < 2**62 else None


def _figure(text: str) -> float | None:
    """``1,001``, ``1.001`` and ``1 001`` are a thousand and one; ``1.5`` and ``1,5`` are one and a
    half."""
    text = text.strip(" .,'")
    if _THOUSANDS.fullmatch(text):
        return float(re.sub(r"[.,' ]", "", text))
    decimal = max(text.rfind("."), text.rfind(","))
    if decimal >= 0:
        text = re.sub(r"[.,' ]", "", text[:decimal]) + "." + text[decimal + 1 :]
    try:
        return float(re.sub(r"[' ]", "", text))
    except ValueError:
        return None
