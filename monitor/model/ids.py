"""How ids are made: from content, never at random."""

from __future__ import annotations

import hashlib


def digest(*parts: str) -> str:
    """20 hex digits that name these parts: the same parts give the same id on every machine.

    80 bits of BLAKE2b; parts are joined with a separator that no text holds, so ("ab", "c") and
    ("a", "bc") differ.
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()
