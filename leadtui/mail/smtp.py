"""Sending by SMTP: one connection a message, every wait bounded, and no doubt about what the server
has.

Until the message's text is on its way, any failure means that it was not sent; after that only the
server's own words count, and silence is "unknown"."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from leadtui.errors import LeadtuiError
from leadtui.mail.handing import Delivery, need_sender
from leadtui.mail.message import Message
from leadtui.mail.passwords import find_password
from leadtui.mail.rendering import one_line
from leadtui.settings import MailSettings

LOCAL = ("localhost", "127.0.0.1", "::1")
STEP_SECONDS = 15.0
"""For one answer of the server."""
WHOLE_SECONDS = 45.0
"""For a message from connecting to its last answer, however slowly the server drips."""
LINGER = 0.05
"""What the event loop needs to take a connection down, also one whose TLS handshake failed."""

_NO_MAILBOX = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")


@dataclass(slots=True)
class _Progress:
    """How far a message got."""

    text_sent: bool = False
    greeted: bool = False
    answer: str | None = None
    """The server's words when it took the message; from then on nothing can go wrong."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. ``password`` is asked for when it is needed, and kept nowhere."""

    host: str
    port: int = 587
    tls: str = "starttls"
    user: str = ""
    password: Callable[[str, str], str] = find_password
    context: ssl.SSLContext | None = None
    """Whom to trust; the system's certificates unless given."""
    step: float = STEP_SECONDS
    whole: float = WHOLE_SECONDS
    name: str = "smtp"
    sends: bool = True

    @classmethod
    def from_settings(cls, settings: MailSettings) -> Smtp:
        """The server of ``[mail]``; plain connections go to this machine only."""
        if not settings.host:
            raise LeadtuiError("[mail] host is empty; name the mail server that sends for you")
        if settings.tls == "none" and settings.host not in LOCAL:
            raise LeadtuiError(
                f'[mail] tls = "none" would send passwords and messages to {settings.host} in '
                "the clear; "
                'use "starttls" or "implicit"'
            )
        return cls(settings.host, settings.port, settings.tls, settings.user)

    def check(self, message: Message) -> None:
        """It needs to say from whom it is."""
        need_sender(message)

    def hand_over(self, message: Message, name: str) -> Delivery:
        """Send it, within ``whole`` seconds."""
        try:
            secret = self.password(self.user, self.host) if self.user else ""
        except LeadtuiError as error:
            return Delivery("later", str(error), server_down=True)
        # Not asyncio.run: it would wait for a name look-up that hangs.
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(self._bounded(message, secret))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _bounded(self, message: Message, secret: str) -> Delivery:
        progress = _Progress()
        try:
            async with asyncio.timeout(self.whole):
                await self._send(message, secret, progress)
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            if progress.answer is None:
                return self._failed(error, progress)
        return Delivery("sent", one_line(progress.answer or ""))

    async def _send(self, message: Message, secret: str, progress: _Progress) -> None:
        client = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.tls == "implicit",
            start_tls=self.tls == "starttls",
            tls_context=None
            if self.tls == "none"
            else self.context or ssl.create_default_context(),
            local_hostname="[127.0.0.1]",
            timeout=self.step,
        )
        try:
            await client.connect()
            if self.user:
                await client.login(self.user, secret)
            progress.greeted = True
            await client.mail(message.sender)
            await client.rcpt(message.to)
            # Set before: a cancelled or broken DATA may or may not have reached the end.
            progress.text_sent = True
            progress.answer = (await client.data(message.content)).message
            await client.quit(timeout=min(self.step, 2.0))
        finally:
            transport = client.transport
            client.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()  # a polite end of TLS would wait for the server once more
            await asyncio.sleep(LINGER)

    def _failed(self, error: Exception, progress: _Progress) -> Delivery:
        """A server's words decide; without any, it depends on whether the text may have arrived."""
        if isinstance(error, SMTPResponseException):
            words = one_line(f"{error.code} {error.message}")
            if isinstance(error, SMTPAuthenticationError) or not progress.greeted:
                return Delivery(
                    "later", f"{self.host} does not let us in: {words}", server_down=True
                )
            if 500 <= error.code < 600:
                return Delivery(
                    "failed", words, bad_address=bool(_NO_MAILBOX.search(error.message))
                )
            if 400 <= error.code < 500:
                return Delivery("later", words, server_down=error.code == 421)
        if progress.text_sent:
            return Delivery(
                "unknown", f"{self.host} had the message and did not answer ({_said(error)})"
            )
        return Delivery(
            "later", f"{self.host}:{self.port} does not answer ({_said(error)})", server_down=True
        )


def _said(error: Exception) -> str:
    return one_line(str(error)) or "timed out"
