"""The entries of a feed become articles: each with its id, and what was odd said once.

The same for all formats: a format only has to say what the feed calls itself and how one entry is
read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, TypeVar

from monitor.model import Article, ParsedSource, SourceProblem
from monitor.sources.document import Document
from monitor.sources.feed_entry import LONGEST_NAME, Entry, distinct, language_of

MOST_ENTRIES: Final = 1_000
_MOST_PROBLEMS: Final = 50
_MOST_SHARED: Final = 20
_MANY: Final = 3

# What a parser and our reading of its entries may raise on a document it was not made for.
UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
Raw = TypeVar("Raw")


class Feed:
    """The reading of one document: gathers problems while entries become articles.

    `title` and `language` are what the document calls itself, "" and None for nothing.
    """

    def __init__(self, document: Document, *, title: str, language: object) -> None:
        self._document = document
        self._title = title[:LONGEST_NAME].rstrip() or None
        self._said = language_of(language)
        self.language = self._said or document.source.language
        self._problems: dict[str, list[str]] = {}
        self._shared: frozenset[str] = frozenset()

    def parsed(self, entries: Sequence[Raw], read: Callable[[Raw], Entry]) -> ParsedSource:
        """All of it. An entry that `read` stumbles over is a problem, and costs no other."""
        if len(entries) > MOST_ENTRIES:
            self.note("document", f"{len(entries)} entries; only the first {MOST_ENTRIES} are read")
        found = {
            number: entry
            for number, raw in enumerate(entries[:MOST_ENTRIES], 1)
            if (entry := self._entry(number, raw, read)) is not None
        }
        articles = tuple(self._article(name, entry) for name, entry in self._named(found))
        return ParsedSource(
            articles=articles,
            problems=tuple(self._noted()),
            title=self._title,
            language=self._said,
            shared_guids=tuple(sorted(self._shared, key=len))[:_MOST_SHARED],
        )

    def note(self, where: str, found: str) -> None:
        """Say what is odd, and where in the document."""
        self._problems.setdefault(found, []).append(where)

    def _noted(self) -> Iterable[SourceProblem]:
        """The problems, each kind once: a feed without guids has the same one a hundred times."""
        source = self._document.source.id
        for found, places in islice(self._problems.items(), _MOST_PROBLEMS):
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""
            yield SourceProblem(source=source, where=", ".join(places[:3]) + more, found=found)
        if len(self._problems) > _MOST_PROBLEMS:
            more = f"{len(self._problems) - _MOST_PROBLEMS} more problems"
            yield SourceProblem(source=source, where="document", found=more)

    def _entry(self, number: int, raw: Raw, read: Callable[[Raw], Entry]) -> Entry | None:
        try:
            entry = read(raw)
        except UNREADABLE as error:
            self.note(f"entry {number}", f"cannot be read ({type(error).__name__})")
            return None
        if entry.is_empty:
            self.note(f"entry {number}", "is empty; left out")
            return None
        for odd in entry.odd:
            self.note(_place(number, entry), odd)
        return entry

    def _named(self, entries: Mapping[int, Entry]) -> Iterable[tuple[str, Entry]]:
        """Each entry with its id; an id never stands twice.

        A guid or link that different entries share is nobody's: each of them is named by what comes
        next, whichever stand in the feed today; also when but one of them is left. A link that is
        nobody's is no address of an article either: the home page, mostly.
        """
        self._shared = shared_names(entries.values())
        shared = self._shared.union(self._document.source.distrusted)
        seen: set[str] = set()
        for number, entry in entries.items():
            name = next(name for name in entry.names if name not in shared)
            if entry.guid in shared:
                self.note(_place(number, entry), "shares its guid; named by its link or text")
            if entry.link in shared:
                self.note(_place(number, entry), "links to where others link; kept without link")
                entry = replace(entry, link=None)
            if name in seen:
                self.note(_place(number, entry), "stands in the document twice; the first is read")
                continue
            seen.add(name)
            yield name, entry

    def _article(self, name: str, entry: Entry) -> Article:
        source = self._document.source
        return Article(
            id=name,
            source=source.id,
            source_name=source.name or self._title,
            title=entry.title,
            summary=entry.summary,
            body=entry.body,
            url=entry.link,
            published=entry.published,
            fetched=self._document.fetched,
            authors=entry.authors,
            language=entry.language or self.language,
            country=source.country,
            tags=distinct((*entry.tags, *source.tags)),
        )


def shared_names(entries: Collection[Entry]) -> frozenset[str]:
    """The guids and links that name nothing, as entries that differ share them.

    Those of a guid have different links, or are many: three, or all of the document. Two with one
    guid and one link are one article, of which the text was changed.
    """
    owners = {(entry.guid, entry.link or entry.title) for entry in entries if entry.guid}
    counted = Counter(guid for guid, _ in owners)
    shared = {guid for guid, count in counted.items() if count > 1}
    for kind in ("guid", "link"):
        said: dict[str, set[tuple[str, str]]] = {}
        for entry in entries:
            name = entry.guid if kind == "guid" else entry.link
            if name and name not in shared:
                said.setdefault(name, set()).add(entry.says)
        most = min(_MANY, max(len(entries), 2))
        shared |= {name for name, texts in said.items() if len(texts) >= most}
    return frozenset(shared)


def _place(number: int, entry: Entry) -> str:
    return f"entry {number} ({(entry.guid or entry.title)[:100] or 'no guid, no title'})"
