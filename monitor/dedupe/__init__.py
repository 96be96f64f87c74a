"""Is this the same article, and is it the same story? Pure: marks in, an answer out.

Two articles are one when their source says so (the ref) or when their addresses name one page (the
url keys); they belong to one story when they carry one text (the shared key) or nearly (the
sketch). Features say what may be the same event.
"""

from monitor.dedupe.claims import Because, Claims
from monitor.dedupe.keys import Keys, article_keys
from monitor.dedupe.likeness import Likeness, likeness
from monitor.dedupe.marks import Marks, marks_of
from monitor.dedupe.sketches import Print, Sketch, sketch
from monitor.dedupe.texts import shared_key, similarity, text_key, words_of
from monitor.dedupe.urls import url_key

__all__ = [
    "Because",
    "Claims",
    "Keys",
    "Likeness",
    "Marks",
    "Print",
    "Sketch",
    "article_keys",
    "likeness",
    "marks_of",
    "shared_key",
    "similarity",
    "sketch",
    "text_key",
    "url_key",
    "words_of",
]
