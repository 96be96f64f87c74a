"""feeds.toml -> the sources to poll."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from monitor.model import Source
from monitor.settings.files import named_tables, read_toml, with_secrets
from monitor.settings.problems import Problems, shown
from monitor.settings.tables import SourceTable

SHORTEST_INTERVAL = timedelta(minutes=5)
"""Between two polls of somebody else's server."""


def read_sources(config: Path, env: Mapping[str, str], problems: Problems) -> tuple[Source, ...]:
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
