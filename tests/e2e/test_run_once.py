"""`wirewatch run --once`: what is there is read, told, and summed up."""

from __future__ import annotations

import json

from product import ROOT, Product

from monitor.embedded import Embedded
from monitor.store import Store, keys

WATCH = """
[watch.drones]
title = "Drones over Basra"
when = 'drone AND place:basra'
notify = ["console"]
"""
STORY = (
    "A drone was seen over Basra on Tuesday evening, witnesses told the port authority. "
    "The harbour was closed for two hours while the coast guard searched the quays and the "
    "water for wreckage. Nobody was hurt, and shipping went on at midnight as planned, said a "
    "spokesman who asked people to report anything unusual near the refinery."
)


def jsonl(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_an_alert_shows_its_watch_its_article_and_its_evidence(product: Product) -> None:
    # given
    product.write("watchlist.toml", WATCH)
    product.seed(
        "news.jsonl",
        jsonl(
            {
                "id": "7",
                "source": "Harbour Post",
                "url": "https://harbour.example/7",
                "title": "Port closed after sighting",
                "body": STORY,
                "published": "2026-03-01T12:00:00Z",
            },
            {"id": "8", "title": "Cricket", "body": "Nothing to see here, only a long match."},
        ),
    )
    # when
    done = product.run_once()
    # then
    assert done.returncode == 0, done.stderr
    for words in (
        "Drones over Basra",
        "Port closed after sighting",
        "Harbour Post",
        "https://harbour.example/7",
        "1 Mar",
        "«drone»",
        "«Basra»",
    ):
        assert words in done.stderr, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["read"], summary["new"], summary["alerts"], summary["sent"]) == (2, 2, 1, 1)


def test_a_second_run_reads_and_says_nothing_again(product: Product) -> None:
    # given
    product.write("watchlist.toml", WATCH)
    product.seed("news.jsonl", jsonl({"id": "7", "title": "Port", "body": STORY}))
    assert json.loads(product.run_once().stdout)["alerts"] == 1
    # when
    again = product.run_once()
    # then
    assert again.returncode == 0
    assert "Drones over Basra" not in again.stderr
    summary = json.loads(again.stdout)
    assert (summary["read"], summary["alerts"], summary["sent"]) == (0, 0, 0)


def test_a_copy_raises_no_second_alert(product: Product) -> None:
    # given: two papers print one agency text
    product.write("watchlist.toml", WATCH)
    product.seed(
        "news.jsonl",
        jsonl(
            {
                "id": "a",
                "source": "one",
                "url": "https://one.example/a",
                "title": "A",
                "body": STORY,
            },
            {
                "id": "b",
                "source": "two",
                "url": "https://two.example/b",
                "title": "B",
                "body": STORY,
            },
        ),
    )
    # when
    summary = json.loads(product.run_once().stdout)
    # then
    assert (summary["new"], summary["copies"], summary["alerts"]) == (1, 1, 1)


def test_bad_seed_files_are_told_and_the_rest_goes_on(product: Product) -> None:
    # given
    product.write("watchlist.toml", WATCH)
    product.seed("news.jsonl", "{ not json\n" + jsonl({"id": "7", "title": "Port", "body": STORY}))
    product.seed("empty.txt", "")
    product.seed("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01")
    product.seed("odd.xyz", "what is this")
    # when
    done = product.run_once()
    # then
    summary = json.loads(done.stdout)
    assert (summary["alerts"], summary["problems"]) == (1, 4)
    for name in ("news.jsonl", "empty.txt", "picture.txt", "odd.xyz"):
        assert name in done.stderr, done.stderr


def test_a_watchlist_with_a_typo_names_file_table_key_and_fix(product: Product) -> None:
    # given
    product.write(
        "watchlist.toml",
        '[watch.a]\nwhne = "drone"\nnotify = ["consol"]\n'
        "[watch.b]\nwhen = 'drone AND strike OR bomb'\n",
    )
    # when
    done = product.run_once()
    # then
    assert done.returncode == 2
    for words in (
        "watchlist.toml [watch.a] whne",
        "Did you mean when?",
        "watchlist.toml [watch.b] when",
        "(drone AND strike) OR bomb",
        "drone AND (strike OR bomb)",
    ):
        assert words in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreachable_mail_server_is_told_and_nothing_is_lost(product: Product) -> None:
    # given
    product.write("watchlist.toml", WATCH.replace('"console"', '"desk", "console"'))
    product.write(
        "channels.toml",
        '[channel.console]\ntype = "console"\n[channel.desk]\ntype = "email"\n'
        'to = ["desk@example.org"]\nfrom = "w@example.org"\nsmtp = "smtp://127.0.0.1:9"\n',
    )
    product.seed("news.jsonl", jsonl({"id": "7", "title": "Port", "body": STORY}))
    # when
    done = product.run_once("--wait", "1")
    # then: the console has it, the mail waits
    assert done.returncode == 1
    assert "Drones over Basra" in done.stderr
    assert "delivery.delayed" in done.stderr
    summary = json.loads(done.stdout)
    assert (summary["sent"], summary["pending"], summary["parked"]) == (1, 1, 0)


def test_the_samples_run_as_shipped(product: Product) -> None:
    done = product.call(
        "run", "--once", "--config", str(ROOT / "config"), "--seeds", str(ROOT / "seeds")
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["read"] >= 12
    assert summary["copies"] >= 1
    assert summary["alerts"] >= 1
    assert summary["problems"] == 0, done.stderr


RIVER = """
[watch.river]
title = "River levels"
when = 'river'
notify = ["console"]
"""


def test_it_tells_what_was_gathered_and_is_due_though_there_is_nothing_to_read(
    product: Product,
) -> None:
    # given: the second of two alerts waits until the watch has rested
    product.write("watchlist.toml", WATCH + 'cooldown = "1s"\n')
    product.seed(
        "news.jsonl",
        jsonl(
            {"id": "7", "title": "Port", "body": STORY},
            {"id": "8", "title": "Drone near a school in Basra", "body": "Drone. Basra. " * 9},
        ),
    )
    first = product.run_once()
    assert json.loads(first.stdout)["alerts"] == 2, first.stderr
    # when
    done = product.run_once()
    # then
    told = [json.loads(run.stdout) for run in (first, done)]
    assert sum(run["sent"] for run in told) == 2, done.stderr
    assert told[1]["gathered"] == 0


def test_it_tells_that_a_watch_is_silent_after_what_there_is_was_judged(product: Product) -> None:
    # given: the span is over
    product.write(
        "watchlist.toml", WATCH + 'expect = "1 per day"\n' + RIVER + 'expect = "1 per day"\n'
    )
    product.run_once()
    with Embedded(product.data) as server:
        for watch in ("drones", "river"):
            server_client = Store(server.url).client
            (_, *rest) = server_client.hget(keys.expected(), watch).split(b" ", 1)
            server_client.hset(keys.expected(), watch, b" ".join((b"1000", *rest)))
    product.seed("news.jsonl", jsonl({"id": "7", "title": "Port", "body": STORY}))
    # when
    done = product.run_once()
    # then
    assert "River levels has found no story in 1 day" in done.stderr, done.stderr
    assert "Drones over Basra has found" not in done.stderr
