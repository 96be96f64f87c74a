"""What a mail of a digest says, as plain text and as HTML: by watch, and within it by event."""

from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

from monitor.channels import gathered, markup
from monitor.channels.envelope import MAX_SUBJECT_CHARS
from monitor.channels.marking import plain
from monitor.channels.others import fellows, parts
from monitor.channels.outline import outline
from monitor.channels.render import headline, quotes, severity_tag
from monitor.channels.safe import clip, link, too_long

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from monitor.channels.outline import Happening, Section
    from monitor.model import Alert, Digest


def subject(digest: Digest, zone: tzinfo) -> str:
    """What it is, of when: "Digest: 12 alerts, 3 watches, 25 Nov 08:00"."""
    return clip(gathered.subject(digest, zone), MAX_SUBJECT_CHARS)


def plain_text(digest: Digest, zone: tzinfo) -> str:
    """The digest for those who read plain text; matched words stand between guillemets."""
    plan = outline(digest)
    head = (gathered.heading(digest), gathered.period(digest, zone), gathered.reason(digest))
    blocks = ["\n".join(filter(None, (*head, gathered.paused(digest, zone))))]
    for section in plan.sections:
        blocks += [] if digest.watch else [_underlined(gathered.section_heading(section))]
        blocks += [_plain_happening(each, digest, zone) for each in section.happenings]
        blocks.append(gathered.more_of(section))
    blocks.append("\n".join(gathered.more(digest, plan)))
    missed = "\n".join(f"  {gap}" for gap in gathered.gaps(digest, zone))
    blocks.append(f"{gathered.GAPS}:\n{missed}" if missed else "")
    blocks.append("-- \n" + gathered.footer(digest))
    return "\n\n".join(filter(None, blocks)) + "\n"


def html_text(digest: Digest, zone: tzinfo) -> str:
    """The digest for those who read HTML: no pictures, no scripts, nothing loaded from anywhere."""
    plan = outline(digest)
    missed = "\n".join(f"<li>{html.escape(gap)}</li>" for gap in gathered.gaps(digest, zone))
    return markup.page(
        "digest.html",
        title=html.escape(subject(digest, zone)),
        heading=html.escape(gathered.heading(digest)),
        period=html.escape(gathered.period(digest, zone)),
        reason=html.escape(gathered.reason(digest)),
        paused=markup.paragraph("reason", gathered.paused(digest, zone)),
        sections="\n".join(_html_section(each, digest, zone) for each in plan.sections),
        more="\n".join(markup.paragraph("more", said) for said in gathered.more(digest, plan)),
        gaps=f'<h2>{gathered.GAPS}</h2>\n<ul class="gaps">\n{missed}\n</ul>' if missed else "",
        why=f"<p>{html.escape(gathered.footer(digest))}</p>",
    )


def _underlined(text: str) -> str:
    return f"{text}\n{'-' * min(len(text), 60)}"


def _plain_happening(happening: Happening, digest: Digest, zone: tzinfo) -> str:
    first = happening.first
    lines = [
        severity_tag(first.severity) + plain(headline(first)),
        gathered.provenance(first, digest, zone),
        *(f"> {plain(words)}" for words in quotes(first, at_most=1).shown),
        link(first.article.url) or too_long(first.article.url),
    ]
    for part in parts(first):
        where = gathered.provenance(part, digest, zone)
        lines.append(f"  & {plain(gathered.beside(part))} · {where}")
        lines.append(f"    {url}" if (url := link(part.article.url)) else "")
    for each in fellows(first, partial(gathered.clock, digest=digest, zone=zone)):
        lines.append(f"  & {each.title} · {each.where}")
        lines.append(f"    {each.url}" if each.url else "")
    for alert in happening.further:
        where = gathered.provenance(alert, digest, zone)
        lines.append(f"  + {severity_tag(alert.severity)}{plain(gathered.beside(alert))} · {where}")
        lines.append(f"    {url}" if (url := link(alert.article.url)) else "")
    lines.append(f"  + {left}" if (left := gathered.more_in(happening)) else "")
    return "\n".join(filter(None, lines))


def _html_section(section: Section, digest: Digest, zone: tzinfo) -> str:
    return "\n".join(filter(None, _section_pieces(section, digest, zone)))


def _section_pieces(section: Section, digest: Digest, zone: tzinfo) -> Iterator[str]:
    if not digest.watch:
        count = f'<span class="count">{section.count:,}</span>'
        yield f"<h2><bdi>{html.escape(section.title)}</bdi> {count}</h2>"
    for happening in section.happenings:
        yield from _html_happening(happening, digest, zone)
    yield markup.paragraph("more", gathered.more_of(section))


def _html_happening(happening: Happening, digest: Digest, zone: tzinfo) -> Iterator[str]:
    first = happening.first
    yield '<div class="happening">'
    yield f'<h3 dir="auto">{markup.badge(first.severity)}{_linked(first)}</h3>'
    yield markup.paragraph("from", gathered.provenance(first, digest, zone))
    yield markup.paragraph("from", too_long(first.article.url))
    yield from map(markup.quoted, quotes(first, at_most=1).shown)
    if lines := list(_html_lines(happening, digest, zone)):
        yield "<ul>"
        yield from lines
        yield "</ul>"
    yield "</div>"


def _html_lines(happening: Happening, digest: Digest, zone: tzinfo) -> Iterator[str]:
    for part in parts(happening.first):
        where = html.escape(gathered.provenance(part, digest, zone))
        yield f'<li>&amp; <bdi>{_linked(part)}</bdi><span class="where"> · {where}</span></li>'
    for each in fellows(happening.first, partial(gathered.clock, digest=digest, zone=zone)):
        title, where = markup.anchor(each.url, html.escape(each.title)), html.escape(each.where)
        yield f'<li>&amp; <bdi>{title}</bdi><span class="where"> · {where}</span></li>'
    for alert in happening.further:
        where = html.escape(gathered.provenance(alert, digest, zone))
        yield (
            f"<li>{markup.badge(alert.severity)}<bdi>{_linked(alert)}</bdi>"
            f'<span class="where"> · {where}</span></li>'
        )
    if left := gathered.more_in(happening):
        yield f'<li class="where">{html.escape(left)}</li>'


def _linked(alert: Alert) -> str:
    return markup.anchor(link(alert.article.url), markup.marked(headline(alert)))
