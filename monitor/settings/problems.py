"""From what pydantic and tomllib say to our problems: file, table, key, found, wanted, fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from monitor.errors import ConfigProblem

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Problems:
    """All that is wrong in the configuration, gathered while it is read."""

    found: list[ConfigProblem] = field(default_factory=list)

    def add(
        self, file: str, table: str, key: str, *, found: str, wanted: str, fix: str = ""
    ) -> None:
        """Note one problem."""
        self.found.append(
            ConfigProblem(file=file, table=table, key=key, found=found, wanted=wanted, fix=fix)
        )

    def model(self, kind: type[Model], values: object, *, file: str, table: str) -> Model | None:
        """The table as `kind`, or None with every problem of it noted."""
        if not isinstance(values, dict):
            self.add(file, table, "", found=shown(values), wanted="a table of keys and values")
            return None
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False):
                self._detail(kind, detail, file=file, table=table)
            return None

    def _detail(self, kind: type[BaseModel], detail: Any, *, file: str, table: str) -> None:
        # pydantic names the branches of a union and list places in `loc`; people want the key.
        loc = [str(part) for part in detail["loc"]]
        key = loc[0] if loc else ""
        place = "".join(f"[{int(part) + 1}]" for part in loc[1:2] if part.isdigit())
        match detail["type"]:
            case "extra_forbidden":
                known = tuple(about.alias or name for name, about in kind.model_fields.items())
                self.add(
                    file,
                    table,
                    key,
                    found="a key that means nothing here",
                    wanted="one of " + ", ".join(sorted(known)),
                    fix=did_you_mean(key, known),
                )
            case "missing":
                self.add(file, table, key, found="nothing", wanted=_about(kind, key))
            case _ if not any(
                problem.file == file and problem.table == table and problem.key == key + place
                for problem in self.found
            ):
                found = _found(key, detail["input"])
                self.add(file, table, key + place, found=found, wanted=_wanted(detail["msg"]))
            case _:
                pass  # another branch of a union already spoken of


def shown(value: object) -> str:
    """A value as it stands in a message: short, quoted, with its type where that is the matter."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'Did you mean X?', or nothing when no known word is near."""
    near = get_close_matches(word.lower(), [*known], n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def _found(key: str, value: object) -> str:
    if not key:
        return ""
    if any(word in key for word in ("secret", "password", "token")):
        return "a value (not shown: it is secret)"
    return shown(value)


def _about(kind: type[BaseModel], key: str) -> str:
    for name, known in kind.model_fields.items():
        if key == (known.alias or name):
            return known.description or "a value"
    return "a value"


def _wanted(message: str) -> str:
    for opening in ("Value error, ", "Input should be "):
        message = message.removeprefix(opening)
    return message
