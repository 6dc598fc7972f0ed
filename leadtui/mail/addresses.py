"""E-mail addresses: the one check every address passes before it stands in a header or an
envelope."""

from __future__ import annotations

import re

from leadtui.errors import Refused

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def checked(address: str) -> str:
    """``local@domain`` in plain ASCII, an international domain in its IDNA form.

    Raises ``Refused`` with code ``bad_address`` for anything else, so that no address can carry a
    second one, a line break, a display name or an encoded word."""
    local, at, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        at = ""
    labels = domain.split(".")
    good = (
        at
        and len(local) <= 64
        and len(local) + len(domain) < 254
        and _LOCAL.fullmatch(local)
        and "=?" not in local
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    if not good:
        from leadtui.mail.rendering import one_line

        raise Refused(
            "bad_address",
            f"{one_line(address, 80)!r} is no e-mail address one can send to; correct it first",
        )
    return f"{local}@{domain}"
