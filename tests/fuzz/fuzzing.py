"""The loop of every fuzzer: input after input, each within its bounds, and what broke at the end.

Whatever is found is counted once (by the kind of the error and the line that raised it), made
smaller, and kept under `.fuzz/`, so that one run shows all that is wrong. A file found is mended
and put into the corpus, which every run tries first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from mutating import Mutator

CORPUS = Path(__file__).parent / "corpus"
DICTIONARY = Path(__file__).parent / "dictionary"
FOUND = Path(__file__).parents[2] / ".fuzz"
SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("FUZZ_SEED") or time.time())

CPU_S = 5.0
"""What one input may take: as long as the product gives a document before it kills the reader."""

MEMORY_BYTES = 256 << 20
"""By how much one input may raise the most memory that the process ever had."""

MOST_KINDS = 1_000
_SHRINK_S = 3.0
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024

Target = Callable[[bytes], Hashable]
"""Tries an input, raises AssertionError (or anything else that is a bug) where it breaks a promise.
What it returns says what kind of outcome it was: inputs with a new one are mutated further.
"""


class TooMuch(BaseException):
    """An input that takes too long; no `except Exception` of the product catches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What was found: the input, made smaller, and what it did."""

    data: bytes
    error: BaseException

    def __str__(self) -> str:
        told = "".join(traceback.format_exception(self.error, limit=-6))
        return f"{len(self.data)} bytes, {self.data[:200]!r}, kept as {kept(self.data)}\n{told}"


@dataclass(slots=True)
class Report:
    """How a run went."""

    tried: int = 0
    slowest_s: float = 0.0
    slowest: bytes = b""
    kinds: set[Hashable] = field(default_factory=set)
    broken: dict[object, Broken] = field(default_factory=dict)

    def __str__(self) -> str:
        slowest = f"{len(self.slowest)} bytes, {kept(self.slowest)}"
        return (
            f"{self.tried} inputs, {len(self.kinds)} kinds of outcome, slowest"
            f" {self.slowest_s * 1000:.0f} ms of CPU ({slowest})"
        )


def corpus(name: str) -> list[bytes]:
    """The files of a corpus, by name."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def dictionary(name: str) -> list[bytes]:
    """The words of a language that break things, one a line; odd bytes are escaped (\\x00)."""
    lines = (DICTIONARY / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return [line.encode().decode("unicode_escape").encode("latin-1") for line in lines if line]


def kept(data: bytes) -> Path:
    """Where an input is kept for whoever mends what it breaks."""
    FOUND.mkdir(exist_ok=True)
    path = FOUND / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path.relative_to(FOUND.parent)


def fuzz(
    target: Target,
    seeds: Sequence[bytes],
    mutator: Mutator,
    *,
    seed: int,
    inputs: int | None = None,
    seconds: float = SECONDS,
) -> None:
    """Try the seeds as they are, then what the mutator makes of them: so many inputs, or for so
    long. Fails with all that was found.
    """
    chance, report, pool = Random(seed), Report(), list(seeds)
    until = time.monotonic() + seconds
    for data in seeds:
        _try(target, data, report)
    while time.monotonic() < until if inputs is None else report.tried < inputs:
        data = mutator.make(chance, pool)
        if _try(target, data, report) and len(pool) < MOST_KINDS:
            pool.append(data)
    sys.stdout.write(f"\nseed {seed}: {report}\n")
    if report.broken:
        told = "\n\n".join(map(str, report.broken.values()))
        raise AssertionError(f"seed {seed}, {len(report.broken)} found:\n{told}") from None


def _try(target: Target, data: bytes, report: Report) -> bool:
    """Whether the outcome is of a new kind."""
    report.tried += 1
    began = time.process_time()
    try:
        with bounded():
            kind = target(data)
    except (Exception, TooMuch) as error:  # noqa: BLE001  whatever it is, it is what we look for
        where = _where(error)
        if where not in report.broken:
            report.broken[where] = Broken(data=smaller(target, data, where), error=error)
        return False
    took_s = time.process_time() - began
    if took_s > report.slowest_s:
        report.slowest_s, report.slowest = took_s, data
    new = kind not in report.kinds
    report.kinds.add(kind)
    return new


@contextlib.contextmanager
def bounded(cpu_s: float = CPU_S, memory_bytes: int = MEMORY_BYTES) -> Iterator[None]:
    """A bound on the CPU and the memory that is used within. What never comes back to Python is
    ended by the limit of the test.
    """
    before = _peak_bytes()
    kept = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, kept)
    grown = _peak_bytes() - before
    assert grown <= memory_bytes, f"takes {grown >> 20} MiB more than anything before"


def smaller(target: Target, data: bytes, where: object) -> bytes:
    """A shorter input that breaks in the same place, as far as a few seconds get."""
    until = time.monotonic() + _SHRINK_S
    size = len(data) // 2
    while size and time.monotonic() < until:
        at = 0
        while at < len(data) and time.monotonic() < until:
            shorter = data[:at] + data[at + size :]
            if _breaks(target, shorter, where):
                data = shorter
            else:
                at += size
        size //= 2
    return data


def _breaks(target: Target, data: bytes, where: object) -> bool:
    try:
        with bounded():
            target(data)
    except (Exception, TooMuch) as error:  # noqa: BLE001  as above
        return _where(error) == where
    return False


def _where(error: BaseException) -> object:
    """What tells one bug from another: the kind of the error, and the innermost line of ours.

    What takes too long or goes too deep may be stopped in any line.
    """
    if isinstance(error, TooMuch | RecursionError):
        return type(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "/monitor/" in frame.filename or "/fuzz/" in frame.filename
    ]
    return type(error), *((ours[-1].filename, ours[-1].lineno) if ours else ())


def _too_long(_: int, __: FrameType | None) -> None:
    raise TooMuch(f"takes more than {CPU_S:g} s of CPU")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT
