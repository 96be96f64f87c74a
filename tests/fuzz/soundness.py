"""What must hold of every article, whoever wrote it."""

from __future__ import annotations

import re
from datetime import timedelta

from monitor import codec
from monitor.model import JUDGE, Article
from monitor.queues import articles_of

_DETAIL = re.compile(r"'.*?'|\".*?\"|\(.*\)|\d+", re.DOTALL)


def check(article: Article) -> None:
    """It has a name, moments that can be compared, and comes through the queue as it was."""
    assert article.id, "no id"
    assert article.source, "no source"
    for moment in (article.published, article.fetched):
        assert moment is None or moment.utcoffset() == timedelta(0), f"{moment} is not UTC"
    packed = codec.encode_job(JUDGE, codec.bundle((article,)))
    assert articles_of(packed) == (article,), "comes out of the queue as another"


def kind_of(words: str) -> str:
    """A message without what is of its input. There is one."""
    assert words.strip(), "an error without a word"
    return _DETAIL.sub("#", words)[:80]
