"""What an alert says, apart from where it is shown: marked title and sentences, dates, names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from monitor.alerts.lead import label_words, names_in
from monitor.channels.marking import Piece, Span, Words, marked_words
from monitor.channels.safe import clip, isolated, line
from monitor.model import Field
from monitor.text.excerpt import naming

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from monitor.model import Alert, AlertedArticle, Evidence, Severity

MAX_TITLE_CHARS = 300
MAX_SENTENCE_CHARS = 400
MAX_NAMES = 6
URGENT: Final = frozenset({"high", "critical"})
"""Severities by which mail programs are told that it matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Sentences that show why, in order of the text; `left_out` is how many more there are."""

    shown: tuple[Words, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    sentence: str
    spans: tuple[Span, ...]
    terms: frozenset[str]
    fresh: bool = False


def headline(alert: Alert) -> Words:
    """The article's title with the words marked that matched in it."""
    title = alert.article.title
    spans = tuple((e.start, e.end) for e in alert.evidence if e.field is Field.TITLE)
    return marked_words(title, spans, MAX_TITLE_CHARS) or (Piece(text="(no title)"),)


def quotes(alert: Alert, *, at_most: int) -> Quotes:
    """The sentences of summary and body that show why the watch matched.

    When there are more than `at_most`, those that a revision has brought come first, then those
    that show a clause no other shows; a sentence that a summary and a body share, or that repeats
    the title, is shown once. Where the title alone matched, that sentence is shown which names what
    matched, or how the text begins.
    """
    passages = _passages(alert) or _beginning(alert)
    seen = {e.term for e in alert.evidence if e.field is Field.TITLE}
    chosen: list[int] = []
    rest = list(range(len(passages)))
    while rest and len(chosen) < at_most:
        best = max(rest, key=lambda place: _rank(passages[place], seen, place))
        seen |= passages[best].terms
        chosen.append(best)
        rest.remove(best)
    shown = tuple(
        marked_words(passages[place].sentence, passages[place].spans, MAX_SENTENCE_CHARS)
        for place in sorted(chosen)
    )
    return Quotes(shown=tuple(words for words in shown if words), left_out=len(rest))


def _rank(passage: _Passage, seen: set[str], place: int) -> tuple[bool, int, int]:
    return passage.fresh, len(passage.terms - seen), -place


def _passages(alert: Alert) -> list[_Passage]:
    told = {line(alert.article.title)}
    found: list[_Passage] = []
    outside_title = [e for e in alert.evidence if e.field is not Field.TITLE]
    fresh = alert.evidence[: alert.update.fresh] if alert.update else ()
    for _, group in groupby(outside_title, key=lambda e: (e.field, e.sentence_start)):
        evidence = tuple(group)
        passage = replace(_passage(evidence), fresh=evidence[0] in fresh)
        words = line(passage.sentence)
        if words and words not in told:
            told.add(words)
            found.append(passage)
    return found


def _beginning(alert: Alert) -> list[_Passage]:
    """What the alert carries of the text, with the words marked that matched in the title."""
    words = line(alert.lead)
    if not words or words == line(alert.article.title):
        return []
    spans = naming(alert.lead, names_in(alert.evidence))
    return [_Passage(sentence=alert.lead, spans=spans, terms=frozenset())]


def _passage(evidence: tuple[Evidence, ...]) -> _Passage:
    first = evidence[0]
    sentence = first.sentence or first.text
    begins = first.sentence_start if first.sentence else first.start
    return _Passage(
        sentence=sentence,
        spans=tuple(span for e in evidence for span in _matched(e, sentence, begins)),
        terms=frozenset(e.term for e in evidence),
    )


def _matched(evidence: Evidence, sentence: str, begins: int) -> tuple[Span, ...]:
    """The words to mark for one piece of evidence.

    A topic is proved by whole sentences; marking all of one says nothing, so there the words of the
    topic's label are marked.
    """
    start, end = evidence.start - begins, evidence.end - begins
    if not evidence.term.startswith("topic:") or end - start < len(sentence.strip()):
        return ((start, end),)
    return naming(sentence, label_words(evidence.term))


def severity_tag(severity: Severity) -> str:
    """What stands before an alert out of the ordinary: "[HIGH] "."""
    return "" if severity == "normal" else f"[{severity.upper()}] "


def watch_title(alert: Alert) -> str:
    """What the watch is called."""
    return titled(alert.title, alert.watch)


def titled(title: str, watch: str) -> str:
    """The title of a watch with this id, safe to show; of one that has none the id."""
    return clip(line(title), MAX_TITLE_CHARS) or line(watch)


def source_name(alert: Alert) -> str:
    """Who published the article; that a watch finds nothing, we say ourselves."""
    quiet = alert.trouble is not None and alert.trouble.kind == "quiet"
    return "Wirewatch" if quiet else publisher(alert.article)


def publisher(article: AlertedArticle) -> str:
    """The name of its source."""
    return clip(line(article.source_name or "") or line(article.source), 100)


def moment(when: datetime | None, zone: tzinfo = UTC) -> str:
    """A date as people read it there: "Tue 14 May 2024, 11:12 CEST"."""
    if when is None:
        return "no date"
    there = local(when, zone)
    return f"{there:%a} {there.day} {there:%b} {there.year}, {there:%H:%M} {_zone_name(there)}"


def local(when: datetime, zone: tzinfo) -> datetime:
    """The time by the clocks of the zone."""
    try:
        return when.astimezone(zone)
    except OverflowError:  # a stranger's date at an end of the calendar
        return when.astimezone(UTC)


def _zone_name(there: datetime) -> str:
    """How people there call their time; where they have no word for it ("-03"), "UTC-03"."""
    name = there.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def other_sources(alert: Alert) -> tuple[str, ...]:
    """The other sources that carry the story."""
    return tuple(line(source) for source in alert.sources if source != alert.article.source)


def spread(alert: Alert, zone: tzinfo = UTC) -> tuple[str, ...]:
    """What an update has to say, a line each; nothing for the alert itself.

    "Now in 3 sources: a · b · c", then which copy made it so, and when the reader was told, if they
    were; or that the article was revised. Both, where the step came in the place of a revision.
    """
    if alert.update is None:
        return ()
    copy = alert.update.copy
    name = isolated(publisher(copy))
    names = listed(map(line, alert.sources))
    first = (f"First told {moment(alert.raised, zone)}",) if alert.is_repeat else ()
    count = alert.independent
    alone = f" ({count} independent)" if count not in (0, len(alert.sources)) else ""
    carried = f"Now in {len(alert.sources)} sources{alone}: {names}"
    if alert.update.revision:
        more = (carried,) if len(alert.sources) > 1 else ()
        return (f"Revised by {name}, {moment(alert.update.at, zone)}", *more, *first)
    revised = alert.update.revised if alert.update.unheard == "revision" else None
    by = isolated(source_name(alert))
    return (
        carried,
        f"The copy that made it so: {name}, {moment(copy.published or alert.update.at, zone)}",
        *((f"Revised by {by}, {moment(revised, zone)}",) if revised else ()),
        *first,
    )


def topic_labels(alert: Alert) -> tuple[str, ...]:
    """What the article is about, the surest first."""
    labels = dict.fromkeys(clip(line(topic.label), 80) for topic in alert.topics)
    return tuple(labels)[:MAX_NAMES]


def tags_of(alert: Alert) -> tuple[str, ...]:
    """The labels that its owner has given the watch."""
    return tuple(filter(None, (clip(line(tag), 80) for tag in dict.fromkeys(alert.tags))))


def terms(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The clauses of the watch that were found, each once, in order of the text; with the word by
    which where that is another: "place:iraq (Baghdad)".
    """
    words: dict[str, str] = {}
    for each in evidence:
        term, text = clip(line(each.term), 80), clip(line(each.text), 40)
        same = each.term.startswith("topic:") or text.casefold() == term.casefold().strip('"')
        words.setdefault(term, "" if same else text)
    return tuple(f"{term} ({text})" if text else term for term, text in words.items())


def listed(names: Iterable[str], *, between: str = " · ") -> str:
    """Names on one line, right-to-left ones walled off, a long list cut with a count."""
    names = tuple(names)
    text = between.join(isolated(name) for name in names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    return f"{text} and {more} more" if more > 0 else text
