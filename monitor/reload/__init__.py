"""Another configuration while it runs: the whole of it or nothing.

Each service looks at the files by itself, twice a second. What has changed and stands still is
loaded beside what is in force; a file with a problem, or a new or changed watch that fails its own
examples, leaves all of it as it was, with an error that says where. The rule needs nothing but the
files, so all services that follow one folder come to the same configuration.
"""

from __future__ import annotations

from monitor.reload.following import LOOK_S, Adapt, Following, follow
from monitor.reload.trial import problem_of, tried_within

__all__ = ["LOOK_S", "Adapt", "Following", "follow", "problem_of", "tried_within"]
