"""A naive evaluator: walks the tree of a query over a text it made itself, word by word.

It knows the words, the names and the terms that stand here, and nothing of automata.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.watch.tree import (
    And,
    AtLeast,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Subject,
    Term,
    Together,
    Wild,
)

Story = dict[str, list[list[list[str]]]]
"""Field -> paragraphs -> sentences -> words."""

WORDS = ("drone", "drones", "strike", "air", "bomb", "us", "US", "Iran", "Iranian", "Mosul", "Iraq")
ACTORS = {"iran": {"Iran", "Iranian"}, "us": {"US"}}
PLACES = {"IR": {"Iran", "Iranian"}, "US": {"US"}, "IQ": {"Iraq", "Mosul"}, "mosul-iq": {"Mosul"}}


@dataclass(frozen=True)
class Spot:
    field: str
    first: int
    last: int
    sentence: tuple[str, int]
    paragraph: tuple[str, int]
    in_lead: bool


@dataclass(frozen=True)
class Token:
    text: str
    spot: Spot


def tokens(story: Story) -> list[Token]:
    found = []
    for field, paragraphs in story.items():
        position = sentence_count = 0
        for paragraph_count, paragraph in enumerate(paragraphs):
            for sentence in paragraph:
                for word in sentence:
                    spot = Spot(
                        field,
                        position,
                        position,
                        (field, sentence_count),
                        (field, paragraph_count),
                        field != "body" or paragraph_count < 2,
                    )
                    found.append(Token(word, spot))
                    position += 1
                sentence_count += 1
    return found


def same_word(term: str, case: str, word: str) -> bool:
    if case == "exact":
        return term == word
    if case == "usual" and term == "US":
        return word == "US"
    return term.lower() == word.lower()


def spots(node: Node, story: Story, scope: str | None) -> list[Spot]:
    found: list[Spot] = []
    row = tokens(story)
    match node:
        case Term(text=text, case=case):
            words = text.split()
            for at in range(len(row) - len(words) + 1):
                here = row[at : at + len(words)]
                if len({token.spot.sentence for token in here}) == 1 and all(
                    same_word(word, case, token.text)
                    for word, token in zip(words, here, strict=True)
                ):
                    first, last = here[0].spot, here[-1].spot
                    found.append(
                        Spot(
                            first.field,
                            first.first,
                            last.last,
                            first.sentence,
                            first.paragraph,
                            first.in_lead,
                        )
                    )
        case Wild(text=text):
            found = [token.spot for token in row if token.text.lower().startswith(text[:-1])]
        case Subject(kind="actor", id=actor):
            found = [token.spot for token in row if token.text in ACTORS[actor]]
        case Subject(kind="place", id=place):
            found = [token.spot for token in row if token.text in PLACES[place]]
        case Or(parts=parts):
            found = list({spot for part in parts for spot in spots(part, story, None)})
        case _:
            raise AssertionError(node)
    if scope == "lead":
        return [spot for spot in found if spot.in_lead]
    return [spot for spot in found if scope in (None, spot.field)]


def close(left: Spot, right: Spot, reach: object, *, ordered: bool) -> bool:
    if reach == "S":
        near = left.sentence == right.sentence
    elif reach == "P":
        near = left.paragraph == right.paragraph
    else:
        gap = max(right.first - left.last, left.first - right.last)
        near = left.field == right.field and gap <= int(str(reach))
    return near and (not ordered or (left.field == right.field and right.first > left.last))


def windows(lists: list[list[Spot]], within: object) -> bool:
    def choose(chosen: list[Spot], rest: list[list[Spot]]) -> bool:
        if rest:
            return any(choose([*chosen, spot], rest[1:]) for spot in rest[0])
        if within == "sentence":
            return len({spot.sentence for spot in chosen}) == 1
        if within == "paragraph":
            return len({spot.paragraph for spot in chosen}) == 1
        if len({spot.field for spot in chosen}) > 1:
            return False
        extent = max(s.last for s in chosen) - min(s.first for s in chosen) + 1
        return extent <= int(str(within))

    return choose([], lists)


def holds(node: Node, story: Story, scope: str | None = None) -> bool:
    match node:
        case And(parts=parts):
            return all(holds(part, story, scope) for part in parts)
        case Or(parts=parts):
            return any(holds(part, story, scope) for part in parts)
        case Not(part=part):
            return not holds(part, story, scope)
        case InField(scope=field, part=part):
            return holds(part, story, field)
        case Near(left=left, right=right, reach=reach, ordered=ordered):
            return any(
                close(a, b, reach, ordered=ordered)
                for a in spots(left, story, scope)
                for b in spots(right, story, scope)
            )
        case NotNear(left=left, right=right, reach=reach):
            others = spots(right, story, scope)
            return any(
                not any(close(a, b, reach, ordered=False) for b in others)
                for a in spots(left, story, scope)
            )
        case AtLeast(count=count, part=part):
            ends: list[Spot] = []
            for spot in sorted(
                spots(part, story, scope), key=lambda s: (s.field != "title", s.first, s.last)
            ):
                if not ends or ends[-1].field != spot.field or spot.first > ends[-1].last:
                    ends.append(spot)
            return len(ends) >= count
        case Together(parts=parts, within=within):
            return windows([spots(part, story, scope) for part in parts], within)
        case _:
            return bool(spots(node, story, scope))


def written(story: Story) -> dict[str, str]:
    """The article that says it; each sentence opens with a word of its own to start with."""
    return {
        field: "\n\n".join(
            " ".join(" ".join(sentence) + "." for sentence in paragraph) for paragraph in paragraphs
        )
        for field, paragraphs in story.items()
    }


TERMS: tuple[Node, ...] = (
    Term(text="drone"),
    Term(text="air strike"),
    Term(text="strike bomb"),
    Term(text="us"),
    Term(text="US"),
    Term(text="US", case="any"),
    Term(text="US bomb"),
    Term(text="Iran", case="exact"),
    Term(text="iran", case="exact"),
    Term(text="tank"),
    Wild(text="drone*"),
    Wild(text="iran*"),
    Subject(kind="actor", id="iran"),
    Subject(kind="actor", id="us"),
    Subject(kind="place", id="IQ"),
    Subject(kind="place", id="mosul-iq"),
    Subject(kind="place", id="IR"),
)
"""The terms it understands."""
