"""What came of handing a message over, whichever way it left."""

from __future__ import annotations

from dataclasses import dataclass

from leadtui.errors import Refused
from leadtui.mail.message import Message


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message: ``sent``, ``drafted``, ``later`` (try again), ``failed`` or
    ``unknown``."""

    state: str
    words: str = ""
    """The server's words, or what went wrong."""
    path: str = ""
    bad_address: bool = False
    """The server says that there is no such mailbox."""
    server_down: bool = False
    """Nothing got as far as this message: others would not fare better now."""


def need_sender(message: Message) -> None:
    """Refuse a message that does not say from whom it is."""
    if not message.sender:
        raise Refused(
            "no_sender",
            "you have no e-mail address on this floor, and [mail] from is empty; set one of them",
        )
