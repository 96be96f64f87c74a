"""Pieces of a mail in HTML: strangers' words escaped, nothing loaded from anywhere."""

from __future__ import annotations

import html
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.channels.marking import Words
    from monitor.model import Severity


def page(name: str, *, title: str, why: str, **pieces: str) -> str:
    """A whole mail: the template of this name with its pieces put in, in the frame of all mails."""
    content = _template(name).substitute(pieces).rstrip("\n")
    style = _file("mail.css")
    return _template("mail.html").substitute(title=title, style=style, content=content, why=why)


def paragraph(kind: str, text: str) -> str:
    """Plain text as a paragraph of its kind; nothing for no text."""
    return f'<p class="{kind}">{html.escape(text)}</p>' if text else ""


def marked(words: Words) -> str:
    """The words escaped, matched ones in <mark>."""
    return "".join(
        f"<mark>{html.escape(piece.text)}</mark>" if piece.marked else html.escape(piece.text)
        for piece in words
    )


def quoted(words: Words) -> str:
    """A sentence of an article, in its own direction."""
    return f'<blockquote dir="auto">{marked(words)}</blockquote>'


def anchor(url: str | None, inner: str) -> str:
    """The inner HTML as a link, where there is one that may leave."""
    if not url:
        return inner
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{inner}</a>'


def badge(severity: Severity) -> str:
    """An unusual severity; nothing for a normal one."""
    if severity == "normal":
        return ""
    # with a direction of its own, so that what stands beside it has that of its own words
    return f'<span class="badge {severity}" dir="ltr">{severity.upper()}</span>'


@cache
def _template(name: str) -> Template:
    return Template(_file(name))


def _file(name: str) -> str:
    return files("monitor.channels").joinpath("templates", name).read_text("utf-8")
