"""What a floor's ``leadtui.toml`` says, checked; and which folder is the floor."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from leadtui.errors import LeadtuiError
from leadtui.files import refuse_pipe
from leadtui.ownership import read_settings, whose
from leadtui.text import masked

FILE = "leadtui.toml"
TRANSPORTS = ("draft", "mailto", "smtp", "file")
TLS = ("starttls", "implicit", "none")
COPIES = ("off", "each", "daily")
DIAL = ("open", "copy")
COUNTRY = "US"
SAMPLE_ADDRESS = "Halyard Continuity, 200 W Adams St, Chicago, IL 60606, USA"
"""Of the invented firm of the default playbook."""

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")

_PLACE = frozenset(("folder", "database"))


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
    country: str = COUNTRY
    postal_address: str = SAMPLE_ADDRESS
    database: str = ""
    mail: MailSettings = field(default_factory=MailSettings)
    dial: str = "open"
    enrich: str = ""
    """A program that knows more of a lead; empty for none."""

    @property
    def database_url(self) -> str:
        """The database: what the file names, else ``leadtui.db`` in the folder."""
        return self.database or f"sqlite:///{self.folder / 'leadtui.db'}"

    def told(self) -> str:
        """What they say, as canonical JSON, but for the floor's place and its database: those the
        log has an identity of its own against."""
        said = {key: value for key, value in asdict(self).items() if key not in _PLACE}
        if not self.enrich:
            # Floors that never named a program keep the digest that their log has.
            del said["enrich"]
        return json.dumps(said, sort_keys=True, ensure_ascii=False)

    def digest(self) -> str:
        """SHA-256 of what they say, in hex."""
        return hashlib.sha256(self.told().encode()).hexdigest()


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
    "data": {"enrich": str},
}


def find_floor(option: str = "") -> Path | None:
    """The floor's folder: the option, ``LEADTUI_FLOOR``, the nearest folder upwards with a
    ``leadtui.toml``, else the user data folder; ``None`` where none of them is a floor. A floor
    that was found and is a colleague's is named on standard error.

    Raises ``LeadtuiError`` where a folder was named that is no floor, and where one was found that
    is somebody else's and not shared."""
    for said, where in (
        (option, "--floor"),
        (os.environ.get("LEADTUI_FLOOR", ""), "LEADTUI_FLOOR"),
    ):
        if said:
            folder = Path(said).expanduser().absolute()
            if not _is_floor(folder, where):
                raise LeadtuiError(
                    f"{where} {folder}: there is no {FILE} here; make a floor with 'leadtui "
                    f"init {folder}'"
                )
            return folder
    here = Path.cwd()
    refuse_pipe(here / FILE)
    found = next((folder for folder in (here, *here.parents) if _is_floor(folder)), None)
    if found is None:
        return home_floor() if _is_floor(home_floor()) else None
    if owner := whose(found):
        _say_whose(found, owner)
    return found


@cache
def _say_whose(folder: Path, owner: str) -> None:
    print(f"leadtui: this is {owner}'s floor {folder}", file=sys.stderr)  # noqa: T201 - wherever it is found


def _is_floor(folder: Path, where: str = "") -> bool:
    """Whether a folder is a floor; one that may not be looked into is none, or a refusal where it
    was named."""
    try:
        if where:
            refuse_pipe(folder / FILE)
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


def load_settings(folder: Path, database: str = "", *, file: str = FILE) -> Settings:
    """Read and check ``leadtui.toml``; ``database`` (option or ``LEADTUI_DATABASE``) replaces the
    file's.

    Raises ``LeadtuiError`` for what is wrong in it, and where somebody else could have written
    it."""
    path = folder / file
    table, place = read_toml(path)
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
        **table.get("data", {}),
    )
    _check_values(settings, place)
    refuse_password(table.get("database", ""), f"{path}{place.line('', 'database')}: database")
    return settings


def refuse_password(url: str, where: str) -> None:
    """Refuse a connection URL that would keep a password in a file. Raises ``LeadtuiError``."""
    if masked(url) != url:
        raise LeadtuiError(
            f"{where}: a password does not belong into {FILE}; leave it out of the URL and keep it "
            "in ~/.pgpass (mode 0600) or PGPASSWORD"
        )


def read_toml(path: Path) -> tuple[dict[str, Any], Place]:
    """A settings file and where its keys stand. Raises ``LeadtuiError`` where it cannot be read."""
    try:
        text = read_settings(path)
        return tomllib.loads(text), Place(path, text)
    except OSError as error:
        raise LeadtuiError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise LeadtuiError(f"{path}: this is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise LeadtuiError(f"{path}: this is not valid TOML: {error}; mend that line") from error


def _check(table: dict[str, Any], place: Place) -> None:
    for section, content in table.items():
        if not isinstance(content, dict):
            _check_key("", section, content, place)
            continue
        if section not in _KEYS:
            place.refuse(section, "", f"unknown section{nearest(section, _KEYS)}")
        for key, value in content.items():
            _check_key(section, key, value, place)


def _check_key(section: str, key: str, value: Any, place: Place) -> None:
    known = _KEYS[section]
    if key not in known:
        place.refuse(section, key, f"unknown key{nearest(key, known)}")
    if not isinstance(value, known[key]) or isinstance(value, bool):
        kind = "number" if known[key] is int else "text in quotes"
        place.refuse(section, key, f"must be a {kind}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a settings file something stands, so that a refusal names its line."""

    path: Path
    text: str

    def refuse(self, section: str, key: str, why: str) -> NoReturn:
        """Raise ``LeadtuiError``: file, line, section, key, and what is wrong."""
        words = " ".join(filter(None, (f"[{section}]" if section else "", key)))
        raise LeadtuiError(f"{self.path}{self.line(section, key)}: {words}: {why}")

    def line(self, section: str, key: str) -> str:
        """``:LINE`` of a key, or of its section; empty where it is not written down."""
        found = self._line(section, key)
        return f":{found}" if found else ""

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


def nearest(word: str, known: Any) -> str:
    """What was meant by an unknown word, as the end of a refusal."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1)
    return (
        f"; did you mean {near[0]!r}?"
        if near
        else f"; known are {', '.join(sorted(filter(None, known)))}"
    )


def _check_values(settings: Settings, place: Place) -> None:
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
    if settings.enrich:
        import shlex

        try:
            words = shlex.split(settings.enrich)
        except ValueError as error:
            place.refuse("data", "enrich", f"{settings.enrich!r}: {error}; close its quotes")
        if not words:
            place.refuse("data", "enrich", "it names no program; leave the line out")


def template(
    name: str,
    zone: str,
    *,
    country: str = "",
    postal_address: str = "",
    transport: str = "draft",
    dial: str = "open",
    database: str = "",
) -> str:
    """The ``leadtui.toml`` that ``init`` writes: every key, the defaults as comments."""
    default = Settings(folder=Path())
    return f"""\
# A leadtui floor. A line that begins with # shows a default.
{f"database = {quoted(database)}" if database else '# database = "sqlite:///…/leadtui.db"   (or postgresql://USER@HOST/NAME)'}

[floor]
name = {quoted(name)}
zone = {quoted(zone)}
{"" if country else "# "}country = {quoted(country or default.country)}
{"" if postal_address else "# "}postal_address = {quoted(postal_address or default.postal_address)}

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

[data]
# enrich = ""           # a program that knows more of a lead: JSON in, {{field: value}} out
"""


def quoted(value: str) -> str:
    """A TOML basic string, of one line."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
