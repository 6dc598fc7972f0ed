"""What is wrong with a file that is no TOML, as what to do at which line: the parser says what it
did not expect, and not what was meant."""

from __future__ import annotations

import re

from leadtui.errors import PlaybookError

_AT_LINE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CURLY = re.compile("[“”„‟«»‘’‚]")
_COLON = re.compile(r"\s*[\w.-]+\s*:")
_CLOSE = {"Unclosed array": "]", "Unclosed inline table": "}"}


class NotToml(PlaybookError):
    """The file is no TOML, so that nothing else can be said about it."""


def not_toml(file: str, text: str, error: Exception) -> NotToml:
    """One sentence for what ``tomllib`` could not read."""
    if isinstance(error, RecursionError):
        return NotToml(file, 1, "the file nests too deeply to be read; make it flatter")
    said = " ".join(str(error).split())
    match = _AT_LINE.search(said)
    if match is None:
        return NotToml(file, 1, "this is not TOML (a value is out of range); write a smaller one")
    reason, lines = said[: match.start()], text.split("\n")
    number, column = int(match[1] or len(lines)), int(match[2] or 1)
    rest = lines[number - 1][column - 1 :]
    if reason in _CLOSE and not lines[number - 1][: column - 1].strip():
        rest = ""  # the line before should have ended it
        while number > 1 and (column == 1 or not lines[number - 1].strip()):
            number, column = number - 1, 2
    line = lines[number - 1]
    do = _to_do(reason, line, rest)
    return NotToml(file, number, f"this is not TOML; {do}")


def _to_do(reason: str, line: str, rest: str) -> str:
    """What to write, from the line and from what is left of it where the parser gave up."""
    do = f"mend this place first ({reason[:1].lower()}{reason[1:]})"
    if any(word in reason for word in ("twice", "overwrite", "Duplicate", "redefine")):
        do = _twice(line)
    elif reason in _CLOSE:
        comma = rest.strip() and not rest.lstrip().startswith("#")
        do = f"put a comma before {rest.strip()[:30]!r}" if comma else _closing(reason)
    elif reason.startswith("Expected ']"):
        do = f"close it with {reason.split()[1]}"
    elif _CURLY.search(line):
        do = 'write straight quotes (") instead of the curly ones'
    elif reason.startswith(("Illegal", "Unterminated", "Expected '\"")):
        do = "close the quote in the line in which it opens"
    elif any(word in reason for word in ("'\\'", "'\\\\'", "Escape", "hex")):
        do = "write \\\\ for a backslash"
    elif reason.startswith("Expected '='") or reason == "Invalid statement":
        colon = _COLON.match(line)
        do = f"write '=' {'and not ' + repr(':') + ' after' if colon else 'between'} a key"
        do += "" if colon else " and its value"
    elif reason.startswith("Expected newline"):
        do = _left_over(rest)
    elif reason.startswith("Invalid value"):
        do = _bad_value(rest.strip())
    return do


def _twice(line: str) -> str:
    name = line.partition("=")[0].strip(" []")
    several = (
        f"write [[{name}]] above each of several, or " if line.lstrip().startswith("[") else ""
    )
    return f"'{name}' stands twice; {several}take one out"


def _closing(reason: str) -> str:
    return f"close it with '{_CLOSE[reason]}'"


def _left_over(rest: str) -> str:
    """Something stands behind a whole value."""
    if rest.lstrip().startswith(("//", ";", "--", "/*")):
        return "a remark begins with '#'"
    if '"' in rest:
        return 'write \\" for a quote inside a text'
    return f"take {rest.strip()[:30]!r} out, or put the whole value in quotes"


def _bad_value(rest: str) -> str:
    """What stands where a value should."""
    word = rest.split("#", maxsplit=1)[0].strip().rstrip(",")
    if not word:
        return "write a value after '='"
    if word.casefold() in {"true", "false", "yes", "no", "on", "off", "none", "null"}:
        return "write true or false in small letters"
    return "put the text in quotes"
