"""The files of config/ as plain tables: TOML, environment, secrets. A missing one is empty."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from monitor.settings.problems import Problems, did_you_mean
from monitor.settings.tables import MONITOR

Tables = dict[str, Any]

UNSET = "unset"
"""What stands for a secret that could not be had, until the problem is told."""

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def read_toml(path: Path, problems: Problems) -> Tables:
    """The tables of a TOML file; {} when there is none, or when it cannot be read (a problem)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except RecursionError:
        problems.add(path.name, "", "", found="brackets nested too deep", wanted="plain tables")
    except tomllib.TOMLDecodeError as error:
        problems.add(
            path.name,
            "",
            "",
            found=f"a mistake in the TOML: {error}",
            wanted="TOML",
            fix=_toml_fix(str(error)),
        )
    except UnicodeDecodeError:
        problems.add(path.name, "", "", found="bytes that are not UTF-8", wanted="text in UTF-8")
    except OSError as error:
        problems.add(
            path.name, "", "", found=error.strerror or str(error), wanted="a readable file"
        )
    return {}


def _toml_fix(message: str) -> str:
    if "Cannot declare" in message or "overwrite" in message:
        return "An id or key stands twice; give one of them another name"
    return "Texts need quotes; a text that holds both kinds of quotes goes between '''"


def named_tables(tables: Tables, word: str, file: str, problems: Problems) -> Tables:
    """The tables [word.ID] of a file, by id; anything else at the top of the file is a problem."""
    for other in tables:
        if other != word:
            problems.add(
                file,
                "",
                other,
                found="something that means nothing here",
                wanted=f"tables [{word}.ID]",
                fix=did_you_mean(other, (word,)),
            )
    named = tables.get(word, {})
    if not isinstance(named, dict):
        problems.add(file, "", word, found=repr(named), wanted=f"tables [{word}.ID]")
        return {}
    for name in [name for name in named if not ID.fullmatch(name)]:
        problems.add(
            file,
            f"{word}.{name}",
            "",
            found=f"the id {name!r}",
            wanted="letters, digits, hyphens, dots and underscores",
        )
        del named[name]
    return named


def overridden(tables: Tables, environment: Mapping[str, str], problems: Problems) -> Tables:
    """monitor.toml's tables with WIREWATCH_<TABLE>_<KEY> put over them."""
    merged = {
        name: dict(table) if isinstance(table, dict) else table for name, table in tables.items()
    }
    for variable, text in environment.items():
        if not variable.startswith("WIREWATCH_"):
            continue
        name, _, key = variable.removeprefix("WIREWATCH_").lower().partition("_")
        if name not in MONITOR or not key:
            continue
        field = MONITOR[name].model_fields.get(key)
        if field is None:
            problems.add(
                "environment",
                "",
                variable,
                found="a variable that means nothing",
                wanted=", ".join(
                    f"WIREWATCH_{name}_{known}".upper() for known in MONITOR[name].model_fields
                ),
                fix=did_you_mean(key, MONITOR[name].model_fields),
            )
            continue
        table = merged.setdefault(name, {})
        if isinstance(table, dict):
            table[key] = _value(text, is_text=field.annotation in (str, SecretStr))
    return merged


def _value(text: str, *, is_text: bool) -> object:
    if is_text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return [part.strip() for part in text.split(",")] if "," in text or "/" in text else text


def is_secret(text: str) -> bool:
    """Whether a text stands for a secret that is elsewhere."""
    return text.startswith(("env:", "file:"))


def texts_of(value: object) -> Iterator[str]:
    """Every text in some tables."""
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from texts_of(part)
        case list():
            for part in value:
                yield from texts_of(part)


def with_secrets(
    value: Any,
    environment: Mapping[str, str],
    problems: Problems,
    *,
    file: str,
    table: str,
    key: str = "",
) -> Any:
    """The value with every "env:NAME" and "file:PATH" in it replaced by what it stands for."""
    match value:
        case dict():
            return {
                name: with_secrets(
                    part, environment, problems, file=file, table=table, key=key or name
                )
                for name, part in value.items()
            }
        case list():
            return [
                with_secrets(part, environment, problems, file=file, table=table, key=key)
                for part in value
            ]
        case str() if value.startswith("env:"):
            name = value.removeprefix("env:")
            if name not in environment:
                problems.add(
                    file,
                    table,
                    key,
                    found=value,
                    wanted=f"the environment variable {name} to be set",
                )
                return UNSET
            return environment[name]
        case str() if value.startswith("file:"):
            path = Path(value.removeprefix("file:"))
            try:
                return path.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.add(
                    file,
                    table,
                    key,
                    found=value,
                    wanted="a readable file with the secret",
                    fix=str(error),
                )
                return UNSET
        case _:
            return value
