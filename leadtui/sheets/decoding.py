"""Bytes to text: the byte order mark, UTF-8, UTF-16, Windows-1252, and as a last resort a guess
that says so."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise

from leadtui.errors import LeadtuiError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TABLE = (
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\0", "a database"),
)
_TYPOGRAPHY = frozenset("€‚„…‘’“”•–—™ ¡¢£§©ª«®°±²³´µ·¹º»¼½¾¿×÷")
_BROKEN = re.compile(r"[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the encoding it was read with, and what a person should know about that."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, where: str, encoding: str = "") -> Decoded:
    """The text of a file. ``encoding`` is obeyed when given; otherwise it is found out.

    Raises ``LeadtuiError`` for what is no text, or text in an encoding nobody can tell.
    """
    for magic, what in _NO_TABLE:
        if data.startswith(magic):
            raise LeadtuiError(
                f"{where}: this is {what}, no table; save the list as CSV and import that"
            )
    found = (
        _given(data, where, encoding)
        if encoding
        else (_by_mark(data, where) or _unmarked(data, where))
    )
    text, warnings = found.text, list(found.warnings)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        warnings.append(
            f"{text.count(chr(0))} NUL characters were taken out, the first on line {line}"
        )
        text = text.replace("\0", "")
    return Decoded(text.removeprefix("\ufeff").rstrip("\x1a"), found.encoding, tuple(warnings))


def _given(data: bytes, where: str, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except LookupError:
        raise LeadtuiError(
            f"encoding {encoding!r} is unknown; write it like utf-8, cp1252 or utf-16"
        ) from None
    except UnicodeDecodeError as error:
        raise LeadtuiError(
            f"{where}: byte {error.start} is not {encoding}; leave the encoding away"
        ) from None


def _by_mark(data: bytes, where: str) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            if encoding == "utf-8":
                return _unmarked(body, where)
            whole = len(body) - len(body) % (4 if "32" in encoding else 2)
            text = body[:whole].decode(encoding, errors="replace")
            damaged = ("the file ends in the middle of a character",) if whole < len(body) else ()
            return Decoded(text, encoding, damaged)
    return None


def _unmarked(data: bytes, where: str) -> Decoded:
    if wide := _wide(data):
        return Decoded(data[: len(data) & ~1].decode(wide, errors="replace"), wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _mixed(data) or _western(data) or _guess(data, where)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in a table every second byte is zero at least at delimiters and line
    ends."""
    sample = data[:8192]
    if b"\0" not in sample or len(sample) < 4:
        return ""
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * 0.3 and even < odd * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.3 and odd < even * 0.1 else ""


def _mixed(data: bytes) -> Decoded | None:
    """UTF-8 with some lines in Windows-1252, as when two exports were pasted together."""
    text = data.decode("utf-8", errors="surrogateescape")
    broken = len(_BROKEN.findall(text))
    sound = sum(1 for char in text if char > "\x7f") - broken
    if sound < 2 * broken:
        return None
    lines = text.split("\n")
    repaired = []
    for number, line in enumerate(lines, 1):
        if _BROKEN.search(line):
            repaired.append(number)
            lines[number - 1] = line.encode("utf-8", errors="surrogateescape").decode(
                "cp1252", errors="replace"
            )
    named = ", ".join(map(str, repaired[:10])) + (" …" if len(repaired) > 10 else "")
    return Decoded(
        "\n".join(lines), "utf-8", (f"not UTF-8 like the rest, read as Windows-1252: line {named}",)
    )


def _western(data: bytes) -> Decoded | None:
    """Windows-1252, where it makes Western words: accented letters stand among plain ones, not in
    runs."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    high = [index for index, char in enumerate(text) if char > "\x7f" and char not in _TYPOGRAPHY]
    odd = sum(1 for index in high if not text[index].isalpha())
    runs = sum(1 for first, second in pairwise(high) if second == first + 1)
    if odd > 0.05 * len(high) or runs > 0.2 * len(high):
        return None
    return Decoded(
        text, "cp1252", ("not UTF-8: read as Windows-1252; look whether accented names are right",)
    )


def _guess(data: bytes, where: str) -> Decoded:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None or best.chaos > 0.2:
        raise LeadtuiError(
            f"{where}: the encoding of this file cannot be told; save it again as CSV UTF-8, "
            "or name it with "
            "--encoding"
        )
    return Decoded(
        str(best),
        best.encoding,
        (f"read as {best.encoding}, which is a guess: look whether names are right",),
    )
