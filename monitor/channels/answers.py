"""What a receiver's answer to a webhook means for the delivery: a table of status codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal

from monitor.channels.safe import clip, line
from monitor.errors import AddressRefused, BadStatus, FetchError, TimedOut, TooLarge, Unreachable
from monitor.model import Later, Receipt, Refused, Sent, spelled

if TYPE_CHECKING:
    from collections.abc import Container

MAX_WAIT = timedelta(days=1)
"""The longest Retry-After that is obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What some status codes mean for a delivery. `shown` is how the docs write them.

    "down" is later, too; and it counts towards leaving the whole channel alone for a while.
    """

    shown: str
    codes: Container[int]
    then: Literal["sent", "later", "down", "refused", "gone"]
    words: str


MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(shown="200–299", codes=range(200, 300), then="sent", words="the alert has arrived"),
    Meaning(
        shown="408, 425, 429",
        codes=frozenset({408, 425, 429}),
        then="later",
        words="the receiver is not ready; Retry-After is honoured",
    ),
    Meaning(
        shown="500–599",
        codes=range(500, 600),
        then="down",
        words="the receiver has trouble of its own; Retry-After is honoured",
    ),
    Meaning(
        shown="410",
        codes=frozenset({410}),
        then="gone",
        words="the receiver wants no more: the whole channel is disabled",
    ),
    Meaning(
        shown="300–399",
        codes=range(300, 400),
        then="refused",
        words="redirects are not followed: put the final address in url",
    ),
    Meaning(
        shown="anything else",
        codes=range(1000),
        then="refused",
        words="the receiver does not take this alert, and would not take it again",
    ),
)
"""The first line that holds a code decides."""


def receipt_of(status: int, retry_after: str | None, now: datetime, *, said: str = "") -> Receipt:
    """What the receiver's status code means for the delivery; `said` is what it adds in words,
    safe to show: what it says to an alert that it takes is of no interest.
    """
    meaning = next((each for each in MEANINGS if status in each.codes), MEANINGS[-1])
    answer = f"{status}: {meaning.words}"
    words = f"; it says: {said}" if said else ""
    match meaning.then:
        case "sent":
            return Sent(answer=answer)
        case "later" | "down":
            wait = wait_of(retry_after, now)
            asked = "" if wait is None else f" ({_asked(wait)})"
            return Later(answer=f"{answer}{asked}{words}", after=wait, down=meaning.then == "down")
        case "gone":
            return Refused(answer=f"{answer}{words}", disables=True)
        case "refused":
            return Refused(answer=f"{answer}{words}")


def wait_of(retry_after: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait: seconds or a date (RFC 9110 section 10.2.3)."""
    value = (retry_after or "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), MAX_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(value)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(timedelta(), min(until - now, MAX_WAIT))
    except (ValueError, OverflowError):  # a year of twenty digits
        return None


def _asked(wait: timedelta) -> str:
    """What a Retry-After asks for, in words."""
    seconds = round(wait.total_seconds())
    if wait >= MAX_WAIT:
        return "it asks for a day or more"
    if seconds >= 600:
        seconds -= seconds % 60
    if not seconds:
        return "it asks for no wait"
    return f"it asks for {spelled(timedelta(seconds=seconds))}"


def receipt_of_error(error: FetchError) -> Receipt:
    """What it means for the delivery that no whole answer came."""
    match error:
        case AddressRefused():  # its message says what to put under [net] allow
            return Refused(answer=_shown(error))
        case BadStatus():
            wait = None if error.retry_after_s is None else str(int(error.retry_after_s))
            return receipt_of(error.status, wait, datetime.now(UTC))
        case TooLarge():
            return Refused(answer=f"the receiver's answer is too large: {_shown(error)}")
        case TimedOut() | Unreachable():
            return Later(answer=_shown(error), down=True)
        case _:
            return Later(answer=_shown(error))


def _shown(error: FetchError) -> str:
    return clip(line(error.message), 300)
