"""What sorts of values tables of config/ hold: spans, days, addresses; and what a table is."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def span_of(value: object) -> object:
    if isinstance(value, str) and (found := SPAN.fullmatch(value.strip())):
        with suppress(OverflowError):
            span = timedelta(**{UNITS[found[2]]: float(found[1])})
            if span > timedelta(0):
                return span
            raise ValueError('a time above 0, such as "90s", "15m", "6h", "3d" or "2w"')
    if isinstance(value, timedelta):
        return value
    raise ValueError('a time such as "90s", "15m", "6h", "3d" or "2w"')


def web_address(value: str) -> str:
    if not re.match(r"https?://[^\s/]", value) or not port_is_one(value):
        raise ValueError("an address that begins with http:// or https://")
    return value


def port_is_one(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError('a day such as "2013-04-08", or "" for open') from None


Span = Annotated[timedelta, BeforeValidator(span_of)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Web = Annotated[str, AfterValidator(web_address)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Day = Annotated[date | None, BeforeValidator(_day)]


class Table(BaseModel):
    """A table of a configuration file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)
