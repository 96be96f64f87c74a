"""From a match to an alert: what is worth telling, what stays silent and why. Pure."""

from monitor.alerts.decide import decide, subject
from monitor.alerts.deliver import deliveries
from monitor.alerts.emerging import emerging_alert, is_new, subject_of, usually
from monitor.alerts.update import step_reached, updated

__all__ = [
    "decide",
    "deliveries",
    "emerging_alert",
    "is_new",
    "step_reached",
    "subject",
    "subject_of",
    "updated",
    "usually",
]
