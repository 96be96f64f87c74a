"""What may stand in feeds.toml."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from monitor.model import FullText
from monitor.settings.values import Country, Table, Text, Web, span_of, web_address

LATEST = re.compile(r"latest:(\d{1,4})")
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


def _interval(value: object) -> object:
    return value if value == "auto" else span_of(value)


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
    tags: tuple[Text, ...] = Field((), description="for `tag:` in watches")
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
                web_address(self.proxy.get_secret_value())
            except ValueError as error:
                raise ValueError(f"as `proxy` {error}") from None
        return self
