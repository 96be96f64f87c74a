"""The one way out: an HTTP client that strangers' answers and addresses cannot harm.

Used by feeds, pages and webhooks alike; nothing else in Wirewatch opens a connection to a host that
a feed, a page or a watchlist may name.
"""

from monitor.net.answer import DEFAULT, Limits, Response
from monitor.net.client import Client, trusting

__all__ = ["DEFAULT", "Client", "Limits", "Response", "trusting"]
