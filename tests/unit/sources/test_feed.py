"""Feeds become articles: pairs of bytes and what they hold, then the odd and the hostile."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Article, Origin, ParsedSource, Source
from monitor.sources.feed import FORMATS, parse_feed
from monitor.sources.feed_entry import LONGEST_NAME, MOST_NAMES

FEEDS = Path(__file__).parents[2] / "fixtures" / "feeds"
NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://news.example/feed", country="GB", tags=("coast",))


def parsed(
    body: bytes | str, *, content_type: str | None = None, source: Source = SOURCE
) -> ParsedSource:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, source=source, url=source.url, content_type=content_type, fetched=NOW)


def rss(*items: str, prolog: str = '<?xml version="1.0"?>', head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>News</title>{head}{inside}</channel></rss>'


def only(result: ParsedSource) -> Article:
    (article,) = result.articles
    return article


def found(result: ParsedSource) -> list[str]:
    return [problem.found for problem in result.problems]


def packed(body: bytes) -> bytes:
    """By gzip, without the time: it becomes part of the names of tests, which must last."""
    return gzip.compress(body, mtime=0)


@pytest.mark.parametrize("name", sorted(path.stem for path in FEEDS.glob("*.xml")))
def test_a_feed_holds_what_stands_beside_it(name: str) -> None:
    expected = json.loads((FEEDS / f"{name}.json").read_text())

    result = parsed((FEEDS / f"{name}.xml").read_bytes())

    assert (result.title, result.language) == (expected["title"], expected["language"])
    assert [[p.where, p.found] for p in result.problems] == expected["problems"]
    assert len(result.articles) == len(expected["articles"])
    for article, wanted in zip(result.articles, expected["articles"], strict=True):
        shown = {key: getattr(article, key) for key in wanted}
        shown |= {key: list(value) for key, value in shown.items() if isinstance(value, tuple)}
        if "published" in wanted and article.published:
            shown["published"] = article.published.isoformat()
        assert shown == wanted


def test_an_article_bears_what_the_source_says_of_itself() -> None:
    article = only(parsed(rss("<title>Ferry late</title><guid>1</guid>")))

    assert (article.source, article.source_name, article.country) == ("harbour", "News", "GB")
    assert (article.fetched, article.origin, article.tags) == (NOW, Origin.FEED, ("coast",))


def test_the_name_given_in_the_configuration_wins_over_the_feeds_title() -> None:
    named = Source(id="harbour", url=SOURCE.url, name="Harbour Gazette", language="cy")

    article = only(parsed(rss("<title>Ferry late</title><guid>1</guid>"), source=named))

    assert (article.source_name, article.language) == ("Harbour Gazette", "cy")


@pytest.mark.parametrize(
    "guid", ["12345", "/story/9", "?p=3", "HTTP://News.Example/A", "urn:uuid:1 2", "tag:a,2026:b"]
)
def test_a_guid_is_kept_as_given(guid: str) -> None:
    article = only(parsed(rss(f"<title>t</title><guid>{guid}</guid><link>/a</link>")))

    assert article.id == guid
    assert article.url == "https://news.example/a"


def test_a_guid_is_the_link_only_if_it_is_an_address() -> None:
    addressed, numbered = parsed(
        rss("<title>a</title><guid>https://a.example/1</guid>", "<title>b</title><guid>7</guid>")
    ).articles

    assert addressed.url == "https://a.example/1"
    assert numbered.url is None


def test_ids_stay_when_the_feed_moves_to_another_address() -> None:
    body = rss("<title>t</title><guid>story-1</guid>")
    moved = Source(id="harbour", url="https://elsewhere.example/rss")

    assert only(parsed(body)).id == only(parsed(body, source=moved)).id


def test_entries_without_guid_or_link_are_named_by_their_text() -> None:
    first = parsed(rss("<title>a</title>", "<title>b</title>"))
    again = parsed(rss("<title>b</title>", "<title>a</title>"))

    assert {a.id for a in first.articles} == {a.id for a in again.articles}
    assert len({a.id for a in first.articles}) == 2


def test_a_guid_shared_by_different_stories_loses_none_of_them() -> None:
    items = [f"<title>Story {n}</title><guid>feed</guid><link>/{n}</link>" for n in range(3)]

    result = parsed(rss(*items))

    assert [a.id for a in result.articles] == [f"https://news.example/{n}" for n in range(3)]


HOME = "https://news.example/"


@pytest.mark.parametrize(
    "item",
    [
        "<guid isPermaLink='false'>feed</guid>",
        f"<guid>{HOME}</guid><link>{HOME}</link>",
        f"<guid isPermaLink='false'>feed</guid><link>{HOME}</link>",
        f"<link>{HOME}</link>",
        f"<guid isPermaLink='false'>g{{n}}</guid><link>{HOME}</link>",
    ],
)
@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_guid_or_link_that_all_entries_bear_names_none_of_them(item: str, count: int) -> None:
    items = [f"<title>Story {n}</title>{item.format(n=n)}" for n in range(count)]

    result = parsed(rss(*items))

    assert [article.title for article in result.articles] == [f"Story {n}" for n in range(count)]
    assert len({article.id for article in result.articles}) == count
    assert {article.url for article in result.articles} == {None}
    assert result.shared_guids
    # and: the same names when one alone is left
    known = Source(id="harbour", url=SOURCE.url, distrusted=result.shared_guids)
    assert only(parsed(rss(items[0]), source=known)).id == result.articles[0].id


def test_an_article_that_stands_in_the_feed_in_two_versions_is_one() -> None:
    items = [f"<title>Story {n}</title><guid>g{n}</guid><link>/{n}</link>" for n in range(5)]
    changed = "<title>Story 3, corrected</title><guid>g3</guid><link>/3</link>"

    result = parsed(rss(changed, *items))

    assert result.articles[0].title == "Story 3, corrected"
    assert [article.id for article in result.articles] == ["g3", "g0", "g1", "g2", "g4"]
    assert result.shared_guids == ()


@pytest.mark.parametrize(
    ("given_title", "wanted"),
    [
        ("A &lt;b&gt;bold&lt;/b&gt; &amp;amp; move", "A bold & move"),
        ("<![CDATA[Rates < 5 & falling]]>", "Rates < 5 & falling"),
        ("It&amp;#8217;s over", "It’s over"),
        ("  two \n lines ", "two lines"),
        ("Caf\u00e9 &amp; bar", "Café & bar"),
    ],
)
def test_a_title_is_plain_text(given_title: str, wanted: str) -> None:
    assert only(parsed(rss(f"<title>{given_title}</title><guid>1</guid>"))).title == wanted


def test_updated_dates_an_article_only_where_the_feed_says_so() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title><entry><id>1</id><title>t</title>'
        "<published>soon</published><updated>2026-11-02T10:00:00Z</updated></entry></feed>"
    )

    assert only(parsed(feed)).published == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_seconds_since_1970_are_not_the_year_1793() -> None:
    article = only(parsed(rss("<title>t</title><guid>1</guid><pubDate>1793696400</pubDate>")))

    assert article.published == datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_dates_are_read_in_the_language_of_the_feed() -> None:
    dated = "<title>t</title><guid>1</guid><pubDate>03/11/2026 10:00</pubDate>"

    french = only(parsed(rss(dated, head="<language>fr-FR</language>")))
    american = only(parsed(rss(dated, head="<language>en-us</language>")))

    assert french.published == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert american.published == datetime(2026, 3, 11, 10, tzinfo=UTC)


UMLAUTS = rss("<title>Öl für Łódź</title><guid>1</guid>", prolog="")
LATIN = rss("<title>Café fermé à midi</title><guid>1</guid>", prolog="")


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUTS.encode(), None),
        (UMLAUTS.encode(), "text/xml"),
        (UMLAUTS.encode(), "application/rss+xml; charset=iso-8859-1"),
        ((declared("iso-8859-1") + UMLAUTS).encode(), "application/xml"),
        (b"\xef\xbb\xbf" + UMLAUTS.encode(), "text/html"),
        (b"\n\n \n" + (declared("utf-8") + UMLAUTS).encode(), None),
        ((declared("utf-16") + UMLAUTS).encode("utf-16"), None),
        ((declared("iso-8859-2") + UMLAUTS).encode("iso-8859-2"), "text/xml"),
        (UMLAUTS.encode("iso-8859-2"), "application/xml; charset=iso-8859-2"),
        (gzip.compress(UMLAUTS.encode()), "application/gzip"),
    ],
)
def test_encodings_are_read_right_whatever_is_said_of_them(
    body: bytes, content_type: str | None
) -> None:
    assert only(parsed(body, content_type=content_type)).title == "Öl für Łódź"


def test_bytes_of_windows_called_utf_8_are_read() -> None:
    body = (declared("utf-8") + LATIN).encode("cp1252")

    assert only(parsed(body)).title == "Café fermé à midi"


def test_one_broken_character_does_not_spoil_the_others() -> None:
    title = "Żółw, łoś i gęś spotkały się nad Wisłą"
    body = rss(f"<title>{title} X</title><guid>1</guid>").encode().replace(b" X", b" \xff")

    assert only(parsed(body)).title == title + " \ufffd"


def test_control_characters_do_not_reach_an_article() -> None:
    body = rss("<title>a\x0bb\x00c &#xD800;</title><guid>x\x01y</guid>").encode()

    article = only(parsed(body))

    assert article.title.encode()
    assert not set(article.title + article.id) & set(map(chr, range(32)))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is empty"),
        (b" \n ", "the body is empty"),
        (b"/etc/hostname", "begins with '/etc/hostname'"),
        (b"https://127.0.0.1/", "not a feed"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page.*names none"),
        (b"<html><body><p>Please wait", "an HTML page"),
        (b"<?<script>", "an HTML page"),
        (b'{"errors": []}', "JSON of another kind"),
        (b"<opml version='2.0'><body/></opml>", "OPML, a list of feeds"),
        (b"<?xml version='1.0'?><urlset/>", "a sitemap"),
        (b"<?xml version='1.0'?><note><to/></note>", r"of another kind \(<note>\)"),
        (b"<?xml vers", "cut off before it begins"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\x1f\x8bnot gzip at all", "cannot be unpacked"),
        (packed(packed(b"<rss/>")), "packed with gzip more than once"),
        (packed(bytes(11 << 20)), "more than 10 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_called_by_its_name(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parsed(body)


def test_a_path_in_the_body_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss("<title>secret</title>"))

    with pytest.raises(ParseError):
        parsed(str(feed).encode())


def test_a_declaration_without_end_is_read_in_time() -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        parsed(b"<?" + b'\xe9encoding="' * 30_000)

    assert time.process_time() - began < 2


def test_the_declaration_is_believed_and_not_what_stands_behind_it() -> None:
    body = rss(
        "<title>Caf\xe9</title><guid>1</guid>",
        "<title>encoding='koi8-r'?></title><guid>2</guid>",
        prolog='<?xml version="1.0" encoding="iso-8859-1"?>',
    )

    assert parsed(body.encode("iso-8859-1")).articles[0].title == "Café"


def test_a_page_that_names_its_feed_says_where_it_is() -> None:
    page = (
        "<!doctype html><head><link rel=stylesheet href=/s.css>"
        "<link rel='alternate home' type='application/atom+xml' href='/atom.xml'></head>"
    )

    with pytest.raises(ParseError, match=r"it names https://news\.example/atom\.xml"):
        parsed(page, content_type="text/html")


def test_a_page_that_names_its_feed_wrongly_is_still_told_to_be_a_page() -> None:
    page = "<html><link rel=alternate type=application/rss+xml href='http://['>"

    with pytest.raises(ParseError, match="it names none"):
        parsed(page)


def test_references_to_no_character_cost_no_feed() -> None:
    article = only(parsed(rss("<title>a &#xD800;&#0;&#x110000; b & c</title><guid>1</guid>")))

    assert article.title == "a \ufffd\ufffd\ufffd b & c"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("desk@news.example (The desk)", "The desk"),
        ("The desk &lt;desk@news.example&gt;", "The desk"),
        ("desk@news.agency", "desk@news.agency"),
        ("Ama Boateng", "Ama Boateng"),
    ],
)
def test_an_author_is_a_name_if_there_is_one(author: str, name: str) -> None:
    body = rss(f"<title>t</title><guid>1</guid><author>{author}</author>")

    assert only(parsed(body)).authors == (name,)


def test_a_feed_served_as_html_is_a_feed() -> None:
    assert parsed(rss("<title>t</title><guid>1</guid>"), content_type="text/html").articles


def test_a_feed_without_entries_is_no_error() -> None:
    assert parsed(rss()) == ParsedSource(articles=(), title="News")


def many(count: int) -> str:
    return rss(*(f"<title>Story {n}</title><guid>g{n}</guid>" for n in range(count)))


def test_a_feed_that_was_cut_off_gives_what_came_of_it() -> None:
    whole = many(30)

    result = parsed(whole[: whole.index("<title>Story 20") + 8])

    assert [a.id for a in result.articles] == [f"g{n}" for n in range(20)]
    assert found(result) == [
        "cut off in or after entry 21; what came is read",
        "cut off before its guid or link; left out",
    ]


def test_an_entry_cut_off_behind_its_guid_is_kept() -> None:
    whole = rss("<guid>g1</guid><title>Ferry</title><description>It was late again")

    result = parsed(whole[: whole.index(" again")])

    assert (only(result).id, only(result).title) == ("g1", "Ferry")


def test_a_thousand_entries_are_enough() -> None:
    result = parsed(many(1_003))

    assert len(result.articles) == 1_000
    assert found(result) == ["1003 entries; only the first 1000 are read"]


def test_what_a_feed_says_once_does_not_fill_each_of_its_articles() -> None:
    # given: half a megabyte of names and title, and what every article would bear of it
    names = [{"name": f"{n} " + "x" * 3_000} for n in range(150)]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t" * 400_000,
        "language": "en" + "-aa" * 100_000,
        "authors": names,
        "items": [{"id": str(n), "content_text": "News"} for n in range(50)],
    }
    # when
    result = parsed(json.dumps(feed))
    # then
    assert len(result.articles) == 50
    for article in result.articles:
        assert len(article.authors) == MOST_NAMES
        assert {len(name) for name in article.authors} == {LONGEST_NAME}
        assert article.source_name == "t" * LONGEST_NAME
        assert article.language is None


def test_a_feed_with_the_same_fault_throughout_has_one_problem() -> None:
    result = parsed(rss(*(f"<title>Story {n}</title><link>/{n}</link>" for n in range(200))))

    (problem,) = result.problems
    assert problem.where.endswith("and 197 more")


def test_a_feed_with_many_different_faults_has_few_problems() -> None:
    items = [f"<title>t{n}</title><guid>{n}</guid><pubDate>day {n}</pubDate>" for n in range(90)]

    result = parsed(rss(*items))

    assert len(result.problems) == 51
    assert result.problems[-1].found == "40 more problems"


def test_undeclared_prefixes_and_broken_markup_cost_no_article() -> None:
    body = rss("<title>a & b</title><guid>1</guid><x:y>z</x:y><description>c<br>d</description>")

    assert only(parsed(body)).title == "a & b"


def test_entities_from_outside_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'

    result = parsed(rss("<title>a &x; b</title><guid>1</guid>", prolog=doctype))

    assert "hush" not in only(result).title


def test_a_billion_laughs_are_not_laughed() -> None:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
    )

    result = parsed(
        rss("<title>x &l9;</title><guid>1</guid>", prolog=f"<!DOCTYPE rss [{entities}]>")
    )

    assert len(only(result).title) < 1_000


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "http://[bad", "ftp://a/b", "data:,x"]
)
def test_only_web_links_are_kept(link: str) -> None:
    result = parsed(rss(f"<title>t</title><guid isPermaLink='false'>1</guid><link>{link}</link>"))

    assert only(result).url is None


@pytest.mark.parametrize(
    ("said", "language"),
    [("en-us", "en-US"), ("pt_BR", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("English", "sw")],
)
def test_the_language_is_the_feeds_or_else_the_sources(said: str, language: str) -> None:
    source = Source(id="s", url=SOURCE.url, language="sw")
    body = rss("<title>t</title><guid>1</guid>", head=f"<language>{said}</language>")

    assert only(parsed(body, source=source)).language == language


def test_the_table_of_formats_is_in_order_of_trial() -> None:
    assert [kind.name for kind in FORMATS][-1] == "RSS, Atom or RDF"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(min_value=0, max_value=400))
def test_no_bytes_break_the_reader(junk: bytes, at: int) -> None:
    whole = many(3).encode()
    for body in (junk, whole[:at] + junk + whole[at:], whole[:at] + junk):
        try:
            result = parsed(body)
        except ParseError:
            continue
        assert len({a.id for a in result.articles}) == len(result.articles)
