"""Atom: a feed of alerts per watch in a folder, for any reader of feeds (RFC 4287)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import quote
from uuid import UUID, uuid5

from lxml import etree
from pydantic import AfterValidator, Field

from monitor.channels import markup
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.disk import Hand, absolute, locked, no_folder, replace
from monitor.channels.marking import bare
from monitor.channels.others import BEFORE, TOGETHER, fellows, parts
from monitor.channels.render import (
    headline,
    listed,
    moment,
    quotes,
    source_name,
    spread,
    topic_labels,
    watch_title,
)
from monitor.channels.safe import atom, isolated, link
from monitor.model import Digest, Receipt, Sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from monitor.channels.marking import Words
    from monitor.model import Alert, Delivery, Message

MAX_ENTRIES = 50
MAX_QUOTES = 5
MAX_FEED_BYTES = 8 << 20
"""A file larger than this is none that we have written."""

NAMESPACE = "http://www.w3.org/2005/Atom"
_IDS: Final = UUID("0f1d6d0e-6a33-5f4c-9a7e-3f3f8a0d6f51")
"""Ids of feeds and entries are made from this and the ids of watch and alert. Never change it."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _address(value: str) -> str:
    if value and link(value) is None:
        raise ValueError("wanted https://host/folder (or http://)")
    return value


class Config(ChannelConfig):
    """Alerts as feeds, one file per watch: WATCH.xml."""

    type: Literal["atom"] = Field(default="atom", description="This kind of channel.")
    folder: Annotated[str, AfterValidator(absolute)] = Field(
        description="Where the feeds are written, from the root on; it must be there."
    )
    url: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Where your web server shows the folder, if it does."
    )


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """An Atom channel. It calls nobody, so `allow` and `contact` do not matter."""
    return Atom(name, config)


def odd(config: Config, _: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """That its folder is not there."""
    return no_folder("folder", Path(config.folder))


KIND = kind(Config, open_channel, odd=odd)


class Atom:
    """The feed itself is what is remembered: read, changed and replaced, under a lock."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name
        self._folder, self._url = Path(config.folder), config.url
        self._zone = config.zone
        self._hand = Hand(name)

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Put the alert, or each of a digest, into its watch's feed.

        An update takes the alert's place.
        """
        return await self._hand.do(partial(self._put_all, _alerts_of(message)))

    async def keep(self, delivery: Delivery, alerts: tuple[Alert, ...]) -> Receipt:
        """Put each alert of a page of a digest into its watch's feed."""
        return await self._hand.do(partial(self._put_all, alerts))

    def draft(self, delivery: Delivery, message: Message) -> str:
        """The entries that would be written, and the files."""
        return "\n".join(
            f"into {self._folder / file_of(alert)}\n{_text(_entry(alert, self._zone)).decode()}"
            for alert in _alerts_of(message)
        )

    async def close(self) -> None:
        """Take nothing more."""
        self._hand.close()

    def _put_all(self, alerts: tuple[Alert, ...]) -> Receipt:
        feeds: dict[Path, list[Alert]] = {}
        for alert in alerts:
            feeds.setdefault(self._folder / file_of(alert), []).append(alert)
        for path, some in feeds.items():
            self._put(path, some)
        return Sent(answer=f"it is in {', '.join(map(str, feeds))}" if feeds else "nothing to add")

    def _put(self, path: Path, alerts: list[Alert]) -> None:
        """All that goes into one feed in one change of it."""
        with locked(self._folder) as folder:
            before = entries = _entries(path)
            for alert in alerts:
                entries = with_entry(entries, _entry(alert, self._zone))
            if entries != before:
                address = f"{self._url.rstrip('/')}/{quote(path.name)}" if self._url else ""
                replace(path, _text(_feed(alerts[-1], entries, address)), folder)


def _alerts_of(message: Message) -> tuple[Alert, ...]:
    return message.alerts if isinstance(message, Digest) else (message,)


def file_of(alert: Alert) -> str:
    """The file of an alert's feed. No watch can be called `_sources`: there are their troubles."""
    if alert.trouble is not None and alert.trouble.kind != "quiet":
        return "_sources.xml"
    return f"{alert.watch if _NAME.fullmatch(alert.watch) else atom(alert.watch)}.xml"


def with_entry(before: list[etree._Element], entry: etree._Element) -> list[etree._Element]:
    """The newest entries, the newest first; `before` itself where the entry changes nothing.

    Each alert stands there once, as it was told last: an older state never replaces a newer one.
    """
    same = [each for each in before if _said(each, "id") == _said(entry, "id")]
    if any(_said(each, "updated") >= _said(entry, "updated") for each in same):
        return before
    rest = [each for each in before if each not in same]
    newest = sorted([entry, *rest], key=lambda each: _said(each, "updated"), reverse=True)
    return newest[:MAX_ENTRIES]


def _entries(path: Path) -> list[etree._Element]:
    """The entries of a feed; none where there is no file, or none that can be read as one."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FEED_BYTES)
    except FileNotFoundError:
        return []
    # Somebody else may have written it: nothing is loaded and nothing expanded.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return list(etree.fromstring(text, parser).iterfind(f"{{{NAMESPACE}}}entry"))
    except etree.XMLSyntaxError:
        return []


def _feed(alert: Alert, entries: list[etree._Element], address: str) -> etree._Element:
    feed = _root("feed")
    _add(feed, "id", _id("feed", file_of(alert)))
    _add(feed, "title", f"Wirewatch: {watch_title(alert)}")
    _add(feed, "updated", _said(entries[0], "updated"))
    _add(feed, "generator", "Wirewatch")
    if address:
        _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    feed.extend(entries)
    return feed


def _entry(alert: Alert, zone: tzinfo) -> etree._Element:
    entry = _root("entry")
    _add(entry, "id", _id("alert", alert.id))
    _add(entry, "title", bare(headline(alert)))
    _add(entry, "published", _moment(alert.raised))
    _add(entry, "updated", _moment(alert.update.at if alert.update else alert.raised))
    _add(_add(entry, "author"), "name", source_name(alert) or "unknown")
    if url := link(alert.article.url):
        _add(entry, "link", rel="alternate", href=url)
    _add(entry, "category", term=f"severity:{alert.severity}")
    for label in (*alert.tags, *topic_labels(alert)):
        _add(entry, "category", term=label)
    _add(entry, "content", "\n".join(_paragraphs(alert, zone)), type="html")
    return entry


def _paragraphs(alert: Alert, zone: tzinfo) -> Iterator[str]:
    """The alert as HTML: what is new, who published it, the sentences that say why, its topics."""
    for told in spread(alert, zone):
        yield f"<p>{html.escape(told)}</p>"
    badge = "" if alert.severity == "normal" else f"[{alert.severity.upper()}] "
    published = f"{isolated(source_name(alert))} · {moment(alert.article.published, zone)}"
    yield f"<p>{html.escape(badge + published)}</p>"
    for words in quotes(alert, at_most=MAX_QUOTES).shown:
        yield f'<blockquote dir="auto">{_html(words)}</blockquote>'
    yield from _others(alert, zone)
    if labels := topic_labels(alert):
        yield f"<p>About: {html.escape(listed(labels))}</p>"


def _others(alert: Alert, zone: tzinfo) -> Iterator[str]:
    """The other articles that made it up, and why they are here."""
    for number, part in enumerate(parts(alert)):
        if number == 0:
            yield f"<p>{html.escape(TOGETHER)}</p>"
        title = markup.anchor(link(part.article.url), _html(headline(part)))
        where = f"{isolated(source_name(part))} · {moment(part.article.published, zone)}"
        yield f"<p>{title} · {html.escape(where)}</p>"
        for words in quotes(part, at_most=1).shown:
            yield f'<blockquote dir="auto">{_html(words)}</blockquote>'
    for number, each in enumerate(fellows(alert, partial(moment, zone=zone))):
        if number == 0:
            yield f"<p>{html.escape(BEFORE)}</p>"
        title = markup.anchor(each.url, html.escape(each.title))
        yield f"<p>{title} · {html.escape(each.where)}</p>"


def _html(words: Words) -> str:
    """The words escaped, matched ones bold: many readers take <mark> away."""
    return "".join(
        f"<b>{html.escape(piece.text)}</b>" if piece.marked else html.escape(piece.text)
        for piece in words
    )


def _root(name: str) -> etree._Element:
    spaces = {None: NAMESPACE}
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=spaces)  # type: ignore[arg-type]  # the stubs know no default namespace


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """An element more, with only such characters as XML 1.0 can hold (section 2.2)."""
    fit = {key: _NO_XML.sub("\ufffd", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", fit)
    child.text = None if text is None else _NO_XML.sub("\ufffd", text)
    return child


def _said(element: etree._Element, name: str) -> str:
    return element.findtext(f"{{{NAMESPACE}}}{name}") or ""


def _text(element: etree._Element) -> bytes:
    etree.indent(element)
    return bytes(etree.tostring(element, encoding="utf-8", xml_declaration=True)) + b"\n"


def _id(*about: str) -> str:
    name = _NO_XML.sub("\ufffd", " ".join(about))  # half a surrogate pair has no UTF-8
    return f"urn:uuid:{uuid5(_IDS, name)}"


def _moment(when: datetime) -> str:
    """RFC 3339 in UTC, always of one length, so that later ones sort behind."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
