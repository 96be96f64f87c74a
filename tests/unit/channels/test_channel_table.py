"""The table of channels, the folder and the settings agree."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import get_args

import pytest

import monitor.channels
from monitor.channels import CHANNELS
from monitor.channels.channel import Kind
from monitor.errors import Bug

FOLDER = Path(monitor.channels.__file__).parent
GOOD: dict[str, dict[str, object]] = {
    "console": {},
    "email": {
        "to": ["desk@example.org"],
        "from": "wirewatch@example.org",
        "smtp": "smtp://127.0.0.1:25",
    },
    "webhook": {"url": "https://hooks.example.org/wirewatch", "secret": "a secret"},
}


def test_every_channel_of_the_folder_is_in_the_table() -> None:
    # given
    modules = [
        importlib.import_module(f"monitor.channels.{path.stem}") for path in FOLDER.glob("[!_]*.py")
    ]

    # then
    kinds = [module.KIND for module in modules if isinstance(getattr(module, "KIND", None), Kind)]
    assert sorted(map(id, kinds)) == sorted(map(id, CHANNELS.values()))


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_opens_with_good_settings_and_touches_nothing(name: str) -> None:
    # given
    kind = CHANNELS[name]
    config = kind.config.model_validate({"type": name, **GOOD[name]})

    # then
    assert kind.open_channel("desk", config, allow=(), contact="") is not None


@pytest.mark.parametrize("name", CHANNELS)
def test_every_setting_is_described_and_the_type_is_the_tables(name: str) -> None:
    # given
    fields = CHANNELS[name].config.model_fields

    # then
    assert all(field.description for field in fields.values())
    assert get_args(fields["type"].annotation) == (name,)


def test_settings_of_another_channel_are_a_bug() -> None:
    # given
    config = CHANNELS["console"].config.model_validate({})

    # then
    with pytest.raises(Bug, match=r"wanted monitor\.channels\.webhook"):
        CHANNELS["webhook"].open_channel("ops-hook", config, allow=(), contact="")
