"""From what pydantic says to our problems: file, table, key, found, wanted, fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from monitor.errors import ConfigProblem

Model = TypeVar("Model", bound=BaseModel)

WANTED = {
    "tuple_type": 'a list, such as ["a", "b"]',
    "list_type": 'a list, such as ["a", "b"]',
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "model_type": "a table of keys and values",
    "model_attributes_type": "a table of keys and values",
    "dict_type": "a table of keys and values",
    "ip_v4_network": 'a network such as "127.0.0.0/8" (its own bits behind the / are 0)',
    "ip_v6_network": 'a network such as "127.0.0.0/8" (its own bits behind the / are 0)',
}
"""What pydantic's kinds of errors mean in our words."""

ABOUT = re.compile(r"(?:no )?`(\w+)` (?:only|is|beside|above)\b")
CREDENTIALS = re.compile(r"(?<=:/)[^@\s'\"]*@")
ADDRESSES = ("url", "urls", "callback", "smtp")
SECRET = ("secret", "password", "token", "headers", "proxy")


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

    def model(
        self,
        kind: type[Model],
        values: object,
        *,
        file: str,
        table: str,
        written: object = None,
        beside: Iterable[str] = (),
    ) -> Model | None:
        """The table as `kind`, or None with every problem of it noted.

        `written` is the table as it stands in the file: what is shown, where `values` holds secrets
        that stand elsewhere. `beside` are keys of the table that are read by somebody else.
        """
        shows = written if isinstance(written, dict) else values
        if not isinstance(values, dict) or not isinstance(shows, dict):
            self.add(file, table, "", found=shown(values), wanted="a table of keys and values")
            return None
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            told: set[tuple[str, ...]] = set()
            for detail in error.errors(include_url=False):
                place = _place(kind, detail["loc"])
                if place not in told:  # else another branch of a union that was spoken of
                    told.add(place)
                    known = {*_known(kind, place[:-1]), *(beside if len(place) == 1 else ())}
                    self._detail(kind, detail, place, shows, known, file=file, table=table)
            return None

    def blame_environment(self, environment: Mapping[str, str]) -> None:
        """Say so where a value of monitor.toml came from a variable that goes before it."""
        for number, problem in enumerate(self.found):
            variable = f"WIREWATCH_{problem.table}_{problem.key}".upper()
            if problem.file == "monitor.toml" and variable in environment:
                self.found[number] = replace(problem, file="environment", table="", key=variable)

    def _detail(
        self,
        kind: type[BaseModel],
        detail: Any,
        place: tuple[str, ...],
        shows: Mapping[str, object],
        known: Collection[str],
        *,
        file: str,
        table: str,
    ) -> None:
        key = "".join(f"[{int(p) + 1}]" if p.isdigit() else f".{p}" for p in place).lstrip(".")
        match detail["type"]:
            case "extra_forbidden":
                found, wanted = (
                    "a key that means nothing here",
                    "one of " + ", ".join(sorted(known)),
                )
                fix = did_you_mean(place[-1], known)
                self.add(file, table, key, found=found, wanted=wanted, fix=fix)
            case "missing":
                field_ = _known(kind, place[:-1]).get(place[-1])
                about = field_.description if field_ else None
                wanted = f"this key: {about}" if about else "this key"
                self.add(file, table, key, found="nothing", wanted=wanted)
            case _:
                found = _found(key, _at(shows, place, detail["input"])) if place else ""
                wanted, fix = _wanted(detail), ""
                if detail["loc"][-1:] == ("[key]",):  # of a table whose keys are values themselves
                    found = f"the key {shown(detail['input'])}"
                    expected = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected")))
                    fix = did_you_mean(str(detail["input"]), expected)
                named = None if place else ABOUT.match(wanted)
                if named is not None and named[1] in shows:
                    key = named[1]  # a rule over several keys that says which one it is
                    found = _found(key, shows[key])
                if said := re.fullmatch(r"found (.*?), wanted (.*)", wanted, re.DOTALL):
                    found, wanted = said[1], said[2]
                elif said := re.fullmatch(r"(.*?), wanted (.*)", wanted, re.DOTALL):
                    # what is wrong with it, and what was wanted instead
                    found, wanted = f"{found} ({said[1]})" if found else said[1], said[2]
                self.add(file, table, key, found=found, wanted=wanted, fix=fix)


def shown(value: object) -> str:
    """A value as it stands in a message: short, quoted, without credentials."""
    text = CREDENTIALS.sub("/…@", repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'Did you mean X?', or nothing when no known word is near."""
    near = get_close_matches(word.lower(), [*known], n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def _place(kind: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The key and what lies in it; pydantic also names branches of unions, people do not."""
    place: list[str] = []
    known: Mapping[str, FieldInfo] = _known(kind, ())
    holds_any = False
    for part in loc:
        if isinstance(part, int):
            place.append(str(part))
        elif not place or (known and (part in known or part == loc[-1])):
            place.append(part)
            holds_any = _is_dict(known.get(part))
            known = _known(kind, tuple(place))
        elif holds_any and part != "[key]":  # a key that is a value itself
            place.append(part)
            holds_any = False
    return tuple(place)


def _is_dict(field_: FieldInfo | None) -> bool:
    return field_ is not None and get_origin(field_.annotation) is dict


def _known(kind: type[BaseModel], place: tuple[str, ...]) -> dict[str, FieldInfo]:
    """The keys that may stand at a place: those of the table, or of a table within it."""
    model: type[BaseModel] | None = kind
    for part in place:
        found = _fields(model).get(part) if model is not None else None
        model = _model_in(found.annotation) if found is not None else None
    return _fields(model) if model is not None else {}


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {known.alias or name: known for name, known in model.model_fields.items()}


def _model_in(annotation: object) -> type[BaseModel] | None:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _at(shows: Mapping[str, object], place: tuple[str, ...], otherwise: object) -> object:
    """What stands at a place in the file."""
    value: object = shows
    for part in place:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return otherwise
    return value


def _found(key: str, value: object) -> str:
    named = isinstance(value, str) and value.startswith(("env:", "file:"))
    if any(word in key for word in SECRET) and not named:
        return "a value (not shown: it is secret)"
    if key in ADDRESSES and isinstance(value, str) and "://" in value:
        return "an address (not shown: there may be a secret in it)"
    return shown(value)


def _wanted(detail: Any) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "literal_error":
            return f"one of {context['expected']}"
        case "greater_than_equal":
            return f"a number, at least {context['ge']}"
        case "less_than_equal":
            return f"a number, at most {context['le']}"
        case "string_pattern_mismatch" if context["pattern"] == "^[A-Z]{2}$":
            return 'a country as two capitals (ISO 3166), such as "GB"'
        case known if known in WANTED:
            return WANTED[known]
    message: str = detail["msg"]
    for opening in ("Value error, ", "Input should be ", "wanted "):
        message = message.removeprefix(opening)
    return message
