"""Is this the same article, and is it the same story? Pure: keys in, an answer out.

Two articles are one when their source says so (the ref) or when their addresses name one page (the
url key); they belong to one story when they carry one text (the text key).
"""

from monitor.dedupe.claims import Claims
from monitor.dedupe.keys import Keys, article_keys
from monitor.dedupe.texts import similarity, text_key, words_of
from monitor.dedupe.urls import url_key

__all__ = ["Claims", "Keys", "article_keys", "similarity", "text_key", "url_key", "words_of"]
