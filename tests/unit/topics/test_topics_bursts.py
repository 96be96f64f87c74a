"""What several sources suddenly tell, and what is no news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.topics.bursts import MIN_DOCUMENTS, MIN_SOURCES, Burst, Document, bursts

DAY = timedelta(days=1)
FIRST = datetime(2014, 6, 1, 12, tzinfo=UTC)
SOURCES = [f"s{number}" for number in range(12)]


def day(number: int, *, key: str = "", times: int = 0, sources: int = 4) -> list[Document]:
    """A day of 24 documents from 12 sources, `times` of which from so many sources have the key."""
    filler = [
        Document(at=FIRST + number * DAY, source=SOURCES[at % 12], keys=frozenset({f"k{at}"}))
        for at in range(24)
    ]
    told = [
        Document(at=FIRST + number * DAY, source=SOURCES[at % sources], keys=frozenset({key}))
        for at in range(times)
    ]
    return filler + told


def found(*days: list[Document]) -> list[tuple[str, int]]:
    told = bursts([document for one in days for document in one], DAY)
    return [(burst.key, (burst.start - FIRST.replace(hour=0)) // DAY) for burst in told]


def test_what_was_never_told_and_now_is_by_many_is_a_burst() -> None:
    quiet = [day(number) for number in range(5)]
    assert found(*quiet, day(5, key="mosul", times=8)) == [("mosul", 5)]


def test_what_is_told_every_day_is_none() -> None:
    told = [day(number, key="iraq", times=8) for number in range(9)]
    assert found(*told)[1:] == []


def test_one_sources_series_is_none() -> None:
    assert found(day(0), day(1, key="cooking", times=9, sources=2)) == []


def test_few_documents_are_none() -> None:
    assert found(day(0), day(1, key="mosul", times=MIN_DOCUMENTS - 1)) == []


def test_a_thin_window_raises_no_alarm() -> None:
    thin = [document for document in day(1, key="mosul", times=8) if document.keys == {"mosul"}]
    assert found(day(0), thin) == []


def test_a_sources_furniture_does_not_count_for_it() -> None:
    furniture = [
        Document(at=FIRST, source=source, keys=frozenset({"newsletter"}))
        for source in SOURCES[:4]
        for _ in range(6)
    ]
    assert found(furniture) == []


def test_days_without_documents_are_days() -> None:
    assert found(day(0), day(9, key="mosul", times=8)) == [("mosul", 9)]


def test_nothing_gives_nothing() -> None:
    assert bursts([], DAY) == ()


def test_a_burst_tells_what_was_expected() -> None:
    (burst,) = bursts([*day(0), *day(1, key="mosul", times=8)], DAY)
    assert burst == Burst(
        start=FIRST.replace(hour=0) + DAY,
        key="mosul",
        documents=8,
        sources=4,
        expected=0.0,
        z=16.0,
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SOURCES[:5])), max_size=60))
def test_every_burst_has_its_sources_and_documents(told: list[tuple[int, str]]) -> None:
    documents = [
        Document(at=FIRST + at * DAY, source=source, keys=frozenset({"k"})) for at, source in told
    ]
    for burst in bursts(documents, DAY):
        assert burst.documents >= MIN_DOCUMENTS
        assert MIN_SOURCES <= burst.sources <= burst.documents
