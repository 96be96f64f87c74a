"""Reading pages in a process that can be killed: `python -m monitor.sources.childpage`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Final, assert_never

import msgspec

from monitor.errors import ParseError
from monitor.model import Article
from monitor.sources.killable import Readers, answer_questions, refusal_of
from monitor.sources.robots import Leave


class _Page(msgspec.Struct, frozen=True, kw_only=True, tag="page"):
    """Which article stands on this page?"""

    body: bytes
    fetched: datetime


class _Rules(msgspec.Struct, frozen=True, kw_only=True, tag="rules"):
    """What does this robots.txt say of this address?"""

    rules: str
    url: str


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    article: Article | None = None
    leave: Leave | None = None
    refused: str = ""


_ENCODER: Final = msgspec.msgpack.Encoder()
_QUESTIONS: Final = msgspec.msgpack.Decoder(_Page | _Rules)
_ANSWERS: Final = msgspec.msgpack.Decoder(_Answer)


class PageReader(Readers):
    """Reads pages and their sites' rules in child processes. Used as `async with PageReader()`."""

    module = "monitor.sources.childpage"

    async def article(self, body: bytes, *, source: str, fetched: datetime) -> Article:
        """The article of a page, as `page_html` reads it.

        Raises ParseError where there is none, it takes too long, or it kills two children.
        """
        answer = await self._answer(_Page(body=body, fetched=fetched), source)
        assert answer.article is not None
        return answer.article

    async def leave(self, rules: str, url: str, *, source: str) -> Leave:
        """What a robots.txt says of an address. Raises ParseError where it takes too long."""
        if not rules.strip():
            return Leave(granted=True)
        answer = await self._answer(_Rules(rules=rules, url=url), source)
        assert answer.leave is not None
        return answer.leave

    async def _answer(self, question: _Page | _Rules, source: str) -> _Answer:
        answer = _ANSWERS.decode(await self.ask(_ENCODER.encode(question), source=source))
        if answer.refused:
            raise ParseError(answer.refused, source=source)
        return answer


def load() -> Callable[[bytes], bytes]:
    """What answers in the child; the parent has no need of trafilatura."""
    import trafilatura  # noqa: F401  before the first page, whose time is measured

    from monitor.sources import page_html, robots

    def answer(question: bytes) -> bytes:
        asked = _QUESTIONS.decode(question)
        try:
            match asked:
                case _Page():
                    found = page_html.read(io.BytesIO(asked.body), "page", asked.fetched)
                    (article,) = (one for one in found if isinstance(one, Article))
                    return _ENCODER.encode(_Answer(article=article))
                case _Rules():
                    leave = robots.leave_of(asked.rules, asked.url)
                    return _ENCODER.encode(_Answer(leave=leave))
                case _:
                    assert_never(asked)
        except ParseError as error:
            return _ENCODER.encode(_Answer(refused=error.message))
        except Exception as error:  # noqa: BLE001  the fence: what a page does to us ends here
            return _ENCODER.encode(_Answer(refused=refusal_of(error)))

    return answer


if __name__ == "__main__":
    answer_questions(load)
