"""A private Valkey for laptops and tests: nothing to install, nothing left behind, nothing lost.

What the data folder holds:

wirewatch.lock   held by the one process that runs on this folder; its first line is that process
server.lock      held by the server itself for as long as it lives: its process and URL, a line each
appendonlydir/   all the server was told; checked before every start
damaged/         appendonlydir/ as it was before the latest repair
redis.sock       where the server listens, unless its path is too long for a socket
server.log       what the server says

The server dies with the process that started it (Linux: PR_SET_PDEATHSIG). macOS has no such call,
and a foreign binary cannot be made to watch a pipe: there a server whose owner was killed with -9
stays until the next run on the folder shuts it down. Two never share a folder: each holds
`server.lock`.
"""

from monitor.embedded.binary import Server, find_server
from monitor.embedded.embedded import Embedded
from monitor.embedded.lock import DataLock
from monitor.embedded.process import url_of

__all__ = ["DataLock", "Embedded", "Server", "find_server", "url_of"]
