"""What a robots.txt says of an address."""

from __future__ import annotations

import pytest

from monitor.sources.robots import LONGEST_DELAY_S, Leave, leave_of, origin_of

PAGE = "https://news.example/world/1.html"


@pytest.mark.parametrize(
    ("rules", "granted"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /private/", True),
        ("User-agent: *\nDisallow: /\nAllow: /world/", True),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("User-agent: wirewatch\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wirewatch\nAllow: /", True),
        ("<!doctype html><title>Not found</title>", True),
    ],
)
def test_the_rules_for_us_decide(rules: str, granted: bool) -> None:
    assert leave_of(rules, PAGE).granted == granted


@pytest.mark.parametrize(
    ("asked", "given"),
    [("2.5", 2.5), ("9000", LONGEST_DELAY_S), ("soon", 0.0), ("-5", 0.0), ("nan", 0.0)],
)
def test_a_crawl_delay_is_kept_within_a_minute(asked: str, given: float) -> None:
    rules = f"User-agent: *\nCrawl-delay: {asked}"
    assert leave_of(rules, PAGE) == Leave(granted=True, delay_s=given)


def test_an_origin_is_scheme_host_and_port_without_credentials() -> None:
    assert origin_of("https://User:Secret@News.Example:8443/a?b=c") == "https://news.example:8443"
