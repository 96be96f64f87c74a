"""Copies as papers make them, and other articles about the same happening. Seeded."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

FURNITURE = (
    "Advertisement\n\nSign up for our newsletter today",
    "Follow us on Twitter\n\nRead more top stories from our site here",
)


def boilerplate(text: str, _: random.Random, __: Sequence[str]) -> str:
    """What papers print around a text."""
    return f"{FURNITURE[0]}\n\n{text}\n\n{FURNITURE[1]}"


def added(text: str, draw: random.Random, others: Sequence[str]) -> str:
    """40 % of new text in the middle."""
    words, new = text.split(" "), draw.choice(others).split(" ")
    half = len(words) // 2
    return " ".join(words[:half] + new[: int(len(words) * 0.4)] + words[half:])


def reordered(text: str, draw: random.Random, _: Sequence[str]) -> str:
    """The same paragraphs in another order."""
    paragraphs = text.split("\n\n")
    draw.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def cut(share: float) -> Callable[[str, random.Random, Sequence[str]], str]:
    """The first words only."""

    def made(text: str, _: random.Random, __: Sequence[str]) -> str:
        words = text.split(" ")
        return " ".join(words[: int(len(words) * share)])

    return made


def changed(text: str, draw: random.Random, _: Sequence[str]) -> str:
    """10 % of the words replaced."""
    words = text.split(" ")
    return " ".join(word if draw.random() > 0.1 else draw.choice(words) for word in words)


KINDS: dict[str, Callable[[str, random.Random, Sequence[str]], str]] = {
    "boilerplate added": boilerplate,
    "40 % new text": added,
    "reordered": reordered,
    "cut to 40 %": cut(0.4),
    "cut to 25 %": cut(0.25),
    "10 % of words changed": changed,
}


def same_event(text: str, draw: random.Random, others: Sequence[str]) -> str:
    """Another article about it: a sentence in five is shared, the rest its own."""
    sentences = [part for part in text.replace("\n\n", " ").split(". ") if part]
    own = draw.choice([each for each in others if each != text]).replace("\n\n", " ").split(". ")
    shared = set(draw.sample(range(len(sentences)), max(1, len(sentences) // 5)))
    mixed = [sentences[at] if at in shared else own[at % len(own)] for at in range(len(sentences))]
    draw.shuffle(mixed)
    return ". ".join(mixed)
