"""From a match to an alert: what is worth telling, what stays silent and why. Pure."""

from monitor.alerts.decide import decide
from monitor.alerts.deliver import deliveries

__all__ = ["decide", "deliveries"]
