"""What a mail of one alert says, as plain text and as HTML."""

from __future__ import annotations

import html
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.channels import markup
from monitor.channels.envelope import MAX_SUBJECT_CHARS
from monitor.channels.marking import bare, plain
from monitor.channels.others import BEFORE, TOGETHER, fellows, parts
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
    terms,
    topic_labels,
    watch_title,
)
from monitor.channels.safe import atom, clip, isolated, line, link, too_long

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from monitor.model import Alert

MAX_QUOTES = 5
MAX_PART_QUOTES = 2
MAX_ID_CHARS = 120


def subject(alert: Alert) -> str:
    """Which watch, then the news: "[HIGH] U.S. and Iran over Iraq: Envoys meet in Baghdad".

    An update has the same one with "Re: " before it, where the reader was told before: some
    programs thread by nothing else.
    """
    watch, news = clip(watch_title(alert), 80), bare(headline(alert))
    if not (_is_quiet(alert) and news.startswith(watch)):  # which names the watch itself
        news = f"{watch}: {news}"
    said = clip(f"{severity_tag(alert.severity)}{news}", MAX_SUBJECT_CHARS)
    return f"Re: {said}" if alert.is_repeat else said


def plain_text(alert: Alert, zone: tzinfo = UTC) -> str:
    """The mail for those who read plain text; matched words stand between guillemets."""
    found = quotes(alert, at_most=_quotes_of(alert))
    url = link(alert.article.url) or too_long(alert.article.url)
    about = (_labelled("About", topic_labels(alert)), _labelled("Tags", tags_of(alert)))
    blocks = [
        f"{severity_tag(alert.severity)}{watch_title(alert)}",
        "\n".join(spread(alert, zone)),
        "\n".join(filter(None, (plain(headline(alert)), _provenance(alert, zone), url))),
        *(f"> {plain(words)}" for words in found.shown),
        _left_out(alert, found.left_out),
        *_plain_parts(alert, zone),
        _plain_fellows(alert, zone),
        "\n".join(filter(None, about)),
        "-- \n" + "\n".join(_why(alert, zone)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def html_text(alert: Alert, zone: tzinfo = UTC) -> str:
    """The mail for those who read HTML: no pictures, no scripts, nothing loaded from anywhere."""
    url = link(alert.article.url)
    found = quotes(alert, at_most=_quotes_of(alert))
    quoted = [
        *map(markup.quoted, found.shown),
        markup.paragraph("more", _left_out(alert, found.left_out)),
    ]
    return markup.page(
        "alert.html",
        title=html.escape(subject(alert)),
        badge=markup.badge(alert.severity),
        watch=html.escape(watch_title(alert)),
        spread="\n".join(markup.paragraph("spread", said) for said in spread(alert, zone)),
        headline=markup.anchor(url, markup.marked(headline(alert))),
        provenance=html.escape(_provenance(alert, zone)),
        quotes="\n".join(filter(None, quoted)),
        parts="\n".join(_html_parts(alert, zone)),
        fellows=_html_fellows(alert, zone),
        topics=markup.paragraph("topics", _labelled("About", topic_labels(alert))),
        tags=markup.paragraph("topics", _labelled("Tags", tags_of(alert))),
        link=_button(url) if url else markup.paragraph("more", too_long(alert.article.url)),
        why="\n".join(f"<p>{html.escape(reason)}</p>" for reason in _why(alert, zone)),
    )


def _is_quiet(alert: Alert) -> bool:
    """Whether it tells that its watch finds nothing."""
    return alert.trouble is not None and alert.trouble.kind == "quiet"


def _labelled(label: str, names: Iterable[str]) -> str:
    """Names on a line behind what they are; nothing for none."""
    return f"{label}: {said}" if (said := listed(names)) else ""


def _plain_parts(alert: Alert, zone: tzinfo) -> Iterator[str]:
    for number, part in enumerate(parts(alert)):
        lines = [
            TOGETHER if number == 0 else "",
            plain(headline(part)),
            _provenance(part, zone),
            link(part.article.url) or too_long(part.article.url),
        ]
        yield "\n".join(filter(None, lines))
        yield from (f"> {plain(words)}" for words in quotes(part, at_most=MAX_PART_QUOTES).shown)


def _html_parts(alert: Alert, zone: tzinfo) -> Iterator[str]:
    for number, part in enumerate(parts(alert)):
        if number == 0:
            yield markup.paragraph("more", TOGETHER)
        title = markup.anchor(link(part.article.url), markup.marked(headline(part)))
        yield f'<h3 dir="auto">{title}</h3>'
        yield markup.paragraph("from", _provenance(part, zone))
        yield from map(markup.quoted, quotes(part, at_most=MAX_PART_QUOTES).shown)


def _plain_fellows(alert: Alert, zone: tzinfo) -> str:
    found = fellows(alert, partial(moment, zone=zone))
    lines = [
        f"  + {each.title} · {each.where}" + (f"\n    {each.url}" if each.url else "")
        for each in found
    ]
    return "\n".join((BEFORE, *lines)) if lines else ""


def _html_fellows(alert: Alert, zone: tzinfo) -> str:
    lines = [
        f"<li><bdi>{markup.anchor(each.url, html.escape(each.title))}</bdi>"
        f'<span class="where"> · {html.escape(each.where)}</span></li>'
        for each in fellows(alert, partial(moment, zone=zone))
    ]
    return "\n".join((f'<p class="more">{BEFORE}</p>\n<ul>', *lines, "</ul>")) if lines else ""


def _quotes_of(alert: Alert) -> int:
    """How many sentences to quote: one where the reader has seen them."""
    return 1 if alert.only_spread else MAX_QUOTES


def _button(url: str) -> str:
    """The link by the name of its host, so that the reader sees where it leads."""
    host = html.escape(urlsplit(url).hostname or "")
    return f'<p class="link">{markup.anchor(url, f"Read it at {host}")}</p>'


def _provenance(alert: Alert, zone: tzinfo) -> str:
    return f"{isolated(source_name(alert))} · {moment(alert.article.published, zone)}"


def _left_out(alert: Alert, count: int) -> str:
    """How many sentences more there are that the reader has not seen."""
    if not count or alert.only_spread:
        return ""
    return f"and {count} more sentences" if count > 1 else "and one more sentence"


def _why(alert: Alert, zone: tzinfo) -> Iterable[str]:
    """Why this mail came, and the ids to ask about."""
    article, watch = clip(line(alert.article.id), MAX_ID_CHARS), atom(alert.watch)
    raised = f"Raised {moment(alert.raised, zone)} as alert {atom(alert.id)}"
    if _is_quiet(alert):
        title = watch_title(alert)
        yield f"You get this because the watch “{title}” ({watch}) expects more (`expect`)."
        yield f"{raised}."
        yield "`wirewatch feeds --failing` shows which sources cannot be read."
        return
    if alert.trouble is not None:
        yield "You get this because [ops] notify in monitor.toml names this channel."
        yield f"{raised}."
        yield f"`wirewatch feeds` shows how the source {article} fares."
        return
    if alert.rising is not None:
        yield f"You get this because the watch “{watch_title(alert)}” ({watch}) tells what emerges."
        yield f"{raised}."
        yield "`wirewatch trends` shows what else rises."
        return
    told = terms(e for each in (alert, *parts(alert)) for e in each.evidence)
    found = listed(told, between=", ") or "a match"
    yield f"You get this because the watch “{watch_title(alert)}” ({watch}) found: {found}."
    if alert.update and alert.update.revision:
        yield "The watch asks for revisions (`updates`)."
    elif alert.update and alert.is_repeat:
        yield f"The watch tells again at {alert.update.step} publishers (`updates`, `escalate`)."
    others = other_sources(alert)
    if others and not alert.update:
        yield f"The story is also in: {listed(others, between=', ')}."
    yield f"{raised} on article {article}."
