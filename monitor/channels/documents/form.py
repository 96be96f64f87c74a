"""The form that all documents share: whole ones, their parts, and how times and links look."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

VERSION: Final = 1

TIME: Final = {"format": "date-time"}
LINK: Final = {"format": "uri"}

Version = Annotated[
    Literal[1], Meta(description="1: fields may be added under it, none change or go")
]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a document."""


class Whole(Part, frozen=True, kw_only=True, tag_field="type"):
    """A whole one, as it leaves."""

    version: Version
    timestamp: Annotated[
        str,
        Meta(
            description="when it was raised, told again or noticed, or the end of a digest's time;"
            " in UTC, the same on every attempt",
            extra_json_schema=TIME,
        ),
    ]
