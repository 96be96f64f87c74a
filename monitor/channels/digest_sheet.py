"""A digest laid out for a terminal or a log: by watch, and within it by event."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from monitor.channels import gathered
from monitor.channels.ink import COLOUR, badge, styled
from monitor.channels.marking import plain
from monitor.channels.others import fellows, parts
from monitor.channels.outline import outline
from monitor.channels.render import headline, quotes, severity_tag
from monitor.channels.safe import link, too_long

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from rich.text import Text

    from monitor.channels.ink import Line
    from monitor.channels.marking import Words
    from monitor.channels.outline import Happening
    from monitor.model import Alert, Digest


def lines(digest: Digest, zone: tzinfo, *, colour: bool) -> Iterator[Line]:
    """The digest as lines: what it is and why, each watch with its events, what was not seen."""
    from rich.text import Text  # 30 ms to import, and only people need it

    none, margin = Text(), Text("  ")
    yield from _head(digest, zone)
    plan = outline(digest)
    for section in plan.sections:
        if not digest.watch:
            yield none, none, True
            yield none, Text(gathered.section_heading(section), style="bold"), True
        for happening in section.happenings:
            yield from _happening(happening, digest, zone, colour=colour)
        if more := gathered.more_of(section):
            yield margin, Text(more, style="dim"), True
    for more in gathered.more(digest, plan):
        yield none, Text(more, style="dim"), True
    for number, gap in enumerate(gathered.gaps(digest, zone)):
        if number == 0:
            yield none, none, True
            yield none, Text(gathered.GAPS, style="bold"), True
        yield margin, Text(gap), True


def _head(digest: Digest, zone: tzinfo) -> Iterator[Line]:
    from rich.text import Text

    margin = Text("  ")
    yield Text(), Text(gathered.heading(digest), style="bold"), True
    yield margin, Text(gathered.period(digest, zone), style="dim"), True
    for said in filter(None, (gathered.reason(digest), gathered.paused(digest, zone))):
        yield margin, Text(said), True


def _happening(
    happening: Happening, digest: Digest, zone: tzinfo, *, colour: bool
) -> Iterator[Line]:
    from rich.text import Text

    first = happening.first
    margin = Text("▌ ", style=COLOUR[first.severity]) if colour else Text("  ")
    inner = Text.assemble(margin, "  ") if not colour else margin
    under = Text.assemble(inner, "  ")
    yield margin, _news(first, headline(first), "bold", colour=colour), True
    yield inner, Text(gathered.provenance(first, digest, zone), style="dim"), True
    for words in quotes(first, at_most=1).shown:
        said = styled(words, "") if colour else Text(plain(words))
        yield inner, Text.assemble("“", said, "”"), True
    yield from _address(first.article.url, inner)
    for part in parts(first):
        words = gathered.beside(part)
        said = styled(words, "") if colour else Text(plain(words))
        where = (f" · {gathered.provenance(part, digest, zone)}", "dim")
        yield inner, Text.assemble("& ", said, where), True
        yield from _address(part.article.url, under)
    for each in fellows(first, partial(gathered.clock, digest=digest, zone=zone)):
        yield inner, Text.assemble("& ", each.title, (f" · {each.where}", "dim")), True
        yield from _address(each.url, under)
    for alert in happening.further:
        where = (f" · {gathered.provenance(alert, digest, zone)}", "dim")
        news = _news(alert, gathered.beside(alert), "", colour=colour)
        yield inner, Text.assemble("+ ", news, where), True
        yield from _address(alert.article.url, under)
    if left := gathered.more_in(happening):
        yield inner, Text(f"+ {left}", style="dim"), True


def _address(url: str | None, margin: Text) -> Iterator[Line]:
    """Where an article is read, if that can be shown."""
    from rich.text import Text

    if address := link(url):
        yield margin, Text(address, style="underline blue"), False
    elif long := too_long(url):
        yield margin, Text(long, style="dim"), True


def _news(alert: Alert, words: Words, style: str, *, colour: bool) -> Text:
    from rich.text import Text

    if not colour:
        return Text(f"{severity_tag(alert.severity)}{plain(words)}")
    return Text.assemble(badge(alert.severity), styled(words, style))
