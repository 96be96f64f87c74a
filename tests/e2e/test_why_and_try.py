"""`wirewatch why` and `wirewatch try`, as typed: the tree for people, JSON Lines for machines."""

import json

import pytest
from product import Product

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
