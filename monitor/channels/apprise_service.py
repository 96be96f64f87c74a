"""One service of apprise: how a message is written for it, what it said. Loads the library."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode
from apprise.exception import AppriseException

from monitor.channels.gathered import worst
from monitor.channels.note import Markup, heading, note_of, written
from monitor.channels.safe import clip
from monitor.model import Digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from apprise import NotifyBase

    from monitor.model import Message, Severity

MARKDOWN_ANYWAY: Final = frozenset(
    {"Discord", "Fluxer", "Guilded", "Mattermost", "Revolt", "Zulip"}
)
"""Services that read Markdown in whatever they are sent; apprise calls it text."""

_MARKUP: Final[Mapping[NotifyFormat, Markup]] = {
    NotifyFormat.TEXT: "text",
    NotifyFormat.MARKDOWN: "markdown",
    NotifyFormat.HTML: "html",
}
_URGENCY: Final[Mapping[Severity, NotifyType]] = {
    "low": NotifyType.INFO,
    "normal": NotifyType.INFO,
    "high": NotifyType.WARNING,
    "critical": NotifyType.FAILURE,
}
_SHORTEST_SECRET: Final = 6
"""Parts of an address that are as long may be a token: they are taken out of what it says."""


class _Ear(logging.Handler):
    """Hears what apprise says in this thread; nobody else is told (it would go to stderr)."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard = threading.local()

    def listen(self) -> list[str]:
        """A list that fills with what is said in this thread from now on."""
        heard: list[str] = []
        self._heard.words = heard
        return heard

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the words, if somebody listens in this thread."""
        words = getattr(self._heard, "words", None)
        if words is not None:
            words.append(record.getMessage())


_EAR: Final = _Ear()
_LOGGER: Final = logging.getLogger("apprise")
_LOGGER.addHandler(_EAR)
_LOGGER.propagate = False

_ASSET: Final = AppriseAsset(
    app_id="Wirewatch",
    app_desc="Wirewatch",
    app_url="",
    image_url_mask="",  # pictures of somebody else's server
    image_url_logo="",
    http_redirects=False,
    interpret_emojis=False,
    pgp_autogen=False,
    pem_autogen=False,
)


def opened(url: str, timeout_s: float) -> Service | None:
    """The service at this address; None when apprise makes nothing of it.

    It may take that long, where the address does not say (`rto`, `cto`): apprise has four seconds.
    """
    _EAR.listen()
    try:
        plugin = Apprise.instantiate(url, asset=_ASSET)
    except AppriseException:
        return None
    if plugin is None:
        return None
    said = parse_qs(urlsplit(url).query)
    if "rto" not in said:
        plugin.socket_read_timeout = timeout_s
    if "cto" not in said:
        plugin.socket_connect_timeout = timeout_s
    return Service(plugin, url)


class Service:
    """A service, ready to be told; used by one thread at a time."""

    def __init__(self, plugin: NotifyBase, url: str) -> None:
        self.name = str(plugin.service_name)
        self._plugin = plugin
        parts = re.split(r"[/?&=@:#]+", url.partition("://")[2])
        secret = {part for each in parts for part in (each, unquote(each))}
        self._secret = tuple(part for part in secret if len(part) >= _SHORTEST_SECRET)
        anyway = self.name in MARKDOWN_ANYWAY
        self._format = plugin.resolve_format(NotifyFormat.MARKDOWN if anyway else None)
        self._markup: Markup = "markdown" if anyway else _MARKUP[self._format]

    def words(self, message: Message, zone: tzinfo) -> tuple[str, str]:
        """Title and body, within the service's limits; no title where it has none."""
        plugin, said = self._plugin, heading(message, zone)
        title = clip(said, plugin.title_maxlen) if plugin.title_maxlen > 0 else ""
        at_most = plugin.body_maxlen - plugin.overflow_buffer
        if plugin.overflow_amalgamate_title:
            at_most -= len(title)
        body = written(
            note_of(message, zone), self._markup, at_most=at_most, title="" if title else said
        )
        if plugin.body_max_line_count > 0:
            rows = [row for row in body.split("\n") if row]
            first, rest = (
                rows[: plugin.body_max_line_count - 1],
                rows[plugin.body_max_line_count - 1 :],
            )
            body = "\n".join([*first, " ".join(rest)])
        return title, body or said

    def tell(self, message: Message, zone: tzinfo) -> tuple[bool, str]:
        """Whether the service took it, and what was said about it, without the address."""
        heard = _EAR.listen()
        title, body = self.words(message, zone)
        try:
            took = self._plugin.notify(
                body=body,
                title=title,
                notify_type=_urgency(message),
                body_format=self._format,
                overflow=OverflowMode.TRUNCATE,
            )
        except AppriseException as error:
            return False, self._discreet(str(error))
        return bool(took), self._discreet(" ".join(heard))

    def _discreet(self, said: str) -> str:
        for part in self._secret:
            said = said.replace(part, "…")
        return said


def _urgency(message: Message) -> NotifyType:
    if isinstance(message, Digest):
        return _URGENCY[worst(message) or "normal"]
    if message.trouble is not None and message.trouble.until is not None:
        return NotifyType.SUCCESS
    return _URGENCY[message.severity]
