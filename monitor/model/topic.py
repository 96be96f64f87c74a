"""Topic: a derived subject of an article. Its identity is its ids, never its label."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.article import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEvidence:
    """A sentence that says so, with its offsets in `field`."""

    sentence: str
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """`key` is shape:ids ("actor_in_place:isil+IQ"), `score` 0 to 1, strongest evidence first."""

    key: str
    label: str
    shape: str
    score: float
    evidence: tuple[TopicEvidence, ...]
