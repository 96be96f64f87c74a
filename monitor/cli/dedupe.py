"""`wirewatch dedupe`: articles in order -> their stories."""

from __future__ import annotations

import click

from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.dedupe import Because, Claims


@click.command("dedupe")
@options.paths
@click.option("--why", is_flag=True, help="Say by what each was recognised: keys, bands, slots.")
def command(paths: tuple[str, ...], *, why: bool) -> None:
    """Articles in order -> which story each belongs to, as JSON Lines.

    With --why each line tells by what the article was recognised, and how near the likeliest other
    text is, compared as a whole or by its first 80 words: which of its bands (12, or 20 of the
    lead) and how many of 64 slots agree, what share of the shorter text the other holds, and of its
    names and numbers.
    """
    claims = Claims()
    articles = Articles(paths)
    for article in articles:
        claim, because = claims.explained(article)
        write(
            {
                "article": article.id,
                "story": claim.story,
                "relation": claim.relation,
                "similarity": claim.similarity,
                **({"why": _why(because)} if why else {}),
            }
        )
    articles.exit()


def _why(because: Because) -> dict[str, object]:
    near = because.nearest
    if near is None:
        return {"by": because.rule}
    return {
        "by": because.rule,
        "compared": because.part,
        "with": because.story,
        "bands": list(near.bands),
        "slots": near.slots,
        "contained": near.contained,
        "facts": near.agreed,
    }
