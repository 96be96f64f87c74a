"""The connection, the scripts, and the one place where redis-py's errors become ours.

redis-py sends a command again after a lost reply (up to ten times by default). That is welcome
here: every script answers a repeat as it answered the first time, or says that there was nothing
to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.commands.core import Script
from redis.retry import Retry
from redis.sentinel import Sentinel

from monitor.errors import Bug, CommandRefused, StoreUnavailable, Unreadable

Call = tuple[Sequence[str], Sequence[str | bytes | float]]
"""Keys and arguments of one run of a transition."""

WAIT_S = 5.0
"""How long a command may wait for its answer."""

UNAVAILABLE = (
    "OOM",
    "MISCONF",
    "READONLY",
    "LOADING",
    "NOREPLICAS",
    "BUSY",
    "MASTERDOWN",
    "UNBLOCKED",
)
"""Answers that pass by themselves: full, disk trouble, a replica, starting, a long script."""


MOST_NAMED = 20
"""Keys that an error names."""

_FORBIDDEN = "ACL failure in script"
_RIGHT = re.compile(r"has no permissions to run the '([^']+)' command")
_USER = re.compile(r"\bUser (\S+) has no permissions")
_OF_PIPELINE = re.compile(r"^Command # \d+ \(\S+ (\S+?)[ )]")


_CALLED = re.compile(r"redis\.call\('([A-Z]+)'")
_RIGHTS = (
    "for _, name in ipairs({{ {commands} }}) do if not redis.acl_check_cmd(name, KEYS[1]) then"
    " return redis.error_reply('NOPERM our user has no permissions to run the \\'' .. name:lower()"
    " .. '\\' command') end end "
)


@cache
def script(name: str) -> str:
    """The text of one transition, `lua/<name>.lua`, that looks first whether our user may run all
    it is made of: else a right that is missing in its middle would leave half of it done.
    """
    text = (files("monitor.store") / "lua" / f"{name}.lua").read_text("utf-8")
    commands = ", ".join(f"'{word}'" for word in sorted(set(_CALLED.findall(text))))
    return _RIGHTS.format(commands=commands) + text


def connect(url: str, within_s: float | None = None) -> redis.Redis:
    """A client of its own for one process and role; nothing is sent yet. It asks five times more
    where there is no answer, or, `within_s` that time, never.
    """
    wait_s, more = (WAIT_S, 5) if within_s is None else (within_s, 0)
    options: dict[str, Any] = {
        "socket_timeout": wait_s,
        "socket_connect_timeout": wait_s,
        "health_check_interval": 30,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.5), more),
    }
    if "+sentinel://" in url:
        return _of_sentinels(url, options)
    return redis.Redis.from_url(url, **options)


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
    sentinels = Sentinel(  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        [(host.strip("[]"), int(port)) for host, _, port in places],
        sentinel_kwargs={"socket_timeout": WAIT_S, "socket_connect_timeout": WAIT_S} | secure,
    )
    master: redis.Redis = sentinels.master_for(  # type: ignore[no-untyped-call]  # the same
        service,
        db=int(database or 0),
        username=unquote(user) or None,
        password=unquote(password) or None,
        **(options | secure),
    )
    return master


@contextmanager
def translated(*keys: str, user: str = "NAME") -> Iterator[None]:
    """Raise our errors for redis-py's: StoreUnavailable where waiting may help, CommandRefused
    where somebody has to give us a right, Unreadable where a key is of another type than ours, Bug
    otherwise. `keys` are those it is about, `user` who asks, where that is known; of a pipeline
    redis-py says which.
    """
    try:
        yield
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
        raise StoreUnavailable(f"Redis does not answer: {error}") from error
    except (
        redis.exceptions.OutOfMemoryError,
        redis.exceptions.ReadOnlyError,
        redis.exceptions.TryAgainError,
    ) as error:
        raise StoreUnavailable(f"Redis does not take writes now: {error}") from error
    except redis.exceptions.ResponseError as error:
        if any(word in str(error) for word in UNAVAILABLE):
            raise StoreUnavailable(f"Redis does not take writes now: {error}") from error
        if isinstance(error, redis.exceptions.NoPermissionError) or _FORBIDDEN in str(error):
            raise CommandRefused(_refused(str(error), user)) from error
        if "WRONGTYPE" in str(error):
            said = _OF_PIPELINE.search(str(error))
            about = ", ".join(keys[:MOST_NAMED]) or (said[1] if said else "a key")
            raise Unreadable("it is of another type", key=about) from error
        ids = {"keys": ", ".join(keys[:MOST_NAMED])} if keys else {}
        raise Bug(f"Redis refused what we sent: {error}", **ids) from error
    except redis.exceptions.RedisError as error:
        raise Bug(f"redis-py: {error}") from error


def _refused(said: str, user: str) -> str:
    """What our user may not do, and how it may."""
    right, named = _RIGHT.search(said), _USER.search(said)
    name = named[1] if named else user
    if right is None:
        return (
            f"Redis does not let our user use a key: everything waits ({said}). Allow it with"
            f" `ACL SETUSER {name} ~ww:* ~rq:*` (deploy/valkey/users.acl has all that we use)"
        )
    return (
        f"Redis does not let our user run {right[1]!r}: everything waits. Allow it with"
        f" `ACL SETUSER {name} +{right[1]}` (deploy/valkey/users.acl lists all that we use)"
    )


class Scripts:
    """The transitions, loaded once per client and called by name."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self._loaded: dict[str, Script] = {}
        self._user = str(client.connection_pool.connection_kwargs.get("username") or "default")

    def __call__(self, name: str, keys: Sequence[str], args: Sequence[str | bytes | float]) -> Any:
        """Run one transition. Raises StoreUnavailable or Bug."""
        loaded = self._loaded.get(name)
        if loaded is None:
            loaded = self._loaded[name] = self.client.register_script(script(name))
        with translated(*keys, user=self._user):
            return loaded(keys=list(keys), args=list(args))

    def many(self, name: str, calls: Sequence[Call]) -> Any:
        """Run one transition several times, in order, in one trip; answers a list."""
        loaded = self._loaded.setdefault(name, self.client.register_script(script(name)))
        with (
            translated(user=self._user),
            self.client.pipeline(transaction=False) as pipe,
        ):
            for keys, args in calls:
                loaded(keys=list(keys), args=list(args), client=pipe)
            return pipe.execute()


def rq_time(moment: datetime) -> str:
    """A time as RQ writes it into its job hashes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def bytes_of(value: bytes | str) -> bytes:
    """Bytes Redis gave us: our clients never decode, but redis-py's types allow for both."""
    return value if isinstance(value, bytes) else value.encode()


def text_of(value: object) -> str:
    """A string Redis gave us; what is not UTF-8 is shown with replacement marks."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
