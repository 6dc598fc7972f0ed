"""Bytes to text: the byte order mark, UTF-8 (also where it was encoded twice), UTF-16, and old code
pages by what their words say."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from leadtui.errors import LeadtuiError
from leadtui.sheets.codepages import Page, chosen, compared, readings
from leadtui.text import words

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
_NO_LIST = (
    ("<html", "a web page"),
    ("<!doctype html", "a web page"),
    ("<table", "a web page"),
    ("<?xml", "XML"),
    ("{", "JSON"),
    ("[{", "JSON"),
    ("begin:vcard", "a file of contacts (vCard)"),
)
_NAMES = {"cp1252": "Windows-1252", "cp850": "DOS 850", "mac_roman": "Mac Roman"}
_WIDE_PAGES = frozenset(
    words("big5 big5hkscs cp932 cp949 euc_jp euc_kr gb18030 gb2312 gbk shift_jis shift_jis_2004")
)
_TWICE = re.compile(
    "(?:[\u00c2-\u00df\u00e2\u00f0][\x80-\xbf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]{1,3})+"
)
"""Runs of what the bytes of one character become when each is taken for a character."""
_BROKEN = re.compile(r"[\udc80-\udcff]")


class Undecided(LeadtuiError):
    """The evidence decides for no encoding; ``pages`` are those that it could be, the likeliest
    first."""

    def __init__(self, message: str, pages: list[Page]) -> None:
        super().__init__(message)
        self.pages = pages


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
    text = text.removeprefix("\ufeff").rstrip("\x1a")
    start = text[:200].lstrip().casefold()
    for begins, what in _NO_LIST:
        if start.startswith(begins):
            raise LeadtuiError(
                f"{where}: this is {what}, no list; open it where it comes from, save the list as "
                "CSV and import that"
            )
    return Decoded(text, found.encoding, tuple(warnings))


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
        return _once(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _mixed(data) or _paged(data, where)


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


def _paged(data: bytes, where: str) -> Decoded:
    """A text in an old code page, where the evidence decides for one."""
    pages = compared(data)
    page = chosen(pages)
    if page is not None:
        name = _NAMES.get(page.codec, page.codec)
        said = f"not UTF-8: read as {name}; look whether accented names are right"
        return Decoded(page.text, page.codec, (said,))
    from charset_normalizer import from_bytes

    strange = not pages or pages[0].against > pages[0].words
    best = from_bytes(data).best() if strange else None
    if best is not None and best.chaos <= 0.2 and best.encoding in _WIDE_PAGES:
        said = f"read as {best.encoding}, which is a guess: look whether names are right"
        return Decoded(str(best), best.encoding, (said,))
    shown = f" ({readings(pages)})" if len({one.text for one in pages}) > 1 else ""
    raise Undecided(
        f"{where}: the encoding of this file cannot be told{shown}; name it with --encoding, or "
        "save the list again as CSV UTF-8",
        pages,
    )


def _once(text: str) -> Decoded:
    """UTF-8, whose lines may have been encoded twice: ``MÃ¼ller``."""
    if text.isascii() or not _TWICE.search(text):
        return Decoded(text, "utf-8")
    lines = text.split("\n")
    mended = []
    for number, line in enumerate(lines, 1):
        if (meant := _meant(line)) != line:
            mended.append(number)
            lines[number - 1] = meant
    if not mended:
        return Decoded(text, "utf-8")
    named = ", ".join(map(str, mended[:10])) + (" …" if len(mended) > 10 else "")
    said = f"encoded twice as UTF-8, and read as it was meant: line {named}"
    return Decoded("\n".join(lines), "utf-8", (said,))


def _meant(line: str) -> str:
    """A line as it was before it was encoded a second time; itself where not all of it was."""
    rest = _TWICE.sub("", line)
    if not _TWICE.search(line) or not rest.isascii():
        return line
    try:
        runs = [_bytes(run).decode("utf-8") for run in _TWICE.findall(line)]
    except UnicodeDecodeError:
        return line
    if any(
        char < "\xa0" or not char.isprintable() for run in runs for char in run if char != "\xa0"
    ):
        return line
    meant = iter(runs)
    return _TWICE.sub(lambda _: next(meant), line)


def _bytes(run: str) -> bytes:
    """Windows-1252 with the five bytes it does not define, as programs decode it."""
    return b"".join(
        char.encode("latin-1") if char < "\x9f" or not _encodes(char) else char.encode("cp1252")
        for char in run
    )


def _encodes(char: str) -> bool:
    return bool(char.encode("cp1252", errors="ignore"))
