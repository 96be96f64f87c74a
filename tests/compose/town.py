"""What is published during the soak, and where: known to the servers outside and to who counts.

Of the standard library and scripted_feeds.py alone: the servers run in containers.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripted_feeds import SHOWN, Day, Feed, scripted

PLAN = "plan.json"
"""The file of the plan, in the folder of the servers."""

HOURS = 14
"""What scripted_feeds.py does to a feed is over after so many hours of its day."""

MOST = 40
"""Entries in a document, so that a poller that is dead for a while misses none; but of feeds that
are to roll over.
"""

ZEPPELIN, EVERY = "zeppelin", 5
"""A word in every fifth text: those are mailed."""

MARKS = ("kestrel", "lantern", "marble", "nutmeg", "otter", "pewter", "quince")
"""One of these is in each text: for watches that come and go."""

COPIED = 20
"""Every twentieth row of a seed file repeats the text of the row before, from another paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run: when it begins (seconds since 1970), how long it takes, how many feeds there are."""

    seed: int
    noon_s: float
    seconds: float
    feeds: int

    @property
    def day(self) -> Day:
        """Its script."""
        noon = datetime.fromtimestamp(self.noon_s, UTC)
        return Day(noon=noon, hour=timedelta(seconds=self.seconds / HOURS))

    def published(self) -> tuple[Feed, ...]:
        """All feeds, in their order."""
        dice = random.Random(self.seed)
        found = [scripted(number, dice, self.day, HOURS) for number in range(self.feeds)]
        for each in found:
            each.most, each.text = SHOWN if each.trait == "rolls over" else MOST, report
        return tuple(found)

    def save(self, folder: Path) -> None:
        """For the servers; whole or not at all."""
        hidden = folder / f".{PLAN}"
        hidden.write_text(json.dumps(asdict(self)))
        hidden.rename(folder / PLAN)

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """As it was saved. Raises FileNotFoundError before that."""
        return cls(**json.loads((folder / PLAN).read_text()))


def address(number: int) -> str:
    """Where a feed is, for who goes through the proxy that the server of feeds is: machines of its
    own, which may be asked every few seconds since they are on loopback.
    """
    return f"http://127.7.{number // 250}.{number % 250 + 1}/feed"


def source_id(feed: Feed) -> str:
    """The feed's name in feeds.toml."""
    return feed.name.replace(",", "").replace(" ", "-")


def report(feed: Feed, number: int) -> tuple[str, str]:
    """Title and text of an entry."""
    return written(feed.name, number)


def written(paper: str, number: int) -> tuple[str, str]:
    """A title and a text that no other paper and no other number has."""
    dice = random.Random(f"{paper} {number}")
    words = ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(40)]
    marks = [MARKS[number % len(MARKS)], *([ZEPPELIN] if number % EVERY == 0 else [])]
    title = f"News {number} of {paper}: {words[0]} {words[1]}"
    return title, f"Report {number} of {paper}. {' '.join(words)}. Seen: {', '.join(marks)}."


SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a seed file: a text, or the copy of one."""

    number: int
    of: int
    url: str

    @property
    def is_copy(self) -> bool:
        """Whether it is the text of the row before, and no news."""
        return self.of != self.number

    def as_json(self) -> str:
        """A line of the file."""
        title, body = written("the wire", self.of)
        source = "wire-copy" if self.is_copy else "wire"
        row = {"id": self.url, "url": self.url, "source": source, "title": title, "body": body}
        return json.dumps(row)


def row(number: int) -> Row:
    """The row with this number, from 1 on."""
    of = number - 1 if number % COPIED == 0 else number
    return Row(number=number, of=of, url=f"https://harbour.example/wire/{number}")
