"""The compiled forms of a query's leaves: how a term, a name, a topic or a filter is decided.

A clause is made once for all watches that share it; `Scene` keeps what it found in the article.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Protocol, TypeAlias, assert_never

from monitor.model import Evidence, SubjectKind
from monitor.text import Span, folded
from monitor.watch.scene import Scene
from monitor.watch.tree import FilterKind, Scope

Wanted: TypeAlias = tuple[str, tuple[Span, ...]]
"""A clause to show, and the places to choose from."""

Proof: TypeAlias = Iterator[Wanted | Evidence]


class Clause(Protocol):
    """Anything that holds for an article or does not."""

    cost: int
    """How dear it is to decide: 0 a lookup, 1 a search, 2 positions, 3 sentences."""

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the article."""
        ...

    def proof(self, scene: Scene) -> Proof:
        """What made it true; asked only when it holds."""
        ...


class Spotted(Clause, Protocol):
    """A clause with places in the text."""

    def look(self, scene: Scene) -> tuple[Span, ...]:
        """Where it stands, in order; asked through `Scene.spans`, which remembers."""
        ...

    def named(self, scene: Scene, span: Span) -> str:
        """What the clause is called at this span."""
        ...


class _Leaf(ABC):
    """A clause that holds where it stands.

    Slots all through: of 100,000 watches it is the memory that has to be fetched which costs.
    """

    __slots__ = ("label", "scope")
    cost = 1

    def __init__(self, label: str, scope: Scope | None) -> None:
        self.label, self.scope = label, scope

    @abstractmethod
    def look(self, scene: Scene) -> tuple[Span, ...]:
        """As `Spotted` has it."""

    def holds(self, scene: Scene) -> bool:
        return bool(scene.spans(self))

    def proof(self, scene: Scene) -> Proof:
        yield self.label, scene.spans(self)

    def named(self, scene: Scene, span: Span) -> str:
        return self.label


class Words(_Leaf):
    """A word or phrase. `capitals`: the words that must be all capitals (US, WHO)."""

    __slots__ = ("_is_phrase", "capitals", "patterns")

    def __init__(
        self,
        label: str,
        scope: Scope | None,
        patterns: tuple[bytes, ...],
        capitals: tuple[int, ...],
    ) -> None:
        super().__init__(label, scope)
        self.patterns, self.capitals = patterns, capitals
        self._is_phrase = any(b" " in pattern.strip() for pattern in patterns)

    def look(self, scene: Scene) -> tuple[Span, ...]:
        find = scene.reading.find
        if len(self.patterns) == 1:
            spans = find(self.patterns[0])
        else:
            spans = tuple(sorted({span for pattern in self.patterns for span in find(pattern)}))
        if spans and self._is_phrase:
            spans = tuple(filter(scene.reading.in_one_sentence, spans))
        if spans and self.capitals:
            spans = tuple(span for span in spans if self._has_capitals(scene, span))
        return scene.in_scope(spans, self.scope)

    def _has_capitals(self, scene: Scene, span: Span) -> bool:
        words = scene.reading.cased(span).split(" ")
        return all(at < len(words) and words[at].isupper() for at in self.capitals)


class Exact(Words):
    """A term as written, case and accents."""

    __slots__ = ("_text",)

    def __init__(
        self, label: str, scope: Scope | None, patterns: tuple[bytes, ...], text: str
    ) -> None:
        super().__init__(label, scope, patterns, ())
        self._text = as_written(text)

    def look(self, scene: Scene) -> tuple[Span, ...]:
        written = scene.reading.original
        return tuple(
            span for span in super().look(scene) if as_written(written(span)) == self._text
        )


class Wildcard(_Leaf):
    """A word by its first letters and a pattern for the rest. No user regex: `*` and `?` only."""

    __slots__ = ("_form", "_head")

    def __init__(self, label: str, scope: Scope | None, head: bytes, text: str) -> None:
        super().__init__(label, scope)
        self._head = head
        self._form: re.Pattern[str] | None = None
        if not text.endswith("*") or text.count("*") > 1 or "?" in text:
            form = re.escape(text).replace(r"\*", r"[^ ]*").replace(r"\?", r"[^ ]")
            self._form = re.compile(form)

    def look(self, scene: Scene) -> tuple[Span, ...]:
        spans = scene.reading.find(self._head)
        form = self._form
        if form is not None:
            line = scene.reading.line
            spans = tuple(
                (start, end)
                for start, end in spans
                if form.fullmatch(line[start:end].decode("utf-8", "replace"))
            )
        return scene.in_scope(spans, self.scope)


class Named(_Leaf):
    """An actor or a place, wherever the lexicon found it."""

    __slots__ = ("_id", "_kind")
    cost = 0

    def __init__(self, label: str, scope: Scope | None, kind: SubjectKind, subject_id: str) -> None:
        super().__init__(label, scope)
        self._kind, self._id = kind, subject_id

    def look(self, scene: Scene) -> tuple[Span, ...]:
        return scene.in_scope(scene.mentions.spans(self._kind, self._id), self.scope)


class Themed(_Leaf):
    """A theme: holds when its terms outweigh those that speak against it."""

    __slots__ = ("_id",)
    cost = 0

    def __init__(self, label: str, scope: Scope | None, theme_id: str) -> None:
        super().__init__(label, scope)
        self._id = theme_id

    def look(self, scene: Scene) -> tuple[Span, ...]:
        terms = scene.mentions.term_spans(self._id)
        weights = {(start, end): weight for start, end, weight in terms}
        spans = scene.in_scope(tuple(weights), self.scope)
        if sum(weights[span] for span in spans) <= 0:
            return ()
        return tuple(span for span in spans if weights[span] > 0)

    def proof(self, scene: Scene) -> Proof:
        for span in scene.spans(self)[:3]:
            yield self.label, (span,)


class OfTopic:
    """A topic, by label or key."""

    __slots__ = ("_label", "_names")
    cost = 0

    def __init__(self, label: str, name: str) -> None:
        self._label, self._names = label, (name, folded(name))

    def holds(self, scene: Scene) -> bool:
        return any(name in scene.topic_names for name in self._names)

    def proof(self, scene: Scene) -> Proof:
        topic = next(scene.topic_names[name] for name in self._names if name in scene.topic_names)
        for shown in topic.evidence[:2]:
            text = scene.reading.article.text(shown.field)[shown.start : shown.end]
            yield Evidence(
                field=shown.field,
                start=shown.start,
                end=shown.end,
                text=text,
                term=self._label,
                sentence=text,
                sentence_start=shown.start,
            )


class Filtered:
    """What the source says of the article. Proves nothing in the text."""

    __slots__ = ("_by", "_value")
    cost = 0

    def __init__(self, by: FilterKind, value: str) -> None:
        self._by, self._value = by, folded(value) or value

    def holds(self, scene: Scene) -> bool:
        return any(folded(said) == self._value for said in self._said(scene))

    def proof(self, scene: Scene) -> Proof:
        return iter(())

    def _said(self, scene: Scene) -> Iterator[str]:
        article = scene.reading.article
        match self._by:
            case "source":
                yield article.source
                yield article.source_name or ""
            case "lang":
                language = article.language or ""
                yield language
                yield language.replace("_", "-").partition("-")[0]
            case "country":
                yield article.country or ""
            case "tag":
                yield from article.tags
            case _:
                assert_never(self._by)


def as_written(text: str) -> str:
    """A text for exact comparison: only blanks, soft hyphens and the shape of apostrophes aside."""
    plain = text.replace("\u2019", "'").replace("\u00ad", "").replace("\u00a0", " ")
    return " ".join(plain.split())
