"""An alert or digest as JSON: the body of a webhook, and a line of the console for machines."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.channels.safe import link
from monitor.model import Digest

if TYPE_CHECKING:
    from monitor.model import Alert, AlertedArticle, Counted, Message, Trouble, Update

RAISED = "alert.raised"
UPDATED = "alert.updated"
TYPE_OF_SOURCE = "source.failing"
DIGEST = "digest.ready"
QUIET = "watch.quiet"
VERSION = 1

# JSON lets these stand as they are. A terminal or a log viewer obeys them, so they leave as \uXXXX,
# which every parser reads back as the same character.
_OBEYED = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def document(message: Message) -> dict[str, object]:
    """The alert or digest as plain values. Texts are the article's own: offsets count in them."""
    if isinstance(message, Digest):
        return _of_digest(message)
    alert = message
    if alert.trouble is not None:
        quiet = alert.trouble.kind == "quiet"
        return (_of_watch if quiet else _of_source)(alert, alert.trouble)
    return {
        "type": UPDATED if alert.update else RAISED,
        "version": VERSION,
        "timestamp": _moment(alert.update.at if alert.update else alert.raised),
        "data": {
            "alert": alert.id,
            "watch": alert.watch,
            "title": alert.title,
            "severity": alert.severity,
            "story": alert.story,
            **({"event": alert.event} if alert.event else {}),
            "article": _article(alert.article),
            "evidence": [
                {
                    "field": evidence.field.value,
                    "start": evidence.start,
                    "end": evidence.end,
                    "text": evidence.text,
                    "sentence": evidence.sentence,
                }
                for evidence in alert.evidence
            ],
            "topics": [
                {
                    "key": topic.key,
                    "label": topic.label,
                    "shape": topic.shape,
                    "score": round(topic.score, 4),
                }
                for topic in alert.topics
            ],
            "sources": list(alert.sources),
            **({"counted": [_counted(each) for each in alert.counted]} if alert.counted else {}),
            **({"update": _update(alert.update)} if alert.update else {}),
        },
    }


def _of_digest(digest: Digest) -> dict[str, object]:
    """Each alert in full, as it would have come by itself."""
    return {
        "type": DIGEST,
        "version": VERSION,
        "timestamp": _moment(digest.until),
        "data": {
            "digest": digest.id,
            "channel": digest.channel,
            "reason": digest.reason,
            **({"watch": digest.watch, "title": digest.title} if digest.watch else {}),
            "since": _moment(digest.since),
            "until": _moment(digest.until),
            "count": digest.count,
            "alerts": [document(alert) for alert in digest.alerts],
            "gaps": [
                {
                    "source": gap.source,
                    "name": gap.source_name,
                    "kind": gap.kind,
                    "since": _moment(gap.since),
                    "entries": gap.entries,
                }
                for gap in digest.gaps
            ],
        },
    }


def _of_source(alert: Alert, trouble: Trouble) -> dict[str, object]:
    return {
        "type": TYPE_OF_SOURCE,
        "version": VERSION,
        "timestamp": _moment(alert.raised),
        "data": {
            "alert": alert.id,
            "source": alert.article.source,
            "name": alert.article.source_name,
            "url": link(alert.article.url),
            "trouble": trouble.kind,
            "episode": alert.story,
            "since": _moment(trouble.since),
            "until": _moment(trouble.until),
            "severity": alert.severity,
            "title": alert.article.title,
            "said": alert.lead,
        },
    }


def _of_watch(alert: Alert, trouble: Trouble) -> dict[str, object]:
    return {
        "type": QUIET,
        "version": VERSION,
        "timestamp": _moment(alert.raised),
        "data": {
            "alert": alert.id,
            "watch": alert.watch,
            "title": alert.title,
            "severity": alert.severity,
            "since": _moment(trouble.since),
            "said": f"{alert.article.title}. {alert.lead}",
        },
    }


def _article(article: AlertedArticle) -> dict[str, object]:
    return {
        "id": article.id,
        "url": link(article.url),
        "title": article.title,
        "source": article.source,
        "published": _moment(article.published),
    }


def _counted(counted: Counted) -> dict[str, object]:
    return {"story": counted.story, "article": _article(counted.article)}


def _update(update: Update) -> dict[str, object]:
    return {"step": update.step, "copy": _article(update.copy)}


def encode(message: Message) -> bytes:
    """The alert or digest as one line of UTF-8 JSON: the same bytes each time it is asked.

    Half of a surrogate pair, which no UTF-8 can hold, becomes U+FFFD; offsets stay true.
    """
    text = json.dumps(document(message), ensure_ascii=False, separators=(",", ":"))
    text = _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _SURROGATE.sub("\ufffd", text).encode()


def _moment(when: datetime | None) -> str | None:
    """A time in the form of RFC 3339, in UTC."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")
