"""What `channels.toml` says of mail: the server and whom it trusts, addresses, how to leave."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from monitor.channels.safe import link

Tls = Literal["none", "starttls", "tls"]

_SCHEMES: Final[dict[str, tuple[Tls, int]]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_WANTED = "wanted smtp://host:25, smtp+starttls://user@host:587 or smtps://host:465"
_WANTED_ADDRESS = "wanted desk@example.org or Desk <desk@example.org>"
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
MAX_ADDRESS_CHARS = 254
_WANTED_LEAVE = "wanted https://host/leave or mailto:leave@host"
_WANTED_PEM = "wanted a file of certificates in PEM, from the root on"
_LEAVE = re.compile(r"[!#-+\--;=?-\[\]-~]{1,500}")
"""Printable ASCII that may stand between < and >: no comma, which would part two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A mail server: host, port, how the connection is kept private, the user named in the URL."""

    host: str
    port: int
    tls: Tls
    user: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether what is sent there in clear stays on this machine."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


def parse_relay(value: object) -> Relay:
    """The server an `smtp` URL names. Raises ValueError in plain words."""
    if not isinstance(value, str):
        raise ValueError(f"not text, {_WANTED}")  # noqa: TRY004  pydantic collects ValueErrors only
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"not a URL ({error}), {_WANTED}") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(_WANTED)
    if parts.password is not None:
        raise ValueError('a password in the URL, wanted password = "env:NAME" beside it')
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"something behind the port, {_WANTED}")
    tls, usual_port = _SCHEMES[parts.scheme]
    user = unquote(parts.username) if parts.username else None
    return Relay(host=parts.hostname, port=port or usual_port, tls=tls, user=user)


def parse_address(value: object) -> Address:
    """One mail address, with or without a name before it. Raises ValueError in plain words.

    Stricter than RFC 5322, which allows comments, quoted names and groups that nobody means; the
    standard library's parser allows them too, and fails on "a@" with an IndexError.
    """
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(f"not one line of text, {_WANTED_ADDRESS}")
    name, opening, rest = value.strip().rpartition("<")
    address = rest.removesuffix(">") if opening else rest
    if not address.isascii():
        raise ValueError("not ASCII, wanted a domain of another script in its xn-- form")
    if rest.endswith(">") != bool(opening) or not _ADDRESS.fullmatch(address):
        raise ValueError(f"not one mail address, {_WANTED_ADDRESS}")
    if len(address) > MAX_ADDRESS_CHARS:
        raise ValueError(f"too long, wanted at most {MAX_ADDRESS_CHARS} characters (RFC 5321)")
    username, _, domain = address.partition("@")
    return Address(name.strip().strip('"'), username, domain)


def parse_addresses(value: object) -> tuple[Address, ...]:
    """A list of mail addresses, at least one. Raises ValueError for the first that is wrong."""
    if not isinstance(value, list | tuple):
        raise ValueError('not a list, wanted to = ["desk@example.org"]')  # noqa: TRY004  see above
    if not value:
        raise ValueError('nobody, wanted to = ["desk@example.org"]')
    return tuple(parse_address(each) for each in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Certificates in PEM that a mail server's may be signed by, beside those the system trusts."""

    pem: str = field(repr=False)

    def trusted(self) -> ssl.SSLContext:
        """TLS that trusts them. Raises ssl.SSLError for what holds none."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=self.pem)
        return context


def parse_certificates(value: object) -> Certificates:
    """The certificates of a file, or given as such by `file:`. Raises ValueError in plain words."""
    if not isinstance(value, str):
        raise ValueError(_WANTED_PEM)  # noqa: TRY004  see above
    pem = value if value.lstrip().startswith("-----BEGIN") else _text_of(value)
    found = Certificates(pem=pem)
    try:
        found.trusted()
    except (ssl.SSLError, ValueError):  # ValueError: an empty file
        raise ValueError(f"found none in it, {_WANTED_PEM}") from None
    return found


def _text_of(path: str) -> str:
    if not path.startswith("/") or "\0" in path:  # services start anywhere
        raise ValueError(_WANTED_PEM)
    try:
        return Path(path).read_text("ascii", "ignore")  # comments in it may be in any script
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise ValueError(f"found {path!r}: {reason}, {_WANTED_PEM}") from None


def parse_unsubscribe(value: object) -> str:
    """Where readers leave: https: or mailto:. Raises ValueError in plain words."""
    if not isinstance(value, str) or not _LEAVE.fullmatch(value):
        raise ValueError(f"not an address of plain characters (no space, comma), {_WANTED_LEAVE}")
    scheme, _, rest = value.partition(":")
    if scheme == "mailto" and _ADDRESS.fullmatch(rest.partition("?")[0]):
        return value
    if scheme == "https" and link(value) == value:
        return value
    raise ValueError(_WANTED_LEAVE)
