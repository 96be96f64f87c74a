"""`wirewatch why`: why an article satisfies a watch, or not; and what happened then."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
import msgspec

from monitor.app import Desk
from monitor.channels.safe import line
from monitor.cli import options, verdicts
from monitor.cli.articles import Articles, write
from monitor.cli.connection import open_store
from monitor.cli.telling import telling
from monitor.model import Alert, Article, PageNote, PageOutcome, Watch
from monitor.settings import load, load_watchlist
from monitor.settings.version import version_of
from monitor.store import Store
from monitor.store.told import Told
from monitor.watch import Verdict, parse_watch

MOST = 10_000
"""Alerts that are looked through for one that an article counted towards."""


@click.command("why")
@click.option(
    "--watchlist",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ask a watchlist.toml about the articles of PATH..., without a server.",
)
@click.option("--watch", "only", metavar="ID", help="With --watchlist: this watch only.")
@click.option(
    "--actors",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --watchlist: an actors.toml that adds to the shipped knowledge.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines only, no tree.")
@click.argument("about", nargs=-1, required=True, metavar="ARTICLE WATCH | PATH...")
@options.config
@options.data
def command(
    about: tuple[str, ...],
    watchlist: Path | None,
    only: str | None,
    actors: Path | None,
    config: Path,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """The whole decision as a tree: which clause held where, and what came nearest.

    ARTICLE is the id of an article that was judged in the last days, WATCH the id of a watch; then
    what happened after matching is told, too. With --watchlist, PATH... are files, folders or `-`.
    The tree goes to stderr, JSON Lines to stdout (not to a terminal, unless --json).
    """
    if watchlist is not None:
        watches, knowledge = load_watchlist(watchlist, actors)
        chosen = _chosen(watches, only)
        articles = Articles(about)
        _Teller(Desk.of(chosen, knowledge), as_json=as_json).tell_all(articles)
        articles.exit()
    if len(about) != 2:
        raise click.UsageError("give ARTICLE and WATCH, or --watchlist FILE and PATH...")
    _ask_live(config, data, about[0], about[1], as_json=as_json)


def _ask_live(config: Path, data: Path, ref: str, watch_id: str, *, as_json: bool) -> None:
    settings = load(config)
    (watch,) = _chosen(settings.watches, watch_id)
    with open_store(config, data) as store:
        kept = store.view.article(ref) or store.view.article(store.view.find(ref) or "")
        alert = None if kept is None else store.view.alert(_alert_id(watch, kept[1]))
        told = () if alert is None else store.outbox.told(alert)
        counted = "" if kept is None or alert else _counted(store, watch, kept[1])
    if kept is None:
        raise click.UsageError(
            f"no article {ref!r} is kept: give the id of one that was judged within"
            " [retention] articles"
        )
    article, outcome = kept
    judged_by = outcome.get("config", "")
    if judged_by and judged_by != version_of(config):
        click.echo(
            f"it was judged by configuration {judged_by}; the files are {version_of(config)} now",
            err=True,
        )
    teller = _Teller(Desk.of((watch,), settings.knowledge), as_json=as_json)
    teller.tell(article, outcome, told, counted)


def _counted(store: Store, watch: Watch, outcome: Mapping[str, str]) -> str:
    """Of what was below a threshold, by which alert it was told after all; "" for none."""
    if watch.threshold is None:
        return ""
    of = {outcome.get("story"), outcome.get("event")} - {"", None}
    for alert in store.view.alerts(MOST):
        if alert.watch == watch.id and any(each.story in of for each in alert.counted):
            return f"; since then it has counted towards alert {alert.id}"
    return ""


def _chosen(watches: tuple[Watch, ...], only: str | None) -> tuple[Watch, ...]:
    if only is None:
        return watches
    found = tuple(watch for watch in watches if watch.id == only)
    if not found:
        known = ", ".join(watch.id for watch in watches) or "none"
        raise click.UsageError(f"no watch {only!r}; there are: {known}")
    if not found[0].has_query:
        raise click.UsageError(
            f"{only!r} asks for no articles, but for what many sources suddenly tell:"
            " `wirewatch trends` shows that"
        )
    return found


class _Teller:
    """Explains each article for each watch of a desk, and says it."""

    def __init__(self, desk: Desk, *, as_json: bool) -> None:
        self._watches = {id_: watch for id_, watch in desk.watches.items() if watch.has_query}
        trees = (parse_watch(watch, desk.knowledge) for watch in self._watches.values())
        self._explainer = verdicts.Explainer(desk, trees)
        self._tree = not as_json
        self._json = as_json or not sys.stdout.isatty()

    def tell_all(self, articles: Iterable[Article]) -> None:
        for article in articles:
            self.tell(article, None)

    def tell(
        self,
        article: Article,
        outcome: Mapping[str, str] | None,
        told: tuple[Told, ...] = (),
        counted: str = "",
    ) -> None:
        asked = self._explainer.verdicts(self._explainer.look(article))
        for (watch_id, watch), verdict in zip(self._watches.items(), asked, strict=True):
            then = "" if outcome is None else afterwards(watch, outcome) + counted
            if self._tree:
                self._say(article, watch_id, verdict, then, told)
            if self._json:
                write(
                    {
                        "article": article.id,
                        "watch": watch_id,
                        "matched": verdict.held,
                        "tree": verdicts.row(verdict),
                        "missing": list(verdicts.missing(verdict)),
                        **({} if outcome is None else {"then": then, "told": told}),
                        **({} if article.page is None else {"page": article.page}),
                    }
                )

    def _say(
        self,
        article: Article,
        watch_id: str,
        verdict: Verdict,
        then: str,
        told: tuple[Told, ...],
    ) -> None:
        does = "satisfies" if verdict.held else "does not satisfy"
        click.echo(f"{verdicts.named(article)} {does} {watch_id}", err=True)
        if article.page is not None:
            click.echo(f"  text: {text_from(article.page)}", err=True)
        for row in verdicts.lines(verdict, depth=1):
            click.echo(row, err=True)
        if then:
            click.echo(f"  then: {line(then)}", err=True)
        for each in told:
            click.echo(f"    {telling(each)}", err=True)
        click.echo("", err=True)


def text_from(page: PageNote) -> str:
    """Whose text was judged, where the full one was wanted."""
    if page.outcome is PageOutcome.READ:
        return "that of the article's page (full_text)"
    return f"the feed's own; the page's was wanted, but {page.outcome}: {line(page.said)}"


def afterwards(watch: Watch, outcome: Mapping[str, str]) -> str:
    """What happened after matching, from the outcome that was kept with the article."""
    relation = outcome.get("relation", "new")
    about = {
        "new": "the first article of its story",
        "copy": "a copy of an article seen before",
        "revision": "a later version of an article seen before",
        "repeat": "an article seen before, unchanged",
    }.get(relation, relation)
    if watch.emerging:
        return f"it was {about}; an emerging watch tells no article, but counts those it is about"
    silenced = msgspec.json.decode(outcome.get("silenced") or "{}", type=dict[str, str])
    if watch.id in silenced:
        return f"it was {about}; no alert: {silenced[watch.id]}"
    if watch.id not in outcome.get("matched", "").split():
        return f"it was {about}; the watch did not match when it was judged"
    return f"it was {about}; alert {_alert_id(watch, outcome)} was raised"


def _alert_id(watch: Watch, outcome: Mapping[str, str]) -> str:
    """The alert of the watch for the article's story, or event, if there is one."""
    once = outcome.get("event") if watch.once_per == "event" else None
    return Alert.id_for(watch.id, once or outcome.get("story", ""))
