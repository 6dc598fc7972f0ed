"""One outgoing message as bytes, and its envelope; built by the standard library and read back
before it leaves."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import quote

from leadtui.errors import LeadtuiError
from leadtui.mail.addresses import checked
from leadtui.mail.rendering import body_text, header_value

# Quoted-printable or base64 where the text is not ASCII: not every server takes eight bits.
_POLICY = policy.SMTP.clone(cte_type="7bit")
_ADDED = ("Content-Type", "Content-Transfer-Encoding", "MIME-Version")
_WITH_FILES = ("Content-Type", "MIME-Version")


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a message."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says and to whom; ``sender`` may be empty for a draft, whose mail program
    knows its owner."""

    to: str
    subject: str
    body: str
    message_id: str
    at: datetime
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    unsubscribe: str = ""
    """The address that takes opt-outs, for List-Unsubscribe; empty for none."""
    files: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to leave: its envelope, its text and its bytes."""

    sender: str
    to: str
    subject: str
    body: str
    message_id: str
    content: bytes
    files: tuple[str, ...] = ()
    """The names of the files that go with it."""

    def draft(self) -> bytes:
        """The bytes as an unsent message: mail programs open it for writing."""
        return b"X-Unsent: 1\r\n" + self.content


def new_message_id(sender: str) -> str:
    """A Message-ID nobody has had before, in the sender's domain."""
    domain = sender.rpartition("@")[2]
    return f"<{secrets.token_hex(12)}@{domain if 0 < len(domain) <= 36 else 'leadtui.invalid'}>"


def build(letter: Letter) -> Message:
    """The message of a letter. Raises ``Refused`` for an address one cannot send to.

    The bytes are parsed again: a header that the values smuggled in or cut short stops the message
    here."""
    to, sender = checked(letter.to), checked(letter.sender) if letter.sender else ""
    subject, body = header_value(letter.subject), body_text(letter.body)
    message = EmailMessage(policy=_POLICY)
    if sender:
        message["From"] = Address(
            display_name=header_value(letter.sender_name, 100), addr_spec=sender
        )
    message["To"] = Address(addr_spec=to)
    if letter.reply_to and letter.reply_to != sender:
        message["Reply-To"] = Address(addr_spec=checked(letter.reply_to))
    message["Subject"] = subject
    message["Date"] = letter.at
    message["Message-ID"] = letter.message_id
    if letter.unsubscribe:
        message["List-Unsubscribe"] = (
            f"<mailto:{quote(checked(letter.unsubscribe), safe='@')}?subject=stop>"
        )
    wanted = [*message.keys()]
    message.set_content(body)
    for file in letter.files:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        # As bytes whatever it is: what a program is sent is what was checked and activated.
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    content = message.as_bytes()
    _read_back(content, wanted, to, _WITH_FILES if letter.files else _ADDED)
    names = tuple(file.name for file in letter.files)
    return Message(sender, to, subject, body, letter.message_id, content, names)


def _read_back(content: bytes, wanted: list[str], to: str, own: tuple[str, ...]) -> None:
    """Compare what a reader will see with what was meant."""
    seen = message_from_bytes(content, policy=policy.compat32)
    names = [name for name in seen.keys() if name not in _ADDED]  # noqa: SIM118 - one entry a header, repeats included
    added = sorted(name for name in seen.keys() if name in _ADDED)  # noqa: SIM118 - one entry a header, repeats included
    if names != wanted or added != sorted(own) or "".join(str(seen["To"]).split()) != to:
        raise LeadtuiError(
            "the message would not arrive as it was written; change its subject and try again"
        )
