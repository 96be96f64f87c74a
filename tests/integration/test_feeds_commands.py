"""`wirewatch feeds add`, `import` and `export`: what they find, say and write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from loopback import LoopbackHttp

from monitor.cli.feeds import command
from monitor.errors import AddressRefused, ParseError
from monitor.settings import load

HTML = (
    b"<!doctype html><title>Harbour</title><link rel='alternate' type='application/rss+xml'"
    b" href='/a.xml'><link rel='alternate' type='application/atom+xml' href='/b.xml'>"
)


def rss(title: str, *entries: str) -> bytes:
    inside = "".join(
        f"<item><title>{entry}</title><guid>{entry}</guid>"
        "<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>"
        for entry in entries
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{inside}</channel></rss>".encode()


class Desk:
    """A configuration that may ask this machine, and the commands over it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "config"
        self.config.mkdir()
        (self.config / "monitor.toml").write_text('[net]\nallow = ["127.0.0.0/8"]\n')

    def call(self, *arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--config", str(self.config)])

    @property
    def ids(self) -> list[str]:
        return [source.id for source in load(self.config, {}).sources]

    @property
    def text(self) -> str:
        return (self.config / "feeds.toml").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def site() -> LoopbackHttp:
    return LoopbackHttp({"/": (200, {"Content-Type": "text/html"}, HTML)})


def test_the_one_feed_of_a_page_is_added_and_of_several_none(
    desk: Desk, site: LoopbackHttp
) -> None:
    with site as web:
        # given: a page that names two feeds, of which one is none
        web.pages["/a.xml"] = 200, {}, rss("Harbour news", "Ferry late", "\x1b[31mQuay open")
        # when
        done = desk.call("add", web.url())
        # then
        assert done.exit_code == 0, done.stderr
        assert "Harbour news (page)" in done.stderr
        assert "2 entries, the newest" in done.stderr
        assert "named as a feed, but none" in done.stderr
        assert desk.ids == ["harbour-news"]
        # and when: asked again, by the feed's own address
        again = desk.call("add", web.url("/a.xml"), "--json")
        assert (again.exit_code, desk.ids) == (0, ["harbour-news"])
        assert "lists it already: [source.harbour-news]" in again.stderr
        assert json.loads(again.stdout)["where"] == "address"
        # and when: both are feeds
        web.pages["/b.xml"] = 200, {}, rss("Harbour comments", "Re: Ferry late")
        several = desk.call("add", web.url())
        # then
        assert several.exit_code == 1
        assert f"wirewatch feeds add {web.url('/b.xml')} --config {desk.config}" in several.stderr
        assert desk.ids == ["harbour-news"]


def test_feeds_are_looked_for_where_they_usually_are_then_among_sitemaps(
    desk: Desk, site: LoopbackHttp
) -> None:
    with site as web:
        # given: a page that names none
        web.pages["/"] = 200, {}, b"<html><body>Welcome</body></html>"
        nothing = desk.call("add", web.url())
        assert nothing.exit_code == 1
        assert "no feed found" in nothing.stderr
        # when: robots.txt names a list of sitemaps
        web.pages["/robots.txt"] = 200, {}, b"Sitemap: /maps/news.xml\nSitemap: /pages.xml\n"
        web.pages["/maps/news.xml"] = (
            *(200, {}),
            b"<sitemapindex><sitemap><loc>/n1.xml</loc></sitemap></sitemapindex>",
        )
        listed = desk.call("add", web.url(), "--id", "maps")
        # then
        assert listed.exit_code == 0, listed.stderr
        assert "a list of 1 sitemap" in listed.stderr
        assert desk.ids == ["maps"]
        # and when: there is a feed, under two addresses
        web.pages["/feed"] = web.pages["/rss.xml"] = 200, {}, rss("Usual", "One")
        assert desk.call("add", web.url()).exit_code == 0
        assert desk.ids == ["maps", "usual"]


def test_a_private_address_is_not_looked_at(desk: Desk, site: LoopbackHttp) -> None:
    with site as web:
        (desk.config / "monitor.toml").write_text("")
        done = desk.call("add", web.url())
    assert isinstance(done.exception, AddressRefused)
    assert web.requests == []


def test_lists_of_feeds_go_in_and_out(desk: Desk) -> None:
    # given
    (desk.config / "feeds.toml").write_text('# ours\n[source.a]\nurl = "https://a.example/rss"\n')
    outlines = "".join(f'<outline text="P{n}" xmlUrl="https://p{n}.example/"/>' for n in range(3))
    list_opml = desk.folder / "list.opml"
    list_opml.write_text(
        f'<opml><body><outline text="News">{outlines}<outline xmlUrl="https://www.a.example/rss/"/>'
        '<outline xmlUrl="file:///etc/passwd"/></outline></body></opml>'
    )
    # when
    tried = desk.call("import", str(list_opml), "--dry-run")
    assert ("would add: 3" in tried.stderr, desk.ids) == (True, ["a"])
    done = desk.call("import", str(list_opml))
    # then
    assert done.exit_code == 1, "one was left out"
    for words in ("added: 3", "[source.p1] P1", "listed already: 1", "file:///etc/passwd"):
        assert words in done.stderr
    text = desk.text
    assert text.startswith('# ours\n[source.a]\nurl = "https://a.example/rss"\n\n# From list.opml.')
    assert desk.ids == ["a", "p0", "p1", "p2"]
    # and when: what goes out comes back as nothing new
    out = desk.call("export")
    (desk.folder / "out.opml").write_text(out.stdout)
    again = desk.call("import", str(desk.folder / "out.opml"))
    # then
    assert (again.exit_code, "listed already: 4" in again.stderr) == (0, True)
    assert desk.text == text
    # and
    (desk.folder / "laugh.opml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><opml>&b;</opml>')
    refused = desk.call("import", str(desk.folder / "laugh.opml"))
    assert isinstance(refused.exception, ParseError)
    assert desk.text == text
