"""`wirewatch dedupe`: articles in order -> their stories."""

from __future__ import annotations

import click

from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.dedupe import Claims


@click.command("dedupe")
@options.paths
def command(paths: tuple[str, ...]) -> None:
    """Articles in order -> which story each belongs to, as JSON Lines."""
    claims = Claims()
    articles = Articles(paths)
    for article in articles:
        claim = claims.claim(article)
        write(
            {
                "article": article.id,
                "story": claim.story,
                "relation": claim.relation,
                "similarity": claim.similarity,
            }
        )
    articles.exit()
