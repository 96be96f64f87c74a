"""`wirewatch import-query`: a query of another system in our language."""

from __future__ import annotations

import sys

import click

from monitor.cli.articles import write
from monitor.watch.importers import SYNTAXES, import_query


@click.command("import-query", context_settings={"ignore_unknown_options": True})
@click.option(
    "--from", "source", type=click.Choice(sorted(SYNTAXES)), required=True, help="Its language."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line: query and warnings.")
@click.argument("query")
def command(source: str, query: str, *, as_json: bool) -> None:
    """The query in our language on stdout; what it means differently on stderr.

    Exit 1 with warnings, 2 when something cannot be carried over.
    """
    imported = import_query(source, query)
    if as_json:
        write({"query": imported.query, "warnings": imported.warnings})
    else:
        click.echo(imported.query)
        for warning in imported.warnings:
            click.echo(f"differs: {warning}", err=True)
    sys.exit(1 if imported.warnings else 0)
