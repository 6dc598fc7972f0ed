"""Where the owner of a telephone number may be: the zones and the region that a number and an
address allow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from leadtui.cadence.calendar import zone_info
from leadtui.cadence.gate.area_codes import TERRITORIES, is_area_code, state_of, zones_of_code
from leadtui.cadence.gate.zones import zones_of

_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def possible_zones(
    number: str, country: str, region: str, confirmed: str = "", city: str = ""
) -> tuple[str, ...]:
    """All IANA zones in which the lead may be, the likeliest first; empty when nothing is known.

    A confirmed zone stands alone. Else what number and address both allow; where they share no zone
    those of both, and where one says nothing those of the other. Zones that keep the same time are
    named once. ``number`` is E.164."""
    if confirmed:
        return (confirmed,)
    region = region.removeprefix(f"{country}-")
    address, dialed = zones_of(country, region, city), zones_of_number(number)
    clocks = {_clock_of(zone) for zone in dialed}
    agreed = [zone for zone in address if _clock_of(zone) in clocks]
    apart = (*address, *dialed) if len(address) == 1 else (*dialed, *address)
    return _distinct(agreed or apart)


@lru_cache(maxsize=65_536)
def zones_of_number(number: str) -> tuple[str, ...]:
    """The zones of a number as the numbering plan has it; none for numbers that say nothing about a
    place.

    In North America an area code's own, since a number keeps its exchange when its owner moves."""
    if number.startswith("+1") and is_area_code(number[2:5]):
        return zones_of_code(number[2:5])
    import phonenumbers
    from phonenumbers import (
        PhoneNumberType,
        timezone,
    )  # 25 ms of prefixes, and only where a number is judged

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    kind = phonenumbers.number_type(parsed)
    placeless = {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.PERSONAL_NUMBER,
    }
    if kind in placeless:
        return ()
    if parsed.country_code == 1 and kind == PhoneNumberType.UNKNOWN:
        return zones_of_code(number[2:5])
    invented = kind == PhoneNumberType.UNKNOWN  # its prefix tells a place all the same
    ask = (
        timezone.time_zones_for_geographical_number if invented else timezone.time_zones_for_number
    )
    return tuple(zone for zone in ask(parsed) if zone != "Etc/Unknown" and _exists(zone))


@lru_cache(maxsize=65_536)
def number_region(number: str) -> tuple[str, str]:
    """Country and region code of an E.164 number, each ``""`` where unknown: a state for North
    American area codes."""
    if number.startswith("+1") and (state := state_of(number[2:5])):
        return state
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "", ""
    country = phonenumbers.region_code_for_number(parsed)
    if parsed.country_code == 1:
        # Toll-free numbers and unknown codes belong to all countries that share +1, and to none of
        # them.
        islands = country not in {None, "US", "CA"} or number[2:5] == TERRITORIES
        return (country or "", "") if islands else ("", "")
    found = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return ("", "") if found in {None, "ZZ", "001"} else (str(found), "")


def _exists(zone: str) -> bool:
    try:
        zone_info(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _distinct(zones: Iterable[str]) -> tuple[str, ...]:
    found: dict[tuple[timedelta | None, ...], str] = {}
    for zone in zones:
        found.setdefault(_clock_of(zone), zone)
    return tuple(found.values())


@lru_cache(maxsize=1024)
def _clock_of(zone: str) -> tuple[timedelta | None, ...]:
    """What tells zones apart that show different times: the offset on each day of a few years."""
    info = zone_info(zone)
    return tuple(
        (_YEAR + timedelta(days=day)).astimezone(info).utcoffset() for day in range(3 * 365)
    )
