"""Another configuration for the workers of a host: compiled beside the one in force."""

from __future__ import annotations

import gc

from monitor import telemetry
from monitor.app import App, Desk
from monitor.errors import ConfigError
from monitor.reload import Following, problem_of
from monitor.settings.differences import to_be_tried


def renewed(app: App, following: Following, *, judges: bool) -> App | None:
    """The parts by another configuration, the desk compiled where somebody judges; None while there
    is none that can be taken, which is logged. Nothing of `app` changes.
    """
    found = following.proposed()
    if found is None:
        return None
    version, settings = found
    try:
        tried = to_be_tried(app.settings, settings)
        failures = Desk.of(tried, settings.knowledge).failing_examples() if tried else ()
        if failures:
            following.refuse(version, tuple(problem_of(failure) for failure in failures))
            return None
        after = App(settings, app.redis_url, version)
        if judges:
            _ = after.desk
    except ConfigError as error:  # it loads, but what it names cannot be had
        following.refuse(version, error.problems)
        return None
    except Exception:  # noqa: BLE001  # whatever it holds, what is in force goes on; it is logged
        telemetry.logger().exception("config.refused", who="worker", config=version, reason="bug")
        return None
    if not following.stands(version):
        return None
    following.take(version, app.settings, settings)
    return after


def tell_failing(app: App) -> None:
    """Say which watches fail their own examples, at the start: they are in force all the same, for
    no watch should be silent for the example of another.
    """
    for failure in app.desk.failing_examples():
        problem = problem_of(failure)
        telemetry.logger().error(
            "example.failed", watch=failure.watch, key=failure.key, reason=str(problem)
        )


def settle() -> None:
    """Let go of the configuration before, and keep the new one's pages shared by children."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
