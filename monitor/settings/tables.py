"""What may stand in each table of config/: names, types, defaults, and what a key is for.

The descriptions are what the samples and the reference say; a test holds them together.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from monitor.model import ActorKind, FullText, OncePer, Severity

SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LATEST = re.compile(r"latest:(\d{1,4})")
SHORTEST_SECRET = 20
WINDOW = re.compile(r"(\d+) words")
RESERVED = {
    "cookie": "is never sent",
    **dict.fromkeys(
        ("accept-encoding", "connection", "content-length", "expect", "host", "transfer-encoding"),
        "is the connection's own",
    ),
    **dict.fromkeys(
        ("if-modified-since", "if-none-match", "range"), "is decided anew for each request"
    ),
    "proxy-authorization": "goes into `proxy`",
}
"""Headers that a source cannot set, and why."""


def _span(value: object) -> object:
    if isinstance(value, str) and (found := SPAN.fullmatch(value.strip())):
        with suppress(OverflowError):
            span = timedelta(**{UNITS[found[2]]: float(found[1])})
            if span > timedelta(0):
                return span
    if isinstance(value, timedelta):
        return value
    raise ValueError('a time such as "90s", "15m", "6h", "3d" or "2w"')


def _interval(value: object) -> object:
    return value if value == "auto" else _span(value)


def _backfill(value: object) -> object:
    if value in ("none", "all"):
        return 0 if value == "none" else None
    if isinstance(value, str) and (found := LATEST.fullmatch(value)):
        return int(found[1])
    raise ValueError('"none", "latest:10" (or another number) or "all"')


def _full_text(value: object) -> object:
    if isinstance(value, bool):
        return FullText.ALWAYS if value else FullText.NEVER
    if value == "if-short":
        return FullText.IF_SHORT
    raise ValueError('true, false or "if-short"')


def _within(value: object) -> object:
    if value in ("sentence", "paragraph", "article") or isinstance(value, int):
        return value
    if isinstance(value, str) and (found := WINDOW.fullmatch(value.strip())):
        return int(found[1])
    raise ValueError('"sentence", "paragraph", "article" or a window such as "20 words"')


def _steps(value: tuple[int, ...]) -> tuple[int, ...]:
    if any(step < 2 for step in value):
        raise ValueError("numbers of sources, 2 or more: the first is told by the alert itself")
    return tuple(sorted(set(value)))


def _web(value: str) -> str:
    if not re.match(r"https?://[^\s/]", value) or not _port_is_one(value):
        raise ValueError("an address that begins with http:// or https://")
    return value


def _headers(given: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", name):
            raise ValueError("names of HTTP headers, such as X-Api-Key")
        if name.lower() in RESERVED:
            raise ValueError(f"headers that are yours to send; {name} {RESERVED[name.lower()]}")
        text = value.get_secret_value()
        if not text.isascii() or not text.isprintable():
            raise ValueError(f"for {name} a line of ASCII text")
    return given


def _redis(value: str) -> str:
    if value and (not re.match(r"(rediss?|unix)://", value) or not _port_is_one(value)):
        raise ValueError('"redis://[:PASSWORD@]HOST:PORT/DB", "rediss://…" or "unix:///PATH"')
    return value


def _port_is_one(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError('a day such as "2013-04-08", or "" for open') from None


Span = Annotated[timedelta, BeforeValidator(_span)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Web = Annotated[str, AfterValidator(_web)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Day = Annotated[date | None, BeforeValidator(_day)]


class Table(BaseModel):
    """A table of a configuration file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class RedisTable(Table):
    """[redis] of monitor.toml."""

    url: Annotated[str, AfterValidator(_redis)] = Field(
        "", description="empty: an embedded server under the data folder"
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
            _web(self.callback)
            if len(self.secret.get_secret_value()) < SHORTEST_SECRET:
                raise ValueError(
                    f"with `callback`, a `secret` of at least {SHORTEST_SECRET} characters"
                )
        return self


class SourceTable(Table):
    """[source.ID] of feeds.toml."""

    url: Web = Field(description="address of a feed or news sitemap")
    name: Text | None = Field(None, description="shown in alerts; default: the feed's own title")
    language: Text | None = Field(None, description='of its articles, such as "en"')
    country: Country | None = Field(None, description='of the publisher, such as "GB"')
    tier: int = Field(2, ge=1, le=5, description="1 is the most trusted")
    interval: Annotated[timedelta | Literal["auto"], BeforeValidator(_interval)] = Field(
        "auto", description='time between two polls, or "auto"; at least 5m, but for loopback'
    )
    respect_hints: bool = Field(
        True,
        description="poll less often where the publisher asks for it; never under 5m either way",
    )
    backfill: Annotated[int | None, BeforeValidator(_backfill)] = Field(
        10,
        description='of the first poll: "none", "latest:N" or "all"; nothing older than 48h alerts',
    )
    full_text: Annotated[FullText, BeforeValidator(_full_text)] = Field(
        FullText.NEVER,
        description='read each article\'s page for its whole text: true, false or "if-short"',
    )
    tags: tuple[str, ...] = Field((), description="for `tag:` in watches")
    enabled: bool = Field(True, description="false: not polled")
    mute: bool = Field(False, description="true: read and kept, but raises no alert")
    priority: Literal["high", "normal", "low"] = Field(
        "normal", description="who comes first among feeds that are due at once"
    )
    headers: Annotated[dict[str, SecretStr], AfterValidator(_headers)] = Field(
        default_factory=dict, description="sent with each request to the server of `url`"
    )
    user: Text | None = Field(None, description="of HTTP basic authentication")
    password: SecretStr | None = Field(None, description="the same; better by env: or file:")
    proxy: SecretStr | None = Field(
        None, description="an HTTP proxy to go through: http://[USER:PASSWORD@]HOST:PORT"
    )
    ca: Text | None = Field(
        None, description="a PEM file of certificates to trust beside the system's"
    )

    @model_validator(mode="after")
    def _one_login(self) -> SourceTable:
        logins = (
            "@" in urlsplit(self.url).netloc,
            self.user is not None,
            "authorization" in {name.lower() for name in self.headers},
        )
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` together; one of them is missing")
        if self.user is not None and ":" in self.user:
            raise ValueError("a `user` without a colon, which parts it from the password")
        if sum(logins) > 1:
            raise ValueError("one login: in the url, `user` and `password`, or Authorization")
        if self.proxy is not None:
            try:
                _web(self.proxy.get_secret_value())
            except ValueError as error:
                raise ValueError(f"as `proxy` {error}") from None
        return self


class ThresholdTable(Table):
    """threshold = { … } of a watch."""

    stories: int = Field(1, ge=1)
    sources: int = Field(1, ge=1)
    within: Span


class WatchTable(Table):
    """[watch.ID] of watchlist.toml."""

    title: Text | None = Field(None, description="shown in alerts; default: the id")
    when: Text | None = Field(None, description="a query of the watch language")
    together: tuple[Text, ...] = Field((), description="the plain form: terms that stand together")
    within: Annotated[
        Literal["sentence", "paragraph", "article"] | int, BeforeValidator(_within)
    ] = Field("article", description='with `together`: how near, or a window like "20 words"')
    notify: tuple[str, ...] = Field((), description="channels to tell")
    severity: Severity = Field("normal", description="low, normal, high or critical")
    tags: tuple[str, ...] = Field((), description="your own labels, passed on with the alert")
    must_match: tuple[Text, ...] = Field((), description="texts it has to match; `check` tries")
    must_not_match: tuple[Text, ...] = Field((), description="texts it must not match")
    enabled: bool = Field(True, description="false: paused")
    until: Day = Field(None, description='its last day, such as "2026-12-31"')
    lint_ignore: tuple[str, ...] = Field(
        (), description='remarks of `check` not to be made: "W003"'
    )
    updates: Annotated[tuple[int, ...], AfterValidator(_steps)] = Field(
        (), description="tell again when so many sources carry the story: [3, 10, 30]"
    )
    once_per: OncePer = Field(
        "story", description='"event": one alert for all stories about one happening'
    )
    cooldown: Span | None = Field(None, description="understood, not yet in force")
    threshold: ThresholdTable | None = Field(None, description="understood, not yet in force")

    @model_validator(mode="after")
    def _one_form(self) -> WatchTable:
        if self.when is not None and self.together:
            raise ValueError("either `when` (a query) or `together` (the plain form), not both")
        if self.when is None and not self.together:
            raise ValueError("`when` (a query) or `together` (terms that stand together)")
        if self.when is not None and "within" in self.model_fields_set:
            raise ValueError("`within` only with `together`; in a query write NEAR/S or NEAR/P")
        return self


class RoleTable(Table):
    """One of `roles` of an actor in actors.toml."""

    country: Country = Field(description="ISO code of the country")
    office: Text = Field(description='"president", "prime minister", ...')
    held: tuple[Day, Day] = Field((None, None), description='first and last day, "" for open')


class ActorTable(Table):
    """[actor.ID] of actors.toml."""

    name: Text = Field(description="what it is called")
    kind: ActorKind = Field("organisation", description="what sort of actor")
    short: Text | None = Field(None, description="used in topic labels")
    aliases: tuple[Text, ...] = Field((), description="other names")
    exact: tuple[Text, ...] = Field((), description="names that match as written only")
    demonyms: tuple[Text, ...] = Field((), description='words such as "Iranian"')
    home: tuple[Country, ...] = Field((), description="ISO codes of its countries")
    active: tuple[Day, Day] = Field((None, None), description='from and to, "" for open')
    languages: dict[str, tuple[Text, ...]] = Field(
        default_factory=dict, description="names in other languages"
    )
    roles: tuple[RoleTable, ...] = Field((), description="offices a person holds or held")


MONITOR: dict[str, type[Table]] = {
    "redis": RedisTable,
    "net": NetTable,
    "workers": WorkersTable,
    "log": LogTable,
    "retention": RetentionTable,
    "seeds": SeedsTable,
    "ops": OpsTable,
    "websub": WebSubTable,
}
