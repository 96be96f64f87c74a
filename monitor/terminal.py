"""What a terminal takes for a command, in text that is shown as it is: escaped, so that it shows.

Sequences that move the cursor, rename the window or fill the clipboard begin with one of these
characters (ECMA-48); those that reorder a line (UAX 9) make it say something else. JSON escapes the
first 32 of them only.
"""

from __future__ import annotations

import re
from typing import Final

_COMMANDS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_IN_UTF8: Final = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]"
)


def escaped(text: str) -> str:
    """The text with such characters as `\\u001b`; lines and tabs stay."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped_line(text: str) -> str:
    """The same in one line."""
    return escaped(text).replace("\n", "\\n")


def escaped_json(packed: bytes) -> bytes:
    """JSON in UTF-8 that says the same, and holds none of them."""
    return _IN_UTF8.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), packed)
