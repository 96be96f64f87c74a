"""The exec channel with real programs: what they are given, how they end, what stays behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.channels import CHANNELS, Channel
from monitor.channels.body import encode
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Refused, Sent

ENVOYS = Path(__file__).parents[1] / "fixtures" / "alerts" / "envoys.json"


@pytest.fixture
def envoys() -> Alert:
    return decode_alert(ENVOYS.read_bytes())


def opened(*command: str, **settings: object) -> Channel:
    kind = CHANNELS["exec"]
    config = kind.config.model_validate({"command": command, **settings})
    return kind.open_channel("prog", config, allow=(), contact="")


def a_shell(script: str, *arguments: str, **settings: object) -> Channel:
    return opened("/bin/sh", "-c", script, "sh", *arguments, **settings)


def send(channel: Channel, alert: Alert) -> Receipt:
    async def once() -> Receipt:
        receipt = await channel.send(delivery_of(alert), alert)
        await channel.close()
        return receipt

    return asyncio.run(once())


def delivery_of(alert: Alert) -> Delivery:
    return Delivery(id="d1", alert=alert.id, channel="prog", attempts=3)


def is_running(pid: int) -> bool:
    with suppress(FileNotFoundError):  # a zombie that nobody has reaped yet is gone, too
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False


def test_a_program_gets_the_body_of_a_webhook_on_standard_input(
    envoys: Alert, tmp_path: Path
) -> None:
    # given
    received = tmp_path / "received"

    # when
    receipt = send(a_shell('cat > "$1"', str(received)), envoys)

    # then
    assert receipt == Sent(answer="exit code 0")
    assert received.read_bytes() == encode(envoys) + b"\n"


def test_arguments_are_taken_as_they_are(envoys: Alert) -> None:
    channel = opened("/bin/sh", "-c", 'printf "%s" "$1" >&2', "sh", "$(id); *")
    assert send(channel, envoys) == Sent(answer="exit code 0: $(id); *")


def test_its_environment_is_clean_but_for_what_it_is_given(
    envoys: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("OPS_HOOK_SECRET", "hush")

    # when
    receipt = send(a_shell("env | sort >&2; pwd >&2", environment={"TOKEN": "t1"}), envoys)

    # then
    names = [word for word in receipt.answer.split(" ") if not word.startswith(("PWD=", "_="))]
    assert names[3:] == [
        "LANG=C.UTF-8",
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "TOKEN=t1",
        "WIREWATCH_ATTEMPT=3",
        "WIREWATCH_CHANNEL=prog",
        "WIREWATCH_DELIVERY=d1",
        "/",
    ]


@pytest.mark.parametrize(
    ("script", "receipt"),
    [
        ("exit 0", Sent(answer="exit code 0")),
        ("exit 75", Later(answer="exit code 75, not now")),
        ("echo no route >&2; exit 1", Later(answer="exit code 1: no route")),
        ("exit 127", Later(answer="exit code 127")),
        ("kill -TERM $$", Later(answer="ended by signal 15")),
        ("exit 64", Refused(answer="exit code 64, it was called wrongly")),
        ("exit 65", Refused(answer="exit code 65, it cannot do with this alert")),
        ("exit 77", Refused(answer="exit code 77, it may not")),
        ("exit 78", Refused(answer="exit code 78, its configuration is wrong")),
    ],
)
def test_the_exit_code_is_the_answer(envoys: Alert, script: str, receipt: Receipt) -> None:
    assert send(a_shell(script), envoys) == receipt


def test_its_words_are_made_safe_and_cut(envoys: Alert) -> None:
    # given
    script = r'printf "\033[31mred\033[0m\nBcc: x\377 " >&2; yes word | head -c 300000 >&2; exit 1'

    # when
    receipt = send(a_shell(script), envoys)

    # then
    assert receipt.answer.startswith("exit code 1: red Bcc: x\ufffd word word")
    assert receipt.answer.endswith("…")
    assert len(receipt.answer) < 330


def test_what_takes_too_long_is_killed_with_all_it_started(
    envoys: Alert, tmp_path: Path, until: Callable[..., None]
) -> None:
    # given
    pids = tmp_path / "pids"
    script = 'sleep 1000 & echo $! > "$1"; echo $$ >> "$1"; echo wait >&2; sleep 1000'

    # when
    receipt = send(a_shell(script, str(pids), timeout_s=0.5), envoys)

    # then
    assert receipt == Later(answer="killed: not done in 0.5 s: wait", down=True)
    left = [int(pid) for pid in pids.read_text().split()]
    until(lambda: not any(map(is_running, left)), what="the end of both")


def test_what_it_leaves_behind_ends_with_it_and_delays_nothing(
    envoys: Alert, tmp_path: Path, until: Callable[..., None]
) -> None:
    # given: a child that keeps standard error open
    pids = tmp_path / "pids"

    # when
    receipt = send(a_shell('sleep 1000 & echo $! > "$1"', str(pids), timeout_s=20), envoys)

    # then
    assert receipt == Sent(answer="exit code 0")
    until(lambda: not is_running(int(pids.read_text())), what="the end of the child")


def test_a_worker_that_stops_takes_its_program_along(
    envoys: Alert, tmp_path: Path, until: Callable[..., None]
) -> None:
    # given
    pids = tmp_path / "pids"
    channel = a_shell('echo $$ > "$1.new"; mv "$1.new" "$1"; sleep 1000', str(pids))

    async def stop_in_between() -> None:
        sending = asyncio.ensure_future(channel.send(delivery_of(envoys), envoys))
        await asyncio.to_thread(until, pids.exists, what="its start")
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    # when
    asyncio.run(stop_in_between())

    # then
    until(lambda: not is_running(int(pids.read_text())), what="its end")


def test_no_descriptor_is_left_open(envoys: Alert) -> None:
    # given
    channel = a_shell("echo heard >&2")

    async def count() -> tuple[int, int]:
        await channel.send(delivery_of(envoys), envoys)
        before = len([*Path("/dev/fd").iterdir()])
        for _ in range(3):
            await channel.send(delivery_of(envoys), envoys)
        return before, len([*Path("/dev/fd").iterdir()])

    # then
    before, after = asyncio.run(count())
    assert before == after


def test_a_program_that_is_not_there_may_come(envoys: Alert) -> None:
    assert send(opened("/no/such/program"), envoys) == Later(
        answer="the program cannot be started: /no/such/program: No such file or directory",
        down=True,
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"command": []}, "wanted a list of program and arguments"),
        ({"command": ["/bin/echo", "a\0b"]}, "wanted a list of program and arguments"),
        ({"command": ["echo"]}, "wanted a path from the root on"),
        ({"command": ["/bin/echo"], "environment": {"A=B": "c"}}, "wanted names of letters"),
        ({"command": ["/bin/echo"], "environment": {"A": "b\0"}}, "wanted names of letters"),
        ({"command": ["/bin/echo"], "timeout_s": 0}, "greater than 0"),
    ],
)
def test_what_cannot_be_run_is_told_at_the_start(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CHANNELS["exec"].config.model_validate(wrong)


def test_the_draft_shows_the_call_and_no_secret(envoys: Alert) -> None:
    # when
    channel = opened("/bin/echo", "-n", environment={"TOKEN": "hush"})
    call, _, body = channel.draft(delivery_of(envoys), envoys).partition("\n\n")

    # then
    assert call.splitlines()[0] == "['/bin/echo', '-n']"
    assert "WIREWATCH_DELIVERY=d1" in call
    assert "hush" not in call
    assert json.loads(body)["data"]["alert"] == envoys.id
