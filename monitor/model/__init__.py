"""The nouns, frozen: what flows through Wirewatch. Standard library only."""

from monitor.model.alert import (
    Alert,
    Decision,
    Spoken,
    Trouble,
    TroubleKind,
    Update,
)
from monitor.model.alerted import AlertedArticle, Counted, Elsewhere
from monitor.model.article import Article, Field, Origin, PageNote, PageOutcome
from monitor.model.delivery import Delivery, DeliveryState, Later, Receipt, Refused, Sent
from monitor.model.gathering import (
    Allowance,
    Digest,
    Gap,
    GapKind,
    Gathering,
    GatherReason,
    Message,
    Route,
)
from monitor.model.ids import digest
from monitor.model.job import ARTICLES, DELIVER, DELIVERIES, JOBS, JUDGE, PAGES, READ_PAGE
from monitor.model.mention import Evidence, Mention, Sentence, SubjectKind
from monitor.model.push import Hub, Subscription, SubscriptionState
from monitor.model.severity import SEVERITIES, Severity
from monitor.model.source import (
    PLAIN,
    Access,
    FullText,
    Hints,
    Interval,
    ParsedSource,
    Part,
    Priority,
    Source,
    SourceProblem,
)
from monitor.model.story import Claim, Relation, Story, StoryCopy
from monitor.model.subject import Actor, ActorKind, Place, PlaceKind, Role, Theme
from monitor.model.timing import Hours, Rate, Timing
from monitor.model.topic import Topic, TopicEvidence
from monitor.model.watch import Match, OncePer, Scope, Threshold, Watch, Within

__all__ = [
    "ARTICLES",
    "DELIVER",
    "DELIVERIES",
    "JOBS",
    "JUDGE",
    "PAGES",
    "PLAIN",
    "READ_PAGE",
    "SEVERITIES",
    "Access",
    "Actor",
    "ActorKind",
    "Alert",
    "AlertedArticle",
    "Allowance",
    "Article",
    "Claim",
    "Counted",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Elsewhere",
    "Evidence",
    "Field",
    "FullText",
    "Gap",
    "GapKind",
    "GatherReason",
    "Gathering",
    "Hints",
    "Hours",
    "Hub",
    "Interval",
    "Later",
    "Match",
    "Mention",
    "Message",
    "OncePer",
    "Origin",
    "PageNote",
    "PageOutcome",
    "ParsedSource",
    "Part",
    "Place",
    "PlaceKind",
    "Priority",
    "Rate",
    "Receipt",
    "Refused",
    "Relation",
    "Role",
    "Route",
    "Scope",
    "Sent",
    "Sentence",
    "Severity",
    "Source",
    "SourceProblem",
    "Spoken",
    "Story",
    "StoryCopy",
    "SubjectKind",
    "Subscription",
    "SubscriptionState",
    "Theme",
    "Threshold",
    "Timing",
    "Topic",
    "TopicEvidence",
    "Trouble",
    "TroubleKind",
    "Update",
    "Watch",
    "Within",
    "digest",
]
