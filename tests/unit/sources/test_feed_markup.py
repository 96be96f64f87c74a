"""What does this scrap of HTML say?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.links import web_link
from monitor.sources.markup import clean, line, plain


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("", ""),
        ("Plain as it is", "Plain as it is"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One<br>line<br/>each</p>", "One\nline\neach"),
        ("One<br><br>Two<br> <br>Three", "One\n\nTwo\n\nThree"),
        ("<p>a\n  b&nbsp;c\t d</p>", "a b c d"),
        ("A <em>very</em> <a href='x'>long</a> road", "A very long road"),
        ("<ul><li>first<li>second</ul>after", "first\n\nsecond\n\nafter"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc"),
        ("<script>no()</script><style>p{}</style>text<!-- no -->", "text"),
        ("a<svg><title>no</title></svg>b<iframe>no</iframe>c", "abc"),
        ("<p></p> <p> </p>", ""),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("Fish &amp; chips &lt; pie", "Fish & chips < pie"),
        ("&lt;p&gt;Twice escaped&lt;/p&gt;&lt;p&gt;said&lt;/p&gt;", "Twice escaped\n\nsaid"),
        ("It&amp;#8217;s &amp;amp; was", "It’s & was"),
        ("First\n\nSecond\nstill second", "First\n\nSecond still second"),
        ("First\n\n<b>Second</b>\nstill", "First\n\nSecond still"),
        ("<?xml version='1.0' encoding='latin-1'?><p>é</p>", "é"),
        ("<![CDATA[raw]]> text", "text"),
        ("<p>unclosed <b>all over", "unclosed all over"),
        ("&#146;tis &#x93;it&#x94;", "’tis “it”"),
        ("\x93Windows\x94 quotes", "“Windows” quotes"),
        ("break&#2;ing&#3;", "breaking"),
        ("日本<br>語", "日本\n語"),
    ],
)
def test_a_fragment_becomes_paragraphs(fragment: str, text: str) -> None:
    assert plain(fragment) == text


def test_a_line_has_no_breaks() -> None:
    assert line("<h1>Two</h1>\n<p>lines<br>here</p>") == "Two lines here"


@pytest.mark.parametrize("depth", [300, 3_000, 50_000])
@pytest.mark.parametrize("tag", ["div", "span"])
def test_text_in_a_deep_nest_is_found(depth: int, tag: str) -> None:
    assert plain(f"<{tag}>" * depth + "deep down") == "deep down"


def test_a_text_is_clean() -> None:
    assert clean("a\x00b\ud800c\ufeffd\x0be\x85") == "ab\ufffdcd e…"
    assert clean("kept\ttab\nand line") == "kept\ttab\nand line"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_comes_out_clean_and_in_paragraphs(text: str) -> None:
    for told in (plain(text), plain(f"<p>{text}<br>{text}")):
        assert told == clean(told)
        assert told.encode().decode() == told
        assert told == told.strip()
        assert "\n\n\n" not in told


PIECES = ("<p>", "</p>", "<br>", "a", "&amp;", "<", ">", " ", "\n", "<!--", "<td>", "</div>")


@given(st.lists(st.sampled_from(PIECES)))
def test_any_markup_comes_out_as_text(pieces: list[str]) -> None:
    told = plain("".join(pieces))

    assert "<p>" not in told
    assert all(paragraph.strip() for paragraph in told.split("\n\n") if told)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a?b=1", "https://news.example/a?b=1"),
        (" https://x.example/\n a ", "https://x.example/ a"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("HTTPS://X.example/", "https://X.example/"),
        ("", None),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("http://[broken", None),
        ("http:///no-host", None),
    ],
)
def test_only_web_links_leave(link: str, url: str | None) -> None:
    assert web_link(link, "https://news.example/feed") == url
