"""From a match to an alert: what is worth telling, what stays silent and why. Pure."""

from monitor.alerts.clock import digest_before, digest_due
from monitor.alerts.decide import SILENT, counts, decide, subject
from monitor.alerts.deliver import deliveries
from monitor.alerts.emerging import emerging_alert, is_new, subject_of, usually
from monitor.alerts.route import allowances, never_meet, put_off, routes
from monitor.alerts.silence import ABOUT as ABOUT_SILENCE
from monitor.alerts.silence import silence
from monitor.alerts.unseen import unseen
from monitor.alerts.update import is_revised, revised, step_reached, updated

__all__ = [
    "ABOUT_SILENCE",
    "SILENT",
    "allowances",
    "counts",
    "decide",
    "deliveries",
    "digest_before",
    "digest_due",
    "emerging_alert",
    "is_new",
    "is_revised",
    "never_meet",
    "put_off",
    "revised",
    "routes",
    "silence",
    "step_reached",
    "subject",
    "subject_of",
    "unseen",
    "updated",
    "usually",
]
