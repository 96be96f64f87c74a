"""How sentences are written: which repeat an earlier one, where capitals tell nothing."""

from __future__ import annotations

from monitor.text import Reading


def repeated(reading: Reading) -> frozenset[int]:
    """The sentences that only repeat an earlier one."""
    texts = reading.sentence_texts() if reading.article.summary else []
    if len(set(texts)) == len(texts):
        return frozenset()
    seen: set[str] = set()
    repeated = []
    for index, text in enumerate(texts):
        if text in seen:
            repeated.append(index)
        seen.add(text)
    return frozenset(repeated)


class Capitals:
    """The capitals of an article's sentences, each looked at once."""

    __slots__ = ("_in_title_case", "_reading", "_shouted")

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shouted: dict[int, bool] = {}
        self._in_title_case: dict[int, bool] = {}

    def shouted(self, sentence: int) -> bool:
        """Whether a sentence is written all in capitals."""
        known = self._shouted.get(sentence)
        if known is None:
            known = self._shouted[sentence] = self._text(sentence).isupper()
        return known

    def in_title_case(self, sentence: int) -> bool:
        """Whether a sentence writes most words with a capital, so that capitals tell nothing."""
        known = self._in_title_case.get(sentence)
        if known is None:
            words = self._text(sentence).split()
            capitals = sum([word[0].isupper() for word in words])
            known = self._in_title_case[sentence] = capitals * 10 > len(words) * 7
        return known

    def _text(self, sentence: int) -> str:
        return self._reading.sentence_text(self._reading.sentence(sentence))
