"""A letter on paper: PDF pages with sender, address, date and text, or the same as plain text.

The core fonts of PDF need no font file and know Windows-1252: all of Western Europe and the
Americas. For a letter in other characters a TrueType font is looked for in the system's font
folders (or named); without one it becomes text, which the mailing house can set, and whoever prints
is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from leadtui.errors import LeadtuiError

CORE = "cp1252"
LETTER_PAPER = ("US", "CA", "MX", "PH", "CO", "VE", "CL")
"""Countries that print on Letter; all others on A4."""
FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *(
        "/Library/Fonts",
        "/System/Library/Fonts/Supplemental",
        "~/Library/Fonts",
        "C:/Windows/Fonts",
    ),
)
FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
)

LEFT, TOP, ADDRESS, DATE, BODY = 22.0, 20.0, 50.0, 90.0, 102.0
"""Millimetres from the left and the top edge: the address shows in the window of a folded sheet on
either paper."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on one letter."""

    sender: str
    """One small line above the address."""
    address: tuple[str, ...]
    date: str
    body: str
    country: str = ""
    """Where it is printed: decides the paper."""


def text_of(sheet: Sheet) -> bytes:
    """The letter as plain text, UTF-8."""
    return "\n".join(
        (sheet.sender, "", *sheet.address, "", sheet.date, "", sheet.body.strip(), "")
    ).encode()


def pdf_of(sheet: Sheet, at: datetime, font: Path | None = None) -> bytes | None:
    """The letter as PDF, the same bytes for the same letter; ``None`` where no font has its
    characters."""
    try:
        from fpdf import FPDF
    except ImportError:
        raise LeadtuiError(
            "a letter as PDF needs fpdf2, which is not installed; "
            "run pip install 'leadtui[letters]', or print with --format text"
        ) from None
    said = "\n".join((sheet.sender, *sheet.address, sheet.date, sheet.body))
    unicode_font = None if _is_core(said) else font_for(said, font)
    if unicode_font is None and not _is_core(said):
        return None
    pdf = FPDF(format="letter" if sheet.country in LETTER_PAPER else "a4")
    pdf.set_creation_date(at)
    pdf.core_fonts_encoding = CORE
    family = "helvetica"
    if unicode_font is not None:
        family = "letter"
        pdf.add_font(family, fname=unicode_font)
    pdf.set_margins(LEFT, TOP, LEFT)
    pdf.set_auto_page_break(auto=True, margin=TOP)
    pdf.add_page()
    for size, top, text in (
        (7.5, ADDRESS - 7, sheet.sender),
        (11, ADDRESS, "\n".join(sheet.address)),
        (11, DATE, sheet.date),
        (11, BODY, sheet.body.strip()),
    ):
        pdf.set_font(family, size=size)
        pdf.set_xy(LEFT, top)
        pdf.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _is_core(text: str) -> bool:
    try:
        text.encode(CORE)
    except UnicodeEncodeError:
        return False
    return True


def font_for(text: str, named: Path | None = None) -> Path | None:
    """A TrueType font with every character of ``text``: the one named, else one of the system's."""
    wanted = frozenset(map(ord, text)) - {10, 13}
    if named is not None:
        if not named.is_file():
            raise LeadtuiError(
                f"{named}: there is no such font file; name a TrueType font with --font"
            )
        return named if wanted <= _characters(named) else None
    return next((path for path in _installed() if wanted <= _characters(path)), None)


@lru_cache(maxsize=1)
def _installed() -> tuple[Path, ...]:
    return tuple(_search(FOLDERS))


def _search(folders: Iterable[str]) -> Iterator[Path]:
    for name in FONTS:
        for folder in folders:
            root = Path(folder).expanduser()
            if root.is_dir():
                yield from sorted(root.rglob(name))[:1]


@lru_cache(maxsize=8)
def _characters(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # fpdf2 brings it

    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            return frozenset(font.getBestCmap() or {})
    except (TTLibError, OSError) as error:
        raise LeadtuiError(
            f"{path}: this is no TrueType font ({error}); name another with --font"
        ) from error
