"""What is wrong is said as it is, all at once, and never the other way round."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.check import command as check
from monitor.errors import ConfigError
from monitor.settings import load

MAIL = {
    "to": '["desk@example.org"]',
    "from": '"desk@example.org"',
    "smtp": '"smtp://127.0.0.1:25"',
}
WATCH = '[watch.a]\nwhen = "drone"\n'


def said(config: Path, **files: str) -> str:
    for name, text in files.items():
        (config / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(config, {})
    return "\n".join(map(str, raised.value.problems))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("to", "[]", 'to: found [] (nobody), wanted to = ["desk@example.org"]'),
        ("from", '"Wirewatch"', "from: found 'Wirewatch' (not one mail address), wanted desk@"),
        ("from", '"ü@example.org"', "found 'ü@example.org' (not ASCII), wanted a domain"),
        ("unsubscribe", '"a b"', "unsubscribe: found 'a b' (not an address of plain characters"),
        (
            "smtp",
            '"smtp://a:b@host"',
            "smtp: found an address (not shown: there may be a secret in it) (a password in the"
            ' URL), wanted password = "env:NAME" beside it',
        ),
    ],
)
def test_what_was_found_is_not_said_to_be_wanted(
    tmp_path: Path, key: str, value: str, words: str
) -> None:
    rows = "".join(f"{name} = {text}\n" for name, text in {**MAIL, key: value}.items())
    assert words in said(tmp_path, channels=f'[channel.desk]\ntype = "email"\n{rows}')


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('cooldown = "0s"', "cooldown: found '0s', wanted a time above 0, such as"),
        ('at_most = "0 per hour"', "at_most: found '0 per hour', wanted a rate above 0, such as"),
        (
            "escalate = { hihg = 5 }",
            "escalate.hihg: found the key 'hihg', wanted one of 'low', 'normal', 'high' or"
            " 'critical'. Did you mean high?",
        ),
        ('escalate = { high = "x" }', "escalate.high: found 'x', wanted a whole number"),
        (
            "escalate = { high = 1 }",
            "escalate: found high = 1, wanted 2 sources or more: the first is told by the alert",
        ),
        (
            "escalate = { high = 5, critical = 4 }",
            "escalate: found critical = 4, wanted 6 sources or more: more than for high",
        ),
    ],
)
def test_what_is_wrong_in_a_watch_is_named(tmp_path: Path, row: str, words: str) -> None:
    assert words in said(tmp_path, watchlist=f"{WATCH}{row}\n")


def test_a_channel_that_is_broken_is_one_all_the_same(tmp_path: Path) -> None:
    problems = said(
        tmp_path,
        channels='[channel.a]\ntype = "console"\nformat = "x"\n[channel.b]\ntype = "console"\n',
        watchlist=f'{WATCH}notify = ["a", "bb"]\n',
    )
    assert "notify: found 'bb', wanted a channel of channels.toml (a, b)" in problems
    assert "found 'a'" not in problems


def test_all_that_can_be_known_is_told_at_once(tmp_path: Path) -> None:
    # given: a wrong query, an unknown channel, hours in which all is quiet, and a wrong format
    problems = said(
        tmp_path,
        channels='[channel.a]\ntype = "console"\nformat = "x"\nquiet = "08:00-20:00"\n',
        watchlist='[watch.a]\nwhen = "drone AND"\nnotify = ["a", "bb"]\nhours = "09:00-12:00"\n'
        '[watch.b]\nwhen = "x"\nseverity = "loud"\nnotify = ["cc"]\n',
    )
    for words in (
        "channels.toml [channel.a] format",
        "[watch.a] when",
        "[watch.a] notify: found 'bb'",
        "[watch.a] hours: found 09:00-12:00 UTC, all of which is quiet",
        "[watch.b] severity",
        "[watch.b] notify: found 'cc'",
    ):
        assert words in problems


def test_where_channels_cannot_be_read_nobody_is_blamed_for_naming_one(tmp_path: Path) -> None:
    problems = said(tmp_path, channels="[channel.a\n", watchlist=f'{WATCH}notify = ["a"]\n')
    assert "notify" not in problems


ODD = """
[channel.log]
type = "file"
path = "{folder}/none/alerts.jsonl"
[channel.feed]
type = "atom"
folder = "{folder}/none"
[channel.gone]
type = "exec"
command = ["{folder}/none"]
[channel.idle]
type = "exec"
command = ["{folder}/idle"]
[channel.hook]
type = "webhook"
url = "http://10.1.2.3:8080/hook"
secret = "hush"
[channel.local]
type = "webhook"
url = "http://localhost:9000/hook"
secret = "hush"
[channel.port]
type = "webhook"
url = "http://9.9.9.9:9000/hook"
secret = "hush"
[channel.named]
type = "webhook"
url = "http://hooks.internal:9000/hook"
secret = "hush"
"""


def test_channels_that_cannot_work_are_remarked_on(tmp_path: Path) -> None:
    # given
    (tmp_path / "idle").write_text("#!/bin/sh\n")
    (tmp_path / "channels.toml").write_text(ODD.format(folder=tmp_path))
    (tmp_path / "watchlist.toml").write_text(WATCH)

    # when
    done = CliRunner().invoke(check, ["--config", str(tmp_path), "--data", str(tmp_path)])

    # then
    assert done.exit_code == 1
    for words in (
        f"channels.toml [channel.log] path: there is no folder {tmp_path}/none; make it",
        f"[channel.feed] folder: there is no folder {tmp_path}/none",
        f"[channel.gone] command: there is no program {tmp_path}/none",
        "[channel.hook] url: 10.1.2.3 is not a public address, and will not be called; allow it:"
        ' [net] allow = ["10.1.2.3"] in monitor.toml',
        "[channel.local] url: 127.0.0.1 is not a public address",
        "[channel.port] url: port 9000 of 9.9.9.9 is none of ",
    ):
        assert words in done.stderr
    assert "channel.named" not in done.stderr
    assert ("may not be run" in done.stderr) is not os.access(tmp_path / "idle", os.X_OK)

    # and those that can are not
    (tmp_path / "none").mkdir()
    (tmp_path / "monitor.toml").write_text(
        '[net]\nallow = ["10.0.0.0/8", "127.0.0.0/8", "9.9.9.9"]\n'
    )
    done = CliRunner().invoke(check, ["--config", str(tmp_path), "--data", str(tmp_path)])
    assert "channel.log" not in done.stderr
    assert "url:" not in done.stderr


def test_a_service_that_apprise_does_not_know_is_told_with_other_errors(tmp_path: Path) -> None:
    # given
    (tmp_path / "channels.toml").write_text(
        '[channel.chat]\ntype = "apprise"\nurls = ["foo://bar"]\n'
    )
    (tmp_path / "watchlist.toml").write_text(f'{WATCH}notify = ["chta"]\n')

    # when
    done = CliRunner().invoke(check, ["--config", str(tmp_path), "--data", str(tmp_path)])

    # then
    assert "channels.toml [channel.chat] urls[1]: found foo://… (" in done.stderr
    assert "Did you mean chat?" in str(done.exception)
