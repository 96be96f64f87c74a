"""Words that stand in very many articles: poor keys to find watches by, doubtful to watch for.

Put together by hand from English news: what joins sentences, and what every newsroom writes daily.
"""

from __future__ import annotations

COMMON = frozenset(
    b"""a about above across after again against ago all almost along also although always am among
    an and another any anyone are around as asked at away back be became because become been before
    began being below best better between both but by call called came can cannot come could did do
    does doing done down during each early either else end enough even ever every far few first five
    for former found four from full further gave get give given go goes going good got had half has
    have he held her here high him himself his how however i if in into is it its itself just keep
    kept know known last late later least left less let like likely little long look made make many
    may me mean might more most much must my near need never new next no nor not nothing now of off
    often old on once one only or other others our out over own part past place put rather re really
    right said same saw say says second see seen set several shall she should show since six small
    so some soon still such take taken ten than that the their them then there these they thing
    think this those though three through thus time to today together told too took toward two under
    until up upon us use used very want was way we week well went were what when where whether which
    while who whole whom whose why will with within without work would year years yes yet you your
    """.split()
)
"""Said of anything at all."""

FREQUENT = COMMON | frozenset(
    b"""according attack case cent city company could country court day foreign general government
    group home house international killed law man market men military million minister month
    national news office officials people per percent police political president public report
    security state states support united war women world""".split()
)
"""And what much of the news is about."""
