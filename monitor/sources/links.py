"""Which links leave: web addresses only."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from monitor.sources.markup import clean


def web_link(link: str, base: str = "") -> str | None:
    """The link as an absolute http(s) URL, seen from `base`; None if it is none.

    Line breaks and white space around it, which feeds and pages add, are taken out.
    """
    link = "".join(clean(link).split("\n")).strip()
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if link and parts.scheme in {"http", "https"} and parts.hostname else None
