"""The ways a message leaves: a draft in the rep's own mail program, a mailto link, a file (demo
floors), SMTP.

A transport never touches the database and may take its time, within bounds: it is called outside of
any transaction. It answers with a ``Delivery``; what it cannot know (the server went away after it
had the whole message) it calls ``unknown``, and a person decides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from leadtui.errors import LeadtuiError, NotSaved, Refused
from leadtui.files import create
from leadtui.mail.handing import Delivery, need_sender
from leadtui.mail.message import Message
from leadtui.mail.opener import Opener, open_with_system
from leadtui.settings import MailSettings

MAILTO_LIMIT = 2000 if sys.platform == "win32" else 8000
"""Characters of a mailto link that the system's programs take without cutting it."""


class Transport(Protocol):
    """A way for messages to leave."""

    @property
    def name(self) -> str:
        """The word of ``[mail] transport``."""

    @property
    def sends(self) -> bool:
        """Whether handing over is sending; otherwise the rep still has to press send."""

    def check(self, message: Message) -> None:
        """Refuse, before anything is on record, a message this way cannot take."""

    def hand_over(self, message: Message, name: str) -> Delivery:
        """Let it go; ``name`` is a file name without suffix. Bounded in time; never raises for what
        may happen."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsent .eml in ``outbox/``, opened with the system's mail program."""

    folder: Path
    opener: Opener = open_with_system
    name: str = "draft"
    sends: bool = False

    def check(self, message: Message) -> None:
        """Every message can be a draft."""

    def hand_over(self, message: Message, name: str) -> Delivery:
        """Write it whole, then open it; where nothing opens it, the file is there all the same."""
        try:
            path = keep(self.folder / f"{name}.eml", message.draft())
        except NotSaved as error:
            return Delivery("failed", str(error))
        try:
            self.opener(str(path))
        except LeadtuiError as error:
            return Delivery("drafted", f"{error}; open {path} in your mail program", str(path))
        return Delivery("drafted", path=str(path))


@dataclass(frozen=True, slots=True)
class Mailto:
    """A mailto link, opened with the system's mail program."""

    opener: Opener = open_with_system
    limit: int = MAILTO_LIMIT
    name: str = "mailto"
    sends: bool = False

    def check(self, message: Message) -> None:
        """A link that would be cut somewhere on its way is refused, and one cannot carry files."""
        if message.files:
            raise Refused(
                "files",
                f"a mailto link carries no files ({', '.join(message.files)}); set [mail] "
                'transport = "draft" or "smtp"',
            )
        length = len(mailto(message))
        if length > self.limit:
            raise Refused(
                "too_long",
                f"this message is too long for a mailto link ({length:,} of {self.limit:,} "
                "characters); "
                'shorten it, or set [mail] transport = "draft"',
            )

    def hand_over(self, message: Message, name: str) -> Delivery:
        """Open the link."""
        try:
            self.opener(mailto(message))
        except LeadtuiError as error:
            return Delivery("failed", str(error))
        return Delivery("drafted")


@dataclass(frozen=True, slots=True)
class Files:
    """A .eml in ``sent/`` that counts as sent; only on demo floors, where nobody waits for an
    answer."""

    folder: Path
    name: str = "file"
    sends: bool = True

    def check(self, message: Message) -> None:
        """It needs to say from whom it is."""
        need_sender(message)

    def hand_over(self, message: Message, name: str) -> Delivery:
        """Write it whole."""
        try:
            return Delivery("sent", path=str(keep(self.folder / f"{name}.eml", message.content)))
        except NotSaved as error:
            return Delivery("failed", str(error))


def keep(path: Path, content: bytes) -> Path:
    """Write a message to its file, in a folder that is made where it is missing. Raises
    ``NotSaved``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        create(path, [content], 0o660)
    except OSError as error:
        raise NotSaved(
            f"{path}: the message cannot be written ({error.strerror}); nothing left the house"
        ) from error
    return path


def mailto(message: Message) -> str:
    """``mailto:someone@example.com?subject=…&body=…``, everything but the address
    percent-encoded."""
    body = message.body.rstrip("\n").replace("\n", "\r\n")
    to, subject = quote(message.to, safe="@"), quote(message.subject, safe="")
    return f"mailto:{to}?subject={subject}&body={quote(body, safe='')}"


@dataclass(frozen=True, slots=True)
class Ways:
    """How transports are made; tests put their own opener and TLS context in."""

    opener: Opener = open_with_system
    smtp: Callable[[MailSettings], Transport] | None = None


def transport_of(
    settings: MailSettings, folder: Path, *, is_demo: bool, ways: Ways | None = None
) -> Transport:
    """The transport a floor is set to; ``folder`` is the floor's. Raises ``LeadtuiError`` where it
    is not set up."""
    ways = ways or Ways()
    if settings.transport == "draft":
        return Draft(folder / "outbox", ways.opener)
    if settings.transport == "mailto":
        return Mailto(ways.opener)
    if settings.transport == "file":
        if not is_demo:
            raise Refused(
                "not_demo",
                '[mail] transport = "file" sends nothing and is for demo floors; choose another',
            )
        return Files(folder / "sent")
    if ways.smtp is not None:
        return ways.smtp(settings)
    from leadtui.mail.smtp import Smtp

    return Smtp.from_settings(settings)
