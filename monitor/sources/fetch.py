"""Has a source something new? One polite, conditional GET.

Validators are kept and sent back exactly as the server wrote them, quotes, `W/` and all, and every
answer renews them, also where the body turned out the same (see the feed reader score of Rachel
Kroll, rachelbythebay.com/fs/help.html). A server that knows no validators is asked in full; the
digest of the body then spares us the reading of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from monitor.errors import BadStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import Access, Source
    from monitor.net import Client, Response

LONGEST_WAIT_S: Final = 86_400.0  # of what a server may ask; some ask for days
_ACCEPT: Final = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_LONGEST_VALIDATOR: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the source said of its last document, verbatim, and our digest of that document.

    To be stored only once the articles of the document are safe. Empty ones ask unconditionally.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document not seen before. `url` is where it came from after redirects.

    `permanent` is whether there were redirects and all were for good. `fresh_for_s` is how long
    the server calls the document fresh, `retry_after_s` how long it asks us to stay away, each at
    most a day. `links` are its Link headers.
    """

    body: bytes
    content_type: str | None
    url: str
    validators: Validators
    permanent: bool = False
    fresh_for_s: float | None = None
    retry_after_s: float | None = None
    links: tuple[str, ...] = ()

    @property
    def body_hash(self) -> str:
        """Our digest of the body."""
        return self.validators.body_hash or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The document we have is the current one. The validators may be new all the same."""

    url: str
    validators: Validators
    permanent: bool = False
    fresh_for_s: float | None = None
    retry_after_s: float | None = None


async def fetch(client: Client, source: Source, validators: Validators) -> Fetched | NotModified:
    """The source's document, or that it has not changed.

    Raises the FetchError family; BadStatus for any status but 200, or 304 where we asked for it,
    with what a Retry-After header said.
    """
    response = await client.get(
        source.url, headers=_asking(validators, source.access), access=source.access
    )
    now = datetime.now(UTC)
    fresh_for_s = _fresh_for_s(response.headers, now)
    wait_s = retry_after_s(response.headers.get("Retry-After"), now=now)
    conditional = validators.etag is not None or validators.last_modified is not None
    if response.status == 304 and conditional:
        return NotModified(
            url=response.url,
            validators=_renewed(response, validators.body_hash, before=validators),
            permanent=response.permanent,
            fresh_for_s=fresh_for_s,
            retry_after_s=wait_s,
        )
    if response.status != 200:
        raise BadStatus(
            _said(response.status), status=response.status, retry_after_s=wait_s, source=source.id
        )
    body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
    renewed = _renewed(response, body_hash, before=Validators())
    if body_hash == validators.body_hash:
        return NotModified(
            url=response.url,
            validators=renewed,
            permanent=response.permanent,
            fresh_for_s=fresh_for_s,
            retry_after_s=wait_s,
        )
    return Fetched(
        body=response.body,
        content_type=response.headers.get("Content-Type"),
        url=response.url,
        validators=renewed,
        permanent=response.permanent,
        fresh_for_s=fresh_for_s,
        retry_after_s=wait_s,
        links=tuple(text for name, text in response.headers.items() if name.lower() == "link"),
    )


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """The seconds a Retry-After header asks for (RFC 9110, 10.2.3), from 0 to a day.

    It holds seconds or an HTTP date; None for nothing, or for what is neither.
    """
    if not value:
        return None
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", value):
        return min(float(value), LONGEST_WAIT_S)
    until = _http_date(value)
    if until is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT_S)


def _asking(validators: Validators, access: Access) -> dict[str, str]:
    given = {name.lower() for name, _ in access.headers}
    headers = {} if "accept" in given else {"Accept": _ACCEPT}
    if validators.etag is not None:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified is not None:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _renewed(response: Response, body_hash: str | None, *, before: Validators) -> Validators:
    return Validators(
        etag=_validator(response, "ETag") or before.etag,
        last_modified=_validator(response, "Last-Modified") or before.last_modified,
        body_hash=body_hash,
    )


def _validator(response: Response, name: str) -> str | None:
    """The header as it came, unless it could not be sent back."""
    value = response.headers.get(name)
    sendable = (
        value and len(value) <= _LONGEST_VALIDATOR and value.isprintable() and value.isascii()
    )
    return value if sendable else None


def _fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the answer stays fresh by Cache-Control, else Expires (RFC 9111, 4.2.1)."""
    control = headers.get("Cache-Control", "")
    age = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control, re.IGNORECASE)
    if age:
        return min(float(age[1]), LONGEST_WAIT_S)
    if re.search(r"\bno-(?:cache|store)\b", control, re.IGNORECASE):
        return 0.0
    expires = _http_date(headers.get("Expires", ""))
    if expires is None:
        return None
    sent = _http_date(headers.get("Date", "")) or now
    return min(max((expires - sent).total_seconds(), 0.0), LONGEST_WAIT_S)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # a year of twenty digits, or one before the first
        return None


def _said(status: int) -> str:
    match status:
        case 304:
            return "the server says 304 not modified, though it was asked for the whole document"
        case 401 | 403:
            return f"the server says {status}: it does not let us read this document"
        case 404 | 410:
            return f"the server says {status}: there is no such document; check the source's url"
        case 429:
            return "the server says 429: we ask too often"
        case _ if status >= 500:
            return f"the server says {status}: it has trouble of its own"
        case _:
            return f"the server says {status}, where 200 and a document were wanted"
