"""Newsletters and agency mail: one message (`.eml`) or a mailbox of them (`.mbox`).

A message is one article: subject, date, text. Its list (List-Id) is its source, its web address is
what the archive says (Archived-At, RFC 5064). Attachments are not opened. A mailbox is read one
message at a time, however long it is; the standard library's reader wants the file itself and
twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from itertools import islice
from typing import BinaryIO, Final

from monitor.errors import ParseError
from monitor.model import Article, Origin, SourceProblem
from monitor.sources import page_html
from monitor.sources.dates import read_date
from monitor.sources.links import web_link
from monitor.sources.markup import clean, line
from monitor.sources.seed_bytes import decoded, refuse_binary, whole
from monitor.sources.seed_id import derived_id

MESSAGE_BYTES: Final = 32 * 2**20
LINE_BYTES: Final = 2**20

_SEPARATOR: Final = b"From "
_STUFFED: Final = re.compile(rb"^>(?=>*From )")
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)
_LIST: Final = re.compile(r"\s*(.*?)\s*<([^<>\s]{1,200})>\s*", re.DOTALL)
_PARTS: Final = 200

# What the standard library raises on headers and bodies that nobody should have sent.
_UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The one article of a message. Raises ParseError when it has neither subject nor text."""
    yield _article(whole(stream), source, fetched)


def read_box(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of a mailbox; a message that cannot be read is a problem and no other."""
    number = 0
    for number, message in enumerate(_messages(stream), start=1):
        where = f"message {number}"
        if message is None:
            found = f"found more than {MESSAGE_BYTES // 2**20} MiB, wanted less; left out"
            yield SourceProblem(source=source, where=where, found=found)
            continue
        try:
            yield _article(message, source, fetched)
        except ParseError as error:
            yield SourceProblem(source=source, where=where, found=error.message)
    if not number:
        raise ParseError("found an empty file, wanted messages. Was the download cut off?")


def _messages(stream: BinaryIO) -> Iterator[bytes | None]:
    """The messages of a mailbox (RFC 4155, "mboxrd"), None for one that is too long.

    A line that begins with `From ` parts them, at the top and behind an empty line only.
    """
    message: bytearray | None = None
    long, empty = False, True
    while row := stream.readline(LINE_BYTES):
        if empty and row.startswith(_SEPARATOR):
            if message is not None:
                yield None if long else bytes(message)
            message, long = bytearray(), False
        elif message is None:
            if row.strip():
                refuse_binary(row)
                raise ParseError("found no line that begins with `From `, wanted a mailbox")
        else:
            long = long or len(message) + len(row) > MESSAGE_BYTES
            message += b"" if long else _STUFFED.sub(b"", row)
        empty = not row.strip()
    if message is not None:
        yield None if long else bytes(message)


def _article(message: bytes, source: str, fetched: datetime) -> Article:
    try:
        return _read(message, source, fetched)
    except _UNREADABLE as error:
        raise ParseError(
            f"found a message that cannot be read ({type(error).__name__}), wanted headers and text"
        ) from error


def _read(message: bytes, source: str, fetched: datetime) -> Article:
    mail = message_from_bytes(message, policy=default)
    assert isinstance(mail, EmailMessage)
    title, body = line(_header(mail, "Subject")), _body(mail)
    if not (title or body):
        raise ParseError("found a message without subject and text, wanted an article")
    named = _LIST.fullmatch(_header(mail, "List-Id"))
    url = web_link(_header(mail, "Archived-At").strip(" <>"))
    published = read_date(_header(mail, "Date"), now=fetched)
    own = _header(mail, "Message-ID").strip(" <>")
    return Article(
        id=own or derived_id(url=url, title=title, published=published, body=body),
        source=named[2].lower() if named else source,
        source_name=line(named[1].strip('" ')) or None if named else None,
        url=url,
        title=title,
        body=body,
        published=published,
        authors=_authors(mail),
        language=_header(mail, "Content-Language").split(",")[0].strip() or None,
        tags=tuple(tag for one in _header(mail, "Keywords").split(",") if (tag := line(one))),
        fetched=fetched,
        origin=Origin.SEED,
    )


def _header(mail: EmailMessage, name: str) -> str:
    """The header's text, "" where it is missing or more broken than the library can bear."""
    try:
        value = mail.get(name)
    except _UNREADABLE:
        return ""
    return clean(" ".join(str(value).split())) if value is not None else ""


def _authors(mail: EmailMessage) -> tuple[str, ...]:
    """The names of its senders, or their addresses."""
    senders = getaddresses([_header(mail, "From")])
    return tuple(
        dict.fromkeys(shown for name, mailed in senders if (shown := line(name) or mailed))
    )


def _body(mail: EmailMessage) -> str:
    """The text: of its HTML, which newsletters take more care of, else of its plain part."""
    parts: dict[str, EmailMessage] = {}
    for part in islice(mail.walk(), _PARTS):
        assert isinstance(part, EmailMessage)
        if part.get_content_maintype() == "text" and not part.is_attachment():
            parts.setdefault(part.get_content_subtype(), part)
    shown = page_html.text_of(_text(parts["html"])) if "html" in parts else ""
    written = _written(_text(parts["plain"])) if "plain" in parts else ""
    return shown if 2 * len(shown) > len(written) else written


def _text(part: EmailMessage) -> str:
    """What a part says, in the charset it names if there is such a one, else in the likeliest."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    try:
        return raw.decode(charset) if charset else decoded(raw)
    except (LookupError, ValueError):
        return decoded(raw)


def _written(text: str) -> str:
    """Paragraphs of a plain text, without signature and quoted lines."""
    text = clean(_SIGNATURE.split(text.replace("\r\n", "\n"), maxsplit=1)[0])
    rows = ("" if row.startswith(">") else row.strip() for row in text.split("\n"))
    paragraphs = re.split(r"\n{2,}", "\n".join(rows))
    return "\n\n".join(one for part in paragraphs if (one := " ".join(part.split())))
