"""The connection to Redis: by its address, over TLS, through sentinels; and why there is none, in
words: what redis-py says of it is meant for programmers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

WAIT_S: Final = 5.0
"""How long a command may wait for its answer."""

COMMAND_S: Final = 4.0
"""So long one waits for whom a person waits, once."""

_PLACE: Final = re.compile(r"connecting to (\S+:\d+)")
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
_NO_HELLO: Final = "handshake operation timed out"


def connect(url: str, within_s: float | None = None) -> redis.Redis:
    """A client of its own for one process and role; nothing is sent yet. It asks five times more
    where there is no answer, or, `within_s` that time, never.

    No PING comes before a command: Redis refuses it while its disk is full, though it answers what
    only reads.
    """
    wait_s, more = (WAIT_S, 5) if within_s is None else (within_s, 0)
    options: dict[str, Any] = {
        "socket_timeout": wait_s,
        "socket_connect_timeout": wait_s,
        "health_check_interval": 0,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.5), more),
    }
    if "+sentinel://" in url:
        return _of_sentinels(url, options)
    return redis.Redis.from_url(url, **options)


class _Sentinels(Sentinel):
    """Sentinels that say in words why they name no master."""

    places: Sequence[str] = ()

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Its address. Raises MasterNotFoundError."""
        try:
            host, port = super().discover_master(service_name)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        except MasterNotFoundError as error:
            who = ", ".join(self.places)
            if " - " in str(error):  # what went wrong with one of them
                said = f"no sentinel of {who} names the master {service_name!r}: not all answer"
            else:
                said = f"the sentinels {who} answer, and know no master {service_name!r}"
            raise MasterNotFoundError(said) from None
        except redis.exceptions.ResponseError as error:
            who = ", ".join(self.places)
            raise MasterNotFoundError(f"of {who} one is no sentinel ({error})") from None
        return str(host), int(port)


def _of_sentinels(url: str, options: dict[str, Any]) -> redis.Redis:
    """A client of the master that the sentinels name, asked anew for each connection.

    redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/SERVICE/DB; the login is for the master.
    """
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    service, _, database = parts.path.strip("/").partition("/")
    places = [host.rpartition(":") for host in hosts.split(",")]
    secure: dict[str, Any] = {"ssl": True} if parts.scheme == "rediss+sentinel" else {}
    secure |= {name: value for name, value in parse_qsl(parts.query) if name == "ssl_ca_certs"}
    wait_s = options["socket_timeout"] / len(places)
    sentinels = _Sentinels(  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        [(host.strip("[]"), int(port)) for host, _, port in places],
        sentinel_kwargs={
            "socket_timeout": wait_s,
            "socket_connect_timeout": wait_s,
            "retry": Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.5), 0),
        }
        | secure,
    )
    sentinels.places = hosts.split(",")
    master: redis.Redis = sentinels.master_for(  # type: ignore[no-untyped-call]  # the same
        service,
        db=int(database or 0),
        username=unquote(user) or None,
        password=unquote(password) or None,
        **(options | secure),
    )
    return master


def away(error: redis.exceptions.RedisError) -> str:
    """Why Redis does not answer."""
    said = str(error)
    if isinstance(error.__context__, OSError):  # a server that waits for a command answers no hello
        said += f" {error.__context__}"
    if isinstance(error, MasterNotFoundError):
        return f"Redis does not answer: {said}"
    place = _PLACE.search(said)
    at = f" at {place[1]}" if place else ""
    if any(word in said for word in _NO_TLS):
        return (
            f"Redis does not answer: what listens{at} does not speak TLS. Name its port for TLS,"
            " or write redis:// for rediss:// into [redis] url"
        )
    if _NO_HELLO in said:
        return (
            f"Redis does not answer: what listens{at} begins no TLS in time. It hangs, or does not"
            " speak TLS: is the port in [redis] url that for TLS?"
        )
    if "CERTIFICATE_VERIFY_FAILED" in said:
        why = said.partition("certificate verify failed: ")[2].partition(" (_ssl")[0]
        return (
            f"Redis does not answer: its certificate{at} is not trusted ({why or 'TLS'}). Name the"
            " authority that signed it in [redis] url: ?ssl_ca_certs=/PATH"
        )
    if isinstance(error, redis.exceptions.TimeoutError):
        what = "no connection could be made" if "connecting" in said else "no answer came"
        return f"Redis does not answer: {what}{at} in time. It hangs, or a network between does"
    return f"Redis does not answer: {error}"


def refusal(error: redis.exceptions.RedisError) -> str:
    """Why Redis takes no writes though it answers, and what to do; "" where this says otherwise."""
    said = str(error)
    for word, why in _REFUSALS.items():
        if word in said:
            return f"Redis takes no writes: {why}"
    return ""


_FULL: Final = (
    "it is full (maxmemory). Give it more memory, or keep less: [retention] stories"
    " (docs/operations.md, Memory)"
)
_REFUSALS: Final = {
    "MISCONF": "it cannot write to its disk. Free the disk of its machine; its log says which file",
    "OOM": _FULL,
    "used memory > 'maxmemory'": _FULL,
    "READONLY": "it is a replica. Name the primary in [redis] url",
    "read only replica": "it is a replica. Name the primary in [redis] url",
    "NOREPLICAS": "too few replicas follow it (min-replicas-to-write). Bring them back",
}
