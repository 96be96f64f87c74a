"""The attempts of a delivery: when each began, what came of it and when. As begin.lua and
settle.lua write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from monitor.store.damage import Damage

MOST: Final = 50
"""Of one delivery, the last: a day of tries is about twenty."""

Ending = Literal["sent", "later", "parked", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try. `ending` is "" while it is under way, or where its process ended with it; `again` is
    when the next was to be made. `asked` is whether a person wanted it tried again.
    """

    began: datetime
    ended: datetime | None = None
    ending: Ending = ""
    answer: str = ""
    again: datetime | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    began: str
    before: str = ""
    ended: str = ""
    ending: Ending = ""
    answer: str = ""
    again: str = ""


_DECODER: Final = msgspec.json.Decoder(_Kept)


def attempts_of(key: str, kept: Mapping[str, str], damage: Damage) -> tuple[Attempt, ...]:
    """The attempts in the record of a delivery under this key, in order."""
    numbered = sorted((int(number), number) for number in kept if number.isdecimal())
    rows = ((number, kept[number]) for _, number in numbered)
    return tuple(damage.readable(key, rows, lambda _, row: _attempt(_DECODER.decode(row))))


def _attempt(kept: _Kept) -> Attempt:
    began = _moment(kept.began)
    if began is None:
        raise ValueError("no time at which it began")
    return Attempt(
        began=began,
        ended=_moment(kept.ended),
        ending=kept.ending,
        answer=kept.answer,
        again=_moment(kept.again),
        asked=kept.before == "parked",
    )


def _moment(ms: str) -> datetime | None:
    return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms else None
