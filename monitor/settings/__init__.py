"""config/*.toml and the environment -> frozen Settings, or every problem at once.

Reading is trusted input made precise: what comes out needs no further check. Files that are missing
count as empty.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from monitor.channels import CHANNELS
from monitor.channels.channel import ChannelConfig
from monitor.errors import ConfigError, ConfigProblem, QueryError
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Actor, Source, Watch, digest
from monitor.settings.files import Tables, named_tables, overridden, read_toml, with_secrets
from monitor.settings.problems import Problems, did_you_mean, shown
from monitor.settings.remarks import remark_on
from monitor.settings.tables import (
    MONITOR,
    ActorTable,
    LogTable,
    NetTable,
    RedisTable,
    RetentionTable,
    SeedsTable,
    SourceTable,
    Table,
    WatchTable,
    WorkersTable,
)
from monitor.store import Retention
from monitor.topics.knowledge import load as shipped_knowledge
from monitor.watch import parse_watch

SHORTEST_INTERVAL = timedelta(minutes=5)
"""Between two polls of somebody else's server (research: feeds, section C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """A configured channel.

    `fingerprint` changes with its configuration; `on_doubt` says what to do when it is not known
    whether an attempt arrived.
    """

    name: str
    type: str
    config: ChannelConfig
    fingerprint: str
    on_doubt: Literal["resend", "hold"] = "resend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `remarks` are things that load but should be said."""

    redis_url: str
    allow: tuple[IPv4Network | IPv6Network, ...]
    contact: str
    workers: WorkersTable
    log: LogTable
    retention: Retention
    seeds: tuple[Path, ...]
    sources: tuple[Source, ...]
    watches: tuple[Watch, ...]
    channels: Mapping[str, ChannelSettings]
    knowledge: Knowledge
    remarks: tuple[ConfigProblem, ...] = ()


def load(config: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in the folder `config`. Raises ConfigError with every problem in it."""
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
    knowledge = shipped_knowledge().merged(actors=read_actors(config / "actors.toml", problems))
    channels = _channels(config, env, problems)
    remarks = Problems()
    watches = read_watches(config / "watchlist.toml", knowledge, problems, remarks)
    _resolve_channels(watches, channels, problems)
    sources = _sources(config, env, problems)
    if problems.found:
        raise ConfigError(tuple(problems.found))
    net, workers, retention = main["net"], main["workers"], main["retention"]
    assert isinstance(net, NetTable)
    assert isinstance(workers, WorkersTable)
    assert isinstance(retention, RetentionTable)
    redis, log, seeds = main["redis"], main["log"], main["seeds"]
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
        allow=net.allow,
    )
    return Settings(
        redis_url=redis.url,
        allow=net.allow,
        contact=net.contact,
        workers=workers,
        log=log,
        retention=Retention(
            articles=retention.articles, stories=retention.stories, alerts=retention.alerts
        ),
        seeds=paths,
        sources=sources,
        watches=watches,
        channels=channels,
        knowledge=knowledge,
        remarks=tuple(remarks.found),
    )


def load_watchlist(watchlist: Path, actors: Path | None) -> tuple[tuple[Watch, ...], Knowledge]:
    """A watchlist of its own, as `wirewatch match` takes it: channels are not looked at."""
    problems = Problems()
    for path in (watchlist, actors):
        if path is not None and not path.is_file():
            problems.add(str(path), "", "", found="no such file", wanted="a readable TOML file")
    more = read_actors(actors, problems) if actors else ()
    knowledge = shipped_knowledge().merged(actors=more)
    watches = read_watches(watchlist, knowledge, problems, Problems())
    if problems.found:
        raise ConfigError(tuple(problems.found))
    return watches, knowledge


def read_actors(path: Path, problems: Problems) -> tuple[Actor, ...]:
    """The actors of actors.toml."""
    actors = []
    for name, values in named_tables(
        read_toml(path, problems), "actor", path.name, problems
    ).items():
        table = problems.model(ActorTable, values, file=path.name, table=f"actor.{name}")
        if table is not None:
            foreign = tuple(word for words in table.languages.values() for word in words)
            actors.append(
                Actor(
                    id=name,
                    name=table.name,
                    kind=table.kind,
                    short=table.short,
                    aliases=(*table.aliases, *foreign),
                    exact=table.exact,
                    demonyms=table.demonyms,
                    home=table.home,
                    active=table.active,
                )
            )
    return tuple(actors)


def read_watches(
    path: Path, knowledge: Knowledge, problems: Problems, remarks: Problems
) -> tuple[Watch, ...]:
    """The watches of watchlist.toml, each query understood."""
    watches = []
    for name, values in named_tables(
        read_toml(path, problems), "watch", path.name, problems
    ).items():
        where = f"watch.{name}"
        table = problems.model(WatchTable, values, file=path.name, table=where)
        if table is None:
            continue
        watch = _watch(name, table)
        try:
            parse_watch(watch, knowledge)
        except QueryError as error:
            key = "when" if watch.when is not None else "together"
            found = error.message.removeprefix("found ")
            problems.add(path.name, where, key, found=found, wanted="")
            continue
        for key in ("cooldown", "threshold"):
            if getattr(table, key) is not None:
                remarks.add(
                    path.name,
                    where,
                    key,
                    found=shown(values[key]),
                    wanted="nothing yet: it is understood but not in force",
                    fix="Until it is, every story that matches is an alert of its own",
                )
        watches.append(watch)
    return tuple(watches)


def _watch(name: str, table: WatchTable) -> Watch:
    return Watch(
        id=name,
        title=table.title or name,
        when=table.when,
        together=table.together,
        within=table.within,
        notify=tuple(dict.fromkeys(table.notify)),
        severity=table.severity,
        tags=table.tags,
        must_match=table.must_match,
        must_not_match=table.must_not_match,
        enabled=table.enabled,
        until=table.until,
        lint_ignore=table.lint_ignore,
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


def _sources(config: Path, env: Mapping[str, str], problems: Problems) -> tuple[Source, ...]:
    file = "feeds.toml"
    sources = []
    for name, raw in named_tables(
        read_toml(config / file, problems), "source", file, problems
    ).items():
        where = f"source.{name}"
        values = with_secrets(raw, env, problems, file=file, table=where)
        table = problems.model(SourceTable, values, file=file, table=where, written=raw)
        if table is None:
            continue
        if isinstance(table.interval, timedelta) and table.interval < _shortest(table.url):
            problems.add(
                file,
                where,
                "interval",
                found=shown(values.get("interval")),
                wanted="at least 5m for a server that is not on this machine",
                fix='"auto" polls as often as the feed is worth it',
            )
        sources.append(
            Source(
                id=name,
                url=table.url,
                name=table.name,
                language=table.language,
                country=table.country,
                tier=table.tier,
                interval=table.interval,
                respect_hints=table.respect_hints,
                backfill=table.backfill,
                tags=table.tags,
            )
        )
    return tuple(sources)


def _shortest(url: str) -> timedelta:
    host = urlsplit(url).hostname or ""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return timedelta(0) if loopback else SHORTEST_INTERVAL


def _channels(
    config: Path, env: Mapping[str, str], problems: Problems
) -> dict[str, ChannelSettings]:
    file = "channels.toml"
    channels = {}
    for name, raw in named_tables(
        read_toml(config / file, problems), "channel", file, problems
    ).items():
        found = _channel(name, raw, env, problems, file)
        if found is not None:
            channels[name] = found
    return channels


def _channel(
    name: str, raw: object, env: Mapping[str, str], problems: Problems, file: str
) -> ChannelSettings | None:
    where = f"channel.{name}"
    known = len(problems.found)
    values: Tables = with_secrets(raw, env, problems, file=file, table=where)
    type_ = values.get("type") if isinstance(values, dict) else None
    if not isinstance(type_, str) or type_ not in CHANNELS:
        problems.add(
            file,
            where,
            "type",
            found=shown(type_) if type_ is not None else "nothing",
            wanted="one of " + ", ".join(sorted(CHANNELS)),
            fix=did_you_mean(str(type_), CHANNELS),
        )
        return None
    on_doubt = values.pop("on_doubt", "resend")
    if on_doubt not in ("resend", "hold"):
        problems.add(file, where, "on_doubt", found=shown(on_doubt), wanted='"resend" or "hold"')
    model = problems.model(CHANNELS[type_].config, values, file=file, table=where, written=raw)
    if model is None or len(problems.found) > known:
        return None
    return ChannelSettings(
        name=name,
        type=type_,
        config=model,
        fingerprint=digest("channel", name, repr(model)),  # secrets print as asterisks
        on_doubt=on_doubt,
    )


def _resolve_channels(
    watches: tuple[Watch, ...], channels: Mapping[str, ChannelSettings], problems: Problems
) -> None:
    for watch in watches:
        for name in watch.notify:
            if name not in channels:
                problems.add(
                    "watchlist.toml",
                    f"watch.{watch.id}",
                    "notify",
                    found=shown(name),
                    wanted="a channel of channels.toml ("
                    + (", ".join(sorted(channels)) or "it has none")
                    + ")",
                    fix=did_you_mean(name, channels),
                )
