"""`wirewatch try`: test a query on articles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options, verdicts
from monitor.cli.articles import Articles, write
from monitor.errors import ConfigError
from monitor.lexicon import Knowledge
from monitor.model import Article, Watch
from monitor.settings import read_actors
from monitor.settings.problems import Problems
from monitor.topics.knowledge import load
from monitor.watch import Verdict, parse

_ID = "query"


@click.command("try")
@click.argument("query")
@options.paths
@options.actors
@click.option("--json", "as_json", is_flag=True, help="JSON Lines only, no text.")
def command(query: str, paths: tuple[str, ...], actors: Path | None, *, as_json: bool) -> None:
    """Articles that satisfy QUERY, with the words that made it true; or what came nearest.

    Matches go to stdout as JSON Lines (not to a terminal, unless --json), the text with its words
    marked to stderr. Exit 1 when nothing matches.
    """
    trial = _Trial(query, _knowledge(actors), as_json=as_json)
    articles = Articles(paths)
    for article in articles:
        trial.take(article)
    trial.sum_up()
    if not articles.problems:
        sys.exit(0 if trial.matched else 1)
    articles.exit()


def _knowledge(actors: Path | None) -> Knowledge:
    problems = Problems()
    more = read_actors(actors, problems) if actors else ()
    if problems.found:
        raise ConfigError(tuple(problems.found))
    return load().merged(actors=more)


class _Trial:
    """One query on many articles; remembers the one that came nearest."""

    def __init__(self, query: str, knowledge: Knowledge, *, as_json: bool) -> None:
        desk = Desk.of((Watch(id=_ID, title=query, when=query),), knowledge)
        self._explainer = verdicts.Explainer(desk, (parse(query, knowledge),))
        self._text, self._json = not as_json, as_json or not sys.stdout.isatty()
        self.matched = self.read = 0
        self._nearest: tuple[Article, Verdict] | None = None

    def take(self, article: Article) -> None:
        """Try one article; say so when it matches."""
        self.read += 1
        seen = self._explainer.look(article)
        matches = self._explainer.matches(seen)
        if not matches:
            (verdict,) = self._explainer.verdicts(seen)
            if self._nearest is None or verdict.closeness > self._nearest[1].closeness:
                self._nearest = article, verdict
            return
        self.matched += 1
        evidence = matches[0].evidence
        if self._json:
            write({"article": article.id, "evidence": [verdicts.spot(each) for each in evidence]})
        if self._text:
            click.echo(verdicts.named(article), err=True)
            for line in verdicts.lit(article, evidence):
                click.echo(f"  {line}", err=True)

    def sum_up(self) -> None:
        """How many matched; when none did, why not the one that came nearest."""
        if not self._text:
            return
        click.echo(f"{self.matched} of {self.read} articles match", err=True)
        if self.matched or self._nearest is None:
            return
        article, verdict = self._nearest
        click.echo(f"nearest came {verdicts.named(article)}", err=True)
        for line in verdicts.lines(verdict, depth=1):
            click.echo(line, err=True)
