"""What a stranger wrote commands no terminal, wherever it is shown."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from monitor.terminal import escaped, escaped_json, escaped_line

EVERY = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x11000)))
REORDERS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}


def commands(text: str) -> set[str]:
    """The characters of a text that a terminal may obey."""
    return {
        letter
        for letter in text
        if unicodedata.category(letter) in {"Cc", "Zl", "Zp"}
        or unicodedata.bidirectional(letter) in REORDERS
    }


def test_no_character_that_a_terminal_obeys_is_left() -> None:
    assert commands(escaped(EVERY)) == {"\n", "\t"}
    assert commands(escaped_line(EVERY)) == {"\t"}


def test_other_text_stays_as_it_is() -> None:
    said = "Zoë’s “naïve” co‑op, العراق, 北京, 👩\u200d👩\u200d👧\n\tand more"
    assert escaped(said) == said
    assert escaped_json(said.encode()) == said.encode()


@given(
    value=st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_json_says_the_same_without_them(value: object) -> None:
    packed = escaped_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))

    assert not commands(packed.decode())
    assert json.loads(packed) == json.loads(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    )
