"""watchlist.toml -> watches, each query understood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.errors import ConfigError, QueryError
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Threshold, Watch
from monitor.settings.files import named_tables, read_toml
from monitor.settings.names import read_actors
from monitor.settings.problems import Problems
from monitor.settings.watch_table import WatchTable
from monitor.topics.knowledge import load as shipped_knowledge
from monitor.watch import parse_watch, parts_of


def load_watchlist(watchlist: Path, actors: Path | None) -> tuple[tuple[Watch, ...], Knowledge]:
    """A watchlist of its own, as `wirewatch match` takes it: channels are not looked at."""
    problems = Problems()
    for path in (watchlist, actors):
        if path is not None and not path.is_file():
            problems.add(str(path), "", "", found="no such file", wanted="a readable TOML file")
    more = read_actors(actors, problems) if actors else ()
    knowledge = shipped_knowledge().merged(actors=more)
    watches = read_watches(watchlist, knowledge, problems)
    if problems.found:
        raise ConfigError(tuple(problems.found))
    return watches, knowledge


def read_watches(
    path: Path, knowledge: Knowledge, problems: Problems, refused: list[Watch] | None = None
) -> tuple[Watch, ...]:
    """The watches of watchlist.toml, each query understood. Those of which only the query is wrong
    are put into `refused`: what else is wrong with them can be told with it.
    """
    watches = []
    for name, values in named_tables(
        read_toml(path, problems), "watch", path.name, problems
    ).items():
        where = f"watch.{name}"
        table = problems.model(WatchTable, values, file=path.name, table=where)
        if table is None:
            continue
        watch = _watch(name, table)
        try:
            if watch.has_query:
                parse_watch(watch, knowledge)
                parts_of(watch, knowledge)
        except QueryError as error:
            key = "when" if watch.when is not None else "together"
            found = error.message.removeprefix("found ")
            problems.add(path.name, where, key, found=found, wanted="")
            if refused is not None:
                refused.append(watch)
            continue
        watches.append(watch)
    return tuple(watches)


def channels_named(path: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """File, table and the channels in its `notify`, of each watch: also where something else is
    wrong with it.
    """
    unheard = Problems()
    tables = named_tables(read_toml(path, unheard), "watch", path.name, unheard)
    for name, values in tables.items():
        notify = values.get("notify") if isinstance(values, dict) else None
        if isinstance(notify, list):
            named = (each for each in notify if isinstance(each, str))
            yield path.name, f"watch.{name}", tuple(dict.fromkeys(named))


def _watch(name: str, table: WatchTable) -> Watch:
    return Watch(
        id=name,
        title=table.title or name,
        when=table.when,
        together=table.together,
        within=table.within,
        notify=tuple(dict.fromkeys(table.notify)),
        severity=table.severity,
        tags=table.tags,
        must_match=table.must_match,
        must_not_match=table.must_not_match,
        enabled=table.enabled,
        until=table.until,
        lint_ignore=table.lint_ignore,
        updates=tuple(sorted({step for step in table.updates if isinstance(step, int)})),
        revisions="revision" in table.updates,
        escalate=tuple(sorted((at, severity) for severity, at in table.escalate.items())),
        once_per="event" if table.scope == "event" else table.once_per,
        scope=table.scope,
        emerging=table.emerging,
        threshold=Threshold(
            stories=max(table.threshold.stories, table.threshold.sources),
            sources=table.threshold.sources,
            within=table.threshold.within,
        )
        if table.threshold
        else None,
        cooldown=table.cooldown,
        at_most=table.at_most,
        hours=table.hours,
        zone=table.zone,
        expect=table.expect,
    )
