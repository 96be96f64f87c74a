"""What went wrong, in our words: each error of aiohttp becomes one of the FetchError family."""

from __future__ import annotations

import os
from typing import Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from monitor.errors import FetchError, TimedOut, Unreachable

# The first row that fits. `{host}`, `{port}`, `{reason}` (the system's words) and `{total_s}` are
# filled in. There is no row for ClientError itself: a test fails when aiohttp grows a new kind.
FAULTS: Final[tuple[tuple[type[Exception], type[FetchError], str], ...]] = (
    (
        aiohttp.ClientProxyConnectionError,
        Unreachable,
        "no connection to the proxy of {host}: {reason}; check `proxy` of the source",
    ),
    (
        aiohttp.ClientHttpProxyError,
        Unreachable,
        "the proxy of {host} does not let us through; check its user and password",
    ),
    (
        aiohttp.ClientConnectorCertificateError,
        Unreachable,
        "{host} has no valid TLS certificate; its owner must renew it",
    ),
    (
        aiohttp.ClientSSLError,
        Unreachable,
        "no TLS connection to {host} port {port}; it speaks another version",
    ),
    (
        aiohttp.ServerFingerprintMismatch,
        Unreachable,
        "{host} has another TLS certificate than expected",
    ),
    (
        aiohttp.ClientConnectorDNSError,
        Unreachable,
        "the name {host} does not resolve; check its spelling, and the DNS of this machine",
    ),
    (TimeoutError, TimedOut, "{host} port {port} did not answer in full within {total_s:g} s"),
    (
        aiohttp.ServerDisconnectedError,
        Unreachable,
        "{host} port {port} closed the connection unanswered",
    ),
    (aiohttp.ClientConnectionError, Unreachable, "no connection to {host} port {port}: {reason}"),
    (aiohttp.ClientPayloadError, Unreachable, "the answer of {host} broke off"),
    (aiohttp.UploadAbortedError, Unreachable, "{host} stopped taking the request"),
    (aiohttp.InvalidURL, FetchError, "{host} is no web address; write http(s)://host/path"),
    (aiohttp.NonHttpUrlClientError, FetchError, "{host} is no http(s) address"),
    (aiohttp.RedirectClientError, FetchError, "{host} redirects to what is no web address"),
    (aiohttp.ClientResponseError, FetchError, "what {host} answers is not HTTP we can read"),
    (HttpProcessingError, FetchError, "what {host} answers is not HTTP we can read"),
    (OSError, Unreachable, "no connection to {host} port {port}: {reason}"),
    (UnicodeError, FetchError, "{host} is no host name"),
)
FOREIGN: Final = (aiohttp.ClientError, HttpProcessingError, OSError, TimeoutError, UnicodeError)


def translated(
    error: Exception, *, host: str, port: int | None, url: str, total_s: float
) -> FetchError:
    """Our error for one of aiohttp's or the system's. `url` must hold no credentials."""
    for foreign, ours, message in FAULTS:
        if isinstance(error, foreign):
            return ours(
                message.format(host=host, port=port, reason=_reason(error), total_s=total_s),
                url=url,
            )
    return FetchError(f"{host} could not be asked ({type(error).__name__})", url=url)


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number).lower() if number and number > 0 else "it broke off"
