"""The sample seeds: all of them are read, and show what they are there to show."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from monitor.dedupe import Claims
from monitor.model import Article, Origin, Relation, SourceProblem
from monitor.sources.packed import UNPACKERS
from monitor.sources.seed import SEEDS, read_paths

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEED_FOLDER = Path(__file__).parents[3] / "seeds"


@cache
def found() -> tuple[Article | SourceProblem, ...]:
    return tuple(read_paths([SEED_FOLDER], fetched=NOW))


@cache
def articles() -> tuple[Article, ...]:
    return tuple(article for article in found() if isinstance(article, Article))


def named(source: str) -> Article:
    (article,) = (one for one in articles() if one.source == source)
    return article


def test_every_sample_is_read_without_a_problem() -> None:
    assert found() == articles()
    assert all(article.origin is Origin.SEED for article in articles())


def test_there_is_a_sample_of_every_shape() -> None:
    assert {Path(name).suffix for name in map(str, SEED_FOLDER.iterdir())} >= {
        *(".txt", ".html", ".json", ".jsonl", ".rss", ".atom", ".md", ".eml", ".csv", ".gz")
    }
    assert {path.suffix for path in SEED_FOLDER.iterdir()} <= SEEDS.keys() | UNPACKERS.keys()


def test_every_sample_has_a_title_a_date_and_text() -> None:
    for article in articles():
        assert article.title, article.source
        assert article.published, article.title
        assert article.body or article.summary, article.title


def test_samples_name_no_real_hosts() -> None:
    hosts = {urlsplit(article.url).hostname or "" for article in articles() if article.url}

    assert all(host.endswith((".example", "example.org", "example.com")) for host in hosts)


def test_the_scraped_page_is_taken_apart() -> None:
    article = named("common-enemy-in-iraq.txt")

    assert article.title == "Washington and Tehran face a common enemy in Iraq"
    assert article.authors == ("Miriam Okafor",)
    assert article.published == datetime(2014, 6, 14, tzinfo=UTC)
    assert (article.section, article.dateline) == ("World", "Baghdad")
    assert article.tags == ("ISIL in Iraq", "Iraq violence", "US Iraq relations")
    assert len(article.body.split("\n\n")) == 7
    assert "[" not in article.body


def test_one_agency_report_in_two_papers_is_one_story() -> None:
    claims = Claims()
    one, other = named("tikrit-seized.txt"), named("second-iraqi-city-falls.html")

    first, second = claims.claim(one), claims.claim(other)

    assert one.title != other.title
    assert (second.story, second.relation) == (first.story, Relation.COPY)
    assert second.similarity == 1.0


def test_an_article_of_the_wire_is_revised_and_the_rest_is_new() -> None:
    claims = Claims()

    relations = [claims.claim(one).relation for one in articles()]

    assert relations.count(Relation.REVISION) == relations.count(Relation.COPY) == 1
