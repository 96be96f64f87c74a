"""The bytes of a seed file: all of them, within bounds, and the text they spell."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from monitor.errors import ParseError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SEED_BYTES: Final = 64 * 2**20

# How files begin that are no text, whatever their name says.
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
)
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the first half of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_READABLE: Final = re.compile(
    rb"(?:iso-?8859|windows-?125\d|cp\d|koi8|gb|big5|euc|shift|tis-|mac)[\w.:-]*", re.IGNORECASE
)
_MEANS_WINDOWS: Final = frozenset({"iso-8859-1", "iso8859-1"})  # as every browser reads it
_GUESS_BYTES: Final = 64 * 2**10  # what the guess of a charset looks at
_WILD: Final = 0.1  # share of letters out of place above which a guess is none
_HEAD_BYTES: Final = 4 * 2**10


def whole(stream: BinaryIO) -> bytes:
    """Everything in the file. Raises ParseError when it is empty, too large or not text."""
    body = stream.read(SEED_BYTES + 1)
    if len(body) > SEED_BYTES:
        raise ParseError(
            f"found more than {SEED_BYTES // 2**20} MiB, wanted a file that fits into memory. "
            "Split it, or write it as article JSON Lines (.jsonl), which is read line by line"
        )
    if not body.strip():
        raise ParseError("found an empty file, wanted an article. Was the download cut off?")
    refuse_binary(body)
    return body


def refuse_binary(body: bytes) -> None:
    """Raises ParseError when these bytes are a picture, an archive or the like, not text."""
    for signature, name in _SIGNATURES:
        if body.startswith(signature):
            raise ParseError(f"found {name}, wanted text. Unpack or convert it first")
    place = body.find(b"\0", 0, _HEAD_BYTES)
    if place >= 0 and not _marked_encoding(body):
        raise ParseError(
            f"found a zero byte at offset {place}, which no text holds: the file is binary. "
            "Convert it to text first, or take it out of the folder"
        )


def decoded(body: bytes) -> str:
    """The text these bytes spell: by byte order mark, as UTF-8, else by the best guess.

    The last resort is Windows-1252, which reads everything. Line ends become `\\n`.
    """
    marked = _marked_encoding(body)
    text = body.decode(marked or "utf-8", "replace")
    if not marked and "\ufffd" in text and not _nearly_utf8(text):
        text = _guessed(body)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_text(stream: BinaryIO) -> TextIO:
    """The text of a stream that is too long to be read whole; its head decides the encoding.

    Line ends are left as they are. Raises ParseError when it is empty or not text.
    """
    head = stream.read(_GUESS_BYTES)
    refuse_binary(head)
    cut = len(head) if len(head) < _GUESS_BYTES else head.rfind(b"\n") + 1 or len(head)
    encoding = _encoding_of(head[:cut])
    return io.TextIOWrapper(
        io.BufferedReader(_Rejoined(head, stream)), encoding, "replace", newline=""
    )


class _Rejoined(io.RawIOBase):
    """A stream of which the head was read already, from the start."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, room: WriteableBuffer, /) -> int:
        """What the head still has, then the rest."""
        with memoryview(room).cast("B") as place:
            data = self._head.read(len(place)) or self._rest.read(len(place))
            place[: len(data)] = data
        return len(data)


def _encoding_of(head: bytes) -> str:
    marked = _marked_encoding(head)
    text = head.decode(marked or "utf-8", "replace")
    if marked or "\ufffd" not in text or _nearly_utf8(text):
        return marked or "utf-8"
    guessed = _guessed_encoding(head)
    try:
        codecs.lookup(guessed)
    except LookupError:
        return "cp1252"
    return guessed


def _marked_encoding(body: bytes) -> str | None:
    """The encoding that the byte order mark says, if there is one."""
    return next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), None)


def _nearly_utf8(text: str) -> bool:
    """Whether text read as UTF-8 has but a few broken letters: cut off, or pasted together.

    In the other charsets the letters beyond ASCII hardly ever spell UTF-8 by chance.
    """
    broken = text.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in text) - broken
    return sound > 4 * broken


def _guessed(body: bytes) -> str:
    try:
        return body.decode(_guessed_encoding(body), "replace")
    except LookupError:  # a charset that only the page knows
        return body.decode("cp1252", "replace")


def _guessed_encoding(body: bytes) -> str:
    """What an HTML page says of itself, else what the letters speak for, else Windows-1252."""
    declared = _DECLARED.search(body, 0, _HEAD_BYTES)
    if declared and _READABLE.fullmatch(declared[1]):
        name = declared[1].decode("ascii").lower()
        return "cp1252" if name in _MEANS_WINDOWS else name
    import charset_normalizer  # 30 ms, and needed for old files only

    matches = charset_normalizer.from_bytes(body[:_GUESS_BYTES])
    best = matches.best()
    western = next((match for match in matches if match.encoding == "cp1252"), None)
    if best is None or best.chaos > _WILD or (western and western.coherence >= best.coherence):
        # Among equals its order is alphabetical (cp1250 first), and a wild guess is Japanese.
        return "cp1252"
    return best.encoding
