"""A program in a terminal of its own: when does which text reach the screen, and how long does a
key take?"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType
from typing import Self

COLUMNS, LINES = 120, 36
QUIET = 0.012
"""Seconds without output after which a repaint counts as finished."""
TIMEOUT = 60.0


class Terminal:
    """``argv`` on a pty of 120 × 36; times are seconds since it was started, or since the key was
    pressed."""

    def __init__(self, argv: list[str], *, cache: Path | None = None) -> None:
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if cache is not None:
            environment["XDG_CACHE_HOME"] = str(cache)
        self.started = perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.seen = b""

    def until(self, text: str) -> float:
        """When this text was on its way to the screen."""
        wanted = text.encode()
        while wanted not in self.seen:
            if not self._read(TIMEOUT):
                raise TimeoutError(
                    f"{text!r} did not appear; the end of the output is {self.seen[-600:]!r}"
                )
        return perf_counter() - self.started

    def first_frame(self) -> float:
        """When the first visible character came; escape sequences that set up the terminal draw
        nothing."""
        return self.until("─")

    def press(self, key: str) -> float:
        """How long until the answer to a key began to reach the screen."""
        self.settle()
        start = perf_counter()
        os.write(self.fd, key.encode())
        if not self._read(TIMEOUT):
            raise TimeoutError(f"nothing happened after {key!r}")
        return perf_counter() - start

    def drain(self, seconds: float) -> None:
        """Let the program run for so long."""
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            self._read(left)

    def settle(self, seconds: float = QUIET) -> None:
        """Wait until nothing more is written."""
        while self._read(seconds):
            pass

    def _read(self, seconds: float) -> bool:
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self.pid, signal.SIGTERM)
        for _ in range(200):
            self._read(0)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
            sleep(0.01)
        else:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
