"""The documents that leave as JSON: what a webhook posts, and a line of console, file and exec.

One type for each value of `type`; `body.py` fills them, and the schema and the tables of
docs/webhooks.md are made of them (scripts/webhook_docs.py). Fields may be added; none may change or
go without another VERSION.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from monitor.channels.documents.alert import (
    AlertData,
    AlertRaised,
    AlertUpdated,
    Article,
    Counted,
    Elsewhere,
    Evidence,
    Rising,
    Topic,
    Update,
    UpdatedData,
)
from monitor.channels.documents.digest import DigestData, DigestReady, Gap, Paused, Rate, Rest
from monitor.channels.documents.form import VERSION
from monitor.channels.documents.notice import QuietData, SourceFailing, TroubleData, WatchQuiet

__all__ = [
    "DOCUMENTS",
    "VERSION",
    "AlertData",
    "AlertRaised",
    "AlertUpdated",
    "Article",
    "Counted",
    "DigestData",
    "DigestReady",
    "Document",
    "Elsewhere",
    "Evidence",
    "Gap",
    "Paused",
    "QuietData",
    "Rate",
    "Rest",
    "Rising",
    "SourceFailing",
    "Told",
    "Topic",
    "TroubleData",
    "Update",
    "UpdatedData",
    "WatchQuiet",
    "schema",
]

Told = AlertRaised | AlertUpdated | SourceFailing | WatchQuiet
Document = Told | DigestReady

DOCUMENTS: Final = (AlertRaised, AlertUpdated, SourceFailing, WatchQuiet, DigestReady)
"""Every document there is, in the order the docs tell of them."""


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every document satisfies. Unknown fields are allowed by it."""
    roots, parts = msgspec.json.schema_components(DOCUMENTS, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What Wirewatch tells programs",
        "description": "The body of a webhook, and a line of the JSON of console, file and exec.",
        "oneOf": list(roots),
        "$defs": parts,
    }
