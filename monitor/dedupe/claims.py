"""The claim book of one process, for `wirewatch dedupe`: which story does an article belong to?

The live product asks the store instead, where the same rules are one atomic script.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from monitor.dedupe.keys import Keys, article_keys
from monitor.dedupe.texts import similarity, words_of
from monitor.model import Claim, Relation, digest

if TYPE_CHECKING:
    from monitor.model import Article


class Claims:
    """Stories founded so far, and who belongs to them.

    1. The same article with the same text asks again: the answer it had.
    2. The same article by ref or url key: a copy if the story holds this text, else a revision.
    3. The same text under another name: a copy.
    4. Else the article founds a story of its own.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Claim] = {}  # (ref, text key) -> what was said
        self._stories: dict[tuple[str, str], str] = {}  # ("ref" | "url" | "text", key) -> story
        self._founders: dict[str, bytes] = {}  # story -> words of its founder, packed
        self._sources: dict[str, tuple[str, ...]] = {}  # story -> its sources, first come first

    def claim(self, article: Article) -> Claim:
        """The story of this article; the same each time it asks again with the same text."""
        keys = article_keys(article)
        known = self._answers.get((keys.ref, keys.text))
        return known or self._answered(article, keys)

    def _answered(self, article: Article, keys: Keys) -> Claim:
        """The answer to an article that asks for the first time, noted for the next time."""
        relation, story = self._related(keys)
        words = words_of(article)
        founder = _unpacked(self._founders.setdefault(story, _packed(words)))
        sources = (*self._sources.get(story, ()), article.source)
        claim = Claim(
            story=story,
            relation=relation,
            similarity=similarity(words, founder),
            sources=tuple(dict.fromkeys(sources)),
        )
        self._note(keys, claim)
        return claim

    def _related(self, keys: Keys) -> tuple[Relation, str]:
        """What the article is, and to which story."""
        holder = self._stories.get(("text", keys.text))
        for key in (("ref", keys.ref), ("url", keys.url or "")):
            if story := self._stories.get(key):
                return (Relation.COPY if holder == story else Relation.REVISION), story
        if holder:
            return Relation.COPY, holder
        return Relation.NEW, digest("story", keys.ref)

    def _note(self, keys: Keys, claim: Claim) -> None:
        """A name or a text belongs to the first story that held it."""
        self._answers[keys.ref, keys.text] = claim
        self._sources[claim.story] = claim.sources
        self._stories.setdefault(("ref", keys.ref), claim.story)
        self._stories.setdefault(("text", keys.text), claim.story)
        if keys.url:
            self._stories.setdefault(("url", keys.url), claim.story)


def _packed(words: tuple[str, ...]) -> bytes:
    """Words in a third of their size: a founder is kept as long as the book is open."""
    return zlib.compress("\n".join(words).encode("utf-8", "surrogatepass"), level=1)


def _unpacked(packed: bytes) -> tuple[str, ...]:
    text = zlib.decompress(packed).decode("utf-8", "surrogatepass")
    return tuple(text.split("\n")) if text else ()
