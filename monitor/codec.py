"""Articles, alerts and bundles <-> JSON with a version field.

What is read back is untrusted: a value that is not what we wrote raises `ParseError`, never
anything else. Compressed forms are zlib, as RQ compresses its job data.
"""

from __future__ import annotations

import zlib
from typing import Any, Literal, TypeVar

import msgspec

from monitor.errors import ParseError
from monitor.model import Alert, Article, Gap, Severity, TroubleKind

VERSION = 1
MAX_UNPACKED_BYTES = 256 << 20
"""More than any bundle of ours can hold; a bound for what somebody else wrote into Redis."""

NOT_OURS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises: on what is no JSON of ours, no UTF-8, or nested without end."""

T = TypeVar("T")


class _Trouble(msgspec.Struct):
    kind: TroubleKind


class Glance(msgspec.Struct):
    """The little of an alert that decides whether it is shown among many."""

    watch: str
    title: str
    severity: Severity
    trouble: _Trouble | None = None


class _Glanced(msgspec.Struct):
    v: Literal[1]
    alert: Glance


# msgspec fills its tables of a dataclass when it first meets it; a second thread that comes then
# reads half of them, and the process dies. So each is met here, before there are threads.
for _kind in (Alert, Gap, tuple[Article, ...]):
    msgspec.json.Decoder(_kind)


def encode_alert(alert: Alert) -> bytes:
    """One alert as JSON."""
    return msgspec.json.encode({"v": VERSION, "alert": alert})


def decode_alert(packed: bytes) -> Alert:
    """The alert that `encode_alert` wrote. Raises ParseError."""
    return _decode(packed, "alert", Alert)


def glance_at(packed: bytes) -> Glance:
    """A little of what `encode_alert` wrote, ten times as fast as all. Raises ParseError."""
    try:
        return msgspec.json.decode(packed, type=_Glanced).alert
    except NOT_OURS as error:
        raise ParseError(f"an alert is not what we write: {error}") from error


def encode_job(function: str, *arguments: object) -> bytes:
    """The data field of an RQ job with the JSON serializer: [function, instance, args, kwargs]."""
    return zlib.compress(msgspec.json.encode([function, None, arguments, {}]))


def decode_job(packed: bytes) -> tuple[str, list[Any]]:
    """Function name and arguments of an RQ job's data. Raises ParseError."""
    try:
        function, _, arguments, _ = msgspec.json.decode(
            _unpacked(packed), type=tuple[str, None, list[Any], dict[str, Any]]
        )
    except NOT_OURS as error:
        raise ParseError(f"a job's data is not what we write: {error}") from error
    return function, arguments


def bundle(articles: tuple[Article, ...]) -> dict[str, object]:
    """The one argument of a job of articles."""
    return {"v": VERSION, "articles": articles}


def unbundle(argument: object) -> tuple[Article, ...]:
    """The articles of a job's argument. Raises ParseError."""
    return _convert(argument, "articles", tuple[Article, ...])


def _unpacked(packed: bytes) -> bytes:
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise ParseError(f"not compressed as we do it: {error}") from error
    if not unpacker.eof:
        raise ParseError("cut off, or larger than anything we write")
    return plain


def _decode(plain: bytes, key: str, kind: type[T]) -> T:
    try:
        envelope = msgspec.json.decode(plain)
    except NOT_OURS as error:
        raise ParseError(f"not JSON: {error}") from error
    return _convert(envelope, key, kind)


def _convert(envelope: object, key: str, kind: type[T]) -> T:
    if not isinstance(envelope, dict) or key not in envelope:
        raise ParseError(f"no {key!r} in what should hold one")
    if envelope.get("v") != VERSION:
        raise ParseError(
            f"written with version {envelope.get('v')!r}; this Wirewatch reads version {VERSION}"
        )
    try:
        return msgspec.convert(envelope[key], kind)
    except msgspec.ValidationError as error:
        raise ParseError(f"{key} is not what we write: {error}") from error
