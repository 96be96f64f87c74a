"""The files of the configuration change while services run: all of it is taken, or nothing."""

from __future__ import annotations

import base64
import hmac
import json
import sys
from collections.abc import Callable
from typing import Any

from loopback import LoopbackHttp, Request
from services import Services

from monitor.settings.version import version_of

Until = Callable[..., None]
WITHIN_S = 60.0
"""It takes 2 to 4 s; a busy machine may take longer."""
FEED = (
    b"<rss version='2.0'><channel><item><title>A kite</title><guid>k</guid></item></channel></rss>"
)
DRONES = '[watch.drones]\nwhen = "drone"\nnotify = ["hook"]\n'


def events(services: Services, name: str) -> list[dict[str, Any]]:
    """What was logged under a name, by all services."""
    lines = services.product.said().splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    return [event for event in found if event["event"] == name]


def running(services: Services, until: Until) -> str:
    """Poller and worker run, and a first drop has gone all the way. Returns the version."""
    services.drop(1)
    services.product.start("worker", "--processes", "2")
    services.product.start("poller", "--seeds", "seeds")
    until(services.all_received, what="the first drop is received", within_s=60)
    return version_of(services.product.config)


def taken_by_all(services: Services, until: Until) -> str:
    """Wait until poller and workers say that what stands in the files is in force."""
    version = version_of(services.product.config)

    def taken() -> bool:
        said = [
            event for event in events(services, "config.reloaded") if event["config"] == version
        ]
        return len(said) == 2

    until(taken, what=f"{version} is in force", within_s=WITHIN_S)
    return version


def seed(services: Services, word: str) -> None:
    """An article with a word in it."""
    row = {
        "id": word,
        "source": "s",
        "body": f"Many a {word} was seen in the town, says the mayor.",
    }
    services.product.seed(f"{word}.jsonl", json.dumps(row) + "\n")


def judged_by(services: Services, article: str) -> str | None:
    """The version in the outcome of an article."""
    ref = services.store.view.find(article)
    found = None if ref is None else services.store.view.article(ref)
    return None if found is None else found[1]["config"]


def test_the_next_article_is_judged_by_the_new_watch_and_told_to_the_new_channel(
    services: Services, until: Until
) -> None:
    # given
    before = running(services, until)
    old = {queue: services.children(queue) for queue in ("articles", "pages", "deliveries")}
    with LoopbackHttp({"/other": (200, {}, b"")}) as other:
        # when: a watch, a channel, the number of processes and the level of the log
        channel = f'[channel.other]\ntype = "webhook"\nurl = "{other.url("/other")}"\n'
        channels = (services.product.config / "channels.toml").read_text()
        services.product.write("channels.toml", channels + channel + 'secret = "another secret"\n')
        kites = '[watch.kites]\nwhen = "kite"\nnotify = ["other"]\nmust_match = ["A kite."]\n'
        services.product.write("watchlist.toml", DRONES + 'title = "Drones"\n' + kites)
        services.product.write(
            "monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n[log]\nlevel = "debug"\n'
        )
        after = taken_by_all(services, until)
        # then
        seed(services, "kite")
        until(lambda: len(other.requests) == 1, what="the new watch speaks in the new channel")
        assert (judged_by(services, "a0"), judged_by(services, "kite")) == (before, after)
    (said, _) = events(services, "config.reloaded")
    assert (said["before"], said["config"]) == (before, after)
    assert said["watches_added"] == ["kites"]
    assert said["watches_changed"] == ["drones"]
    assert said["channels_added"] == ["other"]
    assert said["tables"] == ["log"]
    # and: the old processes have ended, each queue is served by new ones
    for queue, pids in old.items():
        until(lambda q=queue, p=pids: not set(p) & set(services.children(q)), what="they end")
        assert len(services.children(queue)) == len(pids)
    services.drop(1)
    until(services.all_received, what="what was watched for before still is")


def test_workers_that_were_started_with_their_signals_blocked_give_way_all_the_same(
    services: Services, until: Until
) -> None:
    # given: as podman starts a container again by its restart policy
    block = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, {10, 15});"
    begin = "os.execv(sys.argv[1], sys.argv[1:])"
    services.product.before = (sys.executable, "-c", block + begin)
    running(services, until)
    old = services.children("articles")
    # when
    services.product.write("watchlist.toml", DRONES + 'title = "Drones"\n')
    taken_by_all(services, until)
    # then
    until(lambda: not set(old) & set(services.children("articles")), what="the old ones end")
    for process in services.product.started:
        process.terminate()
    until(lambda: all(p.poll() == 0 for p in services.product.started), what="they end in order")


def test_a_bad_file_leaves_all_as_it_was_and_says_where(services: Services, until: Until) -> None:
    # given
    before = running(services, until)
    # when: a good change and, one after the other, three bad ones
    services.product.write("actors.toml", '[actor.harbour]\nname = "Harbour Board"\n')
    for number, (file, text) in enumerate(
        (
            ("watchlist.toml", '[watch.x]\nwhen = "a OR b AND c"\n'),
            ("watchlist.toml", '[watch.y]\nwhen = "kite"\nmust_match = ["A toy."]\n'),
            ("feeds.toml", '[source.z]\nurl = "gopher://old"\n'),
        )
    ):
        services.product.write("watchlist.toml", DRONES)
        services.product.write(file, text)
        until(
            lambda n=number: len(events(services, "config.refused")) == 2 * n + 2,
            what="both say so",
            within_s=WITHIN_S,
        )
    # then
    said = events(services, "config.refused")
    assert sorted((event["file"], event["table"], event["key"]) for event in said) == [
        *[("feeds.toml", "source.z", "url")] * 2,
        *[("watchlist.toml", "watch.x", "when")] * 2,
        *[("watchlist.toml", "watch.y", "must_match")] * 2,
    ]
    assert {event["in_force"] for event in said} == {before}
    services.drop(1)
    until(services.all_received, what="the old watch speaks")
    assert judged_by(services, "a1") == before
    # and when
    services.product.write("feeds.toml", "")
    after = taken_by_all(services, until)
    services.drop(1)
    until(services.all_received, what="it goes on")
    assert judged_by(services, "a2") == after


def test_a_service_that_starts_with_a_failing_example_says_so_and_goes_by_the_files(
    services: Services, until: Until
) -> None:
    # given: an example that its watch does not match
    services.product.write("watchlist.toml", DRONES + 'must_match = ["A toy."]\n')
    # when
    version = running(services, until)
    # then
    (said,) = events(services, "example.failed")
    assert (said["level"], said["watch"], said["key"]) == ("error", "drones", "must_match")
    assert "'A toy.'" in said["reason"]
    assert judged_by(services, "a0") == version


def test_a_feed_that_is_added_is_polled_and_one_that_is_removed_is_not(
    services: Services, until: Until
) -> None:
    def asked(path: str) -> int:
        return len([request for request in services.web.requests if request.path == path])

    def table(name: str) -> str:
        url = services.web.url(f"/{name}.xml")
        return f'[source.{name}]\nurl = "{url}"\ninterval = "0.2s"\n'

    # given
    services.web.pages.update({f"/{name}.xml": (200, {}, FEED) for name in "abc"})
    services.product.write("feeds.toml", table("a") + table("b"))
    services.product.start("poller")
    until(lambda: asked("/a.xml") and asked("/b.xml"), what="they are polled", within_s=60)
    # when: one goes, one moves, one comes
    services.product.write("feeds.toml", table("a").replace("a.xml", "c.xml") + table("new"))
    services.web.pages["/new.xml"] = (200, {}, FEED)
    # then
    until(lambda: asked("/c.xml") and asked("/new.xml"), what="they are polled", within_s=WITHIN_S)
    (said,) = events(services, "config.reloaded")
    assert said["feeds_added"] == ["new"]
    assert said["feeds_changed"] == ["a"]
    assert said["feeds_removed"] == ["b"]
    gone = asked("/a.xml"), asked("/b.xml")
    seen = asked("/new.xml")
    until(lambda: asked("/new.xml") > seen + 3, what="a while")
    assert (asked("/a.xml"), asked("/b.xml")) == gone


def test_a_secret_that_is_rotated_signs_the_next_call_and_nobody_forgets_the_last_commit(
    services: Services, until: Until
) -> None:
    # given
    secret = services.product.folder / "secret"
    secret.write_text("the first secret")
    channels = (services.product.config / "channels.toml").read_text()
    services.product.write("channels.toml", channels.replace("any secret", f"file:{secret}"))
    version = running(services, until)
    until(lambda: last_commit(services), what="the workers say that they have committed")
    before = last_commit(services)
    # when
    secret.write_text("the second secret")
    until(lambda: events(services, "config.reloaded"), what="taken", within_s=WITHIN_S)
    # then: by the worker, for a poller reads no secret of a channel
    (said,) = events(services, "config.reloaded")
    assert (said["who"], said["config"]) == ("worker", version)
    assert said["channels_changed"] == ["hook"]
    assert last_commit(services) == before  # by processes that have gone
    services.drop(1)
    until(services.all_received, what="the next is received")
    call = services.web.requests[-1]
    assert call.headers["webhook-signature"] == signature(call, b"the second secret")
    assert "the second secret" not in services.product.said()


def last_commit(services: Services) -> float:
    (worker,) = (b for b in services.store.beats.present().beats if b.service == "worker")
    return worker.last


def signature(call: Request, secret: bytes) -> str:
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode()
    made = hmac.digest(secret, signed + call.body, "sha256")
    return f"v1,{base64.b64encode(made).decode()}"
