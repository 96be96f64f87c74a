"""What went over the line between a webhook and its receiver, fit to be shown to a person.

A path may be a token, and a receiver may repeat what it was sent: whatever is as long as a secret
of ours is taken out of what it says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.channels.safe import clip, line
from monitor.model import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.net import Response

SENT_CHARS: Final = 4000
"""Of a body of ours that is shown: a test is shown whole."""
SHOWN_CHARS: Final = 1000
"""Of an answer that `channels test` shows."""
SAID_CHARS: Final = 200
"""Of what a receiver says to an alert that it does not take, kept with the attempt."""

_PORTS: Final = {"http": 80, "https": 443}
_HEADERS: Final = ("Location", "Retry-After", "Content-Type")
_SHORTEST_SECRET: Final = 6
_SHORTEST_TOKEN: Final = 12
"""Parts of a path that are as long may be a token; `hook` and `alerts` are none."""


def discreet(url: str) -> str:
    """An address for people: where, and by a digest that its path or query has changed."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}:{port}/… ({digest(url)[:8]})"


def secrets_in(url: str, secrets: Iterable[str]) -> tuple[str, ...]:
    """What must not be shown, the longest first: the secrets, and parts of the address."""
    parts = urlsplit(url)
    tokens = {each for each in re.split(r"[/;]", parts.path) if len(each) >= _SHORTEST_TOKEN}
    tokens |= {value for _, value in parse_qsl(parts.query)}
    tokens |= {each.removeprefix("whsec_") for each in secrets}
    both = {way for each in tokens for way in (each, unquote(each))}
    return tuple(sorted((t for t in both if len(t) >= _SHORTEST_SECRET), key=len, reverse=True))


def sent(url: str, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    """The call, line by line: method, host and port, headers, the beginning of the body."""
    yield f"POST {discreet(url)}"
    for name, value in headers.items():
        yield f"{name}: {_signatures(value) if name == 'webhook-signature' else value}"
    yield ""
    text = body.decode("utf-8", "replace")
    yield text if len(text) <= SENT_CHARS else f"{text[:SENT_CHARS]}… ({len(body):,} bytes)"


def came(answer: Response, secrets: tuple[str, ...]) -> Iterator[str]:
    """The answer, line by line: its status, headers that matter, the beginning of its body."""
    yield f"HTTP {answer.status} {clip(line(answer.reason), 100)}".rstrip()
    for name in _HEADERS:
        if value := answer.headers.get(name):
            yield f"{name}: {clip(_without(line(value), secrets), 300)}"
    if words := words_of(answer, secrets, SHOWN_CHARS):
        yield ""
        yield words


def words_of(answer: Response, secrets: tuple[str, ...], at_most: int = SAID_CHARS) -> str:
    """The beginning of what the receiver says, in one safe line without our secrets."""
    said = answer.body.decode("utf-8", "replace")
    return clip(_without(line(said), secrets), at_most)


def _signatures(value: str) -> str:
    """Each by its first letters: whole ones could be sent again for some minutes."""
    return " ".join(f"{each[:12]}…" for each in value.split())


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for each in secrets:
        text = text.replace(each, "…")
    return text
