"""Named situations for the channels: a good alert, and the same with a stranger's tricks in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from monitor.codec import decode_alert
from monitor.model import Alert, Digest, Field, Gap

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALERTS = Path(__file__).parents[2] / "fixtures" / "alerts"

TRICKS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> & \"quotes' </mark>",
    "header": "Envoys meet\r\nBcc: victim@example.org\r\n\r\nA body of my own",
    "encoded": "Envoys =?utf-8?q?=0D=0ABcc=3A_victim=40example=2Eorg?= meet",
    "terminal": "\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b31m\x08\x00 bell\x07",
    "bidi": "\u202eevil\u202c \u2067txet\u2069 \u200fx\u061c",
    "surrogate": "half \ud83d a pair",
    "template": "${watch} $$ $title {0} %s {{7*7}}",
    "long": "word " * 2000,
    "no spaces": "x" * 10_000,
    "right-to-left": "قال مصدر أمني إن العراق فتح تحقيقا في الهجوم " * 20,
    "empty": "",
}


@pytest.fixture
def envoys() -> Alert:
    """Three sources tell that envoys of two countries met in a third; severity high."""
    return decode_alert((ALERTS / "envoys.json").read_bytes())


@pytest.fixture
def told(envoys: Alert) -> Callable[..., Alert]:
    """Makes an alert like that of the envoys, with an id, a story and a title of its own."""

    def make(number: int, **given: Any) -> Alert:
        title = given.pop("headline", f"Envoys, part {number}")
        article = dataclasses.replace(
            envoys.article,
            title=title,
            url=f"https://example.org/{number}",
            published=given.pop("published", NOON + timedelta(minutes=number)),
        )
        values = {"id": f"a{number}", "story": f"s{number}", "severity": "normal"} | given
        # the title is another one, so nothing is known to stand in it
        evidence = tuple(e for e in envoys.evidence if e.field is not Field.TITLE)
        values = {"article": article, "evidence": evidence, **values}
        return dataclasses.replace(envoys, **values)

    return make


@pytest.fixture
def morning(told: Callable[..., Alert]) -> Digest:
    """A night's digest: two papers tell one event, a critical alert of another watch, two gaps."""
    levee = {"watch": "floods", "title": "Floods on the Vistula", "severity": "critical"}
    return Digest(
        id="d5",
        channel="desk",
        reason="digest",
        since=NOON,
        until=NOON + timedelta(hours=20),
        alerts=(
            told(1, event="e1"),
            told(2, event="e1", sources=("gulf-wire",)),
            told(3, event="e2"),
            told(700, event="e3", headline="Levee gives way", **levee),
        ),
        count=4,
        gaps=(
            Gap(source="harbour", source_name="Harbour Gazette", kind="failing", since=NOON),
            Gap(source="star", source_name=None, kind="missed", since=NOON, entries=40),
        ),
    )


@pytest.fixture
def poison() -> Callable[[Alert, str], Alert]:
    """Puts one text into every text field of an alert, ids too: Redis is not trusted."""
    return poisoned


@pytest.fixture(params=tuple(TRICKS.values()), ids=tuple(TRICKS))
def trick(request: pytest.FixtureRequest) -> str:
    """One nasty text."""
    return str(request.param)


def poisoned(alert: Alert, text: str) -> Alert:
    """The alert with this text wherever it holds text."""
    changed = _with(alert, text)
    assert isinstance(changed, Alert)
    return dataclasses.replace(changed, severity=alert.severity)


def _with(value: Any, text: str) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_with(each, text) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            each.name: _with(getattr(value, each.name), text) for each in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **fields)
    return value
