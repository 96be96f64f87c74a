"""feeds.toml as commands write it: what is there stays, what comes is readable and stable."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.model import Source
from monitor.settings import load
from monitor.settings.feedlist import Added, exportable, read_text, save, with_feeds
from monitor.sources.opml import ListedFeed

THERE = """# our feeds, most trusted first
[source.harbour]   # since 2019
url = "https://www.harbour.example/rss/"
"""
HARBOUR = Source(id="harbour", url="https://www.harbour.example/rss/")


def feed(
    title: str = "Mill Gazette",
    host: str = "mill",
    *,
    language: str | None = None,
    tags: tuple[str, ...] = (),
) -> ListedFeed:
    return ListedFeed(url=f"https://{host}.example/rss", title=title, language=language, tags=tags)


def added(*feeds: ListedFeed, text: str = THERE) -> Added:
    return with_feeds(text, feeds, (HARBOUR,) if text else (), remark="From a.opml.")


def test_what_is_there_stays_and_what_comes_stands_behind_it() -> None:
    result = added(feed(language="en", tags=("News", 'the "quay"')))

    assert result.text == THERE + (
        '\n# From a.opml.\n[source.mill-gazette]\nurl = "https://mill.example/rss"\n'
        'name = "Mill Gazette"\nlanguage = "en"\ntags = ["News", "the \\"quay\\""]\n'
    )


def test_a_feed_that_is_listed_under_another_spelling_is_passed_over() -> None:
    result = added(feed(host="harbour"), feed(), feed("Again"))

    assert [name for name, _ in result.known] == ["harbour", "mill-gazette"]
    assert [name for name, _ in result.new] == ["mill-gazette"]
    assert added(feed(host="harbour")).text == THERE


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("BBC News - World", "bbc-news-world"),
        ("Le Monde : à la Une", "le-monde-a-la-une"),
        ("L'Orient", "lorient"),
        ("新华网", "mill-example"),
        ("", "mill-example"),
        ("Harbour", "harbour-2"),
        ("A title that goes on and on and on and on", "a-title-that-goes-on-and-on-and-on-and"),
        ("x" * 60, "x" * 40),
    ],
)
def test_an_id_can_be_read(title: str, name: str) -> None:
    assert [id_ for id_, _ in added(feed(title)).new] == [name]


def test_feeds_of_one_title_are_numbered_also_thousands() -> None:
    result = added(*(feed("Post", f"p{n}") for n in range(10_000)), text="")

    assert [name for name, _ in result.new[:3]] == ["post", "post-2", "post-3"]
    assert len({name for name, _ in result.new}) == 10_000


def test_a_number_that_is_taken_is_passed_over() -> None:
    sources = (HARBOUR, Source(id="Harbour-2", url="https://other.example/"))

    result = with_feeds("", [feed("Harbour")], sources)

    assert [name for name, _ in result.new] == ["harbour-3"]


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=3))
def test_whatever_a_list_says_the_text_is_toml_that_says_the_same(
    rows: list[tuple[str, str]],
) -> None:
    feeds = [
        ListedFeed(url=f"https://h{n}.example/{path}", title=title.strip(), tags=(title,))
        for n, (title, path) in enumerate(rows)
    ]

    result = with_feeds("", feeds, ())

    tables = tomllib.loads(result.text).get("source", {})
    for name, each in result.new:
        assert tables[name]["url"] == each.url
        seen = "".join(sign if sign.isprintable() else " " for sign in each.title)
        assert tables[name].get("name", "") == " ".join(seen.split())


@pytest.mark.parametrize("word", ["env:HOME", "file:/etc/hostname", "\u202efile:/etc/hostname"])
def test_what_a_stranger_calls_a_feed_is_never_looked_up(tmp_path: Path, word: str) -> None:
    feed = ListedFeed(url="https://a.example/", title=word, tags=(word,))

    save(tmp_path, with_feeds("", [feed], ()).text, new=())

    (source,) = load(tmp_path).sources
    assert source.name == word.strip("\u202e")
    assert source.tags == (word.strip("\u202e"),)


def test_a_file_is_replaced_whole_with_its_rights_and_its_link(tmp_path: Path) -> None:
    # given
    place = tmp_path / "elsewhere.toml"
    place.write_text(THERE)
    place.chmod(0o640)
    config = tmp_path / "config"
    config.mkdir()
    (config / "feeds.toml").symlink_to(place)
    # when
    result = with_feeds(read_text(config), [feed()], load(config, {}).sources)
    save(config, result.text, new=("mill-gazette",))
    # then
    assert (config / "feeds.toml").is_symlink()
    assert place.stat().st_mode & 0o777 == 0o640
    assert [source.id for source in load(config, {}).sources] == ["harbour", "mill-gazette"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["elsewhere.toml"]


def test_what_would_not_load_changes_nothing(tmp_path: Path) -> None:
    # given: a form no table can be added to
    text = 'source = { harbour = { url = "https://harbour.example/rss" } }\n'
    (tmp_path / "feeds.toml").write_text(text)
    # when
    result = with_feeds(read_text(tmp_path), [feed()], load(tmp_path, {}).sources)
    with pytest.raises(ConfigError, match="nothing was changed"):
        save(tmp_path, result.text, new=("mill-gazette",))
    # then
    assert (tmp_path / "feeds.toml").read_text() == text
    assert len(list(tmp_path.iterdir())) == 1
    # and
    (tmp_path / "feeds.toml").write_text("[source")
    with pytest.raises(ConfigError):
        read_text(tmp_path)


def test_no_secret_is_exported(tmp_path: Path) -> None:
    # given
    (tmp_path / "feeds.toml").write_text(
        '[source.a]\nurl = "https://me:hush@a.example/rss"\ntags = ["x"]\n'
        '[source.b]\nurl = "env:FEED"\n'
        '[source.c]\nurl = "https://c.example/"\nname = "C"\nuser = "u"\npassword = "hush"\n'
    )
    sources = load(tmp_path, {"FEED": "https://b.example/hush"}).sources
    # when
    feeds, left_out = exportable(tmp_path, sources)
    # then
    assert [(each.url, each.title) for each in feeds] == [
        ("https://a.example/rss", "a"),
        ("https://c.example/", "C"),
    ]
    assert left_out == ("b",)
