"""The sitemaps that a list of them names: which are asked for, and what is known of each.

A list often stays unchanged while what it names does not, so each document has validators of its
own. All of them are one field of the source's state, saved in the step that admits the articles.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from monitor.errors import ParseError, SourceError
from monitor.hosts import spacing_s
from monitor.model import Article, ParsedSource, Part, Source, SourceProblem
from monitor.net import Client
from monitor.poller.progress import WHOLE_EVERY, parked_for
from monitor.poller.record import MARK, host_of, marks
from monitor.sources.feed_pieces import WHOLE, Cut
from monitor.sources.fetch import NotModified, Validators, fetch
from monitor.store import SourceState

MOST: Final = 5
"""Documents asked for at a poll: the newest. They share a host, so each costs it five seconds."""

BARREN: Final = 3
"""So often in a row without news, and a document is left out while others bring some."""

REMEMBERED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one document. `shown` are the marks of its entries, `barren` counts polls in
    a row at which it was no news sitemap.
    """

    url: str
    changed: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    asked_whole: datetime | None = None
    shown: str = ""
    barren: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the documents held, as one; None where none of them had changed.

    `suspects` are the refs of each document that shares no entry with what it showed before: where
    nothing of one was ever seen, some may have come and gone. `known` is to be saved. `cut` says
    what was not read of a document by itself, as it was read before.
    """

    parsed: ParsedSource | None
    suspects: tuple[tuple[str, ...], ...]
    known: tuple[Known, ...]
    cut: Cut = WHOLE

    def overlaps(self, unseen: frozenset[str]) -> bool:
        """Whether no document can have lost anything, given the refs that were not seen before."""
        return not any(unseen.issuperset(refs) for refs in self.suspects)


Reading = Callable[[bytes, str, str | None], Awaitable[ParsedSource]]
"""body, address, content type -> what it holds. Raises ParseError."""

_DECODER: Final = msgspec.json.Decoder(tuple[Known, ...])


def known_of(state: SourceState) -> tuple[Known, ...]:
    """What a source's state holds of documents; nothing where it cannot be read."""
    text = state.get("parts")
    try:
        return _DECODER.decode(text) if text else ()
    except msgspec.DecodeError:
        return ()


def field_of(known: tuple[Known, ...]) -> dict[str, str]:
    """The same as a field of the state; an empty one where the source has no parts (any more)."""
    return {"parts": msgspec.json.encode(known).decode() if known else ""}


def as_listed(known: tuple[Known, ...]) -> tuple[Part, ...]:
    """The list as it was when it was last read: a list that has not changed says the same."""
    return tuple(Part(url=each.url, changed=each.changed) for each in known)


def joined(
    listed: tuple[Part, ...], known: tuple[Known, ...], *, source: Source, url: str
) -> tuple[Known, ...]:
    """What is known of the documents listed, in the order of the list.

    Those on other hosts are left out: what a source may send, and how often, is for its own. `url`
    is where the list came from in the end. Raises ParseError where none is left.
    """
    hosts = {host_of(source.url), host_of(url)}
    before = {each.url: each for each in known}
    here = [part for part in listed if host_of(part.url) in hosts and _is_safe(part, source)]
    if not here:
        named = ", ".join(part.url for part in listed[:3])
        raise ParseError(
            "this is a list of sitemaps of other hosts; give one of them as the source's url:"
            f" {named}",
            source=source.id,
        )
    return tuple(
        replace(before.get(part.url, Known(url=part.url)), changed=part.changed)
        for part in here[:REMEMBERED]
    )


def _is_safe(part: Part, source: Source) -> bool:
    """What a source sends is for its own server: neither for another port, nor in clear."""
    return not source.access.is_private or _origin(part.url) == _origin(source.url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def chosen(known: tuple[Known, ...], now: datetime) -> tuple[str, ...]:
    """The addresses to ask for: the first of the list; the barren ones once in eight days."""
    bearing = [
        each
        for each in known
        if each.barren < BARREN or each.asked_whole is None or _is_stale(each, now)
    ]
    return tuple(each.url for each in (bearing or known)[:MOST])


def _is_stale(known: Known, now: datetime) -> bool:
    return known.asked_whole is None or now - known.asked_whole >= WHOLE_EVERY


async def gather(
    known: tuple[Known, ...], *, source: Source, client: Client, read: Reading, now: datetime
) -> Gathered:
    """Ask for the documents whose turn it is, one after the other, with room between two.

    One that fails is a problem beside the others' articles. Raises the first one's error where none
    answered, and any that says to leave the host alone.
    """
    wanted = chosen(known, now)
    after: list[Known] = []
    came: list[tuple[Known, ParsedSource]] = []
    errors: list[tuple[str, SourceError]] = []
    for each in known:
        if each.url in wanted:
            await asyncio.sleep(spacing_s(host_of(each.url)))
            try:
                each, parsed = await _asked(each, source, client, read, now)
            except SourceError as error:
                if parked_for(error) is not None:
                    raise
                errors.append((each.url, error))
                each = _failed(each, error, now)
            else:
                came += [(each, parsed)] if parsed is not None else []
        after.append(each)
    if errors and len(errors) == len(wanted):
        raise errors[0][1]
    before = {each.url: each.shown for each in known}
    suspects = (_suspect(parsed, before[each.url]) for each, parsed in came)
    return Gathered(
        parsed=_merged(source, [parsed for _, parsed in came], errors) if came else None,
        suspects=tuple(refs for refs in suspects if refs),
        known=tuple(after),
    )


async def _asked(
    known: Known, source: Source, client: Client, read: Reading, now: datetime
) -> tuple[Known, ParsedSource | None]:
    asked = Validators(body_hash=known.body_hash)
    if not _is_stale(known, now):
        asked = replace(asked, etag=known.etag, last_modified=known.last_modified)
    answer = await fetch(client, replace(source, url=known.url), asked)
    conditional = asked.etag is not None or asked.last_modified is not None
    unchanged = isinstance(answer, NotModified)
    known = replace(
        known,
        etag=answer.validators.etag,
        last_modified=answer.validators.last_modified,
        body_hash=answer.validators.body_hash,
        asked_whole=known.asked_whole if conditional and unchanged else now,
    )
    if isinstance(answer, NotModified):
        return known, None
    parsed = await read(answer.body, answer.url, answer.content_type)
    if parsed.parts:
        raise ParseError("this is a list of sitemaps within a list of them, which is not followed")
    shown = marks(tuple(article.ref for article in parsed.articles))
    return replace(known, shown=shown or known.shown, barren=0), parsed


def _failed(known: Known, error: SourceError, now: datetime) -> Known:
    """After what could not be read the validators go: the next answer must not be a 304 to it."""
    if not isinstance(error, ParseError):
        return known
    return replace(
        known,
        etag=None,
        last_modified=None,
        body_hash=None,
        asked_whole=now,
        barren=known.barren + 1,
    )


def _suspect(parsed: ParsedSource, shown: str) -> tuple[str, ...]:
    """The refs of a document that shares no entry with what it showed before, else nothing."""
    refs = tuple(article.ref for article in parsed.articles)
    before = frozenset(shown.split())
    return () if not before or any(ref[:MARK] in before for ref in refs) else refs


def _merged(
    source: Source, documents: list[ParsedSource], errors: Iterable[tuple[str, SourceError]]
) -> ParsedSource:
    """The documents as one; what two of them list is one article."""
    articles: dict[str, Article] = {}
    for document in documents:
        for article in document.articles:
            articles.setdefault(article.id, article)
    failed = (
        SourceProblem(source=source.id, where=url, found=error.message) for url, error in errors
    )
    return ParsedSource(
        articles=tuple(articles.values()),
        problems=(*failed, *(one for document in documents for one in document.problems)),
        title=next((document.title for document in documents if document.title), None),
        language=next((document.language for document in documents if document.language), None),
    )
