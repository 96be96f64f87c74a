"""What may stand in watchlist.toml."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from monitor.channels.zone import UTC_ZONE, parse_zone
from monitor.model import SEVERITIES, OncePer, Scope, Severity
from monitor.settings.moments import HoursText, RateText
from monitor.settings.problems import did_you_mean
from monitor.settings.values import Day, Span, Table, Text

WINDOW = re.compile(r"(\d+) words")


def _within(value: object) -> object:
    if value in ("sentence", "paragraph", "article") or isinstance(value, int):
        return value
    if isinstance(value, str) and (found := WINDOW.fullmatch(value.strip())):
        return int(found[1])
    raise ValueError('"sentence", "paragraph", "article" or a window such as "20 words"')


def _steps(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError('a list, such as [3, 10, "revision"]')  # noqa: TRY004  # pydantic's way
    return value


def _step(value: object) -> object:
    if value == "revision" or (isinstance(value, int) and value >= 2 and value is not True):
        return value
    if isinstance(value, int) and value is not True and value is not False:
        raise ValueError("numbers of sources, 2 or more: the first is told by the alert itself")
    fix = did_you_mean(str(value), ("revision",))
    raise ValueError(f'a number of sources, 2 or more, or "revision". {fix}'.rstrip(". "))


def _escalation(value: dict[Severity, int]) -> dict[Severity, int]:
    before, least = "", 2
    for severity in (each for each in SEVERITIES if each in value):
        if value[severity] < least:
            than = f"more than for {before}" if before else "the first is told by the alert itself"
            raise ValueError(
                f"found {severity} = {value[severity]}, wanted {least} sources or more: {than}"
            )
        before, least = severity, value[severity] + 1
    return value


class ThresholdTable(Table):
    """threshold = { … } of a watch."""

    stories: int = Field(
        1,
        ge=1,
        le=300,
        description="so many stories: copies of one text count once; default: as many as `sources`",
    )
    sources: int = Field(1, ge=1, le=300, description="first told by so many independent sources")
    within: Span = Field(description='in how long a time they were published, such as "6h"')

    @model_validator(mode="after")
    def _says_something(self) -> ThresholdTable:
        if max(self.stories, self.sources) < 2:
            raise ValueError(
                "`stories` or `sources` (or both), 2 or more: it would speak at the first story, as"
                " without a threshold"
            )
        if "stories" in self.model_fields_set and self.stories < self.sources:
            raise ValueError(
                f"at least as many `stories` as `sources` ({self.sources}): each story counts for"
                " one source; leave `stories` out, or make it more"
            )
        return self


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
    updates: Annotated[
        tuple[Annotated[int | Literal["revision"], BeforeValidator(_step)], ...],
        BeforeValidator(_steps),
    ] = Field(
        (),
        description="tell again when so many sources carry the story, or its article is revised:"
        ' [3, 10, 30, "revision"]',
    )
    escalate: Annotated[dict[Severity, int], AfterValidator(_escalation)] = Field(
        {}, description="more urgent, and told again, at so many sources: { high = 5 }"
    )
    once_per: OncePer = Field(
        "story", description='"event": one alert for all stories about one happening'
    )
    emerging: bool = Field(
        False, description="true: tell what many sources suddenly write about, not articles"
    )
    scope: Scope = Field(
        "article",
        description='"story" or "event": clauses joined by AND may be in different articles of one',
    )
    threshold: ThresholdTable | None = Field(
        None, description="speak only when so much has come together: stories, sources, within"
    )
    cooldown: Span | None = Field(
        None, description="rest so long after an alert; the rest is told together at its end"
    )
    at_most: RateText | None = Field(
        None, description='tell a channel so often, "5 per hour"; the rest is told together'
    )
    hours: HoursText | None = Field(
        None, description='speak only then, "Mon-Fri 08:00-18:00"; the rest waits for the next'
    )
    zone: Annotated[tzinfo, PlainValidator(parse_zone)] = Field(
        UTC_ZONE, description="time zone of `hours`, by its IANA name"
    )
    expect: RateText | None = Field(
        None, description='tell when it has found less than that: "1 per day"'
    )

    @model_validator(mode="after")
    def _one_form(self) -> WatchTable:
        if self.when is not None and self.together:
            raise ValueError("either `when` (a query) or `together` (the plain form), not both")
        if self.when is None and not self.together and not self.emerging:
            raise ValueError("`when` (a query) or `together` (terms that stand together)")
        if self.emerging:
            self._fits_emerging()
        given = self.model_fields_set
        if self.scope == "event" and self.once_per == "story" and "once_per" in given:
            raise ValueError('`once_per` is "event" where `scope` is: leave it out')
        if self.hours is None and "zone" in given:
            raise ValueError("`zone` only with `hours`: channels show times in zones of their own")
        if self.when is not None and "within" in given:
            raise ValueError("`within` only with `together`; in a query write NEAR/S or NEAR/P")
        return self

    @model_validator(mode="after")
    def _escalates(self) -> WatchTable:
        own = SEVERITIES.index(self.severity)
        if low := [each for each in self.escalate if SEVERITIES.index(each) <= own]:
            raise ValueError(
                f'`escalate` above the severity of the watch ("{self.severity}") only: leave out'
                f" `{low[0]}`"
            )
        return self

    def _fits_emerging(self) -> None:
        """An emerging watch speaks of no story, and of no article where it has no query."""
        for key in ("updates", "escalate", "once_per", "scope", "threshold", "expect"):
            if key in self.model_fields_set:
                raise ValueError(f"no `{key}` beside `emerging`: it tells what rises, not stories")
        if self.when is None and not self.together and (self.must_match or self.must_not_match):
            raise ValueError("with examples a query (`when`), too: they are tried on that")
