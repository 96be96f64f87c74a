"""Watches for what emerges, as they stand in watchlist.toml, and what commands say of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import wirewatch
from monitor.errors import ConfigError
from monitor.settings import load


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def write(config: Path, keys: str) -> None:
    (config / "watchlist.toml").write_text(f"[watch.new]\nemerging = true\n{keys}\n")


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(wirewatch, [str(argument) for argument in arguments])


def test_it_needs_no_query_and_may_have_one(config: Path) -> None:
    write(config, "")
    (watch,) = load(config, {}).watches
    assert (watch.emerging, watch.has_query, watch.trend_scope) == (True, False, "")

    write(config, "when = 'place:iraq'")
    (watch,) = load(config, {}).watches
    assert watch.has_query
    assert watch.trend_scope

    write(config, "when = 'place:iran'")
    (other,) = load(config, {}).watches
    assert other.trend_scope != watch.trend_scope


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("updates = [3]", "no `updates` beside `emerging`"),
        ('once_per = "event"', "no `once_per` beside `emerging`"),
        ('must_match = ["A drone."]', "with examples a query"),
        ("when = 'place:nowhere-at-all'", "nowhere-at-all"),
    ],
)
def test_what_does_not_fit_is_refused(config: Path, keys: str, said: str) -> None:
    write(config, keys)
    with pytest.raises(ConfigError) as refused:
        load(config, {})
    assert "[watch.new]" in str(refused.value)
    assert said in str(refused.value)


def test_check_says_what_it_tells_and_tries_its_examples(config: Path) -> None:
    write(config, "")
    done = ran("check", "--config", config)
    assert done.exit_code == 0, done.output
    assert "[watch.new] tells what suddenly emerges in all articles" in done.stderr

    write(config, "when = 'drone'\nmust_match = [\"A kite.\"]")
    done = ran("check", "--config", config)
    assert done.exit_code == 1
    assert "must_match: does not match: 'A kite.'" in done.stderr


def test_why_and_match_say_that_it_tells_no_article(config: Path, tmp_path: Path) -> None:
    write(config, "")
    article = tmp_path / "a.jsonl"
    article.write_text('{"id": "1", "source": "s", "title": "A drone", "body": "It fell."}\n')
    watchlist = config / "watchlist.toml"
    said = ran("why", "--watchlist", watchlist, "--watch", "new", article).output
    assert "`wirewatch trends` shows that" in said
    assert ran("why", "--watchlist", watchlist, article).exit_code == 0

    write(config, "when = 'drone'")
    assert ran("match", "--watchlist", watchlist, article).stdout == ""
