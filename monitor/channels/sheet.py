"""An alert laid out for a terminal or a log: the news first, the proof under it, the link last."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING

from monitor.channels import digest_sheet
from monitor.channels.ink import COLOUR, badge, put, styled
from monitor.channels.marking import plain
from monitor.channels.others import fellows, parts
from monitor.channels.render import (
    headline,
    listed,
    moment,
    other_sources,
    quotes,
    severity_tag,
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

    from rich.text import Text

    from monitor.channels.ink import Line
    from monitor.channels.marking import Words
    from monitor.model import Alert, Message

MAX_QUOTES = 2


def printed(message: Message, *, columns: int | None, colour: bool, zone: tzinfo = UTC) -> str:
    """An alert or a digest as lines, an empty one last; wrapped when `columns` is given.

    In colour the matched words are bold and a bar holds the lines together. Without colour they
    stand between guillemets and the lines under the first are indented: a log loses nothing.
    """
    if isinstance(message, Digest):
        lines = digest_sheet.lines(message, zone, colour=colour)
    else:
        lines = _coloured(message, zone) if colour else _uncoloured(message, zone)
    return put(lines, columns=columns, colour=colour)


def _coloured(alert: Alert, zone: tzinfo) -> Iterator[Line]:
    from rich.text import Text  # 30 ms to import, and only people need it

    colour = COLOUR[alert.severity]
    bar = Text("▌ ", style=colour)
    yield bar, badge(alert.severity).append(watch_title(alert), style=f"bold {colour}"), True
    for number, said in enumerate(spread(alert, zone)):
        yield bar, Text(said, style="dim" if number else "bold"), True
    yield bar, styled(headline(alert), "bold"), True
    yield bar, Text(_provenance(alert, zone), style="dim"), True
    for words, more in _proof(alert):
        quoted = Text.assemble("“", styled(words, ""), "”", (more, "dim"))
        yield bar, quoted, True
    for part in parts(alert):
        yield bar, Text.assemble("& ", styled(headline(part), "bold")), True
        yield bar, Text(_provenance(part, zone), style="dim"), True
        for words in quotes(part, at_most=1).shown:
            yield bar, Text.assemble("“", styled(words, ""), "”"), True
    for each in fellows(alert, partial(moment, zone=zone)):
        yield bar, Text.assemble("+ ", each.title, (f" · {each.where}", "dim")), True
    yield from _below(alert, bar, colour=True)


def _uncoloured(alert: Alert, zone: tzinfo) -> Iterator[Line]:
    from rich.text import Text

    margin = Text("  ")
    yield Text(), Text(f"{severity_tag(alert.severity)}{watch_title(alert)}"), True
    for said in spread(alert, zone):
        yield margin, Text(said), True
    yield margin, Text(plain(headline(alert))), True
    yield margin, Text(_provenance(alert, zone)), True
    for words, more in _proof(alert):
        yield margin, Text(f"“{plain(words)}”{more}"), True
    for part in parts(alert):
        yield margin, Text(f"& {plain(headline(part))}"), True
        yield margin, Text(_provenance(part, zone)), True
        for words in quotes(part, at_most=1).shown:
            yield margin, Text(f"“{plain(words)}”"), True
    for each in fellows(alert, partial(moment, zone=zone)):
        yield margin, Text(f"+ {each.title} · {each.where}"), True
    yield from _below(alert, margin, colour=False)


def _below(alert: Alert, margin: Text, *, colour: bool) -> Iterator[Line]:
    """What it is about, what its owner calls it, where it is read."""
    from rich.text import Text

    if labels := listed(topic_labels(alert)):
        about = Text(labels, style="italic") if colour else Text(f"About: {labels}")
        yield margin, about, True
    if tags := listed(tags_of(alert)):
        yield margin, Text(f"Tags: {tags}", style="dim"), True
    if url := link(alert.article.url):
        yield margin, Text(url, style="underline blue"), False
    elif long := too_long(alert.article.url):
        yield margin, Text(long, style="dim"), True


def _provenance(alert: Alert, zone: tzinfo) -> str:
    """Who published it, when, and how many others carry the story."""
    parts = [isolated(source_name(alert)), moment(alert.article.published, zone)]
    if (others := len(other_sources(alert))) and not alert.update:
        parts.append(f"{others} other source{'s' if others > 1 else ''}")
    return " · ".join(parts)


def _proof(alert: Alert) -> Iterator[tuple[Words, str]]:
    """The sentences to show, the last one with how many more there are."""
    found = quotes(alert, at_most=0 if alert.only_spread else MAX_QUOTES)
    for place, words in enumerate(found.shown, start=1):
        last = place == len(found.shown) and found.left_out
        yield words, f" (+{found.left_out} more)" if last else ""
