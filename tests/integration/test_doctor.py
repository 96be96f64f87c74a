"""`wirewatch doctor`: what it says of set-ups that are well, and of ones that are not."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner
from loopback import LoopbackHttp, free_port
from refusing import refusing

from monitor.cli.doctor import command
from monitor.embedded import Embedded
from monitor.store import Beat, Store

LOGIN = """
[channel.desk]
type = "email"
to = ["desk@example.org"]
from = "w@example.org"
smtp = "smtp://127.0.0.1:{port}"
username = "desk"
password = "{password}"
"""
HOOK = '[channel.hook]\ntype = "webhook"\nurl = "{url}"\nsecret = "env:HOOK"\n'


class Postbox:
    """A mail server that wants a login; `letters` counts what it was given."""

    def __init__(self) -> None:
        self.letters = 0
        self._mail: Controller | None = None

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        return AuthResult(success=data.password == b"hush-of-desk", handled=False)

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802
        self.letters += 1
        return "250 kept"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=box,
        auth_require_tls=False,
    )
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOOK", "hush-of-hook")
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def write(config: Path, url: str, channels: str = "", more: str = "") -> None:
    monitor = f'[redis]\nurl = "{url}"\n[net]\nallow = ["127.0.0.0/8"]\n{more}'
    (config / "monitor.toml").write_text(monitor)
    (config / "channels.toml").write_text(channels)


def doctor(config: Path) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """The exit code, and per thing its state, what is said and the fix."""
    told = CliRunner().invoke(
        command, ["--config", str(config), "--data", str(config.parent / "var"), "--json"]
    )
    assert told.exit_code in (0, 1), told.output
    assert "hush" not in told.output
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    return told.exit_code, {r["about"]: (r["state"], r["said"], r["fix"]) for r in rows}


def test_a_good_setup_is_found_good_and_nothing_is_sent(
    store: Store, embedded: Embedded, config: Path, postbox: tuple[Postbox, int]
) -> None:
    # given
    with LoopbackHttp() as web:
        channels = LOGIN.format(port=postbox[1], password="env:PW")
        channels += HOOK.format(url=web.url("/hook"))
        channels += f'[channel.log]\ntype = "file"\npath = "{config.parent}/a.jsonl"\n'
        channels += '[channel.say]\ntype = "exec"\ncommand = ["/bin/true"]\n'
        write(config, embedded.url, channels)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PW", "hush-of-desk")
            # when
            code, found = doctor(config)
        # then
        assert code == 0, found
        assert web.requests == []
    assert postbox[0].letters == 0
    for about in (
        "configuration",
        "Redis version",
        "Redis append-only file",
        "Redis maxmemory-policy",
        "Redis appendfsync",
        "Redis memory",
        "clock",
        "channel desk",
        "channel hook",
        "channel log",
        "channel say",
        "data folder",
        "secrets",
    ):
        assert found[about][0] == "ok", (about, found[about])
    assert "login of desk taken" in found["channel desk"][1]
    assert found["poller"][0] == "warning"  # none runs
    assert "wirewatch poller" in found["poller"][2]


def test_each_thing_amiss_is_told_with_what_to_do(
    store: Store, embedded: Embedded, config: Path, postbox: tuple[Postbox, int]
) -> None:
    # given
    secret = config.parent / "hook.secret"
    secret.write_text("hush-of-file")
    secret.chmod(0o644)
    for folder in (config, config.parent):
        folder.chmod(0o755)
    channels = LOGIN.format(port=postbox[1], password="hush-wrong")
    channels += HOOK.format(url="http://127.0.0.1:1/hook").replace("env:HOOK", f"file:{secret}")
    channels += '[channel.away]\ntype = "webhook"\nurl = "http://10.0.0.1/x"\nsecret = "env:HOOK"\n'
    channels += f'[channel.log]\ntype = "file"\npath = "{config.parent}/no/a.jsonl"\n'
    channels += '[channel.say]\ntype = "exec"\ncommand = ["/bin/no-such-program"]\n'
    channels += f'[channel.feeds]\ntype = "atom"\nfolder = "{config.parent}/no"\n'
    write(config, embedded.url, channels)
    (config / "channels.toml").chmod(0o644)
    (config / "watchlist.toml").write_text(
        '[watch.a]\nwhen = "drone"\nnotify = []\nmust_match = ["A kite over Basra."]\n'
    )
    # when
    client = store.client
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.config_set("appendfsync", "no")
    try:
        code, found = doctor(config)
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendfsync", "everysec")
    # then
    assert code == 1
    wanted = {
        "Redis maxmemory-policy": ("problem", "noeviction"),
        "Redis appendfsync": ("problem", "everysec"),
        "channel desk": ("problem", "password"),
        "channel hook": ("problem", "receiver"),
        "channel away": ("problem", "[net] allow"),
        "channel log": ("problem", "mkdir -p"),
        "channel say": ("problem", "command"),
        "channel feeds": ("problem", "mkdir -p"),
        f"secret {secret}": ("warning", "chmod 600"),
        "secrets in channels.toml": ("warning", "env:NAME"),
        "watch a": ("warning", "wirewatch try"),
        "watches": ("warning", "notify"),
    }
    for about, (state, words) in wanted.items():
        assert found[about][0] == state, (about, found.get(about))
        assert words in found[about][2], (about, found[about])
    assert "10.0.0.1 is not a public address" in found["channel away"][1]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o644  # nothing is changed


def test_who_may_read_and_write_the_files_is_judged_with_their_folders(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a secret that only a variable names, in a folder that lets others in
    secret = config.parent / "redis.secret"
    secret.write_text("hush-of-redis")
    secret.chmod(0o644)
    monkeypatch.setenv("WIREWATCH_REDIS_PASSWORD", f"file:{secret}")
    more = '[channel.h]\ntype = "webhook"\nurl = "https://a.example/"\nsecret = "hush-of-hook"\n'
    channels = LOGIN.format(port=1, password="hush-of-desk") + more
    write(config, "redis://127.0.0.1:1/0", channels)
    (config / "channels.toml").chmod(0o646)
    for folder in (config, config.parent):
        folder.chmod(0o755)
    # when
    code, found = doctor(config)
    # then
    assert code == 1
    assert found[f"secret {secret}"][0] == "warning"
    assert "holds 'password', 'secret' in clear" in found["secrets in channels.toml"][1]
    assert found["permissions of channels.toml"][0] == "problem"
    assert "chmod o-w" in found["permissions of channels.toml"][2]
    # and when their folders keep others out
    for folder in (config, config.parent):
        folder.chmod(0o700)
    _, found = doctor(config)
    # then
    assert found["secrets"][0] == "ok"


def test_a_redis_that_is_away_is_told_and_the_rest_is_looked_at(config: Path) -> None:
    write(config, "redis://:hush-of-redis@127.0.0.1:1/0")
    code, found = doctor(config)
    assert code == 1
    assert found["Redis"][0] == "problem"
    assert "WIREWATCH_REDIS_URL" in found["Redis"][2]
    assert found["data folder"][0] == "ok"


def test_a_queue_that_nobody_serves_is_a_problem(
    store: Store, embedded: Embedded, config: Path
) -> None:
    # given
    write(config, embedded.url)
    store.beats.say(
        Beat(service="worker", host="h", pid=1, version="1", started=1.0, clock=2.0, ticked_s=0.1)
    )
    store.deliveries.attend("w", host="h", pid=1, state="idle", now=datetime.now(UTC))
    # when
    code, found = doctor(config)
    # then
    assert code == 1
    assert found["queue articles"][0] == "problem"
    assert "--queue articles" in found["queue articles"][2]
    assert found["queue pages"][0] == "warning"
    assert "queue deliveries" not in found


@pytest.mark.parametrize(
    ("why", "fix"),
    [
        ("it is full", "Give it more memory"),
        ("it is a replica", "Name the primary"),
        ("it cannot write to its disk", "Free the disk"),
    ],
)
def test_a_redis_that_takes_no_writes_is_a_problem(
    store: Store, embedded: Embedded, config: Path, why: str, fix: str
) -> None:
    write(config, embedded.url)
    with refusing(store, why):
        code, found = doctor(config)
    assert code == 1
    assert found["Redis writes"][0] == "problem"
    assert why in found["Redis writes"][1]
    assert fix in found["Redis writes"][2]
    assert found["Redis memory"][0] == ("problem" if why == "it is full" else "ok")
    assert found["clock"][0] == "ok"


def test_a_configuration_that_does_not_load_is_the_first_thing_to_mend(config: Path) -> None:
    (config / "monitor.toml").write_text("[workers]\nproceses = 4\n")
    code, found = doctor(config)
    assert code == 1
    assert "Did you mean processes?" in found["configuration"][1]


def test_without_a_redis_the_embedded_server_is_looked_for(config: Path) -> None:
    code, found = doctor(config)
    assert code == 0, found
    assert found["embedded server"][0] == "ok"
    assert found["disk"][0] == "ok"
