"""text: an article's text read once. Its words in a row, sentences, and the ways back to it."""

from monitor.text.line import PLAIN, folded, line_of
from monitor.text.reading import FIELD_STRIDE, FIELDS, Place, Reading, read
from monitor.text.words import Apart, Span, Words

__all__ = [
    "FIELDS",
    "FIELD_STRIDE",
    "PLAIN",
    "Apart",
    "Place",
    "Reading",
    "Span",
    "Words",
    "folded",
    "line_of",
    "read",
]
