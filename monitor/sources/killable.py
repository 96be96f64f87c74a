"""Reading what strangers wrote in processes that can be killed.

Some documents keep a parser busy for minutes or fill the memory (100,000 attributes on one element:
over 60 s, measured), and neither a thread nor an asyncio timeout can stop it. So they are read by a
child, `python -m MODULE`, which answers one message with one message over its pipes: the length in
four bytes, then msgpack; before each question stands how long it may take. The child has no part
of our environment but where Python lies, an alarm that ends it, a bound on its memory, and dies
with its parent.
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
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from monitor.errors import Bug, ParseError

if TYPE_CHECKING:
    pass

WALL_S: Final = 5.0
MEMORY_BYTES: Final = 1536 << 20
_GRACE_S: Final = 0.5  # the child's own alarm first; it stops even what never returns to Python
_START_S: Final = 30.0
_SET_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl(2)
_QUESTION: Final = struct.Struct(">Id")
_LENGTH: Final = struct.Struct(">I")
_KEPT_ENVIRONMENT: Final = frozenset(
    {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH"}
)


class _Died(Exception):
    """The child ended without an answer; `by` is the signal, 0 or less where it left by itself."""

    def __init__(self, by: int) -> None:
        super().__init__(by)
        self.by = by


class Readers:
    """Child processes of one module. Used as `async with`.

    `wall_s` is how long one document may take, `memory_bytes` how much address space a child may
    have, `children` how many documents are read at a time. Children start when first needed.
    """

    module: str

    def __init__(
        self, *, wall_s: float = WALL_S, memory_bytes: int = MEMORY_BYTES, children: int = 1
    ) -> None:
        self._wall_s = wall_s
        self._children = [_Child(self.module, memory_bytes) for _ in range(children)]
        self._idle: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        for child in self._children:
            self._idle.put_nowait(child)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in self._children:
            await child.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that run now."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    async def ask(self, question: bytes, *, source: str) -> bytes:
        """The answer to a question; waits for an idle child.

        A child that dies for a reason of its own is replaced and asked once more. Raises ParseError
        where the answer takes too long, or the question kills two children.
        """
        child = await self._idle.get()
        try:
            return await self._asked(child, question, source)
        finally:
            self._idle.put_nowait(child)

    async def _asked(self, child: _Child, question: bytes, source: str) -> bytes:
        try:
            return await child.ask(question, self._wall_s)
        except _Died as first:
            self._gave_up(first, source)
        try:
            return await child.ask(question, self._wall_s)
        except _Died as second:
            self._gave_up(second, source)
            raise ParseError(
                f"the document twice ended the process that read it (signal {second.by})",
                source=source,
            ) from second

    def _gave_up(self, death: _Died, source: str) -> None:
        if death.by == signal.SIGALRM:
            raise ParseError(
                f"the document took longer than {self._wall_s:g} s to read", source=source
            ) from death


class _Child:
    """One process, started when asked, and again when it has died."""

    def __init__(self, module: str, memory_bytes: int) -> None:
        self._module, self._memory_bytes = module, memory_bytes
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def ask(self, question: bytes, wall_s: float) -> bytes:
        """The child's answer. Raises _Died; whatever is raised, no half-read answer is left."""
        answered = False
        try:
            process = await self._running()
            answer = await self._exchange(process, question, wall_s)
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
            *(sys.executable, "-P", "-m", self._module),
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

    async def _exchange(self, process: Process, question: bytes, wall_s: float) -> bytes:
        assert process.stdin is not None
        try:
            process.stdin.write(_QUESTION.pack(len(question), wall_s) + question)
            async with asyncio.timeout(wall_s + _GRACE_S):
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


def answer_questions(load: Callable[[], Callable[[bytes], bytes]]) -> None:
    """Be the child of the process that the command line names: read a question, answer it, until
    there are no more.

    `load` imports what reading needs and returns what answers; it runs behind the fence.
    """
    _fence(int(sys.argv[1]), int(sys.argv[2]))
    inbox = sys.stdin.buffer
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a parser prints must not stand between two messages
    answer = load()
    _send(outbox, b"")
    while head := inbox.read(_QUESTION.size):
        length, wall_s = _QUESTION.unpack(head)
        question = inbox.read(length)
        signal.setitimer(signal.ITIMER_REAL, wall_s)
        answered = answer(question)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(outbox, answered)


def refusal_of(error: Exception) -> str:
    """What to say of a document that its reading broke on; the fence: it does no more to us."""
    if isinstance(error, MemoryError):
        return "the document needs more memory to read than it may have"
    return f"the document cannot be read: it trips the parser ({type(error).__name__})"


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
