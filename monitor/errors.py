"""Every error of ours, as a tree.

WirewatchError                 anything we raise on purpose
|-- ConfigError                config/ or an environment variable cannot be used: all problems
|-- QueryError                 a query of the watch language is refused: where, what, the fix
|-- SourceError                news could not be got
|   |-- FetchError             the other side did not give us the bytes
|   |   |-- AddressRefused     the address connected to is private and not on the allow-list
|   |   |-- TimedOut           the deadline ran out
|   |   |-- TooLarge           more bytes than the cap, on the wire or after decompression
|   |   |-- Unreachable        no connection: DNS, refused, reset, TLS
|   |   `-- BadStatus          the server answered, but not with the document
|   `-- ParseError             the bytes are not what they should be
|-- StoreError                 Redis could not do it
|   |-- StoreUnavailable       no connection, loading, read-only, or full: wait and try again
|   |   |-- WritesRefused      it answers, and takes no writes: full, a disk, a replica
|   |   `-- CommandRefused     our user has no right to a command: wait until somebody gives it
|   |-- StoreConflict          our lease or a version is no longer ours: decide again
|   |-- Deposed                another poller leads: what this one fetched is not taken
|   `-- SchemaMismatch         Redis holds the data of another version of Wirewatch
|-- ChannelError               an alert could not leave
|   |-- ChannelUnavailable     it may work later
|   `-- ChannelRefused         it will not work however often we try
|-- EmbeddedError              the private server cannot start, or another run holds the data folder
`-- Bug                        what must not happen; please report it
    `-- Unreadable             what stands in Redis is not what we write

An error says what was found, what was wanted and what to do; `ids` name the source, watch, file or
alert it is about. All of them survive pickling, so they cross processes whole.
"""

from __future__ import annotations

from dataclasses import dataclass


class WirewatchError(Exception):
    """Something we raise on purpose, with the ids it is about."""

    def __init__(self, message: str, **ids: str) -> None:
        super().__init__(message)
        self.message = message
        self.ids = ids

    def __str__(self) -> str:
        about = ", ".join(f"{name} {value}" for name, value in self.ids.items())
        return f"{self.message} ({about})" if about else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.message, self.ids, self.__dict__.copy())


def _rebuilt(
    kind: type[WirewatchError], message: str, ids: dict[str, str], state: dict[str, object]
) -> WirewatchError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    error.message, error.ids = message, ids
    return error


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One thing wrong in the configuration: where, what was found, what was wanted, the fix."""

    file: str
    table: str
    key: str
    found: str
    wanted: str
    fix: str = ""

    def __str__(self) -> str:
        place = " ".join(
            part for part in (self.file, f"[{self.table}]" if self.table else "", self.key) if part
        )
        said = [f"found {self.found}"] if self.found else []
        said += [f"wanted {self.wanted}"] if self.wanted else []
        return f"{place}: {', '.join(said)}" + (f". {self.fix}" if self.fix else "")


class ConfigError(WirewatchError):
    """The configuration cannot be used; `problems` lists everything wrong with it at once."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"{count} in the configuration:\n" + "\n".join(f"  {problem}" for problem in problems)
        )
        self.problems = problems


class QueryError(WirewatchError):
    """A query is refused.

    `query` is the text as given, `column` counts characters from 1, `problem` says what was found,
    `fix` what to write instead (for an ambiguous query: both readings, one a line).
    """

    def __init__(self, problem: str, *, query: str, column: int, fix: str = "") -> None:
        shown = " ".join(query.split("\n"))
        text = f"{problem}\n    {shown}\n    {' ' * (column - 1)}^"
        super().__init__(f"{text}\n  {fix}" if fix else text)
        self.problem, self.query, self.column, self.fix = problem, query, column, fix


class SourceError(WirewatchError):
    """News could not be got from a source."""


class FetchError(SourceError):
    """The other side did not give us the bytes."""


class AddressRefused(FetchError):
    """The address connected to is private and not on the allow-list of `[net] allow`."""


class TimedOut(FetchError):
    """The deadline ran out."""


class TooLarge(FetchError):
    """More bytes than the cap, on the wire or after decompression."""


class Unreachable(FetchError):
    """No connection: DNS, refused, reset or TLS."""


class BadStatus(FetchError):
    """The server answered, but not with the document; `status` is the HTTP status code.

    `retry_after_s` is what its Retry-After asked for, in seconds, or None.
    """

    def __init__(
        self, message: str, *, status: int, retry_after_s: float | None = None, **ids: str
    ) -> None:
        super().__init__(message, **ids)
        self.status, self.retry_after_s = status, retry_after_s


class ParseError(SourceError):
    """The bytes are not what they should be: not a feed, empty, binary, too slow to read."""


class StoreError(WirewatchError):
    """Redis could not do it."""


class StoreUnavailable(StoreError):
    """Redis does not answer or does not take writes now; waiting may help."""


class WritesRefused(StoreUnavailable):
    """Redis answers, and takes no writes: it is full, its disk is, or it is a replica."""


class CommandRefused(StoreUnavailable):
    """Our user in Redis lacks the right to a command or key; once it has it, all goes on."""


class StoreConflict(StoreError):
    """A lease or version is no longer ours; what was decided on it is void."""


class Deposed(StoreError):
    """Another poller leads now; what was fetched by this one is void, and fetched by that one."""


class SchemaMismatch(StoreError):
    """Redis holds the data of another version of Wirewatch; nothing was touched."""


class ChannelError(WirewatchError):
    """An alert could not leave."""


class ChannelUnavailable(ChannelError):
    """It may work later."""


class ChannelRefused(ChannelError):
    """It will not work however often we try."""


class EmbeddedError(WirewatchError):
    """The private server cannot start, or another run holds the data folder."""


class Bug(WirewatchError):
    """What must not happen; please report it."""


class Unreadable(Bug):
    """What stands in Redis is not what we write; `key` and `field` say where."""

    def __init__(self, why: str, *, key: str, field: str = "") -> None:
        place, removes = (f"{key}, field {field}", "HDEL") if field else (key, "DEL")
        super().__init__(
            f"{place}: not what Wirewatch writes into Redis ({why}). It was left as it is; restore"
            f" a backup, or remove it with {removes} in redis-cli if you can do without"
        )
        self.key, self.field = key, field
