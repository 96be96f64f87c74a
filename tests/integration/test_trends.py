"""What articles are about, counted live; and what emerges of it, told once."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from arriving import Arriving, counting
from click.testing import CliRunner, Result

from monitor import telemetry
from monitor.app import now
from monitor.cli import wirewatch
from monitor.model import DELIVERIES, Article, Origin, Watch
from monitor.store import Outcome, Store, TrendCount, keys
from monitor.topics.rising import KEPT_HOURS, hour_of
from workers.emerging import LOOK_EVERY, Emergence

NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUPERVISORS = count()
LETTERS = "bacedifoguhajekilomunaperisotuvawexiyozu"
FARROW = "name:mildred-farrow"
EMERGING = Watch(id="emerging", title="What emerges", emerging=True, notify=("desk",))
HARBOUR = replace(EMERGING, id="harbour", when="harbour")


def words(number: int, count: int = 60) -> str:
    """A text that is like no other."""
    dice = random.Random(number)
    return " ".join("".join(dice.choices(LETTERS, k=6)) for _ in range(count)) + "."


def story(number: int, at: datetime, said: str = "", **given: object) -> Article:
    fields: dict[str, object] = {
        "id": f"a{number}",
        "source": f"s{number % 8}",
        "title": f"News of {words(number, 4)}",
        "body": f"{said} {words(number)}",
        "language": "en",
        "published": at,
        "fetched": max(at, NOON),
        "origin": Origin.SEED,
    }
    return Article(**(fields | given))  # type: ignore[arg-type]  # fields by name


def farrow(number: int, at: datetime = NOON, more: str = "", **given: object) -> Article:
    said = f"Today Mildred Farrow spoke. Then Mildred Farrow left. {more}"
    return story(1_000 + number, at, said, **{"title": "A prize for Mildred Farrow", **given})


def day_before(said: str = "") -> Iterable[Article]:
    """24 stories in each of the four windows before now."""
    for window in range(4):
        for number in range(24):
            yield story(100 * window + number, NOON - (8 + 6 * window) * HOUR, said)


def quiet_now(said: str = "") -> Iterable[Article]:
    return (story(500 + number, NOON - HOUR, said) for number in range(24))


@pytest.fixture
def come(store: Store) -> Arriving:
    """Lets articles come in and be judged by a worker."""
    return Arriving(store, NOON, EMERGING)


def supervisor(store: Store, *watches: Watch, at: datetime = NOON) -> Emergence:
    return Emergence(
        watches=lambda: watches or (EMERGING,),
        store=store,
        timings={},
        worker=f"emerging.{next(SUPERVISORS)}",
        now=lambda: at,
        log=telemetry.logger(),
    )


def told(store: Store, key: str = FARROW, scope: str = "") -> int:
    hours = range(hour_of(NOON) - 48, hour_of(NOON) + 1)
    return sum(each.stories for each in store.trends.told(scope, hours) if each.key == key)


def test_an_article_counts_once_however_often_its_job_runs(store: Store, come: Arriving) -> None:
    come(farrow(1))
    come(farrow(1))  # admitted again, with the same text

    assert told(store) == 1
    (found,) = [t for t in store.trends.told("", [hour_of(NOON)]) if t.key == FARROW]
    assert (found.label, found.sources) == ("Mildred Farrow", {"s1": 1})
    assert found.articles == (farrow(1).ref,)


def test_a_commit_sent_twice_counts_once(store: Store) -> None:
    told_of = TrendCount(scope="", hour=hour_of(NOON), source="s1", counted=((FARROW, "M"),))
    done = counting(farrow(1), told_of)
    for worker in ("w1", "w1", "w2"):  # a resend, and somebody who runs the job again
        assert store.judging.commit(worker, Outcome(judged=(done,)), NOON).answer == "done"

    assert told(store) == 1


def test_copies_versions_and_muted_or_old_articles_count_nothing(
    store: Store, come: Arriving
) -> None:
    first = farrow(1)
    come(first)
    come(replace(first, id="copy", source="paper"))
    come(replace(first, body=first.body + " More came to light."))
    come(farrow(2, origin=Origin.MUTED), farrow(3, NOON - KEPT_HOURS * HOUR))

    assert told(store) == 1


def test_an_agencys_text_counts_as_the_agencys(store: Store, come: Arriving) -> None:
    come(*(farrow(n, body=f"LONDON (Reuters) - {farrow(n).body}") for n in (1, 2, 3)))

    (found,) = [t for t in store.trends.told("", [hour_of(NOON)]) if t.key == FARROW]
    assert found.sources == {"reuters": 3}


def test_what_is_kept_of_an_hour_is_bounded(store: Store) -> None:
    hour = hour_of(NOON)
    for number in range(230):
        often = [("place:IQ", "Iraq")] if number < 40 else []
        counted = (*often, *((f"name:n{number}-{n}", "N") for n in range(20)))
        told_of = TrendCount(scope="", hour=hour, source=f"s{number % 40}", counted=counted)
        done = counting(farrow(number), told_of)
        store.judging.commit(f"w{number}", Outcome(judged=(done,)), NOON)

    assert store.client.hlen(keys.trend("", hour)) <= 4_000
    (iraq,) = [each for each in store.trends.told("", [hour]) if each.key == "place:IQ"]
    assert (iraq.stories, len(iraq.sources), len(iraq.articles)) == (40, 16, 3)
    life = store.client.ttl(keys.trend("", hour))
    assert 0 < life <= (KEPT_HOURS + 1) * 3600
    assert store.client.ttl(keys.trend_volume("", hour)) == life


def test_what_rises_is_told_once_by_however_many_supervisors(store: Store, come: Arriving) -> None:
    # given
    come(*day_before(), *quiet_now(), *(farrow(number) for number in range(8)))
    # when: two look at once, and again a minute and an hour later
    for later in (0 * HOUR, LOOK_EVERY, HOUR):
        for each in (supervisor(store, at=NOON + later), supervisor(store, at=NOON + later)):
            each.run()
            each.run()
    # then
    (alert,) = store.view.alerts(10)
    assert (alert.watch, alert.notify, alert.topics[0].key) == ("emerging", ("desk",), FARROW)
    assert alert.rising is not None
    assert (alert.rising.stories, alert.rising.usual) == (8, 0.0)
    assert alert.article.title == (
        "Mildred Farrow: 8 stories of 8 sources in 6 hours, usually none"
    )
    assert {each.sentence for each in alert.evidence} == {"A prize for Mildred Farrow"}
    assert {each.text for each in alert.evidence} == {"Mildred Farrow"}
    assert store.view.depth(DELIVERIES).waiting == 1
    assert store.view.counts()["alerts.raised"] == 1


def test_a_later_episode_is_told_again(store: Store, come: Arriving) -> None:
    come(*day_before(), *quiet_now(), *(farrow(number) for number in range(8)))
    supervisor(store).run()
    # the next day more than twice as many: far beyond what has become usual
    next_day = NOON + 25 * HOUR
    more = [farrow(n, next_day, fetched=next_day) for n in range(100, 130)]
    come(*more, *(story(2_000 + n, next_day, fetched=next_day) for n in range(40)))
    supervisor(store, at=next_day).run()

    assert [alert.rising and alert.rising.stories for alert in store.view.alerts(9)] == [30, 8]


def test_until_a_day_was_counted_nobody_is_told(store: Store, come: Arriving) -> None:
    come(*quiet_now(), *(farrow(number) for number in range(8)))
    supervisor(store).run()

    assert store.trends.rising(NOON).rises[0].key == FARROW
    assert store.view.alerts(10) == ()


def test_a_query_keeps_it_to_the_articles_that_match(store: Store, come: Arriving) -> None:
    both = (EMERGING, HARBOUR)
    near = [farrow(number, more="The harbour is near.") for number in range(7)]
    said = "The harbour is far."
    # a query that few articles satisfy: the quiet of all others is measured by all
    come(*day_before(), *quiet_now(), story(700, NOON - 30 * HOUR, said), watches=both)
    come(farrow(90), *near, watches=both)
    supervisor(store, *both).run()

    found = {alert.watch: alert.rising for alert in store.view.alerts(10)}
    stories = {watch: rising.stories for watch, rising in found.items() if rising}
    assert stories == {"emerging": 8, "harbour": 7}


def test_paused_watches_and_those_that_are_over_tell_nothing(store: Store, come: Arriving) -> None:
    come(*day_before(), *quiet_now(), *(farrow(number) for number in range(8)))
    store.paused_watches.pause("emerging", NOON)
    supervisor(store, EMERGING, replace(EMERGING, id="off", enabled=False)).run()
    supervisor(store, replace(EMERGING, id="x", until=NOON.date() - 24 * HOUR)).run()

    assert store.view.alerts(10) == ()


def test_an_emerging_watch_raises_no_alert_for_an_article(store: Store, come: Arriving) -> None:
    come(farrow(1, more="The harbour is near."), watches=(HARBOUR,))

    assert store.view.alerts(10) == ()
    assert told(store, scope=HARBOUR.trend_scope) == 1


@pytest.fixture
def config(tmp_path: Path, store: Store) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    path = store.client.connection_pool.connection_kwargs["path"]
    (folder / "monitor.toml").write_text(f'[redis]\nurl = "unix://{path}"\n')
    (folder / "watchlist.toml").write_text("[watch.emerging]\nemerging = true\n")
    return folder


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(wirewatch, [str(argument) for argument in arguments])


def test_trends_shows_what_rises_now(store: Store, come: Arriving, config: Path) -> None:
    by = now() - NOON
    told_now = [*day_before(), *quiet_now(), *(farrow(number) for number in range(8))]
    assert "nothing rises" in ran("trends", "--config", config).stderr
    hours = timedelta(hours=by // HOUR)
    shifted = [
        replace(each, published=each.published and each.published + hours, fetched=now())
        for each in told_now
    ]
    Arriving(store, now())(*shifted)

    done = ran("trends", "--json", "--config", config)
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["key"], row["stories"], row["usual"]) == (FARROW, 8, 0.0)
    assert len(row["sources"]) == 8
    assert row["articles"][0]["title"] == "A prize for Mildred Farrow"
    for_people = ran("trends", "--config", config, "--watch", "emerging").stderr
    assert "Mildred Farrow  (name:mildred-farrow)" in for_people
    assert "8 stories of 8 sources in 6 hours, usually none" in for_people
    assert "1 topic or name rises" in for_people
    # and what rises becomes an actor by its key
    person = ("--new", "--kind", "person", "--config", config)
    assert ran("actors", "promote", FARROW, *person).exit_code == 0
    assert 'name = "Mildred Farrow"' in (config / "actors.toml").read_text()
    assert "`wirewatch trends`" in str(ran("actors", "promote", "name:q", *person).exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--watch", "x"], "there are: emerging"),
        (["--watch", "emerging", "x.jsonl"], "leave PATH out"),
        (["--hours", "48"], "at most 24"),
    ],
)
def test_trends_says_what_it_cannot_do(config: Path, arguments: list[str], said: str) -> None:
    assert said in ran("trends", "--config", config, *arguments).output


def test_too_few_stories_and_too_short_a_time_are_said(
    store: Store, come: Arriving, config: Path
) -> None:
    assert "nothing rises" in ran("trends", "--config", config).stderr
    for stories, said in ((10, "too few"), (30, "not known yet")):
        for number in range(stories):
            told_of = TrendCount(
                scope="",
                hour=hour_of(now()),
                source=f"s{number}",
                counted=(("k", "K"),) if number < 8 else (),
            )
            done = counting(farrow(number + 100 * stories), told_of)
            store.judging.commit(f"{stories}.{number}", Outcome(judged=(done,)), now())
        assert said in ran("trends", "--config", config).stderr
