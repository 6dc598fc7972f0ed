"""Which old code page a text is in: the one under which its words are words, by evidence alone.

Every word with a byte beyond ASCII is read under each page, and what no language writes is counted
against it: signs inside words, capitals behind small letters, letters that no one language has
together, letters where they do not stand. A guesser that knows whole texts, as charset-normalizer
is, tells nothing by a list of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

_LANGUAGES = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "ca": "àçéèíïóòúü",
    "pt": "ãõáâàçéêíóôú",
    "it": "àèéìòù",
    "nordic": "æøåäöéü",
    "nl": "ëïéèö",
    "is": "áðéíóúýþæö",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "pl": "ąćęłńóśźż",
    "hu": "áéíóöőúüű",
    "ro": "ăâîşţ",
    "hr": "čćđšž",
    "tr": "çğıiöşüâîû",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "et": "äõöüšž",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "el": "αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",
}
_WEST = "de fr es ca pt it nordic nl"
_EAST = "de cs sk pl hu ro hr"
_PAGES = {
    "cp1252": f"{_WEST} is et",
    "cp1250": _EAST,
    "cp1254": f"{_WEST} tr",
    "cp850": f"{_WEST} is",
    "mac_roman": f"{_WEST} is",
    "cp852": _EAST,
    "iso8859_2": _EAST,
    "cp1257": "de lt lv et",
    "cp1251": "ru uk",
    "koi8_r": "ru",
    "cp866": "ru",
    "cp1253": "el",
}
"""Codec -> languages; the more usual ones first."""
_RARE = frozenset(("is", "et", "sk", "ca"))
_LOANS = frozenset("éèöüä")
"""Letters that come with names from abroad."""
_HINTS = {
    page: re.compile(pattern, re.IGNORECASE)
    for pages, pattern in (
        (
            "cp1252 cp850 mac_roman",
            (
                r"\.(?:fr|de|at|ch|es|pt|it|nl|be|dk|no|se|fi|is|br|mx)\b|france|german[yi]|deutschland|"
                r"austria|switz|spain|portug|italy|netherl|belgi|denmark|norway|sweden|finland|iceland|"
                r"brazil|mexico|\+(?:33|49|43|41|34|351|39|31|32|45|47|46|358|354|55|52)\b"
            ),
        ),
        (
            "cp1250 cp852 iso8859_2",
            (
                r"\.(?:pl|cz|sk|hu|ro|hr|si)\b|poland|polska|polen|czech|slova[kc]|hungar|magyar|romania|"
                r"croatia|sloven|\+(?:48|420|421|36|40|385|386)\b|\bkft\b|s\.r\.o|sp\. z"
            ),
        ),
        ("cp1254", r"\.tr\b|turk|\+90\b"),
        ("cp1257", r"\.(?:lt|lv|ee)\b|lithuania|latvia|estonia|\+37[0-2]\b"),
        ("cp1251 koi8_r cp866", r"\.(?:ru|ua|by|kz)\b|russia|ukrain|belarus|\+(?:7|380|375)\b"),
        ("cp1253", r"\.gr\b|greece|\+30\b"),
    )
    for page in pages.split()
}
_OLD = frozenset(("cp850", "mac_roman", "cp852", "iso8859_2", "koi8_r", "cp866"))
_ON_HINT = frozenset(("cp1257",))
_ACCENT = re.compile("[άέήίόύώΐΰ]")
_WORD = re.compile(rb"[A-Za-z\x80-\xff'-]*[\x80-\xff][A-Za-z\x80-\xff'-]*")
_BREAK = re.compile(r"[,;|\t]")
_VOWEL = "aeiouyáéíóúýě"
_ODD = re.compile(
    rf"č(?=[^{_VOWEL}k](?:[^{_VOWEL}]*e|$))|è(?=[{_VOWEL}]|$)"
    rf"|(?<=[aeiou])[øæ]|[øæ](?=[aeiou])|(?<![{_VOWEL}])[řć](?![{_VOWEL}])"
    r"|ñ(?![aeiouáéíóú])|ń(?=[aeiouáéíóú])|õ(?=[b-df-hj-np-tv-z])|ő(?=e)"
    rf"|[òìù](?!$)|(?<![{_VOWEL}])ň$|ã(?![oe]|$)|ă(?=[oe])|(?<=.)þ|(?<![aeiou])ï(?![aeiou])"
)
"""Letters where the languages that have them do not put them."""
_BESIDE = frozenset("’‘´`“”„«»–—·…®™©°ºª²³¡¿ ")
"""Signs that may touch a word, at its edge or (the first four) inside."""
_INSIDE = frozenset("’‘´`–—·")
_LOOK = 3_000
_CLEAR = 2
"""So much must speak against the usual page before a rarer one is taken without being asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """A code page and how much speaks against it; 0 is nothing."""

    codec: str
    against: int
    hinted: bool
    text: str
    words: int


def compared(data: bytes) -> list[Page]:
    """The pages under which ``data`` can be read, the likeliest first."""
    words = list(islice(dict.fromkeys(_WORD.findall(data)), _LOOK))
    plain = data.decode("ascii", errors="replace")
    found = []
    for codec, languages in _PAGES.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        hinted = codec in _HINTS and bool(_HINTS[codec].search(plain))
        if codec in _ON_HINT and not hinted:
            continue
        alphabets = {name: _LANGUAGES[name] for name in languages.split()}
        against = sum(_against(word.decode(codec), alphabets) for word in words)
        against += codec in _OLD
        found.append(Page(codec, against, hinted, text, len(words)))
    return sorted(found, key=lambda page: (page.against, not page.hinted))


def chosen(pages: list[Page]) -> Page | None:
    """The page that the evidence decides for, or nothing where it has to be asked."""
    if not pages:
        return None
    best = pages[0]
    rivals = [page for page in pages if page.text != best.text]
    if best.against > best.words + 1:
        return None
    for rival in rivals:
        ahead = rival.against - best.against
        if best.hinted and (ahead > 0 or not rival.hinted):
            continue
        usual = best.codec == "cp1252"
        if (rival.hinted and ahead < _CLEAR) or (rival.codec == "cp1252" and ahead < _CLEAR):
            return None
        if not usual and ahead < 1:
            return None
        if usual and ahead < 1 and rival.codec in ("cp1250", "cp1254"):
            return None
    return best


def readings(pages: list[Page]) -> str:
    """How the first word that the two likeliest pages read differently stands under each."""
    best = pages[0]
    rival = next(page for page in pages if page.text != best.text)
    for ours, theirs in zip(best.text.splitlines(), rival.text.splitlines(), strict=False):
        if ours != theirs:
            pairs = zip(_BREAK.split(ours), _BREAK.split(theirs), strict=False)
            one, other = next(((a, b) for a, b in pairs if a != b), (ours, theirs))
            return f"{one[:40]!r} with {best.codec}, {other[:40]!r} with {rival.codec}"
    return ""


def apart(pages: list[Page], most: int = 6) -> list[tuple[str, str]]:
    """Code page and some lines as it reads them, for pages that read the file differently."""
    texts = {page.text: page for page in reversed(pages)}
    kept = sorted(texts.values(), key=lambda page: page.against)[:most]
    lines = [page.text.splitlines() for page in kept]
    telling = [at for at, told in enumerate(zip(*lines, strict=False)) if len(set(told)) > 1][:2]
    return [
        (page.codec, "   ".join(read[at] for at in telling))
        for page, read in zip(kept, lines, strict=True)
    ]


def _against(word: str, alphabets: Mapping[str, str]) -> int:
    """What speaks against a word; the least of its languages."""
    count = 0
    letters = [char for char in word if char.isalpha()]
    capitals = all(map(str.isupper, letters))
    for place, char in enumerate(word):
        if char.isascii():
            continue
        before, behind = word[place - 1 : place], word[place + 1 : place + 2]
        if not char.isalpha() or char in _BESIDE:
            inside = before.isalpha() and behind.isalpha()
            touches = before.isalpha() or behind.isalpha()
            count += 3 * bool((char not in _BESIDE and touches) or (inside and char not in _INSIDE))
        elif char.isupper() and before.isalpha() and not capitals:
            count += 3
    special = {char for char in word.lower() if char.isalpha() and not char.isascii()} - _BESIDE
    if not special:
        return count
    mixed = any(char.isascii() for char in letters)
    least = min(
        2 * len(special.difference(alphabet, _LOANS if mixed else ()))
        + (name in _RARE and not special <= _LOANS)
        for name, alphabet in alphabets.items()
    )
    foreign = mixed and any(char > "\u0370" for char in special)
    lone = (
        len(letters) < 3
        and word.islower()
        and max(special) < "\u0370"
        and special.isdisjoint(_VOWEL + "äëöüàèìòùâêîôûãõåæø")
    )
    flat = (
        min(special) > "\u0370"
        and max(special) < "\u0400"
        and len(letters) > 2
        and not (capitals or _ACCENT.search(word))
    )
    odd = len(_ODD.findall(word.lower()))
    return count + least + odd + 3 * foreign + 2 * lone + flat
