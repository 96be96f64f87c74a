"""`wirewatch feeds add`: the feeds of a site, found; and the one of it, added."""

from __future__ import annotations

import asyncio
import shlex
import sys
from datetime import datetime
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.safe import line
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.feeds.telling import counted, span
from monitor.net import Client
from monitor.settings import Settings, load
from monitor.settings.feedlist import alone, read_text, save, with_feeds
from monitor.settings.files import ID
from monitor.sources.childparse import Parser
from monitor.sources.discover import Discovery, FoundFeed, discover
from monitor.sources.opml import ListedFeed


@click.command("add")
@click.argument("url", metavar="URL")
@options.config
@click.option("--id", "wanted_id", default="", metavar="ID", help="Its id, instead of its title's.")
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON Lines.")
def add(url: str, config: Path, wanted_id: str, *, as_json: bool) -> None:
    """Look for the feeds of a site (or take a feed's own address), and add the one there is.

    Of several none is added: they are shown, each with the command that adds it. Exit 1 when
    nothing was added.
    """
    settings, moment = load(config, channels="sealed"), now()
    if wanted_id and not ID.fullmatch(wanted_id):
        raise click.UsageError("an id is of letters, digits, hyphens, dots and underscores")
    address = url if "://" in url else f"https://{url}"
    found = asyncio.run(_search(address, settings, moment))
    for feed in found.feeds:
        if as_json:
            write(feed)
    for refused, why in found.refused:
        click.echo(f"named as a feed, but none: {line(refused)}: {line(why)}", err=True)
    if not found.feeds:
        click.echo(
            f"no feed found at {line(address)}, in what its page names, or where feeds and news"
            " sitemaps usually are",
            err=True,
        )
        sys.exit(1)
    if len(found.feeds) > 1:
        click.echo(f"{len(found.feeds)} feeds; say which:", err=True)
        for feed in found.feeds:
            _tell(feed, moment)
            where = () if config == Path("config") else ("--config", str(config))
            command = shlex.join(("wirewatch", "feeds", "add", feed.url, *where))
            click.echo(f"    {line(command)}", err=True)
        sys.exit(1)
    _tell(found.feeds[0], moment)
    _add(found.feeds[0], config, settings, wanted_id)


async def _search(url: str, settings: Settings, moment: datetime) -> Discovery:
    async with (
        Client(allow=settings.allow, contact=settings.contact) as client,
        Parser() as parser,
    ):
        return await discover(url, client=client, parser=parser, now=moment)


def _add(feed: FoundFeed, config: Path, settings: Settings, wanted_id: str) -> None:
    if any(source.id == wanted_id for source in settings.sources):
        raise click.UsageError(f"[source.{wanted_id}] is there already; give another --id")
    listed = ListedFeed(url=feed.url, title=feed.title, language=feed.language)
    with alone(config):
        added = with_feeds(
            read_text(config),
            [listed],
            load(config, channels="sealed").sources,
            wanted_id=wanted_id,
        )
        if added.new:
            save(config, added.text, new=(id_ for id_, _ in added.new))
    if added.known:
        click.echo(f"feeds.toml lists it already: [source.{added.known[0][0]}]", err=True)
        return
    ((id_, _),) = added.new
    click.echo(
        f"added [source.{id_}] to {config / 'feeds.toml'}; it is polled once the poller is started"
        " anew",
        err=True,
    )


def _tell(feed: FoundFeed, moment: datetime) -> None:
    one = "sitemap" if feed.is_list else "entry"
    held = counted(feed.entries, one)
    newest = "" if feed.newest is None else f", the newest {span(moment - feed.newest)} old"
    title = f": “{line(feed.newest_title)}”" if feed.newest_title else ""
    name = line(feed.title) or "without a title"
    click.echo(f"  {name} ({feed.where}): {line(feed.url)}", err=True)
    click.echo(f"    {'a list of ' if feed.is_list else ''}{held}{newest}{title}", err=True)
