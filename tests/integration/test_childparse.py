"""Parsing in real child processes, with documents that mean harm."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.errors import Bug, ParseError
from monitor.model import ParsedSource, Source
from monitor.sources.childparse import Parser

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://news.example/feed", name="Harbour", tags=("coast",))
FEED = (
    b"<rss version='2.0'><channel><item><title>Ferry late</title><guid>1</guid>"
    b"<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)
SLOW = (
    b"<rss version='2.0'><channel><item><x "
    + b" ".join(b"a%d='1'" % number for number in range(100_000))
    + b"/></item></channel></rss>"
)

T = TypeVar("T")


def run(call: Callable[[Parser], Awaitable[T]], **bounds: float) -> T:
    async def go() -> T:
        async with Parser(**bounds) as parser:  # type: ignore[arg-type]  tests' own bounds
            return await call(parser)

    return asyncio.run(go())


async def parsed(parser: Parser, body: bytes = FEED) -> ParsedSource:
    return await parser.parse(body, source=SOURCE, url=SOURCE.url, content_type=None, fetched=NOW)


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def gone(pid: int) -> bool:
    """Whether the process has ended; a zombie has."""
    return stat(pid)[:1] in ([], ["Z"])


async def until(holds: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.to_thread(threading.Event().wait, 0.005)


def test_a_feed_comes_back_as_articles() -> None:
    result = run(parsed)

    (article,) = result.articles
    assert (article.id, article.title, article.source) == ("1", "Ferry late", "harbour")
    assert article.published == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert (article.source_name, article.tags, article.fetched) == ("Harbour", ("coast",), NOW)


def test_what_is_no_feed_is_refused_in_the_same_words() -> None:
    with pytest.raises(ParseError, match="HTML page") as refused:
        run(lambda parser: parsed(parser, b"<!doctype html><html>"))

    assert refused.value.ids == {"source": "harbour"}


def test_one_child_reads_many_documents() -> None:
    async def several(parser: Parser) -> set[tuple[int, ...]]:
        pids = set()
        for body in (FEED, b"", FEED):
            with suppress(ParseError):
                await parsed(parser, body)
            pids.add(parser.pids)
        return pids

    assert len(run(several)) == 1


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_read() -> None:
    async def slow_then_good(parser: Parser) -> tuple[float, ParsedSource]:
        await parsed(parser)
        begun = time.monotonic()
        with pytest.raises(ParseError, match=r"took longer than 1 s"):
            await parsed(parser, SLOW)
        return time.monotonic() - begun, await parsed(parser)

    took, result = run(slow_then_good, wall_s=1)

    assert took < 10
    assert result.articles


def test_a_billion_laughs_leave_the_parser_standing() -> None:
    entities = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
    )
    laughs = b"<!DOCTYPE rss [" + entities + b"]>" + FEED.replace(b"late", b"&l11;")

    async def laugh(parser: Parser) -> ParsedSource:
        with suppress(ParseError):
            await parsed(parser, laughs)
        return await parsed(parser)

    assert run(laugh).articles


def test_a_document_that_needs_too_much_memory_is_refused() -> None:
    many = FEED.replace(b"late", b"late " * (8 << 20))

    async def big_then_good(parser: Parser) -> ParsedSource:
        with pytest.raises(ParseError, match=r"memory|twice"):
            await parsed(parser, many)
        return await parsed(parser)

    assert run(big_then_good, memory_bytes=256 << 20, wall_s=20).articles


def test_a_killed_child_is_replaced_and_the_document_read_all_the_same() -> None:
    async def kill_between(parser: Parser) -> ParsedSource:
        await parsed(parser)
        os.kill(parser.pids[0], signal.SIGKILL)
        return await parsed(parser)

    assert run(kill_between).articles


def test_a_document_that_kills_two_children_is_given_up() -> None:
    async def kill_each(parser: Parser) -> None:
        async def murder() -> None:
            dead: set[int] = set()
            for _ in range(2):
                await until(lambda: bool(set(parser.pids) - dead))
                (victim,) = set(parser.pids) - dead
                os.kill(victim, signal.SIGKILL)
                dead.add(victim)

        await asyncio.gather(murder(), parsed(parser, SLOW))

    with pytest.raises(ParseError, match="twice ended the process"):
        run(kill_each, wall_s=20)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_call_that_is_cancelled_leaves_no_answer_for_the_next() -> None:
    async def cancelled(parser: Parser) -> ParsedSource:
        await parsed(parser)
        ticks = int(stat(parser.pids[0])[11])
        first = asyncio.create_task(parsed(parser, SLOW))
        await until(lambda: int(stat(parser.pids[0])[11]) > ticks + 2)  # it is at work
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await parsed(parser)

    assert run(cancelled).articles[0].title == "Ferry late"


def test_several_children_read_at_a_time() -> None:
    async def at_once(parser: Parser) -> int:
        await asyncio.gather(*(parsed(parser) for _ in range(20)))
        return len(parser.pids)

    assert run(at_once, children=3) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_children_end_with_the_parser() -> None:
    async def pids(parser: Parser) -> tuple[int, ...]:
        await parsed(parser)
        return parser.pids

    (pid,) = run(pids)

    asyncio.run(until(lambda: gone(pid)))


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_the_child_dies_with_a_killed_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()

    asyncio.run(until(lambda: gone(pid)))


PARENT = """
import asyncio, datetime
from monitor.model import Source
from monitor.sources.childparse import Parser

async def main():
    async with Parser(wall_s=60) as parser:
        now = datetime.datetime.now(datetime.UTC)
        source = Source(id="s", url="https://news.example/")
        good = b"<rss version='2.0'><channel/></rss>"
        await parser.parse(good, source=source, url="", content_type=None, fetched=now)
        print(*parser.pids, flush=True)
        slow = b"<rss><x " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/></rss>"
        await parser.parse(slow, source=source, url="", content_type=None, fetched=now)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_HOOK_SECRET", "hush")

    async def environment(parser: Parser) -> bytes:
        await parsed(parser)
        return Path(f"/proc/{parser.pids[0]}/environ").read_bytes()

    assert b"hush" not in run(environment)


def test_a_child_that_cannot_start_is_a_bug_and_not_the_feeds_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")

    with pytest.raises(Bug, match="does not start"):
        run(parsed)
    assert "encodings" in capfd.readouterr().err


def test_prints_of_a_parser_do_not_stand_between_messages() -> None:
    async def twice(parser: Parser) -> list[ParsedSource]:
        return [await parsed(parser, FEED + b"<!-- \xff -->"), await parsed(parser)]

    assert all(result.articles for result in run(twice))
