"""Compositions judged by hand: the share that is right must not fall."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.topicbench import judging

    return judging


def test_most_compositions_are_right(judging: object) -> None:
    found = list(judging.compositions())
    assert len(found) >= 120
    assert sum(one.is_right is True for one in found) / len(found) >= 0.8
