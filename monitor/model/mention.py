"""Mention: a span of an article's text that names something; and the evidence shown to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.model.article import Field

SubjectKind = Literal["actor", "place", "theme"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an article: `index` and `paragraph` count over title, summary, body in turn.

    `start` and `end` are offsets of its first and behind its last character in the field's text.
    """

    index: int
    field: Field
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An actor, place or theme named in the text.

    `start`, `end` are offsets in the original text of the field; `first`, `last` are word positions
    in the article (no two fields share one, and they lie far apart); `sentence` and `paragraph` are
    indexes as in `Sentence`. `term` is the surface name that was found, as knowledge spells it.
    `weight` is 1 but for theme terms (negative ones weigh below 0). `demonym` is whether the name
    was one ("Iranian").
    """

    kind: SubjectKind
    id: str
    field: Field
    start: int
    end: int
    first: int
    last: int
    sentence: int
    paragraph: int
    term: str
    weight: float = 1.0
    demonym: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that made a clause true, and the sentence to show.

    `text` is the article's own text from `start` to `end` of `field`; `term` is the clause it
    answers ("actor:isil", "drone"). `sentence` begins at `sentence_start` in the same field.
    """

    field: Field
    start: int
    end: int
    text: str
    term: str
    sentence: str
    sentence_start: int
