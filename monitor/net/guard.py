"""May we connect to this address? Asked of the very address, at the moment a socket is made for it.

A check of the name before the request is no check: names resolve differently a second later, and
redirects lead elsewhere (both leaked in our loopback lab). So the guard is the connector's
`socket_factory`, behind which there is no further lookup.
"""

from __future__ import annotations

import errno
import socket
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import AddrInfoType

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

PORTS: Final = frozenset({80, 443, 8080, 8443})

# Not public, whatever `is_global` of Python 3.11 says of them. The single address is the host agent
# of a large cloud, reachable from every machine there.
_DENIED: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24",
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16",
        "3fff::/20", "5f00::/16", "fec0::/10",
    )
)  # fmt: skip


def address_of(text: str) -> Address:
    """The address a socket address spells, without its scope, an IPv4-mapped one as IPv4."""
    address = ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def number_of(host: str) -> Address | None:
    """The address that a host spells as a number, also as `2130706433` or `0177.1`, or None."""
    host = host.rstrip(".")  # "127.0.0.1." is a name to us, and the address to who resolves it
    try:
        return address_of(host)
    except ValueError:
        try:
            return ip_address(socket.inet_aton(host))
        except (OSError, UnicodeError):
            return None


def is_public(address: Address) -> bool:
    """Whether anyone on the internet could be meant by this address."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _DENIED if network.version == address.version)


class Guard:
    """Makes sockets for allowed addresses only, and remembers what it refused for the request.

    The connector folds several failed addresses of one host into one text; `refused` keeps our own
    words apart from it. Set a fresh list before each request: tasks started for it share the list.
    """

    refused: ContextVar[list[str]] = ContextVar("refused")

    def __init__(self, allow: tuple[Network, ...]) -> None:
        self._allow = allow

    def socket(self, info: AddrInfoType) -> socket.socket:
        """An unconnected socket for this entry of getaddrinfo.

        Raises OSError (EACCES) where the address is not public, or its port unusual, and it is not
        in the allow-list.
        """
        family, kind, protocol, _, place = info
        objection = self.objection(address_of(str(place[0])), int(place[1]))
        if objection:
            self.refused.get([]).append(objection)
            raise OSError(errno.EACCES, objection)
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    def allows(self, address: Address) -> bool:
        """Whether this address is public, or in the allow-list."""
        return self._is_listed(address) or is_public(address)

    def _is_listed(self, address: Address) -> bool:
        return any(address in net for net in self._allow if net.version == address.version)

    def objection(self, address: Address, port: int) -> str:
        """Why this port of this address may not be called, in words; "" where it may."""
        if self._is_listed(address):
            return ""
        if not is_public(address):
            return f"{address} is not a public address"
        if port not in PORTS:
            return f"port {port} of {address} is none of {', '.join(map(str, sorted(PORTS)))}"
        return ""
