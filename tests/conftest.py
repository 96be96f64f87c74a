"""Real parts that many tests need: the embedded server, articles, waiting without sleeping."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from deadline import at_last
from server import ManagedServer

from monitor.embedded import Embedded
from monitor.model import Article, Origin
from monitor.store import Store

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Tests start hundreds of processes, each of which would compile all of our modules anew.

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, as many tests wait for processes; four at most."""
    return min((os.cpu_count() or 1) + 1, 4)


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Logs as structlog has them of itself, whatever a test set up: its neighbours capture them."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def quiet() -> None:
    """No logs, of a test that would write many for nobody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One embedded server for the whole run; every test that uses it empties it first."""
    with Embedded(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def store(embedded: Embedded) -> Iterator[Store]:
    """An empty store on the embedded server."""
    store = Store(embedded.url)
    store.client.flushall()
    yield store
    store.close()


@pytest.fixture
def article() -> Callable[..., Article]:
    """Makes an article; what a test does not care about has a sensible value."""

    def make(number: int = 1, **given: Any) -> Article:
        values: dict[str, Any] = {
            "id": f"https://example.org/{number}",
            "source": "example",
            "url": f"https://example.org/{number}",
            "title": f"Headline {number}",
            "body": f"The body of article number {number}, which nobody else has.",
            "published": NOON,
            "fetched": NOON,
            "origin": Origin.SEED,
        }
        return Article(**(values | given))

    return make


@pytest.fixture
def until() -> Callable[..., None]:
    """Waits for a condition with a deadline; the test fails when it does not come true."""

    def wait(condition: Callable[[], object], *, what: str, within_s: float = 20.0) -> None:
        if not at_last(condition, within_s=within_s):
            pytest.fail(f"not within {within_s} s: {what}")

    return wait


@pytest.fixture
def server(tmp_path: Path, until: Callable[..., None]) -> Iterator[ManagedServer]:
    """A Redis of the test's own on a port of loopback, which it may mistreat."""
    server = ManagedServer(tmp_path / "redis", until)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def sample_config() -> Path:
    """The shipped config/."""
    return Path(__file__).parent.parent / "config"
