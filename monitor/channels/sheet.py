"""An alert laid out for a terminal or a log: the news first, the proof under it, the link last."""

from __future__ import annotations

from datetime import UTC
from io import StringIO
from typing import TYPE_CHECKING, Final

from monitor.channels.render import (
    digest_heading,
    headline,
    listed,
    moment,
    other_sources,
    plain,
    quotes,
    source_name,
    spread,
    topic_labels,
    watch_title,
)
from monitor.channels.safe import isolated, link
from monitor.model import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from rich.text import Text

    from monitor.channels.render import Words
    from monitor.model import Alert, Message, Severity

MAX_QUOTES = 2

# Names of the terminal's own palette only, so that it reads on dark and on light.
_COLOUR: Final[Mapping[Severity, str]] = {
    "low": "bright_black",
    "normal": "cyan",
    "high": "yellow",
    "critical": "red",
}
_BADGE: Final[Mapping[Severity, str]] = {
    "low": "bright_black",
    "high": "bold black on yellow",
    "critical": "bold bright_white on red",
}
_MARK = "bold magenta"


def printed(message: Message, *, columns: int | None, colour: bool, zone: tzinfo = UTC) -> str:
    """An alert, or each of a digest under its heading, laid out for people."""
    if not isinstance(message, Digest):
        return _printed(message, columns=columns, colour=colour, zone=zone)
    alerts = (
        _printed(alert, columns=columns, colour=colour, zone=zone) for alert in message.alerts
    )
    return "\n".join((f"{digest_heading(message, zone)}\n", *alerts))


def _printed(alert: Alert, *, columns: int | None, colour: bool, zone: tzinfo) -> str:
    """The alert as lines, an empty one last; wrapped when `columns` is given.

    In colour the matched words are bold and a bar holds the lines together. Without colour they
    stand between guillemets and the lines under the first are indented: a log loses nothing.
    """
    from rich.console import Console  # 30 ms to import, and only people need it
    from rich.text import Text

    paper = StringIO()
    console = Console(
        file=paper,
        force_terminal=colour,
        color_system="standard" if colour else None,
        width=10_000,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    lines = _coloured(alert, zone) if colour else _uncoloured(alert, zone)
    for margin, text, breaks in lines:
        rows = [text]
        if columns is not None and breaks:
            rows = list(text.wrap(console, columns - len(margin)))
        for row in rows:
            row.rstrip()
            console.print(Text.assemble(margin, row), soft_wrap=True)
    console.print()
    return paper.getvalue()


_Line = tuple["Text", "Text", bool]
"""A margin, what stands on the line, and whether it may break (a link may not: it is copied)."""


def _coloured(alert: Alert, zone: tzinfo) -> Iterator[_Line]:
    from rich.text import Text

    colour = _COLOUR[alert.severity]
    bar = Text("▌ ", style=colour)
    first = Text()
    if badge := _BADGE.get(alert.severity):
        first.append(f" {alert.severity.upper()} ", style=badge).append(" ")
    yield bar, first.append(watch_title(alert), style=f"bold {colour}"), True
    for number, said in enumerate(spread(alert, zone)):
        yield bar, Text(said, style="dim" if number else "bold"), True
    yield bar, _styled(headline(alert), "bold"), True
    yield bar, Text(_provenance(alert, zone), style="dim"), True
    for words, more in _proof(alert):
        quoted = Text.assemble("“", _styled(words, ""), "”", (more, "dim"))
        yield bar, quoted, True
    if labels := topic_labels(alert):
        yield bar, Text(listed(labels), style="italic"), True
    if url := link(alert.article.url):
        yield bar, Text(url, style="underline blue"), False


def _uncoloured(alert: Alert, zone: tzinfo) -> Iterator[_Line]:
    from rich.text import Text

    margin = Text("  ")
    severity = "" if alert.severity == "normal" else f"[{alert.severity.upper()}] "
    yield Text(), Text(f"{severity}{watch_title(alert)}"), True
    for said in spread(alert, zone):
        yield margin, Text(said), True
    yield margin, Text(plain(headline(alert))), True
    yield margin, Text(_provenance(alert, zone)), True
    for words, more in _proof(alert):
        yield margin, Text(f"“{plain(words)}”{more}"), True
    if labels := topic_labels(alert):
        yield margin, Text(f"About: {listed(labels)}"), True
    if url := link(alert.article.url):
        yield margin, Text(url), False


def _styled(words: Words, style: str) -> Text:
    from rich.text import Text

    text = Text(style=style)
    for piece in words:
        text.append(piece.text, style=_MARK if piece.marked else None)
    return text


def _provenance(alert: Alert, zone: tzinfo) -> str:
    """Who published it, when, and how many others carry the story."""
    parts = [isolated(source_name(alert)), moment(alert.article.published, zone)]
    if (others := len(other_sources(alert))) and not alert.update:
        parts.append(f"{others} other source{'s' if others > 1 else ''}")
    return " · ".join(parts)


def _proof(alert: Alert) -> Iterator[tuple[Words, str]]:
    """The sentences to show, the last one with how many more there are."""
    found = quotes(alert, at_most=0 if alert.update else MAX_QUOTES)
    for place, words in enumerate(found.shown, start=1):
        last = place == len(found.shown) and found.left_out
        yield words, f" (+{found.left_out} more)" if last else ""
