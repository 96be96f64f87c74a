"""Twenty seconds of chaos, or twenty minutes: the books balance."""

from __future__ import annotations

from pathlib import Path

import pytest
from chaos import chaos


@pytest.mark.timeout(200)
def test_twenty_seconds_of_chaos(tmp_path: Path) -> None:
    books = chaos(tmp_path, seconds=20, seed=20260301)
    assert (books.lost, books.doubled, books.left_over) == (0, 0, 0), str(books)
    assert books.articles > 100
    assert sum(books.kills.values()) >= 10, str(books)
    assert books.kills["worker"], str(books)
