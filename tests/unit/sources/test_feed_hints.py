"""What a feed asks of those who poll it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model import Hints, Source
from monitor.sources.feed import parse_feed
from monitor.sources.feed_hints import hints_of


@pytest.mark.parametrize(
    ("head", "hints"),
    [
        (b"", Hints()),
        (b"<ttl>60</ttl>", Hints(every_s=3600)),
        (b"<ttl> 5 </ttl>", Hints(every_s=300)),
        (b"<ttl>soon</ttl><ttl>-5</ttl>", Hints()),
        (b"<ttl>99999</ttl>", Hints(every_s=86_400)),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod>", Hints(every_s=3600)),
        (
            b"<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>"
            b"<sy:updateFrequency>\n2\n</sy:updateFrequency>",
            Hints(every_s=1800),
        ),
        (
            b"<sy:updatePeriod>dayly</sy:updatePeriod><sy:updateFrequency>24</sy:updateFrequency>",
            Hints(every_s=3600),
        ),
        (b"<sy:updatePeriod>always</sy:updatePeriod>", Hints()),
        (
            b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            Hints(),
        ),
        (
            b"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>",
            Hints(every_s=86_400),
        ),
        (
            b"<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>",
            Hints(every_s=3600),
        ),
        (
            b"<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>77</hour></skipHours>",
            Hints(skip_hours=(0, 23)),
        ),
        (
            b"<skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays>",
            Hints(skip_days=(0, 6)),
        ),
    ],
)  # fmt: skip
def test_wishes_are_read_as_they_are_found_in_the_wild(head: bytes, hints: Hints) -> None:
    assert hints_of(b"<rss><channel>" + head + b"<item><ttl>1</ttl></item></channel>") == hints


def test_a_parsed_feed_carries_them() -> None:
    body = (
        b'<rss version="2.0"><channel><title>Harbour</title><ttl>30</ttl>'
        b"<item><title>One</title><guid>1</guid></item></channel></rss>"
    )
    parsed = parse_feed(
        body,
        source=Source(id="harbour", url="https://harbour.example/feed"),
        url="https://harbour.example/feed",
        content_type=None,
        fetched=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert parsed.hints == Hints(every_s=1800)
