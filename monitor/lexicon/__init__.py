"""lexicon: surface names and anchors, one automaton, what an article mentions."""

from monitor.lexicon.automaton import Lexicon
from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.mentions import Mentions
from monitor.lexicon.names import is_initialism
from monitor.lexicon.scripts import patterns

__all__ = ["Knowledge", "Lexicon", "Mentions", "is_initialism", "patterns"]
