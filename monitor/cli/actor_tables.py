"""Actors as tables of actors.toml."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from monitor.model import Actor


def append_table(path: Path, actor: Actor) -> None:
    """Add the actor at the end of the file; whoever reads it meanwhile sees the old or the new."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    parted = before.rstrip() + "\n\n" if before.strip() else ""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(parted + "\n".join(as_toml(actor)) + "\n")
    Path(beside).chmod(path.stat().st_mode & 0o777 if before else 0o644)
    Path(beside).replace(path)


def as_toml(actor: Actor) -> Iterator[str]:
    """The actor as a table of actors.toml, line by line."""
    yield f"[actor.{_key(actor.id)}]"
    yield f"name = {_text(actor.name)}"
    yield f"kind = {_text(actor.kind)}"
    if actor.short:
        yield f"short = {_text(actor.short)}"
    elsewhere = {name for _, name in actor.languages}
    for key, values in (
        ("aliases", tuple(name for name in actor.aliases if name not in elsewhere)),
        ("exact", actor.exact),
        ("demonyms", actor.demonyms),
        ("home", actor.home),
    ):
        if values:
            yield f"{key} = [{', '.join(map(_text, values))}]"
    if any(actor.active):
        yield f"active = [{', '.join(_text(str(day or '')) for day in actor.active)}]"
    if actor.languages:
        names = ", ".join(f"{tongue} = [{_text(name)}]" for tongue, name in actor.languages)
        yield f"languages = {{ {names} }}"
    if actor.roles:
        roles = ", ".join(
            f"{{ country = {_text(role.country)}, office = {_text(role.office)},"
            f" held = [{_text(str(role.begins or ''))}, {_text(str(role.ends or ''))}] }}"
            for role in actor.roles
        )
        yield f"roles = [{roles}]"


def _key(id_: str) -> str:
    return id_ if id_.replace("-", "").replace("_", "").isalnum() and id_.isascii() else _text(id_)


def _text(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )
