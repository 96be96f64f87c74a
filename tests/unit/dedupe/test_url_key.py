"""Which addresses name one page, and which must never be taken for one."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.dedupe import url_key

SAME = {
    "host in capitals": ("https://Example.ORG/a", "https://example.org/a"),
    "scheme in capitals": ("HTTPS://example.org/a", "https://example.org/a"),
    "http and https": ("http://example.org/a", "https://example.org/a"),
    "default port of https": ("https://example.org:443/a", "https://example.org/a"),
    "default port of http": ("http://example.org:80/a", "https://example.org/a"),
    "empty port": ("http://example.org:/a", "https://example.org/a"),
    "no path": ("https://example.org", "https://example.org/"),
    "login": ("https://reader:pass@example.org/a", "https://example.org/a"),
    "www": ("https://www.example.org/a", "https://example.org/a"),
    "closing dot of the host": ("https://example.org./a", "https://example.org/a"),
    "host in its own script": ("https://zürich.example/a", "https://xn--zrich-kva.example/a"),
    "closing slash": ("https://example.org/a/", "https://example.org/a"),
    "utm": ("https://example.org/a?utm_source=rss&utm_id=4", "https://example.org/a"),
    "click ids": ("https://example.org/a?fbclid=x&gclid=y&p=1", "https://example.org/a?p=1"),
    "BBC statistics": ("https://example.org/a?at_medium=RSS", "https://example.org/a"),
    "newsletter": ("https://example.org/a?mc_cid=1&mc_eid=2", "https://example.org/a"),
    "tracker in capitals": ("https://example.org/a?UTM_Source=x", "https://example.org/a"),
    "order of parameters": ("https://example.org/a?y=2&x=1", "https://example.org/a?x=1&y=2"),
    "empty query": ("https://example.org/a?", "https://example.org/a"),
    "empty parameters": ("https://example.org/a?&x=1&&", "https://example.org/a?x=1"),
    "plus and %20": ("https://example.org/a?q=two+words", "https://example.org/a?q=two%20words"),
    "fragment": ("https://example.org/a#comments", "https://example.org/a"),
    "text fragment": ("https://example.org/a#:~:text=mosul", "https://example.org/a"),
    "hex digits of escapes": ("https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9"),
    "needless escapes": ("https://example.org/%7Eann/%61", "https://example.org/~ann/a"),
    "letters as they are": ("https://example.org/café", "https://example.org/caf%C3%A9"),
    "dot segments": ("https://example.org/x/../b/./c", "https://example.org/b/c"),
    "escaped dot segments": ("https://example.org/x/%2e%2e/b", "https://example.org/b"),
    "white space around": ("  https://example.org/a\n", "https://example.org/a"),
    "line break inside": ("https://example.org/long-\nname", "https://example.org/long-name"),
    "space in the path": ("https://example.org/two words", "https://example.org/two%20words"),
    "session id": ("https://example.org/a;jsessionid=9F?x=1", "https://example.org/a?x=1"),
    "mobile host": ("https://m.example.org/a", "https://example.org/a"),
    "mobile host, long": ("https://mobile.example.org/a", "https://example.org/a"),
    "mobile label inside": ("https://en.m.example.org/wiki/A", "https://en.example.org/wiki/A"),
    "AMP host": ("https://amp.example.org/a", "https://www.example.org/a"),
    "AMP page": ("https://example.org/2014/story-1/amp/", "https://example.org/2014/story-1"),
    "AMP parameter": ("https://example.org/a?outputType=amp", "https://example.org/a"),
}
DIFFERENT = {
    "id": ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    "ref": ("https://example.org/a?ref=v1", "https://example.org/a?ref=v2"),
    "YouTube": ("https://youtube.com/watch?v=aaa", "https://youtube.com/watch?v=bbb"),
    "WordPress": ("https://example.org/?p=71", "https://example.org/?p=72"),
    "page number": ("https://example.org/a?page=1", "https://example.org/a?page=2"),
    "source": ("https://example.org/a?source=x", "https://example.org/a?source=y"),
    "case of the path": ("https://example.org/Story", "https://example.org/story"),
    "case of a value": ("https://example.org/?v=aB", "https://example.org/?v=Ab"),
    "escaped slash": ("https://example.org/a%2Fb", "https://example.org/a/b"),
    "hashbang": ("https://example.org/#!/story/1", "https://example.org/#!/story/2"),
    "hashbang and none": ("https://example.org/#!/story/1", "https://example.org/"),
    "another port": ("https://example.org:8443/a", "https://example.org/a"),
    "subdomain": ("https://news.example.org/a", "https://example.org/a"),
    "order of one name": ("https://example.org/?x=1&x=2", "https://example.org/?x=2&x=1"),
    "a section called amp": ("https://example.org/guitar/amp", "https://example.org/guitar"),
    "amp as a site": ("https://amp.example/a", "https://example/a"),
    "registry suffix": ("https://m.co.uk/a", "https://co.uk/a"),
    "registry suffix of three letters": ("https://m.com.au/a", "https://com.au/a"),
    "a lone percent sign": ("https://example.org/100%", "https://example.org/100"),
    "an AMP cache": ("https://cache.example.com/c/s/example.org/a", "https://example.org/a"),
    "sharp s": ("https://straße.example/", "https://strasse.example/"),
}
NONE = (
    "",
    "about:blank",
    "mailto:desk@example.org",
    "ftp://example.org/a",
    "file:///etc/hostname",
    "urn:uuid:6e8bc430",
    "//example.org/a",
    "example.org/a",
    "https:///a",
    "https://",
    "https://exa mple.org/",
    "https://example.org:port/",
    "https://[::1/",
    "https://" + "m." * 20_000 + "example.org/",
    "https://" + "ü" * 300 + ".example/",
)


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_these_name_one_page(one: str, other: str) -> None:
    assert url_key(one) == url_key(other) is not None


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_these_are_two_pages(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)
    assert url_key(one) is not None


@pytest.mark.parametrize("url", NONE, ids=lambda url: url[:30] or "nothing")
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert url_key(url) is None


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert url_key("http://[2001:DB8::1]:80/a") == "https://[2001:db8::1]/a"


_HOSTS = st.lists(
    st.sampled_from(["www", "m", "amp", "en", "example", "org", "co", "uk", "zürich", "X"]),
    min_size=1,
    max_size=5,
).map(".".join)
_RESTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("/.%#?&=+;!:@" + string.hexdigits), st.characters(exclude_categories=[])
    ),
    max_size=40,
)
_PIECES = st.lists(
    st.sampled_from(
        [
            "/",
            "amp",
            "story-1",
            "..",
            ".",
            "%2e",
            "%25",
            "%",
            "41",
            "?",
            "&",
            "utm_a=1",
            "x=1",
            "#!",
        ]
    ),
    max_size=12,
).map("".join)


@settings(deadline=None, max_examples=400)
@given(host=_HOSTS, rest=st.one_of(_RESTS, _PIECES))
@example(host="example.org", rest="/%%341")
@example(host="example.org", rest="/story-1/amp/amp/?amp=1")
@example(host="www.www.m.example.org", rest=":443/..;jsessionid=1/x")
def test_the_key_of_a_key_is_the_key(host: str, rest: str) -> None:
    key = url_key(f"http://{host}{rest}")

    assert key is None or url_key(key) == key


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_ask_about(text: str) -> None:
    key = url_key(text)

    assert key is None or key.isascii()


@settings(deadline=None)
@given(
    parameters=st.lists(st.sampled_from(["a=1", "b=2", "c", "utm_x=9", "fbclid=z"]), unique=True),
    seed=st.randoms(use_true_random=False),
)
def test_order_and_trackers_never_count(parameters: list[str], seed) -> None:  # type: ignore[no-untyped-def]  # random.Random
    shuffled = parameters[:]
    seed.shuffle(shuffled)
    without = [one for one in shuffled if not one.startswith(("utm_", "fbclid"))]

    ours, theirs = "&".join(parameters), "&".join(without)
    assert url_key(f"https://example.org/?{ours}") == url_key(f"https://example.org/?{theirs}")
