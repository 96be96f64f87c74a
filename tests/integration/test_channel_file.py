"""The file channel on a real disk: whole lines, each once, by several processes, rotated."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.channels import CHANNELS, Channel, disk
from monitor.channels.body import encode
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Refused, Sent

ENVOYS = Path(__file__).parents[1] / "fixtures" / "alerts" / "envoys.json"
PROGRAM = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from monitor.channels import CHANNELS
from monitor.codec import decode_alert
from monitor.model import Delivery

fixture, path, who, times = sys.argv[1:]
kind = CHANNELS["file"]
alert = decode_alert(Path(fixture).read_bytes())
config = kind.config.model_validate({"path": path, "max_mb": 0.02, "keep": 1000})
channel = kind.open_channel("log", config, allow=(), contact="")

async def main():
    for number in range(int(times)):
        name = f"{who}-{number}"
        delivery = Delivery(id=name, alert=name, channel="log", attempts=1)
        print(await channel.send(delivery, replace(alert, id=name)), flush=True)
    await channel.close()

asyncio.run(main())
"""


@pytest.fixture
def envoys() -> Alert:
    return decode_alert(ENVOYS.read_bytes())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alerts.jsonl"


def opened(path: Path, **settings: object) -> Channel:
    kind = CHANNELS["file"]
    config = kind.config.model_validate({"path": str(path), **settings})
    return kind.open_channel("log", config, allow=(), contact="")


def send(channel: Channel, *alerts: Alert, attempt: int = 1) -> list[Receipt]:
    async def each() -> list[Receipt]:
        return [
            await channel.send(
                Delivery(id=f"d-{alert.id}", alert=alert.id, channel="log", attempts=attempt), alert
            )
            for alert in alerts
        ]

    return asyncio.run(each())


def named(alert: Alert, *names: str) -> tuple[Alert, ...]:
    return tuple(replace(alert, id=name) for name in names)


def told(path: Path) -> list[str]:
    """The ids of the alerts in a file; every line must be JSON."""
    text = path.read_bytes()
    assert text.endswith(b"\n")
    return [json.loads(row)["data"]["alert"] for row in text.splitlines()]


def test_a_line_is_the_body_of_a_webhook(envoys: Alert, path: Path) -> None:
    # when
    receipts = send(opened(path), envoys)

    # then
    assert receipts == [Sent(answer=f"written to {path}")]
    assert path.read_bytes() == encode(envoys) + b"\n"


def test_no_piece_is_left_in_a_file_that_makes_way(envoys: Alert, path: Path) -> None:
    # given
    first, second = named(envoys, "one", "two")
    path.write_bytes(encode(first) + b"\n" + encode(second)[:300])

    # when
    send(opened(path, max_mb=0.001), second, attempt=2)

    # then
    assert told(path.with_name("alerts.jsonl.1")) == ["one"]
    assert told(path) == ["two"]


@pytest.mark.parametrize("attempt", [1, 2])
def test_an_attempt_that_was_cut_off_after_writing_is_not_repeated(
    envoys: Alert, path: Path, attempt: int
) -> None:
    # given: it was written, and nobody could say so any more
    channel = opened(path)
    send(channel, *named(envoys, "one", "two"))

    # when
    receipts = send(channel, *named(envoys, "one"), attempt=attempt)

    # then
    assert receipts == [Sent(answer=f"it was in {path} already")]
    assert told(path) == ["one", "two"]


def test_a_further_attempt_is_looked_for_in_the_old_files_too(envoys: Alert, path: Path) -> None:
    # given
    channel = opened(path, max_mb=0.001)
    send(channel, *named(envoys, "one", "two", "three"))

    # when
    send(channel, *named(envoys, "one"), attempt=2)

    # then
    assert [told(path.with_name(f"{path.name}.{n}")) for n in (2, 1)] == [["one"], ["two"]]
    assert told(path) == ["three"]


def test_only_so_many_old_files_are_kept(envoys: Alert, path: Path) -> None:
    # when
    send(opened(path, max_mb=0.001, keep=2), *named(envoys, "a", "b", "c", "d"))

    # then
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "alerts.jsonl",
        "alerts.jsonl.1",
        "alerts.jsonl.2",
    ]
    assert told(path.with_name("alerts.jsonl.2")) == ["b"]


def test_a_gap_that_a_kill_left_while_rotating_is_filled(envoys: Alert, path: Path) -> None:
    # given
    channel = opened(path, max_mb=0.001, keep=3)
    send(channel, *named(envoys, "a", "b", "c", "d"))
    path.with_name("alerts.jsonl.1").rename(path.with_name("alerts.jsonl.x"))

    # when
    send(channel, *named(envoys, "e"))

    # then: the oldest is still there
    assert told(path.with_name("alerts.jsonl.3")) == ["a"]
    assert told(path.with_name("alerts.jsonl.1")) == ["d"]


def test_a_piece_of_our_own_line_makes_way(envoys: Alert, path: Path) -> None:
    # given: what a power cut has left
    first, second = named(envoys, "one", "two")
    path.write_bytes(encode(first) + b"\n" + encode(second)[:300])

    # when
    send(opened(path), second, attempt=2)

    # then
    assert told(path) == ["one", "two"]


def test_what_others_left_at_the_end_stays(envoys: Alert, path: Path) -> None:
    # given
    path.write_bytes(b"a note")

    # when
    send(opened(path), envoys)

    # then
    assert path.read_bytes() == b"a note\n" + encode(envoys) + b"\n"


def test_a_line_that_does_not_fit_on_the_disk_leaves_the_file_as_it_was(
    envoys: Alert, path: Path
) -> None:
    # given: room for one line and a half
    send(opened(path), *named(envoys, "one"))
    before = path.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    # when
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) * 3 // 2, limit[1]))
    try:
        (receipt,) = send(opened(path), *named(envoys, "two"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)

    # then
    assert receipt == Later(answer=f"cannot be written: {path}: No space left on device")
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_means_later(envoys: Alert, tmp_path: Path) -> None:
    (receipt,) = send(opened(tmp_path / "unmounted" / "alerts.jsonl"), envoys)
    assert isinstance(receipt, Later)
    assert receipt.answer.endswith("/unmounted: No such file or directory")


def test_a_folder_that_somebody_holds_means_later_and_one_line_all_the_same(
    envoys: Alert, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(disk, "WHOLE_S", 0.1)
    channel = opened(path)

    # when
    with disk.locked(path.parent):
        (receipt,) = send(channel, envoys)
    (again,) = send(channel, envoys, attempt=2)

    # then: the first was written as soon as it could be
    assert receipt == Later(answer="the disk took too long", down=True)
    assert isinstance(again, Sent)
    assert told(path) == [envoys.id]


def test_what_is_no_file_is_refused(envoys: Alert, path: Path) -> None:
    os.mkfifo(path)
    assert send(opened(path), envoys) == [Refused(answer=f"{path} is no file")]


def test_processes_side_by_side_lose_and_double_nothing_even_killed(
    envoys: Alert, path: Path
) -> None:
    # given: two that write to the end, and one that is killed on the way
    arguments = [sys.executable, "-c", PROGRAM, str(ENVOYS), str(path)]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen([*arguments, "a", "20"], stdout=pipe, text=True) as first,
        subprocess.Popen([*arguments, "b", "20"], stdout=pipe, text=True) as second,
        subprocess.Popen([*arguments, "killed", "100000"], stdout=pipe, text=True) as third,
    ):
        assert third.stdout is not None
        said = [third.stdout.readline() for _ in range(3)]
        third.kill()
        said += third.stdout.readlines()
        first.communicate()
        second.communicate()
    acknowledged = sum(row.endswith("\n") for row in said)

    # when: the attempt that was cut off is made again
    again = opened(path, max_mb=0.02, keep=1000)
    (receipt,) = send(again, *named(envoys, f"killed-{acknowledged}"), attempt=2)

    # then
    assert isinstance(receipt, Sent)
    assert len(list(path.parent.iterdir())) > 1
    assert sorted(name for each in path.parent.iterdir() for name in told(each)) == sorted(
        [
            *(f"{who}-{number}" for who in "ab" for number in range(20)),
            *(f"killed-{number}" for number in range(acknowledged + 1)),
        ]
    )


@pytest.mark.parametrize("wrong", ["alerts.jsonl", "", "/a\0b"])
def test_a_path_that_depends_on_where_we_were_started_is_not_taken(wrong: str) -> None:
    with pytest.raises(ValueError, match="wanted a path from the root on"):
        CHANNELS["file"].config.model_validate({"path": wrong})


def test_the_draft_shows_file_and_line(envoys: Alert, path: Path) -> None:
    draft = opened(path).draft(Delivery(id="d", alert=envoys.id, channel="log"), envoys)
    assert draft == f"to the end of {path}\n{encode(envoys).decode()}"
