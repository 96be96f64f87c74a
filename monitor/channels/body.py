"""An alert or digest as JSON: the body of a webhook, and a line of the console for machines."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, assert_never, overload

import msgspec
from msgspec import UNSET

from monitor.channels import documents
from monitor.channels.documents import VERSION
from monitor.channels.safe import link
from monitor.model import Alert, Digest

if TYPE_CHECKING:
    from monitor.channels.documents import Document, Told
    from monitor.model import (
        AlertedArticle,
        Counted,
        Elsewhere,
        Evidence,
        Gap,
        Message,
        Rate,
        Rising,
        Topic,
        Trouble,
        Update,
    )

# JSON lets these stand as they are. A terminal or a log viewer obeys them, so they leave as \uXXXX,
# which every parser reads back as the same character.
_OBEYED = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def document(message: Message) -> dict[str, Any]:
    """The alert or digest as plain values. Texts are the article's own: offsets count in them."""
    plain: dict[str, Any] = msgspec.to_builtins(_document(message))
    return plain


def encode(message: Message) -> bytes:
    """The alert or digest as one line of UTF-8 JSON: the same bytes each time it is asked."""
    return encoded(document(message))


def encoded(values: object) -> bytes:
    """Plain values as one line of UTF-8 JSON that no terminal obeys.

    Half of a surrogate pair, which no UTF-8 can hold, becomes U+FFFD; offsets stay true.
    """
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    text = _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _SURROGATE.sub("\ufffd", text).encode()


def _document(message: Message) -> Document:
    match message:
        case Digest():
            return _digest(message)
        case Alert():
            return _alert(message)
        case _:
            assert_never(message)


def _alert(alert: Alert) -> Told:
    if alert.trouble is not None:
        raised = _moment(alert.raised)
        if alert.trouble.kind == "quiet":
            silence = _quiet(alert, alert.trouble)
            return documents.WatchQuiet(version=VERSION, timestamp=raised, data=silence)
        trouble = _trouble(alert, alert.trouble)
        return documents.SourceFailing(version=VERSION, timestamp=raised, data=trouble)
    said: dict[str, Any] = {
        "alert": alert.id,
        "watch": alert.watch,
        "title": alert.title,
        "severity": alert.severity,
        "tags": list(alert.tags),
        "story": alert.story,
        "event": alert.event or UNSET,
        "article": _article(alert.article),
        "evidence": [_evidence(each) for each in alert.evidence],
        "topics": [_topic(each) for each in alert.topics],
        "sources": list(alert.sources),
        "independent": alert.independent or alert.carried,
        "counted": [_counted(each) for each in alert.counted] or UNSET,
        "elsewhere": [_elsewhere(each) for each in alert.elsewhere] or UNSET,
        "rising": _rising(alert.rising) if alert.rising else UNSET,
    }
    if alert.update is None:
        return documents.AlertRaised(
            version=VERSION, timestamp=_moment(alert.raised), data=documents.AlertData(**said)
        )
    return documents.AlertUpdated(
        version=VERSION,
        timestamp=_moment(alert.update.at),
        data=documents.UpdatedData(**said, update=_update(alert.update)),
    )


def _digest(digest: Digest) -> documents.DigestReady:
    return documents.DigestReady(
        version=VERSION,
        timestamp=_moment(digest.until),
        data=documents.DigestData(
            digest=digest.id,
            channel=digest.channel,
            reason=digest.reason,
            watch=digest.watch or UNSET,
            title=digest.title if digest.watch else UNSET,
            since=_moment(digest.since),
            until=_moment(digest.until),
            count=digest.count,
            alerts=[_alert(alert) for alert in digest.alerts],
            rest=[
                documents.Rest(watch=each.watch, title=each.title, count=each.count)
                for each in digest.rest
            ],
            rate=_rate(digest.rate) if digest.rate else UNSET,
            paused=[
                documents.Paused(watch=watch, since=_moment(since))
                for watch, since in digest.paused
            ]
            or UNSET,
            gaps=[_gap(gap) for gap in digest.gaps],
        ),
    )


def _trouble(alert: Alert, trouble: Trouble) -> documents.TroubleData:
    return documents.TroubleData(
        alert=alert.id,
        source=alert.article.source,
        name=alert.article.source_name,
        url=link(alert.article.url),
        trouble=trouble.kind,
        episode=alert.story,
        since=_moment(trouble.since),
        until=_moment(trouble.until),
        severity=alert.severity,
        title=alert.article.title,
        said=alert.lead,
    )


def _quiet(alert: Alert, trouble: Trouble) -> documents.QuietData:
    return documents.QuietData(
        alert=alert.id,
        watch=alert.watch,
        title=alert.title,
        severity=alert.severity,
        since=_moment(trouble.since),
        said=f"{alert.article.title}. {alert.lead}",
    )


def _article(article: AlertedArticle) -> documents.Article:
    return documents.Article(
        id=article.id,
        url=link(article.url),
        title=article.title,
        source=article.source,
        published=_moment(article.published),
    )


def _evidence(evidence: Evidence) -> documents.Evidence:
    return documents.Evidence(
        field=evidence.field,
        start=evidence.start,
        end=evidence.end,
        text=evidence.text,
        sentence=evidence.sentence,
    )


def _elsewhere(elsewhere: Elsewhere) -> documents.Elsewhere:
    return documents.Elsewhere(
        article=_article(elsewhere.article),
        evidence=[_evidence(each) for each in elsewhere.evidence],
    )


def _topic(topic: Topic) -> documents.Topic:
    return documents.Topic(
        key=topic.key, label=topic.label, shape=topic.shape, score=round(topic.score, 4)
    )


def _counted(counted: Counted) -> documents.Counted:
    return documents.Counted(story=counted.story, article=_article(counted.article))


def _rising(rising: Rising) -> documents.Rising:
    return documents.Rising(
        key=rising.key,
        label=rising.label,
        stories=rising.stories,
        usual=rising.usual,
        hours=rising.hours,
        sources=list(rising.sources),
        articles=[_article(article) for article in rising.articles],
    )


def _update(update: Update) -> documents.Update:
    return documents.Update(
        step=update.step,
        copy=_article(update.copy),
        revision=update.revision or UNSET,
        revised=_moment(update.revised) or UNSET,
    )


def _rate(rate: Rate) -> documents.Rate:
    return documents.Rate(most=rate.most, span_s=int(rate.span.total_seconds()))


def _gap(gap: Gap) -> documents.Gap:
    return documents.Gap(
        source=gap.source,
        name=gap.source_name,
        kind=gap.kind,
        since=_moment(gap.since),
        until=_moment(gap.until),
        entries=gap.entries,
    )


@overload
def _moment(when: datetime) -> str: ...
@overload
def _moment(when: None) -> None: ...
@overload
def _moment(when: datetime | None) -> str | None: ...
def _moment(when: datetime | None) -> str | None:
    """A time in the form of RFC 3339, in UTC."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")
