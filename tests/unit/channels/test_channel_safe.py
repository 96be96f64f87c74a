"""A stranger's text and links, made fit to be shown."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.safe import atom, clip, isolated, line, link, spaced

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("two\r\nlines\tand  gaps ", "two lines and gaps"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;never ends", "]0;never ends"),
        ("\x9b31mred", "red"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("\u202eevil\u202c", "evil"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
    ],
)
def test_controls_go_and_words_stay(given_text: str, shown: str) -> None:
    assert line(given_text) == shown


@given(ANY_TEXT)
def test_a_line_holds_no_control_and_cleaning_it_again_changes_nothing(text: str) -> None:
    # when
    cleaned = line(text)

    # then
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in cleaned)
    assert not any(unicodedata.bidirectional(letter) in {"RLO", "LRO", "RLE"} for letter in cleaned)
    assert line(cleaned) == cleaned
    cleaned.encode()


@given(st.text(alphabet=" ab\x1b[]0;m\n\x07"), st.integers(0, 20))
def test_text_cleaned_in_two_parts_holds_no_control_either(text: str, at: int) -> None:
    assert "\x1b" not in spaced(text[:at]) + spaced(text[at:])


def test_an_unending_escape_sequence_costs_linear_time() -> None:
    assert line("\x1b]" * 200_000 + "\x9d" * 200_000 + "\x1b[" + "0" * 200_000 + " " * 200_000)


@pytest.mark.parametrize(
    ("text", "at_most", "cut"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three four", 15, "one two three…"),
        ("x" * 30, 10, "x" * 9 + "…"),
    ],
)
def test_a_long_text_is_cut_between_words(text: str, at_most: int, cut: str) -> None:
    assert clip(text, at_most) == cut


def test_only_right_to_left_text_is_walled_off() -> None:
    assert isolated("Example World") == "Example World"
    assert isolated("وكالة") == "\u2068وكالة\u2069"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/world/a-b_c~d/?q=1&r=%C3%BC#part",
        "http://127.0.0.1:8080/x",
        "https://Example.org/Case",
        "https://[2001:db8::1]:8443/",
        "https://example.org/a(b),c;d=e",
    ],
)
def test_a_good_link_leaves_as_it_came(url: str) -> None:
    assert link(url) == url


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://user:pw@example.org/x", "https://example.org/x"),
        ("https://bank.example@evil.example/", "https://evil.example/"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        (" https://example.org/ ", "https://example.org/"),
    ],
)
def test_an_odd_link_is_made_plain(url: str, safe: str) -> None:
    assert link(url) == safe


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//example.org/x",
        "example.org/x",
        "https:///x",
        "https://exa mple.org/",
        "https://evil.example\\@example.org/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/\r\nBcc: x",
        "https://example.org/\u202egpj.exe",
        "https://example.org/" + "x" * 3000,
        "https://\ud83d.example/",
    ],
)
def test_a_bad_link_does_not_leave(url: str | None) -> None:
    assert link(url) is None


@given(ANY_TEXT, st.sampled_from(["https://", "http://", "https://example.org/", ""]))
def test_whatever_leaves_is_an_ascii_web_link(text: str, start: str) -> None:
    # when
    safe = link(start + text)

    # then
    if safe is not None:
        assert safe.isascii()
        assert safe.isprintable()
        assert not set(safe) & set(' <>"\\')
        assert urlsplit(safe).scheme in {"http", "https"}
        assert link(safe) == safe


@pytest.mark.parametrize("plain", ["us-iran-over-iraq", "5bbf324b8c", "feed_2.world", "_test"])
def test_a_plain_id_is_shown_as_it_is(plain: str) -> None:
    assert atom(plain) == plain


@pytest.mark.parametrize("odd", ["", "a b", "x\r\ny", "a..b", "; rm -rf", "عراق", "x" * 500])
def test_an_odd_id_becomes_a_plain_one_of_its_own(odd: str) -> None:
    assert atom(atom(odd)) == atom(odd)
    assert atom(odd).isalnum()
    assert atom(odd) != atom(odd + "?")
