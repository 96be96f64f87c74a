"""Parsing in a process that can be killed.

Some documents keep a parser busy for minutes or fill the memory (100,000 attributes on one element:
over 60 s, measured), and neither a thread nor an asyncio timeout can stop it. So feeds are read by
a child, `python -m monitor.sources.childparse`, which answers one message with one message over its
pipes: four bytes of length, then msgpack. It has no part of our environment but where Python lies,
an alarm that ends it, a bound on its memory, and dies with its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import msgspec

from monitor.errors import Bug, ParseError
from monitor.model import ParsedSource, Source

if TYPE_CHECKING:
    from types import TracebackType

WALL_S: Final = 5.0
MEMORY_BYTES: Final = 1536 << 20
ANSWER_BYTES: Final = 64 << 20  # of a document of 10 MiB; its child may hold more than we want to
_GRACE_S: Final = 0.5  # the child's own alarm first; it stops even what never returns to Python
_START_S: Final = 30.0
_SET_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl(2)
_LENGTH: Final = struct.Struct(">I")
_KEPT_ENVIRONMENT: Final = frozenset(
    {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One document to read, and what the child must know of its source."""

    body: bytes
    source: str
    name: str | None
    language: str | None
    country: str | None
    tags: tuple[str, ...]
    distrusted: tuple[str, ...]
    url: str
    content_type: str | None
    fetched: datetime
    wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the child made of it: a parsed source, or the words and ids of a ParseError."""

    parsed: ParsedSource | None = None
    refused: str = ""
    ids: dict[str, str] = field(default_factory=dict)


_ENCODER: Final = msgspec.msgpack.Encoder()
_TASKS: Final = msgspec.msgpack.Decoder(Task)
_ANSWERS: Final = msgspec.msgpack.Decoder(Answer)


class _Died(Exception):
    """The child ended without an answer; `by` is the signal, 0 or less where it left by itself."""

    def __init__(self, by: int) -> None:
        super().__init__(by)
        self.by = by


class Parser:
    """Reads feeds in child processes. Used as `async with Parser() as parser`.

    `wall_s` is how long one document may take, `memory_bytes` how much address space a child may
    have, `children` how many documents are read at a time. Children start when first needed.
    """

    def __init__(
        self, *, wall_s: float = WALL_S, memory_bytes: int = MEMORY_BYTES, children: int = 1
    ) -> None:
        self._wall_s = wall_s
        self._children = [_Child(memory_bytes) for _ in range(children)]
        self._idle: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        for child in self._children:
            self._idle.put_nowait(child)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            await child.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that run now."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    async def parse(
        self, body: bytes, *, source: Source, url: str, content_type: str | None, fetched: datetime
    ) -> ParsedSource:
        """What `parse_feed` says of this document; waits for an idle child.

        A child that dies for a reason of its own is replaced and asked once more. Raises ParseError
        where the document is no feed, takes too long, or kills two children.
        """
        task = Task(
            body=body,
            source=source.id,
            name=source.name,
            language=source.language,
            country=source.country,
            tags=source.tags,
            distrusted=source.distrusted,
            url=url,
            content_type=content_type,
            fetched=fetched,
            wall_s=self._wall_s,
        )
        child = await self._idle.get()
        try:
            answer = await self._asked(child, task)
        finally:
            self._idle.put_nowait(child)
        if answer.parsed is None:
            raise ParseError(answer.refused, **answer.ids)
        return answer.parsed

    async def _asked(self, child: _Child, task: Task) -> Answer:
        try:
            return await child.ask(task)
        except _Died as first:
            self._gave_up(first, task)
        try:
            return await child.ask(task)
        except _Died as second:
            self._gave_up(second, task)
            raise ParseError(
                f"the document twice ended the process that read it (signal {second.by})",
                source=task.source,
            ) from second

    def _gave_up(self, death: _Died, task: Task) -> None:
        if death.by == signal.SIGALRM:
            raise ParseError(
                f"the document took longer than {self._wall_s:g} s to read",
                source=task.source,
            ) from death


class _Child:
    """One process, started when asked, and again when it has died."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def ask(self, task: Task) -> Answer:
        """The child's answer. Raises _Died; whatever is raised, no half-read answer is left."""
        answered = False
        try:
            process = await self._running()
            answer = _ANSWERS.decode(await self._exchange(process, task))
            answered = True
        finally:
            if not answered:
                await self.end()
        return answer

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()

    async def _running(self) -> Process:
        if self.pid is not None:
            assert self._process is not None
            return self._process
        kept = {name: text for name, text in os.environ.items() if name in _KEPT_ENVIRONMENT}
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "monitor.sources.childparse"),
            *(str(self._memory_bytes), str(os.getpid())),
            stdin=PIPE,
            stdout=PIPE,
            env=kept,
            start_new_session=True,  # a Ctrl-C is for the parent, which then ends its children
        )
        try:
            async with asyncio.timeout(_START_S):
                await _received(process)  # its greeting, once it has loaded everything
        except (_Died, TimeoutError) as error:
            if isinstance(error, _Died) and error.by > 0:
                raise  # killed from outside: it may go better the next time
            raise Bug("the parser process does not start; its words are on stderr") from error
        return process

    async def _exchange(self, process: Process, task: Task) -> bytes:
        message = _ENCODER.encode(task)
        assert process.stdin is not None
        try:
            process.stdin.write(_LENGTH.pack(len(message)) + message)
            async with asyncio.timeout(task.wall_s + _GRACE_S):
                return await _received(process)
        except TimeoutError as error:
            raise _Died(signal.SIGALRM) from error


async def _received(process: Process) -> bytes:
    """The next message of the child. Raises _Died where there is none."""
    assert process.stdout is not None
    try:
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        return await process.stdout.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise _Died(-await process.wait()) from error


def main(memory_bytes: int, parent: int) -> None:
    """The child: read a task, answer it, until there are no more."""
    _fence(memory_bytes, parent)
    inbox = sys.stdin.buffer
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a parser prints must not stand between two messages

    # here, not above: the parent has no need of feedparser
    from monitor.sources.feed import parse_feed

    _send(outbox, b"")
    while head := inbox.read(_LENGTH.size):
        task = _TASKS.decode(inbox.read(*_LENGTH.unpack(head)))
        signal.setitimer(signal.ITIMER_REAL, task.wall_s)
        answer = _answer(task, parse_feed)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(outbox, answer)


def _answer(task: Task, parse_feed: Callable[..., ParsedSource]) -> bytes:
    try:
        answer = _ENCODER.encode(
            Answer(
                parsed=parse_feed(
                    task.body,
                    source=Source(
                        id=task.source,
                        url=task.url,
                        name=task.name,
                        language=task.language,
                        country=task.country,
                        tags=task.tags,
                        distrusted=task.distrusted,
                    ),
                    url=task.url,
                    content_type=task.content_type,
                    fetched=task.fetched,
                )
            )
        )
        if len(answer) <= ANSWER_BYTES:
            return answer
        refused = f"the articles of this document are more than {ANSWER_BYTES >> 20} MiB"
    except ParseError as error:
        return _ENCODER.encode(Answer(refused=error.message, ids=error.ids))
    except MemoryError:
        refused = "the document needs more memory to read than it may have"
    except Exception as error:  # noqa: BLE001  the fence: what a document does to us ends here
        refused = f"the document cannot be read: it trips the parser ({type(error).__name__})"
    return _ENCODER.encode(Answer(refused=refused, ids={"source": task.source}))


def _send(outbox: BinaryIO, message: bytes) -> None:
    outbox.write(_LENGTH.pack(len(message)))
    outbox.write(message)
    outbox.flush()


def _fence(memory_bytes: int, parent: int) -> None:
    """Bound what this process may take, and tie its life to its parent's."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the bound is not kept, and the end of stdin must do
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
