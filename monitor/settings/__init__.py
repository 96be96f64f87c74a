"""config/*.toml and the environment -> frozen Settings, or every problem at once.

Reading is trusted input made precise: what comes out needs no further check. Files that are missing
count as empty.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from monitor.errors import ConfigError, ConfigProblem
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Source, Timing, Watch
from monitor.redis_url import with_password
from monitor.settings.channels import (
    ChannelSettings,
    Secrets,
    known_timings,
    read_channels,
    resolve_channels,
)
from monitor.settings.files import overridden, read_toml, with_secrets
from monitor.settings.names import Own, read_actors, read_own
from monitor.settings.problems import Problems, did_you_mean
from monitor.settings.remarks import remark_on
from monitor.settings.sources import read_sources
from monitor.settings.tables import (
    MONITOR,
    HeartbeatTable,
    LogTable,
    MetricsTable,
    NetTable,
    OpsTable,
    RedisTable,
    RetentionTable,
    SeedsTable,
    TopicsTable,
    WebSubTable,
    WorkersTable,
)
from monitor.settings.values import Table
from monitor.settings.waits import meet, outlast
from monitor.settings.watches import channels_named, load_watchlist, read_watches
from monitor.store import Retention
from monitor.topics import ner

__all__ = [
    "ChannelSettings",
    "Own",
    "Settings",
    "load",
    "load_watchlist",
    "read_actors",
    "read_own",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `remarks` are things that load but should be said."""

    redis_url: str
    allow: tuple[IPv4Network | IPv6Network, ...]
    contact: str
    workers: WorkersTable
    log: LogTable
    retention: Retention
    ops: OpsTable
    heartbeat: HeartbeatTable
    websub: WebSubTable
    topics: TopicsTable
    metrics: MetricsTable
    seeds: tuple[Path, ...]
    sources: tuple[Source, ...]
    watches: tuple[Watch, ...]
    channels: Mapping[str, ChannelSettings]
    knowledge: Knowledge
    remarks: tuple[ConfigProblem, ...] = ()

    @property
    def timings(self) -> dict[str, Timing]:
        """When each channel is told."""
        return {name: channel.timing for name, channel in self.channels.items()}


def load(
    config: Path, environment: Mapping[str, str] | None = None, *, channels: Secrets = "opened"
) -> Settings:
    """The settings in the folder `config`. Raises ConfigError with every problem in it.

    With `channels` sealed none can be opened: their secrets are not read.
    """
    env = os.environ if environment is None else environment
    problems = Problems()
    if not config.is_dir():
        problems.add(
            str(config),
            "",
            "",
            found="no such folder",
            wanted="a folder with monitor.toml, feeds.toml, watchlist.toml, channels.toml",
            fix="`wirewatch init` writes samples",
        )
        raise ConfigError(tuple(problems.found))
    main = _main(config, env, problems)
    knowledge = read_own(config, problems).over_shipped()
    read = read_channels(config, env, problems, channels)
    remarks = Problems()
    watchlist, refused = config / "watchlist.toml", list[Watch]()
    watches = read_watches(watchlist, knowledge, problems, refused)
    ops, websub, topics = main["ops"], main["websub"], main["topics"]
    assert isinstance(ops, OpsTable)
    assert isinstance(websub, WebSubTable)
    assert isinstance(topics, TopicsTable)
    if topics.ner and (wrong := ner.problem(topics.ner_model)):
        problems.found.append(wrong)
    named = (*channels_named(watchlist), ("monitor.toml", "ops", ops.notify))
    resolve_channels(named, read, problems)
    sources = read_sources(config, env, problems)
    net, workers, retention = main["net"], main["workers"], main["retention"]
    assert isinstance(retention, RetentionTable)
    timings = known_timings(config, read)
    meet((*watches, *refused), timings, problems)
    outlast(retention.alerts, (*watches, *refused), timings, problems)
    if problems.found:
        raise ConfigError(tuple(problems.found))
    assert isinstance(net, NetTable)
    assert isinstance(workers, WorkersTable)
    redis, log, seeds = main["redis"], main["log"], main["seeds"]
    metrics = main["metrics"]
    assert isinstance(metrics, MetricsTable)
    heartbeat = main["heartbeat"]
    assert isinstance(heartbeat, HeartbeatTable)
    assert isinstance(redis, RedisTable)
    assert isinstance(log, LogTable)
    assert isinstance(seeds, SeedsTable)
    paths = tuple(config.resolve().parent / path for path in seeds.paths)
    remark_on(
        remarks,
        config=config,
        environment=env,
        seeds=paths,
        sources=sources,
        watches=watches,
        allow=net.allow,
    )
    return Settings(
        redis_url=with_password(redis.url, redis.password.get_secret_value()),
        allow=net.allow,
        contact=net.contact,
        workers=workers,
        log=log,
        retention=Retention(
            articles=retention.articles,
            stories=retention.stories,
            alerts=retention.alerts,
            dead_letters=retention.dead_letters,
        ),
        ops=ops,
        heartbeat=heartbeat,
        websub=websub,
        topics=topics,
        metrics=metrics,
        seeds=paths,
        sources=sources,
        watches=watches,
        channels=read,
        knowledge=knowledge,
        remarks=tuple(remarks.found),
    )


def _main(config: Path, env: Mapping[str, str], problems: Problems) -> dict[str, Table]:
    file = "monitor.toml"
    tables = overridden(read_toml(config / file, problems), env, problems)
    for other in tables.keys() - MONITOR.keys():
        problems.add(
            file,
            other,
            "",
            found="a table that means nothing here",
            wanted=", ".join(f"[{known}]" for known in MONITOR),
            fix=did_you_mean(other, MONITOR),
        )
    read = {}
    for name, kind in MONITOR.items():
        raw = tables.get(name, {})
        values = with_secrets(raw, env, problems, file=file, table=name)
        read[name] = problems.model(kind, values, file=file, table=name, written=raw) or kind()
    problems.blame_environment(env)
    return read
