"""`wirewatch read`: any feed or seed file -> articles as JSON Lines."""

from __future__ import annotations

import click

from monitor.cli import options
from monitor.cli.articles import Articles, write


@click.command("read")
@options.paths
def command(paths: tuple[str, ...]) -> None:
    """Any feed or seed file -> articles as JSON Lines.

    PATH is a file, a folder or `-` (article JSON Lines on standard input).
    """
    articles = Articles(paths)
    for article in articles:
        write(
            {
                "id": article.id,
                "source": article.source,
                "url": article.url,
                "title": article.title or None,
                "summary": article.summary or None,
                "body": article.body or None,
                "published": article.published,
                "authors": article.authors,
                "language": article.language,
                "tags": article.tags,
                "section": article.section,
                "dateline": article.dateline,
            }
        )
    articles.exit()
