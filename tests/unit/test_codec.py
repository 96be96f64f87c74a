"""What is written comes back; what somebody else wrote is refused."""

from __future__ import annotations

import subprocess
import sys
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import codec
from monitor.channels.trial import trial
from monitor.errors import ParseError
from monitor.model import READ_PAGE, Article, Origin, PageNote, PageOutcome
from monitor.queues import articles_of, page_of

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60)
MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)
ARTICLES = st.builds(
    Article,
    id=TEXTS,
    source=TEXTS,
    source_name=st.none() | TEXTS,
    url=st.none() | TEXTS,
    title=TEXTS,
    summary=TEXTS,
    body=TEXTS,
    published=st.none() | MOMENTS,
    fetched=MOMENTS,
    authors=st.lists(TEXTS, max_size=3).map(tuple),
    language=st.none() | TEXTS,
    country=st.none() | TEXTS,
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    section=st.none() | TEXTS,
    dateline=st.none() | TEXTS,
    origin=st.sampled_from(Origin),
    page=st.none() | st.builds(PageNote, outcome=st.sampled_from(PageOutcome), said=TEXTS),
)


@given(articles=st.lists(ARTICLES, max_size=3).map(tuple))
def test_a_bundle_comes_back_as_it_was(articles: tuple[Article, ...]) -> None:
    data = codec.encode_job("workers.process.bundle", codec.bundle(articles))
    assert articles_of(data) == articles


def test_a_glance_at_an_alert_sees_its_watch_and_how_severe_it_is() -> None:
    _, alert = trial("desk", datetime(2026, 3, 1, tzinfo=UTC))

    seen = codec.glance_at(codec.encode_alert(alert))

    assert (seen.watch, seen.title, seen.severity) == (alert.watch, alert.title, alert.severity)
    assert seen.trouble is None


@pytest.mark.parametrize("packed", [b"", b"[]", b'{"v":2,"alert":{}}', b'{"v":1,"alert":{}}'])
def test_what_is_no_alert_of_ours_is_refused_at_a_glance(packed: bytes) -> None:
    with pytest.raises(ParseError, match="an alert is not what we write"):
        codec.glance_at(packed)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not compressed",
        zlib.compress(b"not JSON"),
        zlib.compress(b"[1, 2]"),
        zlib.compress(b'["\xff", null, [], {}]'),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b'["os.mkdir", null, ["/tmp/x"], {}]'),
        zlib.compress(b'["workers.process.bundle", null, [], {}]'),
        zlib.compress(b'["workers.process.bundle", null, [{"v": 99, "articles": []}], {}]'),
        zlib.compress(b'["workers.process.bundle", null, [{"v": 1, "articles": [{}]}], {}]'),
        zlib.compress(b'["workers.process.bundle", null, ["x"], {}]')[:-4],
    ],
)
def test_a_job_that_is_not_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        articles_of(data)


@pytest.mark.parametrize("data", [b"", b"not JSON", b'{"\xff": 1}', b"[" * 100_000, b"{}", b"[]"])
def test_an_alert_that_is_not_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        codec.decode_alert(data)


def test_a_later_version_is_refused_by_name() -> None:
    with pytest.raises(ParseError, match="version 2; this Wirewatch reads version 1"):
        codec.unbundle({"v": 2, "articles": []})


def test_a_job_of_a_page_holds_one_article() -> None:
    one = Article(id="1", source="s", title="t", fetched=datetime(2026, 3, 1, tzinfo=UTC))
    assert page_of(codec.encode_job(READ_PAGE, codec.bundle((one,)))) == one
    for many in ((), (one, one)):
        with pytest.raises(ParseError, match="wanted 1"):
            page_of(codec.encode_job(READ_PAGE, codec.bundle(many)))


AT_ONCE = """
import sys, threading
from monitor import codec
sys.setswitchinterval(1e-6)
start = threading.Barrier(8)
def read():
    start.wait()
    codec.decode_alert(sys.argv[1].encode())
threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_the_first_alerts_of_a_process_may_be_read_by_many_threads_at_once() -> None:
    _, alert = trial("desk", datetime(2026, 3, 1, tzinfo=UTC))
    command = [sys.executable, "-c", AT_ONCE, codec.encode_alert(alert).decode()]

    codes = {subprocess.run(command, check=False).returncode for _ in range(8)}

    assert codes == {0}
