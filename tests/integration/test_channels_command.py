"""`wirewatch channels`: who is told, and a test through the real channel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from loopback import LoopbackHttp, free_port

from monitor.cli.channels import command

SECRET = "hush-hush-hush-hush"
PATH = "/hooks/T0-token-of-ours?key=another"
CHANNELS = """
[channel.log]
type = "file"
path = "{folder}/alerts.jsonl"

[channel.pager]
type = "exec"
command = ["/bin/sh", "-c", "echo busy >&2; exit 75"]

[channel.feeds]
type = "atom"
folder = "{folder}"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "channels.toml").write_text(CHANNELS.format(folder=tmp_path))
    (folder / "monitor.toml").write_text('[ops]\nnotify = ["log"]\n')
    (folder / "watchlist.toml").write_text('[watch.drones]\nwhen = "drone"\nnotify = ["log"]\n')
    return folder


def call(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--config", str(config)])


def test_the_list_says_who_tells_whom(config: Path) -> None:
    # when
    listed, rows = call(config, "list"), call(config, "list", "--json").stdout.splitlines()

    # then
    assert [row.split(maxsplit=2) for row in listed.stderr.splitlines()] == [
        ["log", "file", "drones, [ops]"],
        ["pager", "exec", "nobody names it in `notify`"],
        ["feeds", "atom", "nobody names it in `notify`"],
    ]
    assert json.loads(rows[0]) == {
        "channel": "log",
        "type": "file",
        "on_doubt": "resend",
        "told_by": ["drones", "[ops]"],
    }


def test_a_configuration_without_channels_is_said_to_have_none(config: Path) -> None:
    for file in config.iterdir():
        file.unlink()
    assert call(config, "list").stderr == "channels.toml holds no channel\n"


def test_a_test_shows_what_went_where_and_the_answer(config: Path, tmp_path: Path) -> None:
    # when
    tried = call(config, "test", "log")

    # then
    written = (tmp_path / "alerts.jsonl").read_text()
    assert json.loads(written)["data"]["watch"] == "_test"
    assert tried.exit_code == 0
    assert tried.stdout == ""
    said = tried.stderr.splitlines()
    assert said[:4] == [
        "log (file)",
        f"> to the end of {tmp_path}/alerts.jsonl",
        f"> {written.strip()}",
        f"< written to {tmp_path}/alerts.jsonl",
    ]
    assert said[4].startswith("sent in ")


def test_a_digest_is_sent_where_that_is_asked_for(config: Path, tmp_path: Path) -> None:
    # when
    tried = call(config, "test", "log", "--digest")

    # then
    assert tried.exit_code == 0
    *alerts, body = map(json.loads, (tmp_path / "alerts.jsonl").read_text().splitlines())
    assert body["type"] == "digest.ready"
    assert [alert["data"]["watch"] for alert in alerts] == ["_test", "_test"]
    assert body["data"]["rest"][0]["count"] == 2
    assert body["data"]["gaps"][0]["name"] == "Wirewatch (a test)"


@pytest.mark.parametrize("name", ["log", "feeds"])
def test_a_digest_goes_through_every_kind_of_channel(config: Path, name: str) -> None:
    assert call(config, "test", name, "--digest", "--json").exit_code == 0


def test_lines_of_a_draft_keep_their_place(config: Path) -> None:
    assert (
        "\n>   <title>Test of the channel feeds</title>\n" in call(config, "test", "feeds").stderr
    )


def test_an_answer_that_is_no_success_is_exit_code_1(config: Path) -> None:
    # when
    busy = call(config, "test", "pager", "--json")

    # then
    assert busy.exit_code == 1
    row = json.loads(busy.stdout)
    assert (row["outcome"], row["answer"]) == ("later", "exit code 75, not now: busy")


def test_a_channel_that_is_not_there_is_told_with_those_that_are(config: Path) -> None:
    unknown = call(config, "test", "pgaer")
    assert unknown.exit_code == 2
    assert "no [channel.pgaer]; there are: log, pager, feeds" in unknown.stderr


@pytest.fixture
def receiver() -> Iterator[LoopbackHttp]:
    with LoopbackHttp() as server:
        yield server


def hook(config: Path, url: str) -> None:
    (config / "channels.toml").write_text(
        f'[channel.hook]\ntype = "webhook"\nurl = "{url}"\nsecret = "{SECRET}"\n'
    )
    (config / "watchlist.toml").unlink()
    (config / "monitor.toml").write_text('[net]\nallow = ["127.0.0.0/8"]\n')


def test_of_a_webhook_all_that_was_said_is_shown_but_secrets(
    config: Path, receiver: LoopbackHttp
) -> None:
    # given
    hook(config, receiver.url(PATH))
    said = f"no such \x1b[31mroom\r\nT0-token-of-ours another {SECRET} " + "x" * 2000
    headers = {"Content-Type": "text/plain", "Location": "/a/b"}
    receiver.pages[PATH] = (404, headers, said.encode())

    # when
    tried = call(config, "test", "hook")

    # then
    rows = tried.stderr.splitlines()
    assert tried.exit_code == 1
    assert rows[0] == "hook (webhook)"
    assert re.fullmatch(rf"> POST http://127\.0\.0\.1:{receiver.port}/… \(\w{{8}}\)", rows[1])
    assert rows[2] == "> Content-Type: application/json; charset=utf-8"
    assert re.fullmatch(r"> webhook-id: \w+", rows[3])
    assert re.fullmatch(r"> webhook-timestamp: \d+", rows[4])
    assert re.fullmatch(r"> webhook-signature: v1,\S{9}…", rows[5])
    assert rows[7].startswith('> {"type":"alert.raised"')
    answer = rows[8:]
    assert answer[:5] == [
        "< HTTP 404 Not Found",
        "< Location: /a/b",
        "< Content-Type: text/plain",
        "<",
        answer[4],
    ]
    assert answer[4].startswith("< no such room … … … xxx")
    assert len(answer[4]) < 1100
    assert answer[6].startswith("< 404: the receiver does not take this alert, and would not")
    assert "; it says: no such room … … … xxx" in answer[6]
    for hidden in (SECRET, "T0-token", "another"):
        assert hidden not in tried.stderr
    assert tried.stderr.isprintable() or "\x1b" not in tried.stderr


def test_a_receiver_that_is_not_there_is_named_with_its_port(config: Path) -> None:
    port = free_port()
    hook(config, f"http://127.0.0.1:{port}/")
    assert (
        f"< no connection to 127.0.0.1 port {port}: connection refused"
        in call(config, "test", "hook").stderr
    )
