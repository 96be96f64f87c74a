"""Parsing feeds in a process that can be killed: `python -m monitor.sources.childparse`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from monitor.errors import ParseError
from monitor.model import ParsedSource, Source
from monitor.sources.killable import Readers, answer_questions, refusal_of

ANSWER_BYTES: Final = 64 << 20
"""Of a document of 10 MiB; its child may hold more than we want to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One document to read, and what the child must know of its source."""

    body: bytes
    source: str
    name: str | None
    language: str | None
    country: str | None
    tags: tuple[str, ...]
    distrusted: tuple[str, ...]
    url: str
    content_type: str | None
    fetched: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the child made of it: a parsed source, or the words and ids of a ParseError."""

    parsed: ParsedSource | None = None
    refused: str = ""
    ids: dict[str, str] = field(default_factory=dict)


_ENCODER: Final = msgspec.msgpack.Encoder()
_TASKS: Final = msgspec.msgpack.Decoder(Task)
_ANSWERS: Final = msgspec.msgpack.Decoder(Answer)


class Parser(Readers):
    """Reads feeds in child processes. Used as `async with Parser() as parser`."""

    module = "monitor.sources.childparse"

    async def parse(
        self, body: bytes, *, source: Source, url: str, content_type: str | None, fetched: datetime
    ) -> ParsedSource:
        """What `parse_feed` says of this document.

        Raises ParseError where the document is no feed, takes too long, or kills two children.
        """
        task = Task(
            body=body,
            source=source.id,
            name=source.name,
            language=source.language,
            country=source.country,
            tags=source.tags,
            distrusted=source.distrusted,
            url=url,
            content_type=content_type,
            fetched=fetched,
        )
        answer = _ANSWERS.decode(await self.ask(_ENCODER.encode(task), source=source.id))
        if answer.parsed is None:
            raise ParseError(answer.refused, **answer.ids)
        return answer.parsed


def load() -> Callable[[bytes], bytes]:
    """What answers in the child; the parent has no need of feedparser."""
    from monitor.sources.feed import parse_feed

    return lambda question: _answer(_TASKS.decode(question), parse_feed)


def _answer(task: Task, parse_feed: Callable[..., ParsedSource]) -> bytes:
    try:
        answer = _ENCODER.encode(
            Answer(
                parsed=parse_feed(
                    task.body,
                    source=Source(
                        id=task.source,
                        url=task.url,
                        name=task.name,
                        language=task.language,
                        country=task.country,
                        tags=task.tags,
                        distrusted=task.distrusted,
                    ),
                    url=task.url,
                    content_type=task.content_type,
                    fetched=task.fetched,
                )
            )
        )
        if len(answer) <= ANSWER_BYTES:
            return answer
        refused = f"the articles of this document are more than {ANSWER_BYTES >> 20} MiB"
    except ParseError as error:
        return _ENCODER.encode(Answer(refused=error.message, ids=error.ids))
    except Exception as error:  # noqa: BLE001  the fence: what a document does to us ends here
        refused = refusal_of(error)
    return _ENCODER.encode(Answer(refused=refused, ids={"source": task.source}))


if __name__ == "__main__":
    answer_questions(load)
