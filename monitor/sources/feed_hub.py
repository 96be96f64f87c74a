"""Which hub tells of news in this feed? WebSub's discovery (W3C WebSub, section 4): Link headers,
else links in the head of the document.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from monitor.model import Hub
from monitor.sources.links import web_link

_HEAD_BYTES: Final = 64 << 10
_LONGEST: Final = 2_000
_FIRST_ENTRY: Final = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_LINK: Final = re.compile(rb"<(?:\w+:)?link\s([^<>]{1,4000})>")
_ATTRIBUTE: Final = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_HEADER: Final = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_REL: Final = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)


def hub_of(links: Iterable[str], body: bytes, url: str) -> Hub | None:
    """The hub of the document at `url`, whose Link headers are `links`; None where it names none.

    The topic is what the document calls itself (rel=self), else where it came from.
    """
    for found in (tuple(_in_headers(links)), tuple(_in_head(body))):
        hub, topic = _named(found, "hub", url), _named(found, "self", url)
        if hub:
            return Hub(url=hub, topic=topic or url)
    return None


def _named(found: Iterable[tuple[str, str]], name: str, url: str) -> str | None:
    for rel, address in found:
        link = web_link(address, url) if name in rel.lower().split() else None
        if link and len(link) <= _LONGEST and not re.search(r"\s", link):
            return link
    return None


def _in_headers(links: Iterable[str]) -> Iterator[tuple[str, str]]:
    for header in links:
        for address, parameters in _HEADER.findall(header):
            rel = _REL.search(parameters)
            if rel:
                yield rel[1] or rel[2] or "", address


def _in_head(body: bytes) -> Iterator[tuple[str, str]]:
    head = body[:_HEAD_BYTES]
    first = _FIRST_ENTRY.search(head)
    for attributes in _LINK.findall(head[: first.start()] if first else head):
        said = {
            name: html.unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(attributes.decode("utf-8", "replace"))
        }
        yield said.get("rel", ""), said.get("href", "")
