"""`wirewatch trends`: what many sources suddenly tell, now or in files of dated articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from monitor.alerts import usually
from monitor.app import Desk, now
from monitor.channels.render import listed
from monitor.channels.safe import clip, line
from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.cli.connection import open_store
from monitor.errors import ConfigError
from monitor.model import Article
from monitor.settings import Own, load, read_own
from monitor.settings.problems import Problems
from monitor.store import Store
from monitor.store.trends import Trend
from monitor.text import read
from monitor.topics import extract, survey
from monitor.topics.bursts import MIN_VOLUME, Document, bursts
from monitor.topics.rising import HOURS, KNOWN_AFTER, Rise, name_key

_TITLE_CHARS = 100
_MOST_TITLES = 3


@click.command("trends")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 7),
    default=HOURS,
    show_default=True,
    help="How long a window of time is; live, how long now is.",
)
@click.option("--watch", "watch_id", metavar="ID", help="Live: as this emerging watch sees it.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config"),
    show_default=True,
    metavar="DIR",
    help="The configuration; with PATH..., a folder whose actors.toml, places.toml and themes.toml"
    " add to the shipped knowledge.",
)
@options.data
@click.option("--json", "as_json", is_flag=True, help="JSON Lines; with PATH... it always is.")
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[str, ...],
    hours: int,
    watch_id: str | None,
    config: Path,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Topics and unknown names that several sources suddenly tell.

    Without PATH: what rises in the last hours, by the counts of the running product. With PATH...,
    as JSON Lines: articles are put into windows of time by when they were published; those without
    a date are left out. `usual` and `expected` are what the windows before led to expect.
    """
    if not paths:
        _live(config, data, hours, watch_id, as_json=as_json)
        return
    if watch_id is not None:
        raise click.UsageError("--watch asks for live counts: leave PATH out")
    given = context.get_parameter_source("config") is not click.core.ParameterSource.DEFAULT
    if given and not config.is_dir():
        raise click.BadParameter(f"no folder {config}", param_hint="--config")
    _offline(paths, hours, config if given else None)


def _live(config: Path, data: Path, hours: int, watch_id: str | None, *, as_json: bool) -> None:
    scope = "" if watch_id is None else _scope(config, watch_id)
    if hours > 24:
        raise click.BadParameter("live, now is at most 24 hours long", param_hint="--hours")
    with open_store(config, data) as store:
        trend = store.trends.rising(now(), scope=scope, hours=hours)
        rows = [_row(rise, store, hours) for rise in trend.rises]
    for row in rows:
        if as_json:
            write(row)
        else:
            click.echo("\n".join(_said(row)), err=True)
    click.echo(_summary(trend, hours), err=True)


def _scope(config: Path, watch_id: str) -> str:
    emerging = {watch.id: watch.trend_scope for watch in load(config).watches if watch.emerging}
    if watch_id not in emerging:
        raise click.UsageError(
            f"no watch {watch_id!r} with `emerging = true`; there are:"
            f" {', '.join(emerging) or 'none'}"
        )
    return emerging[watch_id]


def _row(rise: Rise, store: Store, hours: int) -> dict[str, object]:
    kept = [found[0] for ref in rise.articles if (found := store.view.article(ref))]
    return {
        "key": rise.key,
        "label": rise.label,
        "stories": rise.stories,
        "usual": rise.usual,
        "z": rise.z,
        "hours": hours,
        "sources": rise.sources,
        "articles": [
            {
                "id": article.id,
                "title": article.title,
                "url": article.url,
                "source": article.source,
                "published": article.published,
            }
            for article in kept
        ],
    }


def _said(row: dict[str, object]) -> Iterator[str]:
    sources, articles, usual = row["sources"], row["articles"], row["usual"]
    assert isinstance(sources, tuple)
    assert isinstance(articles, list)
    assert isinstance(usual, float)
    yield f"{line(str(row['label']))}  ({line(str(row['key']))})"
    yield (
        f"    {row['stories']} stories of {len(sources)} sources in {row['hours']} hours,"
        f" usually {usually(usual)}: {listed(map(line, sources))}"
    )
    for article in articles[:_MOST_TITLES]:
        yield f"    “{clip(line(article['title']), _TITLE_CHARS)}” {line(article['source'])}"


def _summary(trend: Trend, hours: int) -> str:
    counted = f"{trend.stories} stories in the last {hours} hours"
    if not trend.stories:
        return f"nothing rises: {counted} were counted; a story counts when it was published"
    rise = {0: "nothing rises", 1: "1 topic or name rises"}.get(
        len(trend.rises), f"{len(trend.rises)} topics or names rise"
    )
    if trend.stories < MIN_VOLUME:
        return f"{counted}: too few to say what rises ({MIN_VOLUME} are wanted)"
    if not trend.is_known:
        return (
            f"{counted}, {rise}; but what is usual is not known yet: counted since {trend.since}"
            f" hours, wanted {KNOWN_AFTER // timedelta(hours=1)} with {MIN_VOLUME} stories in each"
            f" {hours}. Until then no watch tells it"
        )
    return f"{counted}, {rise}"


def _offline(paths: tuple[str, ...], hours: int, config: Path | None) -> None:
    problems = Problems()
    own = read_own(config, problems) if config else Own()
    if problems.found:
        raise ConfigError(tuple(problems.found))
    desk = Desk.of((), own.over_shipped())
    articles, labels = Articles(paths), dict[str, str]()
    documents = [document for article in articles if (document := _document(article, desk, labels))]
    for burst in bursts(documents, timedelta(hours=hours)):
        write(
            {
                "start": burst.start,
                "key": burst.key,
                "label": labels[burst.key],
                "documents": burst.documents,
                "sources": burst.sources,
                "expected": burst.expected,
                "z": burst.z,
            }
        )
    articles.exit()


def _document(article: Article, desk: Desk, labels: dict[str, str]) -> Document | None:
    """What an article counts for; its labels are noted."""
    if article.published is None:
        return None
    reading = read(article)
    mentions = desk.lexicon.scan(reading)
    named = {topic.key: topic.label for topic in extract(reading, mentions, desk.knowledge)}
    for name in survey(reading, mentions, desk.knowledge).names:
        named[name_key(name)] = name
    labels.update(named)
    return Document(at=article.published, source=article.source, keys=frozenset(named))
