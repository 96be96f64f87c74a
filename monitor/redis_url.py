"""The address of Redis, and the password that goes into it. Standard library only: commands that
must be quick use it, too.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_ONE = re.compile(r"(rediss?|unix)://")
_SENTINELS = re.compile(
    r"rediss?\+sentinel://([^@/]*@)?[^/:,@]+:\d{1,5}(,[^/:,@]+:\d{1,5})*/[^/?]+(/\d+)?(\?.*)?"
)

WANTED = (
    '"redis://[USER[:PASSWORD]@]HOST:PORT/DB", "rediss://…", "unix:///PATH" or'
    ' "redis+sentinel://HOST:PORT,HOST:PORT/SERVICE/DB"'
)


def is_address(url: str) -> bool:
    """Whether it has one of the forms that we know."""
    return bool(_SENTINELS.fullmatch(url) or _ONE.match(url))


def with_password(url: str, password: str) -> str:
    """The address with this password in it; one that is there already goes before."""
    if not url or not password:
        return url
    scheme, _, rest = url.partition("://")
    login, _, place = rest.rpartition("@") if "@" in rest.partition("/")[0] else ("", "", rest)
    if ":" in login:
        return url
    return f"{scheme}://{login}:{quote(password, safe='')}@{place}"
