"""What came nearest to a term, a name, a theme, a topic or a filter that does not hold?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from monitor.lexicon import Name, spellings, written_of
from monitor.model import Field
from monitor.text import FIELDS, Span, line_of
from monitor.watch.clauses import Spotted, Words
from monitor.watch.plan import Planner, term_clause
from monitor.watch.proximity import extent, smallest_window
from monitor.watch.scene import Scene
from monitor.watch.tree import Filter, Scope, Subject, Term, TopicIs, Wild

_SHOWN = 3
_NONE = "it does not occur"


class Miss(NamedTuple):
    """What came nearest, in plain words, and where it stands."""

    text: str
    spans: tuple[Span, ...] = ()


def of_leaf(
    scene: Scene, planner: Planner, node: Term | Wild | Subject, scope: Scope | None
) -> Miss:
    """Why a term, wildcard or name has no place in the text, or in its field."""
    elsewhere = _elsewhere(scene, planner.spotted(node, None)) if scope else None
    if elsewhere is not None:
        return elsewhere
    match node:
        case Term():
            return _of_term(scene, node)
        case Wild(text=text):
            return _in_tags(scene, [text.rstrip("*?")]) or Miss(_NONE)
        case Subject(kind="theme"):
            return _of_theme(scene, node)
        case Subject():
            return _of_name(scene, node)
        case _:
            assert_never(node)


def of_article(scene: Scene, node: TopicIs | Filter) -> Miss:
    """Why a topic or filter does not hold."""
    if isinstance(node, TopicIs):
        labels = [topic.label for topic in scene.topics[:5]]
        return Miss(f"the topics are {quoted(labels)}" if labels else "no topic was found")
    article = scene.reading.article
    said: dict[str, Iterable[str | None]] = {
        "source": (article.source, article.source_name),
        "lang": (article.language,),
        "country": (article.country,),
        "tag": article.tags,
    }
    known = [value for value in said[node.by] if value]
    return Miss(f"the source says {quoted(known)}" if known else f"the source gives no {node.by}")


def quoted(texts: Iterable[str]) -> str:
    """A few texts as they stand in a message: `us`, `Us`."""
    return ", ".join(f"`{text}`" for text in texts)


def placed(spans: Iterable[Span]) -> list[Span]:
    """The spans without those that overlap an earlier one."""
    apart: list[Span] = []
    for span in spans:
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def _elsewhere(scene: Scene, unscoped: Spotted) -> Miss | None:
    spans = scene.spans(unscoped)
    if not spans:
        return None
    fields = sorted({scene.reading.field_of(span) for span in spans}, key=FIELDS.index)
    return Miss(f"it stands in another field: {_named(fields)}", spans)


def _named(fields: list[Field]) -> str:
    return " and ".join(f"the {field}" for field in fields)


# -- terms ----------------------------------------------------------------------------------------


def _of_term(scene: Scene, term: Term) -> Miss:
    loose = term_clause(Term(text=term.text, case="any"), None)
    spans = scene.spans(loose)
    if spans:
        return Miss(f"it occurs only as {_written(scene, spans)}", spans)
    split = _split(scene, loose)
    if split:
        return Miss("the phrase is split over two sentences", split)
    words = line_of(term.text).split()
    if len(words) > 1:
        return _of_phrase(scene, term, words)
    return _other_form(scene, words[0]) or _in_tags(scene, [term.text]) or Miss(_NONE)


def _split(scene: Scene, clause: Words) -> tuple[Span, ...]:
    found = (span for pattern in clause.patterns for span in scene.reading.find(pattern))
    return tuple(span for span in found if not scene.reading.in_one_sentence(span))


def _of_phrase(scene: Scene, term: Term, words: list[bytes]) -> Miss:
    found = {word: scene.reading.find(b" %b " % word) for word in dict.fromkeys(words)}
    absent = [word.decode() for word, spans in found.items() if not spans]
    if absent:
        does = "does" if len(absent) == 1 else "do"
        return _in_tags(scene, [term.text]) or Miss(f"{quoted(absent)} {does} not occur")
    rows = tuple(
        [
            (first, last, span)
            for (first, last), span in zip(scene.reading.positions(spans), spans, strict=True)
        ]
        for spans in found.values()
    )
    window = smallest_window(rows)
    spans = tuple(place[2] for place in window)
    if scene.reading.field_of(spans[0]) != scene.reading.field_of(spans[-1]):
        return Miss("its words stand in different fields", spans)
    return Miss(
        f"its words do not stand side by side: at best within {extent(window)} words", spans
    )


def _other_form(scene: Scene, word: bytes) -> Miss | None:
    """`drones` for `drone`, `strike` for `strikes`: words that begin alike and end soon after."""
    text = word.decode("utf-8")
    beginning = text if len(text) < 5 else text[: max(4, len(text) - 2)]
    if len(text) < 3:
        return None
    spans = tuple(
        span
        for span in scene.reading.find(f" {beginning}".encode())
        if abs(span[1] - span[0] - len(word)) <= 2
    )
    return Miss(f"only {_written(scene, spans)} occurs", spans) if spans else None


def _written(scene: Scene, spans: Iterable[Span]) -> str:
    return quoted(list(dict.fromkeys(map(scene.reading.original, spans)))[:_SHOWN])


def _in_tags(scene: Scene, texts: Iterable[str]) -> Miss | None:
    """Whether the publisher's tags, which are not searched, hold one of the texts."""
    tags = scene.reading.article.tags
    lines = [line_of(text) for text in texts]
    held = [tag for tag in tags if any(line.rstrip() in line_of(tag) for line in lines)]
    return (
        Miss(f"it occurs only in the publisher's tags: {quoted(held[:_SHOWN])}") if held else None
    )


# -- names ----------------------------------------------------------------------------------------


def _of_name(scene: Scene, subject: Subject) -> Miss:
    """Spelled, but not as the name; or taken by a longer or another name."""
    reading, cased, split, taken = scene.reading, set(), set(), set()
    for span, name in _spelled(scene, subject):
        if not name.accepts(reading, span):
            cased.add(span)
        elif not reading.in_one_sentence(span):
            split.add(span)
        else:
            taken.add(span)
    if taken:
        return _of_taken(scene, subject, tuple(sorted(taken)))
    if cased:
        spans = tuple(sorted(cased))
        return Miss(f"the {subject.kind} occurs only as {_written(scene, spans)}", spans)
    if split:
        return Miss("the name is split over two sentences", tuple(sorted(split)))
    known = scene.mentions.knowledge.subjects(subject.kind)[subject.id]
    tags = _in_tags(scene, list(written_of(known)))
    if tags is not None:
        return Miss(tags.text.replace("it occurs", f"the {subject.kind} occurs", 1))
    return Miss(f"the {subject.kind} is not named")


def _spelled(scene: Scene, subject: Subject) -> Iterator[tuple[Span, Name]]:
    known = scene.mentions.knowledge.subjects(subject.kind)[subject.id]
    for pattern, name in spellings(known):
        for span in scene.reading.find(pattern):
            yield span, name


def _of_taken(scene: Scene, subject: Subject, spans: tuple[Span, ...]) -> Miss:
    start, end = spans[0]
    field, at, upto = scene.reading.where((start, end))
    for mention in scene.mentions:
        if mention.kind == "theme" or mention.field != field:
            continue
        if (mention.start, mention.end) == (at, upto):
            if mention.kind == subject.kind:
                return Miss(f"there `{mention.term}` means {mention.kind}:{mention.id}", spans)
        elif mention.start <= at and upto <= mention.end:
            longer = scene.reading.article.text(field)[mention.start : mention.end]
            return Miss(f"it occurs only inside a longer name: `{longer}`", spans)
    return Miss("a name that overlaps it is meant", spans)


def _of_theme(scene: Scene, subject: Subject) -> Miss:
    terms = scene.mentions.term_spans(subject.id)
    if not terms:
        return Miss("none of its terms occurs")
    speak = sum(weight for _, _, weight in terms if weight > 0)
    against = -sum(weight for _, _, weight in terms if weight < 0)
    spans = tuple((start, end) for start, end, _ in terms)
    return Miss(f"its terms weigh {speak:g} for it and {against:g} against it", spans)
