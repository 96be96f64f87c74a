"""A stranger's words made fit to be shown: one line, no controls; and the links that may leave.

What a feed, a server or Redis gave is never shown as it came. Escaping for HTML or JSON comes on
top of this, where the text is put in place.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.model import digest
from monitor.text.excerpt import clip as clip

# ESC sequences whole (CSI, and OSC with its end), so that no "[31m" stays behind. Each branch is
# linear: an OSC stops at the next ESC, BEL or OSC.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"
)
_SPACE = re.compile(r"\s+")
# Controls that are no space, DEL, C1; soft hyphen; invisible and bidi controls (but not the joiners
# that Persian and emoji need: U+200C, U+200D); interlinear marks; tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_ATOM = re.compile(r"_?[A-Za-z0-9-]{1,60}(?:[._][A-Za-z0-9-]{1,60}){0,3}")
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]|"

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
MAX_URL_CHARS = 2000
"""Longer links are not shown, which is said: mail programs and browsers cut them anyway."""


def too_long(url: str | None) -> str:
    """That a link is too long to be shown, in a line; "" where it is not."""
    length = len((url or "").strip())
    if length <= MAX_URL_CHARS:
        return ""
    return f"The link is too long to show: {length:,} characters"


def spaced(text: str) -> str:
    """The text without escape sequences, controls and bidi overrides; runs of space become one.

    Space at its ends stays, so that pieces of one sentence can be joined again.
    """
    text = _SEQUENCE.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = _SPACE.sub(" ", text)
    return _SURROGATE.sub("\ufffd", text)


def line(text: str) -> str:
    """The text as one safe line, without space at its ends."""
    return " ".join(spaced(text).split(" ")).strip()


def isolated(text: str) -> str:
    """Right-to-left text walled off, so that it does not reorder what stands beside it."""
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def atom(text: str) -> str:
    """Text fit for an id in a header or a command: itself if plain, else a name made from it."""
    return text if _ATOM.fullmatch(text) else digest(text)


def link(url: str | None) -> str | None:
    """The link if it may leave: http or https, a plain host, ASCII only; else None.

    A well-formed ASCII link comes back as it was. Other letters are percent-encoded, a host in
    another script is shown in its ASCII form (xn--…, so look-alikes show), and a user name before
    the host, the classic disguise, is dropped.
    """
    url = (url or "").strip()
    if len(url) > MAX_URL_CHARS or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    if "\\" in parts.netloc:  # browsers take it for a slash and go to what stands before it
        return None
    where = host if port is None else f"{host}:{port}"
    if where == parts.netloc.lower():
        where = parts.netloc
    path, query, fragment = (
        quote(part, safe=_URL_SAFE) for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, where, path, query, fragment))
