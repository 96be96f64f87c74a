"""What stands in Redis: it comes back as it was written; what somebody else wrote is refused."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from fuzzing import SECONDS, SEED, dictionary, fuzz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutating import Mutator
from soundness import kind_of

from monitor import codec
from monitor.channels.trial import trial
from monitor.errors import ParseError
from monitor.model import DELIVER, JUDGE, READ_PAGE, Alert, Article
from monitor.queues import articles_of, delivery_of, page_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARTICLE = Article(
    id="a1",
    source="harbour",
    title="Ferry & tug",
    body="A ferry.\n\nA tug \u0000 \U0001f6a2.",
    url="https://harbour.example/1",
    published=NOON,
    fetched=NOON,
    authors=("Ana Lund",),
    tags=("ports",),
)
JOBS = [
    codec.encode_job(JUDGE, codec.bundle((ARTICLE, ARTICLE))),
    codec.encode_job(READ_PAGE, codec.bundle((ARTICLE,))),
    codec.encode_job(DELIVER, "d1", "a1", "desk"),
]
SEEDS = [
    *JOBS,
    *map(zlib.decompress, JOBS),
    codec.encode_alert(trial("desk", NOON)[1]),
    b'["",null,{"":1,"\xff"',
    b"[" * 5_000,
]
MUTATOR = Mutator(
    tokens=[*(name.encode() for name in (JUDGE, READ_PAGE, DELIVER)), *dictionary("codec")]
)


def _alert(data: bytes) -> object:
    alert = codec.decode_alert(data)
    assert codec.decode_alert(codec.encode_alert(alert)) == alert
    return "alert"


def _articles(data: bytes) -> object:
    articles = articles_of(data)
    assert articles_of(codec.encode_job(JUDGE, codec.bundle(articles))) == articles
    return "articles", len(articles)


def _page(data: bytes) -> object:
    return "page", page_of(data).origin


def _delivery(data: bytes) -> object:
    return "delivery", len(delivery_of(data))


READERS: tuple[Callable[[bytes], object], ...] = (_alert, _articles, _page, _delivery)


def stored(data: bytes) -> Hashable:
    """Bytes of Redis, as they are and as what a job is packed from, to all that reads such."""
    return tuple(
        _outcome(read, given) for given in (data, zlib.compress(data, 1)) for read in READERS
    )


def _outcome(read: Callable[[bytes], object], data: bytes) -> object:
    try:
        return read(data)
    except ParseError as error:
        return kind_of(error.message)


def test_a_few_hundred_broken_values_are_refused_or_valid() -> None:
    fuzz(stored, SEEDS, MUTATOR, seed=1, inputs=600)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
def test_whatever_stands_in_redis_is_refused_or_valid() -> None:
    fuzz(stored, SEEDS, MUTATOR, seed=SEED)


ZONES = st.just(UTC) | st.integers(-23 * 60, 23 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
st.register_type_strategy(
    datetime, st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
LARGE = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def comes_back(kind: type[Alert | Article], *, examples: int, fixed: bool) -> None:
    """Values of a kind, written and read; `fixed`: the same ones each time."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=fixed,
        database=None,
        suppress_health_check=LARGE,
    )
    @given(value=st.from_type(kind))
    def same(value: Alert | Article) -> None:
        if isinstance(value, Alert):
            assert codec.decode_alert(codec.encode_alert(value)) == value
        else:
            assert articles_of(codec.encode_job(JUDGE, codec.bundle((value,)))) == (value,)

    same()


@pytest.mark.parametrize("kind", [Alert, Article])
def test_a_few_values_of_ours_come_back_as_they_were(kind: type) -> None:
    comes_back(kind, examples=30, fixed=True)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 20 + 300)
@pytest.mark.parametrize("kind", [Alert, Article])
def test_whatever_we_write_comes_back_as_it_was(kind: type) -> None:
    comes_back(kind, examples=int(SECONDS * 100), fixed=False)
