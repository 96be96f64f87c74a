"""What stands in Redis is untrusted: a value that is not what we write is named by its key, once,
and left out of what is read beside it; where nothing else was asked for, it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import msgspec
from redis.client import Pipeline
from structlog.typing import FilteringBoundLogger

from monitor.errors import ParseError, Unreadable
from monitor.store.redis import text_of, translated

NOT_OURS: Final = (
    msgspec.MsgspecError,
    ParseError,
    ArithmeticError,
    KeyError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading a value raises that somebody else wrote: times beyond all clocks are OverflowError
or OSError."""

MOST: Final = 200
"""Places that are remembered, and named, by one process."""

Value = TypeVar("Value")
Read = TypeVar("Read")


@contextmanager
def reading(key: str, field: str = "") -> Iterator[None]:
    """Raise Unreadable for what goes wrong where a value of that key is read."""
    try:
        yield
    except NOT_OURS as error:
        said = f"{type(error).__name__}: {error}"
        raise Unreadable(said, key=key, field=field) from error


class Damage:
    """What was left out by one store. With a log each place is told there, once."""

    def __init__(self, log: FilteringBoundLogger | None = None) -> None:
        self._log = log
        self._found: dict[tuple[str, str], Unreadable] = {}

    @property
    def found(self) -> tuple[Unreadable, ...]:
        """What was left out so far, each place once."""
        return tuple(self._found.values())

    def note(self, error: Unreadable) -> None:
        """This was left out."""
        place = error.key, error.field
        if place in self._found or len(self._found) >= MOST:
            return
        self._found[place] = error
        if self._log is not None:
            self._log.error("value.refused", key=error.key, field=error.field, reason=str(error))

    def answers(self, pipe: Pipeline, names: Sequence[str]) -> list[Any]:
        """What each command of a pipeline, one for each of these keys, is answered; None for a key
        of another type than ours.
        """
        with translated(*names):
            answers = pipe.execute(raise_on_error=False)
        return [self._answer(name, each) for name, each in zip(names, answers, strict=True)]

    def _answer(self, name: str, answer: object) -> object:
        try:
            with translated(name):
                if isinstance(answer, Exception):
                    raise answer
        except Unreadable as error:
            self.note(error)
            return None
        return answer

    def readable(
        self,
        key: str,
        rows: Iterable[tuple[object, Value]],
        read: Callable[[str, Value], Read],
    ) -> list[Read]:
        """What is read of the fields of one key, given as (field, value), without the broken."""
        return self.each(((key, text_of(field), value) for field, value in rows), read)

    def each(
        self, rows: Iterable[tuple[str, str, Value]], read: Callable[[str, Value], Read]
    ) -> list[Read]:
        """The same of many keys, given as (key, field, value); `read` is given field and value."""
        found = []
        for key, field, value in rows:
            try:
                with reading(key, field):
                    found.append(read(field, value))
            except Unreadable as error:
                self.note(error)
        return found
