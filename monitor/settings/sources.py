"""feeds.toml -> the sources to poll."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from monitor.model import Access, Source
from monitor.settings.files import UNSET, named_tables, read_toml, with_secrets
from monitor.settings.problems import Problems, shown
from monitor.settings.source_table import SourceTable

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
        access = _access(table, config, where, problems)
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
                full_text=table.full_text,
                tags=table.tags,
                access=access,
                enabled=table.enabled,
                mute=table.mute,
                priority=table.priority,
            )
        )
    return tuple(sources)


def _access(table: SourceTable, config: Path, where: str, problems: Problems) -> Access:
    login = ""
    if table.user is not None and table.password is not None:
        pair = f"{table.user}:{table.password.get_secret_value()}"
        login = f"Basic {b64encode(pair.encode()).decode()}"
    return Access(
        headers=tuple((name, text.get_secret_value()) for name, text in table.headers.items()),
        authorization=login,
        proxy="" if table.proxy is None else table.proxy.get_secret_value(),
        ca="" if table.ca is None else _certificates(table.ca, config, where, problems),
    )


def _certificates(given: str, config: Path, where: str, problems: Problems) -> str:
    """The certificates of a PEM file, or given as such by `file:` or `env:`."""
    from monitor.net import trusting  # it comes with the HTTP client, which takes 0.2 s

    found, reason = given, ""
    if given == UNSET:
        return ""  # said already
    try:
        if not given.lstrip().startswith("-----BEGIN"):
            found = (config.resolve().parent / given).read_text("ascii")
        trusting(found)
    except ssl.SSLError:
        reason = "it holds none"
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
    if reason:
        problems.add(
            "feeds.toml",
            where,
            "ca",
            found=f"{shown(given)}: {reason.lower()}",
            wanted="a file of certificates in PEM; relative to the folder that holds config/",
        )
    return found


def _shortest(url: str) -> timedelta:
    host = urlsplit(url).hostname or ""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return timedelta(0) if loopback else SHORTEST_INTERVAL
