"""A message that says of itself that it is a test: nothing has happened, no watch has matched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from monitor.model import Alert, AlertedArticle, Delivery, Digest, Evidence, Field, Gap, digest

WATCH: Final = "_test"
"""No watch can be called so: by this a program knows a test."""

_SENTENCE = "This is a test by Wirewatch: nothing has happened, and there is nothing to do."
_MARKED = "test"


def trial(channel: str, at: datetime) -> tuple[Delivery, Alert]:
    """A test for this channel. Another moment gives another one, with ids of its own."""
    alert = Alert.id_for(WATCH, digest(channel, at.isoformat()))
    start = _SENTENCE.index(_MARKED)
    return Delivery(id=Delivery.id_for(alert, channel), alert=alert, channel=channel, attempts=1), (
        Alert(
            id=alert,
            watch=WATCH,
            title="Test",
            severity="low",
            story=digest(alert),
            article=AlertedArticle(
                id=f"test:{alert}",
                ref=digest("article", alert),
                title=f"Test of the channel {channel}",
                source=WATCH,
                source_name="Wirewatch",
                url="https://example.org/wirewatch-test",
                published=at,
            ),
            evidence=(
                Evidence(
                    field=Field.BODY,
                    start=start,
                    end=start + len(_MARKED),
                    text=_MARKED,
                    term=_MARKED,
                    sentence=_SENTENCE,
                    sentence_start=0,
                ),
            ),
            topics=(),
            sources=(WATCH,),
            notify=(channel,),
            raised=at,
            lead=_SENTENCE,
        )
    )


def trial_digest(channel: str, at: datetime) -> tuple[Delivery, Digest]:
    """A test digest for this channel: two tests of the last hour, and a gap beside them."""
    moments = (at - timedelta(minutes=40), at - timedelta(minutes=5))
    id_ = digest("digest", WATCH, channel, at.isoformat())
    since = at - timedelta(hours=1)
    return Delivery(id=Delivery.id_for(id_, channel), alert=id_, channel=channel, attempts=1), (
        Digest(
            id=id_,
            channel=channel,
            reason="digest",
            since=since,
            until=at,
            alerts=tuple(trial(channel, moment)[1] for moment in moments),
            count=len(moments),
            gaps=(Gap(source=WATCH, source_name="Wirewatch (a test)", kind="missed", since=since),),
        )
    )
