"""What docs/ says of webhooks that code knows: the tables of fields and answers, and the schema.

    .venv/bin/python scripts/webhook_docs.py           writes them; a test fails while they differ

In docs/webhooks.md each table stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.channels.answers import MEANINGS  # noqa: E402  # the path comes first
from monitor.channels.documents import DOCUMENTS, AlertData, schema  # noqa: E402
from monitor.channels.template import SHORT  # noqa: E402

PAGE = ROOT / "docs" / "webhooks.md"
SCHEMA = ROOT / "docs" / "webhook.schema.json"

THEN = {
    "sent": "delivered",
    "later": "again later",
    "down": "again later",
    "refused": "parked",
    "gone": "parked, channel disabled",
}
_MADE = re.compile(r"(<!-- made: ([a-z.]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def schema_text() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def page_text(page: str) -> str:
    """The page with its tables made anew."""
    return _MADE.sub(lambda found: found[1] + "\n".join(_table(found[2])) + "\n" + found[3], page)


def _table(name: str) -> Iterator[str]:
    if name == "answers":
        yield "| your answer | then | because |"
        yield "|---|---|---|"
        for meaning in MEANINGS:
            yield f"| {meaning.shown} | {THEN[meaning.then]} | {meaning.words} |"
        return
    yield "| field | means |"
    yield "|---|---|"
    if name == "short":
        for field, means in SHORT.items():
            yield f"| `{field}` | {means} |"
        return
    kind = next(each for each in DOCUMENTS if each.__struct_config__.tag == name)
    if name == "alert.raised":
        yield "| `type` | one of the types on this page |"
    known = {"version"}  # which is told once; and of an update, only what is new
    if name == "alert.updated":
        known |= {path for path, _ in _rows(AlertData, "data.")}
    for path, means in _rows(kind):
        if name == "alert.raised" or path not in known:
            yield f"| `{path}` | {means} |"


def _rows(kind: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Dotted path and meaning of every field; `[]` for what lies in a list."""
    for field in msgspec.structs.fields(kind):
        path, type_ = f"{before}{field.encode_name}", field.type
        means, inner = _means(type_), get_args(type_)[0]
        if path != "data":
            yield path, means
        if get_origin(inner) is list:
            path, inner = f"{path}[]", get_args(inner)[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from _rows(inner, f"{path}.")


def _means(type_: Any) -> str:
    (meta,) = (each for each in type_.__metadata__ if isinstance(each, msgspec.Meta))
    values = _values(type_)
    listed = f" ({', '.join(f'`{value}`' for value in values)})" if values else ""
    description = meta.description or ""
    return (
        description
        if any(f"`{value}`" in description for value in values)
        else description + listed
    )


def _values(type_: Any) -> list[str]:
    """The texts a field may hold, where they are few."""
    found = msgspec.json.schema(get_args(type_)[0])
    found = found.get("$defs", {}).get(found.get("$ref", "").rpartition("/")[2], found)
    return [value for value in found.get("enum", ()) if isinstance(value, str)]


def main() -> None:
    """Write both."""
    SCHEMA.write_text(schema_text(), "utf-8")
    PAGE.write_text(page_text(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
