"""Killed before and after every command of what decides when an alert is told: nothing is lost,
nothing is told twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from proxy import Harm, Proxy
from test_kill_points import Scene, serving

from monitor.model import Rate, Threshold, Timing
from monitor.store import Store
from tests.crash import steps

RESTING = replace(steps.WATCH, cooldown=timedelta(hours=2))
CAUTIOUS = replace(
    steps.WATCH, threshold=Threshold(stories=2, sources=1, within=timedelta(hours=2))
)
EXPECTED = replace(steps.WATCH, expect=Rate(most=1, span=timedelta(days=1)))
LATER, EVEN_LATER, DAYS = timedelta(hours=3), timedelta(hours=4), timedelta(days=2)
HOURLY = Timing(mode="digest", every="hour")


class Desk(Scene):
    """The scene with watches that do not tell everything at once."""

    def __init__(self, store: Store, folder: Path, web: object) -> None:
        super().__init__(store, folder, web)  # type: ignore[arg-type]  # the loopback of `serving`
        self.calls["judge_resting"] = (steps.judge, (RESTING,))  # type: ignore[assignment]
        self.calls["judge_cautious"] = (steps.judge, (CAUTIOUS,))  # type: ignore[assignment]
        self.calls["release"] = (steps.release, (LATER,))  # type: ignore[assignment]
        self.calls["join"] = (steps.release, (LATER, HOURLY))  # type: ignore[assignment]
        self.calls["release_hourly"] = (steps.release, (EVEN_LATER, HOURLY))  # type: ignore[assignment]
        self.calls["record"] = (steps.record, (str(folder / "told.jsonl"),))
        self.calls["expect"] = (steps.notice_silence, (EXPECTED, timedelta()))  # type: ignore[assignment]
        self.calls["notice"] = (steps.notice_silence, (EXPECTED, DAYS))  # type: ignore[assignment]

    def told(self) -> list[tuple[str, int]]:
        """Type and number of alerts of each webhook, by its id."""
        bodies = {call.headers["webhook-id"]: json.loads(call.body) for call in self.webhooks()}
        return sorted(
            (body["type"], len(body["data"].get("alerts", [1]))) for body in bodies.values()
        )


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    with serving() as web:
        yield Desk(store, tmp_path, web)


PATHS = {
    "judge_resting": ("poll_seeds", "judge_resting", "release", "deliver"),
    "release": ("poll_seeds", "judge_resting", "release", "deliver"),
    "join": ("poll_seeds", "judge_resting", "join", "release_hourly", "deliver"),
    "judge_cautious": ("poll_seeds", "judge_cautious", "deliver"),
    "notice": ("expect", "notice", "deliver"),
}
"""What is struck, and the whole work around it."""

TOLD = {
    "judge_resting": [("alert.raised", 1), ("digest.ready", 2)],
    "release": [("alert.raised", 1), ("digest.ready", 2)],
    "join": [("alert.raised", 1), ("digest.ready", 2)],
    "judge_cautious": [("alert.raised", 1)],
    "notice": [("watch.quiet", 1)],
}


RECORDED = ("poll_seeds", "judge_resting", "release", "record")


def prepared(desk: Desk, step: str, path: tuple[str, ...] = ()) -> None:
    desk.reset()
    path = path or PATHS[step]
    for earlier in path[: path.index(step)]:
        assert desk.run(earlier) == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", list(PATHS))
@pytest.mark.parametrize("harm", ["before", "after", "lose"])
def test_told_once_wherever_it_is_struck(desk: Desk, step: str, harm: Harm) -> None:
    # given
    prepared(desk, step)
    with Proxy(desk.folder / "clean", desk.server) as proxy:
        assert desk.run(step, proxy.url) == 0
    assert proxy.points
    for point, command in enumerate(proxy.points):
        where = f"{harm} {command}, command {point} of {step}"
        prepared(desk, step)
        # when
        with Proxy(desk.folder / f"p{point}", desk.server, point=point, harm=harm) as struck:
            desk.run(step, struck.url)
        # then: fresh processes go on from there
        desk.run("bury")
        for again in PATHS[step][PATHS[step].index(step) :]:
            assert desk.run(again) == 0, where
        assert desk.told() == TOLD[step], where
        assert len(desk.webhooks()) == len(TOLD[step]), where
        assert desk.store.letters.all() == (), where


@pytest.mark.timeout(300)
@pytest.mark.parametrize("harm", ["before", "after", "lose"])
def test_a_record_has_each_line_once_wherever_it_is_struck(desk: Desk, harm: Harm) -> None:
    # given
    told = desk.folder / "told.jsonl"
    prepared(desk, "record", RECORDED)
    with Proxy(desk.folder / "clean", desk.server) as proxy:
        assert desk.run("record", proxy.url) == 0
    assert "turn" in proxy.points
    clean = sorted(json.loads(row)["type"] for row in told.read_text().splitlines())
    assert clean == ["alert.raised"] * 3 + ["digest.ready"]
    for point, command in enumerate(proxy.points):
        if command not in ("turn", "settle"):  # all other points are those of any delivery
            continue
        told.unlink()
        prepared(desk, "record", RECORDED)
        # when
        with Proxy(desk.folder / f"p{point}", desk.server, point=point, harm=harm) as struck:
            desk.run("record", struck.url)
        # then
        desk.run("bury")
        assert desk.run("record") == 0
        rows = told.read_text().splitlines()
        assert len(set(rows)) == len(rows), f"{harm} {command}, command {point}"
        assert sorted(json.loads(row)["type"] for row in rows) == clean
