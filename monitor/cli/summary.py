"""What a `run --once` did, as a table for people and a JSON line for machines."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from monitor.model import DELIVERIES, PageOutcome
from monitor.poller import Polled
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Numbers of one run. `read` = new + copies + revisions + repeated + set_aside.

    `pages_read` are articles with the text of their pages, `pages_missed` those for which it was
    wanted and the feed's own had to do. `gathered` deliveries wait to be told with others (an alert
    that waits for two channels is two): a later run tells them when their time has come. `pending`
    deliveries are kept and tried again by the next run. `problems` counts what was odd or failed in
    sources; each was told when it happened.
    """

    read: int
    new: int
    copies: int
    revisions: int
    repeated: int
    set_aside: int
    pages_read: int
    pages_missed: int
    alerts: int
    sent: int
    pending: int
    parked: int
    gathered: int
    feeds: int
    feeds_failed: int
    problems: int

    @property
    def good(self) -> bool:
        """Whether nothing was lost, parked or left undelivered."""
        return not (self.set_aside or self.parked or self.pending)

    @classmethod
    def since(cls, before: Mapping[str, int], store: Store, polled: Polled) -> Summary:
        """What has been counted since `before`."""
        view = store.view
        counts = view.counts()

        def more(name: str) -> int:
            return counts.get(name, 0) - before.get(name, 0)

        return cls(
            read=more("articles.admitted"),
            new=more("articles.new"),
            copies=more("articles.copy"),
            revisions=more("articles.revision"),
            repeated=more("articles.repeat"),
            set_aside=more("articles.set_aside"),
            pages_read=more("pages.read"),
            pages_missed=sum(
                more(f"pages.{outcome}")
                for outcome in PageOutcome
                if outcome is not PageOutcome.READ
            ),
            alerts=more("alerts.raised"),
            sent=more("deliveries.sent"),
            pending=view.depth(DELIVERIES).total,
            parked=more("deliveries.parked"),
            gathered=sum(gathering.count for gathering in store.gatherings.all()),
            feeds=polled.feeds,
            feeds_failed=polled.failed,
            problems=polled.problems,
        )


def show(summary: Summary) -> None:
    """The table on stderr; the JSON line on stdout unless a person would see both."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in asdict(summary).items():
        table.add_row(LABELS[name], str(number))
    Console(stderr=True).print(table)
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(msgspec.json.encode(summary) + b"\n")
        sys.stdout.flush()


LABELS = {
    "read": "articles read",
    "new": "  new",
    "copies": "  copies",
    "revisions": "  revisions",
    "repeated": "  read before",
    "set_aside": "  set aside",
    "pages_read": "full texts read",
    "pages_missed": "  not to be had",
    "alerts": "alerts raised",
    "sent": "deliveries sent",
    "pending": "deliveries to be tried again",
    "parked": "deliveries parked",
    "gathered": "deliveries gathered, told later",
    "feeds": "feeds polled",
    "feeds_failed": "  failed",
    "problems": "problems in sources",
}
