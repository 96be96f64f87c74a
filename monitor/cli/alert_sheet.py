"""An alert as `wirewatch alerts` shows it: what is known of it by now, as lines or as a row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from monitor.channels.marking import bare, plain
from monitor.channels.render import headline, listed, moment, quotes, tags_of
from monitor.channels.safe import line, link, too_long
from monitor.cli.timeline import Event, State, state_of
from monitor.model import Alert, Severity, Story
from monitor.store import Store
from monitor.store.told import Told

QUOTES = 3
SHOWN_COPIES = 20
WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An alert as it was raised and as it is by now, who was told, and what is known of its story,
    where that is still kept.
    """

    alert: Alert
    latest: Alert
    updates: tuple[Alert, ...]
    story: Story | None
    told: tuple[Told, ...]
    acked: datetime | None

    @classmethod
    def of(cls, store: Store, alert: Alert) -> Self:
        """As the store knows it."""
        return cls(
            alert=alert,
            latest=store.view.latest(alert.id) or alert,
            updates=store.view.updates(alert.id),
            story=store.view.story(alert.story),
            told=store.outbox.told(alert),
            acked=store.view.acknowledged(alert.id),
        )

    @property
    def severity(self) -> Severity:
        """How urgent it is by now: `escalate` may have made it so."""
        return self.latest.severity

    @property
    def state(self) -> State:
        """How it fares: as the worst of its deliveries does."""
        return state_of(self.told)

    def is_in(self, state: str | None) -> bool:
        """Whether a delivery of it is in this state, a person has seen it (`acked`), or it has no
        delivery (`untold`).
        """
        if state == "acked":
            return self.acked is not None
        if state == "untold":
            return not self.told
        return state is None or any(each.state == state for each in self.told)

    @property
    def sources(self) -> tuple[tuple[str, datetime | None], ...]:
        """The sources that carry the story, first come first, and since when."""
        if self.story is not None:
            return self.story.sources
        return tuple((source, None) for source in self.latest.sources)

    @property
    def spread(self) -> str:
        """ "12 sources (1 independent), 14 articles"; "" where no source has anything of it."""
        count = len(self.sources)
        if not count:  # that a watch is silent is in no source
            return ""
        said = f"{count} source{'s' if count != 1 else ''}"
        if self.story is None:
            return said
        if self.story.independent != count:
            said += f" ({self.story.independent} independent)"
        articles = {self.story.first, *(copy.ref for copy in self.story.copies)}
        if len(articles) > 1:
            said += f", {len(articles)} articles"
        return said


def fares(known: Known) -> str:
    """ "sent", or where not all is as it should be: "parked: desk" """
    if known.state in ("sent", "untold"):
        return known.state
    where = (each.channel for each in known.told if each.state == known.state)
    return f"{known.state}: {', '.join(dict.fromkeys(where))}"


def row_of(known: Known) -> dict[str, object]:
    """An alert for machines."""
    alert, story = known.latest, known.story
    return {
        "alert": alert.id,
        "watch": alert.watch,
        "severity": known.severity,
        "state": known.state,
        "states": {each.channel: each.state for each in known.told},
        "acked": known.acked,
        "tags": list(alert.tags),
        "raised": alert.raised,
        "story": alert.story,
        "event": alert.event,
        "article": {
            "id": alert.article.id,
            "title": alert.article.title,
            "url": alert.article.url,
            "source": alert.article.source,
        },
        "sources": [{"source": source, "since": since} for source, since in known.sources],
        "independent": story.independent if story else None,
        "copies": list(story.copies) if story else [],
    }


def sheet(known: Known, events: tuple[Event, ...], event: list[Alert]) -> Iterator[str]:
    """All of one alert for people."""
    alert = known.latest
    yield f"{line(alert.title)} ({line(alert.watch)})"
    yield f"  {plain(headline(alert))}"
    if url := link(alert.article.url):
        yield f"  {url}"
    elif long := too_long(alert.article.url):
        yield f"  {long}"
    for words in quotes(alert, at_most=QUOTES).shown:
        yield f"  “{plain(words)}”"
    yield f"\nAlert {alert.id}, {known.severity}, {fares(known)}"
    if tags := listed(tags_of(alert), between=", "):
        yield f"Tags: {tags}"
    if known.sources:
        yield f"Carried by {known.spread}:"
    yield from (f"  {line(name)}{_since(since)}" for name, since in known.sources)
    yield from _joined(known.story)
    if event:
        yield "Other stories about what seems the same event:"
    yield from (f"  {other.id}  {line(other.watch)}: {bare(headline(other))}" for other in event)
    yield "Timeline (UTC):"
    yield from map(_dated, events)
    if not known.told:
        yield "Told to nobody: the watch names no channel in `notify`"


def _dated(event: Event) -> str:
    """A line of the timeline; what is too long for one goes on under it."""
    begin = f"  {event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}  "
    return textwrap.fill(
        event.said, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin)
    )


def _since(since: datetime | None) -> str:
    return f", since {moment(since)}" if since else ""


def _joined(story: Story | None) -> Iterator[str]:
    if story is None or not story.copies:
        return
    yield "Copies and revisions since:"
    for copy in story.copies[-SHOWN_COPIES:]:
        yield f"  {moment(copy.at)}  {copy.relation}  {line(copy.source)}: {line(copy.title)}"
