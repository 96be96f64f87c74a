"""The Atom channel on a real disk, read by the reader that reads everybody's feeds."""

from __future__ import annotations

import asyncio
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from monitor.channels import CHANNELS, Channel
from monitor.channels.atom import MAX_ENTRIES, file_of
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Sent, Trouble, Update

ENVOYS = Path(__file__).parents[1] / "fixtures" / "alerts" / "envoys.json"
FEED = "us-iran-over-iraq.xml"
PROGRAM = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from monitor.channels import CHANNELS
from monitor.codec import decode_alert
from monitor.model import Delivery

fixture, folder, who = sys.argv[1:]
kind = CHANNELS["atom"]
alert = decode_alert(Path(fixture).read_bytes())
config = kind.config.model_validate({"folder": folder})
channel = kind.open_channel("feeds", config, allow=(), contact="")

async def main():
    for number in range(10):
        name = f"{who}-{number}"
        delivery = Delivery(id=name, alert=name, channel="feeds", attempts=1)
        await channel.send(delivery, replace(alert, id=name))
    await channel.close()

asyncio.run(main())
"""


@pytest.fixture
def envoys() -> Alert:
    return decode_alert(ENVOYS.read_bytes())


def opened(folder: Path, **settings: object) -> Channel:
    kind = CHANNELS["atom"]
    config = kind.config.model_validate({"folder": str(folder), **settings})
    return kind.open_channel("feeds", config, allow=(), contact="")


def send(folder: Path, *alerts: Alert, **settings: object) -> list[Receipt]:
    async def each() -> list[Receipt]:
        channel = opened(folder, **settings)
        found = [await channel.send(delivery_of(alert), alert) for alert in alerts]
        await channel.close()
        return found

    return asyncio.run(each())


def delivery_of(alert: Alert) -> Delivery:
    return Delivery(id=f"d-{alert.id}", alert=alert.id, channel="feeds", attempts=1)


def numbered(alert: Alert, numbers: Iterable[int]) -> list[Alert]:
    """Alerts a minute apart, the title says which."""
    return [
        replace(
            alert,
            id=f"alert-{number}",
            raised=alert.raised + timedelta(minutes=number),
            article=replace(alert.article, title=f"News {number}"),
            evidence=(),
        )
        for number in numbers
    ]


def parsed(path: Path) -> feedparser.FeedParserDict:
    found = feedparser.parse(path.read_bytes())
    assert not found.bozo, found.get("bozo_exception")
    return found


def titles(path: Path) -> list[str]:
    return [entry.title for entry in parsed(path).entries]


def test_any_reader_can_subscribe(envoys: Alert, tmp_path: Path) -> None:
    # when
    receipts = send(tmp_path, envoys, url="https://alerts.example.org/feeds/")

    # then
    assert receipts == [Sent(answer=f"it is in {tmp_path / FEED}")]
    found = parsed(tmp_path / FEED)
    (entry,) = found.entries
    assert found.version == "atom10"
    assert found.feed.title == "Wirewatch: U.S. and Iran over Iraq"
    assert found.feed.links[0].href == f"https://alerts.example.org/feeds/{FEED}"
    assert (entry.title, entry.link) == (envoys.article.title, envoys.article.url)
    assert entry.author == "Example World"
    assert entry.updated == "2024-05-14T09:13:05.000000Z"
    assert "severity:high" in [tag.term for tag in entry.tags]
    assert "The <b>U.S.</b> envoy and <b>Iran</b>" in entry.content[0].value
    assert entry.content[0].type == "text/html"
    assert [each.name for each in tmp_path.iterdir()] == [FEED]


def test_a_repeat_changes_nothing(envoys: Alert, tmp_path: Path) -> None:
    # given
    send(tmp_path, envoys)
    before = (tmp_path / FEED).stat()

    # when
    receipts = send(tmp_path, envoys)

    # then: not even the time of change, which readers ask for
    assert receipts == [Sent(answer=f"it is in {tmp_path / FEED}")]
    assert (tmp_path / FEED).stat().st_mtime_ns == before.st_mtime_ns


def test_the_newest_fifty_stay_the_newest_first(envoys: Alert, tmp_path: Path) -> None:
    # when: the oldest of them comes last, as a retry may
    send(tmp_path, *numbered(envoys, range(1, 53)), *numbered(envoys, [0]))

    # then
    assert titles(tmp_path / FEED) == [f"News {number}" for number in range(52, 2, -1)]
    assert len(titles(tmp_path / FEED)) == MAX_ENTRIES


def test_an_update_takes_the_place_of_its_alert_and_not_the_other_way(
    envoys: Alert, tmp_path: Path
) -> None:
    # given
    first, second = numbered(envoys, [1, 2])
    later = first.raised + timedelta(hours=1)
    update = replace(first, update=Update(step=3, at=later, copy=first.article))

    # when: the alert is repeated after its update
    send(tmp_path, first, second)
    ids = {entry.id for entry in parsed(tmp_path / FEED).entries}
    send(tmp_path, update, first)

    # then
    found = parsed(tmp_path / FEED).entries
    assert [entry.title for entry in found] == ["News 1", "News 2"]
    assert "Now in 3 sources" in found[0].content[0].value
    assert {entry.id for entry in found} == ids


def test_each_watch_has_a_feed_and_sources_have_one(envoys: Alert, tmp_path: Path) -> None:
    # given
    trouble = replace(
        envoys,
        watch="sources",
        trouble=Trouble(kind="failing", since=datetime(2026, 3, 1, tzinfo=UTC)),
    )

    # when
    send(
        tmp_path, envoys, replace(envoys, watch="other"), replace(envoys, watch="sources"), trouble
    )

    # then
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "_sources.xml",
        "other.xml",
        "sources.xml",
        FEED,
    ]
    assert len({parsed(path).feed.id for path in tmp_path.iterdir()}) == 4


@pytest.mark.parametrize("watch", ["../../etc/passwd", "", ".hidden", "a/b", "x" * 300, "a\0b"])
def test_no_name_of_a_watch_leads_out_of_the_folder(envoys: Alert, watch: str) -> None:
    name = file_of(replace(envoys, watch=watch))
    assert name.endswith(".xml")
    assert name.removesuffix(".xml").isalnum()


def test_words_of_strangers_stay_words(envoys: Alert, tmp_path: Path) -> None:
    # given
    nasty = "</title>&amp; <script>x</script> ]]> \x00\ufffe\ud83d \x1b[31mred"
    article = replace(envoys.article, title=nasty, source_name=nasty, url="javascript:alert(1)")
    alert = replace(envoys, article=article, evidence=(), lead=f"{nasty} and more", title=nasty)

    # when
    send(tmp_path, alert)

    # then
    assert len(parsed(tmp_path / FEED).entries) == 1
    assert b"javascript" not in (tmp_path / FEED).read_bytes()
    raw = etree.parse(tmp_path / FEED)
    title = raw.findtext(".//{*}entry/{*}title")
    assert title == "</title>&amp; <script>x</script> ]]> \ufffd\ufffd red"
    content = raw.findtext(".//{*}entry/{*}content")
    assert content is not None
    assert "&lt;script&gt;" in content
    assert "<script>" not in content


@pytest.mark.parametrize(
    "there",
    [
        b"",
        b"<feed",
        b"<!DOCTYPE f [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><f>&e;</f>",
        b"\0" * 5000,
    ],
)
def test_what_is_no_feed_is_begun_anew(envoys: Alert, tmp_path: Path, there: bytes) -> None:
    # given
    (tmp_path / FEED).write_bytes(there)

    # when
    send(tmp_path, envoys)

    # then
    assert titles(tmp_path / FEED) == [envoys.article.title]


def test_a_folder_that_is_not_there_means_later(envoys: Alert, tmp_path: Path) -> None:
    (receipt,) = send(tmp_path / "unmounted", envoys)
    assert isinstance(receipt, Later)
    assert receipt.answer.endswith("/unmounted: No such file or directory")


def test_a_feed_that_does_not_fit_on_the_disk_leaves_the_one_before(
    envoys: Alert, tmp_path: Path
) -> None:
    # given
    send(tmp_path, *numbered(envoys, [1]))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    # when
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    try:
        (receipt,) = send(tmp_path, *numbered(envoys, [2]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)

    # then
    assert isinstance(receipt, Later)
    assert [each.name for each in tmp_path.iterdir()] == [FEED]
    assert titles(tmp_path / FEED) == ["News 1"]


def test_nothing_is_written_through_a_link_that_lies_in_wait(envoys: Alert, tmp_path: Path) -> None:
    # given
    folder, other = tmp_path / "feeds", tmp_path / "other"
    folder.mkdir()
    other.write_text("kept")
    (folder / f".{FEED}.new").symlink_to(other)

    # when
    send(folder, envoys)

    # then
    assert other.read_text() == "kept"
    assert titles(folder / FEED) == [envoys.article.title]


def test_readers_see_whole_feeds_while_several_processes_write(
    tmp_path: Path, until: Callable[..., None]
) -> None:
    # given
    arguments = [sys.executable, "-c", PROGRAM, str(ENVOYS), str(tmp_path)]
    feed = tmp_path / FEED
    with (
        subprocess.Popen([*arguments, "a"]) as first,
        subprocess.Popen([*arguments, "b"]) as second,
    ):
        # when
        seen = []

        def done() -> bool:
            if feed.exists():
                seen.append(len(etree.parse(feed).findall("{*}entry")))
            return first.poll() is not None and second.poll() is not None

        until(done, what="the end of both")

    # then
    assert seen == sorted(seen)
    assert len(titles(feed)) == 20


@pytest.mark.parametrize(
    "wrong", [{"folder": "alerts"}, {"folder": "/srv", "url": "ftp://example.org"}]
)
def test_settings_that_cannot_be_meant_are_not_taken(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        CHANNELS["atom"].config.model_validate(wrong)


def test_the_draft_shows_file_and_entry(envoys: Alert, tmp_path: Path) -> None:
    draft = opened(tmp_path).draft(delivery_of(envoys), envoys)
    assert draft.startswith(f"into {tmp_path / FEED}\n<?xml")
    assert envoys.article.title in draft
