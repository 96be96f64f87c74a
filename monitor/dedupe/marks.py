"""Everything by which an article's story is found, made in one pass over its text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.dedupe.boilerplate import agency, candidates, stripped
from monitor.dedupe.events import features
from monitor.dedupe.keys import Keys, article_keys
from monitor.dedupe.sketches import MIN_WORDS, Sketch, sketch
from monitor.dedupe.texts import undated, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Article

OWN_BODY_WORDS = 50
"""A body of so many words is the text; a summary before it is the paper's, and moves the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Keys for what is equal, a sketch for what is nearly, features for what is about the same.

    `lines` may turn out to be its source's own; `agency` is whose text it is; `length` its words.
    """

    keys: Keys
    sketch: Sketch | None
    lines: tuple[str, ...] = ()
    agency: str = ""
    features: tuple[str, ...] = ()
    length: int = 0


def marks_of(
    article: Article, *, learned: frozenset[str] = frozenset(), subjects: Iterable[str] = ()
) -> Marks:
    """The marks of an article.

    `learned` are the lines that its source repeats, `subjects` what it was found to be about. Keys
    depend on neither, so that an article asks under the same ones for ever.
    """
    words = words_of(article)
    return Marks(
        keys=article_keys(article, words),
        sketch=_sketch(article, words, learned),
        lines=candidates(article),
        agency=agency(article),
        features=features(article, subjects),
        length=len(words),
    )


def _sketch(article: Article, words: tuple[str, ...], learned: frozenset[str]) -> Sketch | None:
    if len(words) < MIN_WORDS:
        return None
    plain = replace(article, summary="", body=stripped(article.body, learned))
    own = words_of(plain)
    if len(own) >= OWN_BODY_WORDS:
        return sketch(own, undated(plain.body))
    return sketch(words, f"{undated(article.summary)} {undated(plain.body)}")
