"""An alert that says of itself that it is a test: nothing has happened, no watch has matched."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from monitor.model import Alert, AlertedArticle, Delivery, Evidence, Field, digest

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
