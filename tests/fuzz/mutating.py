"""Bytes that nobody should have sent, made from some that somebody might: seeded, so that the same
seed gives the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

LONGEST_BYTES = 64 << 10
MOST_STEPS = 6
INTERESTING = (b"\x00", b"\xff", b"\x1b", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\r", b"\n", b'"')
NUMBERS = (
    b"0",
    b"-1",
    b"999999999999999999999",
    b"1e400",
    b"0x41",
    b"1970",
    b"9999",
    b"2147483648",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutator:
    """Makes an input from those of a pool; `tokens` are the words of the language it is in."""

    tokens: Sequence[bytes]
    longest_bytes: int = LONGEST_BYTES

    def make(self, chance: Random, pool: Sequence[bytes]) -> bytes:
        """One of the pool after a few steps; few are likelier than many."""
        made = chance.choice(pool)
        for _ in range(1 + min(chance.getrandbits(MOST_STEPS).bit_count(), MOST_STEPS)):
            step = chance.choice(_STEPS)
            made = step(self, chance, made, pool)[: self.longest_bytes]
        return made


Step = Callable[[Mutator, Random, bytes, Sequence[bytes]], bytes]


def _place(chance: Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _chunk(chance: Random, data: bytes) -> tuple[int, int]:
    """A piece of the data, mostly a short one."""
    start = _place(chance, data)
    return start, min(len(data), start + (1 << chance.randrange(12)))


def _flip(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    if not data:
        return b"\x00"
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _odd_byte(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    at = _place(chance, data)
    return data[:at] + chance.choice(INTERESTING) + data[at + chance.randrange(2) :]


def _token(mutator: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    at = _place(chance, data)
    return data[:at] + chance.choice(mutator.tokens) + data[at:]


def _other_token(mutator: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    """A word of the language in the place of another."""
    there = [token for token in mutator.tokens if token in data]
    if not there:
        return _token(mutator, chance, data, __)
    old = chance.choice(there)
    at = data.rfind(old, 0, _place(chance, data) + len(old))
    at = at if at >= 0 else data.find(old)
    return data[:at] + chance.choice(mutator.tokens) + data[at + len(old) :]


def _number(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    """A number that means trouble in the place of a digit, if there is one."""
    digits = [at for at, byte in enumerate(data[:4096]) if 48 <= byte < 58]
    at = chance.choice(digits) if digits else _place(chance, data)
    return data[:at] + chance.choice(NUMBERS) + data[at + 1 :]


def _without(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    start, end = _chunk(chance, data)
    return data[:start] + data[end:]


def _twice(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    start, end = _chunk(chance, data)
    return data[:end] + data[start:end] + data[end:]


def _often(mutator: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    """A short piece over and over, which is what makes parsers slow."""
    start = _place(chance, data)
    end = min(len(data), start + 1 + chance.randrange(12))
    piece = chance.choice((data[start:end], chance.choice(mutator.tokens)))
    return data[:end] + piece * (1 << chance.randrange(4, 14)) + data[end:]


def _moved(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    start, end = _chunk(chance, data)
    piece, rest = data[start:end], data[:start] + data[end:]
    at = _place(chance, rest)
    return rest[:at] + piece + rest[at:]


def _cut(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    return data[: _place(chance, data)]


def _spliced(_: Mutator, chance: Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    other = chance.choice(pool)
    return data[: _place(chance, data)] + other[_place(chance, other) :]


def _other_case(_: Mutator, chance: Random, data: bytes, __: Sequence[bytes]) -> bytes:
    start, end = _chunk(chance, data)
    return data[:start] + data[start:end].swapcase() + data[end:]


_STEPS: tuple[Step, ...] = (
    _flip,
    _odd_byte,
    _token,
    _token,
    _other_token,
    _number,
    _without,
    _twice,
    _often,
    _moved,
    _cut,
    _spliced,
    _other_case,
)
