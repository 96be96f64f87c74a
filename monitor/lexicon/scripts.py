"""Which patterns of the line spell a name or term, given how its script parts words?

Latin, Cyrillic and the like: whole words, b" air strike ". Chinese, Japanese, Thai, Khmer, Lao and
Burmese do not part words: the name anywhere, b"...". Korean words take endings: from the beginning
of a word. Arabic writes and, the, in, by, to at the word: those beginnings as well. A last `*`
stands for any letters.
"""

from __future__ import annotations

import re

from monitor.text import PLAIN, line_of

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
)
_KOREAN = re.compile("[\uac00-\ud7a3]")
_ARABIC = re.compile("[\u0621-\u064a\u066e-\u06d3]")
# G7, G-7, F-16, Covid-19: written with and without a hyphen.
_NUMBERED = re.compile(r"([a-z]{1,6}) ?([0-9]{1,3})")
_THE = "ال"
_AT_WORDS = ("", "و", "ب", "ل", "ف", "ك", "ال", "وال", "بال", "فال", "كال", "لل", "وب", "ول")
_AT_DEFINITE = ("", "و", "ب", "ف", "ك", "وب")


def patterns(text: str) -> tuple[bytes, ...]:
    """The patterns that spell `text`; none when it holds no word."""
    if PLAIN.fullmatch(text):
        return (f" {text.lower()} ".encode(),)
    begins = text.endswith("*")
    line = line_of(text.rstrip("*")).decode("utf-8", "replace")
    words = line.strip()
    if not words:
        return ()
    if _UNSPACED.search(words):
        return (words.encode(),)
    if _KOREAN.search(words) or begins:
        return (f" {words}".encode(),)
    if _ARABIC.match(words):
        return tuple(f" {form} ".encode() for form in _arabic(words))
    numbered = _NUMBERED.fullmatch(words)
    if numbered:
        letters, digits = numbered.groups()
        return (f" {letters}{digits} ".encode(), f" {letters} {digits} ".encode())
    return (line.encode(),)


def _arabic(words: str) -> tuple[str, ...]:
    if words.startswith(_THE):
        return (*(at + words for at in _AT_DEFINITE), "لل" + words[len(_THE) :])
    return tuple(at + words for at in _AT_WORDS)
