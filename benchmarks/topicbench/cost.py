"""What do topics cost an article, in CPU time of one core?"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median

from benchmarks.matchbench.articles import World
from monitor.lexicon import Lexicon
from monitor.model import Article
from monitor.sources.seed import read_paths
from monitor.text import read
from monitor.topics import extract
from monitor.topics.knowledge import load

GOAL_MS = 0.8
WORDS = 650
ARTICLES, ROUNDS = 100, 5
_SEEDS = Path(__file__).parents[2] / "seeds"


def cost() -> None:
    """Print the table."""
    started = time.process_time()
    knowledge = load()
    loaded = time.process_time() - started
    started = time.process_time()
    lexicon = Lexicon.compile(knowledge)
    print(f"load {loaded:.3f} s, compile {time.process_time() - started:.2f} s")
    gc.freeze()

    def named(article: Article) -> None:
        reading = read(article)
        extract(reading, lexicon.scan(reading), knowledge)

    def scanned(article: Article) -> None:
        lexicon.scan(read(article))

    own = tuple(a for a in read_paths([str(_SEEDS)], fetched=_NOW) if isinstance(a, Article))
    for title, articles in (
        (f"samples of seeds/, joined to {WORDS} words", _joined(own)),
        ("generated, as for benchmarks/matching.py", World().generated(ARTICLES)),
    ):
        unit = _ms(lambda a: re.findall(r"\w+", a.body.lower()), articles)
        whole, scan = _ms(named, articles), _ms(scanned, articles)
        words = sum(len(a.body.split()) + len(a.title.split()) for a in articles) / len(articles)
        print(
            f"{title}: {whole:.2f} ms an article ({words:.0f} words), of which reading and scan "
            f"{scan:.2f}; {whole / unit:.1f} units; {1000 / whole:,.0f} articles/s a core; "
            f"at {WORDS} words {whole * WORDS / words:.2f} ms (goal <= {GOAL_MS})"
        )


_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _joined(own: Sequence[Article]) -> tuple[Article, ...]:
    """Each sample with paragraphs of those after it until it has 650 words: real news, no names
    made up, about more matters than one article has.
    """
    made = []
    for number, first in enumerate(own):
        paragraphs: list[str] = []
        others = cycle((*own[number:], *own[:number]))
        while sum(len(paragraph.split()) for paragraph in paragraphs) < WORDS:
            paragraphs.extend(next(others).body.split("\n\n"))
        made.append(replace(first, summary="", body=_cut("\n\n".join(paragraphs))))
    return tuple(made)


def _cut(text: str) -> str:
    end = None
    for number, word in enumerate(re.finditer(r"\S+", text), start=1):
        if number == WORDS:
            end = word.end()
    return text[:end]


def _ms(work: Callable[[Article], object], articles: Sequence[Article]) -> float:
    """CPU milliseconds an article: the median of rounds, the first thrown away."""
    rounds = []
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        for article in articles:
            work(article)
        rounds.append((time.process_time() - started) * 1000 / len(articles))
    return median(rounds[1:])
