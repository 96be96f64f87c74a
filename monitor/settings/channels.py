"""channels.toml -> channels, each with the settings of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from monitor.channels import CHANNELS
from monitor.channels.channel import ChannelConfig
from monitor.model import Timing, Watch, digest
from monitor.settings.files import Tables, named_tables, read_toml, with_secrets
from monitor.settings.problems import Problems, did_you_mean, shown
from monitor.settings.timing import KEYS, TimingTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """A configured channel.

    `fingerprint` changes with its configuration; `on_doubt` says what to do when it is not known
    whether an attempt arrived, `timing` when it is told.
    """

    name: str
    type: str
    config: ChannelConfig
    fingerprint: str
    on_doubt: Literal["resend", "hold"] = "resend"
    timing: Timing = field(default_factory=Timing)


def read_channels(
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
    timing = problems.model(
        TimingTable,
        {key: values.pop(key) for key in KEYS & values.keys()},
        file=file,
        table=where,
        written=raw,
    )
    model = problems.model(
        CHANNELS[type_].config,
        values,
        file=file,
        table=where,
        written=raw,
        beside=(*KEYS, "on_doubt"),
    )
    if model is None or timing is None or len(problems.found) > known:
        return None
    return ChannelSettings(
        name=name,
        type=type_,
        config=model,
        fingerprint=digest("channel", name, repr(model)),  # secrets print as asterisks
        on_doubt=on_doubt,
        timing=timing.timing(model.zone, model.allowance),
    )


def resolve_channels(
    watches: tuple[Watch, ...],
    ops: tuple[str, ...],
    channels: Mapping[str, ChannelSettings],
    problems: Problems,
) -> None:
    wrong = {problem.table.removeprefix("channel.") for problem in problems.found}  # told already
    named = [("watchlist.toml", f"watch.{watch.id}", watch.notify) for watch in watches]
    for file, table, notify in (*named, ("monitor.toml", "ops", ops)):
        for name in notify:
            if name not in channels and name not in wrong:
                problems.add(
                    file,
                    table,
                    "notify",
                    found=shown(name),
                    wanted="a channel of channels.toml ("
                    + (", ".join(sorted(channels)) or "it has none")
                    + ")",
                    fix=did_you_mean(name, channels),
                )
