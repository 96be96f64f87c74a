"""What a note says, row by row: of an alert, of one in a digest, of what was not seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Final

from monitor.alerts import unseen
from monitor.channels import gathered
from monitor.channels.marking import Piece
from monitor.channels.others import BEFORE, TOGETHER, fellows, parts
from monitor.channels.render import (
    headline,
    listed,
    moment,
    other_sources,
    quotes,
    source_name,
    spread,
    tags_of,
    topic_labels,
    watch_title,
)
from monitor.channels.safe import isolated, link, too_long
from monitor.model import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from monitor.channels.marking import Words
    from monitor.model import Alert, Gap, Message

MAX_QUOTES = 2
MAX_GAPS = 5

_CALLS_ALL: Final = re.compile(r"@(?=(?:everyone|here|channel|all|room)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a note: some words, or a link."""

    words: Words = ()
    strong: bool = False
    url: str = ""


def heading(message: Message, zone: tzinfo = UTC) -> str:
    """What it is of, in one safe line: the watch's title, or what a digest gathers."""
    if isinstance(message, Digest):
        return uncalling(gathered.subject(message, zone))
    badge = "" if message.severity == "normal" else f"[{message.severity.upper()}] "
    return uncalling(badge + watch_title(message))


def of_alert(alert: Alert, zone: tzinfo) -> Iterator[tuple[Row, ...]]:
    """An alert below its headline, in blocks: what is new, whose, why, with what, of what."""
    for told in spread(alert, zone):
        yield (said(told),)
    where = [isolated(source_name(alert)), moment(alert.article.published, zone)]
    if (others := len(other_sources(alert))) and not alert.update:
        where.append(f"{others} other source{'s' if others > 1 else ''}")
    yield (said(" · ".join(where)),)
    for words in quotes(alert, at_most=0 if alert.only_spread else MAX_QUOTES).shown:
        yield (_quoted(words),)
    yield from _others(alert, zone)
    if labels := topic_labels(alert):
        yield (said(f"About: {listed(labels)}"),)
    if tags := tags_of(alert):
        yield (said(f"Tags: {listed(tags)}"),)


def in_digest(alert: Alert, zone: tzinfo) -> tuple[Row, ...]:
    """An alert of a digest: what watch, what article, whose, where; and those it is told with."""
    tags = f" [{named}]" if (named := listed(tags_of(alert), between=", ")) else ""
    whose = Piece(text=f" ({isolated(source_name(alert))}){tags}")
    return (
        Row(words=(Piece(text=f"{heading(alert)}: "), *headline(alert), whose)),
        *link_row(alert.article.url),
        *(
            Row(
                words=(
                    Piece(text="& "),
                    *headline(part),
                    Piece(text=f" ({isolated(source_name(part))})"),
                )
            )
            for part in parts(alert)
        ),
        *(
            said(f"& {each.title} ({each.where})")
            for each in fellows(alert, partial(moment, zone=zone))
        ),
    )


def not_seen(gaps: tuple[Gap, ...], zone: tzinfo) -> Iterator[Row]:
    """What a digest says of gaps, the first of them."""
    for gap in gaps[:MAX_GAPS]:
        missed = unseen(gap, lambda when: moment(when, zone))
        yield said(f"Not seen: {gathered.gap_name(gap)} {missed}")
    if more := len(gaps[MAX_GAPS:]):
        yield said(f"Not seen: {more} more")


def link_row(url: str | None) -> Iterator[Row]:
    """Where an article is read; of a link that is too long, that it is."""
    if shown := link(url):
        yield Row(url=shown)
    elif long := too_long(url):
        yield said(long)


def said(text: str) -> Row:
    """A row of plain words."""
    return Row(words=(Piece(text=text),))


def _others(alert: Alert, zone: tzinfo) -> Iterator[tuple[Row, ...]]:
    """The other articles that made it up, a block each; before the first stands why."""
    for number, part in enumerate(parts(alert)):
        where = f" · {isolated(source_name(part))} · {moment(part.article.published, zone)}"
        yield (
            *(() if number else (said(TOGETHER),)),
            Row(words=(Piece(text="& "), *headline(part), Piece(text=where))),
            *map(_quoted, quotes(part, at_most=1).shown),
            *link_row(part.article.url),
        )
    for number, each in enumerate(fellows(alert, partial(moment, zone=zone))):
        yield (
            *(() if number else (said(BEFORE),)),
            said(f"+ {each.title} · {each.where}"),
            *((Row(url=each.url),) if each.url else ()),
        )


def _quoted(words: Words) -> Row:
    return Row(words=(Piece(text="“"), *words, Piece(text="”")))


def uncalled(words: Words) -> Words:
    """The words calling nobody, also where a mark begins or ends within the call."""
    breaks = {found.end() for found in _CALLS_ALL.finditer("".join(each.text for each in words))}
    if not breaks:
        return words
    pieces, at = [], 0
    for piece in words:
        letters = (
            f"\u200b{letter}" if at + place in breaks else letter
            for place, letter in enumerate(piece.text)
        )
        pieces.append(Piece(text="".join(letters), marked=piece.marked))
        at += len(piece.text)
    return tuple(pieces)


def uncalling(text: str) -> str:
    """The text calling nobody."""
    return _CALLS_ALL.sub("@\u200b", text)
