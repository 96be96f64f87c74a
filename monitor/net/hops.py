"""Addresses on the way: which can be asked, where a redirect leads, how they are shown."""

from __future__ import annotations

from yarl import URL

from monitor.errors import AddressRefused, FetchError


def address_to(url: str) -> URL:
    """The URL, if it is one we can ask at all."""
    try:
        address = URL(url.strip())
        known = address.scheme in {"http", "https"} and bool(address.host) and bool(address.port)
    except ValueError as error:
        raise FetchError("no web address; write http(s)://host/path") from error
    if not known:
        raise FetchError("no web address; write http(s)://host/path", url=shown(address))
    return address


def next_hop(url: URL, location: str) -> URL:
    """Where a redirect leads, without credentials of its own."""
    try:
        target = url.join(URL(location.strip()))
        known = target.scheme in {"http", "https"} and bool(target.host) and bool(target.port)
    except ValueError as error:
        raise FetchError(f"{url.host} redirects to what is no web address") from error
    if not known:
        raise AddressRefused(
            f"{url.host} redirects to an address of {target.scheme or 'no scheme'}:"
            " only http and https are fetched"
        )
    if url.scheme == "https" and target.scheme == "http":
        raise AddressRefused(
            f"{url.host} redirects from https to http, which anyone on the way can change;"
            f" if that is right, give http://{target.host}… as the address"
        )
    same = target.origin() == url.origin()
    return target.with_user(url.user).with_password(url.password) if same else bare(target)


def bare(url: URL) -> URL:
    """The URL without credentials."""
    return url.with_user(None) if url.user or url.password else url


def shown(url: URL) -> str:
    """The URL as it may stand in a log: credentials and queries can be secrets."""
    return str(bare(url).with_query(None).with_fragment(None)) if url.host else url.scheme
