"""The examples of docs/watch-language.md do what the page says, with the shipped knowledge."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import QueryError
from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Watch
from monitor.text import read
from monitor.topics.knowledge import load
from monitor.watch import Watchlist, compile_watchlist, parse
from monitor.watch.importers import SYNTAXES, import_query
from monitor.watch.lint import CODES

PAGE = Path(__file__).parents[3] / "docs" / "watch-language.md"
BLOCKS = re.findall(
    r"^```(watch|refused|imported)\n(.*?)\n```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)
WATCHES = [block for kind, block in BLOCKS if kind == "watch"]
REFUSED = [block for kind, block in BLOCKS if kind == "refused"]
IMPORTED = [block for kind, block in BLOCKS if kind == "imported"]


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


def watch_of(block: str) -> Watch:
    keys = dict(line.split(": ", 1) for line in block.splitlines())
    if "query" in keys:
        return Watch(id=block, title="Example", when=keys["query"])
    words = re.fullmatch(r"(\d+) words", keys["within"])
    return Watch(
        id=block,
        title="Example",
        together=tuple(keys["together"].split(" | ")),
        within=int(words.group(1)) if words else keys["within"],  # type: ignore[arg-type]  # from the page
    )


def article_of(text: str) -> Article:
    title, _, body = text.rpartition(" || ")
    return Article(
        id="1",
        source="page",
        title=title,
        body=body,
        language="en-GB",
        fetched=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_the_page_has_examples() -> None:
    assert len(WATCHES) > 15
    assert len(REFUSED) > 5


@pytest.fixture(scope="module")
def examples(shipped: Knowledge) -> tuple[Watchlist, Lexicon]:
    """All examples as one watchlist: the id of each is its block."""
    watchlist = compile_watchlist(map(watch_of, WATCHES), shipped)
    assert not watchlist.problems
    return watchlist, Lexicon.compile(shipped, watchlist.anchors)


@pytest.mark.parametrize("block", WATCHES)
def test_an_example_matches_as_the_page_says(
    examples: tuple[Watchlist, Lexicon], block: str
) -> None:
    watchlist, lexicon = examples

    for line in block.splitlines():
        key, text = line.split(": ", 1)
        if key in ("yes", "no"):
            reading = read(article_of(text))
            matches = watchlist.judge(reading, lexicon.scan(reading))
            assert (block in {match.watch for match in matches}) is (key == "yes"), text


@pytest.mark.parametrize("block", REFUSED)
def test_a_refusal_offers_what_the_page_says(shipped: Knowledge, block: str) -> None:
    query, *fixes = block.splitlines()

    with pytest.raises(QueryError) as refused:
        parse(query, shipped)

    assert all(fix in refused.value.fix for fix in fixes)


@pytest.mark.parametrize("block", IMPORTED)
def test_an_imported_query_is_what_the_page_says(block: str) -> None:
    given, ours = block.splitlines()
    source, query = given.split(": ", 1)

    assert import_query(source, query).query == ours


def test_the_page_names_every_code_and_source() -> None:
    page = PAGE.read_text("utf-8")

    assert all(f"| {code} |" in page for code in CODES)
    assert f"--from {'|'.join(SYNTAXES)}" in page
