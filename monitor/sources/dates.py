"""When was this published? Dates as sources write them, in any of a dozen ways and languages.

A date that cannot be understood for certain is no date: an article without one counts from when it
was fetched, which is better than 1793 or tomorrow week. Feeds and seeds share this layer, so one
spelling means one moment everywhere.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

from monitor.sources.months import MONTHS

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=2)  # zones mislabelled and embargoes; more is a mistake of the source

_LONGEST: Final = 120
_EPOCH: Final = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_ISO: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:(?:[Tt]|\s+)(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?"
    r"\s*([Zz]|[A-Za-z]{2,5}|(?:UTC|GMT)?\s?[+-]\d\d:?(?:\d\d)?)?)?"
)
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)|\d [A-Za-z]{3} \d\d \d\d?:\d\d")
_LAST_ZONE: Final = re.compile(r"((?:UTC|GMT)?\s?[+-]\d\d:?\d\d|[A-Za-z]{1,5})(?:\s*\([^)]*\))?$")
_AFTERNOON: Final = re.compile("午後|下午|오후")
_HALF_DAY: Final = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_CJK: Final = re.compile(
    r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?(.*)", re.DOTALL
)
_NUMBERS: Final = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\b\.?(.*)", re.DOTALL)
_DAY_NAME_MONTH: Final = re.compile(
    r"(?:^|[\s,])(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s*(?:de\s+|d[’']|-|\s)?"
    r"\s*(?P<month>[^\W\d]+)\.?,?\s*(?:del?\s+|-|/)?\s*(?P<year>\d{4})\b(?P<rest>.*)",
    re.DOTALL,
)
_MONTH_NAME_DAY: Final = re.compile(
    r"(?:^|[\s,])(?P<month>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?"
    r"\s+(?P<year>\d{4})\b(?P<rest>.*)",
    re.DOTALL,
)
_CLOCK: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?::|h|\.)(\d\d)(?::(\d\d))?\s*([ap])?\.?(?:m\b)?\.?"
    r"\s*((?:UTC|GMT)?\s?[+-]\d\d:?\d\d|[A-Z]{1,5}\b)?",
    re.IGNORECASE,
)

# Zones in use in news, in minutes. IST (India, Israel, Ireland) and the like are left out: up to
# twelve hours wrong is worth less than UTC, which is what a zone unknown to us is taken for.
_ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "bst": 60, "cet": 60, "west": 60, "mez": 60, "wat": 60,
    "cest": 120, "mesz": 120, "eet": 120, "sast": 120, "cat": 120,
    "eest": 180, "msk": 180, "trt": 180, "eat": 180,
    "pkt": 300, "wib": 420, "hkt": 480, "sgt": 480, "awst": 480, "jst": 540, "kst": 540,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "art": -180, "brt": -180, "adt": -180, "ast": -240, "edt": -240,
    "met": 60, "mest": 120, "at": -240, "et": -300, "ct": -360, "mt": -420, "pt": -480,
    "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420, "pdt": -420, "pst": -480,
}  # fmt: skip

_MONTH_FIRST: Final = frozenset({"en-us", "en-ph", "en-lr"})
_DAY_FIRST_NOT: Final = frozenset({"en", "zh", "ja", "ko", "hu", "mn", "lt", "sv", "fa"})


def sane(moment: datetime | None, *, now: datetime) -> datetime | None:
    """The moment in UTC if news can have been published then, else None.

    The window is from 1990 to two days after `now`. A moment without a zone is taken as UTC.
    """
    if moment is None:
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        utc = aware.astimezone(UTC)
    except OverflowError:
        return None
    return utc if EARLIEST <= utc <= now + AHEAD else None


def read_date(text: str, *, now: datetime, language: str | None = None) -> datetime | None:
    """The moment a date names, in UTC and within the sane window; None if that is not certain.

    Reads RFC 822, ISO 8601, seconds or milliseconds since 1970, Chinese, Japanese and Korean dates,
    dates with month names in a score of languages, and numbers. Of numbers like 03/11/2026 the
    `language` (BCP 47) must say which is the day. A day without an hour is its midnight.
    """
    text = re.sub(r"(?<=\d)\. (?=\d)", ".", " ".join(text.split()))
    if not text.isascii():
        text = re.sub(r"\d", lambda found: str(int(found[0])), text)
    if not 6 <= len(text) <= _LONGEST:
        return None
    for reader in (_epoch, _iso, _rfc822, _cjk, _named):
        try:
            moment = reader(text)
        except (ValueError, OverflowError, IndexError):
            continue
        if moment is not None:
            return sane(moment, now=now)
    try:
        return sane(_numbers(text, language), now=now)
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    found = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    return _moment(
        (int(year), int(month), int(day)),
        (int(hour or 0), int(minute or 0), min(int(second or 0), 59)),
        zone,
    )


def _rfc822(text: str) -> datetime | None:
    """As mail has it: English names, a clock of 24 hours."""
    read = parsedate_tz(text)
    if read is None or not _YEAR.search(text) or _HALF_DAY.search(text):
        return None
    named = _LAST_ZONE.search(text)
    offset_s = _zone(named[1]).utcoffset(None).total_seconds() if named else read[9] or 0
    plainly = datetime(read[0], read[1], read[2], read[3], read[4], min(read[5], 59), tzinfo=UTC)
    return plainly - timedelta(seconds=offset_s)


def _cjk(text: str) -> datetime | None:
    """A Korean clock is set to Korea's time; Chinese and Japanese dates look too much alike."""
    found = _CJK.search(text)
    if not found:
        return None
    rest = re.sub(r"(\d)\s*[時时시:：]\s*(\d)", r"\1:\2", found[4])
    clock, _ = _clock(rest)
    zone = "kst" if "년" in text and any(clock) else None
    return _moment((int(found[1]), int(found[2]), int(found[3])), clock, zone)


def _named(text: str) -> datetime | None:
    """`13 June 2014 10:00`, `June 13, 2014`, `13 de junio de 2014`, `Freitag, 13. März 2026`."""
    for pattern in (_DAY_NAME_MONTH, _MONTH_NAME_DAY):
        found = pattern.search(text)
        month = MONTHS.get(found["month"].lower().replace("i̇", "i")) if found else None
        if found and month:
            clock, zone = _clock(found["rest"])
            return _moment((int(found["year"]), month, int(found["day"])), clock, zone)
    return None


def _numbers(text: str, language: str | None) -> datetime | None:
    found = _NUMBERS.search(text)
    if not found:
        return None
    first, separator, middle, last, rest = found.groups()
    clock, zone = _clock(rest)
    if len(first) == 4:
        return _moment((int(first), int(middle), int(last)), clock, zone)
    if len(last) != 4:
        return None
    one, two = int(first), int(middle)
    if one > 12 or separator == "." or one == two or _day_first(language):
        return _moment((int(last), two, one), clock, zone)
    if two > 12 or (language or "").lower() in _MONTH_FIRST:
        return _moment((int(last), one, two), clock, zone)
    return None


def _day_first(language: str | None) -> bool:
    known = (language or "").lower()
    return bool(known) and known not in _MONTH_FIRST and known not in _DAY_FIRST_NOT


def _clock(text: str) -> tuple[tuple[int, int, int], str | None]:
    found = _CLOCK.search(text)
    if not found:
        return (0, 0, 0), None
    hour = int(found[1])
    half = "p" if _AFTERNOON.search(text) else (found[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour, int(found[2]), min(int(found[3] or 0), 59)), found[5]


def _moment(
    day: tuple[int, int, int], clock: tuple[int, int, int], zone: str | None
) -> datetime | None:
    return datetime(*day, *clock, tzinfo=_zone(zone))


def _zone(name: str | None) -> timezone:
    """The zone of `Z`, `CET`, `+0200`, `+02:00`, `GMT+2`; UTC for a name we do not know."""
    if not name:
        return UTC
    offset = re.search(r"([+-])(\d\d?):?(\d\d)?$", name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return timezone(timedelta(minutes=_ZONES.get(name.lower(), 0)))
