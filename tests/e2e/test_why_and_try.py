"""`wirewatch why` and `wirewatch try`, as typed: the tree for people, JSON Lines for machines."""

import json
from datetime import UTC, datetime

import pytest
from product import Product

from monitor.model import Article

WATCHLIST = """
[watch.drones]
when = 'drone NEAR/3 harbour AND place:iraq'
notify = []
[watch.talks]
when = 'talks AND actor:us'
notify = []
"""
ARTICLE = {
    "id": "a-1",
    "source": "wire",
    "title": "A drone is seen in Basra",
    "body": "Fishermen said it came low over the water of the old harbour. Talks with us go on.",
}


@pytest.fixture
def watched(product: Product) -> Product:
    product.write("watchlist.toml", WATCHLIST)
    product.seed("one.jsonl", json.dumps(ARTICLE) + "\n")
    return product


def test_why_shows_the_tree_and_the_nearest_miss_offline(watched: Product) -> None:
    done = watched.call("why", "--watchlist", "config/watchlist.toml", "seeds")

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [(row["article"], row["watch"], row["matched"]) for row in rows] == [
        ("a-1", "drones", False),
        ("a-1", "talks", False),
    ]
    assert "✗ drone NEAR/3 harbour" in done.stderr
    assert "they stand in different fields only" in done.stderr
    assert "✓ place:IQ   title 19 «Basra»" in done.stderr
    assert rows[1]["missing"] == ["actor:us: the actor occurs only as `us` (body 73 «us»)"]


def test_why_asks_one_watch_and_refuses_an_unknown_one(watched: Product) -> None:
    one = watched.call(
        "why", "--watchlist", "config/watchlist.toml", "--watch", "talks", "--json", "seeds"
    )
    none = watched.call("why", "--watchlist", "config/watchlist.toml", "--watch", "x", "seeds")

    assert [json.loads(line)["watch"] for line in one.stdout.splitlines()] == ["talks"]
    assert not one.stderr
    assert none.returncode == 2
    assert "there are: drones, talks" in none.stderr


def test_why_needs_an_article_and_a_watch_when_live(watched: Product) -> None:
    assert "give ARTICLE and WATCH" in watched.call("why", "a-1").stderr


def test_try_marks_what_matched(watched: Product) -> None:
    done = watched.call("try", "harbour AND place:iraq", "seeds")

    assert done.returncode == 0
    assert "water of the old «harbour»." in done.stderr
    assert "1 of 1 articles match" in done.stderr
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert [spot["text"] for spot in row["evidence"]] == ["Basra", "harbour"]


def test_try_says_what_came_nearest_when_nothing_matches(watched: Product) -> None:
    done = watched.call("try", "drones AND harbour", "seeds")

    assert done.returncode == 1
    assert not done.stdout
    assert "0 of 1 articles match" in done.stderr
    assert "✗ drones   only `drone` occurs (title 2 «drone»)" in done.stderr


def test_try_refuses_a_doubtful_query(watched: Product) -> None:
    done = watched.call("try", "a AND b OR c", "seeds")

    assert done.returncode == 2
    assert "(a AND b) OR c" in done.stderr


def test_import_query_prints_ours_and_says_what_differs(product: Product) -> None:
    same = product.call("import-query", "--from", "nexis", "terror! OR drone! AND iraq!")
    differs = product.call("import-query", "--from", "google", "--json", "oil OR gas iran")
    refused = product.call("import-query", "--from", "factiva", "re=iraq and oil")

    assert (same.returncode, same.stdout) == (0, "(terror* OR drone*) AND iraq*\n")
    assert differs.returncode == 1
    assert json.loads(differs.stdout)["query"] == "(oil OR gas) AND iran"
    assert refused.returncode == 2
    assert "re= cannot be carried over" in refused.stderr


def test_check_says_what_is_odd(product: Product) -> None:
    product.write(
        "watchlist.toml",
        "[watch.odd]\nwhen = 'AI OR topic:misspelt'\nenabled = false\nuntil = '2020-01-01'\n",
    )
    odd = product.call("check", "--config", "config")
    product.write("watchlist.toml", "[watch.odd]\nwhen = 'AI'\nlint_ignore = ['W003']\n")
    silenced = product.call("check", "--config", "config")

    assert odd.returncode == 1
    assert "watchlist.toml [watch.odd] W003: AI is so short" in odd.stderr
    assert "[watch.odd] W008: no article has a topic misspelt" in odd.stderr
    assert "[watch.odd] is paused (enabled = false), over since 2020-01-01" in odd.stderr
    assert silenced.returncode == 0


def test_why_of_a_counted_article_names_the_alert_that_it_counted_towards(
    watched: Product,
) -> None:
    watched.write(
        "watchlist.toml",
        "[watch.drones]\nwhen = 'drone OR levee'\nnotify = ['console']\n"
        "threshold = { stories = 2, within = '6h' }\n",
    )
    second = {**ARTICLE, "id": "a-2", "title": "A levee gives way", "body": "The Vistula rose."}
    watched.seed("two.jsonl", json.dumps(second) + "\n")
    watched.run_once()
    shown = watched.call("alerts", "--json")
    (alert,) = [json.loads(line) for line in shown.stdout.splitlines()]
    (first,) = {"a-1", "a-2"} - {alert["article"]["id"]}
    ref = Article(id=first, source="wire", title="", fetched=datetime(2026, 1, 1, tzinfo=UTC)).ref

    done = watched.call("why", ref, "drones")

    assert (
        "no alert: below its threshold: 1 of 2 stories, 1 of 1 independent sources within 6"
        f" hours; since then it has counted towards alert {alert['alert']}"
    ) in done.stderr


def test_why_of_a_kept_article_tells_what_happened_then(watched: Product) -> None:
    watched.write(
        "watchlist.toml", "[watch.drones]\nwhen = 'drone AND place:iraq'\nnotify = ['console']\n"
    )
    watched.run_once()
    ref = Article(id="a-1", source="wire", title="", fetched=datetime(2026, 1, 1, tzinfo=UTC)).ref

    done = watched.call("why", ref, "drones")
    unknown = watched.call("why", "nothing", "drones")

    assert done.returncode == 0
    assert "then: it was the first article of its story; alert " in done.stderr
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["matched"] is True
    assert "was raised" in row["then"]
    assert unknown.returncode == 2
    assert "is kept" in unknown.stderr
