"""What a floor's ``leadtui.toml`` says, checked; and which folder is the floor."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from leadtui.errors import LeadtuiError

FILE = "leadtui.toml"
TRANSPORTS = ("draft", "mailto", "smtp", "file")
TLS = ("starttls", "implicit", "none")
COPIES = ("off", "each", "daily")
DIAL = ("open", "copy")

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How e-mail leaves."""

    transport: str = "draft"
    host: str = ""
    port: int = 587
    tls: str = "starttls"
    user: str = ""
    sender: str = ""
    copies: str = "off"
    """Copies of confirmations to the supervisors: ``off``, ``each`` or ``daily``."""

    @property
    def sends(self) -> bool:
        """Whether handing a message over sends it; with the other transports a rep does."""
        return self.transport in {"smtp", "file"}


@dataclass(frozen=True, slots=True)
class Settings:
    """A floor: its folder, its place and the few things that are set by hand."""

    folder: Path
    name: str = "Halyard inside sales"
    zone: str = "America/Chicago"
    country: str = "US"
    postal_address: str = "Halyard Continuity, 200 W Adams St, Chicago, IL 60606, USA"
    database: str = ""
    mail: MailSettings = field(default_factory=MailSettings)
    dial: str = "open"

    @property
    def database_url(self) -> str:
        """The database: what the file names, else ``leadtui.db`` in the folder."""
        return self.database or f"sqlite:///{self.folder / 'leadtui.db'}"


_KEYS: dict[str, dict[str, type]] = {
    "": {"database": str},
    "floor": {"name": str, "zone": str, "country": str, "postal_address": str},
    "mail": {
        "transport": str,
        "host": str,
        "port": int,
        "tls": str,
        "user": str,
        "from": str,
        "copies": str,
    },
    "calls": {"dial": str},
}


def find_floor(option: str = "") -> Path | None:
    """The floor's folder: the option, ``LEADTUI_FLOOR``, the nearest folder upwards with a
    ``leadtui.toml``, else the user data folder; ``None`` where none of them is a floor.

    Raises ``LeadtuiError`` where a folder was named that is no floor."""
    for said, where in (
        (option, "--floor"),
        (os.environ.get("LEADTUI_FLOOR", ""), "LEADTUI_FLOOR"),
    ):
        if said:
            folder = Path(said).expanduser().resolve()
            if not _is_floor(folder, where):
                raise LeadtuiError(
                    f"{where} {folder}: there is no {FILE} here; make a floor with 'leadtui "
                    f"init {folder}'"
                )
            return folder
    here = Path.cwd()
    return next(
        (folder for folder in (here, *here.parents, home_floor()) if _is_floor(folder)), None
    )


def _is_floor(folder: Path, where: str = "") -> bool:
    """Whether a folder is a floor; one that may not be looked into is none, or a refusal where it
    was named."""
    try:
        return (folder / FILE).is_file()
    except PermissionError as error:
        if not where:
            return False
        raise LeadtuiError(
            f"{where} {folder}: this folder may not be entered; check its permissions"
        ) from error


def home_floor() -> Path:
    """The user data folder, where a floor of one's own is made."""
    from platformdirs import user_data_path

    return user_data_path("leadtui", appauthor=False)


def load_settings(folder: Path, database: str = "") -> Settings:
    """Read and check ``leadtui.toml``; ``database`` (option or ``LEADTUI_DATABASE``) replaces the
    file's."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise LeadtuiError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise LeadtuiError(f"{path}: this is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise LeadtuiError(f"{path}: this is not valid TOML: {error}; mend that line") from error
    place = _Place(path, text)
    _check(table, place)
    floor, mail, calls = table.get("floor", {}), table.get("mail", {}), table.get("calls", {})
    settings = Settings(
        folder=folder,
        database=database or os.environ.get("LEADTUI_DATABASE", "") or table.get("database", ""),
        mail=MailSettings(
            **{("sender" if key == "from" else key): value for key, value in mail.items()}
        ),
        **floor,
        **calls,
    )
    _check_values(settings, place)
    return settings


def _check(table: dict[str, Any], place: _Place) -> None:
    for section, content in table.items():
        if not isinstance(content, dict):
            _check_key("", section, content, place)
            continue
        if section not in _KEYS:
            place.refuse(section, "", f"unknown section{_nearest(section, _KEYS)}")
        for key, value in content.items():
            _check_key(section, key, value, place)


def _check_key(section: str, key: str, value: Any, place: _Place) -> None:
    known = _KEYS[section]
    if key not in known:
        place.refuse(section, key, f"unknown key{_nearest(key, known)}")
    if not isinstance(value, known[key]) or isinstance(value, bool):
        kind = "number" if known[key] is int else "text in quotes"
        place.refuse(section, key, f"must be a {kind}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a settings file something stands, so that a refusal names its line."""

    path: Path
    text: str

    def refuse(self, section: str, key: str, why: str) -> NoReturn:
        """Raise ``LeadtuiError``: file, line, section, key, and what is wrong."""
        line = self._line(section, key)
        words = " ".join(filter(None, (f"[{section}]" if section else "", key)))
        raise LeadtuiError(f"{self.path}{f':{line}' if line else ''}: {words}: {why}")

    def _line(self, section: str, key: str) -> int:
        """The line of a key, or of its section; 0 where it is not written down."""
        here, header = "", 0
        for number, line in enumerate(self.text.splitlines(), 1):
            if found := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
                here = found[1]
                header = number if here == section else header
            elif (
                here == section
                and key
                and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line)
            ):
                return number
        return header


def _nearest(word: str, known: Any) -> str:
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1)
    return (
        f"; did you mean {near[0]!r}?"
        if near
        else f"; known are {', '.join(sorted(filter(None, known)))}"
    )


def _check_values(settings: Settings, place: _Place) -> None:
    mail = settings.mail
    try:
        ZoneInfo(settings.zone)
    except (KeyError, ValueError, OSError):
        why = f"{settings.zone!r} is no IANA time zone; write one like America/Chicago"
        place.refuse("floor", "zone", why)
    if len(settings.country) != 2 or not settings.country.isupper():
        why = f"{settings.country!r} must be two capital letters, like US"
        place.refuse("floor", "country", why)
    for key, value, choices in (
        ("transport", mail.transport, TRANSPORTS),
        ("tls", mail.tls, TLS),
        ("copies", mail.copies, COPIES),
    ):
        if value not in choices:
            why = f"{value!r} is unknown; choose one of {', '.join(choices)}"
            place.refuse("mail", key, why)
    if not 0 < mail.port < 65_536:
        place.refuse("mail", "port", f"{mail.port} is no port; write a number from 1 to 65535")
    if mail.sender and not _ADDRESS.fullmatch(mail.sender):
        why = f"{mail.sender!r} is no bare address; write it like dana@example.com, without a name"
        place.refuse("mail", "from", why)
    if mail.transport == "smtp" and not mail.host:
        place.refuse("mail", "transport", 'smtp needs a host; add host = "smtp.example.com"')
    if settings.dial not in DIAL and "{number}" not in settings.dial:
        why = f"{settings.dial!r} is neither {' nor '.join(DIAL)} nor a command with {{number}}"
        place.refuse("calls", "dial", why)


def template(
    name: str, zone: str, *, transport: str = "draft", dial: str = "open", database: str = ""
) -> str:
    """The ``leadtui.toml`` that ``init`` writes: every key, the defaults as comments."""
    default = Settings(folder=Path())
    return f"""\
# A leadtui floor. A line that begins with # shows a default.
{f"database = {_quoted(database)}" if database else '# database = "sqlite:///…/leadtui.db"   (or postgresql://USER@HOST/NAME)'}

[floor]
name = {_quoted(name)}
zone = {_quoted(zone)}
# country = "{default.country}"
# postal_address = {_quoted(default.postal_address)}

[mail]
# draft (.eml for one's own mail program) | mailto | smtp | file (demo floors only)
{"" if transport != "draft" else "# "}transport = "{transport}"
# host = ""
# port = 587
# tls = "starttls"      # starttls | implicit | none (localhost only)
# user = ""
# from = ""             # default: the rep's own address
# copies = "off"        # of confirmations, to the supervisors (needs smtp): off | each | daily

[calls]
# open (a tel: link) | copy | a command with {{number}}
{"" if dial != "open" else "# "}dial = "{dial}"
"""


def _quoted(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
