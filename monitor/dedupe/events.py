"""What an article shares with others about the same happening, told in other words.

Copies are found by text; events by who, where and what: names in the lead, words of the title, and
what the article was found to be about. How much a feature says is how rare it is, which whoever
keeps the index knows (`claim.lua`: inverse document frequency over neighbouring days).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from monitor.dedupe.sketches import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model import Article

MAX_FEATURES: Final = 10
MAX_OF_A_SORT: Final = 4
LEAD_CHARS: Final = 700
TITLE_LETTERS: Final = 4
"""Shorter words of a title are mostly grammar."""


def features(article: Article, subjects: Iterable[str] = ()) -> tuple[str, ...]:
    """At most 10 features, 8 hex digits each: words of the title, names in the lead, subjects.

    No more than four of a sort: what is common to a whole crisis must not outweigh the rest.
    """
    lead = (article.summary + " " + article.body)[:LEAD_CHARS]
    found: dict[str, None] = {}
    for sort in (_title_words(article.title), names(lead), subjects):
        new = [each for each in dict.fromkeys(sort) if each not in found]
        found |= dict.fromkeys(new[:MAX_OF_A_SORT])
    return tuple(
        f"{zlib.crc32(each.encode('utf-8', 'surrogatepass')):08x}"
        for each in list(found)[:MAX_FEATURES]
    )


def _title_words(title: str) -> Iterator[str]:
    for word in title.casefold().split():
        letters = word.strip("\"'“”‘’.,:;!?()[]").removesuffix("'s").removesuffix("’s")
        if len(letters) >= TITLE_LETTERS:
            yield letters
