"""When a channel is told: keys that every table of channels.toml may have."""

from __future__ import annotations

from datetime import time, tzinfo
from typing import Literal

from pydantic import Field, field_validator, model_validator

from monitor.model import Hours, Rate, Severity, Timing
from monitor.settings.moments import HoursText, RateText, TimeText, WeekdayText
from monitor.settings.values import Table

_ONLY_DIGEST = ("every", "at", "weekday", "empty")


class TimingTable(Table):
    """The keys of a channel that say when it is told."""

    mode: Literal["now", "digest"] = Field(
        "now", description="digest: alerts are gathered and told together"
    )
    every: Literal["hour", "day", "week"] = Field("day", description="how often a digest is sent")
    at: TimeText = Field(time(8, 0), description="when, in the channel's zone")
    weekday: WeekdayText = Field(0, description="on which day, where it is weekly")
    empty: bool = Field(False, description="send a digest even if there is nothing")
    quiet: HoursText | None = Field(
        None, description='hours in which it waits, told together at their end: "22:00-07:00"'
    )
    urgent: Severity = Field("critical", description="alerts of this severity and above never wait")
    at_most: RateText | None = Field(
        None, description="allowance of each watch; the rest is gathered into a summary"
    )

    @field_validator("quiet")
    @classmethod
    def _not_for_ever(cls, quiet: Hours | None) -> Hours | None:
        if quiet is not None and quiet.begin == quiet.end and len(quiet.days) == 7:
            raise ValueError(
                "hours that end: these are all of the week, and the channel would never be told"
                " anything. To tell it nothing, take it out of every `notify`"
            )
        return quiet

    @model_validator(mode="after")
    def _fit_together(self) -> TimingTable:
        given = self.model_fields_set
        if self.mode == "now" and (idle := [key for key in _ONLY_DIGEST if key in given]):
            raise ValueError(f'`{idle[0]}` only with mode = "digest"')
        if self.every == "hour" and "at" in given:
            raise ValueError(
                '`at` only with every = "day" or "week": an hourly digest is sent at the full hour,'
                " leave out `at`"
            )
        if self.every != "week" and "weekday" in given:
            raise ValueError('`weekday` only with every = "week"')
        return self

    def timing(self, zone: tzinfo, allowance: Rate | None) -> Timing:
        """When a channel in that zone is told; `allowance` is that of its kind."""
        return Timing(
            mode=self.mode,
            every=self.every,
            at=self.at,
            weekday=self.weekday,
            empty=self.empty,
            quiet=self.quiet,
            urgent=self.urgent,
            at_most=self.at_most or allowance,
            zone=zone,
        )


KEYS = frozenset(TimingTable.model_fields)
