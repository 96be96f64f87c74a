"""The claim book of one process, for `wirewatch dedupe`: which story does an article belong to?

The live product asks the store instead, where the same rules are one atomic script (`claim.lua`); a
test holds the two to the same answers.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor.dedupe.likeness import likeness
from monitor.dedupe.marks import marks_of
from monitor.dedupe.texts import similarity, words_of
from monitor.model import Claim, Relation, digest

if TYPE_CHECKING:
    from monitor.dedupe.keys import Keys
    from monitor.dedupe.likeness import Likeness
    from monitor.dedupe.marks import Marks
    from monitor.dedupe.sketches import Print
    from monitor.model import Article

TRIED = 16
"""Candidates compared for each print, those with the most bands in common first."""

KEPT = 12
"""Stories remembered under one band, the newest: what texts of one mould share says little."""

Rule = Literal["nothing", "article", "url", "canonical", "text", "sketch"]
Part = Literal["full", "lead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why an article was given its story: what it was known by, and how near the nearest text was.

    `part` and `nearest` tell of the likeliest story that shared a band, copy or not; None where
    there was none or no text had to be compared.
    """

    rule: Rule
    story: str | None = None
    part: Part | None = None
    nearest: Likeness | None = None


class Claims:
    """Stories founded so far, and who belongs to them.

    1. The same article with the same text asks again: the answer it had.
    2. The same article by ref or address: a copy if the story holds this text, else a revision.
    3. The same text under another name: a copy; nearly the same text, compared with the founder's
       alone so that stories do not drift: a copy, too.
    4. Else the article founds a story of its own.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[Claim, Because]] = {}  # (ref, text) -> said
        self._stories: dict[tuple[str, str], str] = {}  # ("ref" | "url" | "text", key) -> story
        self._short: set[tuple[str | None, str]] = set()  # (story, short text it holds)
        self._fragments: dict[str, tuple[str, str]] = {}  # url -> source and fragment it came with
        self._bands: dict[tuple[Part, int, bytes], list[int]] = {}
        self._prints: list[tuple[str, dict[Part, Print]]] = []  # by number: a story and its prints
        self._founders: dict[str, bytes] = {}  # story -> words of its founder, packed
        self._sources: dict[str, tuple[str, ...]] = {}  # story -> its sources, first come first

    def claim(self, article: Article) -> Claim:
        """The story of this article; the same each time it asks again with the same text."""
        return self.explained(article)[0]

    def explained(self, article: Article) -> tuple[Claim, Because]:
        """The story of this article, and why it is that one."""
        marks = marks_of(article)
        known = self._answers.get((marks.keys.ref, marks.keys.text))
        return known or self._answered(article, marks)

    def _answered(self, article: Article, marks: Marks) -> tuple[Claim, Because]:
        """The answer to an article that asks for the first time, noted for the next time."""
        because, relation = self._related(article, marks)
        story = because.story if relation is not Relation.NEW else None
        if story is None:
            story = digest("story", marks.keys.ref)
            self._found(story, marks)
        words = words_of(article)
        founder = _unpacked(self._founders.setdefault(story, _packed(words)))
        sources = (*self._sources.get(story, ()), article.source)
        claim = Claim(
            story=story,
            relation=relation,
            similarity=similarity(words, founder),
            sources=tuple(dict.fromkeys(sources)),
        )
        self._note(article, marks.keys, claim)
        self._answers[marks.keys.ref, marks.keys.text] = claim, because
        return claim, because

    def _related(self, article: Article, marks: Marks) -> tuple[Because, Relation]:
        """What the article is known by, and what that makes it."""
        holder = self._stories.get(("text", marks.keys.shared))
        if same := self._same_article(article, marks.keys):
            held = self._holds(same.story, marks.keys, holder)
            return same, Relation.COPY if held else Relation.REVISION
        if holder:
            return Because(rule="text", story=holder), Relation.COPY
        because = self._nearest(marks)
        return because, Relation.COPY if because.rule == "sketch" else Relation.NEW

    def _holds(self, story: str | None, keys: Keys, holder: str | None) -> bool:
        """Whether the story holds this very text.

        Short texts are shared by title, source and day, so there the story itself has to know.
        """
        return holder == story if keys.shared == keys.text else (story, keys.text) in self._short

    def _same_article(self, article: Article, keys: Keys) -> Because | None:
        if story := self._stories.get(("ref", keys.ref)):
            return Because(rule="article", story=story)
        if story := self._at(keys.url, article.source, keys.fragment):
            return Because(rule="url", story=story)
        if story := self._at(keys.canonical, article.source, keys.fragment):
            return Because(rule="canonical", story=story)
        return None

    def _at(self, url: str | None, source: str, fragment: str) -> str | None:
        """The story under an address, unless its source told two entries apart by fragments."""
        if url is None:
            return None
        if fragment and (story := self._stories.get(("url", f"{url}#{fragment}"))):
            return story
        came = self._fragments.get(url)
        if came is None or (came[0] == source and came[1] != fragment):
            return None
        return self._stories[("url", url)]

    def _nearest(self, marks: Marks) -> Because:
        if marks.sketch is None:
            return Because(rule="nothing")
        found = [
            (likeness(ours, theirs[part]), part, story)
            for part, ours in _parts(marks)
            for story, theirs in self._candidates(part, ours)
        ]
        if not found:
            return Because(rule="nothing")
        # `max` answers the first of equals: the text before its lead, the older story first.
        like, part, story = max(found, key=lambda each: (each[0].is_copy, each[0].slots))
        rule: Rule = "sketch" if like.is_copy else "nothing"
        return Because(rule=rule, story=story, part=part, nearest=like)

    def _candidates(self, part: Part, ours: Print) -> list[tuple[str, dict[Part, Print]]]:
        hits = Counter(
            founder
            for number, band in enumerate(ours.bands)
            for founder in self._bands.get((part, number, band), ())
        )
        likeliest = sorted(hits, key=lambda founder: (-hits[founder], founder))[:TRIED]
        return [self._prints[founder] for founder in likeliest]

    def _found(self, story: str, marks: Marks) -> None:
        parts = _parts(marks)
        for part, ours in parts:
            for number, band in enumerate(ours.bands):
                founders = self._bands.setdefault((part, number, band), [])
                founders.append(len(self._prints))
                del founders[:-KEPT]
        if parts:
            self._prints.append((story, dict(parts)))

    def _note(self, article: Article, keys: Keys, claim: Claim) -> None:
        """A name or a text belongs to the first story that held it."""
        self._sources[claim.story] = claim.sources
        if keys.shared != keys.text:
            self._short.add((claim.story, keys.text))
        self._stories.setdefault(("ref", keys.ref), claim.story)
        self._stories.setdefault(("text", keys.shared), claim.story)
        for url in (keys.url, keys.canonical):
            if url is not None:
                self._stories.setdefault(("url", url), claim.story)
                self._fragments.setdefault(url, (article.source, keys.fragment))
                if keys.fragment:
                    self._stories.setdefault(("url", f"{url}#{keys.fragment}"), claim.story)


def _parts(marks: Marks) -> tuple[tuple[Part, Print], ...]:
    if marks.sketch is None:
        return ()
    return ("full", marks.sketch.full), ("lead", marks.sketch.lead)


def _packed(words: tuple[str, ...]) -> bytes:
    """Words in a third of their size: a founder is kept as long as the book is open."""
    return zlib.compress("\n".join(words).encode("utf-8", "surrogatepass"), level=1)


def _unpacked(packed: bytes) -> tuple[str, ...]:
    text = zlib.decompress(packed).decode("utf-8", "surrogatepass")
    return tuple(text.split("\n")) if text else ()
