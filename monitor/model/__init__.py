"""The nouns, frozen: what flows through Wirewatch. Standard library only."""

from monitor.model.alert import (
    Alert,
    AlertedArticle,
    Decision,
    Rising,
    Spoken,
    Trouble,
    TroubleKind,
    Update,
)
from monitor.model.article import Article, Field, Origin, PageNote, PageOutcome
from monitor.model.delivery import Delivery, DeliveryState, Later, Receipt, Refused, Sent
from monitor.model.gathering import Digest, Gap, GapKind, GatherReason, Message
from monitor.model.ids import digest
from monitor.model.job import ARTICLES, DELIVER, DELIVERIES, JOBS, JUDGE, PAGES, READ_PAGE
from monitor.model.mention import Evidence, Mention, Sentence, SubjectKind
from monitor.model.push import Hub, Subscription, SubscriptionState
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
from monitor.model.topic import Topic, TopicEvidence
from monitor.model.watch import Match, OncePer, Severity, Watch, Within

__all__ = [
    "ARTICLES",
    "DELIVER",
    "DELIVERIES",
    "JOBS",
    "JUDGE",
    "PAGES",
    "PLAIN",
    "READ_PAGE",
    "Access",
    "Actor",
    "ActorKind",
    "Alert",
    "AlertedArticle",
    "Article",
    "Claim",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Evidence",
    "Field",
    "FullText",
    "Gap",
    "GapKind",
    "GatherReason",
    "Hints",
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
    "Receipt",
    "Refused",
    "Relation",
    "Rising",
    "Role",
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
    "Topic",
    "TopicEvidence",
    "Trouble",
    "TroubleKind",
    "Update",
    "Watch",
    "Within",
    "digest",
]
