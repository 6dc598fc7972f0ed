"""Hand a file or a link to the program the system has for it, without a shell, a terminal or
waiting for its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from leadtui.errors import LeadtuiError

Opener = Callable[[str], None]
"""Opens a path or a URI; raises ``LeadtuiError`` where nothing can."""

PATIENCE = 2.0
"""Seconds in which a program that cannot do it usually says so; one that runs longer is at work."""

_LINUX = (("xdg-open",), ("gio", "open"), ("wslview",))


def open_with_system(target: str) -> None:
    """Open ``target`` with ``open``, ``xdg-open`` (or what stands in for it) or the shell of
    Windows.

    Raises ``LeadtuiError`` where there is no such program, no desktop, or the program says that it
    failed."""
    if sys.platform == "win32":
        _startfile(target)
        return
    run_detached([*_command(), target])


def run_detached(command: Sequence[str]) -> None:
    """Start a program in a session of its own, its output discarded, and look for two seconds
    whether it failed.

    It has no terminal: a program that would draw on ours gives up instead."""
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise LeadtuiError(
            f"{command[0]}: it cannot be started ({error.strerror}); check [calls] and PATH"
        ) from error
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        # Somebody has to collect the exit code, or the process stays as a zombie.
        threading.Thread(target=process.wait, name=f"wait for {command[0]}", daemon=True).start()
        return
    if code:
        raise LeadtuiError(
            f"{command[0]}: it ended with code {code}; nothing on this machine may be set up for it"
        )


def _command() -> tuple[str, ...]:
    if sys.platform == "darwin":
        return ("open",)
    found = next((command for command in _LINUX if shutil.which(command[0])), None)
    if found is None:
        raise LeadtuiError(
            "this machine has no program that opens links (xdg-open); install xdg-utils"
        )
    desktop = (
        os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
        or os.environ.get("WSL_DISTRO_NAME")
    )
    if not desktop:
        raise LeadtuiError("there is no desktop in this session that could open it")
    return found


def _startfile(target: str) -> None:
    try:
        os.startfile(target)  # type: ignore[attr-defined,unused-ignore]  # noqa: S606 - Windows has no other way
    except OSError as error:
        raise LeadtuiError(
            f"Windows has no program for this ({error.strerror}); choose one in its settings"
        ) from error
