"""Files that go with an e-mail: a playbook is made of texts, and of a file it holds a ticket, by
which its bytes are found and known."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

FOLDER = "attachments"
LARGEST = 5_000_000
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a playbook holds of a file."""

    size: int
    sha256: str
    """Of the file."""
    kept: str
    """SHA-256 of the text under which the database keeps its bytes."""


def kept_text(data: bytes) -> str:
    """The text under which the database keeps a file's bytes."""
    return b64encode(data).decode()


def bytes_of(kept: str) -> bytes:
    """The bytes of such a text."""
    return b64decode(kept)


def write_ticket(data: bytes) -> str:
    """The ticket of a file."""
    kept = sha256(kept_text(data).encode()).hexdigest()
    return f"bytes {len(data)}\nsha256 {sha256(data).hexdigest()}\nkept {kept}\n"


def read_ticket(text: str) -> Ticket:
    """A ticket's text as a value; of a text that is none the file counts as empty."""
    said = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    size = said.get("bytes", "")
    return Ticket(int(size) if size.isdigit() else 0, said.get("sha256", ""), said.get("kept", ""))
