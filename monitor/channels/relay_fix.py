"""What to write instead where a mail server wants its connection kept private in another way."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import aiosmtplib

if TYPE_CHECKING:
    from monitor.channels.relay import Relay

_TLS_PORT = 465


def fix_of(error: Exception, relay: Relay) -> str:
    """The `smtp` to write, with why; "" where the error comes from something else."""
    if relay.tls == "tls":
        if _speaks_no_tls(error):
            why = f"port {relay.port} speaks no TLS from the start"
            return f"{why}: {_written('smtp+starttls', relay, 587)}"
        return ""
    if relay.port == _TLS_PORT and not isinstance(error, aiosmtplib.SMTPResponseException):
        why = f"port {relay.port} speaks TLS from the start"
        return f"{why}: {_written('smtps', relay, _TLS_PORT)}"
    if "starttls" not in str(error).lower():
        return ""
    if relay.tls == "starttls":
        return (
            f"port {relay.port} offers no STARTTLS: {_written('smtps', relay, _TLS_PORT)} where it"
            " speaks TLS from the start,"
            f' or "smtp://{relay.host}:25" where nobody can listen on the way'
        )
    return f"it wants TLS: {_written('smtp+starttls', relay, relay.port)}"


def _written(scheme: str, relay: Relay, port: int) -> str:
    return f'write smtp = "{scheme}://{relay.host}:{port}"'


def _speaks_no_tls(error: BaseException | None) -> bool:
    """Whether what came in answer to a TLS greeting was no TLS."""
    while error is not None:
        if isinstance(error, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
