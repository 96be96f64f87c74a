"""Services that deliver nothing need no secret of a channel, and read none."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from monitor.errors import ConfigError
from monitor.reload import Following
from monitor.settings import load
from monitor.settings.version import Files

CHANNELS = """
[channel.hook]
type = "webhook"
url = "https://h.example/"
secret = "file:{secret}"
zone = "Europe/Paris"
at_most = "3/hour"

[channel.chat]
type = "apprise"
urls = ["env:CHAT"]

[channel.desk]
type = "email"
smtp = "env:SMTP"
from = "a@example.org"
to = ["b@example.org"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "channels.toml").write_text(CHANNELS.format(secret=tmp_path / "secret"))
    (tmp_path / "watchlist.toml").write_text(
        '[watch.drone]\nwhen = "drone"\nnotify = ["hook", "chat", "desk"]\n'
    )
    return tmp_path


def test_who_delivers_nothing_starts_without_the_secrets_of_channels(config: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(config, {})
    assert len({problem.table for problem in error.value.problems}) == 3

    settings = load(config, {}, channels="sealed")

    assert set(settings.channels) == {"hook", "chat", "desk"}
    assert str(settings.timings["hook"].zone) == "Europe/Paris"
    assert settings.timings["hook"].at_most is not None


def test_a_secret_that_is_there_is_not_read_either(config: Path) -> None:
    before = load(config, {}, channels="sealed")
    (config / "secret").write_text("the secret of the hook")

    after = load(config, {"CHAT": "json://x", "SMTP": "smtp://m"}, channels="sealed")

    assert after.channels == before.channels


@pytest.mark.parametrize(
    ("written", "key"),
    [('urk = "x"\n', "urk"), ('zone = "Mars"\n', "zone"), ('quiet = "late"\n', "quiet")],
)
def test_what_else_is_wrong_with_a_channel_is_told_all_the_same(
    config: Path, written: str, key: str
) -> None:
    with (config / "channels.toml").open("a") as file:
        file.write(written)

    with pytest.raises(ConfigError) as error:
        load(config, {}, channels="sealed")

    assert [problem.key for problem in error.value.problems] == [key]


def test_another_secret_of_a_channel_is_nothing_new_to_who_reads_none(config: Path) -> None:
    # given
    (config / "secret").write_text("the first secret")
    following = Following(Files(config, "sealed"), structlog.get_logger())
    assert [following.proposed() for _ in range(2)] == [None, None]
    # when
    (config / "secret").write_text("the second secret")
    # then
    assert [following.proposed() for _ in range(3)] == [None] * 3
    # and: other changes are taken without the secrets
    (config / "secret").unlink()
    (config / "monitor.toml").write_text('[log]\nlevel = "error"\n')
    found = [following.proposed() for _ in range(2)][1]
    assert found is not None
    assert found[1].log.level == "error"
