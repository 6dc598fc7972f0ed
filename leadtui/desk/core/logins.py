"""Which login the operating system knows; nothing heavy is imported here."""

from __future__ import annotations

import os


def os_login() -> str:
    """The login by the operating system's user id; variables that anybody can set are not asked."""
    if os.name == "posix":
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"uid-{os.getuid()}"
    return os.getlogin()
