"""Scene: one article as the watches look at it. What is looked up once is not looked up again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, assert_never

from monitor.lexicon import Mentions
from monitor.model import Evidence, Field, Topic
from monitor.text import Reading, Span, folded
from monitor.watch.tree import Scope

if TYPE_CHECKING:
    from monitor.watch.clauses import Spotted


class Scene:
    """An article's reading, mentions and topics, with the spans that clauses found so far."""

    def __init__(self, reading: Reading, mentions: Mentions, topics: tuple[Topic, ...]) -> None:
        self.reading, self.mentions, self.topics = reading, mentions, topics
        self._spans: dict[Spotted, tuple[Span, ...]] = {}
        self._positions: dict[Spotted, list[tuple[int, int]]] = {}
        self._evidence: dict[tuple[Span, str], Evidence] = {}

    def spans(self, clause: Spotted) -> tuple[Span, ...]:
        """Where a clause stands in the line, in order."""
        found = self._spans.get(clause)
        if found is None:
            found = self._spans[clause] = clause.look(self)
        return found

    def positions(self, clause: Spotted) -> list[tuple[int, int]]:
        """The word positions of the same."""
        found = self._positions.get(clause)
        if found is None:
            found = self._positions[clause] = self.reading.positions(self.spans(clause))
        return found

    def in_scope(self, spans: tuple[Span, ...], scope: Scope | None) -> tuple[Span, ...]:
        """Those of the spans that stand in a field."""
        if scope is None or not spans:
            return spans
        return tuple(span for span in spans if self._is_in(span, scope))

    def _is_in(self, span: Span, scope: Scope) -> bool:
        field = self.reading.field_of(span)
        match scope:
            case "title":
                return field is Field.TITLE
            case "body":
                return field is Field.BODY
            case "lead":
                return (
                    field is not Field.BODY or self.reading.where(span)[1] < self.reading.lead_end
                )
            case _:
                assert_never(scope)

    @cached_property
    def topic_names(self) -> dict[str, Topic]:
        """Topics by what `topic:` may call them: key, folded label."""
        names: dict[str, Topic] = {}
        for topic in self.topics:
            names.setdefault(topic.key, topic)
            names.setdefault(folded(topic.label), topic)
        return names

    def evidence(self, span: Span, term: str) -> Evidence:
        """A span as it is shown to people."""
        known = self._evidence.get((span, term))
        if known is None:
            field, start, end = self.reading.where(span)
            sentence = self.reading.place_at(field, start)
            text = self.reading.text(field)
            known = self._evidence[(span, term)] = Evidence(
                field=field,
                start=start,
                end=end,
                text=text[start:end],
                term=term,
                sentence=text[sentence.start : sentence.end],
                sentence_start=sentence.start,
            )
        return known
