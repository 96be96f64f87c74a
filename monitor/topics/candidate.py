"""Candidate: a topic that a shape proposes, before the best are chosen and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

_HALF = 2.0
"""The evidence at which a composition is half sure: a lead sentence and a bit. A headline and one
sentence of the body (4) give 2/3, five plain sentences .71, ten .83."""


class Candidate(NamedTuple):
    """`name` is the key less its shape; `strengths` says how much each sentence shows it."""

    name: str
    label: str
    score: float
    strengths: Mapping[int, float]


def sureness(weight: float) -> float:
    """How sure sentences of this total weight make a composition: 0 for none, towards 1."""
    return weight / (weight + _HALF)


def joint_score(weight: float, parts: Iterable[float]) -> float:
    """The score of a composition: how sure its evidence is, times how much its parts matter.

    The geometric mean of the parts, so that a place named in passing does not rise with the theme
    of the whole article.
    """
    product, count = 1.0, 0
    for part in parts:
        product *= min(1.0, part)
        count += 1
    return sureness(weight) * product ** (1 / count) if count else 0.0
