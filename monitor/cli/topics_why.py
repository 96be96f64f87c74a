"""Why has an article these topics? Mentions, roll-ups and the composition with scores, as text."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.app import Desk
from monitor.lexicon import Knowledge, Mentions
from monitor.model import Article, Mention
from monitor.text import FIELDS, Reading, read
from monitor.topics import LEAST_SCORE, MOST_TOPICS, Survey, propose, survey

_WIDTH = 110


def told(article: Article, desk: Desk) -> Iterator[str]:
    """The whole story of one article, line by line."""
    reading = read(article)
    mentions = desk.lexicon.scan(reading)
    surveyed = survey(reading, mentions, desk.knowledge)
    yield f"{article.id}  {article.title}"
    if article.tags:
        yield f"publisher's tags (not read): {', '.join(article.tags)}"
    yield from _sentences(reading, mentions, surveyed)
    yield from _counted(surveyed)
    yield from _composed(surveyed)


def _sentences(reading: Reading, mentions: Mentions, surveyed: Survey) -> Iterator[str]:
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    reasons = {
        (
            FIELDS[found.named.field],
            found.named.start,
            found.named.name.kind,
            found.named.name.id,
        ): (found.reason)
        for found in surveyed.dismissed
    }
    yield "mentions, by sentence (its weight):"
    for sentence in reading.sentences:
        named = by_sentence.get(sentence.index)
        if named:
            text = " ".join(reading.sentence_text(sentence).split())
            yield f"  {sentence.index} ({surveyed.weights[sentence.index]:g}) {text[:_WIDTH]}"
            for mention in named:
                reason = reasons.get((mention.field, mention.start, mention.kind, mention.id))
                yield f"      {_named(mention, surveyed.knowledge)}" + (
                    f"  does not count: {reason}" if reason else ""
                )


def _named(mention: Mention, knowledge: Knowledge) -> str:
    said = f"{mention.kind}:{mention.id} by {mention.term!r}"
    if mention.kind == "place":
        around = knowledge.around(mention.id)
        return said + (f"  in {' in '.join(around[1:])}" if len(around) > 1 else "")
    if mention.kind == "theme":
        return f"{said} {mention.weight:+g}"
    return said


def _counted(surveyed: Survey) -> Iterator[str]:
    yield "counted (sentences, share of attention):"
    for word, found in (
        ("actor", surveyed.actors),
        ("place", surveyed.places),
        ("inside", surveyed.inner),
        ("unlisted", surveyed.names),
    ):
        ordered = sorted(found.items(), key=lambda pair: (-pair[1].salience, pair[0]))
        for name, presence in ordered[:MOST_TOPICS]:
            yield (
                f"  {word} {name}: {len(presence.counts)}, {surveyed.share(presence):.2f}"
                + _roles(word, name, surveyed)
            )


def _roles(word: str, name: str, surveyed: Survey) -> str:
    if word != "place":
        return ""
    acting = sorted(surveyed.acting.get(name, ()))
    grounds = sorted(surveyed.grounds.get(name, ()))
    return (f"; acts in {acting}" if acting else "") + (f"; scene in {grounds}" if grounds else "")


def _composed(surveyed: Survey) -> Iterator[str]:
    yield f"proposed by the shapes (topics: the first {MOST_TOPICS} from {LEAST_SCORE} on):"
    for number, (candidate, shape) in enumerate(propose(surveyed)):
        is_topic = candidate.score >= LEAST_SCORE and number < MOST_TOPICS
        shown = sorted(candidate.strengths, key=lambda s: (-candidate.strengths[s], s))
        yield (
            f"  {candidate.score:.3f} {'topic' if is_topic else '  -  '} {shape}:{candidate.name}"
            f"  {candidate.label!r}  sentences {', '.join(map(str, shown))}"
        )
