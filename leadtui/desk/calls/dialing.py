"""Placing a call: a tel: link, the clipboard, or a command; never through a shell, never waiting
for its end."""

from __future__ import annotations

import re
import shlex

from leadtui.desk.core.words import shown_number
from leadtui.errors import LeadtuiError, Refused
from leadtui.mail.opener import Opener, open_with_system, run_detached
from leadtui.settings import Settings

_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_EXTENSION = re.compile(r"[0-9]{1,11}")
PLACE = "{number}"


def place_call(
    settings: Settings, number: str, *, opener: Opener | None = None, extension: str = ""
) -> str:
    """Place the call the way ``[calls] dial`` says and return what the rep should know, in one
    sentence.

    ``number`` is E.164. With ``copy`` nothing is started: the front end puts the number on the
    clipboard. Raises ``Refused`` for anything that is no number, and ``LeadtuiError`` where nothing
    on this machine can dial; either way the rep still sees the number and can dial by hand. May
    take two seconds; call it in a worker."""
    if not _E164.fullmatch(number):
        raise Refused("bad_number", f"{number[:30]!r} is no number one can dial; correct it first")
    inner = extension if _EXTENSION.fullmatch(extension) else ""
    shown = f"{shown_number(number)}{f', extension {inner}' if inner else ''}"
    if settings.dial == "copy":
        return f"{shown} is for you to dial: copied where your terminal allows it"
    if settings.dial == "open":
        try:
            (opener or open_with_system)(f"tel:{number}{f';ext={inner}' if inner else ''}")
        except LeadtuiError as error:
            raise LeadtuiError(
                f'dial {shown} by hand: {error}; or set [calls] dial = "copy"'
            ) from error
        return f"calling {shown}"
    run_detached(dial_command(settings.dial, number))
    return f"calling {shown}"


def dial_command(line: str, number: str) -> list[str]:
    """The words of a dial command with the number in its place. Raises ``LeadtuiError`` where it
    has no place."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise LeadtuiError(
            f"[calls] dial = {line!r} cannot be read ({error}); close its quotes"
        ) from error
    if not words or not any(PLACE in word for word in words[1:]):
        raise LeadtuiError(
            f"[calls] dial = {line!r} is neither open nor copy, and no command with {PLACE}; "
            "correct it"
        )
    return [word.replace(PLACE, number) for word in words]
