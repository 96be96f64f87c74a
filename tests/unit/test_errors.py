"""Errors say what happened, about what, and cross processes whole."""

from __future__ import annotations

import inspect
import pickle

import pytest

from monitor import errors
from monitor.errors import BadStatus, ConfigError, ConfigProblem, QueryError, WirewatchError

EXAMPLES: tuple[WirewatchError, ...] = (
    BadStatus("the server says 503", status=503, retry_after_s=30.0, source="world"),
    QueryError("words side by side", query="drone strike", column=7, fix='"drone strike"'),
    ConfigError(
        (ConfigProblem(file="feeds.toml", table="source.a", key="url", found="''", wanted="a URL"),)
    ),
    errors.AddressRefused("10.0.0.1 is private", source="world"),
)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling_whole(error: WirewatchError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_the_tree_in_the_docstring_names_every_error() -> None:
    drawn = inspect.getdoc(errors) or ""
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, Exception):
            assert f"{name} " in drawn, name


def test_a_query_error_points_at_the_place() -> None:
    error = QueryError("words side by side", query="drone strike", column=7)
    assert str(error).splitlines()[1:] == ["    drone strike", "          ^"]


def test_a_config_error_lists_every_problem() -> None:
    problem = ConfigProblem(
        file="channels.toml",
        table="channel.desk",
        key="typ",
        found="a key that means nothing here",
        wanted="one of type",
        fix="Did you mean type?",
    )
    assert str(ConfigError((problem, problem))).splitlines() == [
        "2 problems in the configuration:",
        *[
            "  channels.toml [channel.desk] typ: found a key that means nothing here,"
            " wanted one of type. Did you mean type?"
        ]
        * 2,
    ]
