"""What another configuration changes, and when its files are taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from monitor.app import ExampleFailure
from monitor.model import Source, Watch
from monitor.reload import Following, problem_of
from monitor.settings import Settings, load
from monitor.settings.differences import difference, differences, tables_changed, to_be_tried
from monitor.settings.version import Files, secret_files, version_of

DRONE = Watch(id="drone", title="Drones", when="drone", must_match=("A drone.",))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "watchlist.toml").write_text('[watch.drone]\nwhen = "drone"\n')
    return tmp_path


@pytest.fixture
def settings(config: Path) -> Settings:
    return load(config, {})


def following(config: Path) -> Following:
    return Following(Files(config), structlog.get_logger())


def test_what_is_different_is_told_by_id() -> None:
    found = difference({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5})

    assert found.said() == {"added": ["d"], "changed": ["c"], "removed": ["a"]}


def test_a_line_of_the_log_names_no_more_than_it_can_hold() -> None:
    found = difference({}, {str(number): number for number in range(25)})

    assert len(found.said()["added"]) == 21
    assert found.said()["added"][-1] == "and 5 more"


def test_feeds_watches_names_and_tables_are_compared(settings: Settings) -> None:
    after = replace(
        settings,
        sources=(Source(id="world", url="https://example.org/"),),
        watches=(),
        contact="desk@example.org",
    )

    assert differences(settings, after)["feeds"].added == ("world",)
    assert differences(settings, after)["watches"].removed == ("drone",)
    assert tables_changed(settings, after) == ("contact",)
    assert tables_changed(settings, settings) == ()


def test_only_new_and_changed_watches_with_examples_are_tried(settings: Settings) -> None:
    bare = replace(DRONE, id="bare", must_match=())
    before = replace(settings, watches=(DRONE, replace(DRONE, id="other")))
    after = replace(settings, watches=(DRONE, replace(DRONE, id="other", when="kite"), bare))

    assert [watch.id for watch in to_be_tried(before, after)] == ["other"]


def test_a_failing_example_says_which_and_what_to_do() -> None:
    said = str(problem_of(ExampleFailure(watch="drone", key="must_not_match", text="A toy.")))

    assert said.startswith("watchlist.toml [watch.drone] must_not_match: found 'A toy.', which the")
    assert "wirewatch why" in said


def test_a_file_that_is_mended_back_is_told_to_be_in_force_again(config: Path) -> None:
    # given
    watchlist, follows = config / "watchlist.toml", following(config)
    good = watchlist.read_text()
    with capture_logs() as logs:
        # when: it is broken, and then as it was
        watchlist.write_text("[watch.drone\n")
        assert [follows.proposed() for _ in range(3)] == [None] * 3
        refused_since = follows.refused_since
        watchlist.write_text(good)
        assert [follows.proposed() for _ in range(3)] == [None] * 3
    # then
    assert [line["event"] for line in logs] == ["config.refused", "config.restored"]
    assert refused_since > 0
    assert follows.refused_since == 0


def test_files_are_taken_when_they_stand_still_and_once(config: Path) -> None:
    # given
    files = Files(config)
    assert files.changed() is None
    # when: one is written in two steps
    (config / "feeds.toml").write_text("# half")
    assert files.changed() is None
    (config / "feeds.toml").write_text("# half a file")
    assert files.changed() is None
    # then
    assert files.changed() == version_of(config)
    assert files.changed() is None
    files.again()
    assert files.changed() == version_of(config)


def test_files_that_are_touched_or_not_ours_change_nothing(config: Path) -> None:
    files = Files(config)
    (config / "watchlist.toml").touch()
    (config / "notes.toml").write_text("a = 1\n")

    assert (files.changed(), files.changed()) == (None, None)


def test_a_bad_file_is_told_once_and_the_old_version_stays(config: Path) -> None:
    # given
    follows = following(config)
    before = follows.version
    # when
    (config / "watchlist.toml").write_text('[watch.drone]\nwhen = "a OR b AND c"\n')
    with capture_logs() as logs:
        found = [follows.proposed() for _ in range(4)]
    # then
    assert found == [None] * 4
    assert follows.version == before
    (said,) = logs
    assert (said["event"], said["file"], said["table"], said["key"]) == (
        *("config.refused", "watchlist.toml"),
        *("watch.drone", "when"),
    )


def test_what_is_taken_is_told_with_what_needs_a_restart(config: Path, settings: Settings) -> None:
    # given
    follows = following(config)
    before = follows.version
    (config / "monitor.toml").write_text('[redis]\nurl = "redis://other"\n[log]\nlevel = "error"\n')
    follows.proposed()
    # when
    found = follows.proposed()
    assert found is not None
    version, proposed = found
    with capture_logs() as logs:
        follows.take(version, settings, proposed)
    # then
    assert follows.version == version != before
    assert {log["who"] for log in logs} == {"poller"}
    assert [(log["event"], log["tables"]) for log in logs] == [
        ("config.reloaded", ["log", "redis"]),
        ("config.restart_wanted", ["[redis] url, password"]),
    ]


def hook(config: Path, secret: Path) -> None:
    """A channel that has its secret in a file."""
    (config / "channels.toml").write_text(
        f'[channel.hook]\ntype = "webhook"\nurl = "https://h.example/"\nsecret = "file:{secret}"'
    )


def test_another_secret_in_a_file_is_another_configuration_of_the_same_version(
    config: Path, tmp_path: Path
) -> None:
    # given
    secret = tmp_path / "secret"
    secret.write_text("the first secret\n")
    hook(config, secret)
    before, follows = load(config, {}), following(config)
    assert [follows.proposed() for _ in range(2)] == [None, None]
    # when: it is written in two steps
    secret.write_text("")
    assert follows.proposed() is None
    secret.write_text("the second secret\n")
    assert follows.proposed() is None
    found = follows.proposed()
    # then
    assert found is not None
    assert found[0] == follows.version
    assert differences(before, found[1])["channels"].changed == ("hook",)
    # and: it is proposed once, and again when it could not be taken
    assert follows.proposed() is None
    follows.again()
    assert follows.proposed() is not None
    follows.take(found[0], before, found[1])
    secret.touch()
    follows.again()
    assert [follows.proposed() for _ in range(3)] == [None] * 3


def test_a_secret_that_is_gone_is_refused_and_taken_when_it_is_back(
    config: Path, tmp_path: Path
) -> None:
    # given
    secret = tmp_path / "secret"
    secret.write_text("the first secret")
    hook(config, secret)
    follows = following(config)
    # when
    secret.unlink()
    with capture_logs() as logs:
        assert [follows.proposed() for _ in range(4)] == [None] * 4
    # then
    (said,) = logs
    assert (said["event"], said["table"], said["key"]) == (
        "config.refused",
        "channel.hook",
        "secret",
    )
    # and when
    secret.write_text("the second secret")
    assert follows.proposed() is None
    assert follows.proposed() is not None


def test_secrets_named_by_the_environment_and_in_lists_are_looked_at(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_REDIS_PASSWORD", "file:/run/secrets/redis")
    monkeypatch.setenv("OTHER", "file:/etc/passwd")
    (config / "channels.toml").write_text('[channel.x]\nsecret = ["file:/a", "b", "file:/a"]\n')
    (config / "feeds.toml").write_text("[source.x\n")

    assert secret_files(config) == (Path("/run/secrets/redis"), Path("/a"))
