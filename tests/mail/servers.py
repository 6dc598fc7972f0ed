"""SMTP servers for tests: real ones on this machine, which answer as they are told and keep what
they get."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd import smtp as smtpd
from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Answers:
    """What the server says to each command, and what it got."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.got: list[Any] = []
        self.before_yes: Callable[[], None] = lambda: None
        """Done with the message in hand, before the server says that it has it."""

    @property
    def messages(self) -> list[EmailMessage]:
        """What it got, as mail programs read it."""
        return [
            cast("EmailMessage", message_from_bytes(one.content, policy=default))
            for one in self.got
        ]

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self.got.append(envelope)
        await asyncio.to_thread(self.before_yes)
        return self.answers.get("data", "250 taken as 77")


@contextlib.contextmanager
def a_server(handler: Answers, *, port: int = 0, **options: Any) -> Iterator[int]:
    """A real SMTP server on a port of this machine, a free one unless told."""

    class Here(Controller):
        def factory(self) -> smtpd.SMTP:
            return smtpd.SMTP(self.handler, hostname="mail.test", **options)

    port = port or free_port()
    controller = Here(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
