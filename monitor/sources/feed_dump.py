"""A feed saved to a file: `.xml`, `.rss`, `.atom`.

Its articles are what the poller would have read, but they are seeds: they may alert, however old.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import BinaryIO, Final

from monitor.errors import ParseError
from monitor.model import Article, Origin, Source, SourceProblem
from monitor.sources.childparse import Parser
from monitor.sources.seed_bytes import whole

WALL_S: Final = 60.0  # a dump may be as large as a seed file, and nobody polls it in vain
_END_S: Final = 5.0


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of a feed dump; the feed's title is the name of their source."""
    loop, parser = _parser(os.getpid())
    parsing = parser.parse(
        whole(stream), source=Source(id=source, url=""), url="", content_type=None, fetched=fetched
    )
    found = asyncio.run_coroutine_threadsafe(parsing, loop).result()
    if found.parts:
        named = ", ".join(part.url for part in found.parts[:3])
        raise ParseError(
            f"found a list of {len(found.parts)} sitemaps, wanted one. The likeliest: {named}"
        )
    for article in found.articles:
        yield replace(article, origin=Origin.SEED)
    yield from found.problems


@cache
def _parser(_pid: int) -> tuple[asyncio.AbstractEventLoop, Parser]:
    """The one parser of this process, and the loop that drives it in a thread of its own.

    Seeds are read by plain code, with or without a running loop; and starting a parser process for
    each file of a folder would cost more than the reading.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="feed dumps", daemon=True)
    thread.start()
    parser = Parser(wall_s=WALL_S)
    atexit.register(_end, os.getpid(), loop, thread, parser)
    return loop, parser


def _end(
    pid: int, loop: asyncio.AbstractEventLoop, thread: threading.Thread, parser: Parser
) -> None:
    if pid != os.getpid():
        return  # a fork has our memory, but neither the thread nor the child
    asyncio.run_coroutine_threadsafe(parser.__aexit__(None, None, None), loop).result(_END_S)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_END_S)
    loop.close()
