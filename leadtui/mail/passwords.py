"""The SMTP password: from the environment, a file only its owner can read, or the system's keyring;
never logged, and what is kept is kept for one user at one server: settings that name another get
nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from leadtui.errors import LeadtuiError

VARIABLE = "LEADTUI_SMTP_PASSWORD"
SERVICE = "leadtui"


def password_file() -> Path:
    """The file that may hold the password: ``smtp-password`` in the user's own configuration
    folder."""
    from platformdirs import user_config_path

    return user_config_path("leadtui", appauthor=False) / "smtp-password"


def find_password(user: str, host: str) -> str:
    """The password of ``user`` at ``host``. Raises ``LeadtuiError`` that says where to put it,
    never what it is."""
    if said := os.environ.get(VARIABLE, ""):
        return said
    path = password_file()
    entry = f"{user}@{host}"
    if path.is_file() and (kept := _from_file(path, entry)):
        return kept
    nowhere = (
        f"there is no password for {user} at {host}; keep it in {path} (mode 0600) as the line "
        f"'{entry} PASSWORD', in {VARIABLE}"
    )
    try:
        if kept := _from_keyring(entry):
            return kept
    except ImportError:
        raise LeadtuiError(
            f"{nowhere}, or in the system's keyring, whose reader is not installed; run pip "
            "install 'leadtui[keyring]'"
        ) from None
    raise LeadtuiError(f"{nowhere}, or with 'keyring set {SERVICE} {entry}'")


def _from_file(path: Path, entry: str) -> str:
    """The password on the line of this user and server; empty where none has them."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise LeadtuiError(f"{path}: others can read this password; run 'chmod 600 {path}'")
            lines = [line.rstrip("\r\n").partition(" ") for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise LeadtuiError(f"{path}: the password cannot be read; check the file") from error
    return next((secret for name, _, secret in lines if name == entry), "")


def _from_keyring(entry: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, entry) or ""
    except KeyringError:
        return ""
