"""Queries of other systems -> our language, their precedence made explicit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.errors import QueryError
from monitor.watch.importers import factiva, google, lucene, meltwater, nexis
from monitor.watch.importers.reading import Importing, Syntax
from monitor.watch.parse import parse
from monitor.watch.spelling import spell

# A new source is a file with SYNTAX and a line here.
SYNTAXES: Mapping[str, Syntax] = MappingProxyType(
    {
        syntax.name: syntax
        for syntax in (
            factiva.SYNTAX,
            nexis.SYNTAX,
            meltwater.SYNTAX,
            lucene.SYNTAX,
            google.SYNTAX,
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A query in our language; `warnings` says what it does not mean quite as the source did."""

    query: str
    warnings: tuple[str, ...]


def import_query(source: str, query: str) -> Imported:
    """A query of `source` (a key of SYNTAXES) in our language.

    Raises QueryError, pointing into the source's query, for what cannot be carried over.
    """
    syntax = SYNTAXES[source]
    kind = lucene.LuceneImporting if source == "lucene" else Importing
    importing = kind(query, syntax)
    translated = spell(importing.tree())
    try:
        parse(translated)
    except QueryError as error:
        raise QueryError(
            f"read as {translated}, which is refused: {error.problem}",
            query=query,
            column=1,
            fix=error.fix,
        ) from error
    return Imported(query=translated, warnings=tuple(importing.warnings))
