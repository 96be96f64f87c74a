"""What a digest says of itself, apart from where it is shown: how many, since when, why, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.alerts import unseen
from monitor.channels.marking import Piece, bare
from monitor.channels.outline import total, watch_of
from monitor.channels.render import (
    URGENT,
    headline,
    listed,
    local,
    moment,
    severity_tag,
    source_name,
    tags_of,
    titled,
    watch_title,
)
from monitor.channels.safe import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    atom,
    clip,
    isolated,
    line,
)
from monitor.model import OURSELVES, SEVERITIES, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from monitor.channels.marking import Words
    from monitor.channels.outline import Happening, Outline, Section
    from monitor.model import Alert, Digest, Gap, GatherReason, Rate, Rest, Severity

MAX_GAPS = 20
MAX_OTHERS = 20
"""Watches of which it is said in a line each how many alerts are not shown."""
MOST_LISTED = 10_000
"""More is not listed by `wirewatch alerts --last`."""
GAPS: Final = "Not seen meanwhile"

_REASON: Final[Mapping[GatherReason, str]] = {
    "digest": "This channel tells in digests: these came since the last one.",
    "at_most": "The watch had told as many alerts as it may (`at_most`); these came beyond that.",
    "cooldown": "The watch rests for a while after it has told something (`cooldown`); these came "
    "meanwhile.",
    "quiet": "This channel has quiet hours; these came in them.",
    "hours": "The watch tells only in its hours; these came outside of them.",
}
_FIRST_OF: Final = "This channel tells in digests: this is its first one."
_NOTHING: Final = "Nothing was found in that time."
_NOTHING_ELSE: Final = "Nothing waited for this digest: what there was to tell was told at once."
_NO_GAPS: Final = "As far as is known, no source was missed."


def heading(digest: Digest) -> str:
    """What it is: "Digest: 12 alerts, 3 watches", "12 more: U.S. and Iran over Iraq"."""
    if digest.watch:
        return f"{_more(digest)}: {title(digest)}"
    return f"{_kind(digest)}: {', '.join(_numbers(digest))}"


def subject(digest: Digest, zone: tzinfo) -> str:
    """How grave it is, the heading, and the time of what comes again and again: "[HIGH] Digest: 12
    alerts, 3 watches, 25 Nov 08:00".
    """
    tag = severity_tag(grave) if (grave := worst(digest)) in URGENT else ""
    if digest.watch:
        return f"{tag}{heading(digest)}"
    until = local(digest.until, zone)
    return f"{tag}{heading(digest)}, {until.day} {until:%b} {until:%H:%M}"


def worst(digest: Digest) -> Severity | None:
    """The severity of its gravest alert; None where there is none."""
    grave = (SEVERITIES.index(alert.severity) for alert in digest.alerts)
    return SEVERITIES[place] if (place := max(grave, default=-1)) >= 0 else None


def title(digest: Digest) -> str:
    """What the one watch is called whose alerts were gathered."""
    return titled(digest.title, digest.watch)


def reason(digest: Digest) -> str:
    """Why it was gathered, in a sentence; that there was nothing, where there was nothing."""
    if digest.count and digest.rate is not None:
        return _beyond(digest.reason, digest.rate)
    if digest.count:
        return _FIRST_OF if digest.first else _REASON[digest.reason]
    nothing = _NOTHING_ELSE if digest.apart else _NOTHING
    return " ".join(
        [*([_FIRST_OF] if digest.first else []), nothing, *([] if digest.gaps else [_NO_GAPS])]
    )


def paused(digest: Digest, zone: tzinfo) -> str:
    """Which of its watches a person has paused since this was raised; "" for none."""
    if not digest.paused:
        return ""
    if digest.watch:
        since = moment(digest.paused[0][1], zone)
        return f"The watch is paused since {since}: what came before that is told all the same."
    titles = {watch_of(alert): watch_title(alert) for alert in digest.alerts}
    titles |= {each.watch: titled(each.title, each.watch) for each in digest.rest}
    named = [isolated(titles.get(watch) or line(watch)) for watch, _ in digest.paused]
    more = f" and {len(named) - MAX_OTHERS} more" if len(named) > MAX_OTHERS else ""
    return f"Paused meanwhile: {', '.join(named[:MAX_OTHERS])}{more}."


def number(count: int, one: str, many: str = "") -> str:
    """ "no alerts", "1 alert", "9,930 alerts" """
    if count == 1:
        return f"1 {one}"
    many = many or f"{one}s"
    return f"{count:,} {many}" if count else f"no {many}"


def period(digest: Digest, zone: tzinfo) -> str:
    """What time it is of: "Wed 25 Nov 2026, 07:00 to 08:00 CET"."""
    since, until = local(digest.since, zone), local(digest.until, zone)
    begin, end = moment(digest.since, zone), moment(digest.until, zone)
    if since.tzname() == until.tzname():
        begin = begin.rpartition(" ")[0]
        if since.date() == until.date():
            end = end.rpartition(", ")[2]
    return f"{begin} to {end}"


def clock(when: datetime, digest: Digest, zone: tzinfo) -> str:
    """A time as briefly as it can be told there: "07:42", "24 Nov, 23:10", "3 May 2024"."""
    there, until = local(when, zone), local(digest.until, zone)
    if there.date() == until.date():
        return f"{there:%H:%M}"
    day = f"{there.day} {there:%b}"
    return f"{day}, {there:%H:%M}" if there.year == until.year else f"{day} {there.year}"


def beside(alert: Alert) -> Words:
    """The headline as it stands in a line with other words, whatever its direction."""
    words = headline(alert)
    if isolated(text := bare(words)) == text:
        return words
    return (Piece(text=FIRST_STRONG_ISOLATE), *words, Piece(text=POP_ISOLATE))


def provenance(alert: Alert, digest: Digest, zone: tzinfo) -> str:
    """Who published it and when, and what else to know: "World · 07:42 · in 3 sources"."""
    parts = [
        isolated(source_name(alert)),
        clock(alert.article.published or alert.raised, digest, zone),
    ]
    update = alert.update
    revised = update and (update.at if update.revision else update.unheard and update.revised)
    if revised:
        parts.append(f"revised {clock(revised, digest, zone)}")
    if (sources := len(alert.sources)) > 1:
        parts.append(f"{'now ' if alert.is_repeat else ''}in {sources} sources")
    if tags := listed(tags_of(alert), between=", "):
        parts.append(f"[{tags}]")
    return " · ".join(parts)


def section_heading(section: Section) -> str:
    """A watch, and how many alerts of it: "U.S. and Iran over Iraq (12)"."""
    return f"{isolated(section.title)} ({section.count:,})"


def more_of(section: Section) -> str:
    """How many of a watch are not shown, and who shows them; "" for none."""
    return _and_more(section.left_out, section.watch, of=section.count)


def more_in(happening: Happening) -> str:
    """How many further alerts of an event are not shown; "" for none."""
    return f"and {happening.left_out:,} more of the same event" if happening.left_out else ""


def more(digest: Digest, plan: Outline) -> Iterator[str]:
    """How many stand in none of its sections, watch by watch, and who shows them."""
    yield from others(plan.others)
    if plan.unseen:
        yield f"and {unknown(plan.unseen)}"


def unknown(count: int) -> str:
    """How many alerts there were of which nothing can be shown, and why."""
    of = "what was kept of it is" if count == 1 else "what was kept of them is"
    return f"{count:,} more that cannot be shown: {of} gone, or cannot be read"


def others(rest: Sequence[Rest], at_most: int = MAX_OTHERS) -> Iterator[str]:
    """How many more of which watch, a line each: "9,980 more: Everything"."""
    for each in rest[:at_most]:
        yield f"{each.count:,} more: {isolated(each.title)}"
    if left := rest[at_most:]:
        count = sum(each.count for each in left)
        yield f"{count:,} more: {number(len(left), 'other watch', 'other watches')}"


def gaps(digest: Digest, zone: tzinfo) -> Iterator[str]:
    """What was not seen meanwhile, a line for each source."""
    for gap in digest.gaps[:MAX_GAPS]:
        yield f"{gap_name(gap)}: {unseen(gap, lambda when: clock(when, digest, zone))}"
    if (left := len(digest.gaps) - MAX_GAPS) > 0:
        yield f"and {left} more: `wirewatch feeds --failing` shows what fails now"


def gap_name(gap: Gap) -> str:
    """What is called so that was not seen, or did not see."""
    return isolated(clip(line(gap.source_name or "") or line(gap.source), 100))


def footer(digest: Digest) -> str:
    """Why this came here, and the ids to ask about."""
    channel = f"the channel {atom(digest.channel)}. This is its digest {atom(digest.id)}."
    if digest.watch:
        return f"You get this because “{title(digest)}” ({atom(digest.watch)}) tells {channel}"
    return f"You get this because your watches tell {channel}"


def _beyond(reason: GatherReason, rate: Rate) -> str:
    """Why it was gathered, with what the watch may tell."""
    if reason == "cooldown":
        rests = f"The watch rests for {spelled(rate.span)} after it has told something"
        return f"{rests} (`cooldown`); these came meanwhile."
    return f"The watch tells at most {rate.words} here (`at_most`); these came beyond that."


def _kind(digest: Digest) -> str:
    return "Quiet hours" if digest.reason == "quiet" else "Digest"


def _more(digest: Digest) -> str:
    """ "12 more", of a watch that has told some before; "12 alerts" of one that had to wait."""
    if digest.reason in {"at_most", "cooldown"}:
        return f"{total(digest):,} more"
    return number(total(digest), "alert")


def _numbers(digest: Digest) -> Iterator[str]:
    """How many alerts and, where all are known, of how many watches."""
    yield "no other alerts" if digest.apart and not digest.count else number(total(digest), "alert")
    known = len(digest.alerts) + sum(each.count for each in digest.rest)
    if known and digest.count <= known:
        watches = {watch_of(alert) for alert in digest.alerts} - {""}
        watches |= {each.watch for each in digest.rest} - {""}
        if watches:
            yield number(len(watches), "watch", "watches")
    elif (missed := {gap.source for gap in digest.gaps} - {OURSELVES}) and not digest.count:
        yield f"{number(len(missed), 'source')} not seen"


def _and_more(count: int, watch: str, *, of: int) -> str:
    if not count:
        return ""
    asked = f"wirewatch alerts --watch {atom(watch)}" if watch else "wirewatch alerts"
    return f"and {count:,} more: `{asked} --last {min(of, MOST_LISTED)}`"
