"""channels.toml -> channels, each with the settings of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from monitor.channels import CHANNELS
from monitor.channels.channel import ChannelConfig
from monitor.model import Timing, digest
from monitor.settings.files import (
    Tables,
    is_secret,
    named_tables,
    read_toml,
    texts_of,
    with_secrets,
)
from monitor.settings.problems import Problems, did_you_mean, shown
from monitor.settings.timing import KEYS, TimingTable

Secrets = Literal["opened", "sealed"]
"""Whether the secrets of channels are read: a service that delivers nothing needs none, and is
given none."""

FILE: Final = "channels.toml"
_PLAIN: Final = frozenset({"type", "zone", "on_doubt", *KEYS})
"""Keys that hold no secret and that every service needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """A configured channel. Sealed, `config` may be no more than what all channels share.

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
    config: Path, env: Mapping[str, str], problems: Problems, secrets: Secrets = "opened"
) -> dict[str, ChannelSettings]:
    channels = {}
    for name, raw in named_tables(
        read_toml(config / FILE, problems), "channel", FILE, problems
    ).items():
        found = _channel(name, raw, env, problems, FILE, secrets)
        if found is not None:
            channels[name] = found
    return channels


def _channel(
    name: str,
    raw: object,
    env: Mapping[str, str],
    problems: Problems,
    file: str,
    secrets: Secrets,
) -> ChannelSettings | None:
    where = f"channel.{name}"
    known = len(problems.found)
    sealed = _sealed(raw) if secrets == "sealed" and isinstance(raw, dict) else {}
    open_ = {k: v for k, v in raw.items() if k not in sealed} if isinstance(raw, dict) else raw
    values: Tables = with_secrets(open_, env, problems, file=file, table=where)
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
    kind, told = CHANNELS[type_].config, Problems()
    model: ChannelConfig | None = told.model(
        kind,
        {**values, **sealed},
        file=file,
        table=where,
        written=raw,
        beside=(*KEYS, "on_doubt"),
    )
    # what a secret that nobody has read would do is not for us to say
    problems.found += [each for each in told.found if not _concerns(each.key, sealed)]
    if model is None and sealed and len(problems.found) == known:
        model = ChannelConfig.model_validate({k: values[k] for k in values if k == "zone"})
    if model is None or timing is None or len(problems.found) > known:
        return None
    return ChannelSettings(
        name=name,
        type=type_,
        config=model,
        fingerprint=digest(
            "channel", name, repr(model), *map(repr, sealed.items())
        ),  # secrets print as asterisks
        on_doubt=on_doubt,
        timing=timing.timing(model.zone, kind.allowance),
    )


def _sealed(raw: Tables) -> Tables:
    """The keys of a channel that name secrets, as they stand in the file."""
    return {
        key: value
        for key, value in raw.items()
        if key not in _PLAIN and any(map(is_secret, texts_of(value)))
    }


def _concerns(key: str, sealed: Tables) -> bool:
    """Whether a problem is one of these keys; a rule over several keys may be."""
    return bool(sealed) and (not key or re.split(r"[.\[]", key)[0] in sealed)


def known_timings(config: Path, read: Mapping[str, ChannelSettings]) -> dict[str, Timing]:
    """When each channel is told, also of those of which something else is wrong, where their times
    can be read: what is wrong with these and with watches is then told at once.
    """
    timings = {name: channel.timing for name, channel in read.items()}
    tables = read_toml(config / FILE, unheard := Problems())
    for name, raw in named_tables(tables, "channel", FILE, unheard).items():
        type_ = raw.get("type") if isinstance(raw, dict) else None
        if name in read or not isinstance(type_, str) or type_ not in CHANNELS:
            continue
        values = {key: raw[key] for key in KEYS & raw.keys()}
        table = Problems().model(TimingTable, values, file=FILE, table=name)
        zone = Problems().model(
            ChannelConfig, {k: raw[k] for k in raw if k == "zone"}, file=FILE, table=name
        )
        if table is not None and zone is not None:
            timings[name] = table.timing(zone.zone, CHANNELS[type_].config.allowance)
    return timings


def resolve_channels(
    named: Iterable[tuple[str, str, tuple[str, ...]]],
    channels: Mapping[str, ChannelSettings],
    problems: Problems,
) -> None:
    """Note each channel that is not there: `named` are file, table and the channels it names."""
    if any(each.file == FILE and not each.table for each in problems.found):
        return  # it could not be read: who knows what is in it
    known = {*channels, *_wrong(problems)}  # told already
    for file, table, notify in named:
        for name in notify:
            if name not in known:
                problems.add(
                    file,
                    table,
                    "notify",
                    found=shown(name),
                    wanted="a channel of channels.toml ("
                    + (", ".join(sorted(known)) or "it has none")
                    + ")",
                    fix=did_you_mean(name, known),
                )


def _wrong(problems: Problems) -> set[str]:
    """The channels of which something is wrong."""
    tables = (each.table.partition(".") for each in problems.found if each.file == FILE)
    return {name for word, _, name in tables if word == "channel"}
