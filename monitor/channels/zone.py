"""The zone a channel shows times in: the `zone` of any table of `channels.toml`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC_ZONE: Final = ZoneInfo("UTC")

_WANTED: Final = 'wanted a time zone by its IANA name, such as "Europe/London"'


def parse_zone(value: object) -> ZoneInfo:
    """The zone of this IANA name ("Europe/London"). Raises ValueError in plain words."""
    if isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str):
        raise ValueError(_WANTED)  # noqa: TRY004  pydantic collects ValueErrors only
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: the name of a folder of zones
        raise ValueError(f"{_WANTED}{_did_you_mean(value)}") from None


def _did_you_mean(name: str) -> str:
    """The place that was likely meant: its town alone, other capitals, a letter too many.

    Never one of Etc/GMT+1 and the like: they count the other way than people do.
    """
    wanted = "_".join(name[:100].lower().split())
    places = (zone for zone in available_timezones() if "/" in zone and zone[:4] != "Etc/")
    known = {zone.lower(): zone for zone in ("UTC", *sorted(places))}
    towns = {low.rpartition("/")[2]: zone for low, zone in known.items()}
    known = towns | known
    near = get_close_matches(wanted, known, n=1, cutoff=0.75)
    near = near or get_close_matches(wanted.rpartition("/")[2], known, n=1, cutoff=0.75)
    return f". Did you mean {known[near[0]]}?" if near else ""
