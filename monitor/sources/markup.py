"""What does this scrap of HTML say, as plain text?

For feed entries and saved pages alike. Nothing here keeps or cleans markup: what comes out is text,
to be escaped again wherever it is shown.
"""

from __future__ import annotations

import html
import re
from typing import Final

from lxml import etree


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_BLOCKS: Final = _names(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section"
    " summary table tbody tfoot thead tr ul"
)
_INLINE: Final = _names(
    "a abbr acronym b big br cite code del em font i iframe img ins kbd mark q s samp script small"
    " span strike strong style sub sup td th time tt u var video wbr"
)
_SILENT: Final = _names(
    "audio button canvas embed head iframe math noembed noframes noscript object script select"
    " style svg template textarea title video"
)
_NAMES: Final = "|".join(sorted(_BLOCKS | _INLINE, key=lambda name: (-len(name), name)))
_MARKUP: Final = re.compile(
    rf"<(?:{_NAMES})(?:\s[^<>]*)?/?>|</[a-z]|<!--|<!\[CDATA\[", re.IGNORECASE
)
_BLOCK_MARKUP: Final = re.compile(
    rf"<(?:br|{'|'.join(sorted(_BLOCKS, key=len, reverse=True))})[\s/>]", re.IGNORECASE
)
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_DEEPEST: Final = 2_000  # libxml2 2.14 leaves out, and does not say so, what lies deeper than 2,048
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLANK_LINE: Final = re.compile(r"\n[ \t\r\f\xa0]*(?:\n[ \t\r\f\xa0]*)+")
_SPACE: Final = re.compile(r"[ \t\n\r\f\v\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

# Control characters that no clean text holds stand for breaks until the text is put together.
_PARAGRAPH: Final = "\x02"
_LINE: Final = "\x03"
_BREAKS: Final = re.compile(r" ?(?:\x02|\x03 ?(?=[\x02\x03]))[ \x02\x03]*")

_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_CP1252: Final = {
    code: bytes([code]).decode("cp1252", "replace").replace("\ufffd", "")
    for code in range(0x80, 0xA0)
}


def clean(text: str) -> str:
    """The text without control characters, byte order marks and halves of surrogate pairs.

    Characters of the C1 range are Windows quotes and dashes sent as Latin-1, and become those.
    """
    if not _UNWANTED.search(text):
        return text
    return _UNWANTED.sub(_instead, text)


def _instead(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _CP1252:
        return _CP1252[code]
    if code >= 0xD800 and code != 0xFEFF:
        return "\ufffd"
    return " " if code in {0x0B, 0x0C} else ""


def plain(fragment: str) -> str:
    """The text of an HTML fragment: paragraphs parted by one blank line.

    Inside a paragraph a `<br>` is a line break and all other white space one space. Text without
    markup is taken as it is, its blank lines part its paragraphs. Markup that was escaped once too
    often is read all the same. Scripts, styles and controls say nothing.
    """
    text = _once(clean(fragment))
    if "<" in text and _MARKUP.search(text):
        text = _once(text)
    if "&" in text and _ENTITY.search(text):
        text = clean(html.unescape(text))
    return text


def line(fragment: str) -> str:
    """The text of an HTML fragment on one line, for titles, names and tags."""
    return " ".join(plain(fragment).split())


def _once(fragment: str) -> str:
    if "<" in fragment and _MARKUP.search(fragment):
        marked = _marked(fragment)
    else:
        marked = _BLANK_LINE.sub(_PARAGRAPH, clean(html.unescape(fragment)))
    marked = _SPACE.sub(" ", marked)
    paragraphs = (paragraph.strip(" \x03") for paragraph in _BREAKS.split(marked))
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return re.sub(" ?\x03 ?", "\n", text) if _LINE in text else text


def _marked(fragment: str) -> str:
    """The text of the fragment with our two break characters in it, white space as it came."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    parser.feed(b"<body>" + fragment.encode("utf-8", "replace"))
    root = parser.close()
    pieces: list[str] = []
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag
        if event == "end":
            depth -= 1
            _close(name, element.tail, pieces)
            continue
        depth += 1
        if depth > _DEEPEST:
            return _ANY_TAG.sub(_PARAGRAPH, clean(html.unescape(fragment)))
        if name in _SILENT:
            walk.skip_subtree()
        else:
            _open(name, element.text, pieces)
    text = "".join(pieces)
    return text if _BLOCK_MARKUP.search(fragment) else _BLANK_LINE.sub(_PARAGRAPH, text)


def _open(name: str, text: str | None, pieces: list[str]) -> None:
    if name in _BLOCKS:
        pieces.append(_PARAGRAPH)
    elif name == "br":
        pieces.append(_LINE)
    if text:
        pieces.append(clean(text))


def _close(name: str, tail: str | None, pieces: list[str]) -> None:
    if name in _BLOCKS:
        pieces.append(_PARAGRAPH)
    elif name in {"td", "th"}:
        pieces.append(" ")
    if tail:
        pieces.append(clean(tail))
