"""What an alert carries of the text beyond its evidence, for where the title alone matched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.model import Field
from monitor.text.excerpt import clip, naming, window
from monitor.text.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Article, Evidence

LEAD_CHARS = 400
"""At the most."""


def lead_of(article: Article, evidence: tuple[Evidence, ...]) -> str:
    """The sentence of the text that names most of what matched in the title, else how it begins:
    its summary, else the first paragraph of its body. What is too long is cut between words, about
    the names, with "…" where it is.
    """
    texts = [text for text in (article.summary.strip(), article.body.strip()) if text]
    names = tuple(names_in(evidence))
    if all(e.field is Field.TITLE or e.sentence == article.title for e in evidence):
        found = (_naming_most(text, names, article.title.strip()) for text in texts)
        best = max(filter(None, found), key=lambda each: each[0], default=None)
        if best is not None:
            return best[1]
    return clip(texts[0].partition("\n")[0], LEAD_CHARS) if texts else ""


def names_in(evidence: Iterable[Evidence]) -> Iterable[str]:
    """The words by which evidence may be found elsewhere; of a topic those of its label."""
    for each in evidence:
        if each.term.startswith("topic:"):
            yield from label_words(each.term)
        else:
            yield each.text


def label_words(term: str) -> list[str]:
    """The words of a topic's label that say something."""
    return re.findall(r"\w{3,}|[A-Z]{2}", term.partition(":")[2])


def _naming_most(text: str, names: tuple[str, ...], title: str) -> tuple[int, str] | None:
    """The first sentence that holds most of the names, with how many; None where none holds any."""
    if not naming(text, names):
        return None
    best, shown = 0, ""
    for start, end, _ in split(text):
        sentence = text[start:end]
        spans = naming(sentence, names)
        number = len({sentence[begin:stop].casefold() for begin, stop in spans})
        if number > best and sentence != title:
            begin, stop = window(sentence, spans, LEAD_CHARS - 2)
            before, after = "…" * (begin > 0), "…" * (stop < len(sentence))
            best, shown = number, f"{before}{sentence[begin:stop].strip()}{after}"
    return (best, shown) if best else None
