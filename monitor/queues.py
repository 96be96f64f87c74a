"""The form of an RQ job: what it may name, and what it carries.

JSON is no sandbox: whoever can write to Redis can name any function. So a worker runs only the one
function of its queue, whatever a job says.
"""

from __future__ import annotations

import redis
from rq import Queue
from rq.job import Job

from monitor import codec
from monitor.errors import ParseError
from monitor.model import DELIVER, JUDGE, READ_PAGE, Article


def articles_of(data: bytes) -> tuple[Article, ...]:
    """The articles a job of the articles queue carries. Raises ParseError."""
    (argument,) = _arguments(data, JUDGE, 1)
    return codec.unbundle(argument)


def page_of(data: bytes) -> Article:
    """The article whose page a job of the pages queue is to read. Raises ParseError."""
    (argument,) = _arguments(data, READ_PAGE, 1)
    articles = codec.unbundle(argument)
    if len(articles) != 1:
        raise ParseError(f"a job of a page holds {len(articles)} articles, wanted 1")
    return articles[0]


def delivery_of(data: bytes) -> tuple[str, str, str]:
    """Delivery id, alert id and channel of a job of the deliveries queue. Raises ParseError."""
    delivery, alert, channel = _arguments(data, DELIVER, 3)
    return str(delivery), str(alert), str(channel)


def _arguments(data: bytes, function: str, count: int) -> list[object]:
    named, arguments = codec.decode_job(data)
    if named != function:
        raise ParseError(f"a job names {named!r}; this queue runs {function!r} only")
    if len(arguments) != count:
        raise ParseError(f"a job of {function!r} has {len(arguments)} arguments, wanted {count}")
    return arguments


def rq_queue(client: redis.Redis, queue: str) -> Queue:
    """The queue as RQ sees it, for its tools and for tests."""
    return Queue(queue, connection=client, serializer="json")


def rq_job(client: redis.Redis, job: str) -> Job:
    """A job as RQ sees it."""
    return Job.fetch(job, connection=client, serializer="json")
