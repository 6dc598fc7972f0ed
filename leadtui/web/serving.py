"""The server: uvicorn on one address, and how it stops: what was accepted is kept, what was not is
told so."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import uvicorn

from leadtui.errors import LeadtuiError
from leadtui.web.application import Gate, application
from leadtui.web.limits import Counts, Limits, Refusals

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

BACKLOG = 512
CONNECTIONS = 900
"""So many at once; a process may have 1,024 files open on most machines."""
IDLE = 15
"""Seconds that a connection without a request is kept."""
NOTED = 600
"""After so many ticks, a minute, what was refused is put on record."""
STUCK = 30
"""Seconds that whoever still sends may hold up the end."""


class Server(uvicorn.Server):
    """Stops in two steps: new posts get 503 while those that were begun are finished; then it
    ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        gate: Gate,
        refusals: Refusals,
        note: Callable[[Counts], Counts],
    ) -> None:
        super().__init__(config)
        self.gate, self.refusals, self.note = gate, refusals, note
        self._noting: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: Any) -> None:
        """The first signal closes the gate, a second one ends at once."""
        if self.gate.closed:
            self.should_exit = self.force_exit = True
        self.gate.closed = True

    async def on_tick(self, counter: int) -> bool:
        """End when nothing is under way any more."""
        if self.gate.closed and not self.gate.busy:
            self.should_exit = True
        if counter and counter % NOTED == 0 and (self._noting is None or self._noting.done()):
            self._noting = asyncio.create_task(self._note())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, and put on record what was refused since the last time."""
        await super().shutdown(sockets=sockets)
        if self._noting is not None:
            await self._noting
        await self._note()

    async def _note(self) -> None:
        """Let what was refused be put on record while posts go on."""
        self.refusals.put_back(await asyncio.to_thread(self.note, self.refusals.take()))


def serve(
    desk: Desk, host: str, port: int, *, rate: int, behind: str, started: Callable[[str], None]
) -> None:
    """Serve until a signal ends it; ``started`` is told the address once it listens.

    ``behind`` are proxies (addresses, with commas between) whose word on who posts is believed.
    Raises ``LeadtuiError`` where the address cannot be had."""
    listening = _listening(host, port)
    server = server_of(desk, rate=rate, behind=behind)
    shown = f"[{host}]" if ":" in host else host
    started(f"http://{shown}:{listening.getsockname()[1]}")
    server.run(sockets=[listening])


def server_of(desk: Desk, *, rate: int, behind: str = "127.0.0.1") -> Server:
    """The server of a desk, not started."""
    gate, refusals = Gate(), Refusals()

    def note(found: Counts) -> Counts:
        """Put on record what was refused, and forget what has run out; what could not be."""
        try:
            desk.web.note_refusals(found)
            desk.web.prune()
        except LeadtuiError as error:
            sys.stderr.write(f"leadtui: what was refused is counted later: {error}\n")
            return found
        return {}

    config = uvicorn.Config(
        application(desk, gate, Limits(rate), refusals),
        log_config=None,
        access_log=False,
        lifespan="off",
        limit_concurrency=CONNECTIONS,
        ws="none",
        server_header=False,
        proxy_headers=bool(behind),
        forwarded_allow_ips=behind or None,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=STUCK,
    )
    return Server(config, gate, refusals, note)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        found.close()
        raise LeadtuiError(
            f"{host}, port {port}, cannot be listened on ({getattr(error, 'strerror', error)}); "
            "choose another with --port or --host"
        ) from error
    return found
