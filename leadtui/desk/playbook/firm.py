"""The firm in whose name a floor speaks: asked for when the floor is made, checked, and written
into its playbook."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from leadtui.cadence.sources.places import nearest
from leadtui.desk.playbook.sample_firm import shipped
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.mail.addresses import checked as checked_address
from leadtui.settings import COUNTRY, quoted
from leadtui.sheets.phones import read_phones
from leadtui.sheets.places import country_code
from leadtui.text import clean

LONGEST = 200
HOME = "America/Chicago"
"""The zone of a floor whose machine does not say its own."""
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+")
_STRING = r'"(?:[^"\\]|\\.)*"'


@dataclass(frozen=True, slots=True)
class Firm:
    """Whose floor it is; what is empty was not said, and the sample firm's words stay there."""

    vendor: str = ""
    product: str = ""
    postal_address: str = ""
    zone: str = HOME
    country: str = COUNTRY
    links: Mapping[str, str] = field(default_factory=dict)
    """Constant of the playbook (``docs_link``) -> value."""

    @property
    def floor_name(self) -> str:
        """What the floor is called where nobody named it."""
        return f"{self.vendor} inside sales" if self.vendor else "Inside sales"


def link_names() -> tuple[str, ...]:
    """The constants of the default playbook that a firm puts its own values into."""
    return tuple(name for name in shipped() if name not in {"name", "vendor", "product"})


def checked_line(said: str, where: str, example: str) -> str:
    """One line of text as it is kept. Raises ``WrongUse`` for an empty one and for what cannot be
    shown."""
    line = " ".join(said.split())
    if not line or len(line) > LONGEST or clean(line, LONGEST) != line:
        raise WrongUse(
            f"{where} {said[:40]!r}: write 1 to {LONGEST} characters that can be read, like "
            f"{example!r}"
        )
    return line


def checked_zone(said: str, where: str = "--zone") -> str:
    """An IANA time zone; for an empty one this machine's. Raises ``WrongUse``."""
    if not said.strip():
        return machine_zone() or HOME
    if said.strip() in available_timezones():
        return said.strip()
    place = said.strip().replace(" ", "_")
    known = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones())}
    near = known.get(nearest(place, known), "") or nearest(place, available_timezones())
    hint = f"did you mean {near}?" if near else f"write one like {HOME}"
    raise WrongUse(f"{where} {said[:40]!r} is no time zone; {hint}")


def checked_country(said: str, zone: str, where: str = "--country") -> str:
    """Two capital letters, from a code or a name; for an empty one the zone's. Raises
    ``WrongUse``."""
    if not said.strip():
        return country_of(zone) or COUNTRY
    if found := country_code(said):
        return found
    raise WrongUse(f"{where} {said[:40]!r} is no country; write it as two letters, like US")


def checked_number(said: str, country: str, where: str) -> str:
    """A telephone number, international. Raises ``WrongUse`` for what is none."""
    found = read_phones(said, country)
    if len(found.numbers) == 1 and not found.problems:
        return found.numbers[0].number
    why = found.problems[0][1] if found.problems else "this is not one number"
    raise WrongUse(f"{where} {said[:40]!r}: {why}; write it like +1 312 555 0100")


def checked_links(said: Mapping[str, str], country: str, where: str = "--link") -> dict[str, str]:
    """The values of constants, each of its kind: a link, an address, a number or a line. Raises
    ``WrongUse``."""
    return {name: _checked_link(name, value, country, where) for name, value in said.items()}


def paired(words: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` of an option. Raises ``WrongUse``."""
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not value.strip():
            raise WrongUse(
                f"--link {word[:60]!r}: write a name, an equals sign and your own value, like "
                "docs_link=https://www.example.com/docs"
            )
        pairs[name.strip()] = value
    return pairs


def in_its_name(contents: Mapping[str, str], firm: Firm) -> dict[str, str]:
    """The files of the default playbook, with what ``firm`` says in place of the sample's."""
    text = contents["playbook.toml"]
    said = {"name": firm.vendor, "vendor": firm.vendor, "product": firm.product, **firm.links}
    for name, value in said.items():
        if not value:
            continue
        line = re.compile(rf"^{re.escape(name)} = {_STRING}", re.MULTILINE)
        found = line.search(text)
        if found is None:
            raise LeadtuiError(f"playbook.toml has no {name}; install leadtui again")
        text = f"{text[: found.start()]}{name} = {quoted(value)}{text[found.end() :]}"
    return {**contents, "playbook.toml": text}


def machine_zone() -> str:
    """The zone this machine is set to, by ``TZ``, ``/etc/localtime`` or ``/etc/timezone``; empty
    where it does not say."""
    linked = os.path.realpath("/etc/localtime").rpartition("/zoneinfo/")[2]
    try:
        written = Path("/etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        written = ""
    known = available_timezones()
    return next((z for z in (os.environ.get("TZ", ""), linked, written) if z in known), "")


def country_of(zone: str) -> str:
    """The country whose zone it is; empty where it belongs to none."""
    from importlib.resources import files

    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((code for code, _, name, *_ in rows if name == ZoneInfo(zone).key), "")


def _checked_link(name: str, said: str, country: str, where: str) -> str:
    if name not in link_names():
        near = nearest(name, link_names())
        hint = f"did you mean {near}?" if near else f"there are {', '.join(link_names())}"
        raise WrongUse(f"{where} {name[:40]!r}: the playbook has no such text; {hint}")
    here, value = f"{where} {name}", said.strip()
    if name.endswith("_email"):
        return checked_address(value)
    if name.endswith("_phone"):
        checked_number(value, country, here)
    elif name.endswith("_link") and not _LINK.fullmatch(value):
        raise WrongUse(f"{here} {value[:60]!r} is no link; write it like https://www.example.com/")
    return checked_line(value, here, shipped()[name])
