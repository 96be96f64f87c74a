"""What digests say was not seen: outages of sources, be they over, and times without Wirewatch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from monitor.alerts import unseen
from monitor.model import Gap, Source
from monitor.poller.outages import Missed, Outage
from monitor.poller.record import Record, fields_of, mark_of
from monitor.store import Absence, Beat, Store, keys
from tests.conftest import NOON
from workers.coverage import MOST, absent, gaps

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEAT = Beat(service="poller", host="h", pid=1, version="1", started=1.0, clock=2.0, ticked_s=0.1)
HARBOUR = Source(id="harbour", url="https://harbour.example/feed", name="Harbour Gazette")
DAY_AGO = NOON - 24 * HOUR


def said(found: Sequence[Gap]) -> list[str]:
    return [f"{gap.source_name or gap.source} {unseen(gap, _hour)}" for gap in found]


def _hour(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def keep(store: Store, source: Source, record: Record) -> None:
    store.client.hset(keys.source(source.id), mapping=fields_of(record))


def away(*services: str, begin: datetime, end: datetime | None) -> list[Absence]:
    return [Absence(service=each, since=begin, until=end) for each in services]  # type: ignore[arg-type]  # a test's own


# -- sources


def test_a_source_that_failed_and_recovered_is_told_with_both_times(store: Store) -> None:
    begin = NOON - 10 * HOUR
    outage = Outage(kind="failing", since=begin, until=begin + 2.5 * HOUR)
    keep(store, HARBOUR, Record(of=mark_of(HARBOUR.url), outages=(outage,)))
    assert said(gaps(store, (HARBOUR,), DAY_AGO, NOON)) == [
        "Harbour Gazette could not be read 02:00 to 04:30"
    ]
    # and in no digest that begins after it
    assert gaps(store, (HARBOUR,), begin + 3 * HOUR, NOON) == ()


def test_one_that_fails_now_is_told_beside_its_earlier_outages_of_which_the_longest_count(
    store: Store,
) -> None:
    spans = ((1, 1), (3, 20), (5, 30), (7, 40), (9, 2))
    outages = tuple(
        Outage(
            kind="failing", since=DAY_AGO + hour * HOUR, until=DAY_AGO + hour * HOUR + long * MINUTE
        )
        for hour, long in spans
    )
    failing = Record(
        of=mark_of(HARBOUR.url),
        outages=outages,
        failing_since=NOON - HOUR,
        failures=1,
        error="no answer",
    )
    keep(store, HARBOUR, failing)
    assert said(gaps(store, (HARBOUR,), DAY_AGO, NOON)) == [
        "Harbour Gazette could not be read since 11:00",
        "Harbour Gazette could not be read 15:00 to 15:20",
        "Harbour Gazette could not be read 17:00 to 17:30",
        "Harbour Gazette could not be read 19:00 to 19:40",
    ]


def test_entries_that_came_and_went_are_added_up(store: Store) -> None:
    def between(begin: float, end: float, entries: int) -> Missed:
        return Missed(since=DAY_AGO + begin * HOUR, until=DAY_AGO + end * HOUR, entries=entries)

    missed = (between(-9, -8, 500), between(1, 2, 30), between(5, 6.5, 12))
    keep(store, HARBOUR, Record(of=mark_of(HARBOUR.url), missed=missed))
    (gap,) = gaps(store, (HARBOUR,), DAY_AGO, NOON)
    assert (gap.kind, gap.entries) == ("missed", 42)
    assert said([gap]) == ["Harbour Gazette had about 42 entries go by unread 13:00 to 18:30"]


def test_of_many_only_so_many_are_told(store: Store) -> None:
    sources = [Source(id=f"s{n}", url=f"https://s{n}.example/") for n in range(MOST + 20)]
    for source in sources:
        record = Record(of=mark_of(source.url), failing_since=NOON - HOUR, failures=1)
        keep(store, source, record)
    assert len(gaps(store, sources, DAY_AGO, NOON)) == MOST


# -- Wirewatch itself


def test_a_time_without_beats_is_remembered_once_however_often_it_is_said(store: Store) -> None:
    # given: the last poller was heard of twenty minutes ago
    store.beats.say(BEAT)
    assert store.beats.absences() == ()
    heard = store.beats.present().now - 1200
    store.client.hset(keys.attended(), "poller", heard)
    (lasting,) = store.beats.absences()
    assert lasting.until is None
    # when: one is here again, and says so twice, as after a lost reply
    for _ in range(2):
        store.beats.say(BEAT)
    # then
    (absence,) = store.beats.absences()
    assert absence.service == "poller"
    assert absence.until is not None
    assert abs(absence.since.timestamp() - heard) < 1
    assert timedelta(seconds=1199) < absence.until - absence.since < timedelta(seconds=1260)


def test_a_restart_is_no_absence_and_workers_are_counted_apart(store: Store) -> None:
    for service in ("poller", "worker"):
        store.client.hset(keys.attended(), service, store.beats.present().now - 30)
    store.beats.say(BEAT)
    assert store.beats.absences() == ()


def test_absences_are_bounded_and_expire(store: Store) -> None:
    # given: more than are kept, and one too old
    now_ms = int(store.beats.present().now * 1000)
    old = {f"worker {number}": now_ms - number for number in range(1, 150)}
    store.client.zadd(keys.absences(), old | {"worker 0": now_ms - 16 * 86_400_000})
    # when
    store.client.hset(keys.attended(), "poller", now_ms / 1000 - 100)
    store.beats.say(BEAT)
    # then
    assert len(store.beats.absences()) == 100
    assert store.client.zscore(keys.absences(), "worker 0") is None
    assert 0 < store.client.ttl(keys.absences()) <= 15 * 86_400


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        (
            [
                *away("poller", begin=NOON - 9 * HOUR, end=NOON - 9 * HOUR + 20 * MINUTE),
                *away("worker", begin=NOON - 9 * HOUR, end=NOON - 9 * HOUR + 21 * MINUTE),
            ],
            [
                "Wirewatch was off 03:00 to 03:20",
                "Wirewatch judged nothing (no worker ran) 03:20 to 03:21",
            ],
        ),
        (
            [
                *away("poller", begin=NOON - 9 * HOUR, end=NOON - 8 * HOUR),
                *away("worker", begin=NOON - 9 * HOUR + timedelta(seconds=2), end=NOON - 8 * HOUR),
            ],
            ["Wirewatch was off 03:00 to 04:00"],
        ),
        (
            away("poller", begin=NOON - HOUR, end=None),
            ["Wirewatch read no feeds (no poller ran) since 11:00"],
        ),
        (away("poller", begin=NOON - 30 * HOUR, end=NOON - 25 * HOUR), []),
    ],
)
def test_when_wirewatch_was_off_is_said_as_one_time_where_nothing_ran(
    absences: list[Absence], expected: list[str]
) -> None:
    assert said(tuple(absent(absences, DAY_AGO, NOON))) == expected
