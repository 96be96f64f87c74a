"""The scripts, and the one place where redis-py's errors become ours.

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

import redis
from redis.commands.core import Script

from monitor.errors import Bug, CommandRefused, StoreUnavailable, Unreadable, WritesRefused
from monitor.store.connecting import away, refusal

Call = tuple[Sequence[str], Sequence[str | bytes | float]]
"""Keys and arguments of one run of a transition."""

UNAVAILABLE = ("LOADING", "BUSY", "MASTERDOWN", "UNBLOCKED")
"""Answers that pass by themselves: starting, a long script, a failover."""


MOST_NAMED = 20
"""Keys that an error names."""

_FORBIDDEN = "ACL failure in script"
_RIGHT = re.compile(r"has no permissions to run the '([^']+)' command")
_USER = re.compile(r"\bUser (\S+) has no permissions")
_OF_PIPELINE = re.compile(r"^Command # \d+ \((?:EVALSHA \S+ \d+|\S+) (\S+?)[ )]")


_CALLED = re.compile(r"redis\.p?call\('([A-Z]+)'")
_RIGHTS = (
    "for _, call in ipairs({{ {rows} }}) do if not redis.acl_check_cmd(unpack(call)) then"
    " return redis.error_reply('NOPERM our user has no permissions to run the \\''"
    " .. call[1]:lower() .. '\\' command') end end "
)
_WORDS = {
    "RENAME": "KEYS[1], KEYS[1]",
    "SET": "KEYS[1], ''",
    "ZUNIONSTORE": "KEYS[1], 1, KEYS[1]",
}
"""What a command is asked about with, where a key alone is too little: the server looks for all its
keys, also beyond the end of what it was given, and dies of that (Valkey 8.1)."""


@cache
def script(name: str) -> str:
    """The text of one transition, `lua/<name>.lua`, that looks first whether our user may run all
    it is made of: else a right that is missing in its middle would leave half of it done.
    """
    text = (files("monitor.store") / "lua" / f"{name}.lua").read_text("utf-8")
    called = sorted(set(_CALLED.findall(text)))
    rows = (f"{{ '{word}', {_WORDS.get(word, 'KEYS[1]')} }}" for word in called)
    return _RIGHTS.format(rows=", ".join(rows)) + text


@contextmanager
def translated(*keys: str, user: str = "NAME") -> Iterator[None]:
    """Raise our errors for redis-py's: StoreUnavailable where waiting may help, WritesRefused where
    it answers and takes no writes, CommandRefused
    where somebody has to give us a right, Unreadable where a key is of another type than ours, Bug
    otherwise. `keys` are those it is about, `user` who asks, where that is known; of a pipeline
    redis-py says which.
    """
    try:
        yield
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
        raise StoreUnavailable(away(error)) from error
    except redis.exceptions.ResponseError as error:
        if why := refusal(error):
            raise WritesRefused(why) from error
        if isinstance(error, redis.exceptions.TryAgainError) or any(
            word in str(error) for word in UNAVAILABLE
        ):
            raise StoreUnavailable(f"Redis is busy: {error}") from error
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
