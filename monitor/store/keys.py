"""Every Redis key, each a function whose docstring gives type, life, writers and readers.

Ours begin with `ww:1:`; the number is the schema's version, which stands in `ww:schema`, too, the
one key that all versions share. RQ's begin with `rq:` and keep RQ's own form, so that `rq info` and
`rq requeue` work on them. All keys live in one Redis (not a cluster): the scripts that touch jobs
build the names of job hashes from ids they find in lists.

Nothing grows for ever: a key is one of ENDING, whose life Redis ends, or one of LASTING, whose
docstrings say what bounds them.
"""

from __future__ import annotations

from typing import Literal

SCHEMA = 1
PREFIX = f"ww:{SCHEMA}:"
FIRST_ERA = "ww:1:era"
"""The key by which data is known that was written before there was one for its schema."""
RQ = "rq:"


def source(source_id: str) -> str:
    """hash; until the source was not `known` for 60 days. Of a feed: version, token, next due,
    until when its host is parked, that host, what its last document showed, which of its entries
    were read, its hub, and the record of its polls; of a seed file: the number of articles taken.
    Written by put.lua, next due also by hurry.lua; forgotten by keep.lua; read by the poller,
    inbound, `feeds`."""
    return f"{PREFIX}source:{source_id}"


def known() -> str:
    """zset source -> when it was last one of the configuration, or its file in a folder, while a
    poller ran (ms); what was not for 60 days is forgotten with all that is known of it. Written by
    put.lua and keep.lua."""
    return f"{PREFIX}known"


def leader() -> str:
    """hash {holder, term, until (server ms), since (ms), shown: JSON {host, pid}, config}; lasts,
    one, as the term must never go down. Which poller polls. Written by lead.lua and resign.lua; its
    term is compared by put.lua; read by `status`."""
    return f"{PREFIX}leader"


def seen(source_id: str) -> str:
    """zset ref:text -> last seen (ms); as long as `source`. What a feed has shown us in 60 days:
    put.lua removes the rest at each document that is read whole, once in 8 days at the least.
    Written by put.lua, forgotten by keep.lua; read by the poller."""
    return f"{PREFIX}seen:{source_id}"


def asked() -> str:
    """zset source -> when a person asked that it be polled now (ms); at most one for each source
    that a person named, and with each new one those go that are a day old. Written by hurry.lua,
    cleared by put.lua and keep.lua; read by the poller."""
    return f"{PREFIX}asked"


def paused(kind: Literal["source", "watch"]) -> str:
    """hash name -> when a person paused it (ms); until a person resumes it, so it holds what people
    did by hand; a source goes with all that is known of it. Written by pause.lua and keep.lua; of
    sources read by the poller and `feeds`, of watches by the workers, `watch` and `status`."""
    return f"{PREFIX}paused:{kind}"


def subscription(source_id: str) -> str:
    """hash {hub, topic, state, asked (ms), tries, until (ms)}; as long as `source`. What was asked
    of the hub of a feed, and confirmed. Written by subscribe.lua and confirm.lua, forgotten by
    keep.lua; read by inbound. No secrets."""
    return f"{PREFIX}subscription:{source_id}"


def claim(ref: str) -> str:
    """hash; [retention] stories. Which story an article belongs to ("" for the one it founded) and,
    per text, its relation: of one that changes for ever some 300 texts. Written and read by
    claim.lua."""
    return f"{PREFIX}claim:{ref}"


def url(named: str) -> str:
    """string = "story source fragment"; [retention] stories. Who came first under the URL of this
    digest (URLs are long; "" for none); with `#fragment` after the key, just the story. claim.lua.
    """
    return f"{PREFIX}url:{named}"


def text(key: str) -> str:
    """string = story id; [retention] stories. Who came first with this text. claim.lua."""
    return f"{PREFIX}text:{key}"


def story(story_id: str) -> str:
    """hash; [retention] stories. Of a story: first and best article (refs), worth of the best text,
    agencies, event, how many joined, and `source:ID`, when each source was first seen (ms) and its
    publisher: as a key of its own that would cost a tenth of a story. Written by claim.lua;
    commit.lua adds the watches that spoke (told)."""
    return f"{PREFIX}story:{story_id}"


def story_copies(story_id: str) -> str:
    """hash "when (ms) relation ref" -> JSON [source, title, url]; [retention] stories. The articles
    that joined a story, the first 500. Written by claim.lua; read by `alerts show`."""
    return f"{PREFIX}story:{story_id}:copies"


def lines(source_id: str) -> str:
    """zset name of a line -> stories of the source that hold it; [retention] stories. What a source
    repeats; at most 400, the rarest forgotten. Written by claim.lua; read by the worker."""
    return f"{PREFIX}lines:{source_id}"


def near(generation: int, part: str) -> str:
    """Near texts of one generation (half of [retention] stories; each key lives for two of them).
    hash `prints`: number -> story, print of its text, print of its lead; hashes `f0:0` to
    `l15:8191`: band -> numbers; string `count`. claim.lua."""
    return f"{PREFIX}near:{generation}:{part}"


def event(day: int, part: str) -> str:
    """Events of one day of publication (since 1970), for two days from then. hash `ids`: number ->
    event; hashes by the beginning of a feature: its rest -> "stories that have it, newest events";
    strings `count`, `stories`. claim.lua."""
    return f"{PREFIX}event:{day}:{part}"


def article(ref: str) -> str:
    """hash; [retention] articles. Outcome of an article: text judged, story, relation, matches,
    why watches stayed silent, version of the configuration. Written by commit.lua; read by `why`
    and `status`."""
    return f"{PREFIX}article:{ref}"


def kept(job: str) -> str:
    """string; [retention] articles. The data of a finished job: its articles, compressed, so that
    `why` can be asked. An article's record names its job. Written by commit.lua."""
    return f"{PREFIX}kept:{job}"


def spoken(watch: str, story: str) -> str:
    """string = JSON of Spoken; [retention] stories, prolonged by each copy that is judged. That a
    watch has spoken for a story (or event); or that it is silent, prolonged by upkeep as long as it
    is. Written and guarded by commit.lua; read by the worker before it decides, and by tally.lua.
    """
    return f"{PREFIX}spoken:{watch}:{story}"


def pieces(watch: str, asks: str, about: str) -> str:
    """hash clause -> JSON of Elsewhere; [retention] stories. Which articles of a story or event
    satisfy clauses of a watch with that `scope`, as long as it asks for the same. Written and read
    by piece.lua."""
    return f"{PREFIX}pieces:{watch}:{asks}:{about}"


def tally(watch: str, asks: str) -> str:
    """hash story (or event) -> "published (ms) JSON of AlertedArticle", a line, who told it;
    [retention] stories. What counts towards the threshold of a watch, as long as it asks for the
    same. tally.lua, which lets go of what was spoken for; commit.lua removes what an alert is for.
    """
    return f"{PREFIX}tally:{watch}:{asks}"


def heard(watch: str) -> str:
    """zset story -> matched (ms); the span of its `expect`. What a watch that is expected to find
    something has found of late: a story counts when it is new to the span. Written by commit.lua;
    read by upkeep."""
    return f"{PREFIX}heard:{watch}"


def expected() -> str:
    """hash watch -> "since when (ms) rate", what is expected of it; one for each watch of the
    configuration with `expect`, the others are removed. So that a watch is not called silent before
    its first span is over. Written by expect.lua, cleared and read by upkeep."""
    return f"{PREFIX}expected"


def alert(alert_id: str) -> str:
    """hash {alert: JSON, update:N: JSON of the alert as told again at step N, latest: the field of
    the last of these, untold CHANNEL: what of it waits still, all or revision; acked: when a person
    had seen it (ms)}; [retention] alerts. Written by commit.lua and ack.lua; read by begin.lua,
    view and, for updates, by the worker."""
    return f"{PREFIX}alert:{alert_id}"


def alerts() -> str:
    """zset alert id -> raised (ms); with each new one those go that are older than [retention]
    alerts. Index of alerts. Written by commit.lua and put.lua."""
    return f"{PREFIX}alerts"


def delivery(delivery_id: str) -> str:
    """hash {alert, channel, field, state, attempts, token, answer, unheard: what its channel has
    not been told of the alert before: all, revision}; [retention] alerts. The outbox.
    `token` is of the last attempt that has begun, which alone may be settled.
    Of a digest `kind` is "digest", `alert` its id, `released` (ms) when it was made, `page` the
    first that a channel which keeps all of it has not got. Of an alert that was gathered for one
    the state is "gathered", `reason` and `due` say why and until when, and `digest` is the id; of
    a digest that was put off, or into another one, too. Of an update, `over` is the field of the
    alert whose place it took there.
    Written by commit.lua (pending, gathered), join.lua (gathered), release.lua (pending, gathered),
    begin.lua (sending), turn.lua (page), settle.lua (sent, pending, parked), revive.lua
    (channel), bury.lua (parked)."""
    return f"{PREFIX}delivery:{delivery_id}"


def attempts(delivery_id: str) -> str:
    """hash number -> JSON {began, before, ended, ending, answer, again (ms)}, and begun: how many
    there were; [retention] alerts. The last 50 attempts of a delivery. Written by begin.lua,
    settle.lua and bury.lua; read by `alerts show`."""
    return f"{PREFIX}delivery:{delivery_id}:attempts"


def gathered() -> str:
    """zset gathering ("channel reason watch", no watch for all) -> due (ms); until it is due, which
    [retention] alerts outlasts. Where alerts wait to be told together. Opened by commit.lua, or for
    an empty digest by announce.lua; closed by release.lua; put off by join.lua and release.lua."""
    return f"{PREFIX}gathered"


def gathering(name: str) -> str:
    """hash {id, channel, reason, watch, title, since (ms), allowance, how many in its span (ms),
    urgent: whether it holds an alert that is, "counts KEY" for each allowance in which what was
    quiet counts when it is told: its span (ms)}; until it is released. What a gathering is of.
    Written by commit.lua and join.lua; becomes the digest in release.lua."""
    return f"{PREFIX}gathering:{name}"


def gathering_alerts(name: str) -> str:
    """zset "alert field" -> raised (ms); until it is released. An alert stands there once, as it
    was told last. commit.lua, join.lua, release.lua."""
    return f"{PREFIX}gathering:{name}:alerts"


def digest(digest_id: str) -> str:
    """hash {channel, reason, watch, title, since (ms), until (ms), count, gaps: JSON, paused: JSON
    {watch: since (ms)}, and what gathering had}; [retention] alerts. Gathered alerts as told.
    Written by release.lua, its channel by revive.lua; read by begin.lua, `alerts` and `dead`."""
    return f"{PREFIX}digest:{digest_id}"


def digest_alerts(digest_id: str) -> str:
    """zset "alert field" -> raised (ms); [retention] alerts. release.lua; read by delivery."""
    return f"{PREFIX}digest:{digest_id}:alerts"


def digest_told(digest_id: str) -> str:
    """hash "alert field" -> JSON of ByNow; [retention] alerts. What was known of the alerts of a
    digest when it was told first. Written by set_down.lua; read by delivery."""
    return f"{PREFIX}digest:{digest_id}:told"


def digested() -> str:
    """hash channel -> until when its last digest told (ms); lasts, one for each channel that ever
    told one. Where the next begins, whatever `at` and `every` say by then. Written by release.lua;
    read by upkeep and announce.lua."""
    return f"{PREFIX}digested"


def digesting() -> str:
    """hash channel -> since when it is known to tell in digests (ms); lasts, one for each channel
    that ever did. There the time begins of which its first one tells. Written by meet.lua; read by
    upkeep."""
    return f"{PREFIX}digesting"


def told_apart() -> str:
    """hash channel -> when it last was to take something that waited for no digest (ms); lasts, one
    for each channel that ever was. An empty digest does not say of that time that nothing was
    found. Written by settle.lua and release.lua; read by release.lua."""
    return f"{PREFIX}told-apart"


def allowance(reason: str, watch: str, channel: str) -> str:
    """zset delivery -> told (ms); [retention] alerts, which outlasts every span that may be
    configured. How often a watch has told a channel of late: the last 100, or as many as it may.
    commit.lua, release.lua."""
    return f"{PREFIX}allowance:{reason}:{watch}:{channel}"


def disabled() -> str:
    """hash channel -> "fingerprint of its configuration|reason"; one for each channel that answered
    410. Written by settle.lua, cleared by revive.lua; read by delivery."""
    return f"{PREFIX}disabled"


def counts() -> str:
    """hash outcome -> number, ever; some twenty, named in the scripts. Each article and delivery is
    counted once, in the step that settles it: commit.lua, settle.lua, give_back.lua, hand_on.lua,
    bury.lua; put.lua counts admissions and gaps, release.lua digests, expire.lua dead letters that
    went."""
    return f"{PREFIX}counts"


def trend(scope: str, hour: int) -> str:
    """hash key of a topic or "name:..." -> MessagePack [stories, [source, stories, ...], [newest
    refs], label]; 7 days from that hour (since 1970). What was told in it; of at most 4,000 keys,
    of a crowd those told once are forgotten. `scope` is "" for all articles, else what stands for
    the query of an emerging watch. Written by commit.lua; read by upkeep and `trends`."""
    return f"{PREFIX}trend:{scope}:{hour}"


def trend_volume(scope: str, hour: int) -> str:
    """hash source (or agency) -> stories; as long as `trend`. Written by commit.lua; read by upkeep
    and `trends`."""
    return f"{PREFIX}trend-volume:{scope}:{hour}"


def measures() -> str:
    """hash; lasts, three for each channel that ever was and some forty more. Of deliveries:
    attempts by channel and outcome, and how many took how long from published and from fetched to
    sent. Nothing in it ever falls. Written by settle.lua; read by `/metrics` and `status`."""
    return f"{PREFIX}measures"


def beats() -> str:
    """hash instance -> JSON of Beat; each forgotten after an hour. Which services are here and how
    they fare. Written by beat.lua; read by `health`, `status`, `doctor` and `/metrics`."""
    return f"{PREFIX}beats"


def attended() -> str:
    """hash kind of service -> when one of them last said that it is here (server seconds); lasts,
    two. Written and read by beat.lua; read for digests."""
    return f"{PREFIX}attended"


def absences() -> str:
    """zset "kind of service, since (ms)" -> until (ms); 15 days, the last 100. When no poller, or
    no worker, was here for more than a minute. Written by beat.lua; read for digests and `expect`.
    """
    return f"{PREFIX}absences"


def samples() -> str:
    """hash minute (since 1970) -> JSON {at, counts}; the last 60 minutes. Written by beat.lua; read
    by `status`, for rates."""
    return f"{PREFIX}samples"


def probe() -> str:
    """string; never there: written only where it exists, to see whether Redis takes writes."""
    return f"{PREFIX}probe"


def ledger(queue: str) -> str:
    """zset job id -> admitted (ms); while it is put and not yet finished: the second net under the
    queues of articles and pages. Written by put.lua, hand_on.lua and commit.lua; read by upkeep."""
    return f"{PREFIX}ledger:{queue}"


def looked(queue: str) -> str:
    """string = place on the ledger (0 for the oldest) from which recovery looks on next time; until
    it has come to the end, each time. Written and read by recover.lua."""
    return f"{PREFIX}looked:{queue}"


def dead() -> str:
    """hash id -> JSON {kind, id, reason, at}; [retention] dead_letters, ended by expire.lua. Dead
    letters. Written by commit.lua, settle.lua, give_back.lua and bury.lua, cleared by revive.lua
    and drop.lua; read by `dead`, `status` and `/metrics`."""
    return f"{PREFIX}dead"


def leases(queue: str) -> str:
    """zset job id -> lease runs out (server seconds); then upkeep gives it back: as many as workers
    hold now. take.lua, renew.lua, give_back.lua; removed by commit.lua and settle.lua."""
    return f"{PREFIX}leases:{queue}"


def holders(queue: str) -> str:
    """hash job id -> worker; as long as its lease. Whose it is; a commit by anyone else is void."""
    return f"{PREFIX}holders:{queue}"


def took(queue: str) -> str:
    """hash worker -> request token and job ids of its last take, so that a resent take answers the
    same; until it is given back or, a minute after a worker was lost, forgotten by dismiss.lua.
    take.lua."""
    return f"{PREFIX}took:{queue}"


def later(queue: str) -> str:
    """zset job id -> due (server seconds), a day at the most. Jobs to be tried again, and pages
    that wait for their host. commit.lua, settle.lua, postpone.lua, put_off.lua and take_page.lua
    add; take.lua and take_page.lua move them to the queue when due."""
    return f"{PREFIX}later:{queue}"


def deadlines() -> str:
    """zset job id -> until when a page may keep its article waiting (server seconds), 15 minutes at
    the most. Written by put.lua, read and cleared by take_page.lua and hand_on.lua."""
    return f"{PREFIX}deadlines:pages"


def lane(host: str) -> str:
    """hash {opens, slot, busy}; until it is of no more use. When a host may be asked for a page
    again (server seconds), the last start promised to a waiting page, and the job that asks it now.
    Written by take_page.lua, postpone.lua and hand_on.lua."""
    return f"{PREFIX}lane:{host}"


def robots(origin: str) -> str:
    """string; 1 day. The robots.txt of scheme://host:port, compressed; of one that has none, an
    empty text. Written and read by the workers of pages."""
    return f"{PREFIX}robots:{origin}"


def receipt(worker: str) -> str:
    """string = request token of the worker's last commit and, for each of its alerts, 1 if it was
    told; 1 hour. Answers a resent commit."""
    return f"{PREFIX}receipt:{worker}"


def rq_queue(queue: str) -> str:
    """list of job ids: RQ's queue. Of articles and pages [workers] queue_bound and what one poll
    brings; of deliveries what is still to be sent. put.lua and commit.lua push, take.lua pops."""
    return f"{RQ}queue:{queue}"


def rq_queues() -> str:
    """set of queue keys, three: RQ's list of queues, so that `rq info` sees ours."""
    return f"{RQ}queues"


def rq_job(job: str) -> str:
    """hash: RQ's job; until it is finished, or its dead letter goes. `data` holds the bundle;
    `alone`, `failures`, `error`, `waited` (seconds: how long put_off.lua and settle.lua have let it
    wait) and `counted` (by bury.lua, of a delivery without a record) are ours."""
    return f"{RQ}job:{job}"


def rq_failed(queue: str) -> str:
    """zset job id -> a year after it failed: RQ's failed registry, so that `rq requeue` works. A
    job leaves it with its dead letter."""
    return f"{RQ}failed:{queue}"


def rq_worker(worker: str) -> str:
    """hash; 60 s, prolonged while it lives. RQ's record of a worker, so that `rq info` shows ours.
    Written by attend.lua."""
    return f"{RQ}worker:{worker}"


def rq_workers() -> str:
    """set of worker keys: RQ's list of workers. Written by attend.lua; who was lost is removed by
    dismiss.lua."""
    return f"{RQ}workers"


def rq_workers_of(queue: str) -> str:
    """set of worker keys: RQ's list of workers of a queue. Written by attend.lua; who was lost is
    removed by dismiss.lua."""
    return f"{RQ}workers:{queue}"


def era() -> str:
    """string; lasts, one. Set once, when Wirewatch first meets a Redis: if it is gone, so is all
    state. Written and read by upkeep."""
    return f"{PREFIX}era"


def schema() -> str:
    """string = number of the schema; lasts, one. What form all these keys have: a version of
    Wirewatch that knows another one leaves them alone. Written and read by schema.lua."""
    return "ww:schema"


ENDING = (
    claim,
    url,
    text,
    story,
    story_copies,
    lines,
    near,
    event,
    article,
    kept,
    spoken,
    pieces,
    tally,
    heard,
    alert,
    delivery,
    attempts,
    digest,
    digest_alerts,
    digest_told,
    allowance,
    trend,
    trend_volume,
    absences,
    lane,
    robots,
    receipt,
    rq_worker,
    probe,
)
"""Those whose life Redis ends."""

LASTING = (
    schema,
    source,
    known,
    leader,
    seen,
    asked,
    paused,
    subscription,
    expected,
    alerts,
    gathered,
    gathering,
    gathering_alerts,
    digested,
    digesting,
    told_apart,
    disabled,
    counts,
    measures,
    beats,
    attended,
    samples,
    ledger,
    looked,
    dead,
    leases,
    holders,
    took,
    later,
    deadlines,
    rq_queue,
    rq_queues,
    rq_job,
    rq_failed,
    rq_workers,
    rq_workers_of,
    era,
)
"""Those that Redis does not end; a test walks all keys of a run and finds no other."""

ALL = ENDING + LASTING
