"""lexicon: surface names and anchors, one automaton, what an article mentions."""

from monitor.lexicon.automaton import Lexicon, uncollected
from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.mentions import Mentions
from monitor.lexicon.names import Name, is_initialism, spellings, written_of
from monitor.lexicon.scripts import patterns

__all__ = [
    "Knowledge",
    "Lexicon",
    "Mentions",
    "Name",
    "is_initialism",
    "patterns",
    "spellings",
    "uncollected",
    "written_of",
]
