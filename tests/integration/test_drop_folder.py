"""A watched folder: each file once, by content, when it is whole; and old files replayed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from structlog.testing import CapturingLogger

from monitor.model import Article
from monitor.poller.replay import Replay
from monitor.poller.seeds import SeedReader
from monitor.queues import articles_of
from monitor.store import Store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LINE = '{{"id": "{0}", "title": "News {0}", "body": "Text {0}.", "published": "{1}"}}\n'


def lines(*numbers: int, year: int = 2025) -> str:
    return "".join(LINE.format(n, f"{year}-03-{n:02}T10:00:00Z") for n in numbers)


class Desk:
    """A folder, a reader of it, and what came of it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.said = store, folder, CapturingLogger()
        self.folder.mkdir()
        self.reader = self.started()

    def started(self, replay: Replay | None = None) -> SeedReader:
        return SeedReader(
            store=self.store,
            now=lambda: NOON,
            room=lambda: None,
            log=structlog.wrap_logger(
                self.said, wrapper_class=structlog.make_filtering_bound_logger(20), processors=[]
            ),
            replay=replay or Replay(),
        )

    def drop(self, name: str, text: str, *, age_s: float = 0.0) -> Path:
        path = self.folder / name
        path.write_text(text)
        moment = time.time() - age_s
        os.utime(path, (moment, moment))
        return path

    def look(self) -> int:
        return self.reader.read_settled([self.folder])

    def put(self) -> list[Article]:
        found: list[Article] = []
        while jobs := self.store.articles.take("w", str(time.monotonic_ns()), 100):
            found += (article for job in jobs for article in articles_of(job.data))
        return found

    def events(self, event: str) -> list[dict[str, object]]:
        return [call.kwargs for call in self.said.calls if call.kwargs.get("event") == event]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "drop")


def test_a_file_is_taken_when_it_stands_still_and_once(desk: Desk) -> None:
    # given: one that is being written, one that is old
    path = desk.drop("new.jsonl", lines(1))
    desk.drop("old.jsonl", lines(2), age_s=10)
    # then
    assert desk.look() == 1
    desk.drop("new.jsonl", lines(1, 3))
    assert desk.look() == 0, "it has grown since the last look"
    assert desk.look() == 2
    assert [desk.look(), desk.look()] == [0, 0]
    # and when: renamed, copied, touched, read by one that was started anew
    path = path.rename(desk.folder / "renamed.jsonl")
    desk.drop("copy.jsonl", path.read_text(), age_s=10)
    os.utime(path)
    desk.reader = desk.started()
    # then
    assert [desk.look(), desk.look()] == [0, 0]
    # and when: replaced by other content
    desk.drop("renamed.jsonl", lines(4), age_s=10)
    assert desk.look() == 1
    assert [article.id for article in desk.put()] == ["2", "1", "3", "4"]


def test_a_file_that_waits_under_another_name_is_read_when_it_has_its_own(desk: Desk) -> None:
    # given: a download under way, and a name nobody reads
    part = desk.drop("wire.jsonl.part", lines(1), age_s=10)
    odd = desk.drop("news.data", lines(2), age_s=10)
    assert [desk.look(), desk.look()] == [0, 0]
    (problem,) = desk.events("source.problem")
    assert "'.data'" in str(problem["found"])
    # when
    part.rename(desk.folder / "wire.jsonl")
    odd.rename(desk.folder / "news.jsonl")
    # then
    assert desk.look() == 2


def test_what_cannot_be_read_is_said_once(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("hush")
    (desk.folder / "link.txt").symlink_to(outside)
    os.mkfifo(desk.folder / "pipe.txt")
    desk.drop("empty.jsonl", "", age_s=10)
    for _ in range(4):
        assert desk.look() == 0
    assert len(desk.events("source.problem")) == 3


def test_a_file_that_changes_while_it_is_looked_at_is_left_for_the_next_look(desk: Desk) -> None:
    # given: a long file, and a writer that adds to it every few milliseconds
    path, ending = desk.drop("slow.jsonl", ""), threading.Event()
    os.truncate(path, 128 << 20)

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not ending.wait(0.002):
                file.write(b"\n")

    writer = threading.Thread(target=write)
    writer.start()
    # then
    try:
        assert desk.reader.read_all([desk.folder]) == 0
        assert not desk.events("source.problem"), "it was not even opened"
    finally:
        ending.set()
        writer.join()
    desk.drop("slow.jsonl", lines(1), age_s=10)
    assert desk.look() == 1


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        ("published", [1, 2, 3]),
        (datetime(2025, 3, 9, tzinfo=UTC), [9, 9, 9]),
    ],
)
def test_old_files_come_in_when_they_were_published_or_from_a_moment_on(
    desk: Desk, as_of: object, days: list[int]
) -> None:
    desk.drop("old.jsonl", lines(1, 2, 3), age_s=10)
    desk.reader = desk.started(Replay(as_of=as_of))  # type: ignore[arg-type]  # given by the table
    desk.look()
    articles = desk.put()
    assert [article.fetched.day for article in articles] == days
    assert {article.fetched.year for article in articles} == {2025}
    assert [article.published.day for article in articles if article.published] == [1, 2, 3]


def test_a_replay_keeps_its_pace_and_goes_on_where_it_was_ended(
    desk: Desk, until: Callable[..., None]
) -> None:
    # given: thirty a second
    desk.drop("old.jsonl", lines(*range(1, 29)) * 10, age_s=10)
    replay = Replay(per_s=30)
    desk.reader, began_s = desk.started(replay), time.monotonic()
    reading = threading.Thread(target=desk.look)
    reading.start()
    counts = desk.store.view.counts
    # when
    until(lambda: counts().get("articles.admitted", 0) >= 60, what="two chunks are put")
    took_s = time.monotonic() - began_s
    replay.ending.set()
    reading.join(5)
    # then: the first chunk at once, the second after a second
    assert 0.9 < took_s < 5
    assert counts()["articles.admitted"] == 60
    # and when: started again, without a pace
    desk.reader = desk.started()
    assert desk.look() == 280 - 60
    assert desk.look() == 0
