"""What topics are called in the language of their article, where names exist. Keys never change.

- Countries have their CLDR names in 34 languages (`knowledge/country_names.tsv`), actors those that
  their `languages` give.
- A composition is named in a language when that has a template here and each place in it a name;
  an actor without a name in that language keeps its own. The templates put the parts side by side,
  since only a grammar knows that it is "im Irak" and "in den Vereinigten Staaten".
- Themes have English labels only, and so has "Iraq violence".
- English articles, and those whose language nobody gave, are as they were: with English labels.

Watches ask for topics by key or English label, whatever the article is written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from monitor.lexicon import Knowledge
from monitor.model import Topic
from monitor.topics.knowledge import country_names

_IN_PLACE = "{actor} ({place})"
TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "bilateral": {
        "ar": "العلاقات بين {one} و{other}",
        "de": "Beziehungen {one} – {other}",
        "es": "Relaciones {one} – {other}",
        "fr": "Relations {one} – {other}",
        "it": "Relazioni {one} – {other}",
        "nl": "Betrekkingen {one} – {other}",
        "pt": "Relações {one} – {other}",
    },
    "actor_and_actor": {
        "ar": "{one} و{other}",
        "de": "{one} und {other}",
        "es": "{one} y {other}",
        "fr": "{one} et {other}",
        "it": "{one} e {other}",
        "nl": "{one} en {other}",
        "pt": "{one} e {other}",
    },
}


def localised(
    topics: tuple[Topic, ...], language: str | None, knowledge: Knowledge
) -> tuple[Topic, ...]:
    """The topics with labels in a language (BCP 47), as far as there are names."""
    name = _known_language(language)
    if name is None:
        return topics
    naming = _Naming(name, knowledge)
    return tuple(
        topic if (label := naming.label(topic)) is None else replace(topic, label=label)
        for topic in topics
    )


@cache
def _known_language(language: str | None) -> str | None:
    """The language as the files spell it: "de-AT" is de, "zh-TW" zh_Hant; None for English."""
    parts = (language or "").replace("_", "-").split("-")
    tongue = parts[0].lower()
    if tongue == "zh" and {part.lower() for part in parts[1:]} & {"hant", "tw", "hk", "mo"}:
        return "zh_Hant"
    tongue = "nb" if tongue in ("no", "nn") else tongue
    return None if tongue in ("", "en", "und", "mul") else tongue


class _Naming:
    """The names of one language."""

    def __init__(self, language: str, knowledge: Knowledge) -> None:
        self._language, self._knowledge = language, knowledge
        self._countries = country_names().get(language, {})

    def label(self, topic: Topic) -> str | None:
        """What a topic is called; None where it keeps its label."""
        ids = topic.key.partition(":")[2].split("+")
        match topic.shape:
            case "place":
                return self._countries.get(ids[0])
            case "actor":
                return self._actor(ids[0])
            case "actor_in_place" if ids[1] in self._countries:
                actor = self._actor(ids[0]) or self._own(ids[0])
                return _IN_PLACE.format(actor=actor, place=self._countries[ids[1]])
            case "bilateral" if set(ids) <= self._countries.keys():
                return self._pair(topic, {id_: self._countries[id_] for id_ in ids})
            case "actor_and_actor":
                names = {id_: self._actor(id_) or self._own(id_) for id_ in ids}
                return self._pair(topic, names)
            case _:
                return None

    def _pair(self, topic: Topic, names: Mapping[str, str]) -> str | None:
        """The two in the order of the label that is there."""
        template = TEMPLATES[topic.shape].get(self._language)
        first, second = names
        if not topic.label.startswith(f"{self._own(first)} "):
            first, second = second, first
        return template and template.format(one=names[first], other=names[second])

    def _actor(self, actor_id: str) -> str | None:
        actor = self._knowledge.actors.get(actor_id)
        return None if actor is None else dict(actor.languages).get(self._language)

    def _own(self, id_: str) -> str:
        known = self._knowledge.places.get(id_) or self._knowledge.actors[id_]
        return known.short or known.name
