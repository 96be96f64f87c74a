"""Feeds by a script: what each publishes and when, and how its server misbehaves.

Of the standard library and loopback.py alone, so that a container can serve them, too. A day of
feeds may be lived on a clock that jumps (test_scripted_day.py), or an hour of it may take a minute.
"""

from __future__ import annotations

import gzip
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from loopback import Answer, Request

SHOWN = 10
"""Entries in a document: so many newest ones."""

TRAITS = (
    "plain",
    "etag",
    "last-modified",
    "quiet",
    "busy",
    "rolls over",
    "one guid for all",
    "no guids",
    "JSON Feed",
    "packed",
    "429, Retry-After",
    "503, Retry-After",
    "moved for a while",
    "moved for good",
    "404 for hours",
    "500 for hours",
    "410 in the end",
    "pages and pieces",
    "slow",
    "hangs up",
    "broken bytes",
    "told twice",
    "revised",
)

REVISED = ("pages and pieces", "one guid for all", "broken bytes", "revised")
"""Of these an entry may come again: half a text, and then all of it; a guid that was an entry's own
as long as it was alone; a text that was garbled on the way; one that its paper corrected."""

Text = Callable[["Feed", int], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """When it begins, and how long an hour of it takes."""

    noon: datetime
    hour: timedelta = timedelta(hours=1)

    @property
    def minute(self) -> timedelta:
        return self.hour / 60

    def hours(self, now: datetime) -> float:
        """Hours since noon."""
        return (now - self.noon) / self.hour

    def of_ten_minutes(self, now: datetime) -> int:
        """Which minute of ten it is: what happens again and again goes by that."""
        return int(self.hours(now) * 60) % 10


def short(feed: Feed, number: int) -> tuple[str, str]:
    """Title and text of an entry."""
    return f"News {number}", f"Report {number} of {feed.name}."


@dataclass(kw_only=True)
class Feed:
    """One feed: when its entries come, what its server does, and since when it has shown a
    whole document: what came and went before that nobody can know.
    """

    name: str
    trait: str
    published: list[datetime]
    most: int = SHOWN
    text: Text = short
    asked: Counter[int] = field(default_factory=Counter)
    since: datetime | None = None

    def shown(self, now: datetime) -> list[int]:
        """The numbers of the entries it shows, the newest first."""
        here = sum(at <= now for at in self.published)
        return list(range(here, max(here - self.most, 0), -1))

    def refs(self, now: datetime) -> set[int]:
        return {n for n, at in enumerate(self.published, 1) if at <= now}


def scripted(number: int, dice: random.Random, day: Day, hours: float) -> Feed:
    """A feed of the trait whose turn it is; entries before the day, then as they come."""
    trait = TRAITS[number % len(TRAITS)]
    every = {"quiet": 6 * day.hour, "busy": 8 * day.minute}.get(
        trait, dice.uniform(25, 70) * day.minute
    )
    at, published = day.noon - 6 * every, []
    while (at := at + every * dice.expovariate(1)) < day.noon + hours * day.hour:
        published.append(at)
    if trait == "rolls over":
        burst = day.noon + dice.uniform(4, 12) * day.hour
        published += [burst + n * day.minute / 30 for n in range(3 * SHOWN)]
    if trait == "410 in the end":
        published = [at for at in published if at < day.noon + 8 * day.hour]
    return Feed(name=f"{trait} {number}", trait=trait, published=sorted(published))


def answer(day: Day, now: Callable[[], datetime], feed: Feed, request: Request) -> Answer:
    """What this feed's server says now."""
    at = now()
    status, headers, body = trouble(day, at, feed, request) or document(day, at, feed, request)
    feed.asked[status] += 1
    return status, headers, body


def trouble(day: Day, now: datetime, feed: Feed, request: Request) -> Answer | None:
    hours = day.hours(now)
    home = request.path.endswith("/home")
    match feed.trait:
        case "429, Retry-After" if 6 <= hours < 8:
            return 429, {"Retry-After": f"{day.hour.total_seconds() / 2:.0f}"}, b""
        case "503, Retry-After" if 6 <= hours < 7:
            until = format_datetime(datetime.now(UTC) + 10 * day.minute, usegmt=True)
            return 503, {"Retry-After": until}, b""
        case "moved for a while" if 3 <= hours < 9 and not home:
            return 302, {"Location": f"{request.path}/home"}, b""
        case "moved for good" if not home:
            return 301, {"Location": f"{request.path}/home"}, b""
        case "404 for hours" if 9 <= hours < 12:
            return 404, {}, b"no such page"
        case "500 for hours" if 3 <= hours < 5:
            return 500, {}, b""
        case "410 in the end" if hours >= 8:
            return 410, {}, b""
        case "pages and pieces" if day.of_ten_minutes(now) < 3:
            return 200, {}, b"<!doctype html><html><body>Maintenance</body></html>"
        case "hangs up" if 2 <= hours < 10 and day.of_ten_minutes(now) < 6:
            whole = as_rss(day, now, feed, feed.shown(now))
            headers = {"Content-Length": str(len(whole))}
            return 200, headers, hung_up(whole[: day.of_ten_minutes(now) * len(whole) // 8])
        case "slow":
            threading.Event().wait(0.02)
    return None


def hung_up(sent: bytes) -> Iterator[bytes]:
    """So much of the body, and the connection ends."""
    yield sent
    raise ConnectionResetError("by the script")


def document(day: Day, now: datetime, feed: Feed, request: Request) -> Answer:
    cut_off = feed.trait == "pages and pieces" and day.of_ten_minutes(now) == 3
    broken = feed.trait == "broken bytes" and day.of_ten_minutes(now) < 5
    if not cut_off and not broken:
        feed.since = feed.since or now
    numbers = feed.shown(now)
    tag = f'W/"{numbers[0] if numbers else 0}-gzip"'
    stamp = format_datetime(feed.published[numbers[0] - 1] if numbers else day.noon, usegmt=True)
    asked = request.headers
    headers: dict[str, str] = {"Content-Type": "application/rss+xml"}
    if feed.trait in ("etag", "quiet", "busy"):
        headers["ETag"] = tag
        if asked.get("if-none-match") == tag:
            return 304, {"ETag": tag}, b""
    if feed.trait == "last-modified":
        headers["Last-Modified"] = stamp
        if asked.get("if-modified-since") == stamp:
            return 304, {}, b""
    if feed.trait == "JSON Feed":
        return 200, {"Content-Type": "application/feed+json"}, as_json(feed, numbers)
    body = as_rss(day, now, feed, numbers)
    if feed.trait == "packed":
        return 200, headers | {"Content-Encoding": "gzip"}, gzip.compress(body)
    if cut_off:
        return 200, headers, body[: len(body) * 2 // 3]
    if broken:
        garbled = b"<description>\xff\xfe\x00 & <b> \x1b "
        return 200, headers, body.replace(b"<description>", garbled)
    return 200, headers, body


def link(feed: Feed, number: int) -> str:
    return f"https://harbour.example/{feed.name.replace(' ', '-')}/{number}"


def told(day: Day, now: datetime, feed: Feed, number: int) -> tuple[str, str]:
    """Title and text of an entry as it stands now: some are corrected half an hour later."""
    title, text = feed.text(feed, number)
    corrected = now - feed.published[number - 1] >= 30 * day.minute
    return (title, f"{text} Corrected.") if feed.trait == "revised" and corrected else (title, text)


def as_rss(day: Day, now: datetime, feed: Feed, numbers: list[int]) -> bytes:
    guids = {"one guid for all": "<guid>feed</guid>", "no guids": ""}
    entries = "".join(
        f"<item><title>{title}</title><link>{link(feed, n)}</link>"
        f"{guids.get(feed.trait, f'<guid>g{n}</guid>')}"
        f"<pubDate>{format_datetime(feed.published[n - 1], usegmt=True)}</pubDate>"
        f"<description>{text}</description></item>"
        for n in (sorted([*numbers, *numbers]) if feed.trait == "told twice" else numbers)
        for title, text in (told(day, now, feed, n),)
    )
    return f'<rss version="2.0"><channel><title>Harbour</title>{entries}</channel></rss>'.encode()


def as_json(feed: Feed, numbers: list[int]) -> bytes:
    items = [
        {"id": f"g{n}", "url": link(feed, n), "title": title, "content_text": text}
        for n in numbers
        for title, text in (feed.text(feed, n),)
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour"}
    return json.dumps(head | {"items": items}).encode()
